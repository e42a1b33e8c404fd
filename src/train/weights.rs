//! Initial weights from a safetensors file: a dump, or a file of the user's own.
//!
//! The parameters of a lane are looked up as `LANE/param/PATH` if the file has the lane, otherwise as `PATH` alone; if
//! the file is the dump of a single lane, as that lane's.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData, bf16, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use thiserror::Error;

use super::named::ModulePath;
use crate::{number, regular_file, text};

/// Separates a lane's name from a path.
const PARAM: &str = "/param/";
/// Number of names that a sentence lists before it counts the rest.
const LISTED: usize = 3;

/// Why a lane cannot start from a file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file could not be read.
    #[error("cannot read the weights {}: {source}", text::path(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file has another format.
    #[error("{} is not a safetensors file: {source}", text::path(path))]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: SafeTensorError,
    },
    /// The file does not have the lane.
    #[error("{} holds no weights for lane '{lane}': {problem}", text::path(path))]
    Elsewhere {
        /// The file.
        path: PathBuf,
        /// Name of the lane.
        lane: String,
        /// What the file holds instead.
        problem: String,
    },
    /// Parameters are missing or have another shape.
    #[error("{} does not fit lane '{lane}': {problems}", text::path(path))]
    Unfit {
        /// The file.
        path: PathBuf,
        /// Name of the lane.
        lane: String,
        /// The first of them, with what was expected.
        problems: String,
    },
}

/// A model with the weights of a file.
pub(super) struct Loaded<M> {
    pub(super) model: M,
    /// Other tensors that the file holds for it, as a sentence.
    pub(super) note: Option<String>,
}

/// Loads the weights of a file into a lane's model. NaN is accepted unchanged.
pub(super) fn load<M: Module>(model: M, lane: &str, path: &Path) -> Result<Loaded<M>, WeightsError> {
    let mut wanted = Wanted::default();
    model.visit(&mut wanted);
    let numbers = wanted.found.iter().map(|parameter| parameter.shape.iter().product::<usize>() as u64).sum();
    let bytes = read(path, numbers).map_err(|source| WeightsError::Read { path: path.to_owned(), source })?;
    let file =
        SafeTensors::deserialize(&bytes).map_err(|source| WeightsError::Format { path: path.to_owned(), source })?;
    let prefix = prefix(&file, lane, &wanted.found).map_err(|problem| WeightsError::Elsewhere {
        path: path.to_owned(),
        lane: lane.to_owned(),
        problem,
    })?;

    let unfit = |problems| WeightsError::Unfit { path: path.to_owned(), lane: lane.to_owned(), problems };
    let model = put(model, &wanted.found, &file, &prefix, Untrained::MayBeMissing).map_err(unfit)?;
    let known: BTreeSet<String> = wanted.found.iter().map(|parameter| format!("{prefix}{}", parameter.path)).collect();
    let is_unused = |name: &&str| name.starts_with(&prefix) && !known.contains(*name);
    let mut unused: Vec<String> = file.names().into_iter().filter(is_unused).map(text::clean).collect();
    unused.sort();
    let note = (!unused.is_empty())
        .then(|| format!("lane '{lane}' does not use {} of {}", some_of(&unused, ", "), text::path(path)));
    Ok(Loaded { model, note })
}

/// Whether running statistics, which no optimizer trains, may be missing from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Untrained {
    /// They stay unchanged.
    MayBeMissing,
    /// A file without them does not fit.
    MustBeThere,
}

/// A model with the weights that a file holds as `PREFIX` and their path, and all tensors of that prefix; or what does
/// not fit.
pub(super) fn filled<M: Module>(
    model: M,
    file: &SafeTensors<'_>,
    prefix: &str,
    untrained: Untrained,
) -> Result<M, String> {
    let mut wanted = Wanted::default();
    model.visit(&mut wanted);
    let known: BTreeSet<&str> = wanted.found.iter().map(|parameter| parameter.path.as_str()).collect();
    let names = file.names();
    if let Some(name) = names.iter().find(|name| name.strip_prefix(prefix).is_some_and(|path| !known.contains(path))) {
        return Err(format!("{} belongs to no parameter of the lane", text::clean(name)));
    }
    put(model, &wanted.found, file, prefix, untrained)
}

fn put<M: Module>(
    model: M,
    wanted: &[Parameter],
    file: &SafeTensors<'_>,
    prefix: &str,
    untrained: Untrained,
) -> Result<M, String> {
    let (mut values, mut problems) = (HashMap::new(), Vec::new());
    for parameter in wanted {
        match fitting(file, prefix, parameter, untrained) {
            Ok(Some(data)) => drop(values.insert(parameter.path.as_str(), data)),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(model.map(&mut Filler { path: ModulePath::default(), values }))
    } else {
        Err(some_of(&problems, "; "))
    }
}

/// A file begins with the length of its header, little endian; the header is JSON (safetensors).
const HEADER: usize = 8;
/// A file of at most this size is read without checking its beginning, so that errors are described in detail.
const UNSEEN: u64 = 64 << 20;
/// Maximum length of a header, which the crate that reads it also has.
const LONGEST_HEADER: u64 = 100_000_000;

/// A file of weights of this size is always read, whatever the lane.
const ALWAYS_READ: u64 = 256 << 20;
/// Maximum number of bytes in a file per number of the lane: a dump of 8 equal lanes with their gradients, in 64 bits.
const MOST_BYTES: u64 = 8 * 2 * 8;

/// Reads the whole file after checking its first bytes, and its length against the lane's number of parameters: a
/// device may have no end, and a sparse file any length.
fn read(path: &Path, numbers: u64) -> std::io::Result<Vec<u8>> {
    let refused = |words: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, words.to_owned());
    let mut file = regular_file::open(path)?;
    let length = file.metadata()?.len();
    let mut head = [0; HEADER + 1];
    let begun = file.read(&mut head)?;
    let header = u64::from_le_bytes(std::array::from_fn(|index| head[index]));
    let is_header = begun > HEADER && head[HEADER] == b'{' && header <= LONGEST_HEADER.min(length);
    if length > UNSEEN && !is_header {
        return Err(refused("it is not a safetensors file: it does not begin with a header"));
    }
    let most = ALWAYS_READ.max(numbers.saturating_mul(MOST_BYTES));
    if length > most {
        let (most, numbers) = (regular_file::size(most), number::count(numbers));
        return Err(refused(&format!("it is longer than {most}, more than a lane of {numbers} numbers needs")));
    }
    let mut bytes = head.get(..begun).unwrap_or_default().to_vec();
    // The capacity is exact: a vector that grows by itself takes up to twice as much.
    bytes.reserve_exact(usize::try_from(length).unwrap_or(usize::MAX).saturating_sub(begun) + 1);
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The prefix of each path, or what the file holds instead.
fn prefix(file: &SafeTensors<'_>, lane: &str, wanted: &[Parameter]) -> Result<String, String> {
    let lanes: BTreeSet<&str> = file.names().into_iter().filter_map(|name| Some(name.split_once(PARAM)?.0)).collect();
    if lanes.contains(lane) {
        return Ok(format!("{lane}{PARAM}"));
    }
    if wanted.iter().any(|parameter| file.tensor(&parameter.path).is_ok()) {
        return Ok(String::new());
    }
    let first = wanted.first().map_or("", |parameter| &parameter.path);
    match lanes.into_iter().map(text::clean).collect::<Vec<_>>().as_slice() {
        [] => Err(format!("it has neither {lane}{PARAM}{first} nor {first}")),
        [single] => Ok(format!("{single}{PARAM}")),
        several => {
            let some = some_of(several, ", ");
            Err(format!("it is a dump of the lanes {some}: give the lane one of these names with name="))
        }
    }
}

/// A parameter's numbers; `None` for running statistics that the file lacks and may lack.
fn fitting(
    file: &SafeTensors<'_>,
    prefix: &str,
    parameter: &Parameter,
    untrained: Untrained,
) -> Result<Option<TensorData>, String> {
    let Parameter { path, shape, is_trained } = parameter;
    let Ok(tensor) = file.tensor(&format!("{prefix}{path}")) else {
        return if *is_trained || untrained == Untrained::MustBeThere {
            Err(format!("{prefix}{path} is missing, expected {shape:?}"))
        } else {
            Ok(None)
        };
    };
    if tensor.shape() != shape {
        return Err(format!("{prefix}{path} is {:?}, expected {shape:?}", tensor.shape()));
    }
    let values = floats(&tensor)
        .ok_or_else(|| format!("{prefix}{path} holds {}, expected F32, F64, F16 or BF16", tensor.dtype()))?;
    Ok(Some(TensorData::new(values, shape.clone())))
}

/// The numbers in f32; `None` if they are not floats.
fn floats(tensor: &TensorView<'_>) -> Option<Vec<f32>> {
    let bytes = tensor.data();
    Some(match tensor.dtype() {
        Dtype::F32 => each(bytes, f32::from_le_bytes),
        Dtype::F64 => each(bytes, |bytes| f64::from_le_bytes(bytes) as f32),
        Dtype::F16 => each(bytes, |bytes| f16::from_le_bytes(bytes).to_f32()),
        Dtype::BF16 => each(bytes, |bytes| bf16::from_le_bytes(bytes).to_f32()),
        _ => return None,
    })
}

fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks().0.iter().copied().map(number).collect()
}

/// `a, b, c and 4 more`.
fn some_of(items: &[String], separator: &str) -> String {
    let listed = items.iter().take(LISTED).cloned().collect::<Vec<_>>().join(separator);
    match items.len().saturating_sub(LISTED) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

struct Parameter {
    path: String,
    shape: Vec<usize>,
    is_trained: bool,
}

/// The parameters of a model.
#[derive(Default)]
struct Wanted {
    path: ModulePath,
    found: Vec<Parameter>,
}

impl ModuleVisitor for Wanted {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.enter(name);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.found.push(Parameter {
            path: self.path.joined(),
            shape: parameter.lazy_shape().to_vec(),
            is_trained: parameter.is_require_grad(),
        });
    }
}

/// Stores numbers in the parameters of a model.
struct Filler<'a> {
    path: ModulePath,
    values: HashMap<&'a str, TensorData>,
}

impl ModuleMapper for Filler<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.enter(name);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(data) = self.values.remove(self.path.joined().as_str()) else { return parameter };
        parameter.map(|before| {
            let is_trained = before.is_require_grad();
            Tensor::from_data(data, &before.device()).set_require_grad(is_trained)
        })
    }
}
