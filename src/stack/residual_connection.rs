//! How a block joins its branch F to its input: the residual connection and its cures.
//!
//! | wiring | x ← | at the start | source |
//! |---|---|---|---|
//! | residual | x + s·F(x) | s fixed | He et al. 2016 |
//! | rezero | x + α·F(x), α learned | 0 | Bachlechner et al. 2020 (2003.04887) |
//! | skipinit | x + α·F(x), α learned | 1/√D | De & Smith 2020 (2002.10444), who start from 0 and from 1/√D |
//! | layerscale | x + λ ⊙ F(x), λ learned per unit | 0.1, 1e-5 beyond 18 blocks, 1e-6 beyond 24 | Touvron et al. 2021 (2103.17239) |
//! | fixup | x + α·F(x), α learned, with learned shifts in F | 1 | Zhang et al. 2019 (1901.09321) |
//! | deepnorm | N(κ·x + F(x)), κ = D^¼ | weights of F times (4D)^-¼ | Wang et al. 2022 (2203.00555), D = sub-layers |
//! | stochastic-depth | x + b·F(x), b = 1 with probability p_l = 1 − l/2D, drawn per step | | Huang et al. 2016 (1603.09382) |
//! | hyper-connections, constrained-hyper-connections | several streams instead of x | | [`super::streams`] |
//!
//! In evaluation stochastic depth uses the mean, x + p_l·F(x). The scale of a branch is its `Other` op.
//!
//! ```
//! use burn::tensor::Tensor;
//! use nablatop::backend::device;
//! use nablatop::config::Backend;
//! use nablatop::probe::Taps;
//! use nablatop::stack::residual_connection::{BlockMode, ResidualConnection};
//! use nablatop::units::LayerId;
//!
//! let device = device(Backend::Flex);
//! let (x, branch) = (Tensor::<1>::from_floats([1.0], &device), Tensor::<1>::from_floats([4.0], &device));
//! let connection = ResidualConnection::scaled_by(0.5);
//! let sum = connection.around(x) + connection.scaled(branch, BlockMode::Kept, &Taps::off(), LayerId(0));
//! assert_eq!(sum.into_scalar::<f32>(), 3.0);
//! ```

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use rand::RngExt;

use super::Pass;
use super::init::Initializer;
use super::normalization::Normalization;
use super::streams::{self, Streams};
use crate::config::{LaneConfig, Norm, Wiring};
use crate::probe::Taps;
use crate::quantity::StepKind;
use crate::random::{Generator, Purpose, StepRng};
use crate::units::LayerId;

/// The residual connection of one block.
#[derive(Module, Debug)]
pub struct ResidualConnection {
    /// α `[1]` or λ `[units]`.
    pub(crate) gain: Option<Param<Tensor<1>>>,
    /// N around the sum.
    pub(crate) norm: Option<Normalization>,
    /// The maps between streams, if there are several.
    pub streams: Option<Streams>,
    /// s.
    #[module(skip)]
    pub scale: f64,
    /// κ.
    #[module(skip)]
    pub(crate) skip: f64,
    /// p_l.
    #[module(skip)]
    pub(crate) survival: f64,
}

/// Whether a block is computed in a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockMode {
    /// The block is computed.
    Kept,
    /// The block is skipped: x stays unchanged.
    Dropped,
    /// The branch is multiplied by its probability of survival.
    Weighed,
}

/// The blocks that are skipped in a pass.
pub struct StochasticDepth {
    /// Draws the blocks of a step; `None` in an evaluation.
    rng: Option<Generator>,
    /// The weights of a skipped block could not be measured, so a pass that scales weights keeps all blocks.
    keeps_all: bool,
}

impl StochasticDepth {
    /// The blocks of a step; without a step, those of an evaluation.
    #[must_use]
    pub fn of(step: Option<StepRng>) -> Self {
        Self { rng: step.map(|step| step.rng(Purpose::Depth)), keeps_all: false }
    }

    /// The same; a pass that scales weights keeps every block.
    #[must_use]
    pub(super) fn of_pass(step: Option<StepRng>, pass: Pass<'_>) -> Self {
        Self { keeps_all: pass.scales_weights(), ..Self::of(step) }
    }

    /// The mode of the next block.
    pub fn next(&mut self, joint: Option<&ResidualConnection>) -> BlockMode {
        let survival = joint.map_or(1.0, |joint| joint.survival);
        if survival == 1.0 || self.keeps_all {
            return BlockMode::Kept;
        }
        match self.rng.as_mut().map(|rng| rng.random_bool(survival)) {
            None => BlockMode::Weighed,
            Some(true) => BlockMode::Kept,
            Some(false) => BlockMode::Dropped,
        }
    }
}

/// Index of a branch: a block has one branch, a transformer block two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BranchIndex {
    /// From 1.
    pub(crate) block: usize,
    /// D.
    pub(crate) of: usize,
}

impl ResidualConnection {
    /// The plain sum, x + F(x).
    const PLAIN_SUM: Self = Self { gain: None, norm: None, streams: None, scale: 1.0, skip: 1.0, survival: 1.0 };

    /// x + s·F(x).
    #[must_use]
    pub fn scaled_by(scale: f64) -> Self {
        Self { scale, ..Self::PLAIN_SUM }
    }

    /// The residual connection of a block with this many output units or channels; `None` for a plain block. `norm`
    /// builds the normalization around the sum.
    #[must_use]
    pub(crate) fn of(
        lane: &LaneConfig,
        index: BranchIndex,
        units: usize,
        initializer: Initializer<'_>,
        norm: impl FnOnce(Norm) -> Option<Normalization>,
    ) -> Option<Self> {
        /// Touvron et al.: λ for stacks of up to this many blocks.
        const LAYER_SCALES: [(usize, f32); 3] = [(18, 0.1), (24, 1e-5), (usize::MAX, 1e-6)];
        /// Huang et al.: survival probability of the last block.
        const LAST_SURVIVAL: f64 = 0.5;
        let depth = index.of as f64;
        let learned = |count, value| Self { gain: Some(initializer.constant(count, value)), ..Self::PLAIN_SUM };
        Some(match lane.wiring {
            Wiring::Plain => return None,
            Wiring::Residual | Wiring::NormScaling => Self::scaled_by(lane.scale()),
            Wiring::ReZero => learned(1, 0.0),
            Wiring::SkipInit => learned(1, (1.0 / depth.sqrt()) as f32),
            Wiring::Fixup => learned(1, 1.0),
            Wiring::LayerScale => {
                let scale =
                    LAYER_SCALES.iter().find(|(most, _)| lane.blocks() <= *most).map_or(0.0, |(_, scale)| *scale);
                learned(units, scale)
            }
            Wiring::DeepNorm => {
                let kind = if lane.norm == Norm::None { Norm::Layer } else { lane.norm };
                Self { norm: norm(kind), skip: depth.powf(0.25), ..Self::PLAIN_SUM }
            }
            Wiring::StochasticDepth => {
                let survival = 1.0 - index.block as f64 / depth * (1.0 - LAST_SURVIVAL);
                Self { survival, ..Self::PLAIN_SUM }
            }
            Wiring::HyperConnections | Wiring::ConstrainedHyperConnections => {
                Self { streams: Some(Streams::of(lane.wiring, index.block, initializer)), ..Self::PLAIN_SUM }
            }
        })
    }

    /// s, if the connection consists of nothing else: such a block can be one operation.
    pub(super) fn constant(&self) -> Option<f64> {
        let is_learned = self.gain.is_some() || self.norm.is_some() || self.streams.is_some();
        (!is_learned && self.skip == 1.0 && self.survival == 1.0).then_some(self.scale)
    }

    /// x, through the tap of the block's input.
    #[must_use]
    pub(crate) fn input<const D: usize>(&self, x: Tensor<D>, taps: &Taps, layer: LayerId) -> Tensor<D> {
        streams::input(taps, layer, x, self.streams.as_ref().map_or(1, Streams::count))
    }

    /// The input of F: x or, with several streams, what the block reads of them.
    #[must_use]
    pub fn read<const D: usize>(&self, x: Tensor<D>, taps: &Taps, layer: LayerId) -> Tensor<D> {
        match &self.streams {
            Some(streams) => streams.read(taps.step(layer, StepKind::Other, x)),
            None => x,
        }
    }

    /// The scaled branch, written to all streams if there are several.
    #[must_use]
    pub fn scaled<const D: usize>(&self, branch: Tensor<D>, mode: BlockMode, taps: &Taps, layer: LayerId) -> Tensor<D> {
        if let Some(streams) = &self.streams {
            return streams.written(taps.step(layer, StepKind::Other, branch));
        }
        let constant = if mode == BlockMode::Weighed { self.scale * self.survival } else { self.scale };
        if constant == 1.0 && self.gain.is_none() {
            return branch;
        }
        let mut branch = taps.step(layer, StepKind::Other, branch);
        if constant != 1.0 {
            branch = branch.mul_scalar(constant);
        }
        match &self.gain {
            Some(gain) => branch * along_units(gain.val()),
            None => branch,
        }
    }

    /// κ·x, or the streams mixed.
    #[must_use]
    pub fn around<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        if let Some(streams) = &self.streams {
            return streams.mixed(x);
        }
        if self.skip == 1.0 { x } else { x.mul_scalar(self.skip) }
    }

    /// What follows the sum.
    #[must_use]
    pub fn after<const D: usize>(&self, sum: Tensor<D>, taps: &Taps, layer: LayerId) -> Tensor<D> {
        match &self.norm {
            Some(norm) => norm.forward(taps.step(layer, StepKind::Norm, sum)),
            None => sum,
        }
    }
}

/// [units] as [1, units, 1, 1] for pictures, [1, …, units] for all else.
fn along_units<const D: usize>(values: Tensor<1>) -> Tensor<D> {
    /// Dimensions of a batch of pictures.
    const PICTURES: usize = 4;
    let mut shape = [1; D];
    shape[if D == PICTURES { 1 } else { D - 1 }] = values.dims()[0];
    values.reshape(shape)
}

/// The factor on the initial values of the n-th of `of` weights of a branch, which its wiring requires.
#[must_use]
pub(crate) fn weight_gain(lane: &LaneConfig, depth: usize, index: usize, of: usize) -> f64 {
    let depth = depth as f64;
    match lane.wiring {
        Wiring::DeepNorm => (4.0 * depth).powf(-0.25),
        _ if !lane.is_fixup() => 1.0,
        // The last weight of a branch is 0, so that the branch is 0.
        _ if index + 1 == of => 0.0,
        _ => depth.powf(-1.0 / (2.0 * of as f64 - 2.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::device;
    use crate::config::{Backend, Init};
    use crate::units::Step;

    fn joint(wiring: Wiring, index: BranchIndex) -> ResidualConnection {
        let device = device(Backend::Flex);
        let initializer = Initializer { init: Init::Kaiming, gain: 1.0, seed: 1, device: &device };
        ResidualConnection::of(
            &LaneConfig { depth: index.of, ..LaneConfig::new(wiring) },
            index,
            3,
            initializer,
            |_| None,
        )
        .expect("no plain block")
    }

    #[test]
    fn learned_factors_start_as_their_papers_have_them() {
        let start = |wiring, of| {
            let gain = joint(wiring, BranchIndex { block: 1, of }).gain.expect("learned").val();
            gain.into_data().try_into_vec::<f32>().expect("f32")
        };
        assert_eq!(start(Wiring::ReZero, 100), [0.0]);
        assert_eq!(start(Wiring::SkipInit, 100), [0.1]);
        assert_eq!(start(Wiring::Fixup, 100), [1.0]);
        assert_eq!(start(Wiring::LayerScale, 18), [0.1; 3]);
        assert_eq!(start(Wiring::LayerScale, 24), [1e-5; 3]);
        assert_eq!(start(Wiring::LayerScale, 100), [1e-6; 3]);
        assert!((joint(Wiring::DeepNorm, BranchIndex { block: 1, of: 16 }).skip - 2.0).abs() < 1e-12);
    }

    #[test]
    fn fixup_and_deepnorm_make_the_drawn_weights_smaller_with_depth() {
        let gain = |wiring, index, of| weight_gain(&LaneConfig::new(wiring), 64, index, of);
        assert_eq!(gain(Wiring::Residual, 0, 2), 1.0);
        assert_eq!([gain(Wiring::Fixup, 0, 2), gain(Wiring::Fixup, 1, 2)], [0.125, 0.0]);
        assert!((gain(Wiring::Fixup, 0, 3) - 64_f64.powf(-0.25)).abs() < 1e-12);
        assert!((gain(Wiring::DeepNorm, 0, 1) - 256_f64.powf(-0.25)).abs() < 1e-12);
    }

    #[test]
    fn the_deeper_a_block_the_more_often_it_is_left_out_and_a_step_draws_the_same_twice() {
        let [first, last] = [1, 10].map(|block| joint(Wiring::StochasticDepth, BranchIndex { block, of: 10 }));
        let kept = |joint: &ResidualConnection| {
            let initializer = (1..=2000).map(|step| StepRng { seed: 3, step: Step(step) });
            initializer.filter(|draw| StochasticDepth::of(Some(*draw)).next(Some(joint)) == BlockMode::Kept).count()
                as f64
                / 2000.0
        };
        assert!((kept(&first) - 0.95).abs() < 0.02 && (kept(&last) - 0.5).abs() < 0.04);
        let draw = Some(StepRng { seed: 3, step: Step(5) });
        let modes = |mut depth: StochasticDepth| (0..20).map(|_| depth.next(Some(&last))).collect::<Vec<_>>();
        assert_eq!(modes(StochasticDepth::of(draw)), modes(StochasticDepth::of(draw)));
        assert_eq!(modes(StochasticDepth::of(None)), [BlockMode::Weighed; 20]);
        assert_eq!(StochasticDepth::of(draw).next(None), BlockMode::Kept);
    }
}
