//! What outlives a run beside its trace: a table of numbers, pictures, the closing words of a headless run.
//!
//! Exporters return bytes or write to what they are given; names of files are the command line's business.

mod closing;
pub mod csv;
pub mod explanation;
mod figure;

use std::io;

use thiserror::Error;

use crate::event::{Event, LaneHeader, RunHeader, StepRecord};
use crate::history::{History, LaneHistory};
use crate::layer::LayerKind;
use crate::profile::Profile;
use crate::quantity::Quantity;
use crate::trace::{Trace, TraceError};

pub use closing::closing;
pub use figure::{Size, png, svg};

/// Why nothing, or not all, was exported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The trace cannot be read further.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The output takes no more.
    #[error("cannot write the export: {0}")]
    Write(#[from] io::Error),
    /// The picture has no room for its panels.
    #[error("a picture of {width}×{height} has no room for {lanes} lanes: make it larger")]
    TooSmall {
        /// Units across.
        width: u32,
        /// Units down.
        height: u32,
        /// Lanes to be drawn.
        lanes: usize,
    },
    /// The picture would not fit into memory.
    #[error("a picture of {width}×{height} is too large: at most {most} each way")]
    TooLarge {
        /// Units across.
        width: u32,
        /// Units down.
        height: u32,
        /// Units each way at most.
        most: u32,
    },
    /// The drawing library refuses.
    #[error("cannot draw the picture: {0}")]
    Draw(String),
}

/// Reads a whole trace into a history; where several runs were appended to each other, the last.
///
/// # Errors
/// When the trace cannot be read.
pub fn load(trace: &mut Trace) -> Result<History, TraceError> {
    let mut history = History::new(trace.header().clone());
    for event in trace {
        match event? {
            Event::RunStarted(header) => history = History::new(header),
            event => history.push(&event),
        }
    }
    Ok(history)
}

/// `signal_norm` of blocks 1 … D at the newest measured step; empty where there is none.
fn signal(header: &RunHeader, lane: &LaneHeader, history: &LaneHistory) -> Vec<Option<f32>> {
    history.record(None).map(|record| signal_of(header, lane, record)).unwrap_or_default()
}

/// `signal_norm` of blocks 1 … D at a measured step; empty where it was not measured.
fn signal_of(header: &RunHeader, lane: &LaneHeader, record: &StepRecord) -> Vec<Option<f32>> {
    let row = header.quantities.iter().position(|quantity| *quantity == Quantity::SignalNorm);
    let Some(row) = row else { return Vec::new() };
    let values = record.values.row(row).iter().zip(&lane.layers.layers);
    values.filter(|(_, layer)| layer.kind == LayerKind::Block).map(|(value, _)| value.get()).collect()
}

/// The depth profile of a lane at the newest measured step; empty where there is none.
fn profile(header: &RunHeader, lane: &LaneHeader, history: &LaneHistory) -> Profile {
    Profile::of(&signal(header, lane, history))
}
