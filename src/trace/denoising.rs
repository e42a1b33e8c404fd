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
        let is_span = |[first, last]: &[u32; 2]| (1..=*last).contains(first);
        let is_in_order = self.times.windows(2).all(|pair| pair[0][1] < pair[1][0]);
        if !is_in_order || !self.times.iter().all(is_span) {
            return Err(Fault::Expected("spans of denoising time from 1, one after the other"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::trace::encode::Encoder;

    fn lane() -> LaneHeader {
        let layers: crate::layer::LayerTable =
            serde_json::from_str(r#"[{"path":"stem","kind":"stem"},{"path":"blocks.0","kind":"block"}]"#)
                .expect("layers");
        LaneHeader { name: "a".to_owned(), title: String::new(), layers }
    }

    #[test]
    fn what_is_written_comes_back_and_what_does_not_fit_is_refused() {
        let numbers = |numbers: &[f32]| numbers.iter().copied().map(Value::new).collect::<Vec<_>>();
        let spans = vec![
            TimeSpan { first: 1, last: 500, loss: Value::new(0.5), grad_norms: numbers(&[1.0, f32::NAN]) },
            TimeSpan {
                first: 501,
                last: 1000,
                loss: Value::new(f32::INFINITY),
                grad_norms: vec![Value::ABSENT, Value::new(-0.0)],
            },
        ];
        let record = DenoisingRecord { lane: LaneId(0), step: Step(7), spans };
        let mut line = Vec::new();
        Encoder::new(&[]).line(&mut line, &Event::Denoising(record.clone().into()));
        let text = String::from_utf8(line).expect("UTF-8");
        let read = |text: &str| serde_json::from_str::<Line>(text).expect("a line").record(&lane());
        assert_eq!(read(&text).expect("fits"), record);
        for (from, to) in [("\"loss\":[0.5,", "\"loss\":["), ("\"pinf\":{\"loss\":[1]}", "\"pinf\":{\"loss\":[9]}")] {
            assert!(text.contains(from), "{text}");
            assert!(read(&text.replace(from, to)).is_err(), "{to}");
        }
    }
}
