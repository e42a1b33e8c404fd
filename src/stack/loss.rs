//! The loss of a batch and the share of it that is classified correctly.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Int, Tensor};

/// The result of a forward pass.
#[non_exhaustive]
pub struct Loss {
    /// Mean loss over the batch, shape `[1]`.
    pub mean: Tensor<1>,
    /// Share of the batch classified correctly, if there are classes.
    pub(crate) accuracy: Option<f32>,
}

impl Loss {
    /// Mean cross-entropy of logits `[B, classes]`, `−log softmax(logits)[class]`, in nats; `classes` `[B]` are the
    /// targets, and `targets` are the same on the host.
    #[must_use]
    pub(crate) fn cross_entropy(logits: Tensor<2>, classes: Tensor<1, Int>, targets: &[usize]) -> Self {
        let accuracy = accuracy(logits.clone().inner(), targets);
        let picked = log_softmax(logits, 1).gather(1, classes.unsqueeze_dim(1)); // [B, 1]
        Self { mean: picked.mean().neg(), accuracy: Some(accuracy) }
    }
}

/// Share of rows whose largest logit is the class. The first counts if several are largest, so that a stack with equal
/// logits is at chance; a row with a NaN is wrong.
fn accuracy(logits: Tensor<2>, targets: &[usize]) -> f32 {
    let classes = logits.dims()[1];
    let Ok(values) = logits.into_data().convert::<f32>().try_into_vec::<f32>() else { return f32::NAN };
    let right =
        values.chunks_exact(classes).zip(targets).filter(|(row, target)| largest(row) == Some(**target)).count();
    right as f32 / targets.len() as f32
}

/// Position of the first largest value; `None` if there is a NaN.
fn largest(row: &[f32]) -> Option<usize> {
    if row.iter().any(|value| value.is_nan()) {
        return None;
    }
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter().position(|value| *value == most)
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::backend::device;
    use crate::config::Backend;

    fn of(rows: &[[f32; 3]], targets: &[usize]) -> f32 {
        let data = TensorData::new(rows.concat(), [rows.len(), 3]);
        accuracy(Tensor::from_data(data, &device(Backend::Flex)), targets)
    }

    #[test]
    fn the_largest_logit_is_the_answer() {
        assert_eq!(of(&[[0.0, 2.0, 1.0], [5.0, -1.0, 4.0]], &[1, 2]), 0.5);
        assert_eq!(of(&[[f32::NEG_INFINITY, 0.0, f32::INFINITY]], &[2]), 1.0);
    }

    #[test]
    fn a_stack_that_says_the_same_of_every_class_is_at_chance() {
        assert_eq!(of(&[[0.0; 3]; 3], &[0, 1, 2]), 1.0 / 3.0);
    }

    #[test]
    fn a_row_with_a_nan_is_wrong() {
        assert_eq!(of(&[[f32::NAN, 1.0, 2.0], [0.0, 1.0, f32::NAN], [f32::NAN; 3]], &[2, 1, 0]), 0.0);
    }
}
