//! A data set of rows of numbers with a class each; pictures are such rows, channels first.

use super::{Augmentation, HostBatch, Shape, Source, Split, Subset};
use crate::random::{Purpose, StepRng};

/// A data set whose examples have a class each.
#[derive(Clone, Debug, PartialEq)]
pub struct Classified {
    /// Shape of one example; rows are stored in its order, channels first.
    pub shape: Shape,
    /// Name of each class.
    pub(crate) classes: Vec<String>,
    /// The rows that training uses.
    pub training: Split,
    /// The rows that only evaluation uses.
    pub held_out: Split,
    /// What a training step does to its pictures.
    pub(crate) augmentation: Augmentation,
    /// Whether the first row of a table was left out as a header because it numbers the columns; it might have been a
    /// row.
    pub(crate) numbered_header: bool,
}

impl Source for Classified {
    fn rows(&self, part: Subset) -> usize {
        self.part(part).rows()
    }

    fn outputs(&self) -> usize {
        self.classes.len()
    }
}

impl Classified {
    /// The rows of a part.
    #[must_use]
    pub(crate) fn part(&self, part: Subset) -> &Split {
        match part {
            Subset::Training => &self.training,
            Subset::HeldOut => &self.held_out,
        }
    }

    /// These rows; those of the training part are augmented with the step's random numbers.
    #[must_use]
    pub(crate) fn gather(&self, part: Subset, rows: &[usize], step: StepRng) -> HostBatch {
        let (split, numbers) = (self.part(part), self.shape.numbers());
        if part == Subset::HeldOut || self.augmentation == Augmentation::None {
            return split.gather(rows, numbers);
        }
        let mut rng = step.rng(Purpose::Augmentation);
        let mut inputs = Vec::with_capacity(rows.len() * numbers);
        for row in rows {
            self.augmentation.apply(split.row(*row, numbers), self.shape, &mut rng, &mut inputs);
        }
        split.batch(rows, inputs)
    }
}
