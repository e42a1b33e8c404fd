//! Eight large traces side by side in the memory of one: all runs together share what the history keeps.

use std::path::Path;
use std::sync::Arc;

use nablatop::event::{Event, LaneHeader, RunHeader, StepRecord};
use nablatop::grid::{Grid, Value};
use nablatop::layer::{Layer, LayerKind, LayerTable};
use nablatop::quantity::Quantity;
use nablatop::trace::{OnExisting, Writer};
use nablatop::units::{LaneId, Step};

use super::pty::Pty;
use super::{USUAL, step};
use crate::program::{NABLATOP, Place};

/// Layers of each of the two lanes of a trace: 54 KiB times 24 bytes a bucket, and every kept record 4 bytes a value.
const LAYERS: usize = 2_000;
/// More than one lane alone keeps at least: then 16 lanes would take 0.8 GB.
const STEPS: u64 = 40;
/// What all of it may take, in MiB.
const MOST: u64 = 512;

fn lane(name: &str) -> LaneHeader {
    let kind = |layer| match layer {
        0 => LayerKind::Stem,
        layer if layer + 1 == LAYERS => LayerKind::Head,
        _ => LayerKind::Block,
    };
    let layers = (0..LAYERS).map(|layer| Layer::new(format!("blocks.{layer}"), kind(layer)));
    LaneHeader::new(name, "made up", LayerTable { layers: layers.collect() })
}

fn write(folder: &Path) {
    let header = Arc::new(RunHeader::new(vec![lane("plain"), lane("residual")]));
    let mut values = Grid::absent(Quantity::ALL.len(), LAYERS);
    // What is absent takes as much where it is kept, and nothing in the file.
    for row in 0..4 {
        values.row_mut(row).fill(Value::new(1.0));
    }
    let mut writer = Writer::create(folder, &header, OnExisting::Refuse).unwrap();
    for (step, lane) in (1..=STEPS).flat_map(|step| [(step, 0), (step, 1)]) {
        writer.write(&Event::Step(Arc::new(StepRecord {
            lane: LaneId(lane),
            step: Step(step),
            epoch: 1,
            loss: Some(1.0),
            accuracy: None,
            learning_rate: Some(1e-3),
            global_grad_norm: Some(1.0),
            clip_scale: None,
            clip_rate: None,
            step_ns: 1,
            measure_ns: 0,
            values: values.clone(),
        })));
    }
    writer.flush();
}

/// Resident memory of a process at its highest, in MiB.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
fn eight_large_traces_share_the_memory_of_one() {
    let place = Place::new();
    write(&place.path("1"));
    let traces: Vec<String> = (1..=8).map(|number| number.to_string()).collect();
    for other in &traces[1..] {
        std::fs::create_dir(place.path(other)).unwrap();
        std::fs::copy(place.path("1/trace.jsonl"), place.path(other).join("trace.jsonl")).unwrap();
    }
    let arguments: Vec<&str> = std::iter::once("view").chain(traces.iter().map(String::as_str)).collect();
    let mut pty = Pty::start(NABLATOP, &arguments, place.root(), USUAL);
    // Part by part: a machine that is busy with other tests takes its time.
    for part in [STEPS / 4, STEPS / 2, STEPS * 3 / 4, STEPS] {
        pty.wait("the next steps", |screen| step(screen) >= part);
    }
    pty.press_and_see("v");
    let peak = peak(pty.pid());
    println!("eight traces of two lanes of {LAYERS} layers: {peak} MiB");
    assert!((100..=MOST).contains(&peak), "{peak} MiB");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
}
