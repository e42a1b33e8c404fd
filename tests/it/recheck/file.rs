//! A safetensors file, read and written without the crate of that name.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

/// A tensor as it lies in the file.
#[derive(Clone)]
pub(crate) struct Tensor {
    /// Such as `F32`.
    pub(crate) kind: &'static str,
    pub(crate) shape: Vec<usize>,
    pub(crate) bytes: Vec<u8>,
}

/// The content of a file.
#[derive(Clone, Default)]
pub(crate) struct Tensors {
    tensors: BTreeMap<String, Tensor>,
    about: Value,
}

impl Tensor {
    pub(crate) fn numbers(&self) -> Vec<f64> {
        match self.kind {
            "F32" => self.bytes.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect(),
            "I64" => self.bytes.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes) as f64).collect(),
            other => panic!("{other}"),
        }
    }
}

impl Tensors {
    pub(crate) fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let start = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let mut header: BTreeMap<String, Value> = serde_json::from_slice(&bytes[8..start]).unwrap();
        let about = header.remove("__metadata__").expect("metadata");
        let about = serde_json::from_str(about["nablatop"].as_str().expect("text")).unwrap();
        let tensors = header.into_iter().map(|(name, info)| {
            let number = |value: &Value| value.as_u64().unwrap() as usize;
            let offsets = &info["data_offsets"];
            let shape = info["shape"].as_array().unwrap().iter().map(number).collect();
            let bytes = bytes[start + number(&offsets[0])..start + number(&offsets[1])].to_vec();
            let kind = if info["dtype"] == "F32" { "F32" } else { "I64" };
            (name, Tensor { kind, shape, bytes })
        });
        Self { tensors: tensors.collect(), about }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    pub(crate) fn get(&self, name: &str) -> &Tensor {
        self.tensors.get(name).unwrap_or_else(|| panic!("no {name}"))
    }

    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        self.get(name).numbers()
    }

    pub(crate) fn about(&self) -> &Value {
        &self.about
    }

    /// The same tensors under other names, or none.
    pub(crate) fn renamed(self, name: impl Fn(&str) -> Option<String>) -> Self {
        let tensors = self.tensors.into_iter().filter_map(|(old, tensor)| Some((name(&old)?, tensor)));
        Self { tensors: tensors.collect(), ..self }
    }

    pub(crate) fn set(&mut self, name: &str, tensor: Tensor) {
        self.tensors.insert(name.to_owned(), tensor);
    }

    /// The same numbers as another kind of float.
    pub(crate) fn floats(mut self, kind: &'static str, number: impl Fn(f32) -> Vec<u8>) -> Self {
        for tensor in self.tensors.values_mut() {
            tensor.bytes = tensor.numbers().iter().flat_map(|value| number(*value as f32)).collect();
            tensor.kind = kind;
        }
        self
    }

    /// The file's bytes, without metadata.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
        for (name, tensor) in &self.tensors {
            let begin = data.len();
            data.extend_from_slice(&tensor.bytes);
            let offsets = [begin, data.len()];
            let info = json!({ "dtype": tensor.kind, "shape": tensor.shape, "data_offsets": offsets });
            header.insert(name.clone(), info);
        }
        let header = serde_json::to_vec(&header).unwrap();
        [&(header.len() as u64).to_le_bytes()[..], &header, &data].concat()
    }
}
