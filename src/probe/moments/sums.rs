//! Sums of squares over f32 memory, accurate to 1e-6 whatever the size of the elements.
//!
//! Elements are scaled by a power of two that brings a sample of them near 1, so that the squares of a signal of 1e-20
//! are normal numbers (subnormal ones are a hundred times slower). Squares are added in f32 over [`BLOCK`] elements, a
//! few per lane, and in f64 from block to block: this is twice as fast as f64 throughout. If the mean square of the
//! scaled elements leaves [`SAFE`] (the sample was not typical, or a NaN), a second pass computes the sum in f64 alone.

use std::ops::RangeInclusive;

/// Independent partial sums: enough to fill the vector units of any width.
pub(super) const LANES: usize = 32;
/// Elements between two conversions to f64; each lane adds eight squares in f32.
const BLOCK: usize = 8 * LANES;
/// Number of elements from which the scale is derived.
const SAMPLE: usize = 32;
/// Mean squares for which all f32 squares that matter are normal numbers and no partial sum overflows.
const SAFE: RangeInclusive<f64> = 1e-24..=1e24;

/// Σ v².
pub(super) fn squares(values: &[f32]) -> f64 {
    let [sum] = sums([values], |[value]| [value], |[value]| [value]);
    sum
}

/// Σ (new − old)²; both of one length.
pub(super) fn distance(old: &[f32], new: &[f32]) -> f64 {
    let [sum] = sums([old, new], |[old, new]| [new - old], |[old, new]| [new - old]);
    sum
}

/// Σ before², Σ (after − before)², Σ (after − initial)²; all of one length.
pub(in crate::probe) fn journey(before: &[f32], after: &[f32], initial: &[f32]) -> [f64; 3] {
    sums(
        [before, after, initial],
        |[before, after, initial]| [before, after - before, after - initial],
        |[before, after, initial]| [before, after - before, after - initial],
    )
}

/// Σ before², Σ (after − before)²; both of one length.
pub(in crate::probe) fn step(before: &[f32], after: &[f32]) -> [f64; 2] {
    sums([before, after], |[before, after]| [before, after - before], |[before, after]| [before, after - before])
}

/// Σ a², Σ b², Σ ab and Σ (a + b)²; both of one length.
pub(super) fn products(one: &[f32], other: &[f32]) -> [f64; 4] {
    let scales = scales([one, other], |[a, b]| [a, b, a + b]);
    let [ones, others, both, together] = fast([one, other], |[a, b]| {
        let (sum, a, b) = ((a + b) * scales[2], a * scales[0], b * scales[1]);
        [a * a, b * b, a * b, sum * sum]
    });
    // The product is as accurate as its factors; its own size does not matter.
    if [ones, others, together].iter().all(|sum| is_safe(*sum, one.len())) {
        let [one, other, sum] = scales.map(f64::from);
        return [ones / one / one, others / other / other, both / one / other, together / sum / sum];
    }
    exact([one, other], |[a, b]| [a * a, b * b, a * b, (a + b) * (a + b)])
}

/// Sums of the squares of the terms that `single` computes at each place, or `double` where f32 is not accurate enough.
fn sums<const N: usize, const K: usize>(
    values: [&[f32]; N],
    single: impl Fn([f32; N]) -> [f32; K],
    double: impl Fn([f64; N]) -> [f64; K],
) -> [f64; K] {
    let scales = scales(values, &single);
    let fast = fast(values, |elements| {
        let mut terms = single(elements);
        for (term, scale) in terms.iter_mut().zip(scales) {
            let near_one = *term * scale;
            *term = near_one * near_one;
        }
        terms
    });
    if fast.iter().all(|sum| is_safe(*sum, values[0].len())) {
        let mut sums = fast;
        for (sum, scale) in sums.iter_mut().zip(scales.map(f64::from)) {
            *sum = *sum / scale / scale;
        }
        return sums;
    }
    exact(values, |elements| double(elements).map(|term| term * term))
}

/// Powers of two that bring the largest of a sample of the terms near 1; 1 if it is 0 or not finite.
fn scales<const N: usize, const K: usize>(values: [&[f32]; N], terms: impl Fn([f32; N]) -> [f32; K]) -> [f32; K] {
    /// Bits of sign and mantissa.
    const EXPONENT: u32 = 0x7f80_0000;
    /// The exponent field of 1, twice: the fields of a power of two and its inverse add up to it.
    const TWICE_ONE: u32 = 2 * 0x3f80_0000;
    let length = values[0].len();
    let mut largest = [0.0_f32; K];
    for index in 0..SAMPLE.min(length) {
        let place = index * length / SAMPLE.min(length);
        for (largest, term) in largest.iter_mut().zip(terms(values.map(|values| values[place]))) {
            *largest = largest.max(term.abs());
        }
    }
    largest.map(|largest| {
        let exponent = largest.to_bits() & EXPONENT;
        // The sample is subnormal or 0, or so large that the inverse is subnormal: it is not scaled.
        if exponent == 0 || exponent >= EXPONENT - 0x0100_0000 { 1.0 } else { f32::from_bits(TWICE_ONE - exponent) }
    })
}

fn is_safe(sum: f64, count: usize) -> bool {
    SAFE.contains(&(sum / count as f64))
}

fn fast<const N: usize, const K: usize>(values: [&[f32]; N], terms: impl Fn([f32; N]) -> [f32; K]) -> [f64; K] {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || {
            let mut totals = [[0.0_f64; LANES]; K];
            let blocks = values.map(|values| values.as_chunks::<BLOCK>());
            for index in 0..blocks[0].0.len() {
                let block = blocks.map(|(blocks, _)| &blocks[index]);
                let mut sums = [[0.0_f32; LANES]; K];
                for start in (0..BLOCK).step_by(LANES) {
                    for lane in 0..LANES {
                        let terms = terms(block.map(|block| block[start + lane]));
                        for (sums, term) in sums.iter_mut().zip(terms) {
                            sums[lane] += term;
                        }
                    }
                }
                for (totals, sums) in totals.iter_mut().zip(&sums) {
                    for (total, sum) in totals.iter_mut().zip(sums) {
                        *total += f64::from(*sum);
                    }
                }
            }
            let mut totals = totals.map(|lanes| lanes.iter().sum::<f64>());
            let rest = blocks.map(|(_, rest)| rest);
            for index in 0..rest[0].len() {
                let terms = terms(rest.map(|rest| rest[index]));
                totals.iter_mut().zip(terms).for_each(|(total, term)| *total += f64::from(term));
            }
            totals
        },
    )
}

fn exact<const N: usize, const K: usize>(values: [&[f32]; N], terms: impl Fn([f64; N]) -> [f64; K]) -> [f64; K] {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || {
            let mut totals = [[0.0_f64; LANES]; K];
            let chunks = values.map(|values| values.as_chunks::<LANES>());
            for index in 0..chunks[0].0.len() {
                let chunk = chunks.map(|(chunks, _)| &chunks[index]);
                for lane in 0..LANES {
                    let terms = terms(chunk.map(|chunk| f64::from(chunk[lane])));
                    for (totals, term) in totals.iter_mut().zip(terms) {
                        totals[lane] += term;
                    }
                }
            }
            let rest = chunks.map(|(_, rest)| rest);
            let tail = |index: usize| terms(rest.map(|rest| f64::from(rest[index])));
            let mut totals = totals.map(|lanes| lanes.iter().sum::<f64>());
            for index in 0..rest[0].len() {
                totals.iter_mut().zip(tail(index)).for_each(|(total, term)| *total += term);
            }
            totals
        },
    )
}
