//! More keys than a screen can answer: none is lost, and signals, frames and quitting come first.

use super::live;
use super::pty::Pty;
use crate::logging::events;
use nablatop::event::{Event, Outcome, RunEnd};

/// Far more than crossterm or the kernel take at once.
const MANY: usize = 8000;

/// What is typed costs a whole new picture each time.
const COSTLY: &str = "vmz0jk";

/// A logged run: `q` ends it without a question.
fn logged(folder: &std::path::Path) -> Pty {
    live(folder, &["--log", "run"])
}

#[test]
fn thousands_of_keys_at_once_are_all_read() {
    for (keys, code) in [("q", 0), ("\x03", 130)] {
        let folder = tempfile::tempdir().unwrap();
        let mut pty = logged(folder.path());
        pty.press(&("j".repeat(MANY) + keys));
        assert_eq!(pty.end().0, code);
        pty.assert_restored();
    }
}

#[test]
fn pasted_text_never_becomes_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = logged(folder.path());
    pty.press("\x1b[200~q\r\n:quit\ry\x03?\x1b[201~");
    pty.press_and_see("?");
    pty.wait_for("the same in all panes");
    pty.press("\x1b");
    pty.wait("no help", |screen| !screen.contents().contains("the same in all panes"));
    pty.press(":\x1b[200~goto 3\rq\x1b[201~");
    pty.wait_for(":goto 3 q");
    // Not before it is closed: Escape and a letter right behind it are another key.
    pty.press("\x1b");
    pty.wait("no command line", |screen| !screen.contents().contains(":goto 3 q"));
    pty.press_and_see("m");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
    let drawn = String::from_utf8_lossy(&pty.bytes()).into_owned();
    let (on, off) = (drawn.find("\x1b[?2004h"), drawn.rfind("\x1b[?2004l"));
    assert!(on.is_some() && on < off, "switched on, and off at the end");
}

#[test]
fn a_flood_of_keys_leaves_time_for_frames_signals_and_an_end_in_order() {
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let folder = tempfile::tempdir().unwrap();
        let mut pty = logged(folder.path());
        pty.flood(COSTLY);
        let frames = pty.frames();
        pty.wait_for_frames(frames + 30);
        pty.signal(signal);
        assert_eq!(pty.end().0, code);
        pty.assert_restored();
        let last = events(&folder.path().join("run")).pop();
        assert_eq!(last, Some(Event::RunEnded(RunEnd { outcome: Outcome::Stopped })));
    }
}
