use burn::prelude::Device;
use burn::tensor::{TensorData, module};

use super::*;
use crate::backend::device;
use crate::config::{Activation, Backend};
use crate::probe::{LayerReading, Taps};
use crate::quantity::{Moments, StepKind};
use crate::random::{self, Purpose};
use crate::stack::activation;
use crate::units::LayerId;

const ROWS: usize = 5;
const WIDTH: usize = 7;
const LAYER: LayerId = LayerId(0);

/// Output, ∂x, ∂W, ∂b, ∂γ, ∂β, and what the tap read.
type Results = (Vec<Vec<f32>>, LayerReading);

fn normal<const D: usize>(shape: [usize; D], index: usize, device: &Device) -> Tensor<D> {
    let count = shape.iter().product();
    let values = random::normal(count, 1.0, &mut Purpose::Weight.rng(1, index));
    Tensor::from_data(TensorData::new(values, shape), device).require_grad()
}

fn plain_form(form: FusedForm, x: &Tensor<2>, operands: &Operands, taps: &Taps) -> Tensor<2> {
    let x = taps.input(LAYER, x.clone());
    let mut start = if form.skip.is_some() { taps.branch(LAYER, x.clone()) } else { x.clone() };
    if let Some(norm) = &operands.norm {
        start = taps.step(LAYER, StepKind::Norm, start);
        let (gamma, beta) = (norm.gamma.clone(), norm.beta.clone());
        start = match norm.over {
            Over::Features => module::layer_norm(start, gamma, Some(beta), norm.epsilon),
            Over::Batch => module::batch_norm_train(start, gamma, beta, norm.epsilon).output,
        };
    }
    let hidden = match form.activation {
        Activation::Identity => start,
        activation => activation::activate(activation, taps.step(LAYER, StepKind::Activation, start)),
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

/// All norms and products of a reading, in one order, but those of the parameters' gradients, which the plain form leaves
/// to others.
fn numbers(reading: &LayerReading) -> Vec<Option<f64>> {
    let norms = [reading.input, reading.signal, reading.branch, reading.identity_signal, reading.branch_signal()];
    let path = reading.path.iter().map(|(_, moments)| Some(moments.norm()));
    norms.into_iter().map(|moments| moments.map(Moments::norm)).chain([reading.channel_product]).chain(path).collect()
}

fn results(
    backend: Backend,
    (over, has_bias): (Option<Over>, bool),
    block: impl Fn(&Tensor<2>, &Operands, &Taps) -> Tensor<2>,
) -> Results {
    let device = device(backend).autodiff();
    let norm = over.map(|over| Normalizing {
        over,
        gamma: normal([WIDTH], 4, &device),
        beta: normal([WIDTH], 5, &device),
        epsilon: 1e-5,
    });
    let x = normal([ROWS, WIDTH], 0, &device);
    let operands = Operands {
        norm,
        weight: normal([WIDTH, WIDTH], 1, &device),
        bias: has_bias.then(|| normal([WIDTH], 2, &device)),
    };
    let taps = Taps::on(1);
    let output = block(&x, &operands, &taps);
    let weighting = normal([ROWS, WIDTH], 3, &device).detach();
    let gradients = (output.clone() * weighting).sum().backward();
    let host = |data: TensorData| data.convert::<f32>().try_into_vec::<f32>().expect("floats");
    let mut tensors = vec![host(output.inner().into_data())];
    tensors.push(host(x.grad(&gradients).expect("∂x").into_data()));
    tensors.push(host(operands.weight.grad(&gradients).expect("∂W").into_data()));
    let norm = operands.norm.iter().flat_map(|norm| [&norm.gamma, &norm.beta]);
    for parameter in operands.bias.iter().chain(norm) {
        tensors.push(host(parameter.grad(&gradients).expect("a gradient").into_data()));
    }
    (tensors, taps.take().layers.remove(0))
}

fn cases() -> impl Iterator<Item = (Backend, FusedForm, Option<Over>, bool)> {
    use Activation::{Gelu, Identity, Relu, Sigmoid, Tanh};
    let norms = [None, Some(Over::Features), Some(Over::Batch)];
    let forms = [Relu, Tanh, Sigmoid, Gelu, Identity]
        .into_iter()
        .flat_map(|activation| [None, Some(1.0), Some(0.3)].map(|skip| FusedForm { activation, skip }));
    let forms = forms.flat_map(move |form| norms.map(|over| (form, over)));
    forms.flat_map(|(form, over)| {
        [Backend::Flex, Backend::Ndarray]
            .into_iter()
            .flat_map(move |backend| [true, false].map(|has_bias| (backend, form, over, has_bias)))
    })
}

#[test]
fn one_operation_equals_the_plain_form() {
    for (backend, form, over, has_bias) in cases() {
        let plain = results(backend, (over, has_bias), |x, operands, taps| plain_form(form, x, operands, taps));
        let fused = results(backend, (over, has_bias), |x, operands, taps| {
            run(form, x, operands.clone(), taps.tap(LAYER).as_ref())
                .expect("a tracked tensor of a known backend")
                .tensor
        });
        let case = format!("{backend} {form:?} {over:?} {has_bias}");
        for (plain, fused) in plain.0.iter().flatten().zip(fused.0.iter().flatten()) {
            assert!((plain - fused).abs() <= 1e-5 * plain.abs().max(1.0), "{case}: {plain} {fused}");
        }
        let of_parameters = fused.0[2..].iter().flatten().map(|value| f64::from(*value).powi(2)).sum::<f64>();
        let read = fused.1.gradient.map_or(f64::NAN, |gradient| gradient.sum_of_squares);
        assert!((read / of_parameters - 1.0).abs() < 1e-5, "{case}: {read} {of_parameters}");
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

#[test]
fn statistics_are_those_of_the_batch() {
    for backend in [Backend::Flex, Backend::Ndarray] {
        let device = device(backend).autodiff();
        let norm = Normalizing {
            over: Over::Batch,
            gamma: normal([WIDTH], 4, &device),
            beta: normal([WIDTH], 5, &device),
            epsilon: 1e-5,
        };
        let [x, weight] = [normal([ROWS, WIDTH], 0, &device), normal([WIDTH, WIDTH], 1, &device)];
        let expected = module::batch_norm_train(x.clone(), norm.gamma.clone(), norm.beta.clone(), norm.epsilon);
        let operands = Operands { norm: Some(norm), weight, bias: None };
        let form = FusedForm { activation: Activation::Relu, skip: None };
        let Statistics { mean, variance } =
            run(form, &x, operands, None).and_then(|output| output.statistics).expect("some");
        assert_eq!(mean.into_data(), expected.mean.into_data(), "{backend}");
        assert_eq!(variance.into_data(), expected.variance.into_data(), "{backend}");
    }
}

#[test]
fn nothing_is_fused_without_a_graph() {
    let device = device(Backend::Flex);
    let tensor = |index| Tensor::from_inner(normal([WIDTH, WIDTH], index, &device.clone().autodiff()).inner()).inner();
    let operands = Operands { norm: None, weight: tensor(1), bias: None };
    assert!(run(FusedForm { activation: Activation::Relu, skip: None }, &tensor(0), operands, None).is_none());
}
