//! Runs for the tests of traces and reports: a header, steps with every kind of value, all kinds of events.

use std::sync::Arc;

use nablatop::config::RunConfig;
use nablatop::event::{EvalRecord, Event, LaneEnd, LaneHeader, Machine, Note, Outcome, RunEnd, RunHeader, StepRecord};
use nablatop::grid::{Grid, Value};
use nablatop::layer::{Layer, LayerKind, LayerTable, Parameter};
use nablatop::quantity::Quantity;
use nablatop::units::{LaneId, Step};

/// A lane of that many blocks between a stem and a head.
pub(crate) fn lane(name: &str, blocks: usize) -> LaneHeader {
    let layer = |path: String, kind| Layer {
        parameters: vec![Parameter { path: format!("{path}.weight"), shape: vec![64, 64] }],
        ..Layer::new(path, kind)
    };
    let mut layers = vec![layer("stem".to_owned(), LayerKind::Stem)];
    layers.extend((1..=blocks).map(|block| layer(format!("blocks.{}", block - 1), LayerKind::Block)));
    layers.push(layer("head".to_owned(), LayerKind::Head));
    LaneHeader::new(name, &format!("mlp {blocks}×64"), LayerTable { layers })
}

/// A run of these lanes.
pub(crate) fn header(lanes: Vec<LaneHeader>, quantities: &[Quantity]) -> Arc<RunHeader> {
    let mut header = RunHeader::new(lanes);
    (header.run_id, header.started_at) = ("fixture".to_owned(), 1_700_000_000);
    (header.quantities, header.machine) = (quantities.to_vec(), Machine::default());
    RunConfig::default().write_to(&mut header);
    Arc::new(header)
}

/// A step whose loss is its number and whose grid is `values`.
pub(crate) fn record(lane: u16, step: u64, values: Grid) -> StepRecord {
    StepRecord {
        lane: LaneId(lane),
        step: Step(step),
        epoch: 1,
        loss: Some(step as f32),
        accuracy: Some(0.5),
        learning_rate: Some(1e-3),
        global_grad_norm: Some(1.5),
        clip_scale: None,
        clip_rate: None,
        step_ns: 1_000_000,
        measure_ns: 10_000,
        values,
    }
}

/// A grid for a lane of the header; `value(quantity, layer)` fills it.
pub(crate) fn grid(header: &RunHeader, lane: u16, value: impl Fn(usize, usize) -> Option<f32>) -> Grid {
    let layers = header.lanes[usize::from(lane)].layers.len();
    let mut grid = Grid::absent(header.quantities.len(), layers);
    for row in 0..header.quantities.len() {
        for (layer, cell) in grid.row_mut(row).iter_mut().enumerate() {
            *cell = Value::from(value(row, layer));
        }
    }
    grid
}

/// A run of `steps` steps with every kind of event; the signal is absent at the stem and shrinks towards it.
pub(crate) fn run(header: &Arc<RunHeader>, steps: u64) -> Vec<Event> {
    let lanes = 0..header.lanes.len() as u16;
    let mut events = vec![Event::RunStarted(Arc::clone(header))];
    for step in 1..=steps {
        for lane in lanes.clone() {
            let values = grid(header, lane, |row, layer| {
                (layer > 0).then(|| pseudo_random(step, row, layer) * 0.4_f32.powf(40.0 - layer.min(39) as f32))
            });
            events.push(Event::Step(Arc::new(record(lane, step, values))));
        }
    }
    let last = Step(steps);
    events.push(Event::Note(Note { lane: Some(LaneId(0)), step: last, text: "a \"quoted\" note".to_owned() }));
    for lane in lanes.map(LaneId) {
        events.push(Event::Eval(EvalRecord { lane, step: last, loss: 0.5, accuracy: Some(0.875), rows: 360 }));
        events.push(Event::LaneEnded(LaneEnd { lane, step: last, outcome: Outcome::Completed }));
    }
    events.push(Event::RunEnded(RunEnd { outcome: Outcome::Completed }));
    events
}

/// A number between 1 and 2 with all its digits (Knuth's multiplicative hash).
fn pseudo_random(step: u64, row: usize, layer: usize) -> f32 {
    let seed = (step as u32).wrapping_mul(31).wrapping_add(row as u32).wrapping_mul(1009).wrapping_add(layer as u32);
    1.0 + (seed.wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 24) as f32
}
