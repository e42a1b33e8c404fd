//! Frames at 200×60 of two lanes of 1000 layers after 100,000 steps: process CPU time of preparing, drawing and
//! encoding, bytes to the terminal, memory of the history.
//!
//! `cargo bench --bench screen`. Bars: ≤ 8 ms if every cell is new, ≤ 1.5 ms and ≤ 5 KB for one new column, ≤ 256 MiB.
#![allow(clippy::print_stdout, clippy::expect_used)]

#[path = "paired.rs"]
mod paired;
#[path = "synthetic.rs"]
mod synthetic;

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use nablatop::event::Event;
use nablatop::quantity::{Axis, Quantity};
use nablatop::tui::prepare::prepare;
use nablatop::tui::render;
use nablatop::tui::scene::Scene;
use nablatop::tui::source::SourceKind;
use nablatop::tui::theme::{Background, Colours, Glyphs, Theme};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

const LAYERS: usize = 1000;
const STEPS: u64 = 100_000;
const AREA: Rect = Rect { x: 0, y: 0, width: 200, height: 60 };
/// Number of frames of each kind; the result is their median.
const FRAMES: usize = 31;

/// Counts the bytes that would go to the terminal.
#[derive(Clone, Default)]
struct Wire(Rc<Cell<usize>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {
    let theme = Theme::new(Colours::True, Glyphs::Unicode, Background::Dark);
    let before = paired::resident();
    let mut scene = Scene::new(SourceKind::Live);
    let grids = [0, 1].map(|lane| synthetic::grids(LAYERS, Quantity::ALL.len(), lane));
    scene.take(0, &Event::RunStarted(synthetic::header(LAYERS, Quantity::ALL)));
    for step in 1..=STEPS {
        for event in &synthetic::step(step, &grids) {
            scene.take(0, event);
        }
    }
    println!("history of two lanes: {:.0} MiB (bar ≤ 256)", paired::resident() - before);

    let wire = Wire::default();
    let options = TerminalOptions { viewport: Viewport::Fixed(AREA) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(wire.clone()), options)
        .expect("a fixed viewport needs no terminal");
    let mut frame = |scene: &mut Scene| {
        wire.0.set(0);
        let seconds = paired::cpu(|| {
            prepare(scene, &theme, AREA);
            let _ = terminal.draw(|frame| render::render(scene, &theme, frame.area(), frame.buffer_mut()));
        });
        (seconds * 1e3, wire.0.get())
    };
    let cold = frame(&mut scene);
    println!("first frame: {:.2} ms, {} bytes", cold.0, cold.1);

    // Two neighbouring quantities on the same axis: their synthetic values run in opposite directions, so that every
    // cell changes its colour.
    let pair = Quantity::ALL
        .windows(2)
        .find(|pair| pair.iter().all(|quantity| quantity.definition().axis == Axis::Log))
        .expect("two neighbouring quantities have a logarithmic axis");
    let all_new = (0..FRAMES).map(|index| {
        scene.view.quantity = pair[(index + 1) % 2];
        scene.view.reduce = nablatop::history::Reduce::default();
        scene.cache = nablatop::tui::render_cache::RenderCache::default();
        frame(&mut scene)
    });
    report("every cell new (bar ≤ 8 ms)", all_new.collect());

    // Steps in one column of the heatmap.
    let per_column = (STEPS / 90).next_power_of_two();
    let mut step = STEPS;
    let one_column = (0..FRAMES).map(|_| {
        for _ in 0..per_column {
            step += 1;
            for event in &synthetic::step(step, &grids) {
                scene.take(0, event);
            }
        }
        frame(&mut scene)
    });
    report("one new column (bars ≤ 1.5 ms, ≤ 5,000 bytes)", one_column.collect());
    report("nothing new", (0..FRAMES).map(|_| frame(&mut scene)).collect());
}

fn report(name: &str, mut frames: Vec<(f64, usize)>) {
    frames.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut bytes: Vec<usize> = frames.iter().map(|frame| frame.1).collect();
    bytes.sort_unstable();
    let middle = frames.len() / 2;
    println!(
        "{name}: median {:.2} ms, slowest {:.2} ms; median {} bytes, most {}",
        frames[middle].0,
        frames[frames.len() - 1].0,
        bytes[middle],
        bytes[bytes.len() - 1]
    );
}
