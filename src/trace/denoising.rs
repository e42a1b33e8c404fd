//! The line of kind `denoising` as an event: seldom, so it goes through serde.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::Fault;
use crate::event::{DenoisingRecord, LaneHeader, TimeSpan};
use crate::grid::Value;
use crate::text::clean_message;
use crate::units::{LaneId, Step};

/// Where a `null` stands for a number that JSON has not.
type Listed = BTreeMap<String, Vec<usize>>;

#[derive(Deserialize)]
pub(super) struct Line {
    pub(super) lane: LaneId,
    step: Step,
    times: Vec<[u32; 2]>,
    loss: Vec<Option<f32>>,
    grad_norm: Vec<Option<f32>>,
    #[serde(default)]
    nan: Listed,
    #[serde(default)]
    pinf: Listed,
    #[serde(default)]
    ninf: Listed,
}

impl Line {
    /// The record of a lane with these layers.
    pub(super) fn record(self, lane: &LaneHeader) -> Result<DenoisingRecord, Fault> {
        let (spans, layers) = (self.times.len(), lane.layers.len());
        if self.loss.len() != spans || self.grad_norm.len() != spans * layers {
            return Err(Fault::Expected("for every span of time a loss and one gradient per layer"));
        }
        let loss = self.array("loss", &self.loss)?;
        let grad_norm = self.array("grad_norm", &self.grad_norm)?;
        let span = |(index, [first, last]): (usize, &[u32; 2])| TimeSpan {
            first: *first,
            last: *last,
            loss: loss[index],
            grad_norms: grad_norm[index * layers..(index + 1) * layers].to_vec(),
        };
        let spans = self.times.iter().enumerate().map(span).collect();
        Ok(DenoisingRecord { lane: self.lane, step: self.step, spans })
    }

    fn array(&self, name: &str, numbers: &[Option<f32>]) -> Result<Vec<Value>, Fault> {
        let mut values: Vec<Value> = numbers.iter().copied().map(Value::from).collect();
        let kinds = [(&self.nan, f32::NAN), (&self.pinf, f32::INFINITY), (&self.ninf, f32::NEG_INFINITY)];
        for (listed, value) in kinds {
            for &index in listed.get(name).into_iter().flatten() {
                let cell = values.get_mut(index);
                *cell.ok_or_else(|| Fault::Index { name: clean_message(name), index })? = Value::new(value);
            }
        }
        Ok(values)
    }
}
