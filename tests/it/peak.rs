//! The peak memory of the program as the system counts it: resident pages of the process.

use std::io::Write;
use std::process::Command;

use super::program::{NABLATOP, Place, environment};

/// Tells the child what the program is to be given, as JSON.
const ARGUMENTS: &str = "NABLATOP_TEST_PEAK_ARGUMENTS";

/// What became of a run, and its peak in MiB.
#[derive(Debug)]
pub(crate) struct Weighed {
    pub(crate) code: i32,
    pub(crate) err: String,
    pub(crate) mebibytes: i64,
}

/// The child: it starts nothing but the program, so that what the system says of its children is of the program.
#[test]
#[ignore = "only other tests start it, in a process of its own"]
fn child() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let arguments: Vec<String> = serde_json::from_str(&arguments).expect("words");
    let output = Command::new(NABLATOP).args(arguments).env_clear().envs(environment()).output().expect("started");
    let code = output.status.code().unwrap_or(-1);
    let peak = peak_of_children() / 1024;
    let said = serde_json::to_string(&(code, peak, String::from_utf8_lossy(&output.stderr))).expect("words");
    // Not println!, which the test harness may hold back.
    writeln!(std::io::stdout(), "\nweighed {said}").unwrap();
}

/// In KiB, of the largest child that was waited for.
#[allow(unsafe_code)]
fn peak_of_children() -> i64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage fills the structure that it is given; zeroed, it is valid even should the call fail.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr());
        usage.assume_init()
    };
    usage.ru_maxrss
}

/// Runs the program there.
pub(crate) fn weigh(place: &Place, arguments: &[&str]) -> Weighed {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "peak::child", "--ignored", "--nocapture"])
        .env(ARGUMENTS, serde_json::to_string(arguments).unwrap())
        .current_dir(place.root())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let said = text.lines().find_map(|line| line.strip_prefix("weighed ")).unwrap_or_else(|| panic!("{output:?}"));
    let (code, mebibytes, err) = serde_json::from_str(said).unwrap();
    println!("{arguments:?}: {mebibytes} MiB, {err}");
    Weighed { code, err, mebibytes }
}
