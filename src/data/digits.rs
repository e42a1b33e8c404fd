//! The embedded handwritten digits: 1,797 pictures of 8×8 pixels (UCI, Alpaydin & Kaynak 1998), no download.
//!
//! Rows 1 … 1,437 are for training, the rest is held out; pixels 0 … 16 become 0 … 1.

use std::io::Read;

use flate2::read::GzDecoder;

use super::{Augmentation, Classified, DataError, Shape, Split};

const COMPRESSED: &[u8] = include_bytes!("../../assets/digits.csv.gz");
/// Rows and columns of a picture.
const SIDE: usize = 8;
/// The largest grey value.
const WHITE: f32 = 16.0;
/// Rows for training: 80 %, the split of this file in scikit-learn's examples.
const TRAINING_ROWS: usize = 1437;

/// The digits.
///
/// # Errors
/// Fails only when the embedded file is damaged.
pub fn digits() -> Result<Classified, DataError> {
    let mut text = String::new();
    GzDecoder::new(COMPRESSED).read_to_string(&mut text).map_err(|error| DataError::Embedded(error.to_string()))?;
    let mut training = Split { inputs: Vec::new(), targets: Vec::new() };
    let mut held_out = training.clone();
    for (index, line) in text.lines().enumerate() {
        let split = if index < TRAINING_ROWS { &mut training } else { &mut held_out };
        let target =
            push_row(line, &mut split.inputs).ok_or_else(|| DataError::Embedded(format!("line {}", index + 1)))?;
        split.targets.push(target);
    }
    Ok(Classified {
        shape: Shape { channels: 1, height: SIDE, width: SIDE },
        classes: (0..10).map(|digit: u8| digit.to_string()).collect(),
        training,
        held_out,
        augmentation: Augmentation::None,
        numbered_header: false,
    })
}

/// Appends a row's scaled pixels and returns its class.
fn push_row(line: &str, inputs: &mut Vec<f32>) -> Option<usize> {
    let (pixels, class) = line.rsplit_once(',')?;
    let before = inputs.len();
    for pixel in pixels.split(',') {
        inputs.push(pixel.parse::<f32>().ok()? / WHITE);
    }
    (inputs.len() - before == SIDE * SIDE).then(|| class.parse().ok().filter(|class| *class < 10))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_and_the_scale_are_as_documented() {
        let digits = digits().expect("embedded");
        assert_eq!((digits.training.rows(), digits.held_out.rows()), (1437, 360));
        assert_eq!(digits.training.inputs.len(), 1437 * SIDE * SIDE);
        assert!(digits.training.inputs.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
        assert_eq!(&digits.training.targets[..4], &[0, 1, 2, 3]);
    }
}
