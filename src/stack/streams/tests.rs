use super::*;
use crate::backend::device;
use crate::config::{Backend, Init};
use crate::probe::Taps;

const WIRINGS: [Wiring; 2] = [Wiring::HyperConnections, Wiring::ConstrainedHyperConnections];

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("f32")
}

fn near(found: &[f32], expected: &[f32]) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5)
}

#[test]
fn streams_that_are_alike_are_those_of_a_residual_stack_at_the_start() {
    let device = device(Backend::Flex);
    let initializer = Initializer { init: Init::Kaiming, gain: 1.0, seed: 1, device: &device };
    let x = Tensor::<4>::from_data(TensorData::new((0..24).map(|index| index as f32).collect(), [2, 3, 2, 2]), &device);
    for wiring in WIRINGS {
        for block in 1..=5 {
            let streams = Streams::of(wiring, block, initializer);
            let alike = copied(x.clone(), 4);
            assert!(near(&numbers(streams.read(alike.clone())), &numbers(x.clone())), "{wiring} {block}");
            assert!(near(&numbers(streams.mixed(alike.clone())), &numbers(alike.clone())), "{wiring} {block}");
            assert!(near(&numbers(streams.written(x.clone())), &numbers(alike.clone())), "{wiring} {block}");
            assert_eq!(numbers(summed(alike, 4)), numbers(x.clone() * 4.0));
        }
    }
}

#[test]
fn a_block_reads_from_a_stream_of_its_own_and_mixes_by_its_rows() {
    let device = device(Backend::Flex);
    let initializer = Initializer { init: Init::Kaiming, gain: 1.0, seed: 1, device: &device };
    // Two examples of one number each in four streams.
    let apart = Tensor::<2>::from_data([[1.0], [2.0], [10.0], [20.0], [100.0], [200.0], [1000.0], [2000.0]], &device);
    let mut streams = Streams::of(Wiring::HyperConnections, 6, initializer);
    assert_eq!(numbers(streams.read(apart.clone())), [100.0, 200.0]);
    let turned = [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]];
    streams.mixing = Param::from_data(turned, &device);
    assert_eq!(numbers(streams.mixed(apart)), [10.0, 20.0, 100.0, 200.0, 1000.0, 2000.0, 1.0, 2.0]);
}

#[test]
fn a_tap_sees_the_streams_example_by_example() {
    let device = device(Backend::Flex).autodiff();
    let streams = Tensor::<2>::from_data([[1.0], [2.0], [3.0], [4.0]], &device).require_grad();
    let taps = Taps::keeping(1);
    let passed = input(&taps, LayerId(0), streams.clone(), 2);
    assert_eq!(numbers(passed.clone().inner()), [1.0, 2.0, 3.0, 4.0]);
    drop((passed * streams).sum().backward());
    // δ of example 1 in both streams, then of example 2.
    assert_eq!(taps.take().layers[0].kept(), Some(&[1.0, 3.0, 2.0, 4.0][..]));
}
