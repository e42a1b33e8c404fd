//! Runs with what is known inside their blocks: a convolutional net in stages with its filters, a transformer, and a
//! diffusion model with gradients by timestep.

use std::sync::Arc;

use super::events::{header, noise, step};
use crate::config::{LaneConfig, Model, RunConfig, Wiring};
use crate::event::{Denoising, Event, FilterShades, Payload, Samples, Snapshot, TensorNorm, TensorNorms, TimeSpan};
use crate::grid::{Grid, Value};
use crate::layer::{Layer, LayerKind, LayerTable, Parameter, Sublayer};
use crate::quantity::Quantity;
use crate::tui::scene::{Activity, Scene};
use crate::tui::source::SourceKind;
use crate::units::{LaneId, Step};

/// Filters, colours, rows, columns of the first convolution.
const FILTERS: [usize; 4] = [8, 3, 3, 3];

/// Plain and residual, stem, nine blocks in three stages, head; tensors and filters every tenth step.
pub(in crate::tui) fn conv_net(steps: u64) -> Scene {
    scene(Model::Resnet, &conv_table(), steps)
}

/// Plain and residual, in the stages of the convolutional net; gradients by timestep, and pictures, every
/// tenth step.
pub(in crate::tui) fn diffusion(steps: u64) -> Scene {
    diffusion_with(RunConfig::default(), steps)
}

/// The same with these settings of the run.
pub(in crate::tui) fn diffusion_with(config: RunConfig, steps: u64) -> Scene {
    scene_with(config, Model::Diffusion, &conv_table(), steps)
}

/// Plain and residual, three blocks of two halves.
pub(in crate::tui) fn transformer(steps: u64) -> Scene {
    scene(Model::Transformer, &transformer_table(), steps)
}

fn scene(model: Model, table: &LayerTable, steps: u64) -> Scene {
    scene_with(RunConfig::default(), model, table, steps)
}

fn scene_with(config: RunConfig, model: Model, table: &LayerTable, steps: u64) -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    let mut started = header(&[("plain", 1), ("residual", 1)]);
    if let Event::RunStarted(header) = &mut started {
        let header = Arc::make_mut(header);
        for lane in &mut header.lanes {
            lane.layers = table.clone();
        }
        let lanes = [Wiring::Plain, Wiring::Residual]
            .map(|wiring| LaneConfig { family: model.into(), ..LaneConfig::new(wiring) });
        RunConfig { seed: 7, lanes: lanes.into(), ..config }.write_to(header);
    }
    scene.take(0, &started);
    for (at, lane) in (1..=steps).flat_map(|at| [(at, 0), (at, 1)]) {
        scene.take(0, &step(lane, at, 2.3, table.len(), |quantity, layer| value(lane, quantity, layer)));
        if (at - 1).is_multiple_of(10) {
            scene.take(0, &tensors(lane, at, table.tensors()));
            match model {
                Model::Resnet => scene.take(0, &filters(lane, at)),
                Model::Diffusion => {
                    scene.take(0, &denoising(lane, at, table.len()));
                    scene.take(0, &samples(lane, at));
                }
                _ => {}
            }
        }
    }
    scene.status.activity = Activity::Live;
    scene
}

fn value(lane: u16, quantity: Quantity, layer: usize) -> Option<f32> {
    let share = if lane == 0 { 0.5_f32 } else { 0.9 };
    (!quantity.is_signal() || layer > 0).then(|| share.powf(12.0 - layer as f32))
}

fn tensors(lane: u16, at: u64, count: usize) -> Event {
    let mut values = Grid::absent(TensorNorm::ALL.len(), count);
    for (norm, _) in TensorNorm::ALL {
        for (tensor, cell) in values.row_mut(norm.row()).iter_mut().enumerate() {
            let exponent = match norm {
                TensorNorm::Grad => -1.0,
                TensorNorm::Weight => 0.5,
                TensorNorm::Update => -2.5,
            };
            *cell = Value::new(10f32.powf(exponent + 0.4 * noise(at, u64::from(lane), tensor as u64)));
        }
    }
    snapshot(lane, at, Payload::Tensors(TensorNorms { values }))
}

fn snapshot(lane: u16, at: u64, payload: Payload) -> Event {
    Event::Snapshot(Arc::new(Snapshot { lane: LaneId(lane), step: Step(at), payload }))
}

fn filters(lane: u16, at: u64) -> Event {
    let size: usize = FILTERS.iter().product();
    let weights: Vec<f32> = (0..size).map(|index| noise(u64::from(lane), index as u64, 5)).collect();
    snapshot(lane, at, Payload::Filters(FilterShades::of(FILTERS, &weights)))
}

/// Ten spans, the first the hardest; the last of the plain lane is not finite.
fn denoising(lane: u16, at: u64, layers: usize) -> Event {
    let span = |index: u32| {
        let share = 0.5_f32.powi(i32::try_from(index).unwrap_or(0) + 1);
        let loss = if (lane, index) == (0, 9) { f32::NAN } else { share };
        let norm = |layer: usize| Value::new(loss * 0.7_f32.powi(12 - i32::try_from(layer).unwrap_or(0)));
        let grad_norms = (0..layers).map(norm).collect();
        TimeSpan { first: index * 100 + 1, last: index * 100 + 100, loss: Value::new(loss), grad_norms }
    };
    snapshot(lane, at, Payload::Denoising(Denoising { spans: (0..10).map(span).collect() }))
}

/// Sixteen discs, lighter from one to the next.
fn samples(lane: u16, at: u64) -> Event {
    let pixel = |index: usize| {
        let (picture, row, column) = (index / 64, index / 8 % 8, index % 8);
        let [down, right] = [row, column].map(|place| place as f32 - 3.5);
        if down.hypot(right) < 3.0 { 100 + 10 * picture as u8 } else { 0 }
    };
    let pixels = (0..16 * 64).map(pixel).collect();
    let samples = Samples { channels: 1, height: 8, width: 8, pixels };
    snapshot(lane, at, Payload::Samples(samples))
}

fn tensor(layer: &str, path: &str, shape: &[usize]) -> Parameter {
    Parameter { path: format!("{layer}.{path}"), shape: shape.to_vec() }
}

fn conv_table() -> LayerTable {
    let stem = Layer {
        parameters: vec![tensor("stem", "step.convolution.weight", &FILTERS)],
        ..Layer::new("stem", LayerKind::Stem).costing(442_368)
    };
    let block = |block: usize| {
        let (path, channels, side) = (format!("blocks.{block}"), 8 << (block / 3), 32 >> (block / 3));
        let flops = 2 * (channels * channels * 9 * side * side) as u64;
        let steps = (0..2).flat_map(|index| {
            let of = |kind: &str, flops| {
                Sublayer::new(format!("steps.{index}.{kind}"), format!("{kind} {}", index + 1), flops)
            };
            [of("convolution", Some(flops)), of("norm", None)]
        });
        let tensors = (0..2).flat_map(|index| {
            [
                tensor(&path, &format!("steps.{index}.norm.Batch.gamma"), &[channels]),
                tensor(&path, &format!("steps.{index}.norm.Batch.beta"), &[channels]),
                tensor(&path, &format!("steps.{index}.convolution.weight"), &[channels, channels, 3, 3]),
            ]
        });
        let layer =
            Layer::new(&path, LayerKind::Block).costing(2 * flops).in_stage(format!("{side}×{side}·{channels}"));
        Layer { parameters: tensors.collect(), ..layer.made_of(steps.collect()) }
    };
    let head = Layer {
        parameters: vec![tensor("head", "output.weight", &[32, 10]), tensor("head", "output.bias", &[10])],
        ..Layer::new("head", LayerKind::Head).costing(640)
    };
    LayerTable { layers: std::iter::once(stem).chain((0..9).map(block)).chain([head]).collect() }
}

fn transformer_table() -> LayerTable {
    let stem = Layer {
        parameters: vec![tensor("stem", "characters", &[99, 32])],
        ..Layer::new("stem", LayerKind::Stem).costing(0)
    };
    let block = |block: usize| {
        let path = format!("blocks.{block}");
        let sublayer = |path: &str, name: &str, flops| Sublayer::new(path, name, flops);
        let attention = [
            sublayer("attention_norm", "norm", None),
            sublayer("attention.value", "value", Some(131_072)),
            sublayer("attention.mixing", "scores, mixing", Some(524_288)),
        ];
        let feed_forward =
            [sublayer("feed_forward.up", "up", Some(524_288)), sublayer("feed_forward.down", "down", Some(524_288))];
        let sublayers = attention.map(|layer| layer.in_half("attention")).into_iter();
        let sublayers = sublayers.chain(feed_forward.map(|layer| layer.in_half("feed-forward")));
        let parameters = vec![
            tensor(&path, "attention_norm.Layer.gamma", &[32]),
            tensor(&path, "attention.value.weight", &[32, 32]),
            tensor(&path, "feed_forward.up.weight", &[32, 128]),
            tensor(&path, "feed_forward.up.bias", &[128]),
            tensor(&path, "feed_forward.down.weight", &[128, 32]),
        ];
        let layer = Layer::new(&path, LayerKind::Block).costing(1_703_936).made_of(sublayers.collect());
        Layer { parameters, ..layer }
    };
    let head = Layer {
        parameters: vec![tensor("head", "output.weight", &[32, 99])],
        ..Layer::new("head", LayerKind::Head).costing(202_752)
    };
    LayerTable { layers: std::iter::once(stem).chain((0..3).map(block)).chain([head]).collect() }
}
