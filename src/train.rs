//! Training: one thread per lane in lock-step; every lane reports to a recorder.
//!
//! ```text
//! lane 1 ──┐ bounded channel
//! lane 2 ──┼───────────────► recorder ─► sinks (trace, screen, …)
//! lane n ──┘                    └─ flushes every 200 ms; sends RunEnded on every path
//!    ▲ begin(step) / end(step)
//!  pacer: pause, single step, stop, learning rate, how far lanes may drift apart
//! ```
//!
//! ```
//! use nablatop::config::{LaneConfig, Length, RunConfig, Wiring};
//! use nablatop::event::{Event, Outcome};
//! use nablatop::sink::Fanout;
//! use nablatop::sink::memory::MemorySink;
//!
//! let lanes = vec![LaneConfig { depth: 2, width: 4, ..LaneConfig::new(Wiring::Residual) }];
//! let config = RunConfig { lanes, length: Length::Steps(3), ..RunConfig::default() };
//! let memory = MemorySink::new();
//! let end = nablatop::train::start(config, Fanout::new().with(memory.clone()))?.join();
//! assert_eq!(end.outcome, Outcome::Completed);
//! let steps = memory.take().iter().filter(|event| matches!(event, Event::Step(_))).count();
//! assert_eq!(steps, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alarm;
pub mod checkpoint;
mod detail;
mod dump;
mod error;
mod evaluation;
mod family;
mod file_sum;
mod flight;
mod flight_state;
mod footprint;
mod lane;
mod named;
mod optimizer;
mod optimizer_state;
mod oversize;
mod pacer;
mod prepared;
mod schedule;
mod session;
mod stepper;
mod verdict;
mod weights;

pub use checkpoint::{Checkpoint, CheckpointError, CheckpointWriter};
pub use dump::{Dump, DumpError, DumpWriter};
pub use error::TrainError;
pub use footprint::Footprint;
pub use oversize::{Oversize, TooLarge};
#[cfg(all(feature = "cli", feature = "tui"))]
pub(crate) use prepared::THREAD_STACK;
pub use prepared::{Prepared, prepare, prepare_sized, resume};
pub use session::{Session, Stopper};
pub use stepper::{StepOutput, Stepper};
pub use weights::WeightsError;

use crate::config::RunConfig;
use crate::sink::Fanout;

/// Starts a run at once: [`prepare`], then [`Prepared::start`].
///
/// # Errors
/// Fails as either of them does; then no sink has received anything.
pub fn start(config: RunConfig, sinks: Fanout) -> Result<Session, TrainError> {
    prepare(config)?.start(sinks)
}
