//! Tensors of a batch of rows with a class each.

use burn::prelude::Device;
use burn::tensor::{Int, Tensor, TensorData};

use super::examples::with_noise;
use super::{Examples, HostTensor, Loss, Numbers};
use crate::data::{Classified, HostBatch, Subset};
use crate::probe::Taps;
use crate::random::{Generator, StepRng};
use crate::units::LayerId;

/// Rows of numbers with a class each.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// Inputs, shape [B, features].
    pub inputs: Tensor<2>,
    /// Classes, shape `[B]`.
    pub classes: Tensor<1, Int>,
    /// The same classes on the host, for counting.
    pub targets: Vec<usize>,
    /// Random numbers of the step; `None` in an evaluation.
    pub rng: Option<StepRng>,
}

impl Labelled {
    /// The rows of a batch as tensors, as in an evaluation.
    #[must_use]
    pub fn of(batch: HostBatch, device: &Device) -> Self {
        let HostBatch { inputs, features, targets } = batch;
        let rows = targets.len();
        let classes: Vec<i64> = targets.iter().filter_map(|class| i64::try_from(*class).ok()).collect();
        Self {
            inputs: Tensor::from_data(TensorData::new(inputs, [rows, features]), device),
            classes: Tensor::from_data(TensorData::new(classes, [rows]), device),
            targets,
            rng: None,
        }
    }

    /// Mean cross-entropy of logits `[B, classes]`.
    #[must_use]
    pub fn cross_entropy(&self, logits: Tensor<2>) -> Loss {
        Loss::cross_entropy(logits, self.classes.clone(), &self.targets)
    }

    /// Sum over the rows of the first logit, with the inputs tracked and passing through the stem's tap.
    #[must_use]
    pub(crate) fn first_logit(&self, taps: &Taps, logits: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Tensor<1> {
        let inputs = self.inputs.clone().detach().require_grad();
        logits(taps.input(LayerId(0), inputs)).slice([0..self.rows(), 0..1]).sum()
    }

    /// Mean cross-entropy, with the inputs passing through the stem's tap.
    #[must_use]
    pub(crate) fn loss(&self, taps: &Taps, logits: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Loss {
        self.cross_entropy(logits(taps.input(LayerId(0), self.inputs.clone())))
    }
}

impl Examples for Labelled {
    type Source = Classified;

    fn gather(source: &Classified, part: Subset, rows: &[usize], rng: StepRng, device: &Device) -> Self {
        let batch = Self::of(source.gather(part, rows, rng), device);
        Self { rng: (part == Subset::Training).then_some(rng), ..batch }
    }

    fn rows(&self) -> usize {
        self.targets.len()
    }

    fn on_host(&self) -> Vec<HostTensor> {
        let classes = self.targets.iter().filter_map(|class| i64::try_from(*class).ok()).collect();
        let classes = HostTensor { name: "y", shape: vec![self.rows()], numbers: Numbers::Integers(classes) };
        vec![HostTensor::of("x", self.inputs.clone()), classes]
    }

    fn parts(&self, parts: usize) -> Vec<Self> {
        let rows = self.targets.len() / parts.max(1);
        if rows < 2 {
            return Vec::new();
        }
        let part = |index: usize| {
            let range = index * rows..(index + 1) * rows;
            Self {
                inputs: self.inputs.clone().slice(range.clone()),
                classes: self.classes.clone().slice(range.clone()),
                targets: self.targets[range].to_vec(),
                rng: self.rng,
            }
        };
        (0..parts).map(part).collect()
    }

    fn classes(&self) -> &[usize] {
        &self.targets
    }

    fn noisy(&self, rng: &mut Generator) -> Self {
        Self { inputs: with_noise(self.inputs.clone(), rng), ..self.clone() }
    }
}
