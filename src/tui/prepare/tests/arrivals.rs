//! What the panes keep equals what is computed from scratch, in whatever order and at whatever pace lanes arrive.

use std::sync::Arc;

use proptest::prelude::*;
use ratatui::layout::Rect;

use super::*;
use crate::event::{Event, LaneEnd, Outcome, StepRecord};
use crate::grid::{Grid, Value};
use crate::history::{History, Reduce};
use crate::quantity::Quantity;
use crate::tui::sample;
use crate::tui::scene::ViewId;
use crate::tui::source::SourceKind;
use crate::units::{LaneId, Step};

const LANES: u16 = 3;
const LAYERS: usize = 6;
const AREA: Rect = Rect { x: 0, y: 0, width: 100, height: 32 };

/// What happens between two frames.
#[derive(Clone, Debug)]
enum Op {
    /// A lane brings so many steps, of which every `gap`-th was measured.
    Arrive { lane: u16, steps: u64, gap: u64 },
    /// A lane leaves steps out.
    Skip { lane: u16, steps: u64 },
    /// A lane's earlier step is recorded again in more detail.
    Rerun { lane: u16, ago: u64 },
    /// A lane ends.
    End { lane: u16 },
    /// The playhead goes to a share of the run, or lets go.
    Seek(Option<f64>),
    /// The cursor goes to a share of the run, or follows.
    Cursor(Option<f64>),
    /// A window of so many steps, beginning at a share of the run; or everything.
    Zoom(Option<(f64, u64)>),
    /// Another quantity, reduction, view.
    Show { quantity: usize, mean: bool, mode: usize },
    /// A frame.
    Frame,
}

/// Measured on every measured step; measured now and then; linear.
const QUANTITIES: [Quantity; 3] = [Quantity::SignalNorm, Quantity::StableRank, Quantity::DeadFraction];
const MODES: [ViewId; 4] =
    [ViewId::new("heatmaps"), ViewId::new("difference"), ViewId::new("profile"), ViewId::new("loss")];

fn op() -> impl Strategy<Value = Op> {
    let share = || proptest::option::of(0.0..1.1f64);
    prop_oneof![
        8 => (0..LANES, 1..6u64, 1..4u64).prop_map(|(lane, steps, gap)| Op::Arrive { lane, steps, gap }),
        2 => (0..LANES, 20..90u64, 1..12u64).prop_map(|(lane, steps, gap)| Op::Arrive { lane, steps, gap }),
        1 => (0..LANES, 1..40u64).prop_map(|(lane, steps)| Op::Skip { lane, steps }),
        1 => (0..LANES, 0..20u64).prop_map(|(lane, ago)| Op::Rerun { lane, ago }),
        1 => share().prop_map(Op::Seek),
        1 => share().prop_map(Op::Cursor),
        1 => proptest::option::of((0.0..1.0f64, 4..200u64)).prop_map(Op::Zoom),
        1 => (0..QUANTITIES.len(), any::<bool>(), 0..MODES.len())
            .prop_map(|(quantity, mean, mode)| Op::Show { quantity, mean, mode }),
        6 => Just(Op::Frame),
        1 => (0..LANES).prop_map(|lane| Op::End { lane }),
    ]
}

/// A value with spikes, zeros, and what is not a number.
fn value(lane: u16, step: u64, layer: usize, row: usize) -> Option<f32> {
    let noise = sample::noise(step, u64::from(lane) << 8 | layer as u64, row as u64);
    match (noise * 1000.0) as i32 {
        -1000..-980 => Some(f32::NAN),
        -980..-965 => Some(f32::INFINITY),
        -965..-940 => Some(0.0),
        -940..-900 => None,
        980.. => Some(1e12),
        _ => Some(10f32.powf(noise * 3.0)),
    }
}

/// A step that has the rare quantities where its number is a multiple of 7, or where it is recorded in detail.
fn record(lane: u16, step: u64, is_measured: bool, is_detailed: bool) -> Arc<StepRecord> {
    let rows = Quantity::ALL.len();
    let mut values = Grid::absent(rows, if is_measured { LAYERS } else { 0 });
    for (row, quantity) in Quantity::ALL.iter().enumerate() {
        let is_seldom = *quantity == Quantity::StableRank;
        for (layer, cell) in values.row_mut(row).iter_mut().enumerate() {
            let here =
                if is_seldom && !step.is_multiple_of(7) && !is_detailed { None } else { value(lane, step, layer, row) };
            *cell = Value::from(here);
        }
    }
    let Event::Step(template) = sample::step(lane, step, 1.0, 1, |_, _| None) else { unreachable!() };
    Arc::new(StepRecord {
        values,
        loss: Some(2.0 + sample::noise(step, 0, u64::from(lane))),
        ..StepRecord::clone(&template)
    })
}

struct Run {
    scene: Scene,
    /// The newest step of each lane, whether it arrived or was left out.
    at: [u64; LANES as usize],
    arrivals: usize,
    frames: usize,
}

impl Run {
    fn new() -> Self {
        let mut scene = Scene::new(SourceKind::Live);
        let started = sample::header(&[("a", LAYERS - 2), ("b", LAYERS - 2), ("c", LAYERS - 2)]);
        scene.take(0, &started);
        let Event::RunStarted(header) = started else { unreachable!() };
        // So little memory that steps are evicted and buckets merge within tens of steps.
        scene.runs.insert(0, History::within(header, 1));
        Self { scene, at: [0; LANES as usize], arrivals: 0, frames: 0 }
    }

    fn step_at(&self, share: f64) -> u64 {
        let newest = self.scene.last_step().map_or(1, |step| step.0);
        ((newest as f64 * share) as u64).max(1)
    }

    fn happen(&mut self, op: &Op) {
        match *op {
            Op::Arrive { lane, steps, gap } => {
                for _ in 0..steps {
                    let at = &mut self.at[usize::from(lane)];
                    *at += 1;
                    self.arrivals += 1;
                    let record = record(lane, *at, (*at - 1).is_multiple_of(gap), false);
                    self.scene.take(0, &Event::Step(record));
                }
            }
            Op::Skip { lane, steps } => self.at[usize::from(lane)] += steps,
            Op::Rerun { lane, ago } => {
                let step = self.at[usize::from(lane)].saturating_sub(ago).max(1);
                self.scene.take(0, &Event::Rerun(record(lane, step, true, true)));
            }
            Op::End { lane } => {
                let step = Step(self.at[usize::from(lane)]);
                let end = LaneEnd { lane: LaneId(lane), step, outcome: Outcome::Completed };
                self.scene.take(0, &Event::LaneEnded(end));
            }
            Op::Seek(share) => self.scene.view.playhead = share.map(|share| Step(self.step_at(share))),
            Op::Cursor(share) => self.scene.view.cursor.step = share.map(|share| Step(self.step_at(share))),
            Op::Zoom(window) => {
                self.scene.view.steps = window.map(|(share, span)| {
                    let first = self.step_at(share);
                    first..first + span
                });
            }
            Op::Show { quantity, mean, mode } => {
                self.scene.view.quantity = QUANTITIES[quantity];
                self.scene.view.reduce = if mean { Reduce::Mean } else { Reduce::Extreme };
                self.scene.view.shown = MODES[mode];
            }
            Op::Frame => self.frame(),
        }
    }

    /// Draws, and compares with what is computed from the history alone.
    fn frame(&mut self) {
        self.frames += 1;
        prepare(&mut self.scene, &sample::theme(), AREA);
        let mut again = self.scene.clone();
        again.cache = RenderCache::default();
        prepare(&mut again, &sample::theme(), AREA);
        let (kept, drawn) = (&self.scene.cache, &again.cache);
        assert_eq!(kept.heatmaps.keys().collect::<Vec<_>>(), drawn.heatmaps.keys().collect::<Vec<_>>());
        for (lane, heatmap) in &kept.heatmaps {
            let other = &drawn.heatmaps[lane];
            for (pixel, bin) in (0..heatmap.pixels()).flat_map(|pixel| (0..heatmap.bins()).map(move |bin| (pixel, bin)))
            {
                let steps = heatmap.axis().map(|axis| axis.steps_of_bins(bin..bin + 1));
                assert_eq!(
                    heatmap.at(pixel, bin),
                    other.at(pixel, bin),
                    "lane {lane}, layers from the top {pixel}, steps {steps:?}, lanes at {:?}",
                    self.at
                );
            }
        }
        assert_eq!((&kept.losses, &kept.rhos), (&drawn.losses, &drawn.rhos), "lanes at {:?}", self.at);
        assert_eq!((&kept.profiles, &kept.predicted), (&drawn.profiles, &drawn.predicted), "lanes at {:?}", self.at);
        assert_eq!(kept.largest_ratio, drawn.largest_ratio);
    }
}

#[test]
fn what_is_kept_equals_what_is_drawn_again_in_whatever_order_lanes_arrive() {
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let arrivals = std::cell::Cell::new((0, 0));
    let outcome = runner.run(&proptest::collection::vec(op(), 100..200), |ops| {
        let mut run = Run::new();
        for op in &ops {
            run.happen(op);
        }
        run.frame();
        let (steps, frames) = arrivals.get();
        arrivals.set((steps + run.arrivals, frames + run.frames));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    let (steps, frames) = arrivals.get();
    assert!(steps >= 10_000 && frames >= 1_000, "{steps} arrivals, {frames} frames prove little");
}

#[test]
fn a_lane_that_arrives_a_frame_later_leaves_no_hole() {
    let mut run = Run::new();
    for step in 1..=90 {
        for lane in [0, 1, 2] {
            run.happen(&Op::Arrive { lane, steps: 1, gap: 1 });
            run.frame();
        }
        let heatmap = &run.scene.cache.heatmaps[&2];
        let bin = heatmap.axis().and_then(|axis| axis.bin_of_step(step)).expect("in view");
        assert!(
            (0..heatmap.pixels()).any(|pixel| heatmap.at(pixel, bin) != crate::history::Cell::Empty),
            "step {step}"
        );
    }
}

#[test]
fn a_spike_at_a_columns_border_is_seen_by_every_lane_however_late() {
    for late in [0, 1, 7] {
        let mut run = Run::new();
        run.scene.view.quantity = Quantity::SignalNorm;
        for step in 1..=400u64 {
            for lane in [0, 1] {
                let at = if lane == 1 { step.saturating_sub(late) } else { step };
                if at == 0 {
                    continue;
                }
                let spike = if matches!(at, 64 | 65 | 128 | 129 | 192) { 1e30 } else { 1.0 };
                run.scene.take(0, &sample::step(lane, at, 2.3, LAYERS, move |_, _| Some(spike)));
            }
            prepare(&mut run.scene, &sample::theme(), AREA);
        }
        for lane in [0, 1] {
            let heatmap = &run.scene.cache.heatmaps[&lane];
            let axis = heatmap.axis().expect("drawn");
            for step in [64, 65, 128, 129, 192] {
                let bin = axis.bin_of_step(step).expect("in view");
                let crate::history::Cell::Value(value) = heatmap.at(4, bin) else { panic!("no value at {step}") };
                assert!(value > 29.0, "{value} at step {step} of lane {lane}, late by {late}");
            }
        }
    }
}
