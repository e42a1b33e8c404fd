//! The plan of a convolutional net, block by block, which corresponds to the table of a paper.

use burn::prelude::Device;

use super::init::{Initializer, ParamSlot};
use super::normalization::Normalization;
use super::residual_connection::{BranchIndex, ResidualConnection, weight_gain};
use super::{Affine, ConvBlock, ConvNet, ConvStep, Head, LayerDescription, Pooling, Shortcut, Stem, Task};
use crate::config::{Activation, Bias, LaneConfig, Norm, Order, Wiring};
use crate::layer::Sublayer;

/// The plan of a net.
pub(super) struct ConvNetPlan {
    pub(super) stem: StemPlan,
    pub(super) blocks: Vec<BlockPlan>,
    pub(super) head: HeadPlan,
    /// The order of N, φ and the weights.
    pub(super) order: Order,
    /// The shortcut of a block whose shape changes.
    pub(super) across: ShortcutKind,
    /// Whether the convolutions have a bias.
    pub(super) bias: Bias,
}

pub(super) struct StemPlan {
    pub(super) channels: usize,
    /// Rows and columns of the kernel.
    pub(super) kernel: usize,
    pub(super) stride: usize,
    pub(super) pooling: Pooling,
}

/// The convolutions of a block, in forward order.
pub(super) struct BlockPlan {
    pub(super) convolutions: Vec<ConvolutionPlan>,
    pub(super) pooling: Pooling,
}

#[derive(Clone, Copy)]
pub(super) struct ConvolutionPlan {
    pub(super) channels: usize,
    pub(super) kernel: usize,
    pub(super) stride: usize,
}

pub(super) struct HeadPlan {
    /// Widths of hidden layers.
    pub(super) hidden: Vec<usize>,
    /// Rows and columns of pixels that it reads.
    pub(super) side: usize,
}

/// The shortcut of a block whose shape changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShortcutKind {
    /// Option A.
    Padding,
    /// Option B.
    Projection,
}

/// A net under construction.
struct Builder<'a> {
    lane: &'a LaneConfig,
    plan: &'a ConvNetPlan,
    initializer: Initializer<'a>,
    device: &'a Device,
    channels: usize,
    /// Rows and columns of the picture.
    side: [usize; 2],
}

impl ConvNetPlan {
    pub(super) fn build(&self, lane: &LaneConfig, task: Task, seed: u64, device: &Device) -> ConvNet {
        let initializer = Initializer { init: lane.init, gain: 1.0, seed, device };
        let side = [task.shape.height, task.shape.width];
        let mut builder = Builder { lane, plan: self, initializer, device, channels: task.shape.channels, side };
        let (stem, of_stem) = builder.stem(&self.stem);
        let mut descriptions = vec![of_stem];
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for (index, plan) in self.blocks.iter().enumerate() {
            let (block, of_block) = builder.block(BranchIndex { block: index + 1, of: self.blocks.len() }, plan);
            blocks.push(block);
            descriptions.push(of_block);
        }
        let (head, of_head) = builder.head(task.classes);
        descriptions.push(of_head);
        ConvNet { stem, blocks, head, input: task.shape, streams: lane.wiring.streams(), descriptions }
    }
}

impl Builder<'_> {
    /// A convolution with its normalization, and its floating-point operations; updates the shape of the picture.
    fn step(
        &mut self,
        initializer: Initializer<'_>,
        place: ParamSlot,
        plan: ConvolutionPlan,
        norm: Option<Normalization>,
    ) -> (ConvStep, u64) {
        let ConvolutionPlan { channels, kernel, stride } = plan;
        let shape = [channels, self.channels, kernel, kernel];
        let convolution = initializer.convolution(place, shape, stride, self.plan.bias);
        self.side = self.side.map(|side| side.div_ceil(stride));
        self.channels = channels;
        let flops = convolution.flops(self.side.iter().product());
        let shifts = (self.lane.wiring == Wiring::Fixup).then(|| initializer.constant(2, 0.0));
        (ConvStep { norm, convolution, shifts }, flops)
    }

    fn norm(&self, kind: Norm, channels: usize) -> Option<Normalization> {
        Normalization::of_channels(kind, channels, self.device)
    }

    fn stem(&mut self, plan: &StemPlan) -> (Stem, LayerDescription) {
        let StemPlan { channels, kernel, stride, pooling } = *plan;
        let (activation, norm) = match self.plan.order {
            Order::Post => (self.lane.activation, self.norm(self.lane.norm, channels)),
            Order::Pre => (Activation::Identity, None),
        };
        let plan = ConvolutionPlan { channels, kernel, stride };
        let (mut step, flops) = self.step(self.initializer, ParamSlot::STEM, plan, norm);
        step.shifts = None;
        self.pool(pooling);
        let convolution = Sublayer::new("step.convolution", "convolution", Some(flops));
        let norm = step.norm.as_ref().map(|_| Sublayer::new("step.norm", "norm", None));
        let sublayers = std::iter::once(convolution).chain(norm).collect();
        (Stem { step, activation, pooling }, LayerDescription { sublayers, ..LayerDescription::costing(flops) })
    }

    fn block(&mut self, nth_block: BranchIndex, plan: &BlockPlan) -> (ConvBlock, LayerDescription) {
        let (place, before, convolutions) = (ParamSlot::block(nth_block.block), self.channels, plan.convolutions.len());
        let (mut flops, mut sublayers) = (0, Vec::new());
        let mut steps = Vec::with_capacity(convolutions);
        for (index, convolution) in plan.convolutions.iter().enumerate() {
            let normalized = match self.plan.order {
                Order::Pre => self.channels,
                Order::Post => convolution.channels,
            };
            let norm = self.norm(self.lane.branch_norm(), normalized);
            let initializer = self.initializer.times(weight_gain(self.lane, nth_block.of, index, convolutions));
            let (step, of_step) = self.step(initializer, place.nth(index), *convolution, norm);
            sublayers.extend(self.sublayers(index, &step, of_step));
            steps.push(step);
            flops += of_step;
        }
        let stride = plan.convolutions.iter().map(|convolution| convolution.stride).product();
        let shortcut = self.lane.wiring.has_skip().then(|| {
            let (shortcut, of_shortcut) = self.shortcut(place.nth(convolutions), before, stride);
            flops += of_shortcut;
            sublayers.extend(shortcut.projection.iter().flat_map(|projection| {
                let convolution = Sublayer::new("shortcut.projection.convolution", "projection", Some(of_shortcut));
                let norm = Sublayer::new("shortcut.projection.norm", "projection norm", None);
                std::iter::once(convolution).chain(projection.norm.as_ref().map(|_| norm))
            }));
            shortcut
        });
        let [height, width] = self.side;
        let stage = format!("{height}×{width}·{}", self.channels);
        self.pool(plan.pooling);
        let block = ConvBlock {
            steps,
            shortcut,
            joint: ResidualConnection::of(self.lane, nth_block, self.channels, self.initializer, |kind| {
                self.norm(kind, self.channels)
            }),
            norm_scale: self.lane.norm_scale(nth_block.block),
            order: self.plan.order,
            activation: self.lane.activation,
            pooling: plan.pooling,
        };
        (block, LayerDescription { stage: Some(stage), flops, sublayers })
    }

    /// The layers of the n-th convolution, in forward order.
    fn sublayers(&self, index: usize, step: &ConvStep, flops: u64) -> Vec<Sublayer> {
        let (path, number) = (format!("steps.{index}"), index + 1);
        let mut found =
            vec![Sublayer::new(format!("{path}.convolution"), format!("convolution {number}"), Some(flops))];
        if step.norm.is_some() {
            let norm = Sublayer::new(format!("{path}.norm"), format!("norm {number}"), None);
            let place = match self.plan.order {
                Order::Pre => 0,
                Order::Post => 1,
            };
            found.insert(place, norm);
        }
        if step.shifts.is_some() {
            found.push(Sublayer::new(path, format!("shifts {number}"), None));
        }
        found
    }

    fn pool(&mut self, pooling: Pooling) {
        self.side = match pooling {
            Pooling::None => self.side,
            Pooling::Half => self.side.map(|side| side / 2),
            Pooling::Overlapping => self.side.map(|side| side.div_ceil(2)),
        };
    }

    /// The shortcut of a block that began with this number of channels and has this stride.
    fn shortcut(&self, place: ParamSlot, before: usize, stride: usize) -> (Shortcut, u64) {
        let added = self.channels.saturating_sub(before);
        let is_identity = stride == 1 && before == self.channels;
        let needs_projection = before > self.channels || self.plan.across == ShortcutKind::Projection;
        if is_identity || !needs_projection {
            return (Shortcut { projection: None, stride, added }, 0);
        }
        let convolution = self.initializer.convolution(place, [self.channels, before, 1, 1], stride, self.plan.bias);
        let flops = convolution.flops(self.side.iter().product());
        let norm = match self.plan.order {
            Order::Post => self.norm(self.lane.branch_norm(), self.channels),
            Order::Pre => None,
        };
        (Shortcut { projection: Some(ConvStep { norm, convolution, shifts: None }), stride: 1, added: 0 }, flops)
    }

    fn head(&self, classes: usize) -> (Head, LayerDescription) {
        let HeadPlan { hidden: widths, side } = &self.plan.head;
        let mut width = self.channels * side * side;
        let mut hidden = Vec::new();
        for (index, next) in (1..).zip(widths) {
            hidden.push(self.initializer.affine(ParamSlot::HEAD.nth(index), [width, *next], Bias::On));
            width = *next;
        }
        let initializer = if self.lane.is_fixup() { self.initializer.times(0.0) } else { self.initializer };
        let output = initializer.affine(ParamSlot::HEAD, [width, classes], Bias::On);
        let flops = hidden.iter().map(Affine::flops).sum::<u64>() + output.flops();
        let norm = match self.plan.order {
            Order::Pre => self.norm(self.lane.norm, self.channels),
            Order::Post => None,
        };
        let of_norm = norm.as_ref().map(|_| Sublayer::new("norm", "norm", None));
        let of_hidden = hidden.iter().enumerate().map(|(index, affine)| {
            Sublayer::new(format!("hidden.{index}"), format!("hidden {}", index + 1), Some(affine.flops()))
        });
        let of_output = Sublayer::new("output", "output", Some(output.flops()));
        let sublayers = of_norm.into_iter().chain(of_hidden).chain([of_output]).collect();
        let head = Head { norm, hidden, output, activation: self.lane.activation, order: self.plan.order, side: *side };
        (head, LayerDescription { sublayers, ..LayerDescription::costing(flops) })
    }
}
