//! Architectures to train and observe, one per file, written to be read.
//!
//! A stack is `stem → block 1 … block D → head`. It names its layers, computes the loss of a batch and passes each
//! block's input through a tap; its inputs may be images, tokens or noise.
//!
//! ```
//! use nablatop::backend::device;
//! use nablatop::config::{Backend, LaneConfig, Wiring};
//! use nablatop::stack::{Mlp, Stack, Task};
//!
//! let lane = LaneConfig { depth: 3, width: 8, ..LaneConfig::new(Wiring::Residual) };
//! let stack = Mlp::new(&lane, Task::rows(4, 2), 1, &device(Backend::Flex));
//! let paths: Vec<String> = stack.layers().into_iter().map(|layer| layer.path).collect();
//! assert_eq!(paths, ["stem", "blocks.0", "blocks.1", "blocks.2", "head"]);
//! ```

pub(crate) mod activation;
mod affine;
mod conv_block;
mod conv_net;
mod conv_plan;
mod conv_step;
mod convolution;
mod dense;
pub mod diffusion;
mod examples;
mod fused_block;
mod highway;
mod host_tensor;
pub(crate) mod init;
mod interface;
mod labelled;
mod layer_description;
mod loss;
pub mod mlp;
pub(crate) mod normalization;
mod pass;
mod preresnet;
mod replica;
pub mod residual_connection;
mod resnet;
mod shortcut;
pub mod streams;
mod task;
mod tokens;
pub mod transformer;
pub(crate) mod unit_variance;
mod vgg;

pub(crate) use affine::Affine;
pub(crate) use conv_block::{ConvBlock, Pooling};
pub use conv_net::ConvNet;
pub(crate) use conv_net::{Head, Stem};
pub(crate) use conv_step::ConvStep;
pub(crate) use convolution::Convolution;
pub use dense::{Dense, DenseBlock, End};
pub use diffusion::Diffusion;
pub use examples::Examples;
pub use highway::{Highway, HighwayBlock};
pub(crate) use host_tensor::{HostTensor, Numbers};
pub use interface::Stack;
pub use labelled::Labelled;
pub(crate) use layer_description::LayerDescription;
pub use loss::Loss;
pub use mlp::Mlp;
pub use pass::Pass;
pub use preresnet::preresnet;
pub use replica::replica;
pub use resnet::resnet;
pub(crate) use shortcut::Shortcut;
pub use task::Task;
pub use tokens::Tokens;
pub use transformer::Transformer;
pub use vgg::vgg;
