//! What the panes show, computed ahead of drawing and kept: a frame in which one step is new costs one column.
//!
//! [`Scene::prepare`] brings it up to date, [`super::view::render`] only reads it.

mod curve;
mod heatmap_cache;

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use super::axis::{LayerAxis, StepAxis};
use super::layout::Layout;
use super::scene::{CursorState, LaneRef, Mode, Scene};
use super::theme::Theme;
use super::view::step_chart::chart_of;
use crate::history::{Cell, Revision, Scalar, ScalarBucket};
use crate::layer::LayerKind;
use crate::profile::Profile;
use crate::quantity::{Axis, Quantity};
use crate::theory::{self, NotApplicable, Prediction};
use crate::units::Step;

pub use heatmap_cache::HeatmapCache;
use heatmap_cache::HeatmapKey;

/// Dots of a braille cell from left to right.
const DOTS: usize = 2;

/// Everything computed for the panes in view.
#[derive(Clone, Debug, Default)]
pub struct RenderCache {
    /// Heatmaps by lane.
    pub heatmaps: BTreeMap<usize, HeatmapCache>,
    /// Loss of every lane over the columns of the loss chart, two to a cell.
    pub losses: Vec<Vec<Option<ScalarBucket>>>,
    /// ρ of every lane over the columns of its chart, two to a cell; empty where that is not in view.
    pub rhos: Vec<Vec<Option<ScalarBucket>>>,
    /// Depth profile of every lane at the cursor's step.
    pub profiles: Vec<Vec<Cell>>,
    /// What every lane's signal is like over its blocks at the cursor's step.
    pub signals: Vec<Profile>,
    /// What theory says of every lane, or why it says nothing; computed once per lane.
    pub theories: Vec<Result<Prediction, NotApplicable>>,
    /// The same on the axis of the quantity in view, a value per layer; empty where theory says nothing.
    pub predicted: Vec<Vec<Cell>>,
    /// Below which 2.5 % and 97.5 % of all nets lie by theory, likewise.
    pub bands: [Vec<Vec<Cell>>; 2],
    /// Largest |log-ratio|, or difference, of what is in view; 0 where that is not the difference.
    pub largest_ratio: f32,
    /// What the curves were computed for.
    curves_key: Option<CurvesKey>,
}

#[derive(Clone, Debug, PartialEq)]
struct CurvesKey {
    axis: StepAxis,
    /// Of the loss and of ρ.
    dots: [usize; 2],
    newest: Option<Step>,
    revisions: Vec<Revision>,
    standings: Vec<Option<CursorState>>,
    quantity: Quantity,
}

impl Scene {
    /// Computes what changed since the last frame for a terminal of this size.
    pub fn prepare(&mut self, theme: &Theme, area: Rect) {
        self.follow();
        let Some(layout) = Layout::new(area, self) else { return };
        let quantity = self.view.quantity;
        let ranges: Vec<_> = self.lanes().filter_map(|lane| lane.history.range(quantity)).collect();
        self.scales.include(quantity, ranges.into_iter());
        let coloured = self.coloured();
        if coloured != quantity {
            let ranges: Vec<_> = self.lanes().filter_map(|lane| lane.history.range(coloured)).collect();
            self.scales.include(coloured, ranges.into_iter());
        }
        let mut picture = std::mem::take(&mut self.picture);
        picture.draw_heatmaps(self, &layout, theme);
        picture.theories(self);
        picture.curves(self, &layout);
        picture.largest_ratio = 0.0;
        if self.view.mode == Mode::Difference {
            picture.largest_ratio = picture.largest_ratio();
            // Two values that both lie on the scale differ by no more than its length.
            let most = self.scales.of(quantity).map_or(f32::INFINITY, |scale| scale.high - scale.low);
            self.scales.include_difference(quantity, picture.largest_ratio.min(most));
        }
        self.picture = picture;
    }
}

impl RenderCache {
    /// The log-ratio of a lane to the first, or the difference on a linear axis, at a pixel of a pane; anything that cannot be compared stands for itself.
    #[must_use]
    pub fn ratio(&self, lane: usize, pixel: usize, bin: usize) -> Cell {
        let at = |lane: usize| self.heatmaps.get(&lane).map_or(Cell::Empty, |heatmap| heatmap.at(pixel, bin));
        compare(at(lane), at(0))
    }

    fn draw_heatmaps(&mut self, scene: &Scene, layout: &Layout, theme: &Theme) {
        let axis = layout.step_axis(scene);
        let newest = scene.newest().map_or(0, |step| step.0);
        let mut wanted: Vec<usize> = layout.heatmaps.iter().map(|pane| pane.lane).collect();
        if scene.view.mode == Mode::Difference {
            wanted.insert(0, 0);
        }
        let height = layout.heatmaps.first().map_or(0, |pane| usize::from(pane.picture.height));
        self.heatmaps.retain(|lane, _| wanted.contains(lane));
        for (index, lane) in scene.lanes().enumerate().filter(|(index, _)| wanted.contains(index)) {
            let pane = layout.heatmaps.iter().find(|pane| pane.lane == index);
            let height = pane.map_or(height, |pane| usize::from(pane.picture.height));
            let layers = LayerAxis::new(lane.history.layers(), &scene.view.depth, height * theme.pixels_per_cell());
            let key = HeatmapKey { quantity: scene.view.quantity, layers, axis, reduce: scene.view.reduce };
            self.heatmaps.entry(index).or_default().bring_up_to(key, newest, lane.history);
        }
    }

    fn theories(&mut self, scene: &Scene) {
        for (index, lane) in scene.lanes().enumerate() {
            let known = self.theories.get(index);
            if known.is_none_or(|known| *known == Err(NotApplicable::NotMeasured)) {
                let theory = theory::of_lane(lane.run.header(), lane.header, lane.history);
                self.theories.splice(index..self.theories.len().min(index + 1), [theory]);
            }
        }
    }

    fn curves(&mut self, scene: &Scene, layout: &Layout) {
        let axis = layout.step_axis(scene);
        let width = |chart: Option<Rect>| chart.map_or(0, |chart| usize::from(chart.width) * DOTS);
        let dots = [width(layout.loss.map(chart_of)), width(layout.rho.map(chart_of))];
        let newest = scene.newest();
        let standings = scene.lanes().map(|lane| scene.standing(&lane)).collect();
        let revisions = scene.lanes().map(|lane| lane.history.revision()).collect();
        let key = CurvesKey { axis, dots, newest, revisions, standings, quantity: scene.view.quantity };
        if self.curves_key.as_ref() == Some(&key) {
            return;
        }
        let end = newest.map_or(0, |step| step.0) + 1;
        let cut = |scalar: Scalar, dots: usize| {
            let steps = axis.steps();
            scene.lanes().map(|lane| curve::cut(lane.history, scalar, &steps, dots, end)).collect()
        };
        self.losses = cut(Scalar::Loss, dots[0]);
        self.rhos = cut(Scalar::Rho, dots[1]);
        let profile_of = |quantity: Quantity| {
            scene.lanes().map(move |lane| match scene.shown_step(&lane) {
                Some(step) => lane.history.profile(quantity, step),
                None => vec![Cell::Empty; lane.history.layers()],
            })
        };
        self.profiles = profile_of(scene.view.quantity).collect();
        self.signals.clear();
        self.predicted.clear();
        self.bands = Default::default();
        for (index, (lane, signal)) in scene.lanes().zip(profile_of(Quantity::SignalNorm)).enumerate() {
            // Where the quantity in view is the signal, its own curve starts from its own value at the last block.
            let start = self.profiles.get(index).filter(|_| scene.view.quantity.is_signal()).unwrap_or(&signal);
            let theory = self.theories.get(index).and_then(|theory| theory.as_ref().ok());
            let curves = theory.map(|theory| predicted(lane, scene.view.quantity, start, theory));
            let [middle, low, high] = curves.unwrap_or_default();
            self.signals.push(signal_of(lane, &signal));
            self.predicted.push(middle);
            self.bands[0].push(low);
            self.bands[1].push(high);
        }
        self.curves_key = Some(key);
    }

    /// Largest finite |log-ratio| of what is in view.
    fn largest_ratio(&self) -> f32 {
        let mut largest = 0.0f32;
        for (&lane, heatmap) in self.heatmaps.range(1..) {
            for pixel in 0..heatmap.pixels() {
                for bin in 0..heatmap.bins() {
                    if let Cell::Value(ratio) = self.ratio(lane, pixel, bin) {
                        largest = largest.max(ratio.abs());
                    }
                }
            }
        }
        largest
    }
}

/// The profile of the blocks of a lane.
fn signal_of(lane: LaneRef<'_>, cells: &[Cell]) -> Profile {
    let blocks = lane.header.layers.layers.iter().zip(cells).filter(|(layer, _)| layer.kind == LayerKind::Block);
    let signal: Vec<Option<f32>> = blocks.map(|(_, cell)| plain(*cell)).collect();
    Profile::of(&signal)
}

/// What theory says of a quantity in every layer, on the quantity's axis: its line, and both ends of its band.
fn predicted(lane: LaneRef<'_>, quantity: Quantity, signal: &[Cell], theory: &Prediction) -> [Vec<Cell>; 3] {
    let layers = || lane.header.layers.layers.iter();
    let last = layers().zip(signal).rfind(|(layer, _)| layer.kind == LayerKind::Block);
    let last = last.and_then(|(_, cell)| if let Cell::Value(value) = cell { Some(f64::from(*value)) } else { None });
    let last = last.map(|exponent| 10f64.powf(exponent));
    let Some((median, band)) = theory.of(quantity, last).zip(theory.band(quantity, last)) else {
        return Default::default();
    };
    let place = |value: f64| match quantity.definition().axis {
        Axis::Log => Cell::Value(value.log10() as f32),
        Axis::Linear => Cell::Value(value as f32),
    };
    // One block is no line.
    if median.iter().flatten().count() < 2 {
        return Default::default();
    }
    // A signal's line moves with every step; its band would make each frame larger than a slow connection takes.
    let band = if quantity == Quantity::SignalNorm { Vec::new() } else { band };
    let [below, above] = [0, 1].map(|end| band.iter().map(|ends| ends.map(|ends| ends[end])).collect());
    [median, below, above].map(|values: Vec<Option<f64>>| {
        let mut values = values.into_iter();
        let of = |kind: LayerKind| if kind == LayerKind::Block { values.next().flatten() } else { None };
        layers().map(|layer| layer.kind).map(of).map(|value| value.map_or(Cell::Absent, place)).collect()
    })
}

/// A cell of a logarithmic axis as the plain value.
fn plain(cell: Cell) -> Option<f32> {
    match cell {
        Cell::Empty | Cell::Absent => None,
        Cell::Nan => Some(f32::NAN),
        Cell::Infinite => Some(f32::INFINITY),
        Cell::Zero => Some(0.0),
        Cell::Value(value) => Some(10f64.powf(f64::from(value)) as f32),
    }
}

/// other ÷ first on a logarithmic axis, other − first on a linear one, where 0 is a value like any other. What is worst of
/// the two is shown where either is no number; a value ÷ 0 is infinite, and 0 ÷ 0 is no number.
fn compare(other: Cell, first: Cell) -> Cell {
    match (other, first) {
        (Cell::Value(other), Cell::Value(first)) => Cell::Value(other - first),
        (Cell::Empty, _) | (_, Cell::Empty) => Cell::Empty,
        (Cell::Nan, _) | (_, Cell::Nan) | (Cell::Zero, Cell::Zero) => Cell::Nan,
        (Cell::Infinite, _) | (_, Cell::Infinite) | (Cell::Value(_), Cell::Zero) => Cell::Infinite,
        (Cell::Absent, _) | (_, Cell::Absent) => Cell::Absent,
        (Cell::Zero, Cell::Value(_)) => Cell::Zero,
    }
}

#[cfg(test)]
mod tests;
