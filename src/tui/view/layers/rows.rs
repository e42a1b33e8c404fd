//! The rows of an opened block: its layers, and above those of a sub-layer their sum.

use std::ops::Range;

use crate::layer::{Layer, Opened, Parameter};
use crate::tui::scene::LaneRef;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    name: String,
    kind: Kind,
    /// `32×16×3×3`, or `2·32` if there are several of the same shape.
    pub(super) shape: Option<String>,
    /// Number of trainable parameters; `None` if there is no tensor.
    pub(super) parameters: Option<u64>,
    pub(super) flops: Option<u64>,
    /// Ranges among all tensors of the lane.
    pub(super) tensors: Vec<Range<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Half,
    InHalf,
    Alone,
}

impl Row {
    /// The name in the table: layers of a sub-layer are indented.
    pub(super) fn label(&self) -> String {
        match self.kind {
            Kind::InHalf => format!("  {}", self.name),
            Kind::Half | Kind::Alone => self.name.clone(),
        }
    }

    pub(super) fn is_half(&self) -> bool {
        self.kind == Kind::Half
    }

    fn of(opened: &Opened, layer: &Layer, first: usize, kind: Kind) -> Self {
        let parameters = opened.parameters(layer);
        let tensors = first + opened.tensors.start..first + opened.tensors.end;
        Self {
            name: opened.name.clone(),
            kind,
            shape: shape(parameters.iter().map(|parameter| parameter.shape.as_slice())),
            parameters: (!parameters.is_empty()).then(|| parameters.iter().map(Parameter::elements).sum()),
            flops: opened.flops,
            tensors: vec![tensors],
        }
    }

    fn half(name: &str, members: &[Self]) -> Self {
        let sum = |of: fn(&Self) -> Option<u64>| members.iter().filter_map(of).reduce(|sum, more| sum + more);
        Self {
            name: name.to_owned(),
            kind: Kind::Half,
            shape: None,
            parameters: sum(|row| row.parameters),
            flops: sum(|row| row.flops),
            tensors: members.iter().flat_map(|row| row.tensors.clone()).collect(),
        }
    }
}

/// The rows of a lane's layer at a relative depth; empty if nothing is known about it.
pub(super) fn rows(lane: &LaneRef<'_>, depth: f64) -> Vec<Row> {
    let (table, id) = (&lane.header.layers, lane.layer_at(depth));
    let Some(layer) = table.get(id) else { return Vec::new() };
    let first = table.tensors_of(id).start;
    let mut opened = layer.opened();
    cost_the_rest(layer, &mut opened);
    let mut rows = Vec::with_capacity(opened.len() + 2);
    for group in opened.chunk_by(|one, next| one.half == next.half) {
        let half = group.first().and_then(|opened| opened.half.as_deref());
        let kind = if half.is_some() { Kind::InHalf } else { Kind::Alone };
        let members: Vec<Row> = group.iter().map(|opened| Row::of(opened, layer, first, kind)).collect();
        rows.extend(half.map(|half| Row::half(half, &members)));
        rows.extend(members);
    }
    rows
}

/// Gives the layer's remaining cost to a single part without a cost of its own, apart from norms and vectors:
/// normalization is not counted (`Layer::flops`).
fn cost_the_rest(layer: &Layer, opened: &mut [Opened]) {
    let known: u64 = opened.iter().filter_map(|part| part.flops).sum();
    let is_all = opened.len() == 1;
    let has_matrix = |part: &Opened| part.parameters(layer).iter().any(|tensor| tensor.shape.len() >= 2);
    let mut unknown = opened.iter_mut().filter(|part| part.flops.is_none() && (is_all || has_matrix(part)));
    if let (Some(only), None, Some(all)) = (unknown.next(), unknown.next(), layer.flops) {
        only.flops = all.checked_sub(known).filter(|rest| *rest > 0 || is_all);
    }
}

/// The shape of the largest tensor, with the number of tensors if all have this shape.
fn shape<'a>(shapes: impl Iterator<Item = &'a [usize]>) -> Option<String> {
    let shapes: Vec<&[usize]> = shapes.collect();
    let largest = shapes.iter().max_by_key(|shape| shape.iter().product::<usize>())?;
    let text = largest.iter().map(usize::to_string).collect::<Vec<_>>().join("×");
    let alike = shapes.iter().all(|shape| shape == largest);
    Some(if alike && shapes.len() > 1 { format!("{}·{text}", shapes.len()) } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::LayerKind;

    #[test]
    fn a_weight_beside_a_norm_costs_what_the_layer_does() {
        let tensor = |path: &str, shape: &[usize]| Parameter { path: format!("b.{path}"), shape: shape.to_vec() };
        let norm = [tensor("norm.gamma", &[64]), tensor("norm.beta", &[64])];
        let flops_of = |tensors: &[Parameter]| {
            let parameters = [tensors, &norm].concat();
            let layer = Layer { parameters, ..Layer::new("b", LayerKind::Block).costing(8_192) };
            let mut opened = layer.opened();
            cost_the_rest(&layer, &mut opened);
            opened.iter().map(|part| part.flops).collect::<Vec<_>>()
        };
        assert_eq!(flops_of(&[tensor("weight", &[64, 64]), tensor("bias", &[64])]), [Some(8_192), None]);
        assert_eq!(flops_of(&[]), [Some(8_192)], "what is all there is");
        let two = [tensor("one.weight", &[64, 64]), tensor("two.weight", &[64, 64])];
        assert_eq!(flops_of(&two), [None; 3], "what each of two costs is not known");
    }

    #[test]
    fn a_weight_counts_before_its_bias_and_alike_tensors_are_counted() {
        let shape_of = |shapes: &[&[usize]]| shape(shapes.iter().copied());
        assert_eq!(shape_of(&[&[32, 16, 3, 3], &[32]]).as_deref(), Some("32×16×3×3"));
        assert_eq!(shape_of(&[&[32], &[32]]).as_deref(), Some("2·32"));
        assert_eq!(shape_of(&[]), None);
    }
}
