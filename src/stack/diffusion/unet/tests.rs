//! Claims about the U-Net.

use burn::tensor::TensorData;
use burn::tensor::Tolerance;

use super::*;
use crate::backend::device;
use crate::config::{Backend, Model, Wiring};
use crate::stack::diffusion::{Pictures, TIMES};
use crate::stack::residual_connection::BlockMode;

const PICTURE: Shape = Shape { channels: 3, height: 8, width: 12 };

fn lane(wiring: Wiring, long_skips: LongSkips) -> LaneConfig {
    let family = DiffusionSettings { long_skips, ..DiffusionSettings::default() }.into();
    LaneConfig { depth: 14, width: 4, family, ..LaneConfig::of(Model::Diffusion, wiring) }
}

fn pictures(rows: usize, device: &Device) -> Tensor<4> {
    let shape = [rows, PICTURE.channels, PICTURE.height, PICTURE.width];
    let values: Vec<f32> = (0..shape.iter().product()).map(|index| (index as f32 * 0.7).sin()).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[test]
fn noise_has_the_shape_of_the_picture_and_depends_on_the_time() {
    for backend in [Backend::Flex, Backend::Ndarray] {
        let device = device(backend);
        for long_skips in [LongSkips::On, LongSkips::Off] {
            let net = Diffusion::new(&lane(Wiring::Residual, long_skips), PICTURE, 1, &device);
            let early = net.forward(pictures(2, &device), &[1, 1], Pass::of(&Taps::off()));
            let late = net.forward(pictures(2, &device), &[900, 900], Pass::of(&Taps::off()));
            assert_eq!(early.dims(), [2, 3, 8, 12]);
            let apart: f32 = (early - late).abs().mean().into_scalar();
            assert!(apart > 1e-4, "{apart}");
        }
    }
}

#[test]
fn both_kinds_of_skips_can_be_left_out() {
    let device = device(Backend::Flex);
    let net = |wiring, long_skips| Diffusion::new(&lane(wiring, long_skips), PICTURE, 1, &device);
    let full = net(Wiring::Residual, LongSkips::On);
    assert!(full.blocks.iter().all(|block| block.joint.is_some()));
    assert!(net(Wiring::Plain, LongSkips::On).blocks.iter().all(|block| block.joint.is_none()));
    // Without them a block on the way up takes in what comes from below alone.
    let taken_in = |net: &Diffusion| net.blocks.last().map(|block| block.first.convolution.weight.lazy_shape()[1]);
    assert_eq!((taken_in(&full), taken_in(&net(Wiring::Residual, LongSkips::Off))), (Some(8), Some(4)));
}

#[test]
fn the_way_up_has_the_sides_of_the_way_down() {
    let net = Diffusion::new(&lane(Wiring::Residual, LongSkips::On), PICTURE, 1, &device(Backend::Flex));
    let stages: Vec<&str> = net.descriptions[1..=14].iter().filter_map(|layer| layer.stage.as_deref()).collect();
    let (down, middle, up) = (&stages[..6], &stages[6..8], &stages[8..]);
    assert_eq!(down, ["8×12·4", "8×12·4", "4×6·8", "4×6·8", "2×3·8", "2×3·8"]);
    assert_eq!(middle, ["2×3·8"; 2]);
    assert!(up.iter().eq(down.iter().rev()));
}

#[test]
fn a_residual_block_with_branch_scale_0_is_the_identity_bit_for_bit() {
    use crate::config::BranchScale;
    let device = device(Backend::Flex);
    let lane = LaneConfig { branch_scale: BranchScale::Constant(0.0), ..lane(Wiring::Residual, LongSkips::Off) };
    let net = Diffusion::new(&lane, PICTURE, 1, &device);
    let time = net.stem.clock.forward(&[5, 6], &device, Pass::of(&Taps::off()));
    let x = net.stem.convolution.forward(pictures(2, &device));
    let taps = Taps::off();
    let spot = BlockPass { pass: Pass::of(&taps), layer: LayerId(1), mode: BlockMode::Kept };
    assert_eq!(net.blocks[0].forward(x.clone(), None, &time, spot).into_data(), x.into_data());
}

#[test]
fn pictures_are_drowned_between_minus_one_and_one() {
    use crate::config::NoiseSchedule;
    use crate::data::{Subset, digits};
    use crate::random::StepRng;
    use crate::stack::Examples;
    use crate::units::Step;
    let device = device(Backend::Flex);
    let source = Pictures::of(&digits().expect("embedded"), NoiseSchedule::Cosine);
    let draw = StepRng { seed: 1, step: Step(3) };
    let rows: Vec<usize> = (0..64).collect();
    let batch = Noised::gather(&source, Subset::Training, &rows, draw, &device);
    assert_eq!(batch.pictures.clone().min().into_scalar::<f32>(), -1.0);
    assert_eq!(batch.pictures.clone().max().into_scalar::<f32>(), 1.0);
    assert!(batch.times.iter().all(|time| (1..=TIMES).contains(time)));
    // Without noise it is the picture, and with all of it the noise.
    let noisy_at = |time| {
        let mut moved = batch.clone();
        moved.times = vec![time; 64];
        moved.inputs().into_data()
    };
    noisy_at(0).assert_approx_eq::<f32>(&batch.pictures.clone().into_data(), Tolerance::absolute(1e-6));
    noisy_at(TIMES).assert_approx_eq::<f32>(&batch.noise.clone().into_data(), Tolerance::absolute(1e-3));
    // The same step draws the same noise, another one its own.
    let noise_of = |draw| Noised::gather(&source, Subset::Training, &rows, draw, &device).noise.into_data();
    assert_eq!(noise_of(draw), batch.noise.clone().into_data());
    assert_ne!(noise_of(StepRng { step: Step(4), ..draw }), batch.noise.into_data());
}

#[test]
fn spans_of_time_cover_all_of_it_with_the_same_pictures_and_noise() {
    use crate::stack::Examples;
    let device = device(Backend::Flex);
    let noising = Noising::of(crate::config::NoiseSchedule::Linear);
    let batch = Noised::new(pictures(100, &device), pictures(100, &device), vec![7; 100], noising);
    let spans = batch.by_time();
    let times: Vec<usize> = spans.iter().flat_map(|(_, span)| span.times.clone()).collect();
    assert_eq!(times, (1..=TIMES).collect::<Vec<_>>());
    assert_eq!((spans[0].0.clone(), spans[9].0.clone()), (1..=100, 901..=1000));
    assert!(spans.iter().all(|(_, span)| span.noise.clone().into_data() == batch.noise.clone().into_data()));
}
