//! What is known about a stack's layers before anything is computed.

use crate::layer::{Layer, LayerKind, Sublayer};

/// What is known about a layer before anything is computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LayerDescription {
    /// Pixels and channels, such as `16×16·32`.
    pub(crate) stage: Option<String>,
    /// Floating-point operations for one picture, forward.
    pub(crate) flops: u64,
    /// The layers inside it, if they have names.
    pub(crate) sublayers: Vec<Sublayer>,
}

impl LayerDescription {
    /// A layer without a stage that costs the sum of its parts.
    #[must_use]
    pub(crate) fn made_of(sublayers: Vec<Sublayer>) -> Self {
        let flops = sublayers.iter().filter_map(|sublayer| sublayer.flops).sum();
        Self { flops, sublayers, ..Self::default() }
    }

    /// A layer without a stage.
    #[must_use]
    pub(crate) fn costing(flops: u64) -> Self {
        Self { flops, ..Self::default() }
    }
}

/// The layers of `stem → block 1 … block D → head`.
pub(super) fn layers(descriptions: &[LayerDescription]) -> Vec<Layer> {
    let last = descriptions.len().saturating_sub(1);
    let layer = |(row, description): (usize, &LayerDescription)| {
        let layer = match row {
            0 => Layer::new("stem", LayerKind::Stem),
            row if row == last => Layer::new("head", LayerKind::Head),
            row => Layer::new(format!("blocks.{}", row - 1), LayerKind::Block),
        };
        Layer {
            stage: description.stage.clone(),
            ..layer.costing(description.flops).made_of(description.sublayers.clone())
        }
    };
    descriptions.iter().enumerate().map(layer).collect()
}
