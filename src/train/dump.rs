//! A complete record of a step, so that it can be recomputed: parameters before it, batch, loss, gradients.
//!
//! Lanes run in their own threads and may be two steps apart: each hands in its part, and the last lane writes the file.
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

use crate::event::RunHeader;
use crate::text;
use crate::units::{LaneId, Step};
use crate::whole_file::{Existing, FileError, WholeFile};

/// Why a step will not be written down; known before the run starts.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DumpError {
    /// The run is shorter.
    #[error("--dump {dump}: the run ends at step {last}: write a step from 1 to {last}")]
    PastTheEnd {
        /// What was asked for.
        dump: Dump,
        /// The last step.
        last: u64,
    },
    /// The run goes on behind it.
    #[error("--dump {dump}: the run goes on after step {after}: write a later step")]
    BeforeTheStart {
        /// What was asked for.
        dump: Dump,
        /// The step of the checkpoint.
        after: Step,
    },
    /// Two dumps cannot share a file.
    #[error("--dump {}: two steps cannot be written to the same file: give each a file of its own", text::path(.0))]
    SameFile(PathBuf),
    /// The file is there already, or its folder cannot be written.
    #[error("{0}{remedy}", remedy = remedy(.0))]
    File(#[from] FileError),
}

fn remedy(error: &FileError) -> &'static str {
    match error {
        FileError::There(_) => ", or give --dump another file",
        FileError::Unwritable { .. } => ": give --dump another file",
    }
}

/// The steps of a run that are written down, shared by its lanes.
#[derive(Debug)]
pub struct DumpWriter {
    header: Arc<RunHeader>,
    existing: Existing,
    files: Vec<(Dump, Mutex<PendingDump>)>,
}

/// What has come together of a step.
#[derive(Debug, Default)]
struct PendingDump {
    /// Parts of lanes that took the step.
    parts: BTreeMap<LaneId, Arc<LaneDump>>,
    /// Lanes that ended before it.
    absent: usize,
    end: Option<DumpEnd>,
}

/// What became of a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
enum DumpEnd {
    Written,
    Failed(String),
    NotReached,
}

impl DumpWriter {
    /// No step is written down.
    pub(super) fn none(header: Arc<RunHeader>) -> Self {
        Self { header, existing: Existing::Keep, files: Vec::new() }
    }

    /// Checks what can be known before the run starts; writes nothing.
    pub(super) fn new(
        dumps: Vec<Dump>,
        existing: Existing,
        header: Arc<RunHeader>,
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
            // Begun and given up: the folder is there and can be written.
            drop(WholeFile::create(&dump.path, existing)?);
        }
        let files = dumps.into_iter().map(|dump| (dump, Mutex::default())).collect();
        Ok(Self { header, existing, files })
    }

    /// What was asked for.
    pub fn requests(&self) -> impl Iterator<Item = &Dump> {
        self.files.iter().map(|(dump, _)| dump)
    }

    /// Whether a step is to be written down.
    pub(super) fn is_wanted(&self, step: Step) -> bool {
        self.files.iter().any(|(dump, _)| dump.step == step)
    }

    /// Takes a lane's part of a step; the last lane's thread writes the file.
    pub(super) fn take(&self, lane: LaneId, step: Step, part: LaneDump) {
        let part = Arc::new(part);
        for (dump, gathering) in self.files.iter().filter(|(dump, _)| dump.step == step) {
            let mut gathering = locked(gathering);
            gathering.parts.insert(lane, Arc::clone(&part));
            self.close(dump, &mut gathering);
        }
    }

    /// No more is to be expected of a lane that ended after a step.
    pub(super) fn leave(&self, last: Step) {
        for (dump, gathering) in self.files.iter().filter(|(dump, _)| dump.step > last) {
            let mut gathering = locked(gathering);
            gathering.absent += 1;
            self.close(dump, &mut gathering);
        }
    }

    /// Writes the file when every lane has come or ended.
    fn close(&self, dump: &Dump, gathering: &mut PendingDump) {
        if gathering.parts.len() + gathering.absent < self.header.lanes.len() {
            return;
        }
        gathering.end = Some(if gathering.parts.is_empty() {
            DumpEnd::NotReached
        } else {
            match file::write(dump, self.existing, &self.header, &gathering.parts) {
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

    /// What else became of each, one sentence per file; complete once the run has ended.
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

/// As the system sees it, `./x` and `x` alike.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A lane that panicked while it handed in its part leaves what there was.
fn locked(gathering: &Mutex<PendingDump>) -> MutexGuard<'_, PendingDump> {
    gathering.lock().unwrap_or_else(PoisonError::into_inner)
}
