//! A claim about one lane of a run: `LANE FIGURE < NUMBER`, such as `plain rho < 0.5`.

use std::str::FromStr;

use thiserror::Error;

use crate::config::spelling::not_one_of;
use crate::event::{LaneHeader, StepRecord};
use crate::profile::Profile;
use crate::quantity::Quantity;

/// Number of last steps over which losses and accuracies are averaged.
const LATE: usize = 20;

/// The figure that a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Figure {
    /// Fitted factor per block of the signal, at the first step.
    Rho,
    /// Mean loss of the last twenty steps over the first loss.
    LossLeft,
    /// Mean accuracy of the last twenty steps.
    Accuracy,
}

impl Figure {
    const WORDS: &[(&str, Self)] = &[("rho", Self::Rho), ("loss-left", Self::LossLeft), ("accuracy", Self::Accuracy)];

    /// Its value over the steps of a lane, in order; `quantities` are those of the run. `None` if it cannot be
    /// computed.
    #[must_use]
    pub fn of(self, lane: &LaneHeader, quantities: &[Quantity], steps: &[&StepRecord]) -> Option<f64> {
        match self {
            Self::Rho => {
                let row = quantities.iter().position(|quantity| *quantity == Quantity::SignalNorm)?;
                let values = steps.first()?.values.row(row).iter().zip(&lane.layers.layers);
                let kind = lane.layers.depth_kind();
                let rows = values.filter(|(_, layer)| layer.kind == kind);
                let signal: Vec<Option<f32>> = rows.map(|(value, _)| value.get()).collect();
                Profile::of(&signal).fit.map(|fit| fit.rho)
            }
            Self::LossLeft => {
                let first = f64::from(steps.first()?.loss?);
                Some(late(steps, |step| step.loss)? / first)
            }
            Self::Accuracy => late(steps, |step| step.accuracy),
        }
    }
}

fn late(steps: &[&StepRecord], value: impl Fn(&StepRecord) -> Option<f32>) -> Option<f64> {
    let last = &steps[steps.len().saturating_sub(LATE)..];
    let values: Vec<f64> = last.iter().filter_map(|step| value(step)).map(f64::from).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The comparison of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Below,
    Above,
    Is,
}

/// A claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Name of the lane.
    pub lane: String,
    /// The figure that it is about.
    pub figure: Figure,
    relation: Relation,
    bound: f64,
}

/// Why a text is not a claim.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimError {
    /// It does not consist of four words.
    #[error("'{0}' is not a claim: write LANE FIGURE < NUMBER, such as plain rho < 0.5")]
    Form(String),
    /// There is no such figure.
    #[error("{0}")]
    Figure(String),
}

impl Claim {
    /// Whether the claim holds for a value; it never holds for NaN.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        /// Relative tolerance: numbers are stored as f32.
        const ROUNDING: f64 = 1e-6;
        match self.relation {
            Relation::Below => value < self.bound,
            Relation::Above => value > self.bound,
            Relation::Is => (value - self.bound).abs() <= ROUNDING,
        }
    }
}

impl FromStr for Claim {
    type Err = ClaimError;

    fn from_str(text: &str) -> Result<Self, ClaimError> {
        let form = || ClaimError::Form(text.to_owned());
        let words: Vec<&str> = text.split(' ').collect();
        let [lane, figure, relation, bound] = words[..] else { return Err(form()) };
        let relation = match relation {
            "<" => Relation::Below,
            ">" => Relation::Above,
            "=" => Relation::Is,
            _ => return Err(form()),
        };
        let names: Vec<&str> = Figure::WORDS.iter().map(|(word, _)| *word).collect();
        let known = Figure::WORDS.iter().find(|(word, _)| *word == figure);
        let (_, figure) = known.ok_or_else(|| ClaimError::Figure(not_one_of(figure, &names)))?;
        let bound = bound.parse().map_err(|_| form())?;
        Ok(Self { lane: lane.to_owned(), figure: *figure, relation, bound })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_holds_on_its_side_of_the_bound_alone() {
        let claim: Claim = "plain rho < 0.5".parse().expect("good");
        assert!(claim.holds(0.4) && !claim.holds(0.5) && !claim.holds(f64::NAN));
        let exact: Claim = "rezero rho = 1".parse().expect("good");
        assert!(exact.holds(1.0) && !exact.holds(1.001));
    }

    #[test]
    fn a_text_that_is_not_a_claim_is_refused_with_what_to_write() {
        let error = |text: &str| text.parse::<Claim>().unwrap_err().to_string();
        assert!(error("plain rho").contains("write LANE FIGURE < NUMBER"));
        assert!(error("plain los-left < 1").contains("did you mean 'loss-left'?"));
        assert!(error("plain rho < much").contains("is not a claim"));
    }
}
