//! What is said of re-run steps that are made up.

use super::*;
use crate::grid::Grid;
use crate::layer::{Layer, LayerKind};

const LAYERS: usize = 5;

fn table() -> LayerTable {
    let kinds = [LayerKind::Stem, LayerKind::Block, LayerKind::Block, LayerKind::Block, LayerKind::Head];
    let layers = kinds.into_iter().map(|kind| Layer::new("", kind));
    LayerTable { layers: layers.collect() }
}

/// Steps 101, 102 … in which everything is 1, give or take a third, but for what is told: (step, quantity, layer, value).
fn steps(count: usize, told: &[(u64, Quantity, usize, f32)]) -> Vec<StepRecord> {
    (0..count as u64)
        .map(|index| {
            let mut values = Grid::absent(Quantity::ALL.len(), LAYERS);
            for (row, quantity) in Quantity::ALL.iter().enumerate() {
                for (layer, slot) in values.row_mut(row).iter_mut().enumerate() {
                    let here = |told: &&(u64, Quantity, usize, f32)| {
                        (told.0, told.1, told.2) == (101 + index, *quantity, layer)
                    };
                    let wandering = (7.0 * index as f32 + 3.0 * row as f32 + layer as f32).sin();
                    *slot = Value::new(told.iter().find(here).map_or(1.0 + 0.3 * wandering, |told| told.3));
                }
            }
            StepRecord { values, step_ns: 150_000_000, ..StepRecord::unmeasured(101 + index) }
        })
        .collect()
}

fn said(cause: Cause, records: &[StepRecord]) -> String {
    sentence(cause, records, &table())
}

#[test]
fn what_arrives_broken_is_the_output_of_the_layer_before() {
    let records = steps(4, &[(103, Quantity::ActRms, 3, f32::NAN), (103, Quantity::ActRms, 4, f32::NAN)]);
    let text = said(Cause::NotFinite, &records);
    assert!(text.ends_with("first not finite: output of block 2 (act_rms of block 3) at step 103"), "{text}");
}

#[test]
fn backwards_the_last_broken_layer_is_the_first_that_was_computed() {
    let bad = |layer| (102, Quantity::SignalNorm, layer, f32::INFINITY);
    let text = said(Cause::NotFinite, &steps(3, &[bad(1), bad(2), bad(3)]));
    assert!(text.ends_with("first not finite: signal_norm of block 3 at step 102"), "{text}");
}

#[test]
fn an_earlier_step_counts_before_an_earlier_layer() {
    let records = steps(4, &[(102, Quantity::UpdateRatio, 4, f32::NAN), (103, Quantity::ActRms, 1, f32::NAN)]);
    assert!(said(Cause::NotFinite, &records).ends_with("update_ratio of head at step 102"));
}

#[test]
fn what_left_its_course_first_is_named_though_others_followed_further() {
    let records = steps(
        20,
        &[
            (116, Quantity::GradNorm, 2, 3e3),
            (117, Quantity::GradNorm, 2, 1e4),
            (117, Quantity::ActRms, 3, 1e5),
            (118, Quantity::ActRms, 3, 4e5),
            (119, Quantity::ActRms, 3, 5e5),
        ],
    );
    let text = said(Cause::Leap(12.3), &records);
    let start =
        "the loss jumped to 1.00 (12 robust deviations above its median): re-ran steps 101 to 120 in detail in 3.0 s";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("; grad_norm of block 2 jumped from ") && text.contains(" to 3,000 (×"), "{text}");
    assert!(text.ends_with(" at step 116"), "{text}");
    let far = said(Cause::Leap(13_794.2), &records);
    assert!(far.contains("(13,794 robust deviations above its median)"), "{far}");
}

#[test]
fn within_a_step_what_was_computed_first_is_named() {
    let broken = |quantity, layer| (116, quantity, layer, 1e6);
    let told = [broken(Quantity::GradNorm, 2), broken(Quantity::SignalNorm, 1), broken(Quantity::SignalNorm, 3)];
    let text = said(Cause::Asked, &steps(20, &told));
    assert!(text.contains("; signal_norm of block 3 jumped from ") && text.ends_with(" at step 116"), "{text}");
}

#[test]
fn few_steps_are_judged_by_a_stated_factor_and_a_fall_counts_too() {
    let records = steps(5, &[(104, Quantity::GradNorm, 1, 1e-6), (105, Quantity::WeightNorm, 1, 0.0)]);
    let text = said(Cause::EarlyLeap(168.0), &records);
    let start = "the loss jumped to 1.00 (×168 the largest loss before): re-ran steps 101 to 105 in detail in 0.8 s";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("; grad_norm of block 1 fell from ") && text.contains(" to 1.0e-6 (×"), "{text}");
    assert!(text.ends_with(" at step 104"), "{text}");
    let near = |value| said(Cause::Asked, &steps(5, &[(105, Quantity::GradNorm, 1, value)]));
    assert!(near(20.0).ends_with(CALM) && near(60.0).contains("grad_norm of block 1 jumped"));
}

/// Nine steps, the last four of which go wild one after the other: half of them are so many that a median deviation over
/// all takes them for the rule.
#[test]
fn what_goes_wild_step_by_step_does_not_widen_the_range_it_is_judged_by() {
    let told: Vec<_> =
        (0..4).map(|index| (106 + index, Quantity::ActRms, 2, 50.0 * 10_f32.powi(index as i32))).collect();
    let finding = Finding::of(&steps(9, &told));
    let Finding::Jump { site, from, to } = finding else { panic!("{finding:?}") };
    assert_eq!((site.quantity, site.layer, site.step, to), (Quantity::ActRms, LayerId(2), Step(106), 50.0));
    assert!((0.6..1.4).contains(&from), "{from}");
    // By twos, over forty steps: no step is far from the one before.
    let told: Vec<_> = (0..14).map(|index| (127 + index, Quantity::ActRms, 2, 2_f32.powi(index as i32 + 1))).collect();
    let finding = Finding::of(&steps(40, &told));
    assert!(
        matches!(finding, Finding::Jump { site, .. } if site.layer == LayerId(2) && site.step.0 <= 135),
        "{finding:?}"
    );
}

#[test]
fn exact_zeros_leave_a_range_and_are_left_by_what_follows_them() {
    let silent: Vec<_> = (101..105).map(|step| (step, Quantity::SignalNorm, 3, 0.0)).collect();
    let woken = Finding::of(&steps(5, &silent));
    assert!(matches!(woken, Finding::Jump { site, from: 0.0, .. } if site.step == Step(105)), "{woken:?}");
    let text = said(Cause::Asked, &steps(5, &[(104, Quantity::SignalNorm, 3, 0.0)]));
    assert!(
        text.contains("signal_norm of block 3 fell from ") && text.ends_with(" to exactly 0 at step 104"),
        "{text}"
    );
    let always: Vec<_> = (101..106).map(|step| (step, Quantity::SignalNorm, 3, 0.0)).collect();
    assert_eq!(Finding::of(&steps(5, &always)), Finding::Calm);
}

const CALM: &str = "no layer left its usual range";

#[test]
fn steps_that_wander_as_healthy_ones_do_have_no_culprit() {
    assert!(said(Cause::Asked, &steps(40, &[])).ends_with(CALM));
    let restless = [(105, Quantity::UpdateRatio, 1, 1e5), (107, Quantity::GradNorm, 1, 3.0)];
    assert!(said(Cause::Asked, &steps(40, &restless)).ends_with(CALM));
}

#[test]
fn where_it_cannot_tell_the_recorder_says_so() {
    let leapt = said(Cause::EarlyLeap(12.0), &steps(20, &[]));
    assert!(leapt.ends_with("no layer left its usual range: the origin is unknown"), "{leapt}");
    assert_eq!(Finding::of(&steps(1, &[])), Finding::TooFew(1));
    assert_eq!(Finding::of(&[StepRecord::unmeasured(1), StepRecord::unmeasured(2)]), Finding::TooFew(0));
    let single = said(Cause::EarlyLeap(12.0), &steps(1, &[]));
    assert!(
        single.ends_with("there is only one step and nothing to compare it with: the origin is unknown"),
        "{single}"
    );
    assert_eq!(said(Cause::Asked, &[]), "nothing was re-run; no step is kept: the origin is unknown");
}

#[test]
fn a_value_that_is_not_finite_breaks_a_record_with_a_finite_loss() {
    assert!(!is_broken(&steps(1, &[])[0]));
    assert!(is_broken(&steps(1, &[(101, Quantity::SignalNorm, 2, f32::INFINITY)])[0]));
    assert!(!is_broken(&StepRecord::unmeasured(1)));
}
