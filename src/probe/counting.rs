//! Counts of log₂|g| of a tensor in one pass: the exponent is read from the bits of the float, no logarithm is taken.
//!
//! The upper nine bits of an f32 are its sign and exponent; they index a table of 512 counters. Four tables are used in
//! turn, so that equal neighbours do not wait for each other's store.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{FloatDType, Tensor};

use super::memory::{Floats, with_floats};
use super::parameters::ParameterMap;
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

impl ParameterMap {
    /// Counts of the gradients of every layer, before clipping; `None` for a layer without a gradient.
    #[must_use]
    pub(crate) fn histograms<M: Module>(&self, model: &M, gradients: &GradientsParams) -> Vec<Option<Histogram>> {
        let counts = vec![None; self.table().len()];
        let mut visitor = Counting { map: self, gradients, visited: 0, counts };
        model.visit(&mut visitor);
        visitor.counts
    }
}

struct Counting<'a> {
    map: &'a ParameterMap,
    gradients: &'a GradientsParams,
    visited: usize,
    counts: Vec<Option<Histogram>>,
}

impl ModuleVisitor for Counting<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let layer = self.map.layer(self.visited);
        self.visited += 1;
        if let (Some(layer), Some(gradient)) = (layer, self.gradients.get::<D>(parameter.id))
            && let Some(slot) = self.counts.get_mut(layer)
        {
            count(&gradient, slot.get_or_insert_with(Histogram::default));
        }
    }
}

/// Counts every element of a tensor, any shape.
pub fn count<const D: usize>(tensor: &Tensor<D>, into: &mut Histogram) {
    let counted = with_floats(tensor, |floats| match floats {
        Floats::Single(values) => count_f32(values, into),
        Floats::Double(values) => values.iter().for_each(|value| count_f64(*value, into)),
    });
    if counted.is_none() {
        let data = tensor.clone().cast(FloatDType::F64).into_data();
        data.iter::<f64>().for_each(|value| count_f64(value, into));
    }
}

fn count_f32(values: &[f32], into: &mut Histogram) {
    let mut tables = [[0_u32; FIELDS]; TABLES];
    // A table's counter cannot overflow within one piece.
    for piece in values.chunks(u32::MAX as usize) {
        let (chunks, rest) = piece.as_chunks::<TABLES>();
        for chunk in chunks {
            for (table, value) in tables.iter_mut().zip(chunk) {
                table[(value.to_bits() >> MANTISSA) as usize] += 1;
            }
        }
        for value in rest {
            tables[0][(value.to_bits() >> MANTISSA) as usize] += 1;
        }
        for field in 0..FIELDS {
            let count: u64 = tables.iter_mut().map(|table| u64::from(std::mem::take(&mut table[field]))).sum();
            if count > 0 {
                take_field(field, count, piece, into);
            }
        }
    }
}

/// Adds the elements of one sign and exponent field; elements that the field does not determine are read again.
fn take_field(field: usize, count: u64, values: &[f32], into: &mut Histogram) {
    let sign = if field < FIELDS / 2 { Sign::Positive } else { Sign::Negative };
    let these = || values.iter().filter(move |value| (value.to_bits() >> MANTISSA) as usize == field);
    match field % (FIELDS / 2) {
        0 => {
            let zeros = these().filter(|value| **value == 0.0).count() as u64;
            into.zero += zeros;
            // Subnormal numbers are far below the first bin.
            into.underflow += count - zeros;
        }
        SPECIAL => {
            let nans = these().filter(|value| value.is_nan()).count() as u64;
            into.nan += nans;
            match sign {
                Sign::Positive => into.pinf += count - nans,
                Sign::Negative => into.ninf += count - nans,
            }
        }
        // The field is below 256.
        exponent => into.add(i32::try_from(exponent).unwrap_or(0) - BIAS, sign, count),
    }
}

fn count_f64(value: f64, into: &mut Histogram) {
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
        fn counts_sum_to_the_number_of_elements_whatever_they_are(bits in prop::collection::vec(any::<u32>(), 0..300)) {
            let values: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
            for backend in [Backend::Flex, Backend::Ndarray] {
                let found = of(&values, backend);
                prop_assert_eq!(found.total(), values.len() as u64);
                prop_assert_eq!(&found, &naive(&values));
            }
        }

        #[test]
        fn special_values_find_their_place(picks in prop::collection::vec(0_usize..10, 0..100)) {
            let special = [
                0.0, -0.0, f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-45, -1e-40, f32::MAX, 1.0,
            ];
            let values: Vec<f32> = picks.into_iter().map(|pick| special[pick]).collect();
            prop_assert_eq!(of(&values, Backend::Flex), naive(&values));
        }
    }
}
