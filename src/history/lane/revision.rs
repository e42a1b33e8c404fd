//! What changed in a lane's history since a picture was drawn from it: the steps whose cells may differ now.
//!
//! ```text
//! steps     1 ·········· oldest held exactly ·········· last
//! changed        ├─ evicted: exact → bucket ─┤     ├─ new, from the start of their bucket ─┤
//! ```
//!
//! Redrawing the columns that overlap these steps gives the same picture as drawing the whole history. The two ranges
//! do not depend on the number of frames in between.

use std::ops::Range;

use super::LaneHistory;
use crate::quantity::Quantity;
use crate::units::Step;

/// The state of a lane's history at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Newest step; `None` before the first.
    last: Option<Step>,
    /// Oldest step that is held exactly.
    oldest: Option<Step>,
    /// Steps per bucket.
    width: u64,
    /// Steps that were measured again in more detail.
    reruns: u64,
}

impl LaneHistory {
    /// The current state.
    #[must_use]
    pub fn revision(&self) -> Revision {
        let (last, oldest) = (self.last_step(), self.recent.oldest());
        Revision { last, oldest, width: self.grids.width(), reruns: self.reruns }
    }

    /// Steps whose cells of a quantity may differ from those at an earlier revision: new steps, and steps that are no
    /// longer held exactly. The ranges are empty if nothing changed.
    #[must_use]
    pub fn changed_since(&self, quantity: Quantity, before: &Revision) -> [Range<u64>; 2] {
        const NONE: Range<u64> = 0..0;
        let now = self.revision();
        if now == *before {
            return [NONE, NONE];
        }
        let all = [0..u64::MAX, NONE];
        let (Some(Step(last)), Some(Step(last_before))) = (now.last, before.last) else { return all };
        if now.width != before.width || now.reruns != before.reruns {
            return all;
        }
        let first_new = last_before.saturating_add(1);
        let start = self.grids.start_of_bucket(Step(first_new)).min(first_new);
        let evicted = match (before.oldest, now.oldest) {
            (Some(Step(oldest_before)), Some(Step(oldest))) if oldest_before < oldest => {
                // A column without a measurement repeats the one before it, which may be among the evicted steps.
                let row = self.row(quantity);
                let next = row.and_then(|row| self.recent.first(|record| self.holds(record, row)));
                oldest_before..next.map_or(last, |record| record.step.0).saturating_add(1)
            }
            _ => NONE,
        };
        [start..last.saturating_add(1), evicted]
    }
}
