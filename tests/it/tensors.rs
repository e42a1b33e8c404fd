//! The norms of single tensors add up to those of layers, and the parts of a block to its cost.

use nablatop::config::{Backend, DataSource, LaneConfig, Length, Model, Norm, RunConfig, TransformerSettings, Wiring};
use nablatop::event::{Dated, Event, FilterShades, SnapshotOf, TensorNorm, TensorNorms};
use nablatop::layer::LayerKind;
use nablatop::quantity::Quantity;
use nablatop::units::{LayerId, Step};

use super::recording::{BACKENDS, Recording, row};

/// Every step with histograms.
fn run(backend: Backend, lanes: Vec<LaneConfig>) -> Recording {
    let is_text = lanes.iter().any(|lane| lane.model() == Model::Transformer);
    let config = RunConfig {
        backend,
        data: if is_text { DataSource::Text(None) } else { DataSource::Digits },
        context: 8,
        length: Length::Steps(3),
        batch: 8,
        histograms: Some(1),
        detail: None,
        lanes,
        ..RunConfig::default()
    };
    Recording::of(config)
}

fn snapshots<T: SnapshotOf>(recording: &Recording, lane: usize) -> Vec<Dated<'_, T>> {
    let of_lane = recording.events().iter().filter_map(|event| match event {
        Event::Snapshot(snapshot) if snapshot.lane.index() == lane => snapshot.dated(),
        _ => None,
    });
    of_lane.collect()
}

fn small(model: Model, wiring: Wiring) -> LaneConfig {
    let (depth, width) = match model {
        Model::Resnet => (8, 4),
        Model::Preresnet | Model::Vgg => (11, 4),
        Model::Dense => (10, 4),
        _ => (3, 16),
    };
    let family = match model {
        Model::Transformer => TransformerSettings { heads: 2, ..TransformerSettings::default() }.into(),
        other => other.into(),
    };
    LaneConfig { depth, width, family, ..LaneConfig::of(model, wiring) }
}

/// With a norm of every kind, and clipped so that each step is.
#[test]
fn the_tensors_of_a_layer_add_up_to_it() {
    let lanes = [
        small(Model::Mlp, Wiring::Plain),
        LaneConfig { norm: Norm::Batch, clip: Some(1e-3), ..small(Model::Mlp, Wiring::Residual) },
        small(Model::Resnet, Wiring::Residual),
        small(Model::Highway, Wiring::Residual),
        LaneConfig { clip: Some(1e-3), ..small(Model::Transformer, Wiring::Residual) },
    ];
    for (backend, lane) in BACKENDS.into_iter().flat_map(|backend| lanes.iter().map(move |lane| (backend, lane))) {
        let recording = run(backend, vec![lane.clone()]);
        let (table, records) = (&recording.header().lanes[0].layers, snapshots::<TensorNorms>(&recording, 0));
        assert_eq!(records.len(), 3, "{} on {backend}", lane.model());
        for (step, record) in recording.steps(0).into_iter().zip(records) {
            assert_eq!(step.step, record.step);
            assert_eq!(record.values.layers(), table.tensors());
            for (quantity, norm) in [(Quantity::GradNorm, TensorNorm::Grad), (Quantity::WeightNorm, TensorNorm::Weight)]
            {
                for (layer, whole) in (0..).zip(row(step, quantity)) {
                    let sum = record.norm(norm, &[table.tensors_of(LayerId(layer))]);
                    let (whole, sum) = (whole.map_or(0.0, f64::from), sum.unwrap_or(0.0));
                    assert!((whole - sum).abs() <= 1e-5 * whole, "{} {quantity} {layer}: {whole} {sum}", lane.model());
                }
            }
            for (layer, whole) in (0..).zip(row(step, Quantity::UpdateRatio)) {
                let ratio = record.update_ratio(&[table.tensors_of(LayerId(layer))]);
                let (whole, ratio) = (whole.map_or(0.0, f64::from), ratio.unwrap_or(0.0));
                assert!((whole - ratio).abs() <= 1e-5 * whole, "{} update {layer}: {whole} {ratio}", lane.model());
            }
        }
    }
}

#[test]
fn what_a_block_is_made_of_costs_what_it_costs_and_holds_its_tensors() {
    for model in
        [Model::Mlp, Model::Vgg, Model::Resnet, Model::Preresnet, Model::Highway, Model::Dense, Model::Transformer]
    {
        for wiring in [Wiring::Plain, Wiring::Residual] {
            let recording = run(Backend::Flex, vec![small(model, wiring)]);
            for layer in &recording.header().lanes[0].layers.layers {
                let opened = layer.opened();
                let tensors: usize = opened.iter().map(|opened| opened.tensors.len()).sum();
                assert_eq!(tensors, layer.parameters.len(), "{model} {}", layer.path);
                let flops: u64 = layer.sublayers.iter().filter_map(|sublayer| sublayer.flops).sum();
                let is_declared = !layer.sublayers.is_empty();
                assert!(!is_declared || Some(flops) == layer.flops, "{model} {}", layer.path);
                // A name in the field's words: no variant of a type, no number alone.
                let is_named = |name: &str| name.starts_with(|first: char| first.is_ascii_lowercase());
                assert!(opened.iter().all(|opened| is_named(&opened.name)), "{model} {opened:?}");
            }
        }
    }
}

#[test]
fn a_convolutional_stem_shows_its_filters_before_each_step_and_no_other_does() {
    let recording =
        run(Backend::Flex, vec![small(Model::Resnet, Wiring::Residual), small(Model::Dense, Wiring::Plain)]);
    for (lane, shape) in [(0, [4, 1, 3, 3]), (1, [8, 1, 3, 3])] {
        let of_lane = snapshots::<FilterShades>(&recording, lane);
        assert_eq!(of_lane.iter().map(|record| record.step).collect::<Vec<_>>(), [1, 2, 3].map(Step));
        assert!(of_lane.iter().all(|record| record.shape == shape && record.is_sound() && record.broken.is_empty()));
        let stem = &recording.header().lanes[lane].layers.layers[0];
        assert_eq!(stem.kind, LayerKind::Stem);
        assert_ne!(of_lane[0].shades, of_lane[2].shades, "they learn");
    }
    for model in [Model::Mlp, Model::Transformer] {
        let recording = run(Backend::Flex, vec![small(model, Wiring::Residual)]);
        assert!(snapshots::<FilterShades>(&recording, 0).is_empty());
    }
}

#[test]
fn without_histograms_no_tensor_or_filter_is_measured() {
    let config = RunConfig {
        length: Length::Steps(3),
        histograms: None,
        detail: None,
        lanes: vec![small(Model::Resnet, Wiring::Residual)],
        ..RunConfig::default()
    };
    let recording = Recording::of(config);
    assert!(snapshots::<TensorNorms>(&recording, 0).is_empty());
    assert!(snapshots::<FilterShades>(&recording, 0).is_empty());
}
