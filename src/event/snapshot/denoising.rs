//! Loss and gradients of a diffusion model by timestep, on the pictures of one batch.

use serde::{Deserialize, Serialize};

use crate::event::header::LaneHeader;
use crate::event::numbers::{NonFinite, Numbers};
use crate::event::snapshot_payload::{Memory, SnapshotPayload};
use crate::grid::Value;
use crate::layer::LayerTable;

/// Maximum size in bytes of all records of a lane.
const BUDGET: usize = 2 << 20;
/// Size of one layer in bytes: ten spans.
const LAYER_BYTES: usize = 10 * size_of::<Value>();

/// The measurement of one lane at one step, by spans of timesteps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct Denoising {
    /// The spans, from little noise to pure noise.
    pub spans: Vec<TimeSpan>,
}

/// The measurement with all pictures of the batch at timesteps within this span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeSpan {
    /// First timestep, from 1.
    pub first: u32,
    /// Last timestep.
    pub last: u32,
    /// Mean squared error of the noise.
    pub loss: Value,
    /// ‖∂loss/∂θ‖₂ of every layer; absent for a layer without a gradient.
    pub grad_norms: Vec<Value>,
}

/// The fields of a line in the trace: pairs of timesteps, a loss for each, and the gradients of their layers in one
/// array.
#[derive(Serialize, Deserialize)]
struct Fields {
    times: Vec<[u32; 2]>,
    loss: Numbers,
    grad_norm: Numbers,
    #[serde(flatten)]
    non_finite: NonFinite,
}

impl From<Denoising> for Fields {
    fn from(Denoising { spans }: Denoising) -> Self {
        let times = spans.iter().map(|span| [span.first, span.last]).collect();
        let loss: Vec<Value> = spans.iter().map(|span| span.loss).collect();
        let grad_norm: Vec<Value> = spans.into_iter().flat_map(|span| span.grad_norms).collect();
        let mut non_finite = NonFinite::default();
        non_finite.note("loss", &loss);
        non_finite.note("grad_norm", &grad_norm);
        Self { times, loss: Numbers(loss), grad_norm: Numbers(grad_norm), non_finite }
    }
}

impl TryFrom<Fields> for Denoising {
    type Error = String;

    fn try_from(fields: Fields) -> Result<Self, String> {
        let Fields { times, loss: Numbers(mut loss), grad_norm: Numbers(mut grad_norm), non_finite } = fields;
        let spans = times.len();
        if loss.len() != spans || spans == 0 && !grad_norm.is_empty() || grad_norm.len() % spans.max(1) != 0 {
            return Err("expected a loss and one gradient per layer for every span of timesteps".to_owned());
        }
        let is_span = |[first, last]: &[u32; 2]| (1..=*last).contains(first);
        let is_in_order = times.windows(2).all(|pair| pair[0][1] < pair[1][0]);
        if !is_in_order || !times.iter().all(is_span) {
            return Err("expected spans of timesteps from 1, one after the other".to_owned());
        }
        non_finite.restore("loss", &mut loss)?;
        non_finite.restore("grad_norm", &mut grad_norm)?;
        let layers = grad_norm.len() / spans.max(1);
        let spans = times.iter().zip(loss).enumerate().map(|(index, ([first, last], loss))| TimeSpan {
            first: *first,
            last: *last,
            loss,
            grad_norms: grad_norm[index * layers..(index + 1) * layers].to_vec(),
        });
        Ok(Self { spans: spans.collect() })
    }
}

impl SnapshotPayload for Denoising {
    fn memory(layers: &LayerTable) -> Memory {
        Memory { budget: BUDGET, each: LAYER_BYTES * layers.len() }
    }

    fn fit(&mut self, lane: &LaneHeader) -> Result<(), &'static str> {
        let layers = lane.layers.len();
        if self.spans.iter().all(|span| span.grad_norms.len() == layers) {
            Ok(())
        } else {
            Err("a loss and one gradient per layer for every span of timesteps")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let record = Denoising { spans };
        let text = serde_json::to_string(&record).expect("JSON");
        assert_eq!(serde_json::from_str::<Denoising>(&text).expect("fits"), record);
        for (from, to) in [("\"loss\":[0.5,", "\"loss\":["), ("\"pinf\":{\"loss\":[1]}", "\"pinf\":{\"loss\":[9]}")] {
            assert!(text.contains(from), "{text}");
            assert!(serde_json::from_str::<Denoising>(&text.replace(from, to)).is_err(), "{to}");
        }
    }
}
