//! Diffusion: a U-Net that predicts the noise in pictures ([`unet`](Diffusion)), the noise schedule, and sampling.
//!
//! ```
//! use nablatop::config::NoiseSchedule;
//! use nablatop::stack::diffusion::{Noising, TIMES};
//!
//! let noising = Noising::of(NoiseSchedule::Cosine);
//! let [picture, noise] = noising.shares(TIMES);
//! assert!(picture < 0.01 && noise > 0.99, "at the last timestep almost nothing is left of the picture");
//! ```

mod block;
mod noise;
mod noised;
mod sampling;
mod time_embedding;
mod unet;

pub(crate) use self::block::{Block, Resizing};
pub use self::block::{BlockPass, UNetPath};
pub use self::noise::{Noising, TIMES};
pub use self::noised::{Noised, Pictures, SPANS};
pub use self::sampling::{SAMPLES, SAMPLING_STEPS};
pub use self::time_embedding::TimeEmbedding;
pub(crate) use self::unet::SIDE_UNIT;
pub use self::unet::{Diffusion, Head, Stem};
