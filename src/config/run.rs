//! Settings of a whole run, and the rules across them.

use super::setting::SettingError;
use super::{Backend, Budget, CheckpointActivations, DEFAULT_BUDGET, DataSource, LaneConfig, Length, Measure, Wiring};
use crate::measurement::{Intervals, Measurement};

/// Settings of a whole run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunConfig {
    /// The data to train on.
    pub data: DataSource,
    /// Rows and columns to which the user's own pictures are resized.
    pub image_size: usize,
    /// Characters of a text per example.
    pub context: usize,
    /// Rows per step; the last partial batch of an epoch is dropped.
    pub batch: usize,
    /// The length of the run.
    pub length: Length,
    /// All random numbers derive from it.
    pub seed: u64,
    /// The Burn backend that computes.
    pub backend: Backend,
    /// Whether activations are recomputed in the backward pass.
    pub checkpoint_activations: CheckpointActivations,
    /// Maximum number of lanes that compute at the same time; `None` = one per hardware thread.
    pub threads: Option<usize>,
    /// How often the layers are measured.
    pub measure: Measure,
    /// Share of the step time that measuring may take; `None` = no limit.
    pub budget: Option<Budget>,
    /// The costly quantities are measured every so many steps; `None` = never.
    pub detail: Option<u64>,
    /// The flight recorder keeps the state of the lanes every so many steps; `None` = off.
    pub flight: Option<u64>,
    /// Gradients are counted into histograms every so many steps; `None` = only with the costly quantities.
    pub histograms: Option<u64>,
    /// A checkpoint is saved every so many steps; `None` = never.
    pub save_every: Option<u64>,
    /// The stacks that are compared, 1 … 8.
    pub lanes: Vec<LaneConfig>,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            data: DataSource::Digits,
            image_size: 32,
            context: 64,
            batch: 64,
            length: Length::Steps(2000),
            seed: 1,
            backend: Backend::Flex,
            checkpoint_activations: CheckpointActivations::Off,
            threads: None,
            measure: Measure::Every(Measurement::Layers.definition().default_interval),
            budget: None,
            detail: Some(Measurement::Costly.definition().default_interval),
            histograms: Some(Measurement::Histograms.definition().default_interval),
            flight: Some(64),
            save_every: None,
            lanes: vec![LaneConfig::new(Wiring::Plain), LaneConfig::new(Wiring::Residual)],
        }
    }
}

/// Maximum number of lanes in a run: more could not be distinguished on a screen.
pub const MOST_LANES: usize = 8;

impl RunConfig {
    /// Share of the step time that measuring may take, if it is limited.
    #[must_use]
    pub fn budget(&self) -> Option<f64> {
        match (self.budget, self.measure) {
            (Some(Budget(share)), _) => Some(share),
            (None, Measure::Auto) => Some(DEFAULT_BUDGET),
            (None, Measure::Every(_)) => None,
        }
    }

    /// How often each part is measured.
    #[must_use]
    pub fn intervals(&self) -> Intervals {
        Intervals {
            layers: self.measure.steps(),
            histograms: self.histograms,
            costly: self.detail,
            is_bounded: self.budget().is_some(),
        }
    }

    /// Rules across settings; each setting alone is checked where it is set.
    ///
    /// # Errors
    /// Fails when there is no lane, there are more than [`MOST_LANES`], two have the same name, or a family does not
    /// support one of its settings.
    pub fn check(&self) -> Result<(), SettingError> {
        let problem = |problem: String| Err(SettingError { key: "lanes".to_owned(), problem });
        if self.lanes.is_empty() || self.lanes.len() > MOST_LANES {
            return problem(format!("{} lanes: write 1 to {MOST_LANES}, such as plain,residual", self.lanes.len()));
        }
        for (index, lane) in self.lanes.iter().enumerate() {
            if self.lanes.iter().take(index).any(|other| other.name == lane.name) {
                return problem(format!("two lanes are called '{}': set name= on one of them", lane.name));
            }
            let unfit = lane.incompatible_setting().or_else(|| Some(("data", lane.model().incompatible(&self.data)?)));
            if let Some((key, problem)) = unfit {
                return Err(SettingError { key: key.to_owned(), problem });
            }
        }
        Ok(())
    }
}
