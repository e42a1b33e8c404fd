//! A resumed run on the screen: it has its earlier steps, and continues to save checkpoints.

use nablatop::train::Checkpoint;

use super::pty::Pty;
use super::{USUAL, step, wait_for_both_lanes};
use crate::program::{NABLATOP, Place, SMALL};

#[test]
fn a_resumed_run_shows_its_earlier_steps_and_says_how_to_resume_it() {
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
