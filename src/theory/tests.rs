//! The worked figures of the literature and of simulations, and quadrature against closed forms.

use std::f64::consts::TAU;

use super::quadrature::{expect, gauss_hermite, stretched};
use super::*;
use crate::config::{Activation, Bias, BranchScale, FamilySettings, Init};
use crate::event::Event;
use crate::history::History;
use crate::trace::fixture;

/// What the stem makes of the digits at width 256 with Xavier's weights, about.
const Q1: f64 = 0.08;

fn lane(wiring: Wiring, activation: Activation, init: Init) -> LaneConfig {
    LaneConfig { depth: 50, width: 256, activation, init, ..LaneConfig::new(wiring) }
}

/// Of infinitely many units.
fn limit(lane: &LaneConfig, q1: f64) -> Result<Prediction, NotApplicable> {
    of_width(lane, q1, f64::INFINITY)
}

fn gain(wiring: Wiring, activation: Activation, init: Init) -> f64 {
    limit(&lane(wiring, activation, init), Q1).expect("fits").gain_per_block().expect("blocks")
}

#[track_caller]
fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() <= tolerance, "{found} instead of {expected}");
}

#[test]
fn the_worked_figures_are_met() {
    use Activation::{Gelu, Identity, Relu, Tanh};
    use Wiring::{Plain, Residual};
    for (wiring, activation, init, expected, tolerance) in [
        (Plain, Identity, Init::Orthogonal(0.9), 0.9, 1e-12),
        (Plain, Identity, Init::Orthogonal(0.8), 0.8, 1e-12),
        (Plain, Relu, Init::Default, (1.0_f64 / 6.0).sqrt(), 1e-12),
        (Plain, Relu, Init::Kaiming, 1.0, 1e-12),
        (Plain, Relu, Init::Xavier, 0.5_f64.sqrt(), 1e-12),
        (Plain, Relu, Init::Normal(0.125), 2.0_f64.sqrt(), 1e-12),
        (Plain, Tanh, Init::Kaiming, 1.069, 2e-3),
        (Plain, Tanh, Init::Xavier, 0.979, 2e-3),
        (Residual, Tanh, Init::Xavier, 1.097, 2e-3),
        (Residual, Gelu, Init::Xavier, 1.215, 2e-3),
    ] {
        assert_near(gain(wiring, activation, init), expected, tolerance);
    }
}

#[test]
fn over_fifty_blocks_an_orthogonal_stack_leaves_what_its_gain_leaves() {
    let prediction = limit(&lane(Wiring::Plain, Activation::Identity, Init::Orthogonal(0.9)), Q1).expect("fits");
    assert_near(prediction.gain.iter().product(), 0.00515, 1e-3);
    let prediction = limit(&lane(Wiring::Plain, Activation::Identity, Init::Orthogonal(0.8)), Q1).expect("fits");
    assert_near(prediction.gain.iter().product(), 1.43e-5, 3e-3);
}

#[test]
fn the_branch_scale_enters_gain_and_forward_scale_squared() {
    let config = LaneConfig {
        branch_scale: BranchScale::Constant(0.5),
        ..lane(Wiring::Residual, Activation::Relu, Init::Kaiming)
    };
    let prediction = limit(&config, 4.0).expect("fits");
    assert_near(prediction.gain[7], 1.25_f64.sqrt(), 1e-12);
    assert_near(prediction.act_rms[2], 2.0 * 1.25, 1e-12);
}

#[test]
fn only_the_default_has_biases_to_begin_with() {
    let rms = |init, bias| {
        let config = LaneConfig {
            family: FamilySettings::Mlp { order: Order::Pre, bias },
            ..lane(Wiring::Plain, Activation::Relu, init)
        };
        limit(&config, 0.0).expect("fits").act_rms[1]
    };
    assert_near(rms(Init::Default, Bias::On), (1.0_f64 / 768.0).sqrt(), 1e-12);
    assert_eq!((rms(Init::Default, Bias::Off), rms(Init::Kaiming, Bias::On)), (0.0, 0.0));
}

/// Φ by its series, for |x| ≤ 6; 0 or 1 to nine digits further out.
fn normal(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return f64::from(u8::from(x > 0.0));
    }
    let (mut term, mut sum) = (x, x);
    for k in 1..200 {
        term *= x * x / f64::from(2 * k + 1);
        sum += term;
    }
    0.5 + sum * (-x * x / 2.0).exp() / TAU.sqrt()
}

#[test]
fn quadrature_and_closed_forms_agree() {
    for q in [0.0, 1e-6, 0.01, 0.3, 1.0, 1.5, 7.0, 100.0, 1e4] {
        let [constant, square, fourth] = expect(q, |u| [1.0, u * u, u.powi(4)]);
        assert!((constant - 1.0).abs() < 1e-12 && (square - q).abs() <= 1e-12 * q, "{q}: {constant} {square}");
        assert!((fourth - 3.0 * q * q).abs() <= 1e-11 * q * q, "{q}: {fourth}");
        let [value, slope] = expect(q, |u| {
            let slope = normal(u) + u * (-u * u / 2.0).exp() / TAU.sqrt();
            [(u * normal(u)).powi(2), slope * slope]
        });
        let closed = Moments::of(Activation::Gelu, q);
        assert!((value - closed.value).abs() <= 1e-8 * q && (slope - closed.slope).abs() <= 1e-8, "{q}");
    }
}

#[test]
fn a_kink_at_0_costs_no_digit() {
    for q in [1e-12, 0.01, 0.3, 1.0, 7.0, 1e4] {
        let found = super::quadrature::by_halves(q, |u: f64| {
            [1.0, u.max(0.0).powi(2), u.max(0.0).powi(4), f64::from(u8::from(u > 0.0)), u.tanh().powi(2)]
        });
        let [smooth] = expect(q, |u| [u.tanh().powi(2)]);
        let expected = [1.0, q / 2.0, 1.5 * q * q, 0.5, smooth];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() <= 1e-7 * expected, "{q}: {found} {expected}");
        }
    }
    // ∫ over u < 0 of (eᵘ − 1)² at q = 1: e²Φ(−2) − 2√e·Φ(−1) + ½.
    let below = 1.0_f64.exp().powi(2) * normal(-2.0) - 2.0 * 0.5_f64.exp() * normal(-1.0) + 0.5;
    assert_near(Moments::of(Activation::Elu, 1.0).value, 0.5 + below, 1e-9);
}

/// Hanin & Nica 2018: over L plain ReLU blocks of n units, ln q spreads by 5L/n and falls behind by half of that.
#[test]
fn a_plain_relu_stack_spreads_as_its_theorem_says() {
    let config = LaneConfig { width: 4096, ..lane(Wiring::Plain, Activation::Relu, Init::Kaiming) };
    let prediction = predict(&config, 1.0).expect("fits");
    let variance = 5.0 * 49.0 / 4096.0;
    assert_near((2.0 * prediction.act_rms_spread[49]).powi(2), variance, 1e-3);
    assert_near(prediction.act_rms[49], (-variance / 4.0).exp(), 1e-3);
    assert_near((2.0 * prediction.gain_spread[7]).powi(2), 5.0 / 4096.0, 1e-3);
    // A rotation keeps every length: a linear stack of them has no spread at all.
    let rotation = predict(&lane(Wiring::Plain, Activation::Identity, Init::Orthogonal(1.0)), 1.0).expect("fits");
    assert!(rotation.act_rms_spread.iter().chain(&rotation.gain_spread).all(|spread| *spread < 1e-6));
}

#[test]
fn both_rules_agree_where_they_meet() {
    for q in [0.2, 0.7, 1.0] {
        let f = |u: f64| [u.tanh().powi(2), (1.0 - u.tanh().powi(2)).powi(2), (1.0 + (-u).exp()).powi(-2)];
        for (a, b) in gauss_hermite(q, f).into_iter().zip(stretched(q, f)) {
            assert!((a - b).abs() < 1e-7, "{q}: {a} {b}");
        }
    }
}

#[test]
fn no_scale_and_no_combination_gives_a_nan() {
    use Activation::{Elu, Gelu, Identity, LeakyRelu, Relu, Selu, Sigmoid, Silu, Tanh};
    for activation in [Relu, Tanh, Gelu, Sigmoid, LeakyRelu, Elu, Selu, Silu, Identity] {
        for init in [Init::Default, Init::Kaiming, Init::Xavier, Init::Orthogonal(1.0), Init::Normal(0.1)] {
            for wiring in [Wiring::Plain, Wiring::Residual] {
                for q1 in [0.0, 1e-300, 1e-20, 1.0, 1e20, 1e300, f64::MAX] {
                    let prediction = predict(&lane(wiring, activation, init), q1).expect("fits");
                    let all =
                        [&prediction.gain, &prediction.act_rms, &prediction.gain_spread, &prediction.act_rms_spread];
                    assert!(
                        all.into_iter().flatten().all(|value| !value.is_nan()),
                        "{activation} {init} {wiring} {q1:e}"
                    );
                    assert!(prediction.gain.iter().all(|gain| gain.is_finite() && *gain > 0.0) || q1 > 1e19);
                }
            }
        }
    }
}

#[test]
fn a_flat_slope_has_a_finite_gain() {
    let prediction = limit(&lane(Wiring::Plain, Activation::Tanh, Init::Xavier), 1e300).expect("fits");
    assert!(prediction.gain[0] < 1e-60 && prediction.gain[1] > 0.5);
    assert_near(prediction.act_rms[1], 1.0, 1e-9);
}

#[test]
fn the_signal_is_carried_back_from_the_last_block() {
    let prediction = Prediction {
        gain: vec![2.0, 0.5, 7.0],
        act_rms: vec![1.0; 3],
        gain_spread: vec![0.3, 0.4, 9.0],
        act_rms_spread: vec![0.0, 0.1, 0.2],
        reach: 3,
    };
    assert_eq!(prediction.of(Quantity::SignalNorm, Some(8.0)), Some(vec![Some(8.0), Some(4.0), Some(8.0)]));
    assert_eq!(prediction.of(Quantity::SignalNorm, None), None);
    assert_eq!(prediction.of(Quantity::WeightNorm, Some(8.0)), None);
    // Variances of independent gains add up: 0.5² = 0.3² + 0.4².
    let band = prediction.band(Quantity::SignalNorm, Some(8.0)).expect("a line");
    let reach = (1.96_f64 * 0.5).exp();
    let [low, high] = band[0].expect("within reach");
    assert_near(low, 8.0 / reach, 1e-12);
    assert_near(high, 8.0 * reach, 1e-12);
    let near = Prediction { reach: 1, ..prediction.clone() };
    assert_eq!(near.of(Quantity::SignalNorm, Some(8.0)), Some(vec![None, Some(4.0), Some(8.0)]));
    assert_eq!(near.of(Quantity::ActRms, None), Some(vec![Some(1.0), Some(1.0), None]));
    assert_eq!(near.band(Quantity::ActRms, None).map(|band| band[2]), Some(None));
    assert_eq!((band[2], prediction.band(Quantity::WeightNorm, Some(8.0))), (Some([8.0; 2]), None));
    let none = Prediction {
        gain: Vec::new(),
        act_rms: Vec::new(),
        gain_spread: Vec::new(),
        act_rms_spread: Vec::new(),
        reach: 3,
    };
    assert_eq!((none.gain_per_block(), none.of(Quantity::SignalNorm, Some(1.0))), (None, Some(Vec::new())));
}

#[test]
fn where_there_is_no_prediction_a_sentence_says_why() {
    let config = LaneConfig { norm: Norm::Batch, ..lane(Wiring::Plain, Activation::Relu, Init::Kaiming) };
    assert_eq!(predict(&config, 1.0), Err(NotApplicable::Normalized(Norm::Batch)));
    let given = LaneConfig { init_from: Some("w.safetensors".into()), norm: Norm::None, ..config };
    assert_eq!(predict(&given, 1.0), Err(NotApplicable::GivenWeights));
    assert_eq!(NotApplicable::GivenWeights.to_string(), "its weights come from a file");
    let plain = lane(Wiring::Plain, Activation::Relu, Init::Kaiming);
    assert_eq!(predict(&plain, f64::NAN), Err(NotApplicable::NoFirstActivation));
    assert_eq!(NotApplicable::Normalized(Norm::Batch).to_string(), "batch norm breaks independence");
}

#[test]
fn a_lane_is_predicted_from_its_first_step_alone() {
    let header = (*fixture::header(vec![fixture::lane("plain", 3)])).clone();
    let foreign = History::new(header.clone().into());
    assert_eq!(of_lane(None, &header, &header.lanes[0], &foreign.lanes()[0]), Err(NotApplicable::NoSettings));
    let config = LaneConfig { depth: 3, ..LaneConfig::new(Wiring::Plain) };
    let prediction = |history: &History| of_lane(Some(&config), &header, &header.lanes[0], &history.lanes()[0]);
    let mut history = History::new(header.clone().into());
    assert_eq!(prediction(&history), Err(NotApplicable::NotMeasured));
    for step in 1..=3 {
        history.push(&Event::Step(fixture::step(&header, 0, step).into()));
    }
    let first = history.lanes()[0].first_measured().expect("measured");
    let row = header.quantities.iter().position(|quantity| *quantity == Quantity::ActRms).expect("there");
    let rms = f64::from(first.values.row(row)[1].get().expect("there"));
    assert_eq!((first.step, prediction(&history)), (Step(1), predict(&config, rms.powi(2))));
    let mut late = History::new(header.clone().into());
    late.push(&Event::Step(fixture::step(&header, 0, 9).into()));
    assert_eq!(prediction(&late), Err(NotApplicable::NotFromTheStart(Step(9))));
}
