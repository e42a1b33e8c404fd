//! A step that is dumped while the screen runs.

use super::pty::Pty;
use super::{ENDLESS, USUAL, live};
use crate::program::{NABLATOP, Place, SMALL};
use crate::recheck::{Tensor, Tensors};

#[test]
fn a_step_is_dumped_while_the_screen_runs_and_reported_at_the_end() {
    let place = Place::new();
    let mut pty = live(place.root(), &["--log", "run", "--dump", "5:run/5", "--dump", "99999999:late"]);
    pty.wait_outside("the step is written down", || place.path("run/5").exists());
    let first = std::fs::read(place.path("run/5")).unwrap();
    // A restarted run writes its own file beside it.
    pty.press("+");
    pty.wait_for("mlp 5×8");
    pty.wait_outside("the second run's step is written down", || place.path("run/5-2").exists());
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
    pty.wait_for("wrote step 5 to run/5");
    pty.wait_for("no lane reached step 99,999,999: late was not written");
    pty.wait_for("wrote step 5 to run/5-2");
    pty.wait_for("no lane reached step 99,999,999: late-2 was not written");
    assert!(std::fs::read(place.path("run/5")).unwrap() == first, "the first is as it was");
    let depth = |name: &str| Tensors::read(&place.path(name)).about()["lanes"][0]["depth"].clone();
    assert_eq!((depth("run/5"), depth("run/5-2")), (3.into(), 5.into()));
}

#[test]
fn problems_with_a_dump_or_with_weights_are_shown_on_the_screen() {
    let place = Place::new();
    let mut pty = live(place.root(), &["--log", "run", "--dump", "5:/dev/full", "--dump", "5:5"]);
    pty.wait_for("the dump of step 5 is lost: cannot write /dev/full");
    pty.press("q");
    assert_eq!(pty.end().0, 1);
    pty.assert_restored();
    pty.wait_for("error: the dump of step 5 is lost: cannot write /dev/full: No space left on device");

    let mut more = Tensors::read(&place.path("5"));
    more.set("plain/param/extra", Tensor { kind: "I64", shape: vec![1], bytes: vec![0; 8] });
    place.file("more", more.bytes());
    let arguments = [&SMALL[..], &ENDLESS, &["--log", "second", "--init-from", "more"]].concat();
    let mut pty = Pty::start(NABLATOP, &arguments, place.root(), USUAL);
    pty.wait_for("from more");
    pty.wait_for("lane 'plain' does not use plain/param/extra of more");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
}
