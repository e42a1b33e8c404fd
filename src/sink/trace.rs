//! The sink of a file: every event of a run goes into its [`crate::trace`]; none is dropped while there is disk space.
//!
//! ```
//! use std::sync::Arc;
//!
//! use nablatop::event::{Event, RunHeader};
//! use nablatop::sink::Sink;
//! use nablatop::sink::trace::TraceSink;
//! use nablatop::trace::OnExisting;
//!
//! let folder = tempfile::tempdir()?;
//! let header = Arc::new(RunHeader::new(Vec::new()));
//! let mut sink = TraceSink::open(folder.path(), &header, OnExisting::Refuse)?;
//! sink.emit(&Event::RunStarted(header));
//! sink.flush();
//! assert_eq!(sink.status().problem(), None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::path::Path;
use std::sync::Arc;

use super::Sink;
use crate::event::{Event, RunHeader};
use crate::trace::{Carried, Continuation, LogError, OnExisting, TraceStatus, Writer};

/// Writes a trace on the recorder's thread.
#[derive(Debug)]
pub struct TraceSink {
    writer: Writer,
}

impl TraceSink {
    /// Claims the folder for a run that is about to start, and writes its header.
    ///
    /// # Errors
    /// Fails when the folder cannot be used or is full, holds a trace that `on_existing` protects, or a trace of
    /// other stacks to which this run cannot be appended.
    pub fn open(folder: &Path, header: &Arc<RunHeader>, on_existing: OnExisting) -> Result<Self, LogError> {
        Ok(Self { writer: Writer::create(folder, header, on_existing)? })
    }

    /// The same for a resumed run, with the events of the trace up to its checkpoint.
    ///
    /// # Errors
    /// As [`Writer::go_on`].
    pub fn resume(
        folder: &Path,
        header: &Arc<RunHeader>,
        continuation: &Continuation,
        on_existing: OnExisting,
    ) -> Result<(Self, Carried), LogError> {
        let (writer, carried) = Writer::go_on(folder, header, continuation, on_existing)?;
        Ok((Self { writer }, carried))
    }

    /// The status of the writing, for the code that shows it.
    #[must_use]
    pub fn status(&self) -> Arc<TraceStatus> {
        self.writer.status()
    }
}

impl Sink for TraceSink {
    fn emit(&mut self, event: &Event) {
        // The header is in the file since the sink was opened.
        if !matches!(event, Event::RunStarted(_)) {
            self.writer.write(event);
        }
    }

    fn flush(&mut self) {
        self.writer.flush();
    }
}
