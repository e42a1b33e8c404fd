//! Any size, at any time.

use super::pty::Pty;
use super::{ENDLESS, USUAL, live, wait_for_both_lanes};
use crate::program::{NABLATOP, SMALL};

/// From nothing (as on a serial line that knows no size) over slivers to more than a screen has.
const SIZES: [(u16, u16); 9] =
    [(0, 0), (1, 1), (2, 3), (1, 300), (300, 1), (60, 18), (59, 17), (400, 120), (1000, 300)];

#[test]
fn no_size_ends_it_and_the_picture_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = live(folder.path(), &[]);
    for (columns, rows) in SIZES {
        pty.resize(columns, rows);
        pty.press_and_see("m");
        pty.press_and_see("v");
    }
    pty.press_and_see("\x1b");
    pty.resize(USUAL.0, USUAL.1);
    wait_for_both_lanes(&pty);
    pty.press("\x03");
    assert_eq!(pty.end().0, 130);
    pty.assert_restored();
}

#[test]
fn a_terminal_that_shrinks_and_grows_back_at_once_is_redrawn() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = live(folder.path(), &[]);
    for _ in 0..10 {
        // As a terminal that shows one row alone, and then has lost all others.
        pty.resize(USUAL.0, 1);
        pty.resize(USUAL.0, USUAL.1);
        wait_for_both_lanes(&pty);
    }
    pty.press("\x03");
    assert_eq!(pty.end().0, 130);
}

#[test]
fn it_starts_at_any_size() {
    for size in SIZES {
        let folder = tempfile::tempdir().unwrap();
        let mut pty = Pty::start(NABLATOP, &[&SMALL[..], &ENDLESS].concat(), folder.path(), size);
        pty.wait("the alternate screen", vt100::Screen::alternate_screen);
        pty.resize(USUAL.0, USUAL.1);
        wait_for_both_lanes(&pty);
        pty.press("\x03");
        assert_eq!(pty.end().0, 130);
    }
}
