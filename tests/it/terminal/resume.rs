//! A run that goes on, on the screen: it has what came before, and saves on.

use nablatop::train::Checkpoint;

use super::pty::Pty;
use super::{USUAL, step, wait_for_both_lanes};
use crate::program::{NABLATOP, Place, SMALL};

#[test]
fn a_run_that_goes_on_shows_what_came_before_and_says_where_to_go_on() {
    let place = Place::new();
    let run = ["--headless", "--log", "run", "--steps", "60", "--save-every", "60"];
    assert_eq!(place.say(run.iter().chain(&SMALL)).code, 0);
    let mut pty = Pty::start(NABLATOP, &["--resume", "run", "--steps", "100000000"], place.root(), USUAL);
    wait_for_both_lanes(&pty);
    pty.wait("it goes on", |screen| step(screen) > 120);
    // The newest two stay.
    pty.wait_outside("it saves on", || !place.path("run/checkpoints/step-000060").exists());
    // Theory is held against step 1, and Home leads there.
    pty.wait_for("at init");
    pty.press("\x1b[H");
    pty.wait_for("▴1─");
    // A restart is a run of its own, with checkpoints of its own.
    pty.press("R");
    pty.wait_outside("the second run saves", || Checkpoint::open(&place.path("run/2")).is_ok());
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
    pty.wait_for("saved run/2/checkpoints/step-");
}
