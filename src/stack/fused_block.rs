//! One block as one operation with a backward pass of its own: it needs a third of the graph's bookkeeping, and every
//! measured tensor is read while it is still in the cache.
//!
//! ```text
//! forward    n = N(x)          h = φ(n)             y = h W + b   out = y  or  x + s·y
//! backward   g = ∂L/∂out       γ = g or s·g         ∂W = hᵀγ      ∂b = Σ_rows γ
//!            ∂n = φ'(n) ⊙ (γ Wᵀ)                    ∂x = ∂N(∂n)  or  g + that
//! ```
//!
//! It calls the backend's own operations, mostly in the order of the plain form ([`super::mlp::Block`]); gelu and layer
//! normalization are composed differently. The results agree up to rounding (1e-5, tests). If the tensors are not
//! tracked by flex or ndarray (evaluation, other backends), [`run`] returns `None` and the plain form is used.

mod normalization;
mod reading;

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use burn::backend::Autodiff;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::tensor::Tensor;

pub(super) use normalization::{Normalizing, Over, Statistics};

use crate::config::Activation;
use crate::probe::LayerReading;
use crate::probe::dispatch::on_known_backend;
use crate::probe::memory::{Primitive, Readable};
use crate::probe::tap::Tap;
use crate::quantity::StepKind;

/// The function that the block computes.
#[derive(Clone, Copy, Debug)]
pub(super) struct FusedForm {
    /// φ.
    pub(super) activation: Activation,
    /// s of a residual block; `None` for a plain block.
    pub(super) skip: Option<f64>,
}

/// The operands beside x [B, in]: W [in, out], b `[out]`.
#[derive(Clone)]
pub(super) struct Operands {
    /// N, during training.
    pub(super) norm: Option<Normalizing>,
    pub(super) weight: Tensor<2>,
    pub(super) bias: Option<Tensor<1>>,
}

/// The result of the block.
pub(super) struct Output {
    /// [B, out].
    pub(super) tensor: Tensor<2>,
    /// Batch statistics of a batch normalization, for its running statistics.
    pub(super) statistics: Option<Statistics>,
}

/// The output of the block; `None` if the operands are not tracked tensors of a known backend.
pub(super) fn run(form: FusedForm, x: &Tensor<2>, operands: Operands, tap: Option<&Tap>) -> Option<Output> {
    if !form.is_fused() {
        return None;
    }
    on_known_backend!(x, |input: B, C| {
        let one = |tensor: Tensor<1>| tensor.try_into_primitive::<Autodiff<B, C>>().ok();
        let norm = match operands.norm {
            Some(Normalizing { over, gamma, beta, epsilon }) => {
                Some(TrackedNorm { over, gamma: one(gamma)?, beta: one(beta)?, epsilon })
            }
            None => None,
        };
        let bias = match operands.bias {
            Some(bias) => Some(one(bias)?),
            None => None,
        };
        let weight = operands.weight.try_into_primitive::<Autodiff<B, C>>().ok()?;
        let (output, statistics) = on::<B, C>(form, Inputs { x: input, norm, weight, bias }, tap);
        let constant = |primitive| {
            let strategy = x.gradient_checkpointing_strategy().unwrap_or_default();
            Tensor::from_inner(Tensor::from_primitive::<B>(primitive)).with_gradient_checkpointing_strategy(strategy)
        };
        Some(Output {
            tensor: Tensor::from_primitive::<Autodiff<B, C>>(output),
            statistics: statistics
                .map(|[mean, variance]| Statistics { mean: constant(mean), variance: constant(variance) }),
        })
    });
    None
}

/// A tracked tensor of backend `B`.
type Tracked<B> = Primitive<Autodiff<B>>;

/// The operands as tensors of one backend.
struct Inputs<B: Readable> {
    x: Tracked<B>,
    norm: Option<TrackedNorm<B>>,
    weight: Tracked<B>,
    bias: Option<Tracked<B>>,
}

struct TrackedNorm<B: Readable> {
    over: Over,
    gamma: Tracked<B>,
    beta: Tracked<B>,
    epsilon: f64,
}

/// The operation; returns its output, and the mean and variance over the batch if it normalizes by them.
fn on<B: Readable, C: CheckpointStrategy>(
    form: FusedForm,
    inputs: Inputs<B>,
    tap: Option<&Tap>,
) -> (Tracked<B>, Option<[Primitive<B>; 2]>) {
    let Inputs { x, norm, weight, bias } = inputs;
    let (x, x_node) = x.into_parts();
    let (weight, weight_node) = weight.into_parts();
    let (bias, bias_node) = bias.map(Tracked::<B>::into_parts).unzip();
    let (normalized, norm, norm_nodes) = match norm {
        Some(TrackedNorm { over, gamma, beta, epsilon }) => {
            let ((gamma, gamma_node), (beta, beta_node)) = (gamma.into_parts(), beta.into_parts());
            let norm = normalization::Operands::<B> { over, gamma, beta, epsilon };
            let (normalized, saved) = norm.forward(x.clone());
            (normalized, Some(saved), Some((gamma_node, beta_node)))
        }
        None => (x.clone(), None, None),
    };
    let statistics = norm.as_ref().and_then(normalization::Saved::statistics);
    // φ' of every activation but gelu is a function of φ itself.
    let before = (form.activation == Activation::Gelu).then(|| normalized.clone());
    let hidden = activate::<B>(form.activation, normalized);
    let mut saved = Saved {
        form,
        norm,
        before,
        hidden: hidden.clone(),
        weight: weight.clone(),
        tap: tap.cloned(),
        keeps: KeepSignal::No,
    };
    let branch = form.scaled::<B>(B::linear(hidden, weight, bias));
    if let Some(tap) = tap {
        saved.read_forward(tap, &x, &branch);
    }
    // The branch is the first operand, so that its memory can hold the sum.
    let output = if form.skip.is_some() { B::float_add(branch, x) } else { branch };

    /// The node of an operation on these parents.
    macro_rules! node {
        ($($parent:expr),+) => {
            match BlockOp.prepare::<C>([$($parent),+]).compute_bound().stateful() {
                OpsKind::Tracked(prepared) => prepared.finish(saved, output),
                OpsKind::UnTracked(prepared) => prepared.finish(output),
            }
        };
    }
    let output = match (bias_node, norm_nodes) {
        (None, None) => node!(x_node, weight_node),
        (Some(bias), None) => node!(x_node, weight_node, bias),
        (None, Some((gamma, beta))) => node!(x_node, weight_node, gamma, beta),
        (Some(bias), Some((gamma, beta))) => node!(x_node, weight_node, bias, gamma, beta),
    };
    (output, statistics)
}

impl FusedForm {
    /// Whether φ and its slope are implemented here; the plain form is used for all others.
    fn is_fused(self) -> bool {
        use Activation::{Gelu, Identity, Relu, Sigmoid, Tanh};
        matches!(self.activation, Relu | Tanh | Sigmoid | Gelu | Identity)
    }

    /// s·F of a residual block, F of a plain one.
    fn scaled<B: Readable>(self, branch: Primitive<B>) -> Primitive<B> {
        match self.skip {
            Some(scale) if scale != 1.0 => B::float_mul_scalar(branch, scale.into()),
            _ => branch,
        }
    }
}

/// Whether the tap keeps δ_l itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeepSignal {
    No,
    Signal,
}

/// The tensors that the backward pass needs.
#[derive(Clone, Debug)]
struct Saved<B: Readable> {
    form: FusedForm,
    norm: Option<normalization::Saved<B>>,
    before: Option<Primitive<B>>,
    hidden: Primitive<B>,
    weight: Primitive<B>,
    tap: Option<Tap>,
    keeps: KeepSignal,
}

/// The nodes whose gradients are needed.
#[derive(Clone, Copy)]
struct Parents {
    x: Option<NodeId>,
    weight: Option<NodeId>,
    bias: Option<NodeId>,
    gamma: Option<NodeId>,
    beta: Option<NodeId>,
}

#[derive(Debug)]
struct BlockOp;

/// The backward pass of an operation on x, W and these other operands.
macro_rules! backward_of {
    ($count:literal: $($other:ident),*; without $($absent:ident),*) => {
        impl<B: Readable> Backward<B, $count> for BlockOp {
            type State = Saved<B>;

            fn backward(self, ops: Ops<Saved<B>, $count>, grads: &mut Gradients, _: &mut Checkpointer) {
                let gradient = grads.consume::<B>(&ops.node);
                let [x, weight, $($other),*] = ops.parents.map(|parent| parent.map(|parent| parent.id));
                ops.state.backward(gradient, Parents { x, weight, $($other,)* $($absent: None,)* }, grads);
            }
        }
    };
}

backward_of!(2: ; without bias, gamma, beta);
backward_of!(3: bias; without gamma, beta);
backward_of!(4: gamma, beta; without bias);
backward_of!(5: bias, gamma, beta; without);

impl<B: Readable> Saved<B> {
    /// Has the tap read the forward pass. All readings share one pair of clock readings, since a clock reading costs as
    /// much as reading a tensor.
    fn read_forward(&mut self, tap: &Tap, x: &Primitive<B>, branch: &Primitive<B>) {
        tap.look(|reading| {
            reading.input::<B>(x);
            reading.hidden::<B>(self.form.activation, &self.hidden);
            if self.form.skip.is_some() {
                reading.branch::<B>(branch);
            }
            self.keeps = if reading.keeps() { KeepSignal::Signal } else { KeepSignal::No };
        });
    }

    fn backward(self, gradient: Primitive<B>, parents: Parents, grads: &mut Gradients) {
        let branch = self.form.scaled::<B>(gradient.clone());
        let of_weight = parents.weight.map(|id| (id, B::linear_weight_backward(self.hidden.clone(), branch.clone())));
        let of_bias = parents.bias.map(|id| (id, B::linear_bias_backward(branch.clone())));
        self.look(|reading| {
            if self.form.skip.is_some_and(|scale| scale != 1.0) {
                reading.step::<B>(StepKind::Other, &branch);
            }
            of_weight.iter().chain(&of_bias).for_each(|(_, gradient)| reading.gradient::<B>(gradient));
        });
        for (parameter, gradient) in of_weight.into_iter().chain(of_bias) {
            grads.register::<B>(parameter, gradient);
        }
        if parents.x.is_some() || parents.gamma.is_some() || parents.beta.is_some() {
            let signal = self.signal(gradient, branch, parents, grads);
            if let Some(x) = parents.x {
                grads.register::<B>(x, signal);
            }
        }
    }

    /// δ_l from δ_{l+1} and γ = s·δ_{l+1}, all [B, width]; also stores the gradients of the normalization.
    fn signal(
        mut self,
        gradient: Primitive<B>,
        branch: Primitive<B>,
        parents: Parents,
        grads: &mut Gradients,
    ) -> Primitive<B> {
        let FusedForm { activation, skip } = self.form;
        let mut branch = B::linear_x_backward(self.weight.clone(), branch); // [B, in]
        // The last op of the branch is read together with the skip connection.
        let mut last = StepKind::Weight;
        if activation != Activation::Identity {
            self.look(|reading| reading.step::<B>(last, &branch));
            last = StepKind::Activation;
            let hidden = self.hidden.clone();
            branch = deactivate::<B>(activation, hidden, self.before.take(), branch);
        }
        if let Some(norm) = self.norm.take() {
            self.look(|reading| reading.step::<B>(last, &branch));
            last = StepKind::Norm;
            let behind = norm.backward(branch);
            let paired = |(parent, gradient): (Option<NodeId>, _)| parent.map(|parent| (parent, gradient));
            let found = [(parents.gamma, behind.gamma), (parents.beta, behind.beta)].map(paired);
            self.look(|reading| found.iter().flatten().for_each(|(_, gradient)| reading.gradient::<B>(gradient)));
            for (parameter, gradient) in found.into_iter().flatten() {
                grads.register::<B>(parameter, gradient);
            }
            branch = behind.x;
        }
        if skip.is_none() {
            self.look(|reading| reading.last_step::<B>(last, &branch));
            return branch;
        }
        self.look(|reading| reading.channels::<B>(last, &gradient, &branch));
        let signal = B::float_add(branch, gradient);
        if self.keeps == KeepSignal::Signal {
            self.look(|reading| reading.keep::<B>(&signal));
        }
        signal
    }

    fn look(&self, work: impl FnOnce(&mut LayerReading)) {
        if let Some(tap) = &self.tap {
            tap.look(work);
        }
    }
}

/// φ(x).
fn activate<B: Readable>(activation: Activation, x: Primitive<B>) -> Primitive<B> {
    match activation {
        Activation::Relu => B::relu(x),
        Activation::Tanh => B::float_tanh(x),
        Activation::Sigmoid => B::sigmoid(x),
        Activation::Gelu => B::gelu(x),
        // Identity; other activations are not fused.
        _ => x,
    }
}

/// φ'(x) ⊙ gradient, from h = φ(x), and from x itself for gelu.
fn deactivate<B: Readable>(
    activation: Activation,
    hidden: Primitive<B>,
    before: Option<Primitive<B>>,
    gradient: Primitive<B>,
) -> Primitive<B> {
    match (activation, before) {
        (Activation::Relu, _) => B::relu_backward(hidden, gradient),
        (Activation::Tanh, _) => {
            // 1 − h²
            let slope = B::float_add_scalar(B::float_neg(B::float_mul(hidden.clone(), hidden)), 1_f32.into());
            B::float_mul(gradient, slope)
        }
        (Activation::Sigmoid, _) => B::sigmoid_backward(hidden, gradient),
        (Activation::Gelu, Some(before)) => B::float_mul(gradient, gelu_slope::<B>(before)),
        // Identity; other activations are not fused.
        _ => gradient,
    }
}

/// Φ(x) + x·Φ'(x), Φ the normal distribution: on ndarray Burn's own is an approximation with an error of 2e-4.
fn gelu_slope<B: Readable>(x: Primitive<B>) -> Primitive<B> {
    let erf = B::float_erf(B::float_mul_scalar(x.clone(), FRAC_1_SQRT_2.into()));
    let cumulated = B::float_mul_scalar(B::float_add_scalar(erf, 1_f32.into()), 0.5_f32.into());
    let bell = B::float_exp(B::float_mul_scalar(B::float_mul(x.clone(), x.clone()), (-0.5_f32).into()));
    // 1/√2π = (1/√2)·(1/√π)
    let density = B::float_mul_scalar(bell, (FRAC_1_SQRT_2 * FRAC_2_SQRT_PI / 2.0).into());
    B::float_add(cumulated, B::float_mul(x, density))
}

#[cfg(test)]
mod tests;
