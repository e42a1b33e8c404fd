//! A parameter before its update, and how far the update moves it.
//!
//! ```text
//! host memory, f32    copied to a buffer that serves every parameter: nothing else holds the parameter, so that the
//!                     optimizer may update it in place
//! anything else       kept alive, so that the optimizer writes to new memory
//! ```

use burn::tensor::Tensor;

use super::memory::{Floats, with_floats_in_order};
use super::moments::{change, moments, sums};
use super::reduction::{Reduced, Reduction};
use crate::quantity::Moments;

/// θ before an update.
pub(super) enum Previous<'a, const D: usize> {
    /// In the order of the shape.
    Copied(&'a [f32]),
    /// The tensor itself, whose handle is large.
    Kept(Box<Tensor<D>>),
}

impl<'a, const D: usize> Previous<'a, D> {
    /// The current values of a parameter; a copy replaces what `buffer` has.
    pub(super) fn of(reduction: Reduction, parameter: &Tensor<D>, buffer: &'a mut Vec<f32>) -> Self {
        let copied = reduction.on_host(|| {
            let length = parameter.shape().num_elements();
            in_order(length, parameter, |values| {
                buffer.clear();
                buffer.extend_from_slice(values);
            })
        });
        if copied.is_some() { Self::Copied(buffer) } else { Self::Kept(Box::new(parameter.clone())) }
    }

    /// ‖θ_before‖² and ‖θ_after − θ_before‖².
    pub(super) fn step(&self, reduction: Reduction, after: &Tensor<D>) -> [Reduced; 2] {
        match self {
            Self::Kept(before) => [moments(reduction, before), change(reduction, before, after)],
            Self::Copied(before) => {
                let length = before.len();
                known(length, in_order(length, after, |after| sums::step(before, after)))
            }
        }
    }

    /// The same and ‖θ_after − θ_0‖².
    pub(super) fn journey(&self, reduction: Reduction, after: &Tensor<D>, initial: &Tensor<D>) -> [Reduced; 3] {
        let Self::Copied(before) = self else {
            let [weight, update] = self.step(reduction, after);
            return [weight, update, change(reduction, initial, after)];
        };
        let length = before.len();
        let sums =
            in_order(length, after, |after| in_order(length, initial, |initial| sums::journey(before, after, initial)));
        known(length, sums.flatten())
    }
}

/// Lends this many f32 values in the order of the shape.
fn in_order<const D: usize, R>(length: usize, tensor: &Tensor<D>, read: impl FnOnce(&[f32]) -> R) -> Option<R> {
    with_floats_in_order(tensor, |floats| match floats {
        Floats::Single(values) if values.len() == length => Some(read(values)),
        _ => None,
    })?
}

/// Sums over `count` elements each; NaN if they could not be read.
fn known<const N: usize>(count: usize, sums: Option<[f64; N]>) -> [Reduced; N] {
    let count = count as u64;
    sums.unwrap_or([f64::NAN; N]).map(|sum_of_squares| Reduced::Known(Moments { sum_of_squares, count }))
}

#[cfg(test)]
mod tests {
    use burn::tensor::{FloatDType, TensorData};

    use super::*;
    use crate::backend::device;
    use crate::config::Backend;

    #[test]
    fn a_copied_parameter_leaves_the_tensor_to_the_optimizer_and_gives_the_sums_of_a_kept_one() {
        for device in [Backend::Flex, Backend::Ndarray].map(device) {
            let matrix = |seed: f32| -> Tensor<2> {
                let values: Vec<f32> = (0..600).map(|index| (index as f32 * 0.7 + seed).sin()).collect();
                Tensor::from_data(TensorData::new(values, [20, 30]), &device)
            };
            let (parameter, after, initial) =
                (matrix(0.0).transpose(), matrix(1.0).transpose(), matrix(2.0).transpose());
            // One that is longer was there before.
            let mut buffer = vec![9.0; 1000];
            let copied = Previous::of(Reduction::Host, &parameter, &mut buffer);
            assert!(matches!(&copied, Previous::Copied(values) if values.len() == 600));
            let kept = Previous::Kept(Box::new(parameter.clone()));
            let journeys = [copied, kept].map(|before| before.journey(Reduction::Host, &after, &initial));
            for (copied, kept) in journeys[0].iter().zip(&journeys[1]) {
                let [copied, kept] = [copied, kept].map(|reduced| reduced.clone().read());
                assert!((copied.norm() / kept.norm() - 1.0).abs() < 1e-6, "{copied:?} for {kept:?}");
                assert_eq!(copied.count, kept.count);
            }
        }
    }

    #[test]
    fn what_is_not_f32_in_host_memory_is_kept() {
        let single = Tensor::<1>::from_data([3.0, 4.0], &device(Backend::Flex));
        let double = single.clone().cast(FloatDType::F64);
        for (reduction, parameter) in [(Reduction::Device, &single), (Reduction::Host, &double)] {
            let mut buffer = Vec::new();
            let before = Previous::of(reduction, parameter, &mut buffer);
            assert!(matches!(before, Previous::Kept(_)));
            let [weight, update] = before.step(reduction, &(parameter.clone() * 3.0)).map(Reduced::read);
            assert_eq!((weight.norm(), update.norm()), (5.0, 10.0));
        }
    }
}
