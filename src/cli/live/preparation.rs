//! Another run, prepared beside the one on the screen. Its data is read and its weights are initialized on a thread of
//! their own, since both can take seconds and the screen must answer meanwhile. Then its files are opened.

use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use crate::cli::logging::{Log, Logging};
use crate::config::RunConfig;
use crate::event::{Event, Outcome, RunEnd};
use crate::sink::Sink;
use crate::sink::trace::TraceSink;
use crate::trace::OnExisting;
use crate::train::checkpoint::Owner;
use crate::train::{self, Dump, DumpError, DumpWriter, Oversize, Prepared, THREAD_STACK};
use crate::whole_file::Existing;

/// A run that is being prepared.
pub(super) struct Preparation {
    answer: Receiver<Result<Prepared, String>>,
    thread: JoinHandle<()>,
}

impl Preparation {
    /// Begins after an earlier preparation that was cancelled has ended: two at a time would take the memory of both.
    pub(super) fn begin(config: RunConfig, oversize: Oversize, earlier: Option<GivenUp>) -> io::Result<Self> {
        let (sender, answer) = bounded(1);
        let prepare = move || {
            if let Some(GivenUp(thread)) = earlier {
                let _ = thread.join();
            }
            let prepared = train::prepare_sized(config, None, oversize).map_err(|error| error.to_string());
            // The result is dropped with its weights if nothing waits for it any more.
            let _ = sender.send(prepared);
        };
        let thread = Builder::new().name("preparation".to_owned()).stack_size(THREAD_STACK).spawn(prepare)?;
        Ok(Self { answer, thread })
    }

    /// The result, waiting at most this long.
    pub(super) fn answer(&self, most: Duration) -> Option<Result<Prepared, String>> {
        match self.answer.recv_timeout(most) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Err("the preparation of the new run panicked".to_owned())),
        }
    }

    /// Stops waiting for the preparation.
    pub(super) fn give_up(self) -> GivenUp {
        GivenUp(self.thread)
    }
}

/// A cancelled preparation: it ends by itself.
pub(super) struct GivenUp(JoinHandle<()>);

/// A run that could start now, with its trace and the notes about it.
pub(super) struct Ready {
    pub(super) prepared: Prepared,
    pub(super) log: Log,
    pub(super) notes: Vec<String>,
}

impl Ready {
    /// Dumps the same steps as the first of these runs, and puts checkpoints and trace beside that run's.
    pub(super) fn of(prepared: Prepared, dumps: &[Arc<DumpWriter>], logging: &Logging) -> Result<Self, String> {
        let number = dumps.len() as u64 + 1;
        let requests = dumps.first().into_iter().flat_map(|first| first.requests());
        let (prepared, notes) = restarted(prepared, requests, number).map_err(|error| error.to_string())?;
        let folder = logging.restart_folder();
        let prepared =
            prepared.saving(folder.as_deref(), Owner::Another, Existing::Keep).map_err(|error| error.to_string())?;
        let trace = folder.map(|folder| TraceSink::open(&folder, prepared.header(), OnExisting::Refuse));
        let trace = trace.transpose().map_err(|error| error.to_string())?;
        Ok(Self { prepared, log: trace.map(Log::of).unwrap_or_default(), notes })
    }

    /// Closes the trace, which exists already, when the program ends before the run could start.
    pub(super) fn never_starts(self) {
        if let Some(mut trace) = self.log.sink {
            trace.emit(&Event::RunEnded(RunEnd { outcome: Outcome::Stopped }));
            trace.flush();
        }
    }
}

/// The restarted run with this number dumps the same steps into files beside those of the first run, as far as it has
/// these steps; the notes name each step that it does not have.
fn restarted<'a>(
    prepared: Prepared,
    requests: impl Iterator<Item = &'a Dump>,
    number: u64,
) -> Result<(Prepared, Vec<String>), DumpError> {
    let last = prepared.header().steps.unwrap_or(u64::MAX);
    let (had, missed): (Vec<&Dump>, Vec<&Dump>) = requests.partition(|dump| dump.step.0 <= last);
    let missed =
        missed.into_iter().map(|dump| format!("step {} is after the end of this run: it is not dumped", dump.step));
    let dumps = had.into_iter().map(|dump| dump.for_run(number)).collect();
    Ok((prepared.dumping(dumps, Existing::Keep)?, missed.collect()))
}
