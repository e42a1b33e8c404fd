//! Mean-field theory of a stack at initialization: how the input and the signal change from block to block.
//!
//! ```text
//! plain      x ← W φ(x) + b            gain_l = √χ_l            q_{l+1} = σ_w² E[φ(√q_l z)²] + σ_b²
//! residual   x ← x + s·(W φ(x) + b)    gain_l = √(1 + s²χ_l)    q_{l+1} = q_l + s²·(σ_w² E[φ(√q_l z)²] + σ_b²)
//! χ_l = σ_w² E[φ'(√q_l z)²],  z ~ N(0, 1),  q_l = mean x_l²,  act_rms_l = √q_l
//! ```
//!
//! q_1 is *measured*: the theory does not cover how the stem transforms the data. The prediction holds before the first
//! update, for the mean of q over infinitely many nets or infinitely many units. A net of n units is log-normal around
//! a smaller value: each block multiplies q by a factor of relative variance r = O(1/n), so that ln q falls behind by ½
//! ln(1 + r) and spreads by ln(1 + r) per block, carried on by J = d ln q_{l+1}/d ln q_l (`theory/finite.rs`). The
//! prediction is that median, with a band that holds 95 % of all nets. Values that accumulate over blocks have median
//! and band over as many blocks as there are units, from 32 on: beyond, a few of many nets dominate the mean and ln q
//! is no longer normal. Both are those of a single example: a batch with different examples lies between the infinite
//! width and the median, and spreads less. The theory assumes that a block's weights are independent of its input;
//! where this fails, there is no prediction and [`NotApplicable`] says why.
//!
//! Poole et al. 2016; Schoenholz et al. 2017, Deep Information Propagation; Yang & Schoenholz 2017 for residual stacks;
//! Hanin & Nica 2018 (1812.05994) for the finite width.
//!
//! ```
//! use nablatop::config::{LaneConfig, Wiring};
//! use nablatop::theory;
//!
//! let prediction = theory::predict(&LaneConfig::new(Wiring::Plain), 0.3)?;
//! let over_all_blocks: f64 = prediction.gain.iter().product();
//! assert!(over_all_blocks < 1e-10, "PyTorch's default weights lose the signal of 50 plain blocks");
//! # Ok::<(), theory::NotApplicable>(())
//! ```

mod expectation;
mod finite;
mod quadrature;
mod variance;

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use thiserror::Error;

use self::expectation::{Fluctuation, Moments};
use self::finite::{Block, Weights};
use self::variance::Variance;
use crate::config::{Init, LaneConfig, Model, Norm, Order, Wiring};
use crate::event::{LaneHeader, RunHeader};
use crate::history::LaneHistory;
use crate::layer::LayerKind;
use crate::quantity::Quantity;
use crate::units::Step;

/// Units below which a few blocks are enough to leave the band: of 16, one net of ten after ten blocks.
pub(crate) const LEAST_UNITS: f64 = 32.0;

/// What the theory says of a lane's blocks; index l − 1 for block l.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prediction {
    /// ‖δ_l‖/‖δ_{l+1}‖, dimensionless; the median over nets of the lane's width.
    pub gain: Vec<f64>,
    /// √q_l, the root mean square of the block's input; the median likewise.
    pub act_rms: Vec<f64>,
    /// Standard deviation of ln gain over nets.
    pub gain_spread: Vec<f64>,
    /// Standard deviation of ln √q_l over nets.
    pub act_rms_spread: Vec<f64>,
    /// Blocks over which fluctuations may add up: as many as a block has units, 0 below 32 units. Beyond, ln is
    /// no longer normal, and what accumulates has neither line nor band.
    pub reach: usize,
}

/// Why there is no prediction; its `Display` follows "no theory: " and fits beside a column of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotApplicable {
    /// A trace of a stack that nablatop did not make.
    #[error("not a stack of nablatop")]
    NoSettings,
    /// The settings do not describe weights that the user gave.
    #[error("its weights come from a file")]
    GivenWeights,
    /// What is normalized depends on all units or examples at once: they are not independent given the layer before.
    #[error("{0} norm breaks independence")]
    Normalized(Norm),
    /// The recursion is that of plain and residual blocks.
    #[error("{0} is not covered")]
    Wiring(Wiring),
    /// Branches that start at 0.
    #[error("fixup starts its branches at 0")]
    Fixup,
    /// Weights that no distribution describes.
    #[error("lsuv fits its weights to the data")]
    Fitted,
    /// The recursion is that of the mlp.
    #[error("{0} is not covered")]
    Family(Model),
    /// Not the form that the recursion is of: a weight and its activation's slope are no longer independent.
    #[error("its activation comes after the weights")]
    PostActivation,
    /// No measured step has arrived yet.
    #[error("no step has been measured yet")]
    NotMeasured,
    /// The weights had moved before anything was measured.
    #[error("step 1 is missing, the first is step {0}")]
    NotFromTheStart(Step),
    /// There is no q_1 to start from.
    #[error("rms(x) of block 1 was not measured")]
    NoFirstActivation,
}

impl Prediction {
    /// Geometric mean of the gains; `None` without blocks.
    #[must_use]
    pub fn gain_per_block(&self) -> Option<f64> {
        let sum: f64 = self.gain.iter().map(|gain| gain.ln()).sum();
        (!self.gain.is_empty()).then(|| (sum / self.gain.len() as f64).exp())
    }

    /// A quantity of every block. The signal, by itself or relative to the head's, is carried back from `last_signal`,
    /// the measured one at block D:
    /// ‖δ_l‖ = ‖δ_D‖·Π gain_k over k = l … D − 1.
    ///
    /// `None` for a quantity the theory is silent about, for the signal when there is none to start from, and at blocks
    /// that are farther than [`Self::reach`] from where it starts.
    #[must_use]
    pub fn of(&self, quantity: Quantity, last_signal: Option<f64>) -> Option<Vec<Option<f64>>> {
        let depth = self.gain.len();
        match quantity {
            Quantity::Gain => Some(self.gain.iter().copied().map(Some).collect()),
            Quantity::ActRms => Some(self.within_reach(&self.act_rms, |block| block)),
            Quantity::SignalNorm | Quantity::SignalRelative => {
                last_signal.map(|last| self.within_reach(&self.signal(last), |block| depth - 1 - block))
            }
            _ => None,
        }
    }

    /// The values at blocks that are not too far from where the theory starts.
    fn within_reach(&self, values: &[f64], distance: impl Fn(usize) -> usize) -> Vec<Option<f64>> {
        values.iter().enumerate().map(|(block, value)| (distance(block) <= self.reach).then_some(*value)).collect()
    }

    /// Between which two values 95 of 100 nets lie at each block, where [`Self::of`] has a line: exp(± 1.96 deviations of
    /// the logarithm) around it. A signal's variance is the sum of those of its gains, as if they were independent; they hang together
    /// through q, so that of 200 simulated nets 85 to 96 in 100 had their signal within (`theory/simulation.rs`).
    #[must_use]
    pub fn band(&self, quantity: Quantity, last_signal: Option<f64>) -> Option<Vec<Option<[f64; 2]>>> {
        /// Deviations that hold 95 % of a normal distribution.
        const DEVIATIONS: f64 = 1.96;
        let middle = self.of(quantity, last_signal)?;
        let spread = match quantity {
            Quantity::Gain => self.gain_spread.clone(),
            Quantity::ActRms => self.act_rms_spread.clone(),
            _ => self.signal_spread(),
        };
        let around = |(middle, spread): (Option<f64>, f64)| {
            let factor = (DEVIATIONS * spread).exp();
            middle.map(|middle| [middle / factor, middle * factor])
        };
        Some(middle.into_iter().zip(spread).map(around).collect())
    }

    fn signal_spread(&self) -> Vec<f64> {
        let mut variance = vec![0.0; self.gain_spread.len()];
        for block in (1..variance.len()).rev() {
            variance[block - 1] = variance[block] + self.gain_spread[block - 1].powi(2);
        }
        variance.into_iter().map(f64::sqrt).collect()
    }

    fn signal(&self, last: f64) -> Vec<f64> {
        let mut signal = vec![last; self.gain.len()];
        for block in (1..signal.len()).rev() {
            signal[block - 1] = signal[block] * self.gain[block - 1];
        }
        signal
    }
}

/// The prediction for a lane from q_1, the mean square of its first block's input.
///
/// # Errors
/// When the theory does not hold for these settings, or q_1 is not a finite number.
pub fn predict(lane: &LaneConfig, q1: f64) -> Result<Prediction, NotApplicable> {
    of_width(lane, q1, lane.width as f64)
}

/// The same with the fluctuations of so many units; none of infinitely many.
fn of_width(lane: &LaneConfig, q1: f64, units: f64) -> Result<Prediction, NotApplicable> {
    check(lane)?;
    if !q1.is_finite() {
        return Err(NotApplicable::NoFirstActivation);
    }
    let Variance { weight, bias } = Variance::of(lane);
    let scale = lane.scale().powi(2); // s²
    let weights = Weights::of(lane.init);
    let mut prediction = Prediction {
        gain: Vec::with_capacity(lane.depth),
        act_rms: Vec::with_capacity(lane.depth),
        gain_spread: Vec::with_capacity(lane.depth),
        act_rms_spread: Vec::with_capacity(lane.depth),
        reach: if units < LEAST_UNITS { 0 } else { units as usize },
    };
    let mut q = q1;
    let mut moments = Moments::of(lane.activation, q);
    let mut fluctuation = Fluctuation::of(lane.activation, q, moments);
    let mut so_far = finite::Course::default();
    for _ in 0..lane.depth {
        let chi = weight * moments.slope;
        let branch = weight * moments.value + bias;
        let (gain, next) = match lane.wiring {
            Wiring::Plain => (chi.sqrt(), branch),
            // All others were refused.
            _ => ((1.0 + scale * chi).sqrt(), q + scale * branch),
        };
        let around = if lane.wiring == Wiring::Plain { None } else { Some(q) };
        let scale = if lane.wiring == Wiring::Plain { 1.0 } else { scale };
        let share = if branch > 0.0 { weight * moments.value / branch } else { 0.0 };
        let block = Block { around, branch: scale * branch, slope: scale * chi, share, weights, fluctuation };
        let of_gain = block.gain(units);
        prediction.gain.push(gain * of_gain.shift.exp());
        prediction.gain_spread.push(of_gain.variance.sqrt());
        prediction.act_rms.push(q.sqrt() * (so_far.logarithm.shift / 2.0).exp());
        prediction.act_rms_spread.push(so_far.logarithm.variance.sqrt() / 2.0);
        so_far = block.after(so_far, units);
        // At the fixed point nothing changes any more: a deep stack costs no more than its transient.
        if next != q {
            moments = Moments::of(lane.activation, next);
            fluctuation = Fluctuation::of(lane.activation, next, moments);
        }
        q = next;
    }
    Ok(prediction)
}

/// Whether the theory holds for these settings.
fn check(lane: &LaneConfig) -> Result<(), NotApplicable> {
    if lane.init_from.is_some() {
        return Err(NotApplicable::GivenWeights);
    }
    if !matches!(lane.wiring, Wiring::Plain | Wiring::Residual) {
        return Err(NotApplicable::Wiring(lane.wiring));
    }
    if lane.is_fixup() {
        return Err(NotApplicable::Fixup);
    }
    if lane.init == Init::Lsuv {
        return Err(NotApplicable::Fitted);
    }
    match (lane.model(), lane.norm, lane.family.order()) {
        (Model::Mlp, Norm::None, Order::Pre) => Ok(()),
        (Model::Mlp, Norm::None, Order::Post) => Err(NotApplicable::PostActivation),
        (Model::Mlp, norm, _) => Err(NotApplicable::Normalized(norm)),
        (family, ..) => Err(NotApplicable::Family(family)),
    }
}

/// The prediction for a lane of a run from what its first step measured.
///
/// # Errors
/// When the theory does not hold for the lane, or its first step was not measured.
pub fn of_lane(
    settings: Option<&LaneConfig>,
    run: &RunHeader,
    lane: &LaneHeader,
    history: &LaneHistory,
) -> Result<Prediction, NotApplicable> {
    let settings = settings.ok_or(NotApplicable::NoSettings)?;
    // What can be known before the first step is said before it.
    check(settings)?;
    let first = history.first_measured().ok_or(NotApplicable::NotMeasured)?;
    if first.step != Step::FIRST {
        return Err(NotApplicable::NotFromTheStart(first.step));
    }
    let row = run.quantities.iter().position(|quantity| *quantity == Quantity::ActRms);
    let block = lane.layers.layers.iter().position(|layer| layer.kind == LayerKind::Block);
    let value = row.zip(block).and_then(|(row, block)| first.values.row(row).get(block)?.get());
    predict(settings, f64::from(value.ok_or(NotApplicable::NoFirstActivation)?).powi(2))
}
