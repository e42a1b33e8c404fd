//! Windows of a text: the characters that are fed in, and the next character for each of them.
//!
//! ```text
//! window   W e _ t h e _        ids   W e _ t h e        next   e _ t h e _
//! ```
//!
//! Every position is a prediction: the loss is the mean over all of them, in nats per character.

use burn::prelude::Device;
use burn::tensor::{Int, Tensor, TensorData};
use rand::SeedableRng;

use super::examples::with_noise;
use super::{Examples, HostTensor, Loss, Numbers};
use crate::data::{Subset, Text};
use crate::random::{Generator, StepRng};

/// Tokens of B windows of T characters.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Inputs, [B, T].
    pub(crate) ids: Tensor<2, Int>,
    /// Targets, [B, T].
    pub(crate) next: Tensor<2, Int>,
    /// Random numbers of the step; `None` in an evaluation.
    pub rng: Option<StepRng>,
    /// Characters of a window, T.
    context: usize,
    /// Inputs on the host, row-major.
    inputs: Vec<usize>,
    /// Targets on the host, row-major.
    targets: Vec<usize>,
    /// Generator of the noise on the embedded characters, if they have noise.
    noise: Option<Generator>,
}

impl Tokens {
    /// Windows of `context` + 1 tokens each, at least 2; a window of another length is left out.
    #[must_use]
    pub fn new<'a>(windows: impl IntoIterator<Item = &'a [u32]>, context: usize, device: &Device) -> Self {
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        let context = context.max(1);
        for window in windows.into_iter().filter(|window| window.len() == context + 1) {
            inputs.extend(window[..context].iter().map(|token| *token as usize));
            targets.extend(window[1..].iter().map(|token| *token as usize));
        }
        let tensor = |tokens: &[usize]| {
            let tokens: Vec<i64> = tokens.iter().filter_map(|token| i64::try_from(*token).ok()).collect();
            let rows = tokens.len() / context;
            Tensor::from_data(TensorData::new(tokens, [rows, context]), device)
        };
        Self { ids: tensor(&inputs), next: tensor(&targets), rng: None, context, inputs, targets, noise: None }
    }

    /// The embedded characters [B, T, width], with noise where these are [noisy](Examples::noisy) ones.
    #[must_use]
    pub(crate) fn embedded(&self, characters: Tensor<3>) -> Tensor<3> {
        match &self.noise {
            Some(rng) => with_noise(characters, &mut rng.clone()),
            None => characters,
        }
    }

    /// Mean cross-entropy of logits [B, T, vocabulary] over all positions.
    #[must_use]
    pub(crate) fn loss(&self, logits: Tensor<3>) -> Loss {
        Loss::cross_entropy(logits.flatten(0, 1), self.next.clone().flatten(0, 1), &self.targets)
    }
}

impl Examples for Tokens {
    type Source = Text;

    fn gather(source: &Text, part: Subset, rows: &[usize], rng: StepRng, device: &Device) -> Self {
        let tokens = Self::new(rows.iter().map(|row| source.window(part, *row)), source.context, device);
        Self { rng: (part == Subset::Training).then_some(rng), ..tokens }
    }

    fn rows(&self) -> usize {
        self.inputs.len() / self.context
    }

    fn on_host(&self) -> Vec<HostTensor> {
        let tensor = |name, tokens: &[usize]| {
            let tokens = tokens.iter().filter_map(|token| i64::try_from(*token).ok()).collect();
            HostTensor { name, shape: vec![self.rows(), self.context], numbers: Numbers::Integers(tokens) }
        };
        vec![tensor("x", &self.inputs), tensor("y", &self.targets)]
    }

    fn parts(&self, parts: usize) -> Vec<Self> {
        let rows = self.rows() / parts.max(1);
        if rows < 2 {
            return Vec::new();
        }
        let part = |index: usize| {
            let (rows, tokens) = (index * rows..(index + 1) * rows, rows * self.context);
            let tokens = index * tokens..(index + 1) * tokens;
            Self {
                ids: self.ids.clone().slice(rows.clone()),
                next: self.next.clone().slice(rows),
                inputs: self.inputs[tokens.clone()].to_vec(),
                targets: self.targets[tokens].to_vec(),
                ..self.clone()
            }
        };
        (0..parts).map(part).collect()
    }

    fn classes(&self) -> &[usize] {
        &[]
    }

    fn noisy(&self, rng: &mut Generator) -> Self {
        Self { noise: Some(Generator::from_rng(rng)), ..self.clone() }
    }
}
