//! What a flight recorder knows of the steps before: a checkpoint keeps it, so that a run that goes on raises the alarms that
//! it would have raised without the break, and no other.
//!
//! The states of the lane that it would re-run from are not kept: a run that goes on re-runs steps since its checkpoint.

use serde::{Deserialize, Serialize};

use crate::units::Step;

/// The past of one lane's recorder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "Words", try_from = "Words")]
pub(in crate::train) struct FlightPast {
    /// ln(loss) of late, the newest last.
    pub(in crate::train) losses: Vec<f64>,
    /// No leap is reported before this step.
    pub(in crate::train) quiet_until: Step,
}

/// Numbers as words: not every reader of JSON gives the same `f64` back.
#[derive(Serialize, Deserialize)]
struct Words {
    losses: Vec<String>,
    quiet_until: Step,
}

impl From<FlightPast> for Words {
    fn from(past: FlightPast) -> Self {
        Self { losses: past.losses.iter().map(f64::to_string).collect(), quiet_until: past.quiet_until }
    }
}

impl TryFrom<Words> for FlightPast {
    type Error = std::num::ParseFloatError;

    fn try_from(words: Words) -> Result<Self, Self::Error> {
        let losses = words.losses.iter().map(|loss| loss.parse()).collect::<Result<_, _>>()?;
        Ok(Self { losses, quiet_until: words.quiet_until })
    }
}
