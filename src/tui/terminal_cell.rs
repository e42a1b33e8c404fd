//! A cell of the terminal, as the mouse names it.

/// A cell of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalCell {
    /// From the left, 0 = first.
    pub column: u16,
    /// From the top, 0 = first.
    pub row: u16,
}
