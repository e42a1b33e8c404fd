//! The results of a run beside its trace: a table of numbers, pictures, and the closing table.
//!
//! Exporters return bytes or write to an output that they receive; the command line chooses the names of files.
//!
//! ```
//! use std::sync::Arc;
//!
//! use nablatop::event::{LaneHeader, RunHeader};
//! use nablatop::history::History;
//! use nablatop::layer::{Layer, LayerKind, LayerTable};
//! use nablatop::report;
//!
//! let layers = LayerTable { layers: vec![Layer::new("blocks.0", LayerKind::Block)] };
//! let lane = LaneHeader::new("net", "one block", layers);
//! let history = History::new(Arc::new(RunHeader::new(vec![lane])));
//! assert!(report::closing(&history, Some(80)).contains("net"));
//! ```

mod closing;
pub mod csv;
pub(crate) mod explanation;
mod export_error;
mod figure;
pub(crate) mod findings;
mod loading;
mod signal;

pub use closing::closing;
pub use export_error::ExportError;
pub use figure::{Size, png, svg};
pub use loading::load;
