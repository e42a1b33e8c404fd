//! The depth profile of a lane at its newest measured step.

use crate::event::{LaneHeader, RunHeader, StepRecord};
use crate::history::LaneHistory;
use crate::profile::Profile;
use crate::quantity::Quantity;

/// `signal_norm` of the rows at the newest measured step; empty if there is none.
fn signal(header: &RunHeader, lane: &LaneHeader, history: &LaneHistory) -> Vec<Option<f32>> {
    history.record(None).map(|record| signal_of(header, lane, record)).unwrap_or_default()
}

/// `signal_norm` of the blocks, or of all rows if there are no blocks, at a measured step; empty if it was not
/// measured.
pub(super) fn signal_of(header: &RunHeader, lane: &LaneHeader, record: &StepRecord) -> Vec<Option<f32>> {
    let row = header.quantities.iter().position(|quantity| *quantity == Quantity::SignalNorm);
    let Some(row) = row else { return Vec::new() };
    let values = record.values.row(row).iter().zip(&lane.layers.layers);
    let kind = lane.layers.depth_kind();
    values.filter(|(_, layer)| layer.kind == kind).map(|(value, _)| value.get()).collect()
}

/// The depth profile of a lane at the newest measured step; empty if there is none.
pub(super) fn profile(header: &RunHeader, lane: &LaneHeader, history: &LaneHistory) -> Profile {
    Profile::of(&signal(header, lane, history))
}
