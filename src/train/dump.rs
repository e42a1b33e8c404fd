//! Writes everything about a step into a file, so that it can be recomputed: parameters before it, batch, loss,
//! gradients.
//!
//! Lanes run in their own threads and may be two steps apart: each adds its part, and the last lane writes the file.
//! The tensors are named `LANE/param/PATH`, `LANE/grad/PATH` (before clipping), `LANE/loss`, `batch/x` and `batch/y` in
//! a safetensors file; `docs/recheck.md` shows how to read it.

mod file;
mod lane_dump;
mod request;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;

pub(super) use lane_dump::LaneDump;
pub use request::Dump;

use crate::config::RunConfig;
use crate::event::RunHeader;
use crate::text;
use crate::units::{LaneId, Step};
use crate::whole_file::{Existing, FileError, WholeFile};

/// Why a step cannot be dumped, known before the run starts.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DumpError {
    /// The run is shorter than the step.
    #[error("--dump {dump}: the run ends at step {last}: write a step from 1 to {last}")]
    PastTheEnd {
        /// The requested dump.
        dump: Dump,
        /// The last step.
        last: u64,
    },
    /// The run continues after the step.
    #[error("--dump {dump}: the run goes on after step {after}: write a later step")]
    BeforeTheStart {
        /// The requested dump.
        dump: Dump,
        /// The step of the checkpoint.
        after: Step,
    },
    /// Two dumps have the same file.
    #[error("--dump {}: two steps cannot be written to the same file: give each a file of its own", text::path(.0))]
    SameFile(PathBuf),
    /// The file exists already, or its folder cannot be written.
    #[error("{0}{remedy}", remedy = remedy(.0))]
    File(#[from] FileError),
}

fn remedy(error: &FileError) -> &'static str {
    match error {
        FileError::There(_) => ", or give --dump another file",
        FileError::Unwritable { .. } => ": give --dump another file",
    }
}

/// The dumps of a run, shared by its lanes.
#[derive(Debug)]
pub struct DumpWriter {
    header: Arc<RunHeader>,
    config: Arc<RunConfig>,
    existing: Existing,
    files: Vec<(Dump, Mutex<PendingDump>)>,
}

/// The parts of a dump that have arrived.
#[derive(Debug, Default)]
struct PendingDump {
    /// Parts of the lanes that made the step.
    parts: BTreeMap<LaneId, Arc<LaneDump>>,
    /// Number of lanes that ended before it.
    absent: usize,
    end: Option<DumpEnd>,
}

/// The result of a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
enum DumpEnd {
    Written,
    Failed(String),
    NotReached,
}

impl DumpWriter {
    /// A writer without any dump.
    pub(super) fn none(header: Arc<RunHeader>, config: Arc<RunConfig>) -> Self {
        Self { header, config, existing: Existing::Keep, files: Vec::new() }
    }

    /// Checks everything that can be checked before the run starts; writes nothing.
    pub(super) fn new(
        dumps: Vec<Dump>,
        existing: Existing,
        (header, config): (Arc<RunHeader>, Arc<RunConfig>),
        steps: u64,
    ) -> Result<Self, DumpError> {
        for (index, dump) in dumps.iter().enumerate() {
            if dump.step.0 > steps {
                return Err(DumpError::PastTheEnd { dump: dump.clone(), last: steps });
            }
            let is_same = |other: &Dump| absolute(&other.path) == absolute(&dump.path);
            if dumps.iter().take(index).any(is_same) {
                return Err(DumpError::SameFile(dump.path.clone()));
            }
            // A file is begun and dropped, which shows that the folder exists and can be written.
            drop(WholeFile::create(&dump.path, existing)?);
        }
        let files = dumps.into_iter().map(|dump| (dump, Mutex::default())).collect();
        Ok(Self { header, config, existing, files })
    }

    /// The requested dumps.
    pub fn requests(&self) -> impl Iterator<Item = &Dump> {
        self.files.iter().map(|(dump, _)| dump)
    }

    /// Whether a step must be dumped.
    pub(super) fn is_wanted(&self, step: Step) -> bool {
        self.files.iter().any(|(dump, _)| dump.step == step)
    }

    /// Receives a lane's part of a step; the last lane's thread writes the file.
    pub(super) fn take(&self, lane: LaneId, step: Step, part: LaneDump) {
        let part = Arc::new(part);
        for (dump, gathering) in self.files.iter().filter(|(dump, _)| dump.step == step) {
            let mut gathering = locked(gathering);
            gathering.parts.insert(lane, Arc::clone(&part));
            self.close(dump, &mut gathering);
        }
    }

    /// A lane that ended after this step sends no more parts.
    pub(super) fn leave(&self, last: Step) {
        for (dump, gathering) in self.files.iter().filter(|(dump, _)| dump.step > last) {
            let mut gathering = locked(gathering);
            gathering.absent += 1;
            self.close(dump, &mut gathering);
        }
    }

    /// Writes the file when every lane has sent its part or ended.
    fn close(&self, dump: &Dump, gathering: &mut PendingDump) {
        if gathering.parts.len() + gathering.absent < self.header.lanes.len() {
            return;
        }
        gathering.end = Some(if gathering.parts.is_empty() {
            DumpEnd::NotReached
        } else {
            match file::write(dump, self.existing, (&self.header, &self.config), &gathering.parts) {
                Ok(()) => DumpEnd::Written,
                Err(problem) => DumpEnd::Failed(problem.to_string()),
            }
        });
        gathering.parts.clear();
    }

    /// The first dump that could not be written, as a sentence.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.files.iter().find_map(|(dump, gathering)| match &locked(gathering).end {
            Some(DumpEnd::Failed(problem)) => Some(format!("the dump of step {} is lost: {problem}", dump.step)),
            _ => None,
        })
    }

    /// The other results, one sentence per file; complete when the run has ended.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let note = |(dump, gathering): &(Dump, Mutex<PendingDump>)| {
            let (step, path) = (dump.step, text::path(&dump.path));
            let gathering = locked(gathering);
            match (&gathering.end, gathering.absent) {
                (Some(DumpEnd::Written), 0) => Some(format!("wrote step {step} to {path}")),
                (Some(DumpEnd::Written), absent) => {
                    let lanes = self.header.lanes.len();
                    Some(format!("wrote step {step} to {path}, without {absent} of {lanes} lanes, which ended before"))
                }
                (Some(DumpEnd::NotReached) | None, _) => {
                    Some(format!("no lane reached step {step}: {path} was not written"))
                }
                (Some(DumpEnd::Failed(_)), _) => None,
            }
        };
        self.files.iter().filter_map(note).collect()
    }
}

/// The path as the system resolves it: `./x` and `x` are equal.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A lane that panicked while it added its part leaves the rest intact.
fn locked(gathering: &Mutex<PendingDump>) -> MutexGuard<'_, PendingDump> {
    gathering.lock().unwrap_or_else(PoisonError::into_inner)
}
