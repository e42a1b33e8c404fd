//! Residual nets for pictures, and the plain nets with which their papers compare them.
//!
//! | form | stem | blocks | head |
//! |---|---|---|---|
//! | `cifar`, depth 6n+2 | 3×3, w | n blocks of two 3×3 at 32² with w channels, n at 16² with 2w, n at 8² with 4w | average, linear |
//! | `imagenet`, 18, 34 | 7×7 with stride 2, pooling | 2,2,2,2 or 3,4,6,3 blocks of two 3×3 with w, 2w, 4w, 8w channels
//! | average, linear |
//! | `imagenet`, 50, 101, 152 | the same | 3,4,6,3, 3,4,23,3 or 3,8,36,3 bottlenecks: 1×1, 3×3, 1×1 to four times as many | average, linear |
//! | `wide`, depth 6n+4 | 3×3, 16 | n blocks of two 3×3 at 32² with w channels, n at 16² with 2w, n at 8² with 4w | N, φ, average, linear |
//!
//! w is 16 and 64 in the first paper; in the second it is 16·k, k the widening factor: 28 layers of width 160 are its
//! WRN-28-10. The wide form has N and φ before each convolution and uses projections, which read x itself. Where the
//! shape changes, the cifar form pads with zeros (no parameters), the imagenet form projects; a bottleneck strides in
//! its 3×3, as is usual today. `plain` is the same without any shortcut.
//!
//! He et al. 2016, Deep Residual Learning for Image Recognition (arXiv 1512.03385); Zagoruyko & Komodakis 2016, Wide
//! Residual Networks (arXiv 1605.07146).

use burn::prelude::Device;

use super::conv_plan::{BlockPlan, ConvNetPlan, ConvolutionPlan, HeadPlan, ShortcutKind, StemPlan};
use super::{ConvNet, Pooling, Task};
use crate::config::{Bias, Form, LaneConfig, Order};

/// Width of a bottleneck's output divided by that of its middle.
const EXPANSION: usize = 4;
/// Smallest depth of the imagenet form with bottlenecks.
const BOTTLENECKS_FROM: usize = 50;

/// The net of a lane, whose depth is one that the family has.
#[must_use]
pub fn resnet(lane: &LaneConfig, task: Task, seed: u64, device: &Device) -> ConvNet {
    let plan = match lane.family.form() {
        Form::Cifar => cifar(lane),
        Form::Imagenet => imagenet(lane),
        Form::Wide => wide(lane),
    };
    plan.build(lane, task, seed, device)
}

fn cifar(lane: &LaneConfig) -> ConvNetPlan {
    let per_stage = (lane.depth - 2) / 6;
    ConvNetPlan {
        stem: StemPlan { channels: lane.width, kernel: 3, stride: 1, pooling: Pooling::None },
        blocks: stages(&[per_stage; 3], lane.width, basic),
        head: HeadPlan { hidden: Vec::new(), side: 1 },
        order: Order::Post,
        across: ShortcutKind::Padding,
        bias: Bias::Off,
    }
}

/// Width of the paper's first layer, for every widening factor.
const WIDE_STEM: usize = 16;

fn wide(lane: &LaneConfig) -> ConvNetPlan {
    let per_stage = (lane.depth - 4) / 6;
    ConvNetPlan {
        stem: StemPlan { channels: WIDE_STEM, kernel: 3, stride: 1, pooling: Pooling::None },
        blocks: stages(&[per_stage; 3], lane.width, basic),
        head: HeadPlan { hidden: Vec::new(), side: 1 },
        order: Order::Pre,
        across: ShortcutKind::Projection,
        bias: Bias::Off,
    }
}

fn imagenet(lane: &LaneConfig) -> ConvNetPlan {
    let per_stage = match lane.depth {
        18 => [2, 2, 2, 2],
        101 => [3, 4, 23, 3],
        152 => [3, 8, 36, 3],
        // Depths 34 and 50.
        _ => [3, 4, 6, 3],
    };
    let block = if lane.depth < BOTTLENECKS_FROM { basic } else { bottleneck };
    ConvNetPlan {
        stem: StemPlan { channels: lane.width, kernel: 7, stride: 2, pooling: Pooling::Overlapping },
        blocks: stages(&per_stage, lane.width, block),
        head: HeadPlan { hidden: Vec::new(), side: 1 },
        order: Order::Post,
        across: ShortcutKind::Projection,
        bias: Bias::Off,
    }
}

/// Stages of these numbers of blocks: each but the first halves the picture and doubles the channels.
pub(super) fn stages(
    per_stage: &[usize],
    width: usize,
    block: impl Fn(usize, usize) -> Vec<ConvolutionPlan>,
) -> Vec<BlockPlan> {
    let mut blocks = Vec::new();
    for (stage, count) in per_stage.iter().enumerate() {
        for index in 0..*count {
            let stride = if stage > 0 && index == 0 { 2 } else { 1 };
            blocks.push(BlockPlan { convolutions: block(width << stage, stride), pooling: Pooling::None });
        }
    }
    blocks
}

/// Two 3×3.
fn basic(channels: usize, stride: usize) -> Vec<ConvolutionPlan> {
    let first = ConvolutionPlan { channels, kernel: 3, stride };
    vec![first, ConvolutionPlan { stride: 1, ..first }]
}

/// 1×1, 3×3, 1×1.
pub(super) fn bottleneck(channels: usize, stride: usize) -> Vec<ConvolutionPlan> {
    let narrow = ConvolutionPlan { channels, kernel: 1, stride: 1 };
    let middle = ConvolutionPlan { kernel: 3, stride, ..narrow };
    vec![narrow, middle, ConvolutionPlan { channels: EXPANSION * channels, ..narrow }]
}
