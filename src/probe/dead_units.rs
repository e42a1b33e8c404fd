//! Units of a layer by what their activation does: silent for every example, or in the flat parts of φ.
//!
//! A unit is dead when its activation was exactly 0 for every element of the last [`OBSERVED`] observed batches, or of
//! all batches if there were fewer. NaN is neither silent nor saturated.

use super::memory::Floats;
use crate::config::Activation;
use crate::quantity::Share;

/// Number of batches for which a unit must be silent (Amazon SageMaker Debugger, DeadRelu, uses a window of steps too).
const OBSERVED: u8 = 10;
/// |tanh| above which a unit counts as saturated (Karpathy's figure).
const FLAT_TANH: f64 = 0.97;
/// Distance of a sigmoid from 0 or 1 below which a unit counts as saturated: the same share of its range.
const FLAT_SIGMOID: f64 = 0.03;

/// The number of observed batches for which each unit of each layer has been silent.
#[derive(Clone, Debug, Default)]
pub struct DeadUnits {
    layers: Vec<Layer>,
}

#[derive(Clone, Debug, Default)]
struct Layer {
    /// Number of consecutive silent batches per unit, at most [`OBSERVED`].
    silent: Vec<u8>,
    /// Number of observed batches, at most [`OBSERVED`].
    seen: u8,
}

impl DeadUnits {
    /// The state of a layer: for how many batches each of its units has been silent, and how many were observed.
    #[must_use]
    pub fn of(&self, layer: usize) -> Option<(&[u8], u8)> {
        self.layers.get(layer).map(|layer| (layer.silent.as_slice(), layer.seen))
    }

    /// Restores the states of all layers, layer by layer.
    #[must_use]
    pub fn kept(layers: impl IntoIterator<Item = (Vec<u8>, u8)>) -> Self {
        Self { layers: layers.into_iter().map(|(silent, seen)| Layer { silent, seen }).collect() }
    }

    /// Adds one batch; returns the dead units of the layer.
    pub(crate) fn observe(&mut self, layer: usize, active: &[bool]) -> Share {
        if self.layers.len() <= layer {
            self.layers.resize(layer + 1, Layer::default());
        }
        let Layer { silent, seen } = &mut self.layers[layer];
        silent.resize(active.len(), 0);
        *seen = (*seen + 1).min(OBSERVED);
        for (silent, active) in silent.iter_mut().zip(active) {
            *silent = if *active { 0 } else { (*silent + 1).min(OBSERVED) };
        }
        let dead = silent.iter().filter(|silent| **silent >= *seen).count();
        Share { part: dead as u64, whole: active.len() as u64 }
    }
}

/// The memory layout of a tensor's units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Units {
    count: usize,
    /// Number of consecutive elements of one unit: the pixels of a channel.
    span: usize,
}

impl Units {
    /// The layout of a tensor [B, …, units] or [B, channels, H, W].
    pub(super) fn of(shape: &[usize]) -> Self {
        match *shape {
            [_, channels, height, width] => Self { count: channels, span: height * width },
            _ => Self { count: shape.last().copied().unwrap_or(1), span: 1 },
        }
    }
}

/// Per unit, whether any of its activations is other than 0.
pub(super) fn activity(floats: &Floats<'_>, units: Units) -> Vec<bool> {
    match floats {
        // Every bit but the sign: −0 counts as 0.
        Floats::Single(values) => any_bit(values, units, |value| u64::from(value.to_bits() << 1)),
        Floats::Double(values) => any_bit(values, units, |value| value.to_bits() << 1),
    }
}

fn any_bit<T: Copy>(values: &[T], units: Units, bits_of: impl Fn(T) -> u64) -> Vec<bool> {
    let Units { count, span } = units;
    let mut bits = vec![0_u64; count];
    if span == 1 {
        for row in values.chunks_exact(count.max(1)) {
            bits.iter_mut().zip(row).for_each(|(bits, value)| *bits |= bits_of(*value));
        }
    } else {
        for (index, pixels) in values.chunks_exact(span.max(1)).enumerate() {
            let found = pixels.iter().fold(0, |bits, value| bits | bits_of(*value));
            bits[index % count] |= found;
        }
    }
    bits.into_iter().map(|bits| bits != 0).collect()
}

/// Activations in the flat parts of tanh or sigmoid.
pub(super) fn saturated(activation: Activation, floats: &Floats<'_>) -> Share {
    let is_flat = |value: f64| match activation {
        Activation::Tanh => value.abs() > FLAT_TANH,
        Activation::Sigmoid => !(FLAT_SIGMOID..=1.0 - FLAT_SIGMOID).contains(&value) && !value.is_nan(),
        // Other activations have no flat part.
        _ => false,
    };
    let (part, whole) = match floats {
        Floats::Single(values) => (values.iter().filter(|value| is_flat(f64::from(**value))).count(), values.len()),
        Floats::Double(values) => (values.iter().filter(|value| is_flat(**value)).count(), values.len()),
    };
    Share { part: part as u64, whole: whole as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_dead_while_no_example_of_the_last_ten_batches_woke_it() {
        let mut silence = DeadUnits::default();
        assert_eq!(silence.observe(1, &[true, false, false]), Share { part: 2, whole: 3 });
        assert_eq!(silence.observe(1, &[false, true, false]), Share { part: 1, whole: 3 });
        let dead: Vec<u64> = (3..=12).map(|_| silence.observe(1, &[false; 3]).part).collect();
        assert_eq!(dead, [1, 1, 1, 1, 1, 1, 1, 1, 2, 3]);
    }

    #[test]
    fn minus_zero_is_silent_and_nan_and_the_smallest_number_are_not() {
        let values = [-0.0, 0.0, f32::NAN, 1e-45, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(activity(&Floats::Single(&values), Units::of(&[2, 4])), [false, false, true, true]);
        let values = [-0.0, f64::NAN, 5e-324, 0.0];
        assert_eq!(activity(&Floats::Double(&values), Units::of(&[1, 4])), [false, true, true, false]);
    }

    #[test]
    fn a_channel_is_alive_where_one_of_its_pixels_is() {
        // Two examples of three channels of two pixels.
        let values = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -2.0];
        assert_eq!(activity(&Floats::Single(&values), Units::of(&[2, 3, 1, 2])), [false, true, true]);
    }

    #[test]
    fn flat_parts_are_counted_with_their_bounds() {
        let tanh = [0.96, 0.98, -0.98, f32::NAN, 1.0];
        assert_eq!(saturated(Activation::Tanh, &Floats::Single(&tanh)), Share { part: 3, whole: 5 });
        let sigmoid = [0.02, 0.5, 0.98, f64::NAN, 0.0];
        assert_eq!(saturated(Activation::Sigmoid, &Floats::Double(&sigmoid)), Share { part: 3, whole: 5 });
    }
}
