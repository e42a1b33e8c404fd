//! Sums that a device computes, and how they come back: all of a step with one transfer.
//!
//! ```text
//! host memory (flex, ndarray)   Σ v² is read where the tensor lies
//! any other device              m = max |v|, Σ (v/m)² and Σ v² stay on the device, three numbers a tensor,
//!                               till Sums::read_back fetches those of all tensors at once
//! ```
//!
//! A device may have no f64, and f32 squares underflow below 1e-23 and overflow above 1e19: m² Σ (v/m)² does neither.
//! Σ v² is NaN where an element is, and tells with m whether one is infinite.

use burn::prelude::Device;
use burn::tensor::{FloatDType, Tensor};

use super::memory::with_floats;
use crate::quantity::Moments;

/// Numbers that a device keeps of a tensor.
const PARTS: usize = 3;

/// Where the sums of a model's tensors are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reduction {
    /// In host memory, which is borrowed.
    #[default]
    Host,
    /// On the device of each tensor.
    Device,
}

impl Reduction {
    /// The place for tensors of this device.
    pub(super) fn on(device: &Device) -> Self {
        let is_borrowed = with_floats(&Tensor::<1>::zeros([1], device).inner(), |_| ()).is_some();
        if is_borrowed { Self::Host } else { Self::Device }
    }

    /// What is read in host memory; `None` for a device.
    pub(super) fn on_host<R>(self, read: impl FnOnce() -> Option<R>) -> Option<R> {
        match self {
            Self::Host => read(),
            Self::Device => None,
        }
    }
}

/// Σ v² of one tensor.
#[derive(Clone, Debug)]
pub(super) enum Reduced {
    /// Known on the host.
    Known(Moments),
    /// Still on its device.
    Pending(Pending),
}

/// The numbers of a tensor that a device keeps.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    /// [`PARTS`] numbers, f32. A tensor's handle is large beside what is known on the host.
    parts: Box<Tensor<1>>,
    count: u64,
}

/// What one device keeps: the list and the entry that each is of.
type OnDevice = (Device, Vec<(usize, usize, Pending)>);

impl Reduced {
    /// Has the tensor's device sum it up.
    pub(super) fn on_device<const D: usize>(tensor: &Tensor<D>) -> Self {
        let count = tensor.shape().num_elements();
        if count == 0 {
            return Self::Known(Moments::default());
        }
        let values = tensor.clone().cast(FloatDType::F32).reshape([count]);
        let largest = values.clone().abs().max();
        // Any number will do for the zeros of an empty scale.
        let scale = largest.clone().clamp_min(f32::MIN_POSITIVE).expand([count]);
        let parts = vec![largest, values.clone().div(scale).square().sum(), values.square().sum()];
        Self::Pending(Pending { parts: Box::new(Tensor::cat(parts, 0)), count: count as u64 })
    }

    /// The value, with a transfer of its own where a device keeps it.
    #[cfg(test)]
    pub(super) fn read(self) -> Moments {
        let mut alone = Sums::none(1);
        alone.add(0, self);
        alone.read()[0].expect("one tensor")
    }
}

fn fetch(parts: Tensor<1>) -> Vec<[f32; PARTS]> {
    let numbers: Vec<f32> = parts.into_data().iter::<f32>().collect();
    numbers.as_chunks().0.to_vec()
}

fn together(largest: f32, scaled: f32, whole: f32) -> f64 {
    match (whole.is_nan(), largest.is_infinite()) {
        (true, _) => f64::NAN,
        (false, true) => f64::INFINITY,
        // The scale was at least MIN_POSITIVE.
        (false, false) => f64::from(largest.max(f32::MIN_POSITIVE)).powi(2) * f64::from(scaled),
    }
}

/// Σ v² of layers or tensors, one entry each; several tensors of one entry add up.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    known: Vec<Option<Moments>>,
    /// What a device keeps, with its entry.
    pending: Vec<(usize, Pending)>,
}

impl From<Vec<Option<Moments>>> for Sums {
    fn from(known: Vec<Option<Moments>>) -> Self {
        Self { known, pending: Vec::new() }
    }
}

impl Sums {
    /// So many entries without a value.
    pub(super) fn none(entries: usize) -> Self {
        vec![None; entries].into()
    }

    /// Adds a tensor to an entry; an entry beyond the end is ignored.
    pub(super) fn add(&mut self, entry: usize, reduced: Reduced) {
        let Some(sum) = self.known.get_mut(entry) else { return };
        match reduced {
            Reduced::Known(moments) => *sum = Some(sum.map_or(moments, |so_far| so_far.and(moments))),
            Reduced::Pending(pending) => self.pending.push((entry, pending)),
        }
    }

    /// Drops the values of entries other than these.
    pub(super) fn keep(&mut self, entries: &[bool]) {
        let is_kept = |entry: usize| entries.get(entry).is_some_and(|kept| *kept);
        self.pending.retain(|(entry, _)| is_kept(*entry));
        for (_, sum) in self.known.iter_mut().enumerate().filter(|(entry, _)| !is_kept(*entry)) {
            *sum = None;
        }
    }

    /// Whether each entry has a value, known or not.
    pub(super) fn has(&self) -> Vec<bool> {
        let mut has: Vec<bool> = self.known.iter().map(Option::is_some).collect();
        for (entry, _) in &self.pending {
            has[*entry] = true;
        }
        has
    }

    /// Values of every entry, with a transfer of its own where a device keeps some.
    pub(super) fn read(mut self) -> Vec<Option<Moments>> {
        Self::read_back([&mut self]);
        self.known
    }

    /// The entries after [`Self::read_back`].
    pub(super) fn take(&mut self) -> Vec<Option<Moments>> {
        std::mem::take(&mut self.known)
    }

    /// Fetches what devices keep of all of these, with one transfer per device, and returns how many that were.
    pub(super) fn read_back<const N: usize>(mut lists: [&mut Self; N]) -> usize {
        let mut by_device: Vec<OnDevice> = Vec::new();
        for (list, sums) in lists.iter_mut().enumerate() {
            for (entry, pending) in sums.pending.drain(..) {
                let device = pending.parts.device();
                let place = by_device.iter().position(|(known, _)| *known == device).unwrap_or_else(|| {
                    by_device.push((device, Vec::new()));
                    by_device.len() - 1
                });
                by_device[place].1.push((list, entry, pending));
            }
        }
        let transfers = by_device.len();
        for (_, pending) in by_device {
            let parts = pending.iter().map(|(.., pending)| (*pending.parts).clone()).collect();
            for ((list, entry, Pending { count, .. }), [largest, scaled, whole]) in
                pending.iter().zip(fetch(Tensor::cat(parts, 0)))
            {
                let moments = Moments { sum_of_squares: together(largest, scaled, whole), count: *count };
                lists[*list].add(*entry, Reduced::Known(moments));
            }
        }
        transfers
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::backend::device;
    use crate::config::Backend;

    fn row(values: &[f32], device: &Device) -> Tensor<1> {
        Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), device)
    }

    #[test]
    fn what_a_device_sums_up_is_right_at_every_magnitude_and_says_what_is_no_number() {
        for device in [Backend::Flex, Backend::Ndarray].map(device) {
            for magnitude in [1e-44_f32, 1e-38, 1e-30, 1.0, 1e30, 1e38] {
                let values: Vec<f32> = (1..=100).map(|index| index as f32 / 40.0 * magnitude).collect();
                let norm = values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
                let found = Reduced::on_device(&row(&values, &device)).read();
                assert!((found.norm() / norm - 1.0).abs() < 1e-6, "{magnitude:e}: {:e} for {norm:e}", found.norm());
                assert_eq!(found.count, 100);
            }
            let of = |values: &[f32]| Reduced::on_device(&row(values, &device)).read().sum_of_squares;
            assert_eq!((of(&[0.0, -0.0]), of(&[])), (0.0, 0.0));
            assert_eq!((of(&[1.0, f32::NEG_INFINITY]), of(&[f32::INFINITY; 2])), (f64::INFINITY, f64::INFINITY));
            assert!(of(&[1.0, f32::NAN]).is_nan() && of(&[f32::INFINITY, f32::NAN]).is_nan());
        }
    }

    #[test]
    fn several_lists_come_back_with_one_transfer_per_device() {
        let devices = [Backend::Flex, Backend::Ndarray].map(device);
        let (mut layers, mut tensors) = (Sums::none(2), Sums::none(3));
        for (entry, device) in [(0, &devices[0]), (0, &devices[1]), (1, &devices[0])] {
            layers.add(entry, Reduced::on_device(&row(&[3.0, 4.0], device)));
        }
        tensors.add(2, Reduced::on_device(&row(&[2.0], &devices[0])));
        tensors.add(1, Reduced::Known(Moments { sum_of_squares: 9.0, count: 1 }));
        tensors.add(7, Reduced::on_device(&row(&[1.0], &devices[0])));
        assert_eq!((layers.has(), tensors.has()), (vec![true; 2], vec![false, true, true]));
        assert_eq!(Sums::read_back([&mut layers, &mut tensors]), 2);
        let squares = |sums: &mut Sums| -> Vec<Option<f64>> {
            sums.take().into_iter().map(|moments| moments.map(|moments| moments.sum_of_squares)).collect()
        };
        assert_eq!(squares(&mut layers), [Some(50.0), Some(25.0)]);
        assert_eq!(squares(&mut tensors), [None, Some(9.0), Some(4.0)]);
        assert_eq!(Sums::read_back([&mut layers]), 0);
    }
}
