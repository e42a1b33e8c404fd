use burn::prelude::Device;
use burn::tensor::{TensorData, module};
use rand_distr::{Distribution, StandardNormal};

use super::*;
use crate::backend::device;
use crate::config::{Activation, Backend};
use crate::probe::{LayerReading, Taps};
use crate::quantity::{Moments, StepKind};
use crate::stack::init::Purpose;
use crate::stack::mlp;
use crate::units::LayerId;

const ROWS: usize = 5;
const WIDTH: usize = 7;
const LAYER: LayerId = LayerId(0);

/// Output, ∂x, ∂W, ∂b, and what the tap read.
type Results = (Vec<Vec<f32>>, LayerReading);

fn normal<const D: usize>(shape: [usize; D], index: usize, device: &Device) -> Tensor<D> {
    let count = shape.iter().product();
    let values: Vec<f32> = StandardNormal.sample_iter(Purpose::Weight.rng(1, index)).take(count).collect();
    Tensor::from_data(TensorData::new(values, shape), device).require_grad()
}

fn plain_form(form: Form, operands: &Operands, taps: &Taps) -> Tensor<2> {
    let x = taps.input(LAYER, operands.x.clone());
    let start = if form.skip.is_some() { taps.branch(LAYER, x.clone()) } else { x.clone() };
    let hidden = match form.activation {
        Activation::Identity => start,
        activation => mlp::activate(activation, taps.step(LAYER, StepKind::Activation, start)),
    };
    taps.hidden(LAYER, form.activation, &hidden);
    let hidden = taps.step(LAYER, StepKind::Weight, hidden);
    let mut branch = module::linear(hidden, operands.weight.clone(), operands.bias.clone());
    let Some(scale) = form.skip else { return branch };
    if scale != 1.0 {
        branch = taps.step(LAYER, StepKind::Other, branch).mul_scalar(scale);
    }
    taps.branch_output(LAYER, &branch);
    taps.skip(LAYER, x) + branch
}

/// All norms and products of a reading, in one order; the gradients of the parameters are read elsewhere in the plain form.
fn numbers(reading: &LayerReading) -> Vec<Option<f64>> {
    let norms = [reading.input, reading.signal, reading.branch, reading.identity_signal, reading.branch_signal()];
    let path = reading.path.iter().map(|(_, moments)| Some(moments.norm()));
    norms.into_iter().map(|moments| moments.map(Moments::norm)).chain([reading.channel_product]).chain(path).collect()
}

fn results(has_bias: bool, backend: Backend, block: impl Fn(&Operands, &Taps) -> Tensor<2>) -> Results {
    let device = device(backend).autodiff();
    let operands = Operands {
        x: normal([ROWS, WIDTH], 0, &device),
        weight: normal([WIDTH, WIDTH], 1, &device),
        bias: has_bias.then(|| normal([WIDTH], 2, &device)),
    };
    let taps = Taps::on(1);
    let output = block(&operands, &taps);
    let weighting = normal([ROWS, WIDTH], 3, &device).detach();
    let gradients = (output.clone() * weighting).sum().backward();
    let host = |data: TensorData| data.convert::<f32>().try_into_vec::<f32>().expect("floats");
    let mut tensors = vec![host(output.inner().into_data())];
    tensors.push(host(operands.x.grad(&gradients).expect("∂x").into_data()));
    tensors.push(host(operands.weight.grad(&gradients).expect("∂W").into_data()));
    if let Some(bias) = &operands.bias {
        tensors.push(host(bias.grad(&gradients).expect("∂b").into_data()));
    }
    (tensors, taps.take().layers.remove(0))
}

#[test]
fn one_operation_equals_the_plain_form() {
    use Activation::{Gelu, Identity, Relu, Sigmoid, Tanh};
    for backend in [Backend::Flex, Backend::Ndarray] {
        for activation in [Relu, Tanh, Sigmoid, Gelu, Identity] {
            for skip in [None, Some(1.0), Some(0.3)] {
                for has_bias in [true, false] {
                    let form = Form { activation, skip };
                    let plain = results(has_bias, backend, |operands, taps| plain_form(form, operands, taps));
                    let fused = results(has_bias, backend, |operands, taps| {
                        run(form, operands, taps.tap(LAYER).as_ref()).expect("a tracked tensor of a known backend")
                    });
                    let case = format!("{backend} {form:?} {has_bias}");
                    for (plain, fused) in plain.0.iter().flatten().zip(fused.0.iter().flatten()) {
                        assert!((plain - fused).abs() <= 1e-5 * plain.abs().max(1.0), "{case}: {plain} {fused}");
                    }
                    let [plain, fused] = [plain.1, fused.1];
                    for (plain, fused) in numbers(&plain).into_iter().zip(numbers(&fused)) {
                        assert_eq!(plain.is_some(), fused.is_some(), "{case}");
                        let (plain, fused) = (plain.unwrap_or(0.0), fused.unwrap_or(0.0));
                        assert!((plain - fused).abs() <= 1e-5 * plain.abs().max(1.0), "{case}: {plain} {fused}");
                    }
                    let kinds = |reading: &LayerReading| reading.path.iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
                    assert_eq!(kinds(&plain), kinds(&fused), "{case}");
                    assert_eq!((plain.active, plain.saturated), (fused.active, fused.saturated), "{case}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_fused_without_a_graph() {
    let device = device(Backend::Flex);
    let tensor = |index| Tensor::from_inner(normal([WIDTH, WIDTH], index, &device.clone().autodiff()).inner()).inner();
    let operands = Operands { x: tensor(0), weight: tensor(1), bias: None };
    assert!(run(Form { activation: Activation::Relu, skip: None }, &operands, None).is_none());
}
