//! `run.json` beside the trace: the header and, at the end, the outcome of the run. It is for users and scripts that
//! list runs.
//!
//! It is written under another name and renamed, so that a reader finds either the old file or the new one, never a
//! part.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::location::FILE_NAME;
use super::log_error::LogError;
use crate::event::{Outcome, RunHeader};
use crate::new_file::create_new;

/// Its name.
pub const RUN_FILE: &str = "run.json";

/// The path of the file and its constant fields.
#[derive(Debug)]
pub(super) struct RunFile {
    path: PathBuf,
    header: Arc<RunHeader>,
}

#[derive(Serialize)]
struct Content<'a> {
    format: &'static str,
    /// The field `outcome` is missing while the run continues, and after it was killed.
    #[serde(flatten)]
    outcome: Option<&'a Outcome>,
    header: &'a RunHeader,
}

impl RunFile {
    pub(super) fn new(folder: &Path, header: &Arc<RunHeader>) -> Self {
        Self { path: folder.join(RUN_FILE), header: Arc::clone(header) }
    }

    /// The trace beside it.
    pub(super) fn trace(&self) -> PathBuf {
        self.path.with_file_name(FILE_NAME)
    }

    /// Replaces the file.
    pub(super) fn write(&self, outcome: Option<&Outcome>) -> Result<(), LogError> {
        self.try_write(outcome).map_err(|source| LogError::Write { path: self.path.clone(), source })
    }

    fn try_write(&self, outcome: Option<&Outcome>) -> io::Result<()> {
        let content = Content { format: "nablatop-run", outcome, header: &self.header };
        let mut bytes = serde_json::to_vec(&content)?;
        bytes.push(b'\n');
        let new = self.path.with_extension("json.new");
        let mut file = create_new(&new)?;
        let written = file.write_all(&bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&new, &self.path));
        if written.is_err() {
            // On a full disk an incomplete file is useless.
            let _ = fs::remove_file(&new);
        }
        written
    }
}
