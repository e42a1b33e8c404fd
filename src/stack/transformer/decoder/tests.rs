//! Shapes, parameters, what a position can see, and blocks that do nothing.

use burn::module::Module;
use burn::tensor::TensorData;

use super::*;
use crate::backend::device;
use crate::config::{Backend, BranchScale, Init, Model, Norm, TransformerSettings, Wiring};
use crate::layer::LayerTable;
use crate::probe::ParameterMap;
use crate::stack::residual_connection::BlockMode;

const LANGUAGE: Language = Language { vocabulary: 11, context: 6 };
const WIDTH: usize = 8;

const OWN: TransformerSettings =
    TransformerSettings { norm_order: NormOrder::Pre, positions: Positions::Learned, heads: 2, bias: Bias::On };

fn of(own: TransformerSettings, wiring: Wiring) -> LaneConfig {
    LaneConfig { depth: 3, width: WIDTH, family: own.into(), ..LaneConfig::of(Model::Transformer, wiring) }
}

fn lane(wiring: Wiring) -> LaneConfig {
    of(OWN, wiring)
}

fn lanes() -> Vec<LaneConfig> {
    let mut lanes = Vec::new();
    for wiring in [Wiring::Plain, Wiring::Residual] {
        for norm_order in [NormOrder::Pre, NormOrder::Post, NormOrder::None] {
            for positions in [Positions::Learned, Positions::Rotary] {
                lanes.push(of(TransformerSettings { norm_order, positions, ..OWN }, wiring));
            }
        }
    }
    lanes
}

/// Every wiring that is not a plain sum.
fn cures() -> Vec<LaneConfig> {
    let words = Wiring::WORDS.iter().map(|word| word.parse().expect("a wiring"));
    words.filter(|wiring| !matches!(wiring, Wiring::Plain | Wiring::Residual)).map(lane).collect()
}

fn stack(lane: &LaneConfig) -> Transformer {
    Transformer::new(lane, LANGUAGE, 1, &device(Backend::Flex).autodiff())
}

fn tokens(windows: &[[u32; 7]]) -> Tokens {
    let windows = windows.iter().map(<[u32; 7]>::as_slice);
    Tokens::new(windows, LANGUAGE.context, &device(Backend::Flex).autodiff())
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("f32")
}

fn table(stack: &Transformer) -> LayerTable {
    ParameterMap::new(stack, &stack.layers()).table().clone()
}

#[test]
fn a_logit_for_every_character_at_every_position() {
    for lane in lanes() {
        let batch = tokens(&[[0, 1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 0, 1, 2]]);
        let stack = stack(&lane);
        assert_eq!(stack.forward(&batch, Pass::of(&Taps::off())).dims(), [2, 6, 11]);
        let loss = stack.loss(&batch, &Taps::off());
        assert_eq!((loss.mean.dims(), stack.logit(&batch, &Taps::off()).dims()), ([1], [1]));
        let mean = loss.mean.into_scalar::<f32>();
        assert!(mean.is_finite() && loss.accuracy.is_some(), "{mean} {lane:?}");
        if lane.family.transformer().norm_order != NormOrder::None {
            // Nothing is known of the text yet.
            assert!((mean - 11_f32.ln()).abs() < 1.5, "{mean} {lane:?}");
        }
    }
}

#[test]
fn what_comes_later_changes_no_logit_before_it() {
    // These look at nothing before the first step.
    let looks = |lane: &LaneConfig| !matches!(lane.wiring, Wiring::ReZero | Wiring::Fixup);
    for lane in lanes().into_iter().chain(cures()).filter(looks) {
        let stack = stack(&lane);
        let before = [1, 2, 3, 4, 5, 6, 7];
        let logits = |window| values(stack.forward(&tokens(&[window]), Pass::of(&Taps::off())));
        let still = logits(before);
        for position in 0..LANGUAGE.context {
            let mut window = before;
            window[position] = 0;
            let moved = logits(window);
            let logits_at = |logits: &[f32], at: usize| logits[at * 11..(at + 1) * 11].to_vec();
            for at in 0..LANGUAGE.context {
                assert_eq!(
                    logits_at(&still, at) == logits_at(&moved, at),
                    at < position,
                    "{at} at {position}: {lane:?}"
                );
            }
        }
    }
}

#[test]
fn parameters_are_those_of_the_formula_and_have_their_paths() {
    for lane in lanes() {
        let Language { vocabulary, context } = LANGUAGE;
        let norm = if lane.family.transformer().norm_order == NormOrder::None { 0 } else { 2 * WIDTH };
        let positions = if lane.family.transformer().positions == Positions::Learned { context * WIDTH } else { 0 };
        let last = if lane.family.transformer().norm_order == NormOrder::Pre { norm } else { 0 };
        let block = 12 * WIDTH * WIDTH + 9 * WIDTH + 2 * norm;
        let whole = vocabulary * WIDTH + positions + 3 * block + last + (WIDTH + 1) * vocabulary;
        let table = table(&stack(&lane));
        let count: u64 = table.layers.iter().map(Layer::parameter_count).sum();
        assert_eq!(count, whole as u64, "{lane:?}");
        assert_eq!(stack(&lane).num_params(), whole);
        let paths: Vec<&str> = table.layers[3].parameters.iter().map(|parameter| parameter.path.as_str()).collect();
        for path in ["attention.query.weight", "attention.output.bias", "feed_forward.up.weight"] {
            assert!(paths.contains(&format!("blocks.2.{path}").as_str()), "{paths:?}");
        }
    }
}

#[test]
fn a_block_costs_its_products_and_its_pairs() {
    let [_, block, .., head] = &table(&stack(&lane(Wiring::Plain))).layers[..] else { panic!("five rows") };
    assert_eq!(block.flops, Some(6 * (2 * 12 * 64 + 4 * 6 * 8)));
    assert_eq!(head.flops, Some(6 * 2 * 8 * 11));
}

#[test]
fn a_block_with_branch_scale_0_and_no_norm_behind_it_is_the_identity_bit_for_bit() {
    let device = device(Backend::Flex).autodiff();
    let scaled = |norm_order| LaneConfig {
        branch_scale: BranchScale::Constant(0.0),
        ..of(TransformerSettings { norm_order, ..OWN }, Wiring::Residual)
    };
    for lane in [scaled(NormOrder::Pre), scaled(NormOrder::None), lane(Wiring::ReZero), lane(Wiring::Fixup)] {
        let numbers: Vec<f32> =
            (0..48).map(|index| ((index as f32) * 1.7).sin() * 10_f32.powi(index % 40 - 20)).collect();
        let x = Tensor::<3>::from_data(TensorData::new(numbers.clone(), [1, 6, 8]), &device);
        let mask = AttentionMask::new(lane.family.transformer().positions, [6, 4], &device);
        let taps = Taps::off();
        let y = stack(&lane).blocks[0].forward(
            x,
            &mask,
            TapPoint { pass: Pass::of(&taps), layer: LayerId(1) },
            [BlockMode::Kept; 2],
        );
        assert_eq!(values(y), numbers);
    }
}

#[test]
fn several_streams_start_as_the_residual_stack() {
    let logits =
        |wiring| values(stack(&lane(wiring)).forward(&tokens(&[[0, 1, 2, 3, 4, 5, 6]]), Pass::of(&Taps::off())));
    let residual = logits(Wiring::Residual);
    for wiring in [Wiring::HyperConnections, Wiring::ConstrainedHyperConnections] {
        let furthest = logits(wiring).iter().zip(&residual).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        // The head's norm takes the sum of four for one.
        assert!(furthest < 1e-4, "{wiring}: {furthest}");
    }
}

#[test]
fn either_half_is_left_out_by_itself_and_both_leave_the_identity() {
    let device = device(Backend::Flex).autodiff();
    let (lane, taps) = (lane(Wiring::StochasticDepth), Taps::off());
    let block = &stack(&lane).blocks[2];
    assert_eq!(block.attention_joint.as_ref().expect("no plain block").survival, 1.0 - 5.0 / 12.0);
    let x = Tensor::<3>::from_data(TensorData::new((0..48).map(|i| (i as f32).sin()).collect(), [1, 6, 8]), &device);
    let mask = AttentionMask::new(lane.family.transformer().positions, [6, 4], &device);
    let spot = TapPoint { pass: Pass::of(&taps), layer: LayerId(1) };
    let output_with = |modes| values(block.forward(x.clone(), &mask, spot, modes));
    assert_eq!(output_with([BlockMode::Dropped; 2]), values(x.clone()));
    let [whole, attention, feed_forward] =
        [[BlockMode::Kept; 2], [BlockMode::Kept, BlockMode::Dropped], [BlockMode::Dropped, BlockMode::Kept]]
            .map(output_with);
    assert!(whole != attention && whole != feed_forward && attention != feed_forward);
    // Feed-forward looks at each position by itself: the first says nothing of the second.
    let moved = x.clone().slice_fill([0..1, 0..1, 0..1], 5.0);
    let moved = values(block.forward(moved, &mask, spot, [BlockMode::Dropped, BlockMode::Kept]));
    assert!(moved[8..] == feed_forward[8..] && moved[..8] != feed_forward[..8]);
}

#[test]
fn deepnorm_makes_all_but_the_scores_smaller_and_scales_what_leads_around() {
    let [residual, deep] = [Wiring::Residual, Wiring::DeepNorm].map(|wiring| stack(&lane(wiring)));
    let [residual, deep] = [&residual, &deep].map(|stack| &stack.blocks[0]);
    // 8·M of three blocks.
    let smaller = 24_f32.powf(-0.25);
    for (of_residual, of_deep, times) in [
        (&residual.attention.query, &deep.attention.query, 1.0),
        (&residual.attention.key, &deep.attention.key, 1.0),
        (&residual.attention.value, &deep.attention.value, smaller),
        (&residual.attention.output, &deep.attention.output, smaller),
        (&residual.feed_forward.up, &deep.feed_forward.up, smaller),
        (&residual.feed_forward.down, &deep.feed_forward.down, smaller),
    ] {
        let [of_residual, of_deep] = [of_residual, of_deep].map(|affine| values(affine.weight.val()));
        assert!(of_residual.iter().zip(&of_deep).all(|(a, b)| (a * times - b).abs() < 1e-6));
    }
    let joint = deep.feed_forward_joint.as_ref().expect("no plain block");
    assert!((joint.skip - 6_f64.powf(0.25)).abs() < 1e-12 && deep.norm_order == NormOrder::Post);
}

#[test]
fn rotary_scores_depend_on_the_distance_alone() {
    let device = device(Backend::Flex);
    let mask = AttentionMask::new(Positions::Rotary, [40, 8], &device);
    // The same query and the same key at all positions.
    let vectors = |phase: f32| {
        let one: Vec<f32> = (0..8).map(|unit| (unit as f32 + phase).sin()).collect();
        Tensor::<4>::from_data(TensorData::new(one.repeat(40), [1, 1, 40, 8]), &device)
    };
    let scores = values(mask.scores(vectors(0.3), vectors(1.1)));
    let score = |query: usize, key: usize| scores[query * 40 + key];
    for distance in 0..40 {
        for query in distance..40 {
            let (here, first) = (score(query, query - distance), score(distance, 0));
            assert!((here - first).abs() < 1e-5, "{distance} before {query}: {here} and {first}");
        }
    }
    let spread = (0..39).map(|key| (score(39, key) - score(39, key + 1)).abs()).fold(0.0, f32::max);
    assert!(spread > 0.1, "the distance matters");
    assert!(score(0, 1) == f32::NEG_INFINITY && score(39, 39).is_finite());
}

#[test]
fn lanes_of_one_initialization_start_from_the_same_weights() {
    let first = |lane: &LaneConfig| values(stack(lane).blocks[1].feed_forward.up.weight.val());
    let all: Vec<Vec<f32>> = lanes().iter().map(first).collect();
    assert!(all.iter().all(|weights| *weights == all[0]));
    let other = first(&LaneConfig { init: Init::Kaiming, norm: Norm::Rms, ..lane(Wiring::Plain) });
    assert_ne!(other, all[0]);
}

#[test]
fn noise_moves_the_embedded_characters_by_a_hundredth_of_their_size() {
    use crate::random::Purpose;
    use crate::stack::Examples;

    let (stack, batch) = (stack(&lane(Wiring::Residual)), tokens(&[[0, 1, 2, 3, 4, 5, 6]; 8]));
    let noisy = batch.noisy(&mut Purpose::Noise.rng(1, 0));
    let [still, moved, again] = [&batch, &noisy, &noisy].map(|batch| values(stack.stem.characters(batch)));
    assert_eq!(moved, again);
    let rms = |numbers: &[f32]| (numbers.iter().map(|x| x * x).sum::<f32>() / numbers.len() as f32).sqrt();
    let added: Vec<f32> = moved.iter().zip(&still).map(|(moved, still)| moved - still).collect();
    assert!((rms(&added) / rms(&still) / 0.01 - 1.0).abs() < 0.15, "{}", rms(&added) / rms(&still));
}
