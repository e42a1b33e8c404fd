//! The legend of the colours: the bar with its numbers, and the special values.

use plotters::prelude::DrawingBackend;

use super::pen::{Anchor, Area, MUTED, Pen};
use super::raster::{Placed, Raster, Special};
use super::scale::{Scale, shade_at};
use crate::report::export_error::ExportError;

/// Colours of the bar.
const SHADES: u16 = 256;

/// Draws the bar, low values at the bottom, and returns its colours.
pub(super) fn color_bar<B: DrawingBackend>(pen: &Pen<B>, bar: Area, scale: &Scale) -> Result<Placed, ExportError> {
    pen.frame(bar)?;
    let right = bar.x + bar.width;
    for tick in scale.ticks() {
        let y = bar.y + ((1.0 - tick.position) * (bar.height - 1) as f32) as i32;
        pen.line((right + 1, y), (right + 5, y))?;
        pen.text((right + 9, y), 13.0, MUTED, Anchor::Left, &tick.label)?;
    }
    let shades = (0..SHADES).rev().map(|shade| shade_at(f32::from(shade) / f32::from(SHADES - 1)));
    Ok(Placed { raster: Raster::of_colors(shades), x: bar.x, y: bar.y, width: bar.width, height: bar.height })
}

/// Draws a square and a name for each special value that occurs.
pub(super) fn special_values<B: DrawingBackend>(
    pen: &Pen<B>,
    (mut x, y): (i32, i32),
    seen: Special,
) -> Result<(), ExportError> {
    const SIDE: i32 = 12;
    for (color, name) in seen.entries() {
        let square = Area { x, y: y - SIDE / 2, width: SIDE, height: SIDE };
        pen.fill(square, color)?;
        pen.text((x + SIDE + 7, y), 13.0, MUTED, Anchor::Left, name)?;
        x += SIDE + 7 + pen.width(13.0, name)? + 22;
    }
    Ok(())
}
