//! A dump as a safetensors file: 8 bytes with the length of the header, the header in JSON, then the numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use safetensors::{Dtype, SafeTensorError, View};
use serde::Serialize;
use thiserror::Error;

use super::{Dump, LaneDump};
use crate::config::{Backend, LaneConfig, RunConfig};
use crate::event::RunHeader;
use crate::stack::Numbers;
use crate::train::named::Named;
use crate::units::{LaneId, Step};
use crate::whole_file::{Existing, FileError, WholeFile};

/// Version of the names and of [`DumpMetadata`].
const FORMAT: u32 = 1;
/// Key of [`DumpMetadata`] in the header. There is only one, so that the same run gives the same file.
const ABOUT: &str = "nablatop";

/// Why a dump was not written.
#[derive(Debug, Error)]
pub(super) enum WriteError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("cannot put it into the format of safetensors: {0}")]
    Format(#[from] SafeTensorError),
    #[error("cannot describe it: {0}")]
    About(#[from] serde_json::Error),
}

/// The origin of a dump, as JSON in the file's header.
#[derive(Serialize)]
struct DumpMetadata<'a> {
    format: u32,
    nablatop: &'a str,
    step: Step,
    seed: u64,
    backend: Backend,
    lanes: &'a [LaneConfig],
}

/// Numbers of either kind.
enum Lent<'a> {
    Floats(&'a [f32]),
    Integers(&'a [i64]),
}

struct Entry<'a> {
    shape: Vec<usize>,
    numbers: Lent<'a>,
}

impl View for Entry<'_> {
    fn dtype(&self) -> Dtype {
        match self.numbers {
            Lent::Floats(_) => Dtype::F32,
            Lent::Integers(_) => Dtype::I64,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(match self.numbers {
            Lent::Floats(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Lent::Integers(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        })
    }

    fn data_len(&self) -> usize {
        match self.numbers {
            Lent::Floats(values) => size_of_val(values),
            Lent::Integers(values) => size_of_val(values),
        }
    }
}

/// Writes the parts of a step, completely or not at all.
pub(super) fn write(
    dump: &Dump,
    existing: Existing,
    (header, config): (&RunHeader, &RunConfig),
    parts: &BTreeMap<LaneId, Arc<LaneDump>>,
) -> Result<(), WriteError> {
    let about = serde_json::to_string(&DumpMetadata {
        format: FORMAT,
        nablatop: &header.machine.nablatop,
        step: dump.step,
        seed: config.seed,
        backend: config.backend,
        lanes: &config.lanes,
    })?;
    let mut entries = Vec::new();
    for (lane, part) in parts {
        let name = header.lanes.get(lane.index()).map_or("", |lane| &lane.name);
        let tensors = [("param", &part.parameters), ("grad", &part.gradients)];
        for (kind, tensors) in tensors {
            entries.extend(tensors.iter().map(|tensor| (format!("{name}/{kind}/{}", tensor.path), entry(tensor))));
        }
        let loss = Entry { shape: vec![1], numbers: Lent::Floats(std::slice::from_ref(&part.loss)) };
        entries.push((format!("{name}/loss"), loss));
    }
    // All lanes have the same batch.
    for tensor in parts.values().next().iter().flat_map(|part| &part.batch) {
        let numbers = match &tensor.numbers {
            Numbers::Floats(values) => Lent::Floats(values),
            Numbers::Integers(values) => Lent::Integers(values),
        };
        entries.push((format!("batch/{}", tensor.name), Entry { shape: tensor.shape.clone(), numbers }));
    }
    let bytes = safetensors::serialize(entries, Some([(ABOUT.to_owned(), about)].into_iter().collect()))?;
    let refused = |source| FileError::Unwritable { path: dump.path.clone(), source };
    let mut file = WholeFile::create(&dump.path, existing)?;
    file.write_all(&bytes).map_err(refused)?;
    Ok(file.finish()?)
}

fn entry(tensor: &Named) -> Entry<'_> {
    Entry { shape: tensor.shape.clone(), numbers: Lent::Floats(&tensor.values) }
}
