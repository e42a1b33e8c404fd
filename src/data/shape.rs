//! Shape of one example: [channels, height, width], a row of a table being [1, 1, numbers].

/// Shape of one example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Colours of a picture; 1 for a row of a table.
    pub channels: usize,
    /// Rows of a picture; 1 for a row of a table.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Shape {
    /// A row of a table.
    #[must_use]
    pub(crate) fn row(numbers: usize) -> Self {
        Self { channels: 1, height: 1, width: numbers }
    }

    /// Numbers per example.
    #[must_use]
    pub fn numbers(self) -> usize {
        self.channels * self.height * self.width
    }

    /// Whether it is a picture.
    #[must_use]
    pub(crate) fn is_picture(self) -> bool {
        self.height > 1
    }
}
