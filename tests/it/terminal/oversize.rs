//! A restart with stacks that do not fit into memory is refused on the screen, and the run continues; a restart that
//! takes long to prepare leaves the screen usable, and a first run leaves the terminal to the shell.

use super::pty::Pty;
use super::{ENDLESS, USUAL, wait_for_both_lanes};
use crate::program::{NABLATOP, Place};

/// A live run with these settings, in which both lanes have taken steps.
fn live(place: &Place, settings: &str, size: (u16, u16)) -> Pty {
    let settings: Vec<&str> = settings.split(' ').collect();
    let pty = Pty::start(NABLATOP, &[&settings[..], &ENDLESS].concat(), place.root(), size);
    wait_for_both_lanes(&pty);
    pty
}

/// Deep and narrow: a little wider, and it does not fit.
const DEEP: &str = "--depth 2000 --width 1 --batch 8 --detail off";

/// Forty orthogonal matrices of this size take many seconds to draw.
const SLOW: &str = ":set width 700\r";

#[test]
fn the_form_says_whole_what_does_not_fit_before_it_asks_anything() {
    let place = Place::new();
    let mut pty = live(&place, DEEP, (80, 24));
    pty.press("e\t\u{7f}4096\r");
    pty.wait_for("width: the run would take about ");
    pty.wait_for("are free: write ");
    assert!(!pty.text().contains("Restart?"), "{}", pty.text());
    pty.press("\u{1b}");
    pty.wait("no more of that", |screen| !screen.contents().contains("are free: write "));
    pty.press_and_see("q");
    pty.press("y");
    assert_eq!(pty.end().0, 0);
}

#[test]
fn a_run_that_takes_long_to_prepare_is_given_up_by_escape_and_by_an_interrupt() {
    let place = Place::new();
    let mut pty = live(&place, "--init orthogonal --depth 20 --width 8 --batch 8 --detail off", USUAL);
    pty.press(SLOW);
    pty.wait_for("Preparing the next run");
    pty.press("\u{1b}");
    pty.wait("no more of that", |screen| !screen.contents().contains("Preparing the next run"));
    assert!(!pty.text().contains("Restart?"), "{}", pty.text());
    pty.press(SLOW);
    pty.wait_for("Preparing the next run");
    pty.press("\u{3}");
    assert_eq!(pty.end().0, 130);
    pty.assert_restored();
}

#[test]
fn a_restart_that_does_not_fit_is_refused_with_its_estimate_and_the_run_continues() {
    let place = Place::new();
    let mut pty = live(&place, &format!("{DEEP} --log run"), USUAL);
    pty.press(":set width 4096\r");
    pty.wait_for("width: the run would take about ");
    pty.wait_for("2000×1");
    assert!(!pty.text().contains("--force"), "there is no such thing on the screen");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
    assert!(!place.path("run/2").exists());
}

#[test]
fn a_first_run_that_takes_long_to_prepare_says_so_and_ends_at_once_with_the_terminal_as_it_was() {
    for (signal, keys) in [(Some("TERM"), ""), (Some("INT"), ""), (Some("HUP"), ""), (None, "\u{3}")] {
        let place = Place::new();
        let settings = "--init orthogonal --depth 40 --width 900 --batch 8 --detail off --log run";
        let mut pty = Pty::start(NABLATOP, &settings.split(' ').collect::<Vec<_>>(), place.root(), USUAL);
        pty.wait_for("preparing the run");
        assert!(pty.is_cooked() && !pty.look(vt100::Screen::alternate_screen), "{}", pty.text());
        match signal {
            Some(signal) => pty.signal(signal),
            None => pty.press(keys),
        }
        pty.killed();
        pty.assert_restored();
        assert!(!place.path("run").exists(), "nothing was begun");
    }
}
