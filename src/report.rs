//! What outlives a run beside its trace: a table of numbers, pictures, the closing words of a headless run.
//!
//! Exporters return bytes or write to what they are given; names of files are the command line's business.

mod closing;
pub mod csv;
pub mod explanation;
mod export_error;
mod figure;
mod loading;
mod signal;

pub use closing::closing;
pub use export_error::ExportError;
pub use figure::{Size, png, svg};
pub use loading::load;
