//! CRC-32C of all numbers and targets, to check that data are the same as before.

use super::{Classified, Dataset, Text};

/// Numbers that are added to the checksum at once.
const CHUNK: usize = 1 << 14;

impl Dataset {
    /// The checksum of both parts; costs one pass.
    #[must_use]
    pub(crate) fn fingerprint(&self) -> u32 {
        match self {
            Self::Classified(data) => {
                let Classified { training, held_out, .. } = data.as_ref();
                [training, held_out].into_iter().fold(0, |sum, split| {
                    let sum = of(sum, &split.inputs, f32::to_bits);
                    of(sum, &split.targets, |class| class as u32)
                })
            }
            Self::Text(text) => {
                let Text { vocabulary, training, held_out, .. } = text.as_ref();
                let sum = of(0, vocabulary, u32::from);
                [training, held_out].into_iter().fold(sum, |sum, part| of(sum, part, |place| place))
            }
        }
    }
}

fn of<T: Copy>(sum: u32, values: &[T], bits: impl Fn(T) -> u32) -> u32 {
    let mut bytes = Vec::with_capacity(CHUNK * size_of::<u32>());
    values.chunks(CHUNK).fold(sum, |sum, values| {
        bytes.clear();
        bytes.extend(values.iter().flat_map(|value| bits(*value).to_le_bytes()));
        crc32c::crc32c_append(sum, &bytes)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::digits;

    #[test]
    fn one_other_number_is_other_data() {
        let data = digits().expect("embedded");
        let sum = |data: &Classified| Dataset::Classified(Arc::new(data.clone())).fingerprint();
        assert_eq!(sum(&data), sum(&data.clone()));
        let mut other = data.clone();
        other.training.inputs[70_000] += 1.0;
        assert_ne!(sum(&other), sum(&data));
        let mut other = data.clone();
        other.held_out.targets.swap(0, 1);
        assert_eq!(data.held_out.targets[0] == data.held_out.targets[1], sum(&other) == sum(&data));
    }
}
