//! Transformers on real text: they learn, deep ones only with residual connections, and at initialization their
//! gradients agree with Xiong et al. 2020.

use nablatop::backend;
use nablatop::config::{
    Backend, Bias, BranchScale, DataSource, Init, LaneConfig, Length, Measure, Model, Norm, NormOrder, Optimizer,
    Positions, RunConfig, TransformerSettings, Wiring,
};
use nablatop::data::{Batches, Source, Subset, Text};
use nablatop::event::Outcome;
use nablatop::probe::{Scope, Taps};
use nablatop::quantity::Quantity;
use nablatop::random::StepRng;
use nablatop::stack::transformer::Language;
use nablatop::stack::{Examples, Pass, Stack, Tokens, Transformer};
use nablatop::train::Stepper;
use nablatop::units::Step;

use super::recording::{BACKENDS, Recording, loss};

const DEPTHS: [usize; 2] = [12, 48];
const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];

/// Settings of a run on the embedded text, hardly measured.
fn run(backend: Backend, context: usize, steps: u64, lanes: Vec<LaneConfig>) -> RunConfig {
    RunConfig {
        data: DataSource::Text(None),
        context,
        batch: 16,
        backend,
        measure: Measure::Every(1000),
        detail: None,
        histograms: None,
        flight: None,
        length: Length::Steps(steps),
        lanes,
        ..RunConfig::default()
    }
}

/// Mean training loss over the last steps.
fn last(run: &Recording, lane: usize) -> f32 {
    let steps = run.steps(lane);
    let losses = &steps[steps.len() - 20..];
    losses.iter().map(|record| loss(record)).sum::<f32>() / losses.len() as f32
}

/// The text knows 2.32 nats of itself from one character to the next: below that a longer memory is needed.
#[test]
fn a_small_transformer_learns_more_than_which_character_follows_which() {
    for backend in BACKENDS {
        let lane = LaneConfig { depth: 2, width: 32, lr: 3e-3, ..LaneConfig::of(Model::Transformer, Wiring::Residual) };
        let run = Recording::of(run(backend, 32, 500, vec![lane]));
        assert_eq!(run.outcomes(), [Outcome::Completed, Outcome::Completed]);
        let held_out = *run.evaluations(0).last().expect("evaluated");
        println!("{backend}: {:.2} nats per character, held out {:.2}", last(&run, 0), held_out.loss);
        assert!(last(&run, 0) < 2.2 && held_out.loss < 2.2, "{} {held_out:?}", last(&run, 0));
        assert!(held_out.accuracy.expect("classes") > 0.35, "{held_out:?}");
    }
}

#[test]
fn a_hundred_blocks_halve_their_loss_where_a_residual_leads_around_them() {
    let lane = |wiring| LaneConfig {
        depth: 100,
        width: 32,
        family: TransformerSettings { positions: Positions::Rotary, ..TransformerSettings::default() }.into(),
        branch_scale: BranchScale::InverseSqrtDepth,
        lr: 5e-3,
        ..LaneConfig::of(Model::Transformer, wiring)
    };
    let run = run(Backend::Flex, 16, 180, vec![lane(Wiring::Plain), lane(Wiring::Residual)]);
    let run = Recording::of(RunConfig { batch: 8, ..run });
    let [plain, residual] = [0, 1].map(|lane| (loss(run.steps(lane)[0]), last(&run, lane)));
    println!("plain {plain:?}, residual {residual:?}");
    assert!(residual.1 < residual.0 / 2.0, "{residual:?}");
    // What the frequencies of the characters alone give: 3.12 nats.
    assert!(plain.1 > plain.0 / 2.0 && plain.1 > 3.0, "{plain:?}");
}

/// ‖∂L/∂W₂‖ of every block's feed-forward half at initialization, geometric mean of five seeds.
fn gradients(norm_order: NormOrder, depth: usize) -> Vec<f64> {
    let text = Text::load(None, 64).expect("embedded");
    let device = backend::device(Backend::Flex).autodiff();
    let family = TransformerSettings { norm_order, ..TransformerSettings::default() }.into();
    let lane = LaneConfig { depth, family, ..LaneConfig::of(Model::Transformer, Wiring::Residual) };
    assert_eq!((lane.init, lane.norm, lane.width), (Init::Xavier, Norm::Layer, 64));
    let mut logarithms = vec![0.0; depth];
    for seed in SEEDS {
        let model = Transformer::new(&lane, Language::of(&text), seed, &device);
        let gradients = model.loss(&first(&text, 8, seed, Backend::Flex), &Taps::off()).mean.backward();
        for (logarithm, block) in logarithms.iter_mut().zip(&model.blocks) {
            let gradient = block.feed_forward.down.weight.val().grad(&gradients).expect("a gradient");
            *logarithm += f64::from(gradient.square().sum().into_scalar::<f32>()).ln() / 2.0 / SEEDS.len() as f64;
        }
    }
    logarithms.into_iter().map(f64::exp).collect()
}

/// The batch of step 1.
fn first(text: &Text, rows: usize, seed: u64, backend: Backend) -> Tokens {
    let device = backend::device(backend).autodiff();
    let mut batches = Batches::new(seed, text.rows(Subset::Training), rows);
    let draw = StepRng { seed, step: Step::FIRST };
    Tokens::gather(text, Subset::Training, batches.rows(Step::FIRST), draw, &device)
}

/// Xiong et al. 2020: behind the sum the last block's gradient is the same at any depth L, before it falls as 1/√L.
#[test]
fn with_the_norm_behind_the_sum_gradients_grow_towards_the_output_and_before_it_they_do_not() {
    let [post, pre] = [NormOrder::Post, NormOrder::Pre].map(|order| DEPTHS.map(|depth| gradients(order, depth)));
    for (name, order) in [("post", &post), ("pre", &pre)] {
        for (depth, norms) in DEPTHS.iter().zip(order) {
            let at = |share: usize| norms[(depth - 1) * share / 4];
            println!("{name} {depth}: {:.3?}", [0, 1, 2, 3, 4].map(at));
        }
    }
    let mean = |norms: &[f64]| norms.iter().sum::<f64>() / norms.len() as f64;
    for (depth, (post, pre)) in DEPTHS.into_iter().zip(post.iter().zip(&pre)) {
        let grows = |norms: &[f64]| mean(&norms[depth * 3 / 4..]) / mean(&norms[..depth / 4]);
        assert!(grows(post) > 1.2, "{post:?}");
        assert!(grows(pre) < 0.6, "{pre:?}");
    }
    let [post, pre] = [post, pre].map(|order| order[1][DEPTHS[1] - 1] / order[0][DEPTHS[0] - 1]);
    println!("last block, 48 to 12 blocks: post {post:.2}, pre {pre:.2}");
    assert!((0.8..1.5).contains(&post), "{post}");
    assert!((0.4..0.65).contains(&pre), "{pre}");
}

/// Losses of some steps.
fn losses(lane: &LaneConfig, backend: Backend, look: impl Fn(u64) -> Scope) -> Vec<u32> {
    let text = Text::load(None, 16).expect("embedded");
    let device = backend::device(backend).autodiff();
    let mut stepper = Stepper::new(Transformer::new(lane, Language::of(&text), 1, &device), lane, &device);
    let batch = first(&text, 16, 1, backend);
    (1..=3).map(|step| stepper.step(&batch, lane.lr, look(step)).loss.to_bits()).collect()
}

fn small(norm_order: NormOrder, wiring: Wiring) -> LaneConfig {
    let family = TransformerSettings { norm_order, ..TransformerSettings::default() }.into();
    LaneConfig { depth: 3, width: 16, lr: 0.01, family, ..LaneConfig::of(Model::Transformer, wiring) }
}

#[test]
fn measuring_a_transformer_changes_nothing() {
    for backend in BACKENDS {
        for wiring in Wiring::WORDS.iter().map(|word| word.parse().expect("a wiring")) {
            for norm_order in [NormOrder::Pre, NormOrder::Post, NormOrder::None] {
                if wiring == Wiring::NormScaling && norm_order != NormOrder::Pre {
                    continue;
                }
                let lane = small(norm_order, wiring);
                let still = losses(&lane, backend, |_| Scope::Nothing);
                assert_eq!(losses(&lane, backend, |_| Scope::Costly), still, "{backend} {lane:?}");
                let looks = |step| if step % 2 == 0 { Scope::Histograms } else { Scope::Gradients };
                assert_eq!(losses(&lane, backend, looks), still, "{backend} {lane:?}");
            }
        }
    }
}

#[test]
fn every_quantity_that_a_block_can_have_is_measured() {
    let text = Text::load(None, 32).expect("embedded");
    for backend in BACKENDS {
        let device = backend::device(backend).autodiff();
        for (norm_order, wiring) in
            [(NormOrder::Pre, Wiring::Residual), (NormOrder::Post, Wiring::Residual), (NormOrder::Pre, Wiring::Plain)]
        {
            let lane = small(norm_order, wiring);
            let mut stepper = Stepper::new(Transformer::new(&lane, Language::of(&text), 1, &device), &lane, &device);
            let taken = stepper.step(&first(&text, 16, 1, backend), lane.lr, Scope::Costly);
            for (row, quantity) in Quantity::ALL.iter().enumerate() {
                let is_absent = match quantity {
                    // No ReLU, nothing that saturates, no long skip; characters of all kinds have no class in common.
                    Quantity::DeadFraction | Quantity::Saturation | Quantity::LongSkipNorm | Quantity::Coherence => {
                        true
                    }
                    Quantity::IdentityNorm | Quantity::ChannelCosine => wiring == Wiring::Plain,
                    Quantity::BranchRatio => wiring == Wiring::Plain || norm_order == NormOrder::Post,
                    _ => false,
                };
                let value = taken.observation.values.row(row)[2].get();
                assert_eq!(value.is_none(), is_absent, "{quantity} {backend} {lane:?}");
                assert!(value.is_none_or(f32::is_finite), "{quantity}: {value:?}");
            }
        }
    }
}

/// Settings with which a cure trains.
fn cure(wiring: Wiring) -> LaneConfig {
    let lane = LaneConfig { depth: 12, width: 32, lr: 3e-3, ..LaneConfig::of(Model::Transformer, wiring) };
    match wiring {
        // The step of its paper falls with depth too.
        Wiring::DeepNorm => LaneConfig { lr: 1e-3, ..lane },
        // It stands in the place of a normalization.
        Wiring::Fixup => LaneConfig { norm: Norm::None, lr: 1e-3, ..lane },
        _ => lane,
    }
}

#[test]
fn every_cure_learns_more_than_the_frequencies_of_the_characters() {
    let wirings: Vec<Wiring> = Wiring::WORDS[2..].iter().map(|word| word.parse().expect("a wiring")).collect();
    for wirings in wirings.chunks(5) {
        let run = run(Backend::Flex, 16, 150, wirings.iter().map(|wiring| cure(*wiring)).collect());
        let run = Recording::of(RunConfig { batch: 8, ..run });
        for (lane, wiring) in wirings.iter().enumerate() {
            let (first, end) = (loss(run.steps(lane)[0]), last(&run, lane));
            println!("{wiring}: {first:.2} → {end:.2}");
            assert!(end < 2.7, "{wiring}: {end}");
        }
    }
}

/// What moves in a first step.
#[derive(Clone, Copy, PartialEq)]
enum Moving {
    /// The weights of the halves, without biases: those of which the theorems speak.
    Weights,
    Everything,
}

/// How far the first step moves the logits, root mean square over all of them and five seeds.
fn first_update(wiring: Wiring, depth: usize, lr: f64, moving: Moving) -> f64 {
    let text = Text::load(None, 16).expect("embedded");
    let device = backend::device(Backend::Flex).autodiff();
    let bias = if moving == Moving::Weights { Bias::Off } else { Bias::On };
    let lane = LaneConfig {
        depth,
        family: TransformerSettings { norm_order: NormOrder::Post, bias, ..TransformerSettings::default() }.into(),
        optimizer: Optimizer::Sgd,
        momentum: 0.0,
        ..LaneConfig::of(Model::Transformer, wiring)
    };
    let square = |seed: &u64| {
        let before = Transformer::new(&lane, Language::of(&text), *seed, &device);
        let batch = first(&text, 8, *seed, Backend::Flex);
        let logits = before.forward(&batch, Pass::of(&Taps::off())).inner();
        let mut stepper = Stepper::new(before.clone(), &lane, &device);
        stepper.step(&batch, lr, Scope::Nothing);
        let mut after = stepper.model().clone();
        if moving == Moving::Weights {
            after = Transformer { stem: before.stem, head: before.head, ..after };
            for (after, before) in after.blocks.iter_mut().zip(before.blocks) {
                after.attention_norm = before.attention_norm;
                after.feed_forward_norm = before.feed_forward_norm;
            }
        }
        let moved = after.forward(&batch, Pass::of(&Taps::off())).inner() - logits;
        f64::from(moved.square().mean().into_scalar::<f32>())
    };
    (SEEDS.iter().map(square).sum::<f64>() / SEEDS.len() as f64).sqrt()
}

/// Wang et al. 2022, theorems 4.1 and 4.2: without κ and the small weights the first update grows with the depth, with
/// them it does not.
#[test]
fn deepnorm_bounds_the_first_update_at_any_depth_and_post_norm_does_not() {
    const RATE: f64 = 1e-4;
    let updates = |wiring, moving| {
        let updates = [6, 12, 24, 48].map(|depth| first_update(wiring, depth, RATE, moving) / RATE);
        println!("{wiring}: {updates:.3?} times the learning rate");
        updates
    };
    let [post, deep] = [Wiring::Residual, Wiring::DeepNorm].map(|wiring| updates(wiring, Moving::Weights));
    assert!(post.is_sorted_by(|less, more| 1.5 * less < *more), "{post:?}");
    let [least, most] = [deep.iter().copied().fold(f64::MAX, f64::min), deep.iter().copied().fold(0.0, f64::max)];
    assert!(most < 1.3 * least && most < post[0] / 100.0, "{deep:?}");
    // Shifts of 2·depth normalizations add up.
    let all = updates(Wiring::DeepNorm, Moving::Everything);
    assert!(all[3] > 3.0 * all[0] && all[3] < post[0], "{all:?}");
}
