//! Data sets, split into a training and a held-out part: rows of numbers with a class each (pictures are such rows), or
//! text.
//!
//! ```
//! use nablatop::data::{self, Batches, Source, Subset};
//! use nablatop::units::Step;
//!
//! let digits = data::digits()?;
//! assert_eq!((digits.shape.numbers(), digits.rows(Subset::Training), digits.rows(Subset::HeldOut)), (64, 1437, 360));
//! let mut batches = Batches::new(1, digits.rows(Subset::Training), 64);
//! assert_eq!(batches.rows(Step::FIRST).len(), 64);
//! # Ok::<(), data::DataError>(())
//! ```

mod augmentation;
mod batches;
mod cifar;
mod classified;
mod dataset;
mod digits;
mod error;
mod file;
mod fingerprint;
mod host_batch;
mod idx;
mod mnist;
mod picture_folder;
mod resize;
mod shape;
mod source;
mod split;
mod standardization;
mod summary;
mod table;
mod text;

pub(crate) use augmentation::Augmentation;
pub use batches::Batches;
pub(crate) use cifar::{cifar10, cifar100};
pub use classified::Classified;
pub(crate) use dataset::{Dataset, load};
pub use digits::digits;
pub use error::DataError;
pub(crate) use host_batch::HostBatch;
pub(crate) use mnist::{fashion, mnist};
pub(crate) use picture_folder::picture_folder;
pub use shape::Shape;
pub use source::{Source, Subset};
pub(crate) use split::Split;
pub(crate) use summary::summary;
pub(crate) use table::table;
pub use text::Text;
