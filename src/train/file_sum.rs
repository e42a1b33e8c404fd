//! A tensor as it is stored in a safetensors file: name, type of numbers, shape, bytes.

use std::borrow::Cow;

use safetensors::{Dtype, View};

use super::named::Named;

/// A tensor with its bytes, little-endian, row-major.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub(super) name: String,
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    pub(super) bytes: Vec<u8>,
}

impl Stored {
    /// A tensor of a module under `PREFIX/PATH`.
    pub(super) fn floats(prefix: &str, tensor: &Named) -> Self {
        let bytes = tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { name: format!("{prefix}{}", tensor.path), dtype: Dtype::F32, shape: tensor.shape.clone(), bytes }
    }

    /// A tensor of small counts.
    pub(super) fn counts(name: String, counts: &[u8]) -> Self {
        Self { name, dtype: Dtype::U8, shape: vec![counts.len()], bytes: counts.to_vec() }
    }
}

impl View for &Stored {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}
