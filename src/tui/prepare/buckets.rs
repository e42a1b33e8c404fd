//! A per-step value over the columns of a chart, cut off after the newest shown step.

use std::ops::Range;

use crate::history::{LaneHistory, Scalar, ScalarBucket, Window};

/// `columns` buckets over `steps`; those that begin at or after `end` are empty.
pub(super) fn cut_buckets(
    history: &LaneHistory,
    scalar: Scalar,
    steps: &Range<u64>,
    columns: usize,
    end: u64,
) -> Vec<Option<ScalarBucket>> {
    let mut buckets = history.scalar(scalar, steps.clone(), columns);
    let window =
        Window { layers: 0..0, rows: 0, steps: steps.clone(), columns, reduce: crate::history::Reduce::Extreme };
    for (column, bucket) in buckets.iter_mut().enumerate() {
        let here = window.column_steps(column);
        if here.start >= end {
            *bucket = None;
        } else if here.end > end {
            // The column of the playhead covers only the steps before it.
            *bucket = history.scalar(scalar, here.start..end, 1).first().copied().flatten();
        }
    }
    buckets
}
