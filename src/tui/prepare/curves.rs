//! The curves of the charts: loss and ρ over the steps, profile, signal and prediction over the layers.

use ratatui::layout::Rect;

use super::buckets::cut_buckets;
use super::prediction::predicted;
use crate::history::{Cell, Scalar, ScalarBucket};
use crate::profile::Profile;
use crate::quantity::Quantity;
use crate::tui::pane::Panes;
use crate::tui::pane::step_chart::chart_of;
use crate::tui::render_cache::{CurvesKey, RenderCache};
use crate::tui::scene::{LaneRef, Scene};

/// Dots of a braille cell from left to right.
const DOTS: usize = 2;

/// Recomputes all curves if anything that they depend on has changed.
pub(super) fn update(cache: &mut RenderCache, scene: &Scene, panes: &Panes) {
    let key = key(scene, panes);
    if cache.curves_key.as_ref() == Some(&key) {
        return;
    }
    cache.losses = buckets_of_lanes(scene, &key, Scalar::Loss, key.loss_dots);
    cache.rhos = buckets_of_lanes(scene, &key, Scalar::Rho, key.rho_dots);
    cache.profiles = profiles(scene, scene.view.quantity);
    cache.signals.clear();
    cache.predicted.clear();
    cache.bands = Default::default();
    for (index, (lane, signal)) in scene.lanes().zip(profiles(scene, Quantity::SignalNorm)).enumerate() {
        // If the quantity in view is the signal, its predicted curve starts from the measured value at the last block.
        let start = cache.profiles.get(index).filter(|_| scene.view.quantity.is_signal()).unwrap_or(&signal);
        let theory = cache.theories.get(index).and_then(|theory| theory.as_ref().ok());
        let curves = theory.map(|theory| predicted(lane, scene.view.quantity, start, theory));
        let [middle, low, high] = curves.unwrap_or_default();
        cache.signals.push(signal_of(lane, &signal));
        cache.predicted.push(middle);
        cache.bands[0].push(low);
        cache.bands[1].push(high);
    }
    cache.curves_key = Some(key);
}

fn key(scene: &Scene, panes: &Panes) -> CurvesKey {
    let dots = |chart: Option<Rect>| chart.map_or(0, |chart| usize::from(chart_of(chart).width) * DOTS);
    CurvesKey {
        axis: panes.step_axis(scene),
        loss_dots: dots(panes.loss),
        rho_dots: dots(panes.rho),
        newest: scene.newest(),
        revisions: scene.lanes().map(|lane| lane.history.revision()).collect(),
        shown_steps: scene.lanes().map(|lane| scene.shown_step(&lane)).collect(),
        quantity: scene.view.quantity,
    }
}

/// A scalar of every lane over the dots of a chart.
fn buckets_of_lanes(scene: &Scene, key: &CurvesKey, scalar: Scalar, dots: usize) -> Vec<Vec<Option<ScalarBucket>>> {
    let (steps, end) = (key.axis.steps(), key.newest.map_or(0, |step| step.0) + 1);
    scene.lanes().map(|lane| cut_buckets(lane.history, scalar, &steps, dots, end)).collect()
}

/// A quantity of every lane over its layers at the shown step; empty cells if there is no such step.
fn profiles(scene: &Scene, quantity: Quantity) -> Vec<Vec<Cell>> {
    let profile = |lane: LaneRef<'_>| match scene.shown_step(&lane) {
        Some(step) => lane.history.profile(quantity, step),
        None => vec![Cell::Empty; lane.history.layers()],
    };
    scene.lanes().map(profile).collect()
}

/// The profile of a lane's rows.
fn signal_of(lane: LaneRef<'_>, cells: &[Cell]) -> Profile {
    let kind = lane.header.layers.depth_kind();
    let rows = lane.header.layers.layers.iter().zip(cells).filter(|(layer, _)| layer.kind == kind);
    let signal: Vec<Option<f32>> = rows.map(|(_, cell)| plain(*cell)).collect();
    Profile::of(&signal)
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
