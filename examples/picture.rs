//! Draws the README's picture: trains the default run and writes the program's own screen to `assets/screen.svg`.
//!
//! `cargo run --release --example picture [-- COLUMNS ROWS FILE.svg]`

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use nablatop::config::{Length, RunConfig};
use nablatop::event::Event;
use nablatop::sink::Fanout;
use nablatop::sink::memory::MemorySink;
use nablatop::train;
use nablatop::tui::prepare::prepare;
use nablatop::tui::render;
use nablatop::tui::scene::Scene;
use nablatop::tui::source::SourceKind;
use nablatop::tui::svg::svg;
use nablatop::tui::theme::{Background, Colours, Glyphs, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Steps of the run: they fill the picture, and the residual lane has learned by then.
const STEPS: u64 = 472;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let width = arguments.next().map_or(Ok(132), |word| word.parse())?;
    let height = arguments.next().map_or(Ok(38), |word| word.parse())?;
    let file = arguments.next().map_or_else(|| PathBuf::from("assets/screen.svg"), PathBuf::from);

    let memory = MemorySink::new();
    let config = RunConfig { length: Length::Steps(STEPS), ..RunConfig::default() };
    let session = train::start(config, Fanout::new().with(memory.clone()))?;
    let _ = session.join();

    let mut scene = Scene::new(SourceKind::Live);
    let (mut step_ns, mut measure_ns) = (0, 0);
    for event in memory.take() {
        if let Event::Step(record) = &event {
            step_ns += record.step_ns;
            measure_ns += record.measure_ns;
        }
        // The picture shows the screen during the run.
        if !matches!(event, Event::LaneEnded(_) | Event::RunEnded(_)) {
            scene.take(0, &event);
        }
    }
    scene.status.measuring_share = Some(measure_ns as f64 / step_ns as f64);

    let area = Rect::new(0, 0, width, height);
    let theme = Theme::new(Colours::True, Glyphs::Unicode, Background::Dark);
    prepare(&mut scene, &theme, area);
    let mut buffer = Buffer::empty(area);
    render::render(&scene, &theme, area, &mut buffer);
    fs::write(&file, svg(&buffer, Background::Dark))?;
    Ok(())
}
