use burn::module::{Param, ParamGroup};
use burn::optim::{AdamConfig, ModuleOptimizer, SgdConfig};
use burn::tensor::{Tensor, TensorData};

use super::*;
use crate::backend;
use crate::config::Backend;
use crate::layer::LayerKind;
use crate::probe::ProbedOptimizer;

type Net = Vec<Param<Tensor<2>>>;

fn matrix(seed: f32, device: &Device) -> Tensor<2> {
    let numbers: Vec<f32> = (0..9).map(|index| (index as f32 * 1.3 + seed).sin()).collect();
    Tensor::from_data(TensorData::new(numbers, [3, 3]), device)
}

/// Three steps of two matrices, of which the second step leaves the last one out.
fn observations(reduction: Reduction, is_wrapped: bool) -> Vec<Observation> {
    let device = backend::device(Backend::Flex).autodiff();
    let mut net: Net = [1.0, 2.0].map(|seed| Param::from_tensor(matrix(seed, &device))).into();
    let rows = ["0", "1"].map(|path| Layer::new(path, LayerKind::Block));
    let mut observer = Observer::new(&net, &rows, &device);
    observer.map = observer.map.reduced_on(reduction);
    let adam = AdamConfig::new().build();
    let mut optimizer: ModuleOptimizer =
        if is_wrapped { ProbedOptimizer::new(adam, observer.probe()).into() } else { adam.into() };
    let mut advance = |net: Net, number: usize| {
        let mut step = observer.begin(Scope::Histograms);
        let matrices = net.iter().take(if number == 1 { 1 } else { 2 });
        let y = matrices.fold(matrix(number as f32, &device), |x, weight| x.matmul(weight.val()).tanh());
        let gradients = GradientsParams::from_grads(y.sum().backward(), &net);
        step.gradients(&observer, &net, &gradients);
        let net = optimizer.step(0.01, net, gradients);
        let observation = observer.finish(step, &net);
        (net, observation)
    };
    (0..3)
        .map(|number| {
            let (updated, observation) = advance(std::mem::take(&mut net), number);
            net = updated;
            observation
        })
        .collect()
}

#[test]
fn what_the_device_sums_up_is_what_the_host_reads() {
    for is_wrapped in [true, false] {
        let [host, device] = [Reduction::Host, Reduction::Device].map(|place| observations(place, is_wrapped));
        for (host, device) in host.iter().zip(&device) {
            assert_eq!(host.values.values().len(), device.values.values().len());
            for grids in [(&host.values, &device.values), (&host.tensors, &device.tensors)] {
                for (expected, found) in grids.0.values().iter().zip(grids.1.values()) {
                    let (expected, found) = (expected.get(), found.get());
                    let is_near = match (expected, found) {
                        (Some(expected), Some(found)) => (found - expected).abs() <= 1e-5 * expected.abs(),
                        (expected, found) => expected == found,
                    };
                    assert!(is_near, "{found:?} for {expected:?}");
                }
            }
        }
        let grad = |observation: &Observation, tensor: usize| observation.tensors.row(0)[tensor].get();
        assert!(grad(&device[1], 0).is_some() && grad(&device[1], 1).is_none(), "a parameter without a gradient");
    }
}

#[test]
fn where_an_optimizer_of_its_own_updates_some_parameters_no_update_is_credited_to_another_row() {
    let device = backend::device(Backend::Flex).autodiff();
    let net: Net = [1.0, 2.0].map(|seed| Param::from_tensor(matrix(seed, &device))).into();
    let rows = ["0", "1"].map(|path| Layer::new(path, LayerKind::Block));
    let mut observer = Observer::new(&net, &rows, &device);
    let wrapped: ModuleOptimizer = ProbedOptimizer::new(AdamConfig::new().build(), observer.probe()).into();
    let first = ParamGroup::from_ids(vec![net[0].id]);
    let mut optimizer = wrapped.with_group(first, SgdConfig::new().build(), None);
    let mut step = observer.begin(Scope::Histograms);
    let y = net.iter().fold(matrix(0.0, &device), |x, weight| x.matmul(weight.val()).tanh());
    let gradients = GradientsParams::from_grads(y.sum().backward(), &net);
    step.gradients(&observer, &net, &gradients);
    let net = optimizer.step(0.01, net, gradients);
    let observation = observer.finish(step, &net);
    let place = |quantity| Quantity::ALL.iter().position(|known| *known == quantity).expect("a quantity");
    for quantity in [Quantity::UpdateRatio, Quantity::WeightNorm, Quantity::Distance] {
        let row = observation.values.row(place(quantity));
        assert!(row.iter().all(|value| value.get().is_none()), "{quantity}: {row:?}");
    }
    assert!(observation.tensors.row(0).iter().all(|norm| norm.get().is_some()), "gradients were read before");
}

#[test]
fn a_device_that_tracks_no_gradients_can_be_given() {
    let device = backend::device(Backend::Flex);
    let net: Net = vec![Param::from_tensor(matrix(1.0, &device.clone().autodiff()))];
    let observer = Observer::new(&net, &[Layer::new("0", LayerKind::Block)], &device);
    assert_eq!(observer.layers().len(), 1);
}
