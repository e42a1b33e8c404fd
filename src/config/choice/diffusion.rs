//! What only a diffusion model has to choose.

use std::fmt;
use std::str::FromStr;

use crate::config::spelling::not_one_of;

words! {
    /// How fast pictures drown in noise.
    NoiseSchedule {
        /// By β_t from 1e-4 to 0.02 (Ho et al. 2020).
        Linear = "linear",
        /// By ᾱ_t as a squared cosine (Nichol & Dhariwal 2021).
        Cosine = "cosine",
    }
}

words! {
    /// Whether the way down of a U-Net hands what it has to the way up.
    LongSkips {
        /// Each block on the way up sees its counterpart beside its input.
        On = "on",
        /// Everything goes through the middle.
        Off = "off",
    }
}
