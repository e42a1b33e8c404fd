//! A disk that is full or becomes full: training continues, the trace stays readable, and the run reports it.
//!
//! On a file system of 1 MiB where one can be mounted, and everywhere with a limit on the size of a file, which the
//! system answers in the same way: a short write, then an error.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::{assert_no_step_is_missing, events, steps_in, wait_until};
use crate::program::{NABLATOP, Place, SMALL, Said, environment};

/// Bytes of the small disk.
const SPACE: usize = 1 << 20;

/// A place with little room.
enum Room {
    /// A file system of its own, part of which is taken.
    Disk(Place),
    /// The soft limit of the process; there are 512 bytes in a block of a shell's `ulimit -f`.
    Limit(Place, usize),
}

impl Room {
    /// All kinds that this machine has, with this many bytes free.
    fn all(free: usize) -> Vec<Self> {
        let mut rooms = vec![Self::Limit(Place::new(), free)];
        let place = Place::new();
        fs::create_dir(place.path("disk")).unwrap();
        let size = format!("size={SPACE}");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(place.path("disk")).output();
        if mount.is_ok_and(|output| output.status.success()) {
            fs::write(place.path("disk/ballast"), vec![0; SPACE - free]).unwrap();
            rooms.push(Self::Disk(place));
        }
        rooms
    }

    fn log(&self) -> PathBuf {
        match self {
            Self::Disk(place) => place.path("disk/run"),
            Self::Limit(place, _) => place.path("run"),
        }
    }

    /// The program under the limit, logging here.
    fn command(&self, arguments: &[&str]) -> Command {
        let (place, script) = match self {
            Self::Disk(place) => (place, "exec \"$@\"".to_owned()),
            Self::Limit(place, free) => (place, format!("trap '' XFSZ; ulimit -S -f {}; exec \"$@\"", free / 512)),
        };
        let mut command = Command::new("sh");
        command
            .args(["-c", &script, "sh", NABLATOP, "--headless", "--log"])
            .arg(self.log())
            .args(SMALL)
            .args(arguments);
        command.current_dir(place.root()).env_clear().envs(environment());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn make_room(&self, child: &Child) {
        match self {
            Self::Disk(place) => {
                let disk = place.path("disk");
                let grown = Command::new("mount").args(["-o", "remount,size=1g"]).arg(disk).status().unwrap();
                assert!(grown.success());
            }
            Self::Limit(..) => {
                let pid = child.id().to_string();
                let raised = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:"]).status().unwrap();
                assert!(raised.success());
            }
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Self::Disk(place) = self {
            let _ = Command::new("umount").arg("-l").arg(place.path("disk")).status();
        }
    }
}

#[test]
fn a_disk_that_fills_up_costs_what_does_not_fit_and_nothing_else() {
    for room in Room::all(SPACE / 2) {
        let said = Said::of(&room.command(&["--steps", "1500"]).output().unwrap());
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.contains("nablatop: the trace is paused: "), "{said:?}");
        assert!(said.err.contains("error: the trace is not complete: the trace is paused: "), "{said:?}");
        assert_eq!(said.out.matches("completed  1,500").count(), 2, "training went on to its end: {said:?}");
        assert_eq!(
            said.err.lines().filter(|line| line.starts_with("nablatop: the trace is paused")).count(),
            1,
            "once"
        );
        let events = events(&room.log());
        assert!(assert_no_step_is_missing(&events) > 100);
        let missing = 3000 - steps_in(&room.log());
        let missing = format!("({},{:03} steps of lanes are not in the trace)", missing / 1000, missing % 1000);
        assert!(said.err.contains(&missing), "{missing}: {said:?}");
        let bytes = fs::read(room.log().join("trace.jsonl")).unwrap();
        assert!(bytes.ends_with(b"\n") && bytes.len() > SPACE / 4, "cut to whole lines");
    }
}

#[test]
fn once_there_is_room_again_the_trace_continues_without_a_gap() {
    for room in Room::all(SPACE / 4) {
        let mut child = room.command(&["--steps", "100000000"]).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        assert!(said.any(|line| line.contains("the trace is paused")));
        let rest = std::thread::spawn(move || said.collect::<Vec<_>>());
        let before = steps_in(&room.log());
        room.make_room(&child);
        wait_until("the trace goes on", || steps_in(&room.log()) > before + 20);
        let stopped = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        assert_eq!(child.wait().unwrap().code(), Some(130));
        assert!(rest.join().unwrap().iter().any(|line| line == "nablatop: the trace is being written again"));
        assert!(assert_no_step_is_missing(&events(&room.log())) as usize > before / 2);
    }
}

#[test]
fn a_disk_that_is_full_from_the_start_is_an_error_before_the_first_step() {
    for room in Room::all(0) {
        let said = Said::of(&room.command(&["--steps", "5"]).output().unwrap());
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
        assert!(said.err.contains("error: cannot write "), "{said:?}");
        assert!(said.err.contains(": give --log a writable folder"), "{said:?}");
    }
}
