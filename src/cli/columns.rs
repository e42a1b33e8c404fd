//! The width of the terminal, for text that is printed outside the screen.

use std::io::IsTerminal;

use terminal_size::{Width, terminal_size_of};

/// Columns of a terminal that does not report its width, and of text that is laid out for reading in any case.
pub(super) const USUAL: usize = 80;

/// Columns of the terminal behind a stream; `None` where the stream leads to a file or another program: lines are not
/// wrapped there.
pub(super) fn of(stream: &(impl IsTerminal + std::os::fd::AsFd)) -> Option<usize> {
    stream.is_terminal().then(|| terminal_size_of(stream).map_or(USUAL, |(Width(columns), _)| usize::from(columns)))
}
