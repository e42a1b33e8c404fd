//! How the blocks of a lane are built: the operations of the branch in forward order, and whether there is a skip
//! connection around it. This follows from the lane's settings; if those are unknown, from the quantities that the lane
//! has ever had values of: no identity channel = no skip connection, no factor of a normalization = no normalization.
//! It never depends on the cursor: a lane that ended, or whose signal is 0, keeps its wiring.

use crate::config::{Activation, LaneConfig, Model};
use crate::quantity::Quantity;
use crate::tui::scene::LaneRef;

/// A kind of op in the branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BranchOp {
    /// N.
    Norm,
    /// φ.
    Activation,
    /// W.
    Weight,
    /// All other ops: see [`Rest`].
    Other,
    /// All ops in one box, if no single one was measured.
    Whole,
}

impl BranchOp {
    /// The ops that are measured one by one, in forward order.
    pub(super) const STEPS: [(Self, Quantity); 4] = [
        (Self::Norm, Quantity::GainNorm),
        (Self::Activation, Quantity::GainActivation),
        (Self::Weight, Quantity::GainWeight),
        (Self::Other, Quantity::GainOther),
    ];
}

/// Whether there is a path around the branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skip {
    Around,
    Missing,
    /// The lane's settings are unknown, and nothing inside its blocks was measured.
    Unknown,
}

/// How the blocks of a lane are built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) skip: Skip,
    /// The ops in forward order; never empty.
    pub(super) parts: Vec<BranchOp>,
    /// The ops other than normalizations, activations and weights.
    pub(super) rest: Rest,
}

/// The ops of a branch that have no box of their own, family by family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// s, the branch scale, alone.
    Scale,
    /// The mixing of positions by attention, and the points where the paths through both sub-layers part or meet.
    Mixing,
    /// The same, and s.
    MixingAndScale,
    /// Pooling where a stage ends.
    Pooling,
    /// Halving or doubling of pictures.
    Resizing,
    /// Reading from several streams and writing to them.
    Streams,
    /// Several of them.
    Several,
    /// The gate T(x) of a highway.
    Gate,
    /// Unknown: nablatop itself did not train the run.
    Unknown,
}

impl Rest {
    fn of(settings: &LaneConfig) -> Self {
        match (settings.model(), settings.scales_branches()) {
            (Model::Transformer, false) => Self::Mixing,
            (Model::Transformer, true) => Self::MixingAndScale,
            (Model::Vgg | Model::Dense, false) => Self::Pooling,
            (Model::Diffusion, false) => Self::Resizing,
            (Model::Vgg | Model::Dense | Model::Diffusion, true) => Self::Several,
            (Model::Highway, _) if settings.wiring.has_skip() => Self::Gate,
            _ if settings.wiring.streams() > 1 => Self::Streams,
            _ => Self::Scale,
        }
    }

    /// A symbol of at most five letters, and the same in ASCII.
    pub(super) fn symbol(self) -> (&'static str, &'static str) {
        match self {
            Self::Scale => ("s", "s"),
            Self::Mixing | Self::Streams => ("mix", "mix"),
            Self::MixingAndScale => ("mix·s", "mix*s"),
            Self::Pooling => ("pool", "pool"),
            Self::Resizing => ("size", "size"),
            Self::Gate => ("gate", "gate"),
            Self::Several | Self::Unknown => ("rest", "rest"),
        }
    }
}

impl Shape {
    /// A layer that is not a block: one box.
    pub(super) fn whole() -> Self {
        Self { skip: Skip::Missing, parts: vec![BranchOp::Whole], rest: Rest::Unknown }
    }

    pub(super) fn of(lane: &LaneRef<'_>) -> Self {
        lane.settings.map_or_else(|| Self::of_values(lane), Self::of_settings)
    }

    pub(super) fn of_settings(settings: &LaneConfig) -> Self {
        let rest = Rest::of(settings);
        let has = |part: BranchOp| match part {
            BranchOp::Norm => settings.normalizes(),
            BranchOp::Activation => settings.activation != Activation::Identity,
            BranchOp::Weight => true,
            BranchOp::Other => rest != Rest::Scale || settings.scales_branches(),
            BranchOp::Whole => false,
        };
        Self {
            skip: if settings.wiring.has_skip() { Skip::Around } else { Skip::Missing },
            parts: BranchOp::STEPS.iter().map(|(part, _)| *part).filter(|part| has(*part)).collect(),
            rest,
        }
    }

    /// The shape that follows from the values that the lane has had at any step.
    fn of_values(lane: &LaneRef<'_>) -> Self {
        let steps = BranchOp::STEPS.iter().filter(|(_, factor)| lane.history.has(*factor));
        let parts: Vec<BranchOp> = steps.map(|(part, _)| *part).collect();
        let skip = match (lane.history.has(Quantity::IdentityNorm), parts.is_empty()) {
            (true, _) => Skip::Around,
            (false, true) => Skip::Unknown,
            (false, false) => Skip::Missing,
        };
        Self { skip, parts: if parts.is_empty() { vec![BranchOp::Whole] } else { parts }, rest: Rest::Unknown }
    }
}
