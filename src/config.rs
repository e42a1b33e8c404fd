//! A run's settings: plain data, the same for the command line, the file, the form on screen and the trace.
//!
//! The table of settings ([`setting::SETTINGS`]) is the one place where a setting has its key, help and default; the
//! types here hold the values.
//!
//! A run is a [`RunConfig`] with up to eight lanes. Each setting is checked where it is set, rules across settings by `check`:
//!
//! ```
//! use nablatop::config::{LaneConfig, RunConfig, Wiring};
//!
//! let mut config = RunConfig { batch: 32, ..RunConfig::default() };
//! assert_eq!(config.lanes[1].title(), "mlp 50×64 · relu · default init");
//! config.lanes.push(LaneConfig::new(Wiring::Residual));
//! let error = config.check().expect_err("the default run has a lane of that name");
//! assert!(error.problem.contains("set name="), "{}", error.problem);
//! ```

mod applicability;
mod change;
mod choice;
mod compatibility;
mod data_source;
pub mod draft;
mod family;
mod family_settings;
mod lane;
mod lane_spec;
mod measure;
mod quoted;
mod recorded;
mod run;
pub mod setting;
pub(crate) mod spelling;

pub use choice::{
    Activation, Backend, Bias, BranchScale, CheckpointActivations, Form, Init, Length, LongSkips, Model, NoiseSchedule,
    Norm, NormOrder, Optimizer, Order, Positions, Wiring,
};
pub use data_source::DataSource;
pub use family::Along;
pub use family_settings::{DiffusionSettings, FamilySettings, TransformerSettings};
pub use lane::LaneConfig;
pub use lane_spec::LaneSpec;
pub(crate) use measure::Budget;
pub use measure::{DEFAULT_BUDGET, Measure};
pub use run::{MOST_LANES, RunConfig};
