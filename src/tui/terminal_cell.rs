//! A cell of the terminal, as the mouse reports it.

/// A cell of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalCell {
    /// Columns from the left, the first is 0.
    pub column: u16,
    /// Rows from the top, the first is 0.
    pub row: u16,
}
