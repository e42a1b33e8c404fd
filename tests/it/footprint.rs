//! The estimated memory of a run beside the measured one. Each run is a process of its own, which reports its peak.

use std::io::Write;
use std::process::Command;

use nablatop::config::draft::{Commented, Draft};
use nablatop::config::{
    CheckpointActivations, DataSource, LaneConfig, Length, Model, Norm, Optimizer, RunConfig, Wiring,
};
use nablatop::sink::Fanout;
use nablatop::train;

use super::MEMORY;

/// Gives the child the text of a settings file.
const RUN: &str = "NABLATOP_TEST_FOOTPRINT_RUN";

/// The child: trains and reports its estimate and its peak, in bytes.
#[test]
#[ignore = "only the other tests of this file start it, in a process of its own"]
fn child() {
    let Ok(run) = std::env::var(RUN) else { return };
    let mut draft = Draft::new();
    draft.read_text("settings.toml".as_ref(), &run).expect("settings");
    let prepared = train::prepare(draft.finish().expect("settings")).expect("prepared");
    let footprint = prepared.footprint();
    let _ = prepared.start(Fanout::new()).expect("starts").join();
    // Not println!, which the test harness may hold back.
    writeln!(std::io::stdout(), "\nfound {} {}", footprint.bytes(), MEMORY.peak_usage()).unwrap();
}

/// Bytes of a mebibyte.
const MIB: f64 = 1024.0 * 1024.0;

/// The estimate and the peak of a run, in MiB.
fn found(config: &RunConfig) -> [f64; 2] {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "footprint::child", "--ignored", "--nocapture"])
        .env(RUN, Commented(config).to_string())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let found = text.lines().find_map(|line| line.strip_prefix("found ")).expect("reported");
    let mut found = found.split(' ').map(|bytes| bytes.parse::<f64>().unwrap() / MIB);
    [(); 2].map(|()| found.next().unwrap())
}

fn lane(model: Model, depth: usize, width: usize, wiring: Wiring) -> LaneConfig {
    LaneConfig { depth, width, ..LaneConfig::of(model, wiring) }
}

/// A run of some steps, alone on a thread.
fn run(lanes: Vec<LaneConfig>, batch: usize, steps: u64) -> RunConfig {
    let is_text = lanes.iter().any(|lane| lane.model() == Model::Transformer);
    let data = if is_text { DataSource::Text(None) } else { DataSource::Digits };
    RunConfig { batch, data, length: Length::Steps(steps), lanes, threads: Some(1), ..RunConfig::default() }
}

fn assert_within_a_factor_of_two(runs: &[RunConfig]) {
    for run in runs {
        let [estimate, peak] = found(run);
        let what: Vec<_> = run.lanes.iter().map(LaneConfig::title).collect();
        println!("{}, {} rows: estimated {estimate:.0} MiB, measured {peak:.0} MiB", what.join(" beside "), run.batch);
        // Smaller ones would be data and buffers.
        assert!(peak > 40.0, "{what:?}: {peak} MiB says nothing");
        assert!((0.5..2.0).contains(&(estimate / peak)), "{what:?}: estimated {estimate} MiB, measured {peak} MiB");
    }
}

#[test]
fn stacks_of_rows_take_what_was_estimated() {
    use Wiring::{ConstrainedHyperConnections, Plain, Residual};
    let wide = |optimizer, momentum| LaneConfig { optimizer, momentum, ..lane(Model::Mlp, 12, 512, Residual) };
    let normalized = |norm: Norm| LaneConfig { name: norm.to_string(), norm, ..lane(Model::Mlp, 100, 64, Residual) };
    assert_within_a_factor_of_two(&[
        // Weights: each optimizer, and one that the flight recorder keeps twice.
        run(vec![wide(Optimizer::Sgd, 0.0)], 8, 3),
        run(vec![wide(Optimizer::Adam, 0.0)], 8, 3),
        RunConfig { flight: Some(8), detail: None, ..run(vec![wide(Optimizer::Adam, 0.0)], 8, 20) },
        // Activations, of both lanes together.
        run(vec![lane(Model::Mlp, 200, 64, Plain), lane(Model::Mlp, 200, 64, Residual)], 512, 3),
        RunConfig { detail: None, ..run(vec![normalized(Norm::Layer), normalized(Norm::Batch)], 1024, 3) },
        run(vec![lane(Model::Mlp, 100, 64, ConstrainedHyperConnections)], 512, 1),
        run(vec![lane(Model::Highway, 50, 64, Residual)], 1024, 1),
    ]);
}

#[test]
fn stacks_of_pictures_and_text_take_what_was_estimated() {
    use Wiring::{HyperConnections, Plain, Residual};
    let again = |run| RunConfig { checkpoint_activations: CheckpointActivations::On, ..run };
    assert_within_a_factor_of_two(&[
        run(vec![lane(Model::Resnet, 20, 4, Residual)], 128, 1),
        run(vec![LaneConfig { norm: Norm::Layer, ..lane(Model::Preresnet, 20, 2, Residual) }], 128, 1),
        run(vec![lane(Model::Vgg, 11, 16, Plain)], 64, 1),
        run(vec![lane(Model::Dense, 13, 4, Residual)], 64, 1),
        again(run(vec![lane(Model::Dense, 13, 4, Residual)], 128, 1)),
        run(vec![lane(Model::Diffusion, 8, 16, Residual)], 256, 1),
        run(vec![lane(Model::Transformer, 4, 64, Residual)], 32, 1),
        again(run(vec![lane(Model::Transformer, 8, 64, Residual)], 32, 1)),
        run(vec![lane(Model::Transformer, 2, 64, HyperConnections)], 32, 1),
    ]);
}
