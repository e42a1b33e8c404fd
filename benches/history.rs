//! The cost of `History::push` with 1000 layers × 7 quantities (bar: ≤ 100 µs), and of windows of a long run.
//!
//! `cargo bench --bench history`

#[path = "synthetic.rs"]
mod synthetic;

use divan::{Bencher, black_box};
use nablatop::event::Event;
use nablatop::history::{History, Reduce, Window};
use nablatop::quantity::Quantity;

const LAYERS: usize = 1000;
/// The quantities from the signal norm to the update ratio.
const QUANTITIES: &[Quantity] = Quantity::ALL.split_at(7).0;

fn main() {
    divan::main();
}

/// Steps before the measurement: at first every step opens a bucket.
#[divan::bench(args = [0, 5_000])]
fn push_1000_layers_7_quantities(bencher: Bencher<'_, '_>, after: u64) {
    let grids = synthetic::grids(LAYERS, QUANTITIES.len(), 0);
    let mut history = History::new(synthetic::header(LAYERS, QUANTITIES));
    for step in 1..=after {
        history.push(&Event::Step(synthetic::record(0, step, &grids)));
    }
    let mut step = after;
    bencher
        .with_inputs(|| {
            step += 1;
            Event::Step(synthetic::record(0, step, &grids))
        })
        .bench_local_refs(|event| history.push(black_box(event)));
}

#[divan::bench(args = [1_000, 20_000])]
fn window_of_90_columns_100_rows(bencher: Bencher<'_, '_>, steps: u64) {
    let grids = synthetic::grids(LAYERS, Quantity::ALL.len(), 0);
    let mut history = History::new(synthetic::header(LAYERS, Quantity::ALL));
    for step in 1..=steps {
        history.push(&Event::Step(synthetic::record(0, step, &grids)));
    }
    let window = Window { layers: 0..LAYERS, rows: 100, steps: 1..steps + 1, columns: 90, reduce: Reduce::Extreme };
    bencher.bench_local(|| history.lanes()[0].window(Quantity::SignalNorm, black_box(&window)));
}
