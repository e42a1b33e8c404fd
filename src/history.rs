//! Steps × layers × quantities in bounded memory: what every picture is drawn from.

mod cell;
mod lane;

use std::sync::Arc;

pub use cell::{Cell, Reduce, Scalar, ScalarBucket};
pub use lane::LaneHistory;

use crate::event::{Event, Note, RunEnd, RunHeader};

/// Everything the program remembers of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    header: Arc<RunHeader>,
    lanes: Vec<LaneHistory>,
    notes: Vec<Note>,
    end: Option<RunEnd>,
}

impl History {
    /// An empty history of a run.
    #[must_use]
    pub fn new(header: Arc<RunHeader>) -> Self {
        let lanes = header.lanes.iter().map(|lane| LaneHistory::new(&header.quantities, lane.layers.len())).collect();
        Self { header, lanes, notes: Vec::new(), end: None }
    }

    /// What does not change about the run.
    #[must_use]
    pub fn header(&self) -> &Arc<RunHeader> {
        &self.header
    }

    /// One history per lane, in the order of the header.
    #[must_use]
    pub fn lanes(&self) -> &[LaneHistory] {
        &self.lanes
    }

    /// The newest notes.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// How the run ended, once it did.
    #[must_use]
    pub fn end(&self) -> Option<&RunEnd> {
        self.end.as_ref()
    }

    /// Takes one event in; events of unknown lanes are ignored.
    pub fn push(&mut self, event: &Event) {
        match event {
            Event::RunStarted(_) => {}
            Event::Step(record) => {
                if let Some(lane) = self.lanes.get_mut(record.lane.index()) {
                    lane.push(record);
                }
            }
            Event::Eval(eval) => {
                if let Some(lane) = self.lanes.get_mut(eval.lane.index()) {
                    lane.push_eval(*eval);
                }
            }
            Event::LaneEnded(end) => {
                if let Some(lane) = self.lanes.get_mut(end.lane.index()) {
                    lane.finish(end.clone());
                }
            }
            Event::Note(note) => self.notes.push(note.clone()),
            Event::RunEnded(end) => self.end = Some(end.clone()),
        }
    }
}
