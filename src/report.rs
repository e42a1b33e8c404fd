//! The results of a run beside its trace: a table of numbers, pictures, and the closing table.
//!
//! Exporters return bytes or write to an output that they receive; the command line chooses the names of files.

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
