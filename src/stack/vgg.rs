//! The deepest plain nets that trained before shortcuts: 3×3 convolutions in five stages, each ending in a pooling.
//!
//! | depth | convolutions per stage |
//! |---|---|
//! | 11, 13, 16, 19 | 1,1,2,2,2 · 2,2,2,2,2 · 2,2,3,3,3 · 2,2,4,4,4 |
//! | 22, 25 … | beyond the paper: one more in each of the last three stages |
//!
//! Channels are w, 2w, 4w, 8w, 8w, w = 64 in the paper. The head of `imagenet` is 4096, 4096, classes (64w wide here);
//! that of `cifar` is one linear map, as is usual for pictures of 32². The depth counts the paper's three layers in
//! both cases. There is no dropout, which would hide what is measured here. A `residual` lane adds what the paper did
//! not have: a shortcut around every convolution.
//!
//! Simonyan & Zisserman 2015 (arXiv 1409.1556).

use burn::prelude::Device;

use super::conv_plan::{BlockPlan, ConvNetPlan, ConvolutionPlan, HeadPlan, ShortcutKind, StemPlan};
use super::{ConvNet, Pooling, Task};
use crate::config::{Bias, Form, LaneConfig, Order};

/// Width of the hidden layers divided by that of the first stage.
const HIDDEN: usize = 64;
/// Rows and columns of pixels that the published head reads.
const SIDE: usize = 7;
/// Channels of each stage divided by those of the first.
const WIDER: [usize; 5] = [1, 2, 4, 8, 8];

/// The net of a lane, whose depth is one that the family has.
#[must_use]
pub fn vgg(lane: &LaneConfig, task: Task, seed: u64, device: &Device) -> ConvNet {
    let counts = per_stage(lane.depth);
    let mut blocks = Vec::new();
    for (count, wider) in counts.iter().zip(WIDER) {
        for index in 1..=*count {
            let convolution = ConvolutionPlan { channels: wider * lane.width, kernel: 3, stride: 1 };
            let pooling = if index == *count { Pooling::Half } else { Pooling::None };
            blocks.push(BlockPlan { convolutions: vec![convolution], pooling });
        }
    }
    // The first convolution is the stem.
    let first = blocks.remove(0);
    let head = match lane.family.form() {
        // The wide form is refused earlier.
        Form::Cifar | Form::Wide => HeadPlan { hidden: Vec::new(), side: 1 },
        Form::Imagenet => HeadPlan { hidden: vec![HIDDEN * lane.width; 2], side: SIDE },
    };
    let plan = ConvNetPlan {
        stem: StemPlan { channels: lane.width, kernel: 3, stride: 1, pooling: first.pooling },
        blocks,
        head,
        order: Order::Post,
        across: ShortcutKind::Padding,
        bias: Bias::On,
    };
    plan.build(lane, task, seed, device)
}

fn per_stage(depth: usize) -> [usize; 5] {
    match depth {
        11 => [1, 1, 2, 2, 2],
        13 => [2; 5],
        16 => [2, 2, 3, 3, 3],
        deeper => {
            let last = 4 + (deeper - 19) / 3;
            [2, 2, last, last, last]
        }
    }
}
