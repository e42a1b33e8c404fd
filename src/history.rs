//! Steps × layers × quantities in bounded memory: the data behind every picture.
//!
//! The first steps and the newest are kept exactly, all steps in buckets of equal width that merge in pairs when they
//! are full (least, largest, mean, last, count, non-finite count a cell), so a one-step spike stays visible at every
//! zoom. The first measured step is kept beside them: theory starts from it.
//!
//! ```text
//! budget per lane  m = 240 MiB / max(lanes · runs shown together, 2)
//! exact records    R = clamp(m/4 / (4·Q·L + 96), 32, 4096)         4·Q·L + 96 bytes each
//!                  of these the first min(R/4, 100) steps
//! buckets          N = clamp(3m/4 / (24·Q·L), 32, 2048) rounded down to a power of two; 24·Q·L bytes each
//! per-step values  4,096 buckets of 168 bytes
//! histograms       at most 8 MiB (or eight histograms) per lane
//! tensors          at most 4 MiB (or eight records) per lane, 12 bytes a tensor
//! filters          at most 1 MiB (or eight records) per lane, a byte a weight
//! ```
//!
//! Runs that are shown together share these too: each of n runs gets 1/n of what a lane keeps at most and, down to a
//! small minimum, of what it keeps at least. Q quantities, L layers: whatever the number of steps, a lane takes at most
//! (R + 1)·(4·Q·L + 96) + N·24·Q·L + 0.7 MB.
//!
//! ```
//! use std::sync::Arc;
//!
//! use nablatop::event::{Event, LaneHeader, Payload, RunHeader, Samples, Snapshot};
//! use nablatop::history::History;
//! use nablatop::layer::{Layer, LayerKind, LayerTable};
//! use nablatop::units::{LaneId, Step};
//!
//! let layers = LayerTable { layers: vec![Layer::new("blocks.0", LayerKind::Block)] };
//! let lane = LaneHeader::new("net", "one block", layers);
//! let mut history = History::new(Arc::new(RunHeader::new(vec![lane])));
//! let picture = Samples { channels: 1, height: 1, width: 1, pixels: vec![255] };
//! for step in [100, 200] {
//!     let payload = Payload::Samples(picture.clone());
//!     history.push(&Event::Snapshot(Arc::new(Snapshot { lane: LaneId(0), step: Step(step), payload })));
//! }
//! let shown = history.lanes()[0].snapshot::<Samples>(Step(150)).expect("the newest until step 150");
//! assert_eq!(shown.step, Step(100));
//! ```

mod bucket;
mod cell;
mod decimated;
mod health;
mod lane;
mod logarithm;
mod ranges;
mod recent;
mod scalars;
mod share;
mod slope;
mod timeline;
mod window;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(crate) use cell::{Cell, ScalarBucket};
pub use cell::{CellValue, MeasuredAt, Reduce, Scalar, Summary};
pub use lane::LaneHistory;
pub use lane::revision::Revision;
#[cfg(any(feature = "tui", feature = "cli"))]
pub(crate) use ranges::beyond;
pub use window::Window;

use share::Share;

use crate::event::{Event, Note, RunEnd, RunHeader};

/// Bytes for all lanes of all runs together; see the module's formula.
const BUDGET: usize = 240 << 20;
/// Notes kept, the newest.
const MOST_NOTES: usize = 256;

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
        Self::beside_others(header, 1)
    }

    /// The same beside others: so many runs share what one may take.
    #[must_use]
    pub(crate) fn beside_others(header: Arc<RunHeader>, runs: usize) -> Self {
        let runs = runs.max(1);
        Self::with_share(header, Share { bytes: BUDGET / runs, runs })
    }

    /// A run alone within so many bytes for all lanes together.
    #[cfg(test)]
    pub(crate) fn within(header: Arc<RunHeader>, bytes: usize) -> Self {
        Self::with_share(header, Share { bytes, runs: 1 })
    }

    fn with_share(header: Arc<RunHeader>, of_run: Share) -> Self {
        let share = Share { bytes: of_run.bytes / header.lanes.len().max(2), ..of_run };
        let lanes = header.lanes.iter().map(|lane| LaneHistory::new(&header.quantities, &lane.layers, share)).collect();
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

    /// All events that are still held exactly, in the order of their steps, without the header.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        let notes = self.notes.iter().map(|note| (note.step, Event::Note(note.clone())));
        let mut events: Vec<_> = self.lanes.iter().flat_map(LaneHistory::held).chain(notes).collect();
        events.sort_by_key(|(step, event)| (*step, matches!(event, Event::LaneEnded(_))));
        let end = self.end.iter().map(|end| Event::RunEnded(end.clone()));
        events.into_iter().map(|(_, event)| event).chain(end).collect()
    }

    /// Number of steps, counted over all lanes, that [`Self::events`] does not include.
    #[must_use]
    pub fn missing_steps(&self) -> u64 {
        self.lanes.iter().map(LaneHistory::missing).sum()
    }

    /// Takes one event in; events of unknown lanes are ignored.
    pub fn push(&mut self, event: &Event) {
        match event {
            // A step that is no longer held is not included either.
            Event::RunStarted(_) | Event::Gap(_) => {}
            Event::Step(record) => {
                if let Some(lane) = self.lanes.get_mut(record.lane.index()) {
                    lane.push(record);
                }
            }
            Event::Rerun(record) => {
                if let Some(lane) = self.lanes.get_mut(record.lane.index()) {
                    lane.rerun(record);
                }
            }
            Event::Snapshot(snapshot) => {
                if let Some(lane) = self.lanes.get_mut(snapshot.lane.index()) {
                    lane.push_snapshot(snapshot);
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
            Event::Note(note) => {
                if self.notes.len() == MOST_NOTES {
                    self.notes.remove(0);
                }
                self.notes.push(note.clone());
            }
            Event::RunEnded(end) => self.end = Some(end.clone()),
        }
    }
}
