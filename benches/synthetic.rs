//! Synthetic runs of any size: two lanes whose signal falls and rises with depth, with noise.

use std::sync::Arc;

use nablatop::event::{Event, LaneHeader, RunHeader, StepRecord};
use nablatop::grid::{Grid, Value};
use nablatop::layer::{Layer, LayerKind, LayerTable};
use nablatop::quantity::Quantity;
use nablatop::units::{LaneId, Step};

/// The header of a run with two lanes.
pub(crate) fn header(layers: usize, quantities: &[Quantity]) -> Arc<RunHeader> {
    let kind = |layer: usize| match layer {
        0 => LayerKind::Stem,
        layer if layer + 1 == layers => LayerKind::Head,
        _ => LayerKind::Block,
    };
    let layer = |layer| Layer::new(format!("blocks.{layer}"), kind(layer));
    let lane = |name: &str| LaneHeader::new(name, "synthetic", LayerTable { layers: (0..layers).map(layer).collect() });
    let lanes = vec![lane("plain"), lane("residual")];
    let mut header = RunHeader::new(lanes);
    header.quantities = quantities.to_vec();
    Arc::new(header)
}

/// Grids that are made in advance, because making one costs more than recording it.
pub(crate) fn grids(layers: usize, quantities: usize, lane: usize) -> Vec<Grid> {
    (0..16)
        .map(|variant| {
            let mut grid = Grid::absent(quantities, layers);
            for quantity in 0..quantities {
                for (layer, cell) in grid.row_mut(quantity).iter_mut().enumerate() {
                    let noise = ((layer * 31 + variant * 17 + quantity * 7) % 97) as f32 / 97.0;
                    let depth = layer as f32 / layers as f32;
                    // Every other quantity runs in the opposite direction, so that changing to it recolours every cell.
                    let depth = if quantity % 2 == 0 { depth } else { 1.0 - depth };
                    let exponent = if lane == 0 { -18.0 + 18.0 * depth } else { 1.0 - 14.0 * depth };
                    *cell = Value::new(10_f32.powf(exponent + noise));
                }
            }
            grid
        })
        .collect()
}

/// The record of one step of a lane.
pub(crate) fn record(lane: usize, step: u64, grids: &[Grid]) -> Arc<StepRecord> {
    Arc::new(StepRecord {
        lane: LaneId(lane as u16),
        step: Step(step),
        epoch: 1,
        loss: Some(2.3 / step as f32),
        accuracy: Some(0.5),
        learning_rate: Some(1e-3),
        global_grad_norm: Some(1.0),
        clip_scale: None,
        clip_rate: None,
        step_ns: 1_000_000,
        measure_ns: 50_000,
        values: grids[step as usize % grids.len()].clone(),
    })
}

/// Both lanes' events of one step.
#[allow(dead_code)] // not every bench uses it
pub(crate) fn step(number: u64, grids: &[Vec<Grid>; 2]) -> [Event; 2] {
    [0, 1].map(|lane| Event::Step(record(lane, number, &grids[lane])))
}
