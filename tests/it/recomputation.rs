//! Recomputing activations in the backward pass changes nothing, measured or not.

use nablatop::config::{
    CheckpointActivations, DataSource, LaneConfig, Length, Measure, Model, Norm, RunConfig, Wiring,
};
use nablatop::event::StepRecord;

use super::recording::{BACKENDS, Recording};

fn lanes() -> Vec<LaneConfig> {
    let of = |model, depth, width, wiring| LaneConfig { depth, width, ..LaneConfig::of(model, wiring) };
    vec![
        of(Model::Mlp, 6, 16, Wiring::Residual),
        LaneConfig { norm: Norm::Batch, ..of(Model::Mlp, 6, 16, Wiring::Plain) },
        of(Model::Mlp, 6, 16, Wiring::ReZero),
        of(Model::Mlp, 6, 16, Wiring::ConstrainedHyperConnections),
        of(Model::Resnet, 8, 2, Wiring::Residual),
        of(Model::Vgg, 11, 2, Wiring::Plain),
        of(Model::Dense, 7, 2, Wiring::Residual),
        of(Model::Highway, 6, 16, Wiring::Residual),
        of(Model::Diffusion, 8, 4, Wiring::Residual),
        of(Model::Transformer, 2, 16, Wiring::Residual),
        of(Model::Transformer, 2, 16, Wiring::StochasticDepth),
        of(Model::Transformer, 2, 16, Wiring::ConstrainedHyperConnections),
    ]
}

/// Everything but the times, bit by bit.
fn values(records: Vec<&StepRecord>) -> Vec<StepRecord> {
    records.into_iter().map(|record| StepRecord { step_ns: 0, measure_ns: 0, ..record.clone() }).collect()
}

#[test]
fn every_number_is_the_same_with_activations_kept_and_recomputed() {
    for backend in BACKENDS {
        for lane in lanes() {
            let run = |checkpoint_activations, measure| {
                let run = Recording::of(RunConfig {
                    data: if lane.model() == Model::Transformer { DataSource::Text(None) } else { DataSource::Digits },
                    context: 8,
                    batch: 8,
                    backend,
                    length: Length::Steps(3),
                    checkpoint_activations,
                    measure: Measure::Every(measure),
                    detail: Some(2),
                    lanes: vec![lane.clone()],
                    ..RunConfig::default()
                });
                assert_eq!(run.outcomes().len(), 2, "{lane:?}");
                (values(run.steps(0)), run.losses(0))
            };
            let (kept, losses) = run(CheckpointActivations::Off, 1);
            assert_eq!(kept.len(), 3, "{lane:?}");
            assert_eq!(run(CheckpointActivations::On, 1).0, kept, "{backend} {lane:?}");
            assert_eq!(run(CheckpointActivations::On, 100).1, losses, "{backend} {lane:?}");
        }
    }
}
