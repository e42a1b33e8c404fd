//! How often clipping acted: the share of steps with a scale below 1.

/// Number of steps, and of those that were clipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clipping {
    clipped: u64,
    steps: u64,
}

impl Clipping {
    /// Length of [`Self::bytes`].
    const BYTES: usize = 16;

    /// Counts one step.
    pub(super) fn count(&mut self, scale: f64) {
        self.steps += 1;
        self.clipped += u64::from(scale < 1.0);
    }

    /// Share of the steps that were clipped, 0 … 1; 0 before the first step.
    pub(super) fn rate(self) -> f32 {
        (self.clipped as f64 / self.steps.max(1) as f64) as f32
    }

    /// Both counts, little-endian; `None` before the first step.
    pub(super) fn bytes(self) -> Option<Vec<u8>> {
        (self.steps > 0).then(|| [self.clipped, self.steps].into_iter().flat_map(u64::to_le_bytes).collect())
    }

    /// Reads both counts; `None` if the length is wrong.
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; Self::BYTES] = bytes.try_into().ok()?;
        let (clipped, steps) = bytes.split_first_chunk::<8>()?;
        Some(Self { clipped: u64::from_le_bytes(*clipped), steps: u64::from_le_bytes(steps.try_into().ok()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_the_share_of_steps_that_were_made_smaller_and_is_kept_as_it_is() {
        let mut clipping = Clipping::default();
        assert_eq!((clipping.rate(), clipping.bytes()), (0.0, None));
        for scale in [1.0, 0.5, 1.0, 0.0] {
            clipping.count(scale);
        }
        assert_eq!(clipping.rate(), 0.5);
        assert_eq!(clipping.bytes().and_then(|bytes| Clipping::of_bytes(&bytes)), Some(clipping));
        assert_eq!(Clipping::of_bytes(&[1, 2]), None);
    }
}
