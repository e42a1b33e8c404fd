//! How a value leaves the graph: taps in the forward pass for activations and signals, visits of the module for
//! parameters, gradients and updates.
//!
//! ```text
//! x_l ──tap l──► block l ──► x_{l+1}     forward:  ‖x_l‖² is read, x_l passes on untouched
//!     ◄── δ_l ──         ◄── δ_{l+1}     backward: ‖δ_l‖² is read, δ_l passes on untouched
//! ```
//!
//! Observing never changes a run: a tap passes on the very tensor that it received.

mod cost;
mod counting;
mod dead_units;
pub(crate) mod dispatch;
mod filters;
mod gather;
pub(crate) mod memory;
mod moments;
mod observation;
mod observer;
mod optimizer;
mod overhead;
mod parameters;
pub(crate) mod reading;
mod reduction;
pub(crate) mod tap;

pub use cost::Cost;
pub use counting::count;
pub use dead_units::DeadUnits;
pub use filters::Filters;
pub use gather::Matrix;
pub use observation::{CostlyStatistics, Observation, evaluate};
pub use observer::{ObservedStep, Observer, Scope};
pub use optimizer::{OptimizerProbe, ProbedOptimizer};
pub use parameters::{ParameterMap, Snapshot};
pub use reading::LayerReading;
pub use tap::{Readings, Taps, joint};
