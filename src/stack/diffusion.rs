//! Diffusion: a U-Net that finds the noise in pictures ([`unet`](Diffusion)), how pictures drown in noise, and how it
//! draws new ones.

mod block;
mod noise;
mod noised;
mod sampling;
mod time_embedding;
mod unet;

pub use self::block::{Block, BlockPass, Resizing, UNetPath};
pub use self::noise::{Noising, TIMES};
pub use self::noised::{Noised, Pictures, SPANS};
pub use self::sampling::{SAMPLES, SAMPLING_STEPS};
pub use self::time_embedding::TimeEmbedding;
pub use self::unet::{Diffusion, Head, SIDE_UNIT, Stem};
