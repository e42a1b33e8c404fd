//! Claims about the command line: what is wrong is said once, with the place and the remedy, and the exit code fits.

mod check;
mod data;
mod dump;
mod log;
#[cfg(target_os = "linux")]
mod memory;
mod output;
#[cfg(unix)]
mod piped;
mod settings;
mod sources;
mod traces;
mod weights;

use crate::program::{Place, Said};

/// Bad arguments, the exit code and what is said.
type Case<'a> = (&'a [&'a str], i32, &'a str);

/// Each case is refused with these words exactly, prints nothing else, and leaves everything as it was.
fn assert_refused(place: &Place, cases: &[Case<'_>]) {
    let before = place.inventory();
    for (arguments, code, words) in cases {
        let said = place.say(*arguments);
        assert_eq!((said.code, said.err.as_str()), (*code, format!("error: {words}\n").as_str()), "{arguments:?}");
        assert_eq!(said.out, "", "{arguments:?}");
        assert_eq!(place.inventory(), before, "{arguments:?} left something behind");
    }
}

/// As [`assert_refused`] where clap adds its usage below: the first lines are these.
fn assert_unusable(place: &Place, arguments: &[&str], words: &str) {
    let Said { code, out, err } = place.say(arguments);
    assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
    assert!(err.starts_with(&format!("error: {words}\n")), "{arguments:?}: {err}");
}
