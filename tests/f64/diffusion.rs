//! The U-Net's channels: what comes back to every block's input around its branch, through it and by a long skip, each
//! against central differences, in f64.

use burn::tensor::{Tensor, TensorData};
use nablatop::config::{
    Activation, Backend, DiffusionSettings, LaneConfig, LongSkips, Model, NoiseSchedule, Norm, Optimizer, Wiring,
};
use nablatop::data::Shape;
use nablatop::probe::{Scope, Taps};
use nablatop::quantity::Quantity;
use nablatop::stack::diffusion::{BlockPass, Noised, Noising, UNetPath};
use nablatop::stack::residual_connection::BlockMode;
use nablatop::stack::{Diffusion, Pass};
use nablatop::train::Stepper;
use nablatop::units::LayerId;

use super::conv_net::agree;
use super::directions::gradient;
use super::parameters::still;
use super::{PROMISED, norm};

const PICTURE: Shape = Shape { channels: 1, height: 4, width: 4 };
const ROWS: usize = 2;
/// Row of the head of the smallest net: eight blocks.
const HEAD: u32 = 9;

/// Part of what comes back to x_l.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    Whole,
    Identity,
    Branch,
    LongSkip,
}

/// What takes the place of x_l where it enters a channel.
#[derive(Clone, Debug)]
struct Instead {
    layer: u32,
    channel: Channel,
    x: Tensor<4>,
}

fn numbers(pace: f64) -> Tensor<4> {
    let shape = [ROWS, PICTURE.channels, PICTURE.height, PICTURE.width];
    let values: Vec<f64> = (1..=shape.iter().product()).map(|index| (index as f64 * pace).sin()).collect();
    Tensor::from_data(TensorData::new(values, shape), &super::device(Backend::Flex))
}

fn entering(x: &Tensor<4>, here: (u32, Channel), instead: Option<&Instead>) -> Tensor<4> {
    let instead = instead.filter(|instead| (instead.layer, instead.channel) == here);
    instead.map_or(x, |instead| &instead.x).clone()
}

/// The loss, and every x_l, from the equations at the head of the stack's files.
fn walk(model: &Diffusion, batch: &Noised, instead: Option<&Instead>) -> (Tensor<1>, Vec<Tensor<4>>) {
    let taps = Taps::off();
    let pass = Pass::of(&taps);
    let mut x = model.stem.convolution.forward(batch.inputs());
    let time = model.stem.clock.forward(&batch.times, &x.device(), pass);
    let (mut saved, mut before, mut inputs) = (Vec::new(), UNetPath::Middle, Vec::new());
    for (layer, block) in (1..).zip(&model.blocks) {
        let spot = BlockPass { pass, layer: LayerId(layer), mode: BlockMode::Kept };
        let at = |channel, x: &Tensor<4>| entering(x, (layer, channel), instead);
        inputs.push(x.clone());
        x = at(Channel::Whole, &x);
        if before == UNetPath::Down && model.long_skips == LongSkips::On {
            saved.push(at(Channel::LongSkip, &x));
        }
        let beside = if block.way == UNetPath::Up { saved.pop() } else { None };
        let through = block.branch(block.widened(at(Channel::Branch, &x), beside.clone()), &time, spot);
        x = match &block.joint {
            None => through,
            Some(joint) => {
                let around = joint.around(block.around(block.widened(at(Channel::Identity, &x), beside), pass));
                joint.after(
                    around + joint.scaled(through, BlockMode::Kept, &taps, LayerId(layer)),
                    &taps,
                    LayerId(layer),
                )
            }
        };
        before = block.way;
    }
    (batch.loss(model.head.forward(x, pass)).mean, inputs)
}

fn worst(lane: &LaneConfig) -> f64 {
    let device = super::device(Backend::Flex);
    let batch = Noised::new(numbers(1.7), numbers(2.3), vec![150, 700], Noising::of(NoiseSchedule::Cosine));
    let model = Diffusion::new(lane, PICTURE, 1, &device);
    let still = still(&model);
    let taken = Stepper::new(model, lane, &device).step(&batch, 1e-3, Scope::Histograms);
    let value =
        |quantity: Quantity, layer: u32| (quantity.definition().estimate)(&taken.observation.samples[layer as usize]);
    let (_, inputs) = walk(&still, &batch, None);
    let mut worst = 0.0_f64;
    for (layer, x) in (1..HEAD).zip(inputs) {
        let name = |what: &str| format!("{what} {layer} {lane:?}");
        let [whole, identity, branch, long_skip] =
            [Channel::Whole, Channel::Identity, Channel::Branch, Channel::LongSkip].map(|channel| {
                let loss = |x| walk(&still, &batch, Some(&Instead { layer, channel, x })).0;
                gradient(&x, loss, &format!("{channel:?} of {layer}"))
            });
        worst = worst.max(agree(value(Quantity::SignalNorm, layer), norm(&whole), &name("signal")));
        worst = worst.max(agree(value(Quantity::BranchNorm, layer), norm(&branch), &name("branch")));
        // The way down: blocks 2, 3 and 4 take in what blocks 1, 2 and 3 hand over to the way up.
        let begins =
            (2..=4).contains(&layer) && lane.family.diffusion().unwrap_or_default().long_skips == LongSkips::On;
        match value(Quantity::LongSkipNorm, layer) {
            Some(found) if begins => worst = worst.max(agree(Some(found), norm(&long_skip), &name("long skip"))),
            found => assert_eq!((found, begins, norm(&long_skip)), (None, false, 0.0), "{}", name("long skip")),
        }
        if lane.wiring.has_skip() {
            worst = worst.max(agree(value(Quantity::IdentityNorm, layer), norm(&identity), &name("identity")));
            let product: f64 = identity.iter().zip(&branch).map(|(a, b)| a * b).sum();
            let found = value(Quantity::ChannelCosine, layer).expect("two channels");
            let expected = product / norm(&identity) / norm(&branch);
            assert!((found - expected).abs() < PROMISED, "{}: {found} {expected}", name("cosine"));
        }
        let left: Vec<f64> = (0..whole.len()).map(|e| whole[e] - identity[e] - branch[e] - long_skip[e]).collect();
        assert!(norm(&left) <= PROMISED * norm(&whole), "{}: the channels are not the signal", name("sum"));
        let factors = [Quantity::GainNorm, Quantity::GainActivation, Quantity::GainWeight, Quantity::GainOther];
        let product: f64 = factors.into_iter().filter_map(|factor| value(factor, layer)).product();
        let next = value(Quantity::SignalNorm, layer + 1).expect("a signal");
        worst = worst.max(agree(Some(product), norm(&branch) / next, &name("factors")));
    }
    worst
}

#[test]
fn channels_of_a_u_net_are_what_comes_back_to_x_alone_and_sum_to_the_signal() {
    for (wiring, long_skips, norm) in [
        (Wiring::Residual, LongSkips::On, Norm::Layer),
        (Wiring::SkipInit, LongSkips::On, Norm::None),
        (Wiring::DeepNorm, LongSkips::On, Norm::Layer),
        (Wiring::Residual, LongSkips::Off, Norm::None),
        (Wiring::Plain, LongSkips::On, Norm::Layer),
    ] {
        let lane = LaneConfig {
            depth: 8,
            width: 2,
            norm,
            family: DiffusionSettings { long_skips, ..DiffusionSettings::default() }.into(),
            // Smooth: a difference across a kink proves nothing.
            activation: Activation::Tanh,
            optimizer: Optimizer::Sgd,
            momentum: 0.0,
            ..LaneConfig::of(Model::Diffusion, wiring)
        };
        println!("{wiring}, long skips {long_skips:?}: largest relative error {:.1e}", worst(&lane));
    }
}
