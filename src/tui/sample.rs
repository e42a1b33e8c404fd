//! Runs made up for tests: a plain lane whose signal vanishes beside a residual one, with noise but without chance.

mod gallery;
mod opened;

use std::sync::Arc;

pub(super) use gallery::gallery;
pub(super) use opened::{conv_net, diffusion, diffusion_with, transformer};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::scene::{Activity, Scene};
use super::source::SourceKind;
use super::theme::{Background, Colours, Glyphs, Theme};
use super::view;
use crate::config::{BranchScale, LaneConfig, Norm, RunConfig, Wiring};
use crate::event::{EvalRecord, Event, FORMAT_VERSION, LaneHeader, Machine, RunHeader, StepRecord};
use crate::grid::{Grid, Value};
use crate::layer::{Layer, LayerKind, LayerTable};
use crate::quantity::Quantity;
use crate::units::{LaneId, Step};

/// stem, `blocks` blocks, head.
pub(super) fn table(blocks: usize) -> LayerTable {
    let layer = |kind, path: String| Layer::new(path, kind);
    let mut layers = vec![layer(LayerKind::Stem, "stem".to_owned())];
    layers.extend((1..=blocks).map(|block| layer(LayerKind::Block, format!("blocks.{block}"))));
    layers.push(layer(LayerKind::Head, "head".to_owned()));
    LayerTable { layers }
}

/// A header of lanes with names and numbers of blocks.
pub(super) fn header(lanes: &[(&str, usize)]) -> Event {
    let lane = |(name, blocks): &(&str, usize)| LaneHeader {
        name: (*name).to_owned(),
        title: format!("mlp {blocks}×64 · relu · default init"),
        layers: table(*blocks),
    };
    Event::RunStarted(Arc::new(RunHeader {
        data: None,
        version: FORMAT_VERSION,
        run_id: "sample".to_owned(),
        started_at: 0,
        lanes: lanes.iter().map(lane).collect(),
        quantities: Quantity::ALL.to_vec(),
        steps: Some(2000),
        config: Some(RunConfig { seed: 7, ..RunConfig::default() }),
        machine: Machine { backend: "flex".to_owned(), ..Machine::default() },
    }))
}

/// One step of one lane; `value` is the quantity's value in a layer.
pub(super) fn step(
    lane: u16,
    step: u64,
    loss: f32,
    layers: usize,
    value: impl Fn(Quantity, usize) -> Option<f32>,
) -> Event {
    let mut values = Grid::absent(Quantity::ALL.len(), layers);
    for (row, &quantity) in Quantity::ALL.iter().enumerate() {
        for (layer, cell) in values.row_mut(row).iter_mut().enumerate() {
            *cell = Value::from(value(quantity, layer));
        }
    }
    Event::Step(Arc::new(StepRecord {
        lane: LaneId(lane),
        step: Step(step),
        epoch: 1,
        loss: Some(loss),
        accuracy: Some((1.0 - loss / 2.5).clamp(0.09, 1.0)),
        learning_rate: Some(1e-3),
        global_grad_norm: Some(loss * 0.7),
        clip_scale: None,
        clip_rate: None,
        step_ns: 4_700_000,
        measure_ns: 50_000,
        values,
    }))
}

/// −1 … 1, the same for the same place.
pub(super) fn noise(a: u64, b: u64, c: u64) -> f32 {
    let mut hash = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_mul(0xc2b2_ae3d_27d4_eb4f) ^ c;
    hash = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 32)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (hash >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}

/// Two lanes of 50 blocks after 300 steps.
pub(super) fn demo(steps: u64) -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &header(&[("plain", 50), ("residual", 50)]));
    for event in demo_steps(1..steps + 1) {
        scene.take(0, &event);
    }
    for (lane, accuracy) in [(0, 0.101), (1, 0.928)] {
        let eval = EvalRecord { lane: LaneId(lane), step: Step(steps), loss: 1.0, accuracy: Some(accuracy), rows: 360 };
        scene.take(0, &Event::Eval(eval));
    }
    scene.status.activity = Activity::Live;
    scene.status.steps_per_second = Some(212.0);
    scene.status.measuring_share = Some(0.011);
    scene
}

/// The steps of that scene.
pub(super) fn demo_steps(steps: std::ops::Range<u64>) -> Vec<Event> {
    let lanes = steps.flat_map(|at| (0..2).map(move |lane| (at, lane)));
    lanes
        .map(|(at, lane)| {
            let jitter = noise(at, u64::from(lane), 1);
            let falling = 2.6 * (-(at as f32) / 300.0 * 4.6).exp() * (1.0 + 0.35 * jitter);
            let loss = if lane == 0 { 2.303 + 0.004 * jitter } else { falling };
            step(lane, at, loss, 52, |quantity, layer| demo_value(lane, at, quantity, layer))
        })
        .collect()
}

fn signal_exponent(lane: u16, step: u64, layer: usize) -> f32 {
    let depth = layer as f32;
    let slow = (step as f32 / 47.0).sin() + 0.5 * (step as f32 / 19.0).cos();
    let jitter = noise(step, u64::from(lane), 3) * 0.25 + noise(step, u64::from(lane), layer as u64 + 9) * 0.08;
    match lane {
        0 => (-19.0 + 18.0 * (depth - 1.0) / 49.0) + slow * 1.2 * (1.0 - depth / 52.0) + jitter,
        _ => -2.0 * depth / 51.0 + 0.1 * slow + jitter,
    }
}

fn demo_value(lane: u16, step: u64, quantity: Quantity, layer: usize) -> Option<f32> {
    let signal = 10f32.powf(signal_exponent(lane, step, layer));
    match quantity {
        Quantity::SignalNorm => (layer > 0).then_some(signal),
        Quantity::SignalRelative => (layer > 0).then(|| signal / 10f32.powf(signal_exponent(lane, step, 51))),
        Quantity::Gain => (1..51).contains(&layer).then(|| signal / 10f32.powf(signal_exponent(lane, step, layer + 1))),
        Quantity::GradNorm => Some(signal * 0.3),
        Quantity::GradRms => Some(signal * 0.005),
        Quantity::ActRms => Some(0.3 + 0.01 * layer as f32),
        Quantity::WeightNorm => Some(4.6),
        _ => Some(if lane == 0 { 0.0 } else { 8.7e-4 }),
    }
}

/// A plain and a residual lane of six blocks whose factors, channels, signals and settings belong together.
pub(super) fn anatomy(steps: u64) -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    let mut started = header(&[("plain", 6), ("residual", 6)]);
    if let Event::RunStarted(header) = &mut started {
        let residual = LaneConfig {
            norm: Norm::Layer,
            branch_scale: BranchScale::Constant(0.1),
            ..LaneConfig::new(Wiring::Residual)
        };
        let config =
            RunConfig { seed: 7, lanes: vec![LaneConfig::new(Wiring::Plain), residual], ..RunConfig::default() };
        Arc::make_mut(header).config = Some(config);
    }
    scene.take(0, &started);
    for at in 1..=steps {
        for lane in 0..2 {
            scene.take(0, &step(lane, at, 2.3, 8, |quantity, layer| anatomy_value(lane, quantity, layer)));
        }
    }
    scene.status.activity = Activity::Live;
    scene
}

fn anatomy_value(lane: u16, quantity: Quantity, layer: usize) -> Option<f32> {
    /// N, φ′, W, s.
    const FACTORS: [[Option<f32>; 4]; 2] =
        [[None, Some(0.71), Some(0.58), None], [Some(2.4), Some(0.72), Some(1.3), Some(0.1)]];
    const COSINE: f32 = 0.2;
    let factors = FACTORS[usize::from(lane)];
    let branch: f32 = factors.into_iter().flatten().product();
    let gain = if lane == 0 { branch } else { (1.0 + branch * branch + 2.0 * COSINE * branch).sqrt() };
    let signal = |layer: usize| 3e-3 * gain.powf(7.0 - layer as f32);
    let block = (1..7).contains(&layer);
    let residual = block && lane == 1;
    match quantity {
        Quantity::SignalNorm => (layer > 0).then(|| signal(layer)),
        Quantity::SignalRelative => (layer > 0).then(|| signal(layer) / signal(7)),
        Quantity::Gain => block.then_some(gain),
        Quantity::ActRms => Some(0.5 + 0.02 * layer as f32),
        Quantity::IdentityNorm => residual.then(|| signal(layer + 1)),
        Quantity::BranchNorm => block.then(|| branch * signal(layer + 1)),
        Quantity::ChannelCosine => residual.then_some(COSINE),
        Quantity::BranchRatio => residual.then_some(0.14),
        Quantity::GainNorm => factors[0].filter(|_| block),
        Quantity::GainActivation => factors[1].filter(|_| block),
        Quantity::GainWeight => factors[2].filter(|_| block),
        Quantity::GainOther => factors[3].filter(|_| block),
        // Only a U-Net has them.
        Quantity::LongSkipNorm => None,
        _ => Some(4.6),
    }
}

/// One lane of 8 blocks whose last steps hold every kind of value.
pub(super) fn odd() -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &header(&[("odd", 8), ("even", 12)]));
    for at in 1..=40u64 {
        let value = move |_: Quantity, layer: usize| match (at, layer) {
            (_, 0) => None,
            (20.., 2) => Some(0.0),
            (25.., 4) => Some(f32::NAN),
            (30.., 6) => Some(f32::INFINITY),
            (35.., _) => Some(f32::from_bits(1)),
            _ => Some(10f32.powf(layer as f32 - 6.0)),
        };
        let loss = if at < 30 { 2.3 } else { f32::NAN };
        scene.take(0, &step(0, at, loss, 10, value));
        scene.take(0, &step(1, at, if at == 12 { f32::INFINITY } else { 0.0 }, 14, |_, layer| Some(layer as f32)));
    }
    scene
}

/// Truecolour, Unicode, dark.
pub(super) fn theme() -> Theme {
    Theme::new(Colours::True, Glyphs::Unicode, Background::Dark)
}

/// A frame of this size.
pub(super) fn frame(scene: &mut Scene, theme: &Theme, width: u16, height: u16) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    scene.prepare(theme, area);
    let mut buffer = Buffer::empty(area);
    view::render(scene, theme, area, &mut buffer);
    buffer
}
