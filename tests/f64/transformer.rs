//! The transformer, against a decoder of its own: see [`super::decoder`].

use nablatop::config::{
    Activation, Backend, Bias, BranchScale, LaneConfig, Model, Norm, NormOrder, Optimizer, Positions,
    TransformerSettings, Wiring,
};
use nablatop::probe::{Scope, Taps};
use nablatop::quantity::{Quantity, StepKind};
use nablatop::stack::transformer::Language;
use nablatop::stack::{Stack, Tokens, Transformer};
use nablatop::train::Stepper;

use super::decoder::{Decoder, Nudge, Point, Seen};
use super::parameters::{gradients, parameters, stirred};
use super::{PROMISED, RATE, compare, device, norm};

const DEPTH: usize = 3;
/// h of the finer difference: a norm of four numbers that are nearly alike bends too much for the plain one.
const NUDGE: f64 = 5e-5;
const LANGUAGE: Language = Language { vocabulary: 5, context: 4 };

fn lanes() -> Vec<LaneConfig> {
    let mut lanes = cures(&[Wiring::SkipInit, Wiring::LayerScale, Wiring::DeepNorm]);
    for (wiring, scale) in [(Wiring::Plain, 1.0), (Wiring::Residual, 1.0), (Wiring::Residual, 0.3)] {
        for norm_order in [NormOrder::Pre, NormOrder::Post, NormOrder::None] {
            for (norm, positions, activation, bias) in [
                (Norm::Layer, Positions::Learned, Activation::Gelu, Bias::On),
                (Norm::Rms, Positions::Rotary, Activation::Tanh, Bias::Off),
                (Norm::Layer, Positions::Rotary, Activation::Identity, Bias::On),
            ] {
                lanes.push(LaneConfig {
                    depth: DEPTH,
                    width: 4,
                    family: TransformerSettings { norm_order, positions, heads: 2, bias }.into(),
                    norm,
                    activation,
                    branch_scale: BranchScale::Constant(scale),
                    optimizer: Optimizer::Sgd,
                    momentum: 0.0,
                    ..LaneConfig::of(Model::Transformer, wiring)
                });
            }
        }
    }
    lanes
}

fn cures(wirings: &[Wiring]) -> Vec<LaneConfig> {
    let lane = |wiring: &Wiring| LaneConfig {
        depth: DEPTH,
        width: 4,
        family: TransformerSettings { heads: 2, ..TransformerSettings::default() }.into(),
        optimizer: Optimizer::Sgd,
        momentum: 0.0,
        ..LaneConfig::of(Model::Transformer, *wiring)
    };
    wirings.iter().map(lane).collect()
}

fn windows() -> Vec<Vec<u32>> {
    vec![vec![0, 3, 1, 4, 2], vec![2, 2, 0, 1, 3]]
}

fn model(lane: &LaneConfig, backend: Backend) -> Transformer {
    stirred(Transformer::new(lane, LANGUAGE, 1, &device(backend)))
}

/// The central difference whose error is of the order h⁴.
fn difference(mut loss: impl FnMut(f64) -> f64) -> f64 {
    let mut of = |h: f64| loss(h) - loss(-h);
    (8.0 * of(NUDGE) - of(2.0 * NUDGE)) / (12.0 * NUDGE)
}

/// Row of a parameter.
fn layer_of(path: &str) -> usize {
    match path.split('.').collect::<Vec<_>>()[..] {
        ["stem", ..] => 0,
        ["head", ..] => DEPTH + 1,
        [_, block, ..] => block.parse::<usize>().expect("a block's number") + 1,
        _ => panic!("{path}"),
    }
}

/// What the quantities should be.
struct Oracle<'a> {
    lane: &'a LaneConfig,
    /// Values at all points.
    seen: Seen,
    /// ∂L/∂ the value at every point.
    signals: Seen,
    /// θ and ∂L/∂θ of every layer.
    weights: Vec<Vec<f64>>,
    gradients: Vec<Vec<f64>>,
}

impl<'a> Oracle<'a> {
    fn of(mut decoder: Decoder<'a>) -> Self {
        let seen = decoder.values();
        let signal = |(point, values): (&Point, &Vec<f64>)| {
            let of = |element| {
                let nudge = |by| Some(Nudge { point: *point, element, by });
                difference(|by| decoder.loss(nudge(by)))
            };
            (*point, (0..values.len()).map(of).collect())
        };
        let signals = seen.iter().map(signal).collect();
        let (mut weights, mut gradients) = (vec![Vec::new(); DEPTH + 2], vec![Vec::new(); DEPTH + 2]);
        for (path, values) in decoder.weights.clone() {
            for (element, value) in values.iter().enumerate() {
                let mut loss = |by: f64| {
                    decoder.weights.get_mut(&path).expect("there")[element] = value + by;
                    decoder.loss(None)
                };
                let gradient = difference(&mut loss);
                loss(0.0);
                gradients[layer_of(&path)].push(gradient);
            }
            weights[layer_of(&path)].extend(values);
        }
        Self { lane: decoder.lane, seen, signals, weights, gradients }
    }

    /// ‖∂L/∂v‖ over the values at some points of a layer together; `None` where there are none.
    fn signal(&self, layer: usize, points: &[&'static str]) -> Option<f64> {
        let found: Vec<f64> =
            points.iter().filter_map(|point| self.signals.get(&(layer, *point))).flatten().copied().collect();
        (!found.is_empty()).then(|| norm(&found))
    }

    fn expected(&self, quantity: Quantity, layer: usize) -> Option<f64> {
        let (is_block, gradient) = ((1..=DEPTH).contains(&layer), norm(&self.gradients[layer]));
        let input = self.seen.get(&(layer, "input"));
        match quantity {
            Quantity::SignalNorm => self.signal(layer, &["input"]),
            Quantity::SignalRelative => Some(self.signal(layer, &["input"])? / self.signal(DEPTH + 1, &["input"])?),
            Quantity::GradNorm => Some(gradient),
            Quantity::GradRms => Some(gradient / (self.gradients[layer].len() as f64).sqrt()),
            Quantity::ActRms => input.map(|input| norm(input) / (input.len() as f64).sqrt()),
            Quantity::WeightNorm => Some(norm(&self.weights[layer])),
            Quantity::UpdateRatio | Quantity::Distance => Some(RATE * gradient / norm(&self.weights[layer])),
            _ if !is_block => None,
            Quantity::Gain => Some(self.signal(layer, &["input"])? / self.signal(layer + 1, &["input"])?),
            Quantity::IdentityNorm => self.signal(layer, &["skip"]),
            Quantity::BranchNorm => self.signal(layer, &["branch"]).or_else(|| self.signal(layer, &["input"])),
            Quantity::ChannelCosine => {
                let (skip, branch) = (self.signals.get(&(layer, "skip"))?, &self.signals[&(layer, "branch")]);
                let product: f64 = skip.iter().zip(branch).map(|(a, b)| a * b).sum();
                Some(product / norm(skip) / norm(branch))
            }
            Quantity::BranchRatio => Some(norm(self.seen.get(&(layer, "branch output"))?) / norm(input?)),
            Quantity::GainActivation => self.factor(layer, StepKind::Activation),
            Quantity::GainWeight => self.factor(layer, StepKind::Weight),
            Quantity::GainNorm => self.factor(layer, StepKind::Norm),
            Quantity::GainOther => self.factor(layer, StepKind::Other),
            Quantity::Saturation => (self.lane.activation == Activation::Tanh).then(|| {
                let hidden = &self.seen[&(layer, "down")];
                hidden.iter().filter(|value| value.abs() > 0.97).count() as f64 / hidden.len() as f64
            }),
            // Of ReLUs, and on a schedule: see tests/f64/mlp.rs and tests/it/detail.rs. What has no oracle must have no
            // value: `compare` fails otherwise.
            _ => None,
        }
    }

    /// The signal's factor over all steps of a kind, in backward order through the branch.
    fn factor(&self, layer: usize, kind: StepKind) -> Option<f64> {
        let halves: [(StepKind, &[&'static str]); 11] = [
            (StepKind::Other, &["scale 2"]),
            (StepKind::Weight, &["down"]),
            (StepKind::Activation, &["activation"]),
            (StepKind::Weight, &["up"]),
            // N of the second half where it is before F, else that of the first.
            (StepKind::Norm, if self.lane.order_of_norms() == NormOrder::Pre { &["norm 2"] } else { &["norm 1"] }),
            (StepKind::Other, &["halves"]),
            (StepKind::Other, &["scale 1"]),
            (StepKind::Weight, &["output"]),
            (StepKind::Other, &["query", "key", "value"]),
            (StepKind::Weight, &["query, key, value"]),
            (StepKind::Norm, if self.lane.order_of_norms() == NormOrder::Pre { &["norm 1"] } else { &[] }),
        ];
        let first: (StepKind, &[&'static str]) =
            (StepKind::Norm, if self.lane.order_of_norms() == NormOrder::Post { &["norm 2"] } else { &[] });
        let last: (StepKind, &[&'static str]) = (StepKind::Other, &["branch"]);
        let mut before = self.signal(layer + 1, &["input"])?;
        let mut factor = None;
        for (of, points) in std::iter::once(first).chain(halves).chain([last]) {
            let Some(behind) = self.signal(layer, points) else { continue };
            if of == kind {
                factor = Some(factor.unwrap_or(1.0) * behind / before);
            }
            before = behind;
        }
        factor
    }
}

#[test]
fn quantities_of_a_transformer_agree_with_finite_differences() {
    let (lanes, windows) = (lanes(), windows());
    let mut worst = 0.0_f64;
    for lane in &lanes {
        let weights = parameters(&model(lane, Backend::Flex)).into_iter().collect();
        let decoder = Decoder { lane, weights, windows: &windows };
        let loss = decoder.loss(None);
        let oracle = Oracle::of(decoder);
        for backend in [Backend::Flex, Backend::Ndarray] {
            let device = device(backend);
            let tokens = Tokens::new(windows.iter().map(Vec::as_slice), LANGUAGE.context, &device);
            let mut stepper = Stepper::new(model(lane, backend), lane, &device);
            let taken = stepper.step(&tokens, RATE, Scope::Histograms);
            let case = format!("{backend} {lane:?}");
            assert!((f64::from(taken.loss) - loss).abs() < 1e-6, "{} instead of {loss}: {case}", taken.loss);
            let global = norm(&oracle.gradients.concat());
            worst = worst.max(compare(&taken, |quantity, layer| oracle.expected(quantity, layer), global, &case));
        }
    }
    println!("{} lanes: largest relative error {worst:.1e}", lanes.len());
}

#[test]
fn the_factors_of_a_block_multiply_to_what_comes_back_through_its_branch() {
    let more = [Wiring::HyperConnections, Wiring::ConstrainedHyperConnections, Wiring::NormScaling, Wiring::Fixup];
    for lane in lanes().into_iter().chain(cures(&more)) {
        let device = device(Backend::Flex);
        let windows = windows();
        let tokens = Tokens::new(windows.iter().map(Vec::as_slice), LANGUAGE.context, &device);
        let taken = Stepper::new(model(&lane, Backend::Flex), &lane, &device).step(&tokens, RATE, Scope::Layers);
        for sample in &taken.observation.samples[1..=DEPTH] {
            let found = |quantity: Quantity| (quantity.definition().estimate)(sample);
            let factors = [Quantity::GainActivation, Quantity::GainWeight, Quantity::GainNorm, Quantity::GainOther];
            let product: f64 = factors.into_iter().filter_map(found).product();
            let branch = sample.branch_signal.expect("a branch").norm() / sample.next_signal.expect("a signal").norm();
            assert!((product / branch - 1.0).abs() < 1e-12, "{product} instead of {branch}: {lane:?}");
            if lane.wiring == Wiring::Plain {
                let gain = found(Quantity::Gain).expect("a gain");
                assert!((product / gain - 1.0).abs() < 1e-12, "{product} instead of {gain}: {lane:?}");
            }
        }
    }
}

/// The equations of streams and shifts are checked on the mlp; here it is where they stand in both halves.
#[test]
fn gradients_of_several_streams_and_of_fixup_agree_with_differences_of_the_loss() {
    for lane in cures(&[Wiring::HyperConnections, Wiring::ConstrainedHyperConnections, Wiring::Fixup]) {
        let device = device(Backend::Flex);
        let windows = windows();
        let tokens = Tokens::new(windows.iter().map(Vec::as_slice), LANGUAGE.context, &device);
        let model = model(&lane, Backend::Flex);
        let mut squares = vec![0.0; DEPTH + 2];
        for (path, _, gradient) in gradients(&model, |model| model.loss(&tokens, &Taps::off()).mean) {
            squares[layer_of(&path)] += norm(&gradient).powi(2);
        }
        let taken = Stepper::new(model, &lane, &device).step(&tokens, RATE, Scope::Layers);
        for (layer, (sample, expected)) in taken.observation.samples.iter().zip(squares).enumerate() {
            let found = (Quantity::GradNorm.definition().estimate)(sample).expect("a gradient");
            let error = (found / expected.sqrt() - 1.0).abs();
            assert!(error < PROMISED, "{layer}: {found} instead of {}: {lane:?}", expected.sqrt());
        }
    }
}
