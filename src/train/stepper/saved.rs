//! Everything that a lane needs to continue as if it had never stopped, as a safetensors file: `param/PATH` with the
//! running statistics, `initial/PATH` (the reference of `distance`), `optimizer/PATH/FIELD`, `silent/LAYER` with
//! `seen/LAYER` (the number of batches for which each unit has been silent), and `clipped` (the counts of clipped and
//! of all steps).

use burn::prelude::Device;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use thiserror::Error;

use super::Stepper;
use super::clipping::Clipping;
use crate::config::LaneConfig;
use crate::layer::LayerTable;
use crate::probe::DeadUnits;
use crate::stack::Stack;
use crate::train::file_sum::Stored;
use crate::train::named;
use crate::train::optimizer;
use crate::train::optimizer_state::{self, StateError};
use crate::train::weights::{self, Untrained};

const PARAM: &str = "param/";
const INITIAL: &str = "initial/";
const SILENT: &str = "silent/";
const SEEN: &str = "seen/";
const CLIPPED: &str = "clipped";

/// Why a lane cannot be saved.
#[derive(Debug, Error)]
pub(in crate::train) enum SaveError {
    #[error(transparent)]
    Optimizer(#[from] StateError),
    #[error("cannot put a lane into the format of safetensors: {0}")]
    Format(#[from] SafeTensorError),
}

impl<S: Stack> Stepper<S> {
    /// The lane as a file.
    pub(in crate::train) fn saved(&self) -> Result<Vec<u8>, SaveError> {
        let initial = named::snapshot(&self.model, self.observer.probe().initial());
        self.file(initial.iter().map(|tensor| Stored::floats(INITIAL, tensor)))
    }

    /// An earlier state of a lane as a file beside the lane's own, which has the initial weights.
    pub(in crate::train) fn saved_beside(&self) -> Result<Vec<u8>, SaveError> {
        self.file(std::iter::empty())
    }

    fn file(&self, initial: impl Iterator<Item = Stored>) -> Result<Vec<u8>, SaveError> {
        let mut tensors: Vec<Stored> =
            named::parameters(&self.model).iter().map(|tensor| Stored::floats(PARAM, tensor)).collect();
        tensors.extend(initial);
        tensors.extend(optimizer_state::stored(&self.optimizer, &self.model)?);
        for (index, layer) in self.observer.layers().layers.iter().enumerate() {
            if let Some((silent, seen)) = self.observer.dead_units().of(index).filter(|(_, seen)| *seen > 0) {
                tensors.push(Stored::counts(format!("{SILENT}{}", layer.path), silent));
                tensors.push(Stored::counts(format!("{SEEN}{}", layer.path), &[seen]));
            }
        }
        tensors.extend(self.clipping.bytes().map(|counts| Stored::counts(CLIPPED.to_owned(), &counts)));
        Ok(safetensors::serialize(tensors.iter().map(|tensor| (tensor.name.as_str(), tensor)), None)?)
    }

    /// The lane of a file, which must fit `model`.
    pub(in crate::train) fn of_saved(
        model: S,
        settings: &LaneConfig,
        device: &Device,
        bytes: &[u8],
    ) -> Result<Self, String> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
        let model = weights::filled(model, &file, INITIAL, Untrained::MayBeMissing)?;
        Self::new(model, settings, device).in_state(&file)
    }

    /// An earlier state of this lane from a file.
    pub(in crate::train) fn of_saved_beside(&self, bytes: &[u8]) -> Result<Self, String> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
        let replica = self.replica();
        let optimizer = optimizer::build(&replica.settings, replica.observer.probe());
        Self { optimizer, ..replica }.in_state(&file)
    }

    /// Restores weights, optimizer and counts from a file; the optimizer has no state yet.
    fn in_state(self, file: &SafeTensors<'_>) -> Result<Self, String> {
        let Self { model, optimizer, mut observer, .. } = self;
        let model = weights::filled(model, file, PARAM, Untrained::MustBeThere)?;
        let dead_units = dead_units(file, observer.layers())?;
        observer.set_dead_units(dead_units);
        let optimizer = optimizer_state::restored(optimizer, &model, file)?;
        Ok(Self { optimizer, observer, clipping: clipping(file)?, model, ..self })
    }
}

/// The counts of clipping.
fn clipping(file: &SafeTensors<'_>) -> Result<Clipping, String> {
    let Ok(counts) = file.tensor(CLIPPED) else { return Ok(Clipping::default()) };
    Clipping::of_bytes(counts.data()).ok_or_else(|| format!("{CLIPPED} does not hold two counts"))
}

/// The number of batches for which each unit has been silent.
fn dead_units(file: &SafeTensors<'_>, layers: &LayerTable) -> Result<DeadUnits, String> {
    let mut counts_of_layers = Vec::with_capacity(layers.layers.len());
    for layer in &layers.layers {
        let counts = |prefix: &str| match file.tensor(&format!("{prefix}{}", layer.path)) {
            Err(_) => Ok(Vec::new()),
            Ok(counts) if counts.dtype() == Dtype::U8 => Ok(counts.data().to_vec()),
            Ok(_) => Err(format!("{prefix}{} holds no counts", layer.path)),
        };
        counts_of_layers.push((counts(SILENT)?, counts(SEEN)?.first().copied().unwrap_or_default()));
    }
    Ok(DeadUnits::kept(counts_of_layers))
}
