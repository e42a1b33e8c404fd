//! The interface from which a training run reads its examples.

/// Which part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subset {
    /// The examples that training uses.
    Training,
    /// The examples that only evaluation uses.
    HeldOut,
}

/// Examples on the host, numbered from 0 in each part.
pub trait Source: Send + Sync {
    /// Number of examples.
    fn rows(&self, part: Subset) -> usize;

    /// Numbers in a stack's output for one example.
    fn outputs(&self) -> usize;
}
