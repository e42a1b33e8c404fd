//! A cell of the terminal, as the mouse reports it.

/// A cell of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TerminalCell {
    /// Columns from the left, the first is 0.
    pub(crate) column: u16,
    /// Rows from the top, the first is 0.
    pub(crate) row: u16,
}
