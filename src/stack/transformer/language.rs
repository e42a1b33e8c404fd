//! Sizes of the input of a decoder of characters: its vocabulary and its window.

use crate::data::Text;

/// Sizes of a decoder's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// Number of different characters, V.
    pub vocabulary: usize,
    /// Characters of an example, T.
    pub context: usize,
}

impl Language {
    /// The sizes for a text.
    #[must_use]
    pub fn of(text: &Text) -> Self {
        Self { vocabulary: text.vocabulary.len(), context: text.context }
    }
}
