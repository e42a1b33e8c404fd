//! Counts of log₂|g| of a tensor in one pass: the exponent is read from the bits of the float, no logarithm is taken.
//!
//! The upper nine bits of an f32 are its sign and exponent; they index a table of 512 counters. Four tables are used in
//! turn, so that equal neighbours do not wait for each other's store.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{FloatDType, Tensor};

use super::memory::{Floats, with_floats};
use super::moments::moments;
use super::parameters::ParameterMap;
use super::reduction::Sums;
use crate::histogram::{Histogram, Sign};

/// Bits below sign and exponent.
const MANTISSA: u32 = 23;
/// Exponent field of a number in [1, 2).
const BIAS: i32 = 127;
/// Exponent field of NaN and ±Inf.
const SPECIAL: usize = 255;
/// Counters per table: sign and exponent.
const FIELDS: usize = 512;
/// Number of tables that are used in turn.
const TABLES: usize = 4;
/// Number of elements below which emptying the tables would cost more than counting.
const SMALL: usize = 256;

/// The gradients of one step, before clipping.
pub(super) struct GradientDistribution {
    /// Counts of every layer; `None` for a layer without a gradient.
    pub(super) histograms: Vec<Option<Histogram>>,
    /// ‖g‖² of each tensor of the table.
    pub(super) tensors: Sums,
    /// ‖g‖² of each layer.
    pub(super) layers: Sums,
}

impl ParameterMap {
    /// Counts and sums up the gradients in one visit of the model, each while it is in the cache.
    /// `layers` has what was read of them before, which stays.
    pub(super) fn distribution<M: Module>(
        &self,
        model: &M,
        gradients: &GradientsParams,
        layers: Sums,
    ) -> GradientDistribution {
        let known = layers.has();
        let distribution = GradientDistribution {
            histograms: vec![None; self.table().len()],
            tensors: Sums::none(self.table().tensors()),
            layers,
        };
        let mut visitor = DistributionVisitor { map: self, gradients, known, visited: 0, distribution };
        model.visit(&mut visitor);
        visitor.distribution
    }
}

struct DistributionVisitor<'a> {
    map: &'a ParameterMap,
    gradients: &'a GradientsParams,
    /// Whether each layer's sum was read before.
    known: Vec<bool>,
    visited: usize,
    distribution: GradientDistribution,
}

impl ModuleVisitor for DistributionVisitor<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let (layer, tensor) = (self.map.layer(self.visited), self.map.tensor(self.visited));
        self.visited += 1;
        if let (Some(layer), Some(tensor), Some(gradient)) = (layer, tensor, self.gradients.get::<D>(parameter.id))
            && let Some(slot) = self.distribution.histograms.get_mut(layer)
        {
            count(&gradient, slot.get_or_insert_with(Histogram::default));
            let sum = moments(self.map.reduction(), &gradient);
            if !self.known[layer] {
                self.distribution.layers.add(layer, sum.clone());
            }
            self.distribution.tensors.add(tensor, sum);
        }
    }
}

/// Counts every element of a tensor, any shape.
pub fn count<const D: usize>(tensor: &Tensor<D>, into: &mut Histogram) {
    let counted = with_floats(tensor, |floats| match floats {
        Floats::Single(values) => count_f32(values, into),
        Floats::Double(values) => values.iter().for_each(|value| count_one(*value, into)),
    });
    if counted.is_none() {
        let data = tensor.clone().cast(FloatDType::F64).into_data();
        data.iter::<f64>().for_each(|value| count_one(value, into));
    }
}

fn count_f32(values: &[f32], into: &mut Histogram) {
    if values.len() < SMALL {
        for value in values {
            count_one(f64::from(*value), into);
        }
        return;
    }
    // A table's counter cannot overflow within one piece.
    values.chunks(u32::MAX as usize).for_each(|piece| count_piece(piece, into));
}

fn count_piece(values: &[f32], into: &mut Histogram) {
    let field = |value: &f32| (value.to_bits() >> MANTISSA) as usize;
    let mut tables = [[0_u32; FIELDS]; TABLES];
    let (chunks, rest) = values.as_chunks::<TABLES>();
    for chunk in chunks {
        for (table, value) in tables.iter_mut().zip(chunk) {
            table[field(value)] += 1;
        }
    }
    for value in rest {
        tables[0][field(value)] += 1;
    }
    let [mut counts, others @ ..] = tables;
    for table in &others {
        counts.iter_mut().zip(table).for_each(|(count, more)| *count += more);
    }
    for (sign, counts) in [Sign::Positive, Sign::Negative].into_iter().zip(counts.as_chunks::<{ SPECIAL + 1 }>().0) {
        for (exponent, count) in counts.iter().enumerate().take(SPECIAL).skip(1).filter(|(_, count)| **count > 0) {
            // The field is below 255.
            into.add(i32::try_from(exponent).unwrap_or(0) - BIAS, sign, u64::from(*count));
        }
    }
    let [tiny, special] = [0, SPECIAL].map(|field| [counts[field], counts[field + FIELDS / 2]].map(u64::from));
    // These fields do not determine the element, so the elements are read again.
    if tiny != [0, 0] {
        let zeros = vectorized_count(values, |value| value == 0.0);
        into.zero += zeros;
        // Subnormal numbers are far below the first bin.
        into.underflow += tiny[0] + tiny[1] - zeros;
    }
    if special != [0, 0] {
        let [pinf, ninf] =
            [f32::INFINITY, f32::NEG_INFINITY].map(|infinity| vectorized_count(values, |value| value == infinity));
        into.pinf += pinf;
        into.ninf += ninf;
        into.nan += special[0] + special[1] - pinf - ninf;
    }
}

/// Number of elements for which `is_meant` holds.
fn vectorized_count(values: &[f32], is_meant: impl Fn(f32) -> bool) -> u64 {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || {
            let counts = values
                .chunks(1 << 16)
                .map(|piece| u64::from(piece.iter().map(|value| u32::from(is_meant(*value))).sum::<u32>()));
            counts.sum()
        },
    )
}

fn count_one(value: f64, into: &mut Histogram) {
    let sign = if value.is_sign_negative() { Sign::Negative } else { Sign::Positive };
    match value {
        _ if value.is_nan() => into.nan += 1,
        f64::INFINITY => into.pinf += 1,
        f64::NEG_INFINITY => into.ninf += 1,
        0.0 => into.zero += 1,
        // The exponent field of an f64; that of a subnormal is 0 and far below the first bin.
        _ => into.add(((value.to_bits() >> 52) & 0x7ff) as i32 - 1023, sign, 1),
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;
    use crate::backend::device;
    use crate::config::Backend;
    use crate::histogram::{END_EXPONENT, FIRST_EXPONENT};

    fn of(values: &[f32], backend: Backend) -> Histogram {
        let mut histogram = Histogram::default();
        let tensor = Tensor::<1>::from_data(TensorData::new(values.to_vec(), [values.len()]), &device(backend));
        count(&tensor, &mut histogram);
        histogram
    }

    /// One by one, with a logarithm.
    fn naive(values: &[f32]) -> Histogram {
        let mut histogram = Histogram::default();
        for value in values.iter().map(|value| f64::from(*value)) {
            if value.is_nan() {
                histogram.nan += 1;
            } else if value.is_infinite() {
                if value > 0.0 { histogram.pinf += 1 } else { histogram.ninf += 1 }
            } else if value == 0.0 {
                histogram.zero += 1;
            } else {
                let sign = if value < 0.0 { Sign::Negative } else { Sign::Positive };
                let exponent = (FIRST_EXPONENT - 1..=END_EXPONENT)
                    .rev()
                    .find(|exponent| value.abs() >= 2f64.powi(*exponent))
                    .unwrap_or(FIRST_EXPONENT - 1);
                histogram.add(exponent, sign, 1);
            }
        }
        histogram
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

        #[test]
        fn counts_sum_to_the_number_of_elements_whatever_they_are(bits in prop::collection::vec(any::<u32>(), 0..2 * SMALL)) {
            let values: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
            for backend in [Backend::Flex, Backend::Ndarray] {
                let found = of(&values, backend);
                prop_assert_eq!(found.total(), values.len() as u64);
                prop_assert_eq!(&found, &naive(&values));
            }
        }

        #[test]
        fn special_values_find_their_place(picks in prop::collection::vec(0_usize..10, 0..2 * SMALL)) {
            let special = [
                0.0, -0.0, f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-45, -1e-40, f32::MAX, 1.0,
            ];
            let values: Vec<f32> = picks.into_iter().map(|pick| special[pick]).collect();
            prop_assert_eq!(of(&values, Backend::Flex), naive(&values));
        }
    }
}
