//! A restart with stacks that do not fit into memory is refused on the screen, and the run goes on.

use super::pty::Pty;
use super::{ENDLESS, USUAL, wait_for_both_lanes};
use crate::program::{GRADTOP, Place};

#[test]
fn a_restart_that_does_not_fit_is_refused_with_its_estimate_and_the_run_goes_on() {
    let place = Place::new();
    let run = ["--depth", "2000", "--width", "1", "--batch", "8", "--detail", "off", "--log", "run"];
    let mut pty = Pty::start(GRADTOP, &[&run[..], &ENDLESS].concat(), place.root(), USUAL);
    wait_for_both_lanes(&pty);
    pty.press(":set width 4096\r");
    pty.wait_for("width: the run would take about ");
    pty.wait_for("2000×1");
    assert!(!pty.text().contains("--force"), "there is no such thing on the screen");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
    assert!(!place.path("run/2").exists());
}
