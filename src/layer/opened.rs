//! The layers inside a block, each with its tensors, for a block that the user opens.
//!
//! ```text
//! convolutional   convolution 1, norm 1, convolution 2, norm 2, projection
//! transformer     attention: norm, query, key, value, output · feed-forward: norm, up, down
//! ```
//!
//! A stack declares the layers of its blocks. If it does not, and in older traces, the tensors of one module form a
//! layer that is named by its path.

use std::ops::Range;

use super::{Layer, Parameter, Sublayer};

/// A layer of an opened block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Such as `convolution 1`.
    pub name: String,
    /// As [`Sublayer::half`].
    pub(crate) half: Option<String>,
    /// As [`Layer::flops`].
    pub(crate) flops: Option<u64>,
    /// Its tensors, as positions in [`Layer::parameters`]; they are consecutive, and the range is empty if the layer
    /// has none.
    pub tensors: Range<usize>,
}

impl Opened {
    /// Its tensors.
    #[must_use]
    pub fn parameters<'a>(&self, layer: &'a Layer) -> &'a [Parameter] {
        layer.parameters.get(self.tensors.clone()).unwrap_or_default()
    }
}

impl Layer {
    /// The layers of the block: those of one sub-layer together, otherwise in the order of the tensors.
    #[must_use]
    pub fn opened(&self) -> Vec<Opened> {
        let mut found: Vec<(String, Opened)> = Vec::new();
        for (index, parameter) in self.parameters.iter().enumerate() {
            let path = self.inside(&parameter.path);
            let declared = self.declared(path);
            let key = declared.map_or_else(|| parent(path).to_owned(), |sublayer| sublayer.path.clone());
            match found.last_mut() {
                Some((last, opened)) if *last == key => opened.tensors.end = index + 1,
                _ => {
                    let opened = declared.map_or_else(
                        || Opened { name: named(&key), half: None, flops: None, tensors: index..index + 1 },
                        |Sublayer { name, half, flops, .. }| Opened {
                            name: name.clone(),
                            half: half.clone(),
                            flops: *flops,
                            tensors: index..index + 1,
                        },
                    );
                    found.push((key, opened));
                }
            }
        }
        // A sub-layer without tensors is listed for its cost, such as the mixing of attention.
        for Sublayer { path, name, half, flops } in &self.sublayers {
            if found.iter().all(|(key, _)| key != path) {
                let opened = Opened { name: name.clone(), half: half.clone(), flops: *flops, tensors: 0..0 };
                found.push((path.clone(), opened));
            }
        }
        // The order is that in which the stack declares them; undeclared ones come last.
        let place = |key: &str| self.sublayers.iter().position(|sublayer| sublayer.path == key);
        found.sort_by_key(|(key, _)| place(key).unwrap_or(usize::MAX));
        found.into_iter().map(|(_, opened)| opened).collect()
    }

    /// A tensor's path inside the layer.
    fn inside<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(&self.path).map_or(path, |inside| inside.trim_start_matches('.'))
    }

    /// The sub-layer that contains a path: the one with the longest matching path.
    fn declared(&self, path: &str) -> Option<&Sublayer> {
        let holds = |sublayer: &&Sublayer| {
            path.strip_prefix(&sublayer.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.sublayers.iter().filter(holds).max_by_key(|sublayer| sublayer.path.len())
    }
}

/// The path without its last name.
fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// `steps.0.norm.Batch` → `norm 1`: the last part that is a field name rather than a type, and the last number counted
/// from 1.
fn named(path: &str) -> String {
    let is_number = |name: &&str| name.bytes().all(|byte| byte.is_ascii_digit());
    let is_field = |name: &&str| name.starts_with(|first: char| first.is_lowercase() || first == '_');
    let name = path.split('.').rfind(is_field).map(|name| name.replace('_', " "));
    let number = path.split('.').rfind(|name| !name.is_empty() && is_number(name));
    let number = number.and_then(|number| number.parse::<u64>().ok()?.checked_add(1));
    match (name, number) {
        (Some(name), Some(number)) => format!("{name} {number}"),
        (Some(name), None) => name,
        (None, Some(number)) => format!("layer {number}"),
        (None, None) => "weights".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::LayerKind;

    fn layer(tensors: &[&str], sublayers: Vec<Sublayer>) -> Layer {
        let parameters = tensors.iter().map(|path| Parameter { path: format!("blocks.3.{path}"), shape: vec![2, 3] });
        let parameters = parameters.collect();
        Layer { sublayers, parameters, ..Layer::new("blocks.3", LayerKind::Block) }
    }

    fn names(layer: &Layer) -> Vec<(String, Range<usize>)> {
        layer.opened().into_iter().map(|opened| (opened.name, opened.tensors)).collect()
    }

    #[test]
    fn tensors_beside_each_other_are_a_layer_named_by_its_path() {
        let undeclared =
            layer(&["weight", "bias", "norm.Batch.gamma", "norm.Batch.beta", "steps.1.convolution.weight"], Vec::new());
        let expected = [("weights".to_owned(), 0..2), ("norm".to_owned(), 2..4), ("convolution 2".to_owned(), 4..5)];
        assert_eq!(names(&undeclared), expected);
    }

    #[test]
    fn what_a_stack_declares_has_its_name_and_order_and_the_longest_path_counts() {
        let sublayers = vec![
            Sublayer::new("norm", "norm", None).in_half("feed-forward"),
            Sublayer::new("attention.query", "query", Some(7)).in_half("attention"),
            Sublayer::new("attention", "rest", None),
            Sublayer::new("mixing", "mixing", Some(9)),
        ];
        let declared = layer(&["attention.query.weight", "attention.key.weight", "norm.gamma", "s"], sublayers);
        let expected = [
            ("norm".to_owned(), 2..3),
            ("query".to_owned(), 0..1),
            ("rest".to_owned(), 1..2),
            ("mixing".to_owned(), 0..0),
            ("weights".to_owned(), 3..4),
        ];
        assert_eq!(names(&declared), expected);
        assert_eq!(declared.opened()[1].flops, Some(7));
    }

    #[test]
    fn a_layer_without_tensors_has_nothing_inside() {
        assert!(layer(&[], Vec::new()).opened().is_empty());
    }
}
