//! A picture of one quantity: a heatmap per lane, layer × step, on one colour scale, for a page or a screen.
//!
//! ```text
//! ‖∂L/∂x‖  size of the gradient that arrives at the layer's input …
//! plain                     residual
//! ┌────────────────────┐    ┌────────────────────┐    █ 10²
//! stem                 │    stem                 │    █
//! 10  (first block up) │    10                   │    █ 10⁻⁹
//! └──── step ──────────┘    └──── step ──────────┘    █ 10⁻²⁰
//! ■ NaN  ■ ±∞  ■ exactly 0  ■ no value
//! ```
//!
//! Frames, axes and letters are drawn by plotters; the cells themselves are a small bitmap, so that 1000 layers ×
//! 1000 steps do not make an SVG of a million rectangles.

mod legend;
mod panel;
mod pen;
mod raster;
mod scale;

use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::prelude::{DrawingBackend, IntoDrawingArea};

use super::export_error::ExportError;
use crate::history::{History, LaneHistory};
use crate::quantity::Quantity;
use legend::{color_bar, special_values};
use panel::Panel;
use pen::{Anchor, Area, INK, MUTED, Pen};
use raster::{Placed, Special};
use scale::Scale;

/// Units of a picture: pixels of an SVG; a PNG has twice as many each way, to be sharp on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// Maximum width and height in units: a page of 400 MB.
const MOST: u32 = 6000;

/// Pixels of a PNG per unit.
const ZOOM: u32 = 2;

/// Space around the panels.
const TOP: i32 = 66;
const BOTTOM: i32 = 46;
const LEFT: i32 = 16;
/// The colour bar with its numbers.
const RIGHT: i32 = 110;

impl Size {
    /// A size with enough room for this many lanes.
    #[must_use]
    pub fn for_lanes(lanes: usize) -> Self {
        let (columns, rows) = arrangement(lanes);
        Self { width: columns * 540 + 126, height: rows * 440 + 112 }
    }

    fn check(self) -> Result<(), ExportError> {
        let Self { width, height } = self;
        if width.max(height) > MOST { Err(ExportError::TooLarge { width, height, most: MOST }) } else { Ok(()) }
    }
}

/// Columns and rows of panels: side by side while they are few.
fn arrangement(lanes: usize) -> (u32, u32) {
    let lanes = u32::try_from(lanes).unwrap_or(u32::MAX).max(1);
    let rows = match lanes {
        ..=3 => 1,
        4..=8 => 2,
        _ => lanes.isqrt(),
    };
    (lanes.div_ceil(rows), rows)
}

/// The picture as SVG.
///
/// # Errors
/// Fails when the size has no room for the lanes, or exceeds the maximum.
pub fn svg(histories: &[&History], quantity: Quantity, size: Size) -> Result<String, ExportError> {
    size.check()?;
    let mut text = String::new();
    let images = {
        let backend = SVGBackend::with_string(&mut text, (size.width, size.height));
        draw(&Pen::new(backend.into_drawing_area(), 1)?, &FigurePlan { histories, quantity, size })?
    };
    let end = text.rfind("</svg>").unwrap_or(text.len());
    text.truncate(end);
    for Placed { raster, x, y, width, height } in images {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             image-rendering=\"pixelated\" \
             href=\"data:image/png;base64,{}\"/>",
            BASE64_STANDARD.encode(raster.stretched(width, height).png()?)
        );
    }
    text.push_str("</svg>\n");
    Ok(text)
}

/// The picture as PNG.
///
/// # Errors
/// Fails when the size has no room for the lanes, or exceeds the maximum.
pub fn png(histories: &[&History], quantity: Quantity, size: Size) -> Result<Vec<u8>, ExportError> {
    size.check()?;
    let (width, height) = (size.width * ZOOM, size.height * ZOOM);
    let mut page = raster::Raster::blank(width as usize, height as usize);
    let images = {
        let backend = BitMapBackend::with_buffer(page.bytes_mut(), (width, height));
        draw(&Pen::new(backend.into_drawing_area(), ZOOM)?, &FigurePlan { histories, quantity, size })?
    };
    for image in images {
        page.paste(&image.zoomed(ZOOM));
    }
    page.png()
}

/// What is drawn.
struct FigurePlan<'a> {
    histories: &'a [&'a History],
    quantity: Quantity,
    size: Size,
}

/// Draws all but the cells, which it returns with their positions.
fn draw<B: DrawingBackend>(pen: &Pen<B>, plan: &FigurePlan<'_>) -> Result<Vec<Placed>, ExportError> {
    let scale = Scale::new(plan.quantity, plan.lanes().filter_map(|lane| lane.history.range(plan.quantity)));
    let scale = scale.marking(plan.lanes().filter_map(|lane| lane.history.extent(plan.quantity)));
    let lanes = plan.lanes().count();
    let (columns, rows) = arrangement(lanes);
    let (columns, rows) = (columns.cast_signed(), rows.cast_signed());
    let Size { width, height } = plan.size;
    let (width, height) = (width.cast_signed(), height.cast_signed());
    let (across, down) = ((width - LEFT - RIGHT) / columns, (height - TOP - BOTTOM) / rows);
    if !panel::fits(across, down) {
        return Err(ExportError::TooSmall { width: plan.size.width, height: plan.size.height, lanes });
    }
    heading(pen, plan, width)?;
    let mut images = Vec::with_capacity(lanes + 1);
    let mut seen = Special::default();
    for (index, panel) in (0..).zip(plan.lanes()) {
        let (x, y) = (LEFT + index % columns * across, TOP + index / columns * down);
        images.push(panel.draw(pen, Area { x, y, width: across, height: down }, &scale, &mut seen)?);
    }
    let (x, y) = (width - RIGHT + 22, TOP + panel::HEADING);
    let bar = Area { x, y, width: 16, height: rows * down - panel::HEADING - panel::FOOTING };
    images.push(color_bar(pen, bar, &scale)?);
    special_values(pen, (LEFT + panel::MARGIN, height - 24), seen)?;
    pen.finish()?;
    Ok(images)
}

impl FigurePlan<'_> {
    /// One panel per lane, all over the same steps.
    fn lanes(&self) -> impl Iterator<Item = Panel<'_>> {
        let histories = || self.histories.iter().flat_map(|history| history.lanes());
        let first = histories().filter_map(LaneHistory::first_step).min().map_or(1, |step| step.0);
        let last = histories().filter_map(LaneHistory::last_step).max().map_or(first, |step| step.0);
        self.histories.iter().flat_map(move |run| {
            let header = run.header();
            header.lanes.iter().zip(run.lanes()).map(move |(lane, history)| Panel {
                header,
                lane,
                history,
                quantity: self.quantity,
                steps: first..last + 1,
            })
        })
    }
}

fn heading<B: DrawingBackend>(pen: &Pen<B>, plan: &FigurePlan<'_>, width: i32) -> Result<(), ExportError> {
    let definition = plan.quantity.definition();
    let x = LEFT + panel::MARGIN;
    pen.text((x, 24), 22.0, INK, Anchor::Left, definition.symbol)?;
    let after = x + pen.width(22.0, definition.symbol)? + 14;
    let meaning = pen.fitting(15.0, definition.meaning, width - after - LEFT)?;
    pen.text((after, 26), 15.0, MUTED, Anchor::Left, &meaning)
}
