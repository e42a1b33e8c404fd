//! Draws letters and lines on a plotters drawing area, in units of the picture, with the embedded font.

use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{PathElement, Rectangle, Text};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontStyle, IntoFont, RGBColor, TextStyle, register_font};

use crate::report::export_error::ExportError;

/// Letters and frames.
pub(super) const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
/// Secondary text.
pub(super) const MUTED: RGBColor = RGBColor(0x65, 0x6d, 0x76);
/// Frames and ticks.
const FRAME: RGBColor = RGBColor(0x9a, 0xa1, 0xa9);
/// The background.
const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);

/// An SVG uses the reader's own font of this kind; its widths are close to those of the embedded font.
const FAMILY: &str = "sans-serif";
static FONT: &[u8] = include_bytes!("../../../assets/dejavu-sans.ttf");

/// A rectangle on the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// The horizontal position of a text relative to its point; vertically it is centred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Left,
    Center,
    Right,
}

/// Draws on one page.
pub(super) struct Pen<B: DrawingBackend> {
    page: DrawingArea<B, Shift>,
    /// Pixels per unit.
    zoom: u32,
}

/// The library's errors have a type that depends on the backend; only their text is useful.
fn failed(error: impl std::fmt::Display) -> ExportError {
    ExportError::Draw(error.to_string())
}

impl<B: DrawingBackend> Pen<B> {
    pub(super) fn new(page: DrawingArea<B, Shift>, zoom: u32) -> Result<Self, ExportError> {
        static REGISTERED: OnceLock<bool> = OnceLock::new();
        let registered = REGISTERED.get_or_init(|| register_font(FAMILY, FontStyle::Normal, FONT).is_ok());
        if !registered {
            return Err(failed("the embedded font is broken"));
        }
        page.fill(&PAPER).map_err(failed)?;
        Ok(Self { page, zoom })
    }

    fn pixel(&self, (x, y): (i32, i32)) -> (i32, i32) {
        let zoom = self.zoom.cast_signed();
        (x * zoom, y * zoom)
    }

    fn font(&self, size: f64) -> FontDesc<'static> {
        (FAMILY, size * f64::from(self.zoom)).into_font()
    }

    pub(super) fn text(
        &self,
        at: (i32, i32),
        size: f64,
        color: RGBColor,
        anchor: Anchor,
        text: &str,
    ) -> Result<(), ExportError> {
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Center => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let style = TextStyle::from(self.font(size)).color(&color).pos(Pos::new(horizontal, VPos::Center));
        self.page.draw(&Text::new(text, self.pixel(at), style)).map_err(failed)
    }

    /// Width of a text in units.
    pub(super) fn width(&self, size: f64, text: &str) -> Result<i32, ExportError> {
        let style = TextStyle::from(self.font(size));
        let (width, _) = self.page.estimate_text_size(text, &style).map_err(failed)?;
        Ok(width.div_ceil(self.zoom).cast_signed())
    }

    /// The text, shortened with an ellipsis if it is wider than its room.
    pub(super) fn fitting(&self, size: f64, text: &str, room: i32) -> Result<String, ExportError> {
        let mut kept = text.chars().count();
        let mut fitting = text.to_owned();
        while kept > 1 && self.width(size, &fitting)? > room {
            kept -= 1;
            fitting = text.chars().take(kept).chain(['…']).collect();
        }
        Ok(fitting)
    }

    pub(super) fn line(&self, from: (i32, i32), to: (i32, i32)) -> Result<(), ExportError> {
        let path = PathElement::new(vec![self.pixel(from), self.pixel(to)], FRAME.stroke_width(self.zoom));
        self.page.draw(&path).map_err(failed)
    }

    /// A frame around the area, outside of it.
    pub(super) fn frame(&self, area: Area) -> Result<(), ExportError> {
        let around = Area { x: area.x - 1, y: area.y - 1, width: area.width + 2, height: area.height + 2 };
        self.fill(around, FRAME)?;
        self.fill(area, PAPER)
    }

    pub(super) fn fill(&self, area: Area, color: RGBColor) -> Result<(), ExportError> {
        let corners = [(area.x, area.y), (area.x + area.width, area.y + area.height)].map(|corner| self.pixel(corner));
        self.page.draw(&Rectangle::new(corners, color.filled())).map_err(failed)
    }

    pub(super) fn finish(&self) -> Result<(), ExportError> {
        self.page.present().map_err(failed)
    }
}
