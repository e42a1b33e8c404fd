//! The state of a flight recorder in a checkpoint: with it a resumed run raises the same alarms, and re-runs the same
//! steps, as a run that was never interrupted.
//!
//! The kept states of the lane are in files of their own, in the order of [`FlightState::kept`].

use serde::{Deserialize, Serialize};

use crate::units::Step;

/// The state of one lane's recorder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "Words", try_from = "Words")]
pub(in crate::train) struct FlightState {
    /// Recent values of ln(loss), the newest last.
    pub(in crate::train) losses: Vec<f64>,
    /// ln of the first loss; missing in checkpoints of an older version.
    pub(in crate::train) first: Option<f64>,
    /// No jump is reported before this step.
    pub(in crate::train) quiet_until: Step,
    /// The kept states, the newest last.
    pub(in crate::train) kept: Vec<KeptState>,
}

/// What is stored about a kept state beside the state itself.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::train) struct KeptState {
    /// The step that follows it.
    pub(in crate::train) next: Step,
    /// Learning rates of the steps since.
    pub(in crate::train) rates: Vec<f64>,
}

/// Numbers as text: not every reader of JSON gives the same `f64` back.
#[derive(Serialize, Deserialize)]
struct Words {
    losses: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    quiet_until: Step,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kept: Vec<KeptWords>,
}

/// Each rate with the number of consecutive steps that had it.
#[derive(Serialize, Deserialize)]
struct KeptWords {
    next: Step,
    rates: Vec<(String, usize)>,
}

/// Maximum number of steps since a kept state: a larger number means damage.
const MOST_RATES: usize = 1 << 24;

impl From<KeptState> for KeptWords {
    fn from(past: KeptState) -> Self {
        let runs = past.rates.chunk_by(|one, other| one.to_bits() == other.to_bits());
        let rates = runs.filter_map(|run| Some((run.first()?.to_string(), run.len()))).collect();
        Self { next: past.next, rates }
    }
}

impl TryFrom<KeptWords> for KeptState {
    type Error = String;

    fn try_from(words: KeptWords) -> Result<Self, String> {
        let mut rates = Vec::new();
        for (rate, steps) in words.rates {
            let rate: f64 = rate.parse().map_err(|_| format!("'{}' is not a learning rate", rate.escape_debug()))?;
            if steps > MOST_RATES - rates.len() {
                return Err(format!("more than {MOST_RATES} steps since a kept state"));
            }
            rates.extend(std::iter::repeat_n(rate, steps));
        }
        Ok(Self { next: words.next, rates })
    }
}

impl From<FlightState> for Words {
    fn from(past: FlightState) -> Self {
        Self {
            losses: past.losses.iter().map(f64::to_string).collect(),
            first: past.first.map(|first| first.to_string()),
            quiet_until: past.quiet_until,
            kept: past.kept.into_iter().map(KeptWords::from).collect(),
        }
    }
}

impl TryFrom<Words> for FlightState {
    type Error = String;

    fn try_from(words: Words) -> Result<Self, String> {
        let number = |word: &String| word.parse().map_err(|_| format!("'{}' is not a loss", word.escape_debug()));
        Ok(Self {
            losses: words.losses.iter().map(number).collect::<Result<_, _>>()?,
            first: words.first.as_ref().map(number).transpose()?,
            quiet_until: words.quiet_until,
            kept: words.kept.into_iter().map(KeptState::try_from).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_past_comes_back_as_it_was_and_an_older_one_kept_no_states() {
        let rates = [vec![0.1 + 0.2; 3], vec![1e-310], vec![0.1; 70]].concat();
        let kept = vec![KeptState { next: Step(65), rates }];
        let past = FlightState { losses: vec![-1.0 / 3.0], first: Some(0.1 + 0.2), quiet_until: Step(9), kept };
        let line = serde_json::to_string(&past).unwrap();
        assert_eq!(serde_json::from_str::<FlightState>(&line).unwrap(), past);
        let older = r#"{"losses":["1.5"],"quiet_until":3}"#;
        assert_eq!(serde_json::from_str::<FlightState>(older).unwrap().kept, []);
        let endless = r#"{"losses":[],"quiet_until":3,"kept":[{"next":1,"rates":[["0.1",99999999999999]]}]}"#;
        assert!(serde_json::from_str::<FlightState>(endless).is_err());
    }
}
