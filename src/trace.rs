//! The native trace: everything that a run reports, as JSON lines in one file that only grows. `docs/format.md`
//! specifies it.
//!
//! ```text
//! DIR/trace.jsonl   {"kind":"header", … ,"crc":…}     once, first
//!                   {"kind":"step","lane":0,"step":1, … "values":{"signal_norm":[null,1.3e-20, …]},"crc":…}
//!                   …
//!                   {"kind":"end","outcome":"completed","crc":…}
//! DIR/run.json      header and outcome, for lists of runs
//! ```
//!
//! Reading gives the same events bit by bit; NaN, ±∞ and absent are distinguished. A killed run loses at most what came
//! after its last flush; a torn or damaged line costs only that line.
//!
//! ```
//! use std::sync::Arc;
//!
//! use nablatop::event::{Event, Note, RunHeader};
//! use nablatop::sink::Sink;
//! use nablatop::sink::trace::TraceSink;
//! use nablatop::trace::{self, OnExisting};
//! use nablatop::units::Step;
//!
//! let folder = tempfile::tempdir()?;
//! let header = Arc::new(RunHeader::new(Vec::new()));
//! let written = [
//!     Event::RunStarted(header.clone()),
//!     Event::Note(Note { lane: None, step: Step(3), text: "the loss rose".to_owned() }),
//! ];
//! let mut sink = TraceSink::open(folder.path(), &header, OnExisting::Refuse)?;
//! written.iter().for_each(|event| sink.emit(event));
//! sink.flush();
//! let read: Vec<Event> = trace::read(folder.path())?.collect::<Result<_, _>>()?;
//! assert_eq!(read, written);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod checksum;
mod continuation;
mod decode;
mod encode;
mod error;
#[cfg(test)]
pub(crate) mod fixture;
mod follow;
mod foreign;
mod header;
mod lines;
mod location;
mod log_error;
mod medium;
pub(crate) mod number;
mod parser;
mod reader;
mod reservation;
mod run_file;
mod scan;
mod status;
mod warnings;
mod writer;

pub use continuation::{Carried, Continuation};
pub use error::{Fault, TraceError, TraceLine};
pub use follow::Follow;
#[cfg(feature = "cli")]
pub(crate) use header::BEGINNING;
pub use location::{FILE_NAME, file_of};
pub(crate) use log_error::Difference;
pub use log_error::LogError;
pub use medium::{FileLoss, Medium};
pub use reader::{Trace, read, read_last, read_last_of};
pub use reservation::{OnExisting, Reservation, restart_folder};
pub use run_file::RUN_FILE;
pub use status::TraceStatus;
pub(crate) use warnings::Lost;
pub use warnings::{Missing, Warnings};
pub use writer::Writer;
