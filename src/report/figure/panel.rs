//! One lane's heatmap with its axes: layers downwards from the stem, steps to the right.

use std::ops::Range;

use plotters::prelude::DrawingBackend;

use super::pen::{Anchor, Area, INK, MUTED, Pen};
use super::raster::{Placed, Raster, Special};
use super::scale::Scale;
use crate::event::{LaneHeader, RunHeader};
use crate::history::{LaneHistory, Reduce, Window};
use crate::layer::LayerKind;
use crate::number;
use crate::quantity::Quantity;
use crate::report::export_error::ExportError;
use crate::report::signal::profile;
use crate::round;
use crate::units::LayerId;

/// Space above the cells: name and title.
pub(super) const HEADING: i32 = 44;
/// Space below them: numbers of steps.
pub(super) const FOOTING: i32 = 46;
/// Space left of them: names of layers.
pub(super) const MARGIN: i32 = 56;
/// Space right of them.
const GUTTER: i32 = 14;
/// Minimum width and height of the cells.
const LEAST_SIDE: i32 = 48;
/// Width of a step number, and height of a layer name.
const STEP_LABEL: i32 = 76;
const LAYER_LABEL: i32 = 26;

/// One lane and what is drawn of it.
pub(super) struct Panel<'a> {
    pub(super) header: &'a RunHeader,
    pub(super) lane: &'a LaneHeader,
    pub(super) history: &'a LaneHistory,
    pub(super) quantity: Quantity,
    pub(super) steps: Range<u64>,
}

/// Whether a panel of this size has room for cells.
pub(super) fn fits(width: i32, height: i32) -> bool {
    width - MARGIN - GUTTER >= LEAST_SIDE && height - HEADING - FOOTING >= LEAST_SIDE
}

impl Panel<'_> {
    /// Draws all but the cells, which it returns.
    pub(super) fn draw<B: DrawingBackend>(
        &self,
        pen: &Pen<B>,
        place: Area,
        scale: &Scale,
        seen: &mut Special,
    ) -> Result<Placed, ExportError> {
        let cells = Area {
            x: place.x + MARGIN,
            y: place.y + HEADING,
            width: place.width - MARGIN - GUTTER,
            height: place.height - HEADING - FOOTING,
        };
        self.heading(pen, cells)?;
        pen.frame(cells)?;
        self.layer_axis(pen, cells)?;
        self.step_axis(pen, cells)?;
        let layers = self.history.layers();
        let count = usize::try_from(self.steps.end - self.steps.start).unwrap_or(usize::MAX);
        let window = Window {
            layers: 0..layers,
            rows: layers.min(cells.height as usize).max(1),
            steps: self.steps.clone(),
            columns: count.min(cells.width as usize).max(1),
            reduce: Reduce::Extreme,
        };
        let raster = Raster::of_cells(&self.history.window(self.quantity, &window), window.columns, scale, seen);
        Ok(Placed { raster, x: cells.x, y: cells.y, width: cells.width, height: cells.height })
    }

    fn heading<B: DrawingBackend>(&self, pen: &Pen<B>, cells: Area) -> Result<(), ExportError> {
        let fit = profile(self.header, self.lane, self.history).fit.filter(|_| self.quantity.is_signal());
        let row = self.lane.layers.depth_word();
        let fit = fit.map_or_else(String::new, |fit| format!("×{} per {row}", number::value(fit.rho)));
        let mut room = cells.width - pen.width(15.0, &fit)? - GUTTER;
        if room < LEAST_SIDE {
            room = cells.width;
        } else {
            pen.text((cells.x + cells.width, cells.y - 32), 15.0, INK, Anchor::Right, &fit)?;
        }
        let name = pen.fitting(17.0, &self.lane.name, room)?;
        pen.text((cells.x, cells.y - 32), 17.0, INK, Anchor::Left, &name)?;
        let title = pen.fitting(13.0, &self.lane.title, cells.width)?;
        pen.text((cells.x, cells.y - 13), 13.0, MUTED, Anchor::Left, &title)
    }

    fn layer_axis<B: DrawingBackend>(&self, pen: &Pen<B>, cells: Area) -> Result<(), ExportError> {
        let layers = self.history.layers();
        let blocks = self.lane.layers.blocks() as u64;
        let kind = |layer: usize| self.lane.layers.layers.get(layer).map(|layer| layer.kind);
        let y = |layer: usize| cells.y + ((layer as f32 + 0.5) * cells.height as f32 / layers.max(1) as f32) as i32;
        let mut free = cells.y - LAYER_LABEL;
        let mut rows: Vec<usize> = Vec::new();
        rows.extend((kind(0) == Some(LayerKind::Stem)).then_some(0));
        let counts = round::counts(&(1..blocks.max(1) + 1), (cells.height / (2 * LAYER_LABEL)) as usize);
        let row = |block: u64| self.lane.layers.row_numbered(usize::try_from(block).ok()?).map(LayerId::index);
        rows.extend(counts.into_iter().filter_map(row));
        let last = layers.saturating_sub(1);
        let has_head = kind(last) == Some(LayerKind::Head);
        for layer in rows.into_iter().filter(|layer| !has_head || y(last) - y(*layer) >= LAYER_LABEL / 2) {
            let label = self.lane.layers.label(LayerId(u32::try_from(layer).unwrap_or(u32::MAX)));
            if y(layer) - free >= LAYER_LABEL / 2 && !label.is_empty() {
                free = y(layer);
                tick(pen, cells, y(layer), &label)?;
            }
        }
        if has_head {
            tick(pen, cells, y(last), "head")?;
        }
        Ok(())
    }

    fn step_axis<B: DrawingBackend>(&self, pen: &Pen<B>, cells: Area) -> Result<(), ExportError> {
        let bottom = cells.y + cells.height;
        let count = (self.steps.end - self.steps.start) as f32;
        let (first, last) = (self.steps.start, self.steps.end - 1);
        for step in round::counts(&(first..last + 1), (cells.width / STEP_LABEL) as usize) {
            let x = cells.x + (((step - first) as f32 + 0.5) * cells.width as f32 / count) as i32;
            pen.line((x, bottom + 1), (x, bottom + 5))?;
            pen.text((x, bottom + 13), 13.0, MUTED, Anchor::Center, &number::count(step))?;
        }
        pen.text((cells.x + cells.width / 2, bottom + 30), 13.0, MUTED, Anchor::Center, "step")
    }
}

fn tick<B: DrawingBackend>(pen: &Pen<B>, cells: Area, y: i32, label: &str) -> Result<(), ExportError> {
    pen.line((cells.x - 6, y), (cells.x - 2, y))?;
    let label = pen.fitting(13.0, label, MARGIN - 12)?;
    pen.text((cells.x - 9, y), 13.0, MUTED, Anchor::Right, &label)
}
