//! The rows of every heatmap: a lane's layers in forward order, `stem → block 1 … block D → head`.
//!
//! ```
//! use nablatop::layer::{Layer, LayerKind, LayerTable, Parameter};
//!
//! let weight = Parameter { path: "blocks.0.weight".to_owned(), shape: vec![64, 32] };
//! let block = Layer { parameters: vec![weight], ..Layer::new("blocks.0", LayerKind::Block) };
//! assert_eq!(block.parameter_count(), 2048);
//! let table = LayerTable { layers: vec![block, Layer::new("head", LayerKind::Head)] };
//! assert_eq!((table.len(), table.tensors()), (2, 1));
//! ```

mod opened;
mod row;
mod sublayer;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use opened::Opened;
pub use row::{Layer, LayerKind, Parameter};
pub use sublayer::Sublayer;

use crate::units::LayerId;

/// All layers of a lane in forward order; row `l` is [`LayerId`] `l`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LayerTable {
    /// The rows.
    pub layers: Vec<Layer>,
}

impl LayerTable {
    /// Number of rows, stem and head included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Rows of kind [`LayerKind::Block`], the depth D of the stack.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.layers.iter().filter(|layer| layer.kind == LayerKind::Block).count()
    }

    /// The kind of the rows over which ρ and the depth profile are computed: blocks or, if a model has none, all other
    /// rows between stem and head.
    #[must_use]
    pub fn depth_kind(&self) -> LayerKind {
        if self.blocks() > 0 { LayerKind::Block } else { LayerKind::Other }
    }

    /// What one of these rows is called: `block` or, in a model without blocks, `layer`.
    #[must_use]
    pub fn depth_word(&self) -> &'static str {
        if self.depth_kind() == LayerKind::Block { "block" } else { "layer" }
    }

    /// Number of tensors of all layers.
    #[must_use]
    pub fn tensors(&self) -> usize {
        self.layers.iter().map(|layer| layer.parameters.len()).sum()
    }

    /// The range of a layer's tensors among all tensors, layer by layer.
    #[must_use]
    pub fn tensors_of(&self, layer: LayerId) -> Range<usize> {
        let start = self.layers.iter().take(layer.index()).map(|layer| layer.parameters.len()).sum();
        start..start + self.get(layer).map_or(0, |layer| layer.parameters.len())
    }

    /// Ranges of consecutive rows of the same stage, with its name.
    #[must_use]
    pub fn stages(&self) -> Vec<(Range<usize>, &str)> {
        let mut stages: Vec<(Range<usize>, &str)> = Vec::new();
        for (row, layer) in self.layers.iter().enumerate() {
            let Some(stage) = layer.stage.as_deref() else { continue };
            match stages.last_mut() {
                Some((rows, name)) if *name == stage && rows.end == row => rows.end = row + 1,
                _ => stages.push((row..row + 1, stage)),
            }
        }
        stages
    }

    /// l for the row of block l; `None` for every other row.
    #[must_use]
    pub fn block_number(&self, layer: LayerId) -> Option<usize> {
        let is_block = |layer: &Layer| layer.kind == LayerKind::Block;
        self.get(layer).filter(|found| is_block(found))?;
        Some(self.layers.iter().take(layer.index() + 1).filter(|layer| is_block(layer)).count())
    }

    /// The row with a number, from 1: that of the block or, if a model has no blocks, that of any row between stem and
    /// head.
    #[must_use]
    pub fn row_numbered(&self, number: usize) -> Option<LayerId> {
        let kind = self.depth_kind();
        let mut rows = (0..).map(LayerId).zip(&self.layers).filter(|(_, layer)| layer.kind == kind);
        rows.nth(number.checked_sub(1)?).map(|(row, _)| row)
    }

    /// The layer of a row.
    #[must_use]
    pub fn get(&self, layer: LayerId) -> Option<&Layer> {
        self.layers.get(layer.index())
    }

    /// The name of a row in a sentence: `stem`, `block 17`, `head`, or the path.
    #[must_use]
    pub fn name(&self, layer: LayerId) -> String {
        self.block_number(layer).map_or_else(|| self.label(layer), |number| format!("block {number}"))
    }

    /// The name of a row for the user: `stem`, `17` (block 17), `head`, or the path.
    #[must_use]
    pub fn label(&self, layer: LayerId) -> String {
        match self.get(layer).map(|found| found.kind) {
            Some(LayerKind::Stem) => "stem".to_owned(),
            Some(LayerKind::Head) => "head".to_owned(),
            Some(LayerKind::Block) => self.block_number(layer).unwrap_or_default().to_string(),
            Some(LayerKind::Other) => self.get(layer).map(|found| found.path.clone()).unwrap_or_default(),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(stages: &[Option<&str>]) -> LayerTable {
        let layer = |stage: Option<&str>| {
            let parameters = vec![Parameter { path: String::new(), shape: vec![2] }; 3];
            Layer { stage: stage.map(str::to_owned), parameters, ..Layer::new("", LayerKind::Block) }
        };
        LayerTable { layers: stages.iter().copied().map(layer).collect() }
    }

    #[test]
    fn neighbours_of_the_same_stage_are_one_and_a_stage_that_comes_back_is_another() {
        let table = table(&[None, Some("a"), Some("a"), Some("b"), None, Some("b"), Some("a")]);
        assert_eq!(table.stages(), [(1..3, "a"), (3..4, "b"), (5..6, "b"), (6..7, "a")]);
    }

    #[test]
    fn a_block_has_its_own_number_with_and_without_a_stem_before_it() {
        let row = |kind| Layer::new("a.path", kind);
        let blocks = [row(LayerKind::Block), row(LayerKind::Block)];
        let labels = |layers: Vec<Layer>| -> Vec<String> {
            let table = LayerTable { layers };
            (0..table.len() as u32).map(|layer| table.label(LayerId(layer))).collect()
        };
        assert_eq!(labels(blocks.to_vec()), ["1", "2"]);
        let numbered = |layers: Vec<Layer>, number| LayerTable { layers }.row_numbered(number).map(|row| row.0);
        let stem = || row(LayerKind::Stem);
        assert_eq!(numbered(vec![stem(), row(LayerKind::Block)], 1), Some(1));
        assert_eq!(numbered(vec![stem(), row(LayerKind::Other), row(LayerKind::Other)], 2), Some(2));
        assert_eq!((numbered(blocks.to_vec(), 0), numbered(blocks.to_vec(), 3)), (None, None));
        let stem = [row(LayerKind::Stem), row(LayerKind::Other)];
        assert_eq!(labels(stem.into_iter().chain(blocks).collect()), ["stem", "a.path", "1", "2"]);
    }

    #[test]
    fn tensors_are_counted_layer_by_layer() {
        let table = table(&[None, None]);
        assert_eq!((table.tensors(), table.tensors_of(LayerId(1)), table.tensors_of(LayerId(2))), (6, 3..6, 6..6));
    }
}
