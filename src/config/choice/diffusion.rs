//! Choices that only a diffusion model has.

use std::fmt;
use std::str::FromStr;

use crate::config::spelling::not_one_of;

words! {
    /// How fast noise replaces the pictures.
    NoiseSchedule {
        /// By β_t from 1e-4 to 0.02 (Ho et al. 2020).
        Linear = "linear",
        /// By ᾱ_t as a squared cosine (Nichol & Dhariwal 2021).
        Cosine = "cosine",
    }
}

words! {
    /// Whether the encoder of a U-Net passes its activations directly to the decoder.
    LongSkips {
        /// Each decoder block also receives the activations of the matching encoder block.
        On = "on",
        /// Everything passes through the bottleneck.
        Off = "off",
    }
}
