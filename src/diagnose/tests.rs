//! Findings as they open, worsen, heal and are compared between a sick lane and its healthy twin.

use std::sync::Arc;

use super::*;
use crate::event::{LaneHeader, StepRecord};
use crate::grid::{Grid, Value};
use crate::layer::{Layer, LayerKind, LayerTable};
use crate::quantity::Quantity;
use crate::units::{LayerId, Step};

const QUANTITIES: [Quantity; 2] = [Quantity::SignalNorm, Quantity::ActRms];

fn header(blocks: usize, quantities: &[Quantity]) -> RunHeader {
    let kinds = std::iter::once(LayerKind::Stem)
        .chain(std::iter::repeat_n(LayerKind::Block, blocks))
        .chain(std::iter::once(LayerKind::Head));
    let layers = kinds.enumerate().map(|(row, kind)| Layer::new(format!("{row}"), kind)).collect();
    let mut header = RunHeader::new(vec![LaneHeader::new("net", "", LayerTable { layers })]);
    header.quantities = quantities.to_vec();
    header
}

/// A step whose blocks have this signal, from block 1 on.
fn step(number: u64, loss: f32, signal: &[f32]) -> Event {
    let mut values = Grid::absent(QUANTITIES.len(), signal.len() + 2);
    for (cell, value) in values.row_mut(0)[1..].iter_mut().zip(signal) {
        *cell = Value::new(*value);
    }
    Event::Step(Arc::new(StepRecord { loss: Some(loss), values, ..StepRecord::unmeasured(number) }))
}

/// The signal of blocks that each multiply it by this.
fn geometric(blocks: i32, factor: f32) -> Vec<f32> {
    (1..=blocks).map(|block| factor.powi(blocks - block)).collect()
}

fn found(diagnosis: &Diagnosis) -> Vec<(&str, Step, Option<Step>)> {
    diagnosis.findings().iter().map(|finding| (finding.rule.name, finding.from, finding.to)).collect()
}

#[test]
fn a_stack_that_loses_its_signal_is_vanishing_from_the_first_step_and_its_twin_is_healthy() {
    let mut diagnosis = Diagnosis::new(&header(20, &QUANTITIES));
    diagnosis.take(&step(1, 2.3, &geometric(20, 0.5)));
    assert_eq!(found(&diagnosis), [("vanishing", Step(1), None)]);
    let finding = &diagnosis.findings()[0];
    // 0.5^10 is below 1e-3: blocks 1 to 10, which are rows 1 to 10 behind the stem.
    assert_eq!((finding.rows, finding.severity), (Some([LayerId(1), LayerId(10)]), Severity::Warning));
    assert!((finding.figures[0].value / 0.5_f64.powi(19) - 1.0).abs() < 1e-5);
    assert!((finding.figures[1].value - 0.5).abs() < 1e-6 && finding.figures[1].name == "per block");
    let mut twin = Diagnosis::new(&header(20, &QUANTITIES));
    twin.take(&step(1, 2.3, &geometric(20, 0.9)));
    assert_eq!((found(&twin), twin.status(LaneId(0))), (vec![], Status::Healthy));
}

#[test]
fn a_limit_is_met_on_its_ill_side_alone() {
    for (left, is_ill) in [(1.01e-3, false), (0.99e-3, true), (0.0, true)] {
        let mut diagnosis = Diagnosis::new(&header(2, &QUANTITIES));
        diagnosis.take(&step(1, 2.3, &[left, 1.0]));
        assert_eq!(!diagnosis.findings().is_empty(), is_ill, "{left}");
    }
    for (growth, is_ill) in [(0.99e4, false), (1.01e4, true)] {
        let mut diagnosis = Diagnosis::new(&header(2, &QUANTITIES));
        diagnosis.take(&step(1, 2.3, &[growth, 1.0]));
        assert_eq!(!diagnosis.findings().is_empty(), is_ill, "{growth}");
    }
}

#[test]
fn a_signal_that_falls_with_the_loss_over_the_whole_depth_is_no_illness() {
    let mut diagnosis = Diagnosis::new(&header(20, &QUANTITIES));
    for number in 1..=200 {
        let size = 0.9_f32.powi(number);
        let signal: Vec<f32> = geometric(20, 1.05).into_iter().map(|value| value * size).collect();
        diagnosis.take(&step(number as u64, 2.3 * size, &signal));
        assert_eq!(diagnosis.status(LaneId(0)), Status::Healthy, "step {number}");
    }
}

#[test]
fn a_finding_is_an_error_once_the_loss_suffers_and_closes_where_the_signal_is_back() {
    let mut diagnosis = Diagnosis::new(&header(20, &QUANTITIES));
    for number in 1..=60 {
        diagnosis.take(&step(number, 2.3, &geometric(20, 0.5)));
    }
    assert_eq!(diagnosis.findings()[0].severity, Severity::Error);
    // Just above the limit it is not back yet.
    diagnosis.take(&step(61, 2.3, &geometric(2, 2e-3).repeat(10)));
    assert_eq!(found(&diagnosis), [("vanishing", Step(1), None)]);
    diagnosis.take(&step(62, 2.3, &geometric(20, 0.9)));
    assert_eq!(found(&diagnosis), [("vanishing", Step(1), Some(Step(62)))]);
    assert_eq!(diagnosis.status(LaneId(0)), Status::Healthy);
    diagnosis.take(&step(63, 2.3, &geometric(20, 0.5)));
    assert_eq!(diagnosis.findings().len(), 2, "what comes back is a finding of its own");
}

#[test]
fn the_first_value_that_is_no_number_is_named_in_the_order_of_a_step() {
    let mut diagnosis = Diagnosis::new(&header(3, &QUANTITIES));
    diagnosis.take(&step(1, 2.3, &[1.0, f32::NAN, f32::INFINITY]));
    let finding = &diagnosis.findings()[0];
    // The signal comes from the head.
    assert_eq!((finding.rule.name, finding.rows), ("non-finite", Some([LayerId(3); 2])));
    assert_eq!((finding.figures[0].name, finding.figures[0].value), ("signal_norm", f64::INFINITY));
    let mut diagnosis = Diagnosis::new(&header(3, &QUANTITIES));
    let Event::Step(record) = step(1, f32::NAN, &[]) else { unreachable!() };
    diagnosis.take(&Event::Step(Arc::new(StepRecord { values: Grid::default(), ..(*record).clone() })));
    assert_eq!((found(&diagnosis), diagnosis.findings()[0].rows), (vec![("non-finite", Step(1), None)], None));
}

#[test]
fn what_cannot_be_judged_is_too_early_and_names_what_is_missing() {
    let lane = LaneId(0);
    let mut without = Diagnosis::new(&header(20, &[Quantity::ActRms]));
    assert_eq!(without.missing(lane, &RULES[1]), Some(Missing::Quantity(Quantity::SignalNorm)));
    without.take(&Event::Step(Arc::new(StepRecord::unmeasured(1))));
    assert_eq!(without.status(lane), Status::TooEarly(Missing::Step));
    let mut single = Diagnosis::new(&header(1, &QUANTITIES));
    single.take(&step(1, 2.3, &[1.0]));
    assert_eq!(single.missing(lane, &RULES[1]), Some(Missing::Depth));
    let mut silent = Diagnosis::new(&header(2, &QUANTITIES));
    silent.take(&step(1, 0.0, &[0.0, 0.0]));
    assert_eq!(silent.missing(lane, &RULES[1]), Some(Missing::Signal));
}

#[test]
fn steps_that_are_not_measured_leave_what_was_found() {
    let mut diagnosis = Diagnosis::new(&header(20, &QUANTITIES));
    for number in 1..=20 {
        diagnosis.take(&step(2 * number - 1, 2.3, &geometric(20, 0.5)));
        diagnosis.take(&Event::Step(Arc::new(StepRecord::unmeasured(2 * number))));
    }
    assert_eq!(found(&diagnosis), [("vanishing", Step(1), None)]);
}
