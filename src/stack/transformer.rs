//! The transformer: a decoder of characters, its blocks and its attention.

mod attention;
mod block;
mod decoder;
mod language;
mod norm;
mod rotation;
mod shift;
mod tap_point;

pub use self::attention::{Attention, AttentionMask};
pub use self::block::{Block, FeedForward};
pub use self::decoder::{Head, Stem, Transformer};
pub use self::language::Language;
pub use self::tap_point::TapPoint;
