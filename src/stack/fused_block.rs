//! One block as one operation with a backward of its own: a third of the graph's bookkeeping, and every tensor that is
//! measured is read while it is still in the cache.
//!
//! ```text
//! forward    h = φ(x)          y = h W + b          out = y  or  x + s·y
//! backward   g = ∂L/∂out       γ = g or s·g         ∂W = hᵀγ     ∂b = Σ_rows γ
//!            ∂x = φ'(x) ⊙ (γ Wᵀ)  or  g + that
//! ```
//!
//! It calls the backend's own operations in the order in which the plain form ([`super::mlp::Block`]) runs them, so
//! the numbers are the same. Where the tensors are not tracked by flex or ndarray (evaluation, other backends), [`run`]
//! declines and the plain form serves.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

#[allow(deprecated)] // ndarray is offered although Burn deprecates it
use burn::backend::NdArray;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::{Autodiff, Flex};
use burn::tensor::Tensor;

use crate::config::Activation;
use crate::probe::{LayerReading, Primitive, Readable, Tap};
use crate::quantity::StepKind;

/// What the block computes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// φ.
    pub(super) activation: Activation,
    /// s of a residual block; `None` for a plain one.
    pub(super) skip: Option<f64>,
}

/// What it computes with: x [B, in], W [in, out], b [out].
#[derive(Clone)]
pub(super) struct Operands {
    pub(super) x: Tensor<2>,
    pub(super) weight: Tensor<2>,
    pub(super) bias: Option<Tensor<1>>,
}

/// The block's output [B, out]; `None` where the operands are not tracked tensors of a known backend.
#[allow(deprecated)] // ndarray, see above
pub(super) fn run(form: Form, operands: &Operands, tap: Option<&Tap>) -> Option<Tensor<2>> {
    /// The operands as primitives of one backend, through the operation, and back.
    macro_rules! on {
        ($backend:ty, $x:expr) => {{
            let weight = operands.weight.clone().try_into_primitive::<Autodiff<$backend>>().ok()?;
            let bias = match operands.bias.clone() {
                Some(bias) => Some(bias.try_into_primitive::<Autodiff<$backend>>().ok()?),
                None => None,
            };
            Some(Tensor::from_primitive::<Autodiff<$backend>>(on::<$backend>(form, $x, weight, bias, tap)))
        }};
    }
    if let Ok(x) = operands.x.clone().try_into_primitive::<Autodiff<Flex>>() {
        return on!(Flex, x);
    }
    on!(NdArray, operands.x.clone().try_into_primitive::<Autodiff<NdArray>>().ok()?)
}

/// A tracked tensor of backend `B`.
type Tracked<B> = Primitive<Autodiff<B>>;

fn on<B: Readable>(
    form: Form,
    x: Tracked<B>,
    weight: Tracked<B>,
    bias: Option<Tracked<B>>,
    tap: Option<&Tap>,
) -> Tracked<B> {
    let (x, x_node) = x.into_parts();
    let (weight, weight_node) = weight.into_parts();
    let hidden = activate::<B>(form.activation, x.clone());
    if let Some(tap) = tap {
        tap.look(|reading| {
            reading.input::<B>(&x);
            reading.hidden::<B>(form.activation, &hidden);
        });
    }
    let saved = Saved {
        form,
        // φ' of all but gelu is a function of φ itself.
        before: (form.activation == Activation::Gelu).then(|| x.clone()),
        hidden: hidden.clone(),
        weight: weight.clone(),
        tap: tap.cloned(),
    };
    let Some(bias) = bias else {
        let output = form.join::<B>(x, B::linear(hidden, weight, None), tap);
        return match BlockOp.prepare::<NoCheckpointing>([x_node, weight_node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(saved, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        };
    };
    let (bias, bias_node) = bias.into_parts();
    let output = form.join::<B>(x, B::linear(hidden, weight, Some(bias)), tap);
    match BlockOp.prepare::<NoCheckpointing>([x_node, weight_node, bias_node]).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => prepared.finish(saved, output),
        OpsKind::UnTracked(prepared) => prepared.finish(output),
    }
}

impl Form {
    /// What the block puts out, from its input and W φ(x) + b, all [B, width].
    fn join<B: Readable>(self, x: Primitive<B>, branch: Primitive<B>, tap: Option<&Tap>) -> Primitive<B> {
        let Some(scale) = self.skip else { return branch };
        let branch = if scale == 1.0 { branch } else { B::float_mul_scalar(branch, scale.into()) };
        if let Some(tap) = tap {
            tap.look(|reading| reading.branch::<B>(&branch));
        }
        // The branch comes first: its memory is free to take the sum.
        B::float_add(branch, x)
    }
}

/// What the backward pass needs.
#[derive(Clone, Debug)]
struct Saved<B: Readable> {
    form: Form,
    before: Option<Primitive<B>>,
    hidden: Primitive<B>,
    weight: Primitive<B>,
    tap: Option<Tap>,
}

#[derive(Debug)]
struct BlockOp;

impl<B: Readable> Backward<B, 3> for BlockOp {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Saved<B>, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let [x, weight, bias] = ops.parents.map(|parent| parent.map(|parent| parent.id));
        ops.state.backward(gradient, [x, weight, bias], grads);
    }
}

impl<B: Readable> Backward<B, 2> for BlockOp {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Saved<B>, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let [x, weight] = ops.parents.map(|parent| parent.map(|parent| parent.id));
        ops.state.backward(gradient, [x, weight, None], grads);
    }
}

impl<B: Readable> Saved<B> {
    fn backward(self, gradient: Primitive<B>, [x, weight, bias]: [Option<NodeId>; 3], grads: &mut Gradients) {
        let branch = match self.form.skip {
            Some(scale) if scale != 1.0 => {
                let scaled = B::float_mul_scalar(gradient.clone(), scale.into());
                self.look(|reading| reading.step::<B>(StepKind::Other, &scaled));
                scaled
            }
            _ => gradient.clone(),
        };
        if let Some(weight) = weight {
            let gradient = B::linear_weight_backward(self.hidden.clone(), branch.clone());
            self.look(|reading| reading.gradient::<B>(&gradient));
            grads.register::<B>(weight, gradient);
        }
        if let Some(bias) = bias {
            let gradient = B::linear_bias_backward(branch.clone());
            self.look(|reading| reading.gradient::<B>(&gradient));
            grads.register::<B>(bias, gradient);
        }
        if let Some(x) = x {
            let signal = self.signal(gradient, branch);
            grads.register::<B>(x, signal);
        }
    }

    /// δ_l from δ_{l+1} and γ = s·δ_{l+1}, all [B, width].
    fn signal(self, gradient: Primitive<B>, branch: Primitive<B>) -> Primitive<B> {
        let Self { form: Form { activation, skip }, before, hidden, weight, tap } = self;
        let look = |work: &dyn Fn(&mut LayerReading)| {
            if let Some(tap) = &tap {
                tap.look(work);
            }
        };
        let branch = B::linear_x_backward(weight, branch); // [B, in]
        // The last step of the branch is read together with the skip connection.
        let mut last = StepKind::Weight;
        let branch = if activation == Activation::Identity {
            branch
        } else {
            look(&|reading| reading.step::<B>(last, &branch));
            last = StepKind::Activation;
            deactivate::<B>(activation, hidden, before, branch)
        };
        if skip.is_none() {
            look(&|reading| reading.last_step::<B>(last, &branch));
            return branch;
        }
        look(&|reading| reading.channels::<B>(last, &gradient, &branch));
        let signal = B::float_add(branch, gradient);
        look(&|reading| reading.signal::<B>(&signal));
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
        Activation::Identity => x,
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
        (Activation::Gelu, None) | (Activation::Identity, _) => gradient,
    }
}

/// Φ(x) + x·Φ'(x), Φ the normal distribution: Burn's own is that of an approximation on ndarray, off by 2e-4.
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
