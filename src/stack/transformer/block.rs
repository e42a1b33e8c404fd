//! A block of a transformer: attention and feed-forward, each a sub-layer with a residual connection of its own.
//!
//! ```text
//! pre    x + a + f       a = s·A(N(x))    f = s·F(N(x + a))
//! post   N(y + f)        y = N(x + a)     a = s·A(x)    f = s·F(y)
//! none   x + a + f       a = s·A(x)       f = s·F(x + a)
//! plain  the same without x + and y +, and without s
//! F(x) = W₂ φ(W₁ x + b₁) + b₂
//! ```
//!
//! Each sub-layer has a [`ResidualConnection`] of its own instead of s and the sum. It is one of the 2·depth branches
//! that the equations of the cures count as D; only LayerScale's first λ, 1/√D, 1/D and the 1/√l of `norm-scaling`
//! count blocks. DeepNorm is always `post`, whatever `--norm-order` says, and its smaller weights are W₁, W₂, W_v and
//! W_o: softmax bounds the mixing whatever the size of W_q and W_k. Fixup counts two weights per branch and has shifts
//! before W_q, W_k, W_v and W_o, and around φ.
//!
//! The block is one row. Its identity channel is the signal that comes back around both sub-layers, its branch channel
//! the signal that comes through one or both of them; both are measured. For this purpose everything on both paths (the
//! inner N of `post`, the first mixing of streams) is computed once for each. Where the two paths part or meet, the
//! signal's norm changes by the other path's share: this counts among the factors of everything else, with the mixing
//! of attention and s. A block with N after its sum has no branch ratio.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::attention::{Attention, AttentionMask};
use super::norm::{norm, normalized};
use super::shift::shifted;
use super::tap_point::TapPoint;
use crate::config::{Activation, LaneConfig, NormOrder, Wiring};
use crate::layer::Sublayer;
use crate::probe::joint;
use crate::quantity::StepKind;
use crate::stack::Affine;
use crate::stack::activation::activate;
use crate::stack::init::{Initializer, ParamSlot};
use crate::stack::normalization::Normalization;
use crate::stack::residual_connection::{BlockMode, BranchIndex, ResidualConnection, weight_gain};

/// Width of the middle of a feed-forward sub-layer divided by that of its output.
const EXPANSION: usize = 4;

/// One block: two sub-layers.
#[derive(Module, Debug)]
pub struct Block {
    /// N of the attention sub-layer.
    pub attention_norm: Option<Normalization>,
    /// A.
    pub(crate) attention: Attention,
    /// Its residual connection; a plain block has none.
    pub attention_joint: Option<ResidualConnection>,
    /// N of the feed-forward sub-layer.
    pub feed_forward_norm: Option<Normalization>,
    /// F.
    pub feed_forward: FeedForward,
    /// Its residual connection; a plain block has none.
    pub feed_forward_joint: Option<ResidualConnection>,
    /// Factor on N(x).
    #[module(skip)]
    pub(crate) norm_scale: f64,
    /// The place of N.
    #[module(skip)]
    pub(crate) norm_order: NormOrder,
}

/// F.
#[derive(Module, Debug)]
pub struct FeedForward {
    /// W₁, [width, 4·width].
    pub(crate) up: Affine,
    /// W₂, [4·width, width].
    pub down: Affine,
    /// The shifts of Fixup, which are added before W₁, φ and W₂.
    pub(crate) shifts: Option<Param<Tensor<1>>>,
    /// φ.
    #[module(skip)]
    pub(crate) activation: Activation,
}

impl Block {
    /// The block of a lane with this index.
    pub(super) fn new(lane: &LaneConfig, initializer: Initializer<'_>, block: usize) -> Self {
        let (width, branches) = (lane.width, 2 * lane.depth);
        let [in_branch, last] = [0, 1].map(|index| initializer.times(weight_gain(lane, branches, index, 2)));
        // DeepNorm leaves W_q and W_k unscaled: softmax bounds the mixing whatever their size.
        let of_scores = if lane.wiring == Wiring::DeepNorm { initializer } else { in_branch };
        let affine = |initializer: Initializer<'_>, place, shape| {
            initializer.affine(ParamSlot::block(block).nth(place), shape, lane.family.bias())
        };
        let joint = |sublayer: usize| {
            let index = BranchIndex { block: 2 * block - 2 + sublayer, of: branches };
            ResidualConnection::of(lane, index, width, initializer, |_| None)
        };
        let shifts = |count| (lane.wiring == Wiring::Fixup).then(|| initializer.constant(count, 0.0));
        Self {
            attention_norm: norm(lane, initializer.device),
            attention: Attention {
                query: affine(of_scores, 0, [width, width]),
                key: affine(of_scores, 1, [width, width]),
                value: affine(in_branch, 2, [width, width]),
                output: affine(last, 3, [width, width]),
                shifts: shifts(2),
                heads: lane.family.transformer().heads,
            },
            attention_joint: joint(1),
            feed_forward_norm: norm(lane, initializer.device),
            feed_forward: FeedForward {
                up: affine(in_branch, 4, [width, EXPANSION * width]),
                down: affine(last, 5, [EXPANSION * width, width]),
                shifts: shifts(3),
                activation: lane.activation,
            },
            feed_forward_joint: joint(2),
            norm_scale: lane.norm_scale(block),
            norm_order: lane.order_of_norms(),
        }
    }

    /// [B, T, width] → [B, T, width]; with several streams [n·B, T, width].
    #[must_use]
    pub(crate) fn forward(
        &self,
        x: Tensor<3>,
        mask: &AttentionMask,
        spot: TapPoint<'_>,
        modes: [BlockMode; 2],
    ) -> Tensor<3> {
        let (Some(first), Some(second)) = (&self.attention_joint, &self.feed_forward_joint) else {
            return self.plain(spot.pass.input(spot.layer, x), mask, spot);
        };
        let x = first.input(x, &spot.pass, spot.layer);
        if modes == [BlockMode::Dropped; 2] {
            spot.pass.left_out(spot.layer);
        }
        let skip = spot.pass.skip(spot.layer, x.clone());
        let x = spot.step(StepKind::Other, spot.pass.branch(spot.layer, x));
        let attention = self.attention(first, joint(x.clone()), (mask, modes[0]), spot); // a
        let attention = attention.map(|branch| spot.step(StepKind::Other, branch));
        if self.norm_order == NormOrder::Post {
            let [norm, last_norm] = self.norms();
            let around = normalized(norm, plus(first.around(skip), attention.clone())); // y
            let through = self.behind(norm, plus(first.around(x), attention), spot); // y again, for the other way
            let feed_forward = self.feed_forward(second, through, modes[1], spot);
            return self.behind(last_norm, plus(second.around(around), feed_forward), spot);
        }
        let feed_forward = self.feed_forward(second, plus(first.around(x), attention.clone()), modes[1], spot); // f
        let around = second.around(first.around(skip));
        let branch = match (attention.map(|branch| second.around(branch)), feed_forward) {
            (None, None) => return around,
            (Some(attention), feed_forward) => plus(attention, feed_forward), // a + f
            (None, Some(feed_forward)) => feed_forward,
        };
        spot.pass.branch_output(spot.layer, &branch);
        around + branch // x + a + f
    }

    /// F(A(x)), each with its N.
    fn plain(&self, x: Tensor<3>, mask: &AttentionMask, spot: TapPoint<'_>) -> Tensor<3> {
        let [norm, last_norm] = self.norms();
        let x = self.behind(norm, self.attention.forward(self.before(norm, x, spot), mask, spot), spot);
        self.behind(last_norm, self.feed_forward.forward(self.before(last_norm, x, spot), spot), spot)
    }

    fn norms(&self) -> [Option<&Normalization>; 2] {
        [&self.attention_norm, &self.feed_forward_norm].map(Option::as_ref)
    }

    /// The output of the attention sub-layer, scaled; `None` if it is skipped.
    fn attention(
        &self,
        joint: &ResidualConnection,
        x: Tensor<3>,
        (mask, mode): (&AttentionMask, BlockMode),
        spot: TapPoint<'_>,
    ) -> Option<Tensor<3>> {
        if mode == BlockMode::Dropped {
            return None;
        }
        let x = self.before(self.attention_norm.as_ref(), joint.read(x, &spot.pass, spot.layer), spot);
        Some(joint.scaled(self.attention.forward(x, mask, spot), mode, &spot.pass, spot.layer))
    }

    /// The output of the feed-forward sub-layer, scaled; `None` if it is skipped.
    fn feed_forward(
        &self,
        joint: &ResidualConnection,
        x: Tensor<3>,
        mode: BlockMode,
        spot: TapPoint<'_>,
    ) -> Option<Tensor<3>> {
        if mode == BlockMode::Dropped {
            return None;
        }
        let x = self.before(self.feed_forward_norm.as_ref(), joint.read(x, &spot.pass, spot.layer), spot);
        Some(joint.scaled(self.feed_forward.forward(x, spot), mode, &spot.pass, spot.layer))
    }

    fn before(&self, norm: Option<&Normalization>, x: Tensor<3>, spot: TapPoint<'_>) -> Tensor<3> {
        let (Some(norm), NormOrder::Pre) = (norm, self.norm_order) else { return x };
        let x = norm.forward(spot.step(StepKind::Norm, x));
        if self.norm_scale == 1.0 {
            return x;
        }
        spot.step(StepKind::Other, x).mul_scalar(self.norm_scale)
    }

    fn behind(&self, norm: Option<&Normalization>, x: Tensor<3>, spot: TapPoint<'_>) -> Tensor<3> {
        match (norm, self.norm_order) {
            (Some(norm), NormOrder::Post) => norm.forward(spot.step(StepKind::Norm, x)),
            _ => x,
        }
    }

    /// Floating-point operations for a window of T characters.
    pub(super) fn flops(&self, length: usize) -> u64 {
        self.sublayers(length).iter().filter_map(|sublayer| sublayer.flops).sum()
    }

    /// The layers of both sub-layers, in forward order, for a window of T characters.
    pub(super) fn sublayers(&self, length: usize) -> Vec<Sublayer> {
        let Attention { query, key, value, output, .. } = &self.attention;
        let FeedForward { up, down, .. } = &self.feed_forward;
        let affine =
            |path: &str, name: &str, affine: &Affine| Sublayer::new(path, name, Some(length as u64 * affine.flops()));
        // Scores and mixing cover all pairs: the masked half is computed too.
        let mixing = 4 * (length * length * query.weight.lazy_shape()[1]) as u64;
        let attention = vec![
            affine("attention.query", "query", query),
            affine("attention.key", "key", key),
            affine("attention.value", "value", value),
            Sublayer::new("attention.mixing", "scores, mixing", Some(mixing)),
            affine("attention.output", "output", output),
        ];
        let feed_forward = vec![affine("feed_forward.up", "up", up), affine("feed_forward.down", "down", down)];
        let sublayer = |name: &'static str, path: &str, norm: Option<&Normalization>, mut layers: Vec<Sublayer>| {
            if norm.is_some() {
                let place = if self.norm_order == NormOrder::Post { layers.len() } else { 0 };
                layers.insert(place, Sublayer::new(path, "norm", None));
            }
            layers.into_iter().map(move |layer| layer.in_half(name))
        };
        sublayer("attention", "attention_norm", self.attention_norm.as_ref(), attention)
            .chain(sublayer("feed-forward", "feed_forward_norm", self.feed_forward_norm.as_ref(), feed_forward))
            .collect()
    }
}

impl FeedForward {
    /// [B, T, width] → [B, T, width].
    #[must_use]
    pub(crate) fn forward(&self, x: Tensor<3>, spot: TapPoint<'_>) -> Tensor<3> {
        let x = spot.step(StepKind::Weight, shifted(self.shifts.as_ref(), 0, x));
        let mut x = shifted(self.shifts.as_ref(), 1, self.up.forward_in(x, spot.pass)); // [B, T, 4·width]
        if self.activation != Activation::Identity {
            x = activate(self.activation, spot.step(StepKind::Activation, x));
            spot.pass.hidden(spot.layer, self.activation, &x);
        }
        self.down.forward_in(spot.step(StepKind::Weight, shifted(self.shifts.as_ref(), 2, x)), spot.pass) // [B, T, width]
    }
}

/// x plus the output of a sub-layer, if there is one. It is always an operation of its own, in which the gradients of
/// all uses of the sum are added.
fn plus(x: Tensor<3>, branch: Option<Tensor<3>>) -> Tensor<3> {
    match branch {
        Some(branch) => x + branch,
        None => joint(x),
    }
}
