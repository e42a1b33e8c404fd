//! A layer inside a block, as the stack declares it.

use serde::{Deserialize, Serialize};

/// A layer inside a block, as the stack declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sublayer {
    /// Path inside the block, such as `steps.0.convolution`; a name of its own if it has no tensors.
    pub path: String,
    /// Its name, such as `convolution 1`.
    pub name: String,
    /// The sub-layer of a transformer block that it belongs to: `attention` or `feed-forward`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half: Option<String>,
    /// As [`flops`](super::Layer::flops) of a layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flops: Option<u64>,
}

impl Sublayer {
    /// A layer that belongs to no part of a transformer block.
    #[must_use]
    pub fn new(path: impl Into<String>, name: impl Into<String>, flops: Option<u64>) -> Self {
        Self { path: path.into(), name: name.into(), half: None, flops }
    }

    /// The same within `attention` or `feed-forward`.
    #[must_use]
    pub fn in_half(self, half: impl Into<String>) -> Self {
        Self { half: Some(half.into()), ..self }
    }
}
