//! To a file: every event of a run goes into its [`crate::trace`], none is dropped while there is space.

use std::path::Path;
use std::sync::Arc;

use super::Sink;
use crate::event::Event;
use crate::trace::{LogError, OnExisting, Reservation, TraceStatus, Writer};

/// Writes a trace on the recorder's thread. The run begins with its [`Event::RunStarted`].
#[derive(Debug)]
pub struct TraceSink {
    stage: Stage,
    status: Arc<TraceStatus>,
}

#[derive(Debug)]
enum Stage {
    Reserved(Reservation),
    Writing(Box<Writer>),
    /// The run could not be written at all; the status says why.
    Off,
}

impl TraceSink {
    /// Claims the directory.
    ///
    /// # Errors
    /// When it cannot be used, or holds a trace that `on_existing` does not allow to touch.
    pub fn open(directory: &Path, on_existing: OnExisting) -> Result<Self, LogError> {
        let reservation = Reservation::open(directory, on_existing)?;
        let status = reservation.status();
        Ok(Self { stage: Stage::Reserved(reservation), status })
    }

    /// How the writing goes, to be kept by whoever shows it.
    #[must_use]
    pub fn status(&self) -> Arc<TraceStatus> {
        Arc::clone(&self.status)
    }
}

impl Sink for TraceSink {
    fn emit(&mut self, event: &Event) {
        self.stage = match (std::mem::replace(&mut self.stage, Stage::Off), event) {
            (Stage::Reserved(reservation), Event::RunStarted(header)) => match reservation.begin(header) {
                Ok(writer) => Stage::Writing(Box::new(writer)),
                Err(error) => {
                    self.status.set_problem(Some(error.to_string()));
                    Stage::Off
                }
            },
            (Stage::Writing(mut writer), event) => {
                writer.write(event);
                Stage::Writing(writer)
            }
            (stage, _) => stage,
        };
    }

    fn flush(&mut self) {
        if let Stage::Writing(writer) = &mut self.stage {
            writer.flush();
        }
    }
}
