//! Headers and steps of runs made up for tests.

use std::sync::Arc;

use crate::config::RunConfig;
use crate::event::{Event, LaneHeader, Machine, RunHeader, StepRecord};
use crate::grid::{Grid, Value};
use crate::layer::{Layer, LayerKind, LayerTable};
use crate::quantity::Quantity;
use crate::units::{LaneId, Step};

/// What the made-up runs measure: 24 quantities, up to the stable rank. A newer one is not in the snapshots of the screen.
pub(in crate::tui) fn measured() -> &'static [Quantity] {
    Quantity::ALL.split_at(24).0
}

/// stem, `blocks` blocks, head.
fn table(blocks: usize) -> LayerTable {
    let layer = |kind, path: String| Layer::new(path, kind);
    let mut layers = vec![layer(LayerKind::Stem, "stem".to_owned())];
    layers.extend((1..=blocks).map(|block| layer(LayerKind::Block, format!("blocks.{block}"))));
    layers.push(layer(LayerKind::Head, "head".to_owned()));
    LayerTable { layers }
}

/// A header of lanes with names and numbers of blocks, and with the default settings.
pub(in crate::tui) fn header(lanes: &[(&str, usize)]) -> Event {
    let lane = |(name, blocks): &(&str, usize)| {
        LaneHeader::new(name, &format!("mlp {blocks}×64 · relu · default init"), table(*blocks))
    };
    let mut header = RunHeader {
        run_id: "sample".to_owned(),
        started_at: 0,
        quantities: measured().to_vec(),
        steps: Some(2000),
        machine: Machine { backend: "flex".to_owned(), ..Machine::default() },
        ..RunHeader::new(lanes.iter().map(lane).collect())
    };
    RunConfig { seed: 7, ..RunConfig::default() }.write_to(&mut header);
    Event::RunStarted(Arc::new(header))
}

/// The same header as another program writes it.
pub(in crate::tui) fn without_settings(header: Event) -> Event {
    let Event::RunStarted(mut header) = header else { panic!("a header") };
    let changed = Arc::make_mut(&mut header);
    changed.settings.clear();
    changed.lanes.iter_mut().for_each(|lane| lane.settings.clear());
    Event::RunStarted(header)
}

/// A header of these lanes, each of so many blocks.
pub(in crate::tui) fn header_of(config: &RunConfig, blocks: usize) -> Event {
    let lanes: Vec<_> = config.lanes.iter().map(|lane| (lane.name.as_str(), blocks)).collect();
    with_settings(header(&lanes), config)
}

/// The same header with other settings.
pub(in crate::tui) fn with_settings(header: Event, config: &RunConfig) -> Event {
    let Event::RunStarted(mut header) = header else { panic!("a header") };
    config.write_to(Arc::make_mut(&mut header));
    Event::RunStarted(header)
}

/// One step of one lane; `value` is the quantity's value in a layer.
pub(in crate::tui) fn step(
    lane: u16,
    step: u64,
    loss: f32,
    layers: usize,
    value: impl Fn(Quantity, usize) -> Option<f32>,
) -> Event {
    let mut values = Grid::absent(measured().len(), layers);
    for (row, &quantity) in measured().iter().enumerate() {
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
pub(in crate::tui) fn noise(a: u64, b: u64, c: u64) -> f32 {
    let mut hash = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_mul(0xc2b2_ae3d_27d4_eb4f) ^ c;
    hash = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 32)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (hash >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}
