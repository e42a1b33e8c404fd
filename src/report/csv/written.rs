//! What a table already contains of the newest steps, so that a step that is recorded again adds only new values.

use std::collections::VecDeque;

use crate::event::StepRecord;
use crate::grid::{Grid, Value};
use crate::units::Step;

/// Number of newest steps that are remembered per lane; 16 bytes each. A flight recorder goes back by far fewer.
const REMEMBERED: usize = 1 << 16;
/// Bit of the accuracy, after those of the rows.
const ACCURACY: u64 = 1 << 62;
/// Bit of the norm over all parameters.
const GLOBAL_GRAD_NORM: u64 = 1 << 63;

/// The newest steps of each lane, ascending, each with a bit per row of its table that had a value.
#[derive(Default)]
pub(super) struct WrittenRows {
    lanes: Vec<VecDeque<(Step, u64)>>,
}

impl WrittenRows {
    /// An empty memory for this many lanes.
    pub(super) fn nothing(lanes: usize) -> Self {
        Self { lanes: vec![VecDeque::new(); lanes] }
    }

    /// Remembers which values of a step were written.
    pub(super) fn remember(&mut self, record: &StepRecord) {
        let Some(steps) = self.lanes.get_mut(record.lane.index()) else { return };
        if steps.len() == REMEMBERED {
            steps.pop_front();
        }
        steps.push_back((record.step, bits(record)));
    }

    /// The record without the values that were written before; `None` if nothing is left, or the step is older than
    /// what is remembered. A step whose first record is missing is new.
    pub(super) fn news(&mut self, record: &StepRecord) -> Option<StepRecord> {
        let steps = self.lanes.get_mut(record.lane.index())?;
        let index = match steps.binary_search_by_key(&record.step, |(step, _)| *step) {
            Ok(index) => index,
            Err(0) if steps.len() == REMEMBERED => return None,
            // No step is re-run before it was recorded.
            Err(index) if index == steps.len() => return None,
            Err(index) => {
                steps.insert(index, (record.step, 0));
                index
            }
        };
        let (_, written) = steps.get_mut(index)?;
        let new = bits(record) & !*written;
        *written |= new;
        (new != 0).then(|| StepRecord {
            accuracy: record.accuracy.filter(|_| new & ACCURACY != 0),
            global_grad_norm: record.global_grad_norm.filter(|_| new & GLOBAL_GRAD_NORM != 0),
            values: rows(&record.values, new),
            ..record.clone()
        })
    }
}

fn bits(record: &StepRecord) -> u64 {
    let has = |row: &usize| record.values.row(*row).iter().any(|value| !value.is_absent());
    let rows = (0..record.values.quantities()).filter(has).map(bit).sum::<u64>();
    let scalars = [(record.accuracy, ACCURACY), (record.global_grad_norm, GLOBAL_GRAD_NORM)];
    rows | scalars.into_iter().filter(|(value, _)| value.is_some()).map(|(_, bit)| bit).sum::<u64>()
}

/// There are far fewer quantities than bits.
fn bit(row: usize) -> u64 {
    1 << row
}

/// The table with only these rows.
fn rows(values: &Grid, kept: u64) -> Grid {
    let mut values = values.clone();
    for row in (0..values.quantities()).filter(|row| kept & bit(*row) == 0) {
        values.row_mut(row).fill(Value::ABSENT);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_step_reported_again_adds_only_new_values_and_one_without_a_line_adds_all() {
        let record_with = |step, row: usize| {
            let mut values = Grid::absent(2, 1);
            values.row_mut(row).fill(Value::new(1.0));
            StepRecord { values, ..StepRecord::unmeasured(step) }
        };
        let mut written = WrittenRows::nothing(1);
        written.remember(&record_with(4, 0));
        assert!(written.news(&record_with(4, 0)).is_none());
        assert!(written.news(&record_with(4, 1)).is_some_and(|news| !news.values.row(1)[0].is_absent()));
        assert!(written.news(&record_with(4, 1)).is_none(), "once");
        assert!(written.news(&record_with(3, 0)).is_some() && written.news(&record_with(3, 0)).is_none());
        assert!(written.news(&record_with(5, 0)).is_none(), "it was never measured");
    }
}
