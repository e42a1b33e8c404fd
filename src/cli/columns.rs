//! How wide a terminal is, for what is printed into it outside the screen.

use std::io::IsTerminal;

use terminal_size::{Width, terminal_size_of};

/// Columns of a terminal that does not say how wide it is, and of text that is made for the eye in any case.
pub(super) const USUAL: usize = 80;

/// Columns of the terminal behind a stream; `None` where it leads elsewhere, to a file or another program, for which
/// lines stay whole.
pub(super) fn of(stream: &(impl IsTerminal + std::os::fd::AsFd)) -> Option<usize> {
    stream.is_terminal().then(|| terminal_size_of(stream).map_or(USUAL, |(Width(columns), _)| usize::from(columns)))
}
