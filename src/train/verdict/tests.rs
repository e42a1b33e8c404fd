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
        "the loss leapt to 1.00 (12 robust deviations above its median): re-ran steps 101 to 120 in detail in 3.0 s";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("first off its course: grad_norm of block 2 at step 116, ×"), "{text}");
    assert!(text.ends_with(" its median"), "{text}");
}

#[test]
fn within_a_step_what_was_computed_first_is_named() {
    let broken = |quantity, layer| (116, quantity, layer, 1e6);
    let told = [broken(Quantity::GradNorm, 2), broken(Quantity::SignalNorm, 1), broken(Quantity::SignalNorm, 3)];
    let text = said(Cause::Asked, &steps(20, &told));
    assert!(text.contains("first off its course: signal_norm of block 3 at step 116"), "{text}");
}

#[test]
fn few_steps_are_compared_with_the_first_and_a_fall_counts_too() {
    let records = steps(5, &[(104, Quantity::GradNorm, 1, 1e-6), (105, Quantity::WeightNorm, 1, 0.0)]);
    let text = said(Cause::EarlyLeap(168.0), &records);
    let start = "the loss leapt to 1.00 (×168 the largest before): re-ran steps 101 to 105 in detail in 0.8 s";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("first off its course: grad_norm of block 1 at step 104"), "{text}");
    assert!(text.ends_with(" that of the first step"), "{text}");
}

#[test]
fn steps_that_wander_as_healthy_ones_do_and_no_steps_have_no_culprit() {
    let quiet = "every layer keeps to its course";
    assert!(said(Cause::Asked, &steps(20, &[])).ends_with(quiet));
    let restless = [(105, Quantity::UpdateRatio, 1, 1e5), (107, Quantity::GradNorm, 1, 3.0)];
    assert!(said(Cause::Asked, &steps(20, &restless)).ends_with(quiet));
    assert!(said(Cause::Asked, &steps(2, &[(102, Quantity::GradNorm, 1, 3.0)])).ends_with(quiet));
    assert_eq!(said(Cause::Asked, &[]), "");
}

#[test]
fn a_value_that_is_no_number_breaks_a_record_though_its_loss_is_one() {
    assert!(!is_broken(&steps(1, &[])[0]));
    assert!(is_broken(&steps(1, &[(101, Quantity::SignalNorm, 2, f32::INFINITY)])[0]));
    assert!(!is_broken(&StepRecord::unmeasured(1)));
}
