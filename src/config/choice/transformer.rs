//! Choices that only a transformer has.

use std::fmt;
use std::str::FromStr;

use crate::config::spelling::not_one_of;

words! {
    /// Where N is placed in a sub-layer of a transformer block.
    NormOrder {
        /// Before the branch: x + F(N(x)).
        Pre = "pre",
        /// After the sum: N(x + F(x)).
        Post = "post",
        /// Nowhere: x + F(x).
        None = "none",
    }
}

words! {
    /// How a transformer encodes the position of a character.
    Positions {
        /// By vectors that are added to the embeddings of the characters.
        Learned = "learned",
        /// By a rotation of queries and keys.
        Rotary = "rotary",
    }
}
