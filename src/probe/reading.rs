//! What was read of one layer during one forward and backward pass.
//!
//! ```text
//! forward     x_l ──► φ(x_l) ──► s·F(x_l)                          sizes, silent units, flat parts of φ
//! backward    δ_{l+1} ──► behind s, W, φ, N ──► s·J_Fᵀδ ┐           the signal's norm behind each op
//!                    └──► J_Iᵀδ ────────────────────────┼─► δ_l    both channels and their scalar product
//!             by a long skip connection ────────────────┘          a third channel, where there is one
//! ```

use std::any::Any;

use burn::backend::TensorMetadata;

use super::dead_units::{Units, activity, saturated};
use super::memory::{Floats, Primitive, Readable};
use super::moments::{products, sum_of_squares};
use crate::config::Activation;
use crate::quantity::{Moments, Share, StepKind};

/// The readings of one layer in one pass; `None` where no tensor passed.
#[derive(Debug, Default)]
pub struct LayerReading {
    /// x_l.
    pub(crate) input: Option<Moments>,
    /// δ_l.
    pub(crate) signal: Option<Moments>,
    /// Gradients of the parameters, for a layer that is one operation.
    pub(crate) gradient: Option<Moments>,
    /// s·F(x_l).
    pub(crate) branch: Option<Moments>,
    /// J_Iᵀ δ_{l+1}.
    pub(crate) identity_signal: Option<Moments>,
    /// ⟨J_Iᵀδ, s·J_Fᵀδ⟩.
    pub(crate) channel_product: Option<f64>,
    /// The signal that comes back to x_l through a long skip connection, around the block and its neighbours.
    pub(crate) long_skip_signal: Option<Moments>,
    /// Whether stochastic depth skipped the block in this pass, so that only its identity was computed.
    pub(crate) is_left_out: bool,
    /// The signal behind each op of the branch, in backward order; the last is s·J_Fᵀ δ_{l+1}.
    pub(crate) path: Vec<(StepKind, Moments)>,
    /// Per unit, whether its activation was other than 0 for any example.
    pub active: Option<Vec<bool>>,
    /// Activations in the flat parts of φ.
    pub(crate) saturated: Option<Share>,
    /// Whether the last op of the path has several input tensors, and more of them may come.
    is_open: bool,
    /// One channel of the signal, until the other one arrives.
    waiting: Waiting,
    /// δ_l itself, in the order of its shape, if it is to be kept.
    pub(crate) kept: Option<Vec<f32>>,
}

/// A channel's tensor, of any backend.
#[derive(Default)]
struct Waiting(Option<Box<dyn Any + Send>>);

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "one channel" } else { "nothing" })
    }
}

/// The path of a residual block through which a signal came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// I, the skip connection.
    Identity,
    /// F.
    Branch,
}

impl LayerReading {
    /// A reading that keeps its signal.
    pub(super) fn keeping() -> Self {
        Self { kept: Some(Vec::new()), ..Self::default() }
    }

    /// δ_l, row-major, if it was kept and has arrived.
    #[must_use]
    pub fn kept(&self) -> Option<&[f32]> {
        self.kept.as_deref().filter(|kept| !kept.is_empty())
    }

    pub(crate) fn input<B: Readable>(&mut self, x: &Primitive<B>) {
        self.input = moments::<B>(x);
    }

    pub(crate) fn signal<B: Readable>(&mut self, delta: &Primitive<B>) {
        self.signal = moments::<B>(delta);
        self.keep::<B>(delta);
    }

    /// Keeps δ_l if requested.
    pub(crate) fn keep<B: Readable>(&mut self, delta: &Primitive<B>) {
        if let Some(kept) = &mut self.kept {
            B::lend_in_order(delta, |floats| match floats {
                Floats::Single(values) => kept.extend_from_slice(values),
                Floats::Double(values) => kept.extend(values.iter().map(|value| *value as f32)),
            });
        }
    }

    pub(crate) fn branch<B: Readable>(&mut self, output: &Primitive<B>) {
        self.branch = moments::<B>(output);
    }

    /// Reads φ(x), shape [B, …, units], or [B, channels, H, W]; several activations of one layer add up.
    pub(crate) fn hidden<B: Readable>(&mut self, activation: Activation, hidden: &Primitive<B>) {
        let units = Units::of(&hidden.shape());
        match activation {
            Activation::Relu => {
                let active = B::lend_in_order(hidden, |floats| activity(&floats, units));
                self.active = match (self.active.take(), active) {
                    (Some(mut so_far), Some(more)) => {
                        so_far.extend(more);
                        Some(so_far)
                    }
                    (so_far, more) => so_far.or(more),
                };
            }
            Activation::Tanh | Activation::Sigmoid => {
                let share = B::lend(hidden, |floats| saturated(activation, &floats));
                self.saturated = share.map(|share| self.saturated.map_or(share, |so_far| so_far.and(share)));
            }
            // Other activations are neither exactly 0 nor flat.
            _ => {}
        }
    }

    /// Reads the signal behind one op of the branch.
    pub(crate) fn step<B: Readable>(&mut self, kind: StepKind, behind: &Primitive<B>) {
        if let Some(moments) = moments::<B>(behind) {
            self.path.push((kind, moments));
            self.is_open = false;
        }
    }

    /// Reads the signal behind one of several input tensors of an op: their squares add up.
    pub(crate) fn beside<B: Readable>(&mut self, kind: StepKind, behind: &Primitive<B>) {
        let Some(moments) = moments::<B>(behind) else { return };
        match self.path.last_mut().filter(|_| self.is_open) {
            Some((_, so_far)) => *so_far = so_far.and(moments),
            None => self.path.push((kind, moments)),
        }
        self.is_open = true;
    }

    /// Reads one channel; the product of both is computed when the second arrives.
    pub(crate) fn channel<B: Readable>(&mut self, channel: Channel, signal: &Primitive<B>) {
        if channel == Channel::Identity {
            self.identity_signal = moments::<B>(signal);
        }
        match self.waiting.0.take().and_then(|other| other.downcast::<Primitive<B>>().ok()) {
            Some(other) => self.channel_product = products_of::<B>(&other, signal).map(|[_, _, product, _]| product),
            None => self.waiting.0 = Some(Box::new(signal.clone())),
        }
    }

    /// Reads the signal through a long skip connection.
    pub(crate) fn long_skip<B: Readable>(&mut self, signal: &Primitive<B>) {
        self.long_skip_signal = moments::<B>(signal);
    }

    /// s·J_Fᵀ δ_{l+1}; for a layer without a separate branch, the whole signal.
    #[must_use]
    pub(crate) fn branch_signal(&self) -> Option<Moments> {
        self.path.last().map(|(_, moments)| *moments)
    }
}

pub(crate) fn moments<B: Readable>(tensor: &Primitive<B>) -> Option<Moments> {
    let count = tensor.shape().num_elements() as u64;
    B::lend(tensor, |floats| Moments { sum_of_squares: sum_of_squares(&floats), count })
}

/// Σ a², Σ b², Σ ab, Σ (a + b)², element by element.
pub(crate) fn products_of<B: Readable>(one: &Primitive<B>, other: &Primitive<B>) -> Option<[f64; 4]> {
    if B::are_alike(one, other) {
        return B::lend(one, |one| B::lend(other, |other| products(&one, &other)))?;
    }
    B::lend_in_order(one, |one| B::lend_in_order(other, |other| products(&one, &other)))?
}
