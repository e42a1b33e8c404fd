//! What a rule lacks to judge a lane.

use std::fmt;

use crate::quantity::Quantity;

/// What a rule lacks; its `Display` follows "too early: ".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// A measured step.
    Step,
    /// A quantity that the run does not measure.
    Quantity(Quantity),
    /// A signal: the head sends back exactly 0.
    Signal,
    /// A second row to compare with.
    Depth,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step => f.write_str("no step was measured yet"),
            Self::Quantity(quantity) => write!(f, "{quantity} is not measured"),
            Self::Signal => f.write_str("the head sends no signal back"),
            Self::Depth => f.write_str("there are fewer than two blocks"),
        }
    }
}
