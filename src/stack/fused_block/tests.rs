use burn::prelude::Device;
use burn::tensor::{TensorData, module};
use rand_distr::{Distribution, StandardNormal};

use super::*;
use crate::backend::device;
use crate::config::{Activation, Backend};
use crate::probe::Taps;
use crate::stack::init::Purpose;
use crate::stack::mlp;
use crate::units::LayerId;

const ROWS: usize = 5;
const WIDTH: usize = 7;
const LAYER: LayerId = LayerId(0);

/// Output, ∂x, ∂W, ∂b, and what the tap read.
type Results = (Vec<Vec<f32>>, [Option<crate::quantity::Moments>; 2]);

fn normal<const D: usize>(shape: [usize; D], index: usize, device: &Device) -> Tensor<D> {
    let count = shape.iter().product();
    let values: Vec<f32> = StandardNormal.sample_iter(Purpose::Weight.rng(1, index)).take(count).collect();
    Tensor::from_data(TensorData::new(values, shape), device).require_grad()
}

fn plain_form(form: Form, operands: &Operands, taps: &Taps) -> Tensor<2> {
    let x = taps.input(LAYER, operands.x.clone());
    let hidden = mlp::activate(form.activation, x.clone());
    let branch = module::linear(hidden, operands.weight.clone(), operands.bias.clone());
    match form.skip {
        Some(scale) => x + branch.mul_scalar(scale),
        None => branch,
    }
}

fn results(form: Form, has_bias: bool, backend: Backend, block: impl Fn(&Operands, &Taps) -> Tensor<2>) -> Results {
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
    let readings = taps.take();
    assert!(form.skip.is_none() || readings.inputs[0].is_some());
    (tensors, [readings.inputs[0], readings.signals[0]])
}

#[test]
fn one_operation_equals_the_plain_form() {
    use Activation::{Gelu, Identity, Relu, Sigmoid, Tanh};
    for backend in [Backend::Flex, Backend::Ndarray] {
        for activation in [Relu, Tanh, Sigmoid, Gelu, Identity] {
            for skip in [None, Some(1.0), Some(0.3)] {
                for has_bias in [true, false] {
                    let form = Form { activation, skip };
                    let plain = results(form, has_bias, backend, |operands, taps| plain_form(form, operands, taps));
                    let fused = results(form, has_bias, backend, |operands, taps| {
                        run(form, operands, taps.tap(LAYER)).expect("a tracked tensor of a known backend")
                    });
                    let case = format!("{backend} {form:?} {has_bias}");
                    for (plain, fused) in plain.0.iter().flatten().zip(fused.0.iter().flatten()) {
                        assert!((plain - fused).abs() <= 1e-5 * plain.abs().max(1.0), "{case}: {plain} {fused}");
                    }
                    for (plain, fused) in plain.1.iter().zip(&fused.1) {
                        let (plain, fused) = (plain.expect("read"), fused.expect("read"));
                        assert_eq!(plain.count, fused.count, "{case}");
                        assert!((plain.norm() / fused.norm() - 1.0).abs() < 1e-5, "{case}: {plain:?} {fused:?}");
                    }
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
