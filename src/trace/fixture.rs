//! Small runs for the tests of code that reads or writes traces.

use std::sync::Arc;

use crate::event::{LaneHeader, Machine, RunHeader, StepRecord};
use crate::grid::{Grid, Value};
use crate::layer::{Layer, LayerKind, LayerTable, Parameter};
use crate::units::{LaneId, Step};

/// A lane of that many blocks between a stem and a head.
pub(crate) fn lane(name: &str, blocks: usize) -> LaneHeader {
    let layer = |path: String, kind| Layer {
        parameters: vec![Parameter { path: format!("{path}.weight"), shape: vec![4, 4] }],
        ..Layer::new(path, kind)
    };
    let mut layers = vec![layer("stem".to_owned(), LayerKind::Stem)];
    layers.extend((1..=blocks).map(|block| layer(format!("blocks.{}", block - 1), LayerKind::Block)));
    layers.push(layer("head".to_owned(), LayerKind::Head));
    LaneHeader::new(name, &format!("mlp {blocks}×4"), LayerTable { layers })
}

/// A run of these lanes that measures every quantity.
pub(crate) fn header(lanes: Vec<LaneHeader>) -> Arc<RunHeader> {
    Arc::new(RunHeader {
        run_id: "fixture".to_owned(),
        started_at: 1_700_000_000,
        machine: Machine::default(),
        ..RunHeader::new(lanes)
    })
}

/// One measured step. The signal falls by half per block from the head down and is absent at the stem.
pub(crate) fn step(header: &RunHeader, lane: u16, number: u64) -> StepRecord {
    let layers = header.lanes[usize::from(lane)].layers.len();
    let mut values = Grid::absent(header.quantities.len(), layers);
    for row in 0..header.quantities.len() {
        for (layer, cell) in values.row_mut(row).iter_mut().enumerate().skip(1) {
            *cell = Value::new(0.5_f32.powf((layers - layer) as f32) * (1.0 + row as f32 + 1.0 / number as f32));
        }
    }
    StepRecord {
        lane: LaneId(lane),
        step: Step(number),
        epoch: 1,
        loss: Some(2.0 + 1.0 / number as f32),
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
