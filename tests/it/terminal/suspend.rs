//! Suspending to the shell and back: the terminal belongs to the shell meanwhile, and the whole screen comes back.

use std::fs;

use portable_pty::CommandBuilder;

use super::pty::Pty;
use super::{ENDLESS, USUAL, live, wait_for_both_lanes};
use crate::program::{NABLATOP, SMALL, environment};

const NOTICE: &str = "Ctrl-Z stopped nablatop and the training; both continue now";

fn is_stopped(pty: &Pty) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pty.pid())).unwrap();
    stat.rsplit_once(") ").unwrap().1.starts_with('T')
}

#[test]
fn a_stopped_program_leaves_the_terminal_to_the_shell_and_redraws_everything_after() {
    let stop: [fn(&mut Pty); 2] = [|pty| pty.press("\x1a"), |pty| pty.signal("TSTP")];
    for stop in stop {
        let folder = tempfile::tempdir().unwrap();
        let mut pty = live(folder.path(), &[]);
        stop(&mut pty);
        pty.wait_outside("it stops", || is_stopped(&pty));
        pty.assert_restored();
        pty.forget();
        pty.signal("CONT");
        wait_for_both_lanes(&pty);
        pty.wait("screen, cursor and notice", |screen| {
            screen.alternate_screen() && screen.hide_cursor() && screen.contents().contains(NOTICE)
        });
        assert!(!pty.is_cooked());
        pty.press("\x03");
        assert_eq!(pty.end().0, 130);
        pty.assert_restored();
    }
}

#[test]
fn a_program_stopped_without_a_word_takes_the_terminal_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = live(folder.path(), &[]);
    pty.signal("STOP");
    pty.wait_outside("it stops", || is_stopped(&pty));
    // As a shell does that does not know what the program set.
    let name = pty.terminal();
    let cooked = std::process::Command::new("stty").args(["-F", &name, "sane"]).status().unwrap();
    assert!(cooked.success());
    pty.forget();
    pty.signal("CONT");
    wait_for_both_lanes(&pty);
    // A key without Enter arrives only in raw mode.
    pty.press("?");
    pty.wait_for("the same in all panes");
    pty.press("\x03");
    assert_eq!(pty.end().0, 130);
}

#[test]
fn job_control_of_a_shell_works() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new("sh");
    command.args(["-i"]);
    command.cwd(folder.path());
    command.env_clear();
    for (name, value) in environment() {
        command.env(name, value);
    }
    command.env("TERM", "xterm-256color");
    command.env("PS1", "ready> ");
    let mut pty = Pty::spawn(command, USUAL);
    pty.wait_for("ready>");
    pty.press(&format!("'{NABLATOP}' {} {}\r", SMALL.join(" "), ENDLESS.join(" ")));
    wait_for_both_lanes(&pty);
    pty.press("\x1a");
    pty.wait("the shell's screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    pty.wait_for("Stopped");
    pty.press("echo 'the shell' reads\r");
    pty.wait_for("the shell reads");
    pty.press("fg\r");
    wait_for_both_lanes(&pty);
    pty.wait_for(NOTICE);
    pty.press("q");
    pty.wait_for("Quit?");
    pty.press("y");
    pty.wait("the shell's screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    pty.press("echo code $?\r");
    pty.wait_for("code 0");
    pty.press("exit\r");
    assert_eq!(pty.end().0, 0);
}
