//! Augmentation: a training step moves each picture by up to 4 pixels each way and mirrors it with probability ½ (He et
//! al. 2015, section 4.2; Lee et al. 2015).
//!
//! Pixels that move in at the border are 0, the mean of standardized pixels. The random numbers depend only on (seed,
//! step), row by row of the batch, so that all lanes get the same pixels, and a step that is re-run gets them again.

use rand::RngExt;

use super::Shape;
use crate::random::Generator;

/// Pixels of padding on each side.
const PADDING: usize = 4;

/// What a training step does to its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Augmentation {
    /// Pictures are unchanged.
    None,
    /// A random part of the picture padded with 4 zeros on each side, mirrored with probability ½.
    CropAndFlip,
}

impl Augmentation {
    /// Appends the picture, channels first, as a training step uses it.
    pub(super) fn apply(self, picture: &[f32], shape: Shape, rng: &mut Generator, out: &mut Vec<f32>) {
        match self {
            Self::None => out.extend_from_slice(picture),
            Self::CropAndFlip => Change::draw(rng).apply(picture, shape, out),
        }
    }
}

/// The random change of one picture.
#[derive(Clone, Copy, Debug)]
struct Change {
    /// Rows and columns of padding that are cut off at the top and on the left, 0 … 2·[`PADDING`].
    cut: [usize; 2],
    mirror: Mirror,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mirror {
    As,
    Flipped,
}

impl Change {
    fn draw(rng: &mut Generator) -> Self {
        let cut = [rng.random_range(0..=2 * PADDING), rng.random_range(0..=2 * PADDING)];
        Self { cut, mirror: if rng.random_bool(0.5) { Mirror::Flipped } else { Mirror::As } }
    }

    /// Appends the changed picture, channels first.
    fn apply(self, picture: &[f32], Shape { height, width, .. }: Shape, out: &mut Vec<f32>) {
        let [down, right] = self.cut;
        // Position in the picture; `None` in the padding around it.
        let within = |at: usize, size: usize| at.checked_sub(PADDING).filter(|at| *at < size);
        for plane in picture.chunks_exact((height * width).max(1)) {
            for y in 0..height {
                let start = out.len();
                let line = within(y + down, height).and_then(|y| plane.get(y * width..(y + 1) * width));
                let pixel = |x: usize| Some(*line?.get(within(x + right, width)?)?);
                out.extend((0..width).map(|x| pixel(x).unwrap_or(0.0)));
                if self.mirror == Mirror::Flipped {
                    out[start..].reverse();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Classified, Split, Subset};
    use crate::random::{Purpose, StepRng};
    use crate::units::Step;

    const SHAPE: Shape = Shape { channels: 2, height: 2, width: 3 };

    fn changed(cut: [usize; 2], mirror: Mirror) -> Vec<f32> {
        let picture: Vec<f32> = (1..=12_u8).map(f32::from).collect();
        let mut out = Vec::new();
        Change { cut, mirror }.apply(&picture, SHAPE, &mut out);
        out
    }

    #[test]
    fn a_crop_from_the_middle_of_the_padding_is_the_picture_itself() {
        let picture: Vec<f32> = (1..=12_u8).map(f32::from).collect();
        assert_eq!(changed([PADDING, PADDING], Mirror::As), picture);
        let mirrored = [3.0, 2.0, 1.0, 6.0, 5.0, 4.0, 9.0, 8.0, 7.0, 12.0, 11.0, 10.0];
        assert_eq!(changed([PADDING, PADDING], Mirror::Flipped), mirrored);
    }

    #[test]
    fn what_moves_in_at_the_border_is_zero() {
        // One line down, two columns to the left of the middle: the picture moves up and to the right.
        let moved = [0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0];
        assert_eq!(changed([PADDING + 1, PADDING - 2], Mirror::As), moved);
        assert_eq!(changed([0, 2 * PADDING], Mirror::As), [0.0; 12]);
    }

    /// One picture of 8×8 without symmetry, many times.
    fn data(rows: usize) -> Classified {
        let picture: Vec<f32> = (1..=64_u8).map(f32::from).collect();
        let split = Split { inputs: picture.repeat(rows), targets: vec![0; rows] };
        let shape = Shape { channels: 1, height: 8, width: 8 };
        let (training, held_out, augmentation) = (split.clone(), split, Augmentation::CropAndFlip);
        Classified {
            shape,
            classes: vec!["a".to_owned(), "b".to_owned()],
            training,
            held_out,
            augmentation,
            numbered_header: false,
        }
    }

    fn gathered(data: &Classified, part: Subset, step: u64) -> Vec<f32> {
        let rows: Vec<usize> = (0..data.training.rows()).collect();
        data.gather(part, &rows, StepRng { seed: 1, step: Step(step) }).inputs
    }

    #[test]
    fn a_re_run_step_gets_the_same_pixels_and_the_next_one_others() {
        let data = data(8);
        assert_eq!(gathered(&data, Subset::Training, 5), gathered(&data, Subset::Training, 5));
        assert_ne!(gathered(&data, Subset::Training, 5), gathered(&data, Subset::Training, 6));
        assert_ne!(gathered(&data, Subset::Training, 5), data.training.inputs);
    }

    #[test]
    fn what_is_held_out_stays_as_it_is() {
        let data = data(8);
        assert_eq!(gathered(&data, Subset::HeldOut, 5), data.held_out.inputs);
    }

    #[test]
    fn every_move_is_as_likely_as_another_and_every_second_picture_is_mirrored() {
        const DRAWS: usize = 8100;
        let mut rng = Purpose::Augmentation.rng(3, 1);
        let mut moves = [[0_usize; 9]; 9];
        let mut mirrored = 0;
        for change in (0..DRAWS).map(|_| Change::draw(&mut rng)) {
            moves[change.cut[0]][change.cut[1]] += 1;
            mirrored += usize::from(change.mirror == Mirror::Flipped);
        }
        // 100 of each are expected, with a deviation of 10; 4050 mirrored, with one of 45.
        assert!(moves.as_flattened().iter().all(|count| (50..150).contains(count)), "{moves:?}");
        assert!((3850..4250).contains(&mirrored), "{mirrored}");
    }
}
