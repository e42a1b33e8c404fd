//! Pictures of another size: bilinear resampling with half-pixel centres; what shrinks is averaged, not skipped.
//!
//! ```text
//! centre of pixel i of n, in pixels of m:   u = (i + ½)·m/n − ½
//! weight of pixel j:                        max(0, 1 − |j − u|/r),   r = max(1, m/n),   then normalized
//! ```

use super::{Classified, Shape, Split};

/// Weights of the pixels that one pixel is made of.
struct Mixture {
    first: usize,
    weights: Vec<f32>,
}

impl Classified {
    /// The same pictures with so many lines and columns.
    #[must_use]
    pub fn resized(&self, height: usize, width: usize) -> Self {
        let from = self.shape;
        let to = Shape { height, width, ..from };
        let (rows, columns) = (mixtures(from.height, height), mixtures(from.width, width));
        let split = |split: &Split| Split {
            inputs: split
                .inputs
                .chunks_exact(from.height * from.width)
                .flat_map(|plane| resampled(plane, from.width, &rows, &columns))
                .collect(),
            targets: split.targets.clone(),
        };
        Self { shape: to, training: split(&self.training), held_out: split(&self.held_out), ..self.clone() }
    }
}

/// One channel of one picture.
fn resampled(plane: &[f32], width: usize, rows: &[Mixture], columns: &[Mixture]) -> Vec<f32> {
    let narrow: Vec<f32> =
        plane.chunks_exact(width).flat_map(|line| columns.iter().map(|mixture| mixture.of(line, 1))).collect();
    let width = columns.len();
    let at = |row: &Mixture, column: usize| row.of(&narrow[column..], width);
    rows.iter().flat_map(|row| (0..width).map(move |column| at(row, column))).collect()
}

impl Mixture {
    /// Of pixels that lie `apart` from each other.
    fn of(&self, pixels: &[f32], apart: usize) -> f32 {
        self.weights.iter().zip(pixels.iter().step_by(apart).skip(self.first)).map(|(w, pixel)| w * pixel).sum()
    }
}

/// How each of `to` pixels is mixed from `from` pixels.
fn mixtures(from: usize, to: usize) -> Vec<Mixture> {
    let scale = from as f64 / to as f64;
    let reach = scale.max(1.0);
    (0..to)
        .map(|index| {
            let centre = (index as f64 + 0.5) * scale - 0.5;
            let first = (centre - reach).ceil().max(0.0) as usize;
            let last = ((centre + reach).floor() as usize).min(from - 1);
            let weights: Vec<f64> =
                (first..=last).map(|pixel| (1.0 - (pixel as f64 - centre).abs() / reach).max(0.0)).collect();
            let sum: f64 = weights.iter().sum();
            Mixture { first, weights: weights.into_iter().map(|weight| (weight / sum) as f32).collect() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resize(pixels: &[f32], [height, width]: [usize; 2], to: [usize; 2]) -> Vec<f32> {
        let training = Split { inputs: pixels.to_vec(), targets: vec![0] };
        let held_out = Split { inputs: Vec::new(), targets: Vec::new() };
        let shape = Shape { channels: 1, height, width };
        let data = Classified { shape, classes: vec!["0".to_owned()], training, held_out };
        data.resized(to[0], to[1]).training.inputs
    }

    #[test]
    fn twice_the_size_mixes_three_to_one() {
        assert_eq!(resize(&[0.0, 4.0], [1, 2], [1, 4]), [0.0, 1.0, 3.0, 4.0]);
        let square = resize(&[0.0, 4.0, 8.0, 12.0], [2, 2], [4, 4]);
        assert_eq!(square[..8], [0.0, 1.0, 3.0, 4.0, 2.0, 3.0, 5.0, 6.0]);
    }

    #[test]
    fn a_constant_stays_and_shrinking_averages() {
        assert_eq!(resize(&[2.5; 64], [8, 8], [32, 32]), [2.5; 1024]);
        let checkers: Vec<f32> = (0..64).map(|index| ((index + index / 8) % 2) as f32).collect();
        let inner = resize(&checkers, [8, 8], [4, 4])[5];
        assert!((inner - 0.5).abs() < 1e-6, "{inner}");
    }
}
