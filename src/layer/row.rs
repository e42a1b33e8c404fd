//! One row: a layer, its kind and its parameter tensors.

use serde::{Deserialize, Serialize};

use super::Sublayer;

/// The part of the stack that a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LayerKind {
    /// Before the first block; it has no signal.
    Stem,
    /// One repeated block.
    Block,
    /// After the last block; its signal is the gradient at its input.
    Head,
    /// A row of a model whose structure is unknown except for its parameters.
    Other,
}

/// One parameter tensor of a layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Path inside the model, such as `blocks.7.weight`.
    pub path: String,
    /// Shape, outermost dimension first.
    pub shape: Vec<usize>,
}

impl Parameter {
    /// Number of elements.
    #[must_use]
    pub fn elements(&self) -> u64 {
        self.shape.iter().map(|&n| n as u64).product()
    }
}

/// One row: a layer with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Path inside the model, such as `blocks.7`.
    pub path: String,
    /// Part of the stack.
    pub kind: LayerKind,
    /// The name of the group that it belongs to, such as the stage of a convolutional net: `16×16·32`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Floating-point operations of its matrix products and convolutions, forward, for one example: two per
    /// multiplication with addition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flops: Option<u64>,
    /// The layers inside it, if the stack declares them; see [`Layer::opened`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sublayers: Vec<Sublayer>,
    /// Its parameter tensors, in forward order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
}

impl Layer {
    /// A layer without tensors, stage or cost.
    #[must_use]
    pub fn new(path: impl Into<String>, kind: LayerKind) -> Self {
        Self { path: path.into(), kind, stage: None, flops: None, sublayers: Vec::new(), parameters: Vec::new() }
    }

    /// The same with its cost.
    #[must_use]
    pub fn costing(self, flops: u64) -> Self {
        Self { flops: Some(flops), ..self }
    }

    /// The same, as part of a stage.
    #[must_use]
    pub fn in_stage(self, stage: impl Into<String>) -> Self {
        Self { stage: Some(stage.into()), ..self }
    }

    /// The same with the layers inside it.
    #[must_use]
    pub fn made_of(self, sublayers: Vec<Sublayer>) -> Self {
        Self { sublayers, ..self }
    }

    /// Number of trainable parameters in the layer.
    #[must_use]
    pub fn parameter_count(&self) -> u64 {
        self.parameters.iter().map(Parameter::elements).sum()
    }
}
