//! A run's settings: plain data, the same for the command line, the file, the form on screen and the trace.
//!
//! The table of settings ([`setting::SETTINGS`]) is the one place where a setting has its key, help and default; the
//! types here hold the values.

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
pub use measure::{Budget, DEFAULT_BUDGET, Measure};
pub use run::{MOST_LANES, RunConfig};
