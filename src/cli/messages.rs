//! Sentences for the user beside the output, on standard error.

use std::io::{self, Write};

use color_eyre::eyre::Report;

use super::columns;
use crate::text;

/// Prints what went wrong and its causes, one sentence, to standard error.
pub fn complain(report: &Report) {
    let mut message = report.to_string();
    for cause in report.chain().skip(1) {
        let cause = cause.to_string();
        // Many an error's words hold those of its cause already.
        if !message.contains(&cause) {
            message.push_str(": ");
            message.push_str(&cause);
        }
    }
    say(&fitted(&format!("error: {message}")));
}

/// Prints a sentence for the user beside the output, to standard error.
pub(super) fn note(sentence: &str) {
    say(&fitted(&format!("nablatop: {sentence}")));
}

/// Lines that the terminal of standard error need not break within a number; as they are where there is none.
fn fitted(text: &str) -> String {
    match columns::of(&io::stderr()) {
        Some(width) => text::wrapped_lines(text, width, 2).trim_end().to_owned(),
        None => text.to_owned(),
    }
}

/// The one way to standard error, where a missing reader is not an error.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", text::printable(text));
}
