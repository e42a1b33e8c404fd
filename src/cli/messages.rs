//! Sentences for the user beside the output, on standard error.

use std::io::{self, Write};

use color_eyre::eyre::Report;

use super::columns;
use crate::text;

/// Prints an error and its causes as one sentence to standard error.
pub fn complain(report: &Report) {
    let mut message = report.to_string();
    for cause in report.chain().skip(1) {
        let cause = cause.to_string();
        // The words of many errors already contain those of their cause.
        if !message.contains(&cause) {
            message.push_str(": ");
            message.push_str(&cause);
        }
    }
    say(&fitted(&format!("error: {message}")));
}

/// Prints a sentence to standard error, beside the output.
pub(super) fn note(sentence: &str) {
    say(&fitted(&format!("nablatop: {sentence}")));
}

/// Wraps lines so that the terminal does not break them within a number; lines stay whole if there is no terminal.
fn fitted(text: &str) -> String {
    match columns::of(&io::stderr()) {
        Some(width) => text::wrapped_lines(text, width, 2).trim_end().to_owned(),
        None => text.to_owned(),
    }
}

/// Writes to standard error; a missing reader is not an error.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", text::printable(text));
}
