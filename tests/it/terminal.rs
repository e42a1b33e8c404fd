//! Claims about the real program in a real terminal: what the user sees, and that the terminal is given back.

mod background;
mod dump;
#[cfg(target_os = "linux")]
mod eight_traces;
mod ending;
mod flood;
mod injection;
mod late_log;
mod leaving;
mod oversize;
mod panic;
mod pty;
mod resume;
mod size;
mod suspend;
mod traces;

use std::path::Path;

use crate::program::{BACKENDS, NABLATOP, SMALL};
use pty::Pty;

/// A terminal in which everything has its place.
const USUAL: (u16, u16) = (160, 45);

/// A small run without end.
const ENDLESS: [&str; 2] = ["--steps", "100000000"];

/// A small run without end, as soon as it is drawn.
fn live(folder: &Path, more: &[&str]) -> Pty {
    let arguments = [&SMALL[..], &ENDLESS, more].concat();
    let pty = Pty::start(NABLATOP, &arguments, folder, USUAL);
    wait_for_both_lanes(&pty);
    pty
}

fn wait_for_both_lanes(pty: &Pty) {
    pty.wait("both lanes", |screen| {
        let text = screen.contents();
        ["plain", "residual", "live", "quit"].iter().all(|word| text.contains(word))
    });
}

/// The step in the first line of the screen.
fn step(screen: &vt100::Screen) -> u64 {
    let text = screen.contents();
    let behind =
        text.lines().next().and_then(|line| line.split_once("step ")).map_or("", |(_, behind)| behind.trim_start());
    let digits: String = behind.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
    digits.parse().unwrap_or_default()
}

/// Cells of the heatmaps: half blocks in two true colours.
fn coloured_cells(screen: &vt100::Screen, columns: std::ops::Range<u16>) -> usize {
    let rows = screen.size().0;
    let is_colour = |colour| matches!(colour, vt100::Color::Rgb(..));
    (0..rows)
        .flat_map(|row| columns.clone().filter_map(move |column| screen.cell(row, column)))
        .filter(|cell| matches!(cell.contents(), "▀" | "▄") && is_colour(cell.fgcolor()) && is_colour(cell.bgcolor()))
        .count()
}

#[test]
fn both_heatmaps_are_there_keys_work_and_sigterm_gives_the_terminal_back() {
    for backend in BACKENDS {
        let folder = tempfile::tempdir().unwrap();
        // No argument but the backend: this is what a new user sees.
        let mut pty = Pty::start(NABLATOP, &["--backend", backend], folder.path(), USUAL);
        wait_for_both_lanes(&pty);
        pty.wait("colours in both panes", |screen| {
            [0..USUAL.0 / 2, USUAL.0 / 2..USUAL.0].into_iter().all(|half| coloured_cells(screen, half) > 100)
        });
        pty.resize(200, 60);
        pty.wait_for(backend);
        pty.resize(USUAL.0, USUAL.1);
        press_every_kind_of_key(&mut pty);
        pty.resize(20, 5);
        pty.wait("a sentence in place of the picture", |screen| screen.contents().contains("nablatop needs"));
        pty.resize(USUAL.0, USUAL.1);
        wait_for_both_lanes(&pty);
        pty.signal("TERM");
        assert_eq!(pty.end().0, 143);
        pty.assert_restored();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was written");
    }
}

/// Keys, what is on the screen after them, and what no longer is.
const KEYS: &[(&str, &str, &str)] = &[
    ("?", "the same in all panes", "nothing of the kind"),
    ("\x1b", "residual", "the same in all panes"),
    ("mm", "‖δₗ‖/‖δₗ₊₁‖  signal ×", "nothing of the kind"),
    ("v", "residual ÷ plain", "nothing of the kind"),
    ("v", "residual", "residual ÷ plain"),
    ("v", "loss", "depth profile"),
    ("v", "depth profile", "nothing of the kind"),
    ("\x1b[D\x1b[A\x1b[C\x1b[B", "residual", "nothing of the kind"),
    ("zZxX0", "residual", "nothing of the kind"),
    ("e", "branch-scale", "nothing of the kind"),
    ("\x1b", "residual", "branch-scale"),
    (":", "quantity  view  goto", "edit & restart"),
    ("goto 3\r", "step 3 ", "quantity  view  goto"),
    ("a", "mean of its values", "nothing of the kind"),
    (" ", "paused", "● live"),
    (".", "paused", "● live"),
    (" ", "● live", "paused"),
];

fn press_every_kind_of_key(pty: &mut Pty) {
    for (keys, shows, hides) in KEYS {
        pty.press(keys);
        pty.wait(&format!("{shows} after {keys:?}"), |screen| {
            let text = screen.contents();
            text.contains(shows) && !text.contains(hides)
        });
    }
}
