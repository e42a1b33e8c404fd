//! Residual nets with full pre-activation, depth 9n+2: only identities connect the first block to the last.
//!
//! ```text
//! stem 3×3, w → n bottlenecks at 32² (4w channels), n at 16² (8w), n at 8² (16w) → N, φ, average, linear
//! ```
//!
//! w is 16 in the paper. Where the shape changes, a 1×1 convolution replaces the identity.
//!
//! He et al. 2016, Identity Mappings in Deep Residual Networks (arXiv 1603.05027): 164 and 1001 layers.

use burn::prelude::Device;

use super::conv_plan::{ConvNetPlan, HeadPlan, ShortcutKind, StemPlan};
use super::resnet::{bottleneck, stages};
use super::{ConvNet, Pooling, Task};
use crate::config::{Bias, LaneConfig, Order};

/// The net of a lane, whose depth is one that the family has.
#[must_use]
pub fn preresnet(lane: &LaneConfig, task: Task, seed: u64, device: &Device) -> ConvNet {
    let plan = ConvNetPlan {
        stem: StemPlan { channels: lane.width, kernel: 3, stride: 1, pooling: Pooling::None },
        blocks: stages(&[(lane.depth - 2) / 9; 3], lane.width, bottleneck),
        head: HeadPlan { hidden: Vec::new(), side: 1 },
        order: Order::Pre,
        across: ShortcutKind::Projection,
        bias: Bias::Off,
    };
    plan.build(lane, task, seed, device)
}
