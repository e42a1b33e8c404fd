//! The state of an optimizer for every parameter (moments, velocity, step counts), as tensors with the names
//! `optimizer/PATH/FIELD`, such as `optimizer/blocks.7.weight/momentum.moment_1`.
//!
//! Burn keys it by the parameters' identities, which differ in every process: here they are replaced by paths and, when
//! a file is read, by the identities of the current model.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::ModuleOptimizer;
use burn::tensor::Tensor;
use burn_pack::{Bytes, DType, Reader, Scalar, Tensor as Packed, Writer};
use safetensors::{Dtype, SafeTensors};
use thiserror::Error;

use super::file_sum::Stored;
use super::named::ModulePath;

/// Prefix of each path.
pub(super) const PREFIX: &str = "optimizer/";
/// Burn's own field: the number of dimensions of a parameter.
const RANK: &str = "__rank";

/// Why an optimizer's state cannot be exported; the user cannot cause this.
#[derive(Debug, Error)]
pub(super) enum StateError {
    #[error("Burn does not export the optimizer's state: {0}")]
    Record(String),
    #[error("the optimizer's {0} does not consist of 32-bit floats")]
    Floats(String),
}

/// A parameter of a model.
struct Known {
    path: String,
    id: u64,
    shape: Vec<usize>,
}

/// The state, sorted by name. A parameter without a gradient so far has no state.
pub(super) fn stored<M: Module>(optimizer: &ModuleOptimizer, model: &M) -> Result<Vec<Stored>, StateError> {
    let record = |error: &dyn std::fmt::Display| StateError::Record(error.to_string());
    let bytes = optimizer.into_bytes().map_err(|error| record(&error))?;
    let reader = Reader::from_bytes(bytes).map_err(|error| record(&error))?;
    let paths: BTreeMap<String, String> =
        known(model).into_iter().map(|known| (known.id.to_string(), known.path)).collect();
    let name = |keyed: &str| {
        let (id, field) = keyed.split_once('.')?;
        Some(format!("{PREFIX}{}/{field}", paths.get(id)?))
    };
    let mut found = Vec::new();
    for (keyed, value) in reader.scalars() {
        let is_rank = keyed.ends_with(RANK);
        found.extend(name(keyed).filter(|_| !is_rank).map(|name| scalar(name, *value)));
    }
    for tensor in reader.into_tensors().map_err(|error| record(&error))? {
        let (keyed, dtype, shape, _, bytes) = tensor.into_parts().map_err(|error| record(&error))?;
        let Some(name) = name(&keyed) else { continue };
        if dtype != DType::F32 {
            return Err(StateError::Floats(name));
        }
        found.push(Stored { name, dtype: Dtype::F32, shape: shape.to_vec(), bytes: bytes.to_vec() });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The same optimizer with the state of this model from a file.
pub(super) fn restored<M: Module>(
    optimizer: ModuleOptimizer,
    model: &M,
    file: &SafeTensors<'_>,
) -> Result<ModuleOptimizer, String> {
    let known = known(model);
    let ids: BTreeMap<&str, &Known> = known.iter().map(|known| (known.path.as_str(), known)).collect();
    let (mut tensors, mut scalars) = (Vec::new(), BTreeMap::new());
    let mut names: Vec<&str> = file.names();
    names.sort_unstable();
    for name in names {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let parameter = rest.rsplit_once('/').and_then(|(path, field)| Some((*ids.get(path)?, field)));
        let Some((Known { id, shape, .. }, field)) = parameter else {
            return Err(format!("{name} belongs to no parameter of the lane"));
        };
        let view = file.tensor(name).map_err(|error| error.to_string())?;
        scalars.insert(format!("{id}.{RANK}"), Scalar::from(shape.len()));
        let bytes = view.data().to_vec();
        if view.dtype() != Dtype::F32 {
            let value = number(view.dtype(), &bytes).ok_or_else(|| format!("{name} is not a number"))?;
            scalars.insert(format!("{id}.{field}"), value);
        } else if view.shape() == shape {
            let data = Bytes::from_bytes_vec(bytes);
            tensors.push(Packed::new(format!("{id}.{field}"), DType::F32, shape.clone(), Some(*id), data));
        } else {
            return Err(format!("{name} is {:?}, expected {shape:?}", view.shape()));
        }
    }
    let (of_tensors, of_scalars) = (tensors.len(), scalars.len());
    let mut writer = Writer::new(tensors);
    for (key, value) in scalars {
        writer = writer.with_scalar(&key, value);
    }
    let bytes = writer.into_bytes().map_err(|error| error.to_string())?;
    let optimizer = optimizer.from_bytes(bytes).map_err(|error| error.to_string())?;
    // Burn ignores fields that another optimizer, or a part of one, left behind.
    let taken = optimizer.into_bytes().map_err(|error| error.to_string())?;
    let taken = Reader::from_bytes(taken).map_err(|error| error.to_string())?;
    if (taken.tensor_names().len(), taken.scalars().len()) == (of_tensors, of_scalars) {
        Ok(optimizer)
    } else {
        Err("the optimizer's state is incomplete, or it belongs to another optimizer".to_owned())
    }
}

fn scalar(name: String, value: Scalar) -> Stored {
    let (dtype, bytes) = match value {
        Scalar::Int(value) => (Dtype::I64, value.to_le_bytes().to_vec()),
        Scalar::UInt(value) => (Dtype::U64, value.to_le_bytes().to_vec()),
        Scalar::Float(value) => (Dtype::F64, value.to_le_bytes().to_vec()),
        Scalar::Bool(value) => (Dtype::BOOL, vec![u8::from(value)]),
    };
    Stored { name, dtype, shape: vec![1], bytes }
}

fn number(dtype: Dtype, bytes: &[u8]) -> Option<Scalar> {
    if dtype == Dtype::BOOL {
        return Some(Scalar::Bool(*bytes.first()? != 0));
    }
    let bytes: [u8; 8] = bytes.try_into().ok()?;
    match dtype {
        Dtype::I64 => Some(Scalar::Int(i64::from_le_bytes(bytes))),
        Dtype::U64 => Some(Scalar::UInt(u64::from_le_bytes(bytes))),
        Dtype::F64 => Some(Scalar::Float(f64::from_le_bytes(bytes))),
        _ => None,
    }
}

fn known<M: Module>(model: &M) -> Vec<Known> {
    let mut visitor = Visitor::default();
    model.visit(&mut visitor);
    visitor.found
}

#[derive(Default)]
struct Visitor {
    path: ModulePath,
    found: Vec<Known>,
}

impl ModuleVisitor for Visitor {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.enter(name);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let shape = parameter.lazy_shape().to_vec();
        self.found.push(Known { path: self.path.joined(), id: parameter.id.val(), shape });
    }
}
