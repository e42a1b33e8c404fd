//! The transformer: a decoder of characters, its blocks and its attention.
//!
//! ```
//! use nablatop::backend::device;
//! use nablatop::config::{Backend, LaneConfig, Model, TransformerSettings, Wiring};
//! use nablatop::stack::transformer::Language;
//! use nablatop::stack::{Stack, Transformer};
//!
//! let family = TransformerSettings { heads: 2, ..TransformerSettings::default() }.into();
//! let lane = LaneConfig { depth: 2, width: 8, family, ..LaneConfig::of(Model::Transformer, Wiring::Residual) };
//! let language = Language { vocabulary: 65, context: 16 };
//! let decoder = Transformer::new(&lane, language, 1, &device(Backend::Flex));
//! assert_eq!(decoder.layers().len(), 4, "stem, two blocks, head");
//! ```

mod attention;
mod block;
mod decoder;
mod language;
mod norm;
mod rotation;
mod shift;
mod tap_point;

pub use self::attention::Attention;
pub(crate) use self::attention::AttentionMask;
pub(crate) use self::block::Block;
pub use self::block::FeedForward;
pub use self::decoder::{Head, Stem, Transformer};
pub use self::language::Language;
pub(crate) use self::tap_point::TapPoint;
