//! A state that a value enters beyond one limit and leaves beyond another, so that noise does not open and close
//! findings.

/// Whether something is ill.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hysteresis {
    is_ill: bool,
}

impl Hysteresis {
    /// Whether it is ill below `ill`, and once it is, until it is back at `healed`.
    pub(super) fn below(&mut self, value: f64, [ill, healed]: [f64; 2]) -> bool {
        self.is_ill = value < if self.is_ill { healed } else { ill };
        self.is_ill
    }

    /// The same above `ill`.
    pub(super) fn above(&mut self, value: f64, [ill, healed]: [f64; 2]) -> bool {
        self.is_ill = value > if self.is_ill { healed } else { ill };
        self.is_ill
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ill_heals_beyond_its_second_limit() {
        let mut state = Hysteresis::default();
        let found = [2.0, 0.9, 2.0, 3.0, 2.0].map(|value| state.below(value, [1.0, 3.0]));
        assert_eq!(found, [false, true, true, false, false]);
        let mut state = Hysteresis::default();
        let found = [2.0, 3.1, 2.0, 1.0, 2.0, f64::NAN].map(|value| state.above(value, [3.0, 1.0]));
        assert_eq!(found, [false, true, true, false, false, false]);
    }
}
