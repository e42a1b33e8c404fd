//! The task of a classifier: the shape of an example and the number of classes.

use crate::data::{Classified, Shape};

/// Shape of an example and number of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Shape of one example.
    pub shape: Shape,
    /// Classes.
    pub classes: usize,
}

impl Task {
    /// The task of a data set.
    #[must_use]
    pub fn of(data: &Classified) -> Self {
        Self { shape: data.shape, classes: data.classes.len() }
    }

    /// A task with rows of `numbers` numbers in `classes` classes.
    #[must_use]
    pub const fn rows(numbers: usize, classes: usize) -> Self {
        Self { shape: Shape { channels: 1, height: 1, width: numbers }, classes }
    }
}
