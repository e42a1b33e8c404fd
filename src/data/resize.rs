//! Resizes pictures: bilinear resampling, separable, with anti-aliasing where a side shrinks.
//!
//! Pixel i of n covers i … i + 1 with its centre at i + ½. With r = from/to, pixel i of the new side sits at
//! c = (i + ½)·r in the old one and is the mean of old pixels weighted by a triangle:
//!
//! ```text
//! w_j = max(0, 1 − |j + ½ − c| / max(r, 1)),   divided by their sum
//! ```
//!
//! Where a side grows this is linear interpolation; where it shrinks the triangle widens, so that every pixel counts.
//! Beyond the border the picture is mirrored. Whole factors keep the mean; a constant picture always stays constant.

use super::{Classified, Shape, Split};

/// Old pixels and their weights, per new pixel of a side.
struct Side(Vec<Vec<(usize, f32)>>);

impl Side {
    fn new(from: usize, to: usize) -> Self {
        let ratio = from as f64 / to as f64;
        let reach = ratio.max(1.0);
        let pixel = |index: usize| {
            let centre = (index as f64 + 0.5) * ratio;
            // Old pixels whose centre lies within reach; some lie beyond the border.
            let (first, end) = ((centre - reach - 0.5).ceil() as i64, (centre + reach - 0.5).floor() as i64);
            let weight = |old: i64| 1.0 - ((old as f64 + 0.5 - centre).abs() / reach).min(1.0);
            let sum: f64 = (first..=end).map(weight).sum();
            let mut weights: Vec<(usize, f64)> = Vec::new();
            for old in first..=end {
                let (place, weight) = (mirrored(old, from), weight(old) / sum);
                match weights.iter_mut().find(|(other, _)| *other == place) {
                    Some((_, so_far)) => *so_far += weight,
                    None => weights.push((place, weight)),
                }
            }
            weights.into_iter().filter(|(_, w)| *w > 0.0).map(|(place, w)| (place, w as f32)).collect()
        };
        Self((0..to).map(pixel).collect())
    }
}

/// The pixel at a place that may lie beyond the border: −1 is 0, −2 is 1. No triangle reaches farther than one side.
fn mirrored(place: i64, pixels: usize) -> usize {
    let within = usize::try_from(if place < 0 { -1 - place } else { place }).unwrap_or(0);
    if within < pixels { within } else { (2 * pixels).saturating_sub(within + 1) }
}

/// Resampling from one size to another.
pub(super) struct Resize {
    from: [usize; 2],
    rows: Side,
    columns: Side,
}

impl Resize {
    /// Resampling between sizes of [rows, columns], none of them 0.
    pub(super) fn new(from: [usize; 2], to: [usize; 2]) -> Self {
        Self { from, rows: Side::new(from[0], to[0]), columns: Side::new(from[1], to[1]) }
    }

    /// Appends planes of the new size, one for each of the old size.
    pub(super) fn apply(&self, planes: &[f32], out: &mut Vec<f32>) {
        let [height, width] = self.from;
        let new_width = self.columns.0.len();
        let mut narrow = vec![0.0; height * new_width]; // [height, new_width]
        for plane in planes.chunks_exact(height * width) {
            for (line, new) in plane.chunks_exact(width).zip(narrow.chunks_exact_mut(new_width)) {
                for (pixel, weights) in new.iter_mut().zip(&self.columns.0) {
                    *pixel = weights.iter().map(|(place, weight)| line[*place] * weight).sum();
                }
            }
            for weights in &self.rows.0 {
                let start = out.len();
                out.resize(start + new_width, 0.0);
                for (place, weight) in weights {
                    let line = &narrow[place * new_width..(place + 1) * new_width];
                    out[start..].iter_mut().zip(line).for_each(|(pixel, old)| *pixel += old * weight);
                }
            }
        }
    }
}

impl Classified {
    /// The same examples with pictures of another size, at least 1×1. It costs one pass over the data, while loading.
    #[must_use]
    pub fn resized(&self, height: usize, width: usize) -> Self {
        if (self.shape.height, self.shape.width) == (height, width) {
            return self.clone();
        }
        let resize = Resize::new([self.shape.height, self.shape.width], [height, width]);
        let shape = Shape { height, width, ..self.shape };
        let part = |split: &Split| {
            let mut inputs = Vec::with_capacity(split.rows() * shape.numbers());
            resize.apply(&split.inputs, &mut inputs);
            Split { inputs, targets: split.targets.clone() }
        };
        let (training, held_out) = (part(&self.training), part(&self.held_out));
        Self { shape, classes: self.classes.clone(), training, held_out, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits;

    fn resized(from: [usize; 2], to: [usize; 2], pixels: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        Resize::new(from, to).apply(pixels, &mut out);
        out
    }

    fn close(left: &[f32], right: &[f32]) -> bool {
        left.len() == right.len() && left.iter().zip(right).all(|(a, b)| (a - b).abs() < 1e-6)
    }

    /// Any numbers, the same each time.
    fn pixels(count: usize) -> Vec<f32> {
        (0..count).map(|index| ((index * 37 % 101) as f32 * 0.7).sin()).collect()
    }

    fn mean(pixels: &[f32]) -> f64 {
        pixels.iter().map(|pixel| f64::from(*pixel)).sum::<f64>() / pixels.len() as f64
    }

    #[test]
    fn growing_is_linear_between_centres_of_pixels() {
        // Centres at 0.25, 0.75, 1.25, 1.75 between 0.5 and 1.5.
        assert!(close(&resized([1, 2], [1, 4], &[0.0, 4.0]), &[0.0, 1.0, 3.0, 4.0]));
        let both = resized([2, 2], [4, 4], &[0.0, 4.0, 8.0, 12.0]);
        assert!(close(&both[..8], &[0.0, 1.0, 3.0, 4.0, 2.0, 3.0, 5.0, 6.0]), "{both:?}");
    }

    #[test]
    fn shrinking_weighs_every_pixel_by_a_wider_triangle() {
        // Centre 1, reach 2: weights ¼ (beyond the border), ¾, ¾, ¼ over 2.
        let out = resized([4, 1], [2, 1], &[8.0, 0.0, 0.0, 16.0]);
        assert!(close(&out, &[4.0, 8.0]), "{out:?}");
        let out = resized([1, 4], [1, 2], &[0.0, 8.0, 0.0, 0.0]);
        assert!(close(&out, &[3.0, 1.0]), "{out:?}");
        // 3 → 2: centre ¾, reach 1½: weights 1/6, 5/6, ½ over 3/2 for −1, 0, 1.
        let out = resized([1, 3], [1, 2], &[9.0, 0.0, 18.0]);
        assert!(close(&out, &[6.0, 12.0]), "{out:?}");
    }

    #[test]
    fn a_constant_stays_and_the_same_size_changes_nothing() {
        for (from, to) in
            [([8, 8], [32, 32]), ([28, 28], [32, 32]), ([37, 5], [8, 64]), ([1, 1], [3, 2]), ([9, 9], [1, 1])]
        {
            let out = resized(from, to, &vec![0.3; from[0] * from[1]]);
            assert!(close(&out, &vec![0.3; to[0] * to[1]]), "{from:?} {to:?}");
        }
        assert_eq!(resized([3, 4], [3, 4], &pixels(24)), pixels(24));
    }

    #[test]
    fn the_mean_is_kept_by_whole_factors() {
        for (from, to) in [([8, 8], [32, 32]), ([32, 32], [8, 8]), ([6, 4], [2, 12])] {
            let old = pixels(from[0] * from[1]);
            assert!((mean(&old) - mean(&resized(from, to, &old))).abs() < 1e-6, "{from:?} {to:?}");
        }
    }

    #[test]
    fn a_gradient_stays_one_away_from_the_border() {
        let old: Vec<f32> = (0..60_u8).map(f32::from).collect();
        let new = resized([1, 60], [1, 25], &old);
        for (index, pixel) in new.iter().enumerate().take(23).skip(2) {
            // The centre of pixel i lies at (i + ½)·60/25, half a pixel behind the value there; asymmetric weights move it
            // by less than a tenth of a pixel.
            let expected = (index as f32 + 0.5) * 2.4 - 0.5;
            assert!((pixel - expected).abs() < 0.1, "{index}: {pixel} {expected}");
        }
    }

    #[test]
    fn digits_of_another_size_keep_their_classes_and_their_range() {
        let digits = digits().expect("embedded");
        let large = digits.resized(32, 32);
        assert_eq!((large.shape, large.training.rows()), (Shape { channels: 1, height: 32, width: 32 }, 1437));
        assert_eq!(large.training.inputs.len(), 1437 * 1024);
        assert_eq!(
            (&large.training.targets, &large.held_out.targets),
            (&digits.training.targets, &digits.held_out.targets)
        );
        assert!(large.training.inputs.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
        assert!((mean(&large.held_out.inputs) - mean(&digits.held_out.inputs)).abs() < 1e-5);
        assert_eq!(digits.resized(8, 8), digits);
    }
}
