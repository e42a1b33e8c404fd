//! The terminal is asked for its background if the environment does not tell it, and its answer never becomes keys.

use super::pty::Pty;
use super::{ENDLESS, USUAL, wait_for_both_lanes};
use crate::program::{NABLATOP, SMALL};

/// The question.
pub(super) const QUESTION: &str = "\x1b]11;?\x1b\\";
/// The answer of a terminal with a pale background.
const PALE: &str = "\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\";

fn start(more: &[&str], folder: &std::path::Path) -> Pty {
    Pty::start(NABLATOP, &[&SMALL[..], &ENDLESS, more].concat(), folder, USUAL)
}

/// The colour of the program's name, once both lanes are there.
fn colour(pty: &Pty) -> vt100::Color {
    wait_for_both_lanes(pty);
    let name = |screen: &vt100::Screen| {
        let cell = (0..20).filter_map(|column| screen.cell(0, column)).find(|cell| cell.contents() == "n");
        cell.map(vt100::Cell::fgcolor)
    };
    pty.look(name).expect("the name")
}

fn asks(pty: &Pty) -> bool {
    String::from_utf8_lossy(&pty.bytes()).contains(QUESTION)
}

#[test]
fn what_the_terminal_answers_decides_unless_a_theme_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let [dark, light] = ["dark", "light"].map(|theme| {
        let pty = start(&["--theme", theme], folder.path());
        let colour = colour(&pty);
        assert!(!asks(&pty), "what is known is not asked");
        colour
    });
    assert_ne!(dark, light);
    let pty = start(&[], folder.path());
    assert_eq!((colour(&pty), asks(&pty)), (dark, true), "without an answer");
    // The answer waits in the terminal before the question: a machine that is busy may miss the time for it once.
    let answered = || {
        let mut pty = start(&[], folder.path());
        pty.press(PALE);
        colour(&pty)
    };
    assert!((0..3).any(|_| answered() == light), "an answer at once");
}

#[test]
fn an_answer_that_comes_late_does_not_become_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = start(&[], folder.path());
    let before = colour(&pty);
    // As keys they would show other views, the filters, the head …, and 'q' behind them is still seen.
    for piece in [&PALE[..9], &PALE[9..], "q"] {
        pty.press(piece);
    }
    pty.wait_for("Quit?");
    assert!(pty.text().contains("theory"), "the heatmaps: {}", pty.text());
    assert_eq!(colour(&pty), before);
    pty.press("y");
    assert_eq!(pty.end().0, 0);
}
