//! What a decoder of characters reads: the size of its vocabulary and of its window.

use crate::data::Text;

/// Sizes of a decoder's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// Characters that there are, V.
    pub vocabulary: usize,
    /// Characters of an example, T.
    pub context: usize,
}

impl Language {
    /// That of a text.
    #[must_use]
    pub fn of(text: &Text) -> Self {
        Self { vocabulary: text.vocabulary.len(), context: text.context }
    }
}
