//! What is said of re-run steps that are made up.

use super::*;
use crate::grid::{Grid, Value};
use crate::layer::{Layer, LayerKind};

const LAYERS: usize = 5;

fn table() -> LayerTable {
    let kinds = [LayerKind::Stem, LayerKind::Block, LayerKind::Block, LayerKind::Block, LayerKind::Head];
    let layers = kinds.into_iter().map(|kind| Layer { path: String::new(), kind, parameters: Vec::new() });
    LayerTable { layers: layers.collect() }
}

/// Steps 101, 102 … in which everything is 1 but for what is told: (step, quantity, layer, value).
fn steps(count: usize, told: &[(u64, Quantity, usize, f32)]) -> Vec<StepRecord> {
    (0..count as u64)
        .map(|index| {
            let mut values = Grid::absent(Quantity::ALL.len(), LAYERS);
            for (row, quantity) in Quantity::ALL.iter().enumerate() {
                for (layer, slot) in values.row_mut(row).iter_mut().enumerate() {
                    let here = |told: &&(u64, Quantity, usize, f32)| {
                        (told.0, told.1, told.2) == (101 + index, *quantity, layer)
                    };
                    *slot = Value::new(told.iter().find(here).map_or(1.0, |told| told.3));
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
        8,
        &[
            (105, Quantity::GradNorm, 2, 30.0),
            (106, Quantity::GradNorm, 2, 200.0),
            (106, Quantity::ActRms, 3, 100.0),
            (107, Quantity::ActRms, 3, 400.0),
            (108, Quantity::ActRms, 3, 500.0),
        ],
    );
    let text = said(Cause::Leap(12.3), &records);
    assert!(
        text.starts_with("the loss leapt to 1.00 (12 deviations): re-ran steps 101 to 108 in detail in 1.2 s"),
        "{text}"
    );
    assert!(text.ends_with("first off its course: grad_norm of block 2 at step 105, ×30.00 its median"), "{text}");
}

#[test]
fn a_fall_is_a_deviation_too_and_zero_none() {
    let records = steps(5, &[(104, Quantity::GradNorm, 1, 1e-6), (105, Quantity::WeightNorm, 1, 0.0)]);
    let text = said(Cause::Asked, &records);
    assert!(text.starts_with("re-ran steps 101 to 105"), "{text}");
    assert!(text.contains("grad_norm of block 1 at step 104, ×1.0e-6 its median"), "{text}");
}

#[test]
fn steps_in_which_nothing_happened_and_no_steps_have_no_culprit() {
    assert_eq!(said(Cause::Asked, &steps(8, &[])), "re-ran steps 101 to 108 in detail in 1.2 s");
    assert_eq!(
        said(Cause::Asked, &steps(2, &[(102, Quantity::GradNorm, 1, 9.0)])),
        "re-ran steps 101 to 102 in detail in 0.3 s"
    );
    assert_eq!(said(Cause::Asked, &[]), "");
}
