//! A block of a transformer: attention and feed-forward, each a half with a residual of its own.
//!
//! ```text
//! pre    x + a + f       a = s·A(N(x))    f = s·F(N(x + a))
//! post   N(y + f)        y = N(x + a)     a = s·A(x)    f = s·F(y)
//! none   x + a + f       a = s·A(x)       f = s·F(x + a)
//! plain  the same without x + and y +, and without s
//! F(x) = W₂ φ(W₁ x + b₁) + b₂
//! ```
//!
//! The block is one row. Its identity channel is what comes back around both halves, its branch what comes through one
//! of them or both; both are measured. For that the inner N of `post`, which stands on both ways, is computed once for
//! each. Where the two ways part or meet the signal's norm changes by what the other carries: that is among the factors
//! of everything else, with the mixing of attention and s. A block with N behind its sum has no branch ratio.

use burn::module::Module;
use burn::tensor::Tensor;

use super::attention::{Attention, Sight};
use super::norm;
use crate::config::{Activation, LaneConfig, NormOrder, Wiring};
use crate::layer::Sublayer;
use crate::probe::{Taps, joint};
use crate::quantity::StepKind;
use crate::stack::Affine;
use crate::stack::activation::activate;
use crate::stack::init::{Draws, Place};
use crate::stack::normalization::Normalization;
use crate::units::LayerId;

/// How much wider the middle of a feed-forward half is.
const EXPANSION: usize = 4;

/// One block: two halves.
#[derive(Module, Debug)]
pub struct Block {
    /// N of the attention half.
    pub attention_norm: Option<Normalization>,
    /// A.
    pub attention: Attention,
    /// N of the feed-forward half.
    pub feed_forward_norm: Option<Normalization>,
    /// F.
    pub feed_forward: FeedForward,
    /// s.
    #[module(skip)]
    pub branch_scale: f64,
    /// Where N stands.
    #[module(skip)]
    pub norm_order: NormOrder,
    /// Whether the halves have a residual.
    #[module(skip)]
    pub wiring: Wiring,
}

/// F.
#[derive(Module, Debug)]
pub struct FeedForward {
    /// W₁, [width, 4·width].
    pub up: Affine,
    /// W₂, [4·width, width].
    pub down: Affine,
    /// φ.
    #[module(skip)]
    pub activation: Activation,
}

/// Where a block reads what passes.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    /// The taps of the pass.
    pub taps: &'a Taps,
    /// The block's row.
    pub layer: LayerId,
}

impl Spot<'_> {
    pub(super) fn step<const D: usize>(self, kind: StepKind, x: Tensor<D>) -> Tensor<D> {
        self.taps.step(self.layer, kind, x)
    }
}

impl Block {
    pub(super) fn new(lane: &LaneConfig, draws: Draws<'_>, place: Place) -> Self {
        let width = lane.width;
        let affine = |nth, shape| draws.affine(place.nth(nth), shape, lane.bias);
        Self {
            attention_norm: norm(lane, draws.device),
            attention: Attention {
                query: affine(0, [width, width]),
                key: affine(1, [width, width]),
                value: affine(2, [width, width]),
                output: affine(3, [width, width]),
                heads: lane.heads,
            },
            feed_forward_norm: norm(lane, draws.device),
            feed_forward: FeedForward {
                up: affine(4, [width, EXPANSION * width]),
                down: affine(5, [EXPANSION * width, width]),
                activation: lane.activation,
            },
            branch_scale: lane.scale(),
            norm_order: lane.norm_order,
            wiring: lane.wiring,
        }
    }

    /// [B, T, width] → [B, T, width].
    #[must_use]
    pub fn forward(&self, x: Tensor<3>, sight: &Sight, spot: Spot<'_>) -> Tensor<3> {
        let x = spot.taps.input(spot.layer, x);
        match (self.wiring, self.norm_order) {
            (Wiring::Plain, _) => {
                let x = self.attended(x, sight, spot);
                let x = self.behind(self.attention_norm.as_ref(), x, spot);
                let x = self.thought(x, spot);
                self.behind(self.feed_forward_norm.as_ref(), x, spot)
            }
            (_, NormOrder::Post) => self.post(x, sight, spot),
            (_, NormOrder::Pre | NormOrder::None) => {
                let skip = spot.taps.skip(spot.layer, x.clone());
                let x = spot.step(StepKind::Other, spot.taps.branch(spot.layer, x));
                let attended = spot.step(StepKind::Other, self.attended(joint(x.clone()), sight, spot)); // a
                let branch = attended.clone() + self.thought(x + attended, spot); // a + f
                spot.taps.branch_output(spot.layer, &branch);
                skip + branch // x + a + f
            }
        }
    }

    /// N(y + s·F(y)) with y = N(x + s·A(x)).
    fn post(&self, x: Tensor<3>, sight: &Sight, spot: Spot<'_>) -> Tensor<3> {
        let skip = spot.taps.skip(spot.layer, x.clone());
        let x = spot.step(StepKind::Other, spot.taps.branch(spot.layer, x));
        let attended = spot.step(StepKind::Other, self.attended(joint(x.clone()), sight, spot));
        let around = normalized(self.attention_norm.as_ref(), skip + attended.clone()); // y
        let through = self.behind(self.attention_norm.as_ref(), x + attended, spot); // y again, for the other way
        self.behind(self.feed_forward_norm.as_ref(), around + self.thought(through, spot), spot)
    }

    /// s·A(x), with N before A in pre.
    fn attended(&self, x: Tensor<3>, sight: &Sight, spot: Spot<'_>) -> Tensor<3> {
        let x = self.before(self.attention_norm.as_ref(), x, spot);
        self.scaled(self.attention.forward(x, sight, spot), spot)
    }

    /// s·F(x), with N before F in pre.
    fn thought(&self, x: Tensor<3>, spot: Spot<'_>) -> Tensor<3> {
        let x = self.before(self.feed_forward_norm.as_ref(), x, spot);
        self.scaled(self.feed_forward.forward(x, spot), spot)
    }

    fn scaled(&self, x: Tensor<3>, spot: Spot<'_>) -> Tensor<3> {
        if self.wiring == Wiring::Plain || self.branch_scale == 1.0 {
            return x;
        }
        spot.step(StepKind::Other, x).mul_scalar(self.branch_scale)
    }

    fn before(&self, norm: Option<&Normalization>, x: Tensor<3>, spot: Spot<'_>) -> Tensor<3> {
        match (norm, self.norm_order) {
            (Some(norm), NormOrder::Pre) => norm.forward(spot.step(StepKind::Norm, x)),
            _ => x,
        }
    }

    fn behind(&self, norm: Option<&Normalization>, x: Tensor<3>, spot: Spot<'_>) -> Tensor<3> {
        match (norm, self.norm_order) {
            (Some(norm), NormOrder::Post) => norm.forward(spot.step(StepKind::Norm, x)),
            _ => x,
        }
    }

    /// For a window of T characters.
    pub(super) fn flops(&self, length: usize) -> u64 {
        self.sublayers(length).iter().filter_map(|sublayer| sublayer.flops).sum()
    }

    /// Its two halves, in forward order, for a window of T characters.
    pub(super) fn sublayers(&self, length: usize) -> Vec<Sublayer> {
        let Attention { query, key, value, output, .. } = &self.attention;
        let FeedForward { up, down, .. } = &self.feed_forward;
        let affine =
            |path: &str, name: &str, affine: &Affine| Sublayer::new(path, name, Some(length as u64 * affine.flops()));
        // Scores and mixing, of all pairs: the masked half is computed too.
        let mixing = 4 * (length * length * query.weight.lazy_shape()[1]) as u64;
        let attention = vec![
            affine("attention.query", "query", query),
            affine("attention.key", "key", key),
            affine("attention.value", "value", value),
            Sublayer::new("attention.mixing", "scores, mixing", Some(mixing)),
            affine("attention.output", "output", output),
        ];
        let feed_forward = vec![affine("feed_forward.up", "up", up), affine("feed_forward.down", "down", down)];
        let half = |name: &'static str, path: &str, norm: Option<&Normalization>, mut layers: Vec<Sublayer>| {
            if norm.is_some() {
                let place = if self.norm_order == NormOrder::Post { layers.len() } else { 0 };
                layers.insert(place, Sublayer::new(path, "norm", None));
            }
            layers.into_iter().map(move |layer| layer.in_half(name))
        };
        half("attention", "attention_norm", self.attention_norm.as_ref(), attention)
            .chain(half("feed-forward", "feed_forward_norm", self.feed_forward_norm.as_ref(), feed_forward))
            .collect()
    }
}

impl FeedForward {
    /// [B, T, width] → [B, T, width].
    #[must_use]
    pub fn forward(&self, x: Tensor<3>, spot: Spot<'_>) -> Tensor<3> {
        let mut x = self.up.forward(spot.step(StepKind::Weight, x)); // [B, T, 4·width]
        if self.activation != Activation::Identity {
            x = activate(self.activation, spot.step(StepKind::Activation, x));
            spot.taps.hidden(spot.layer, self.activation, &x);
        }
        self.down.forward(spot.step(StepKind::Weight, x)) // [B, T, width]
    }
}

/// N(x), or x where there is no N.
pub(super) fn normalized(norm: Option<&Normalization>, x: Tensor<3>) -> Tensor<3> {
    match norm {
        Some(norm) => norm.forward(x),
        None => x,
    }
}
