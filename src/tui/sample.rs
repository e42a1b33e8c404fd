//! Runs made up for tests: a plain lane whose signal vanishes beside a residual one, with noise but without chance.

mod blocks;
mod demo;
mod events;
mod gallery;
mod opened;
mod screen;

pub(super) use blocks::anatomy;
pub(super) use demo::{demo, demo_steps, odd};
pub(super) use events::{header, header_of, measured, noise, step, with_settings, without_settings};
pub(super) use gallery::gallery;
pub(super) use opened::{conv_net, diffusion, diffusion_with, transformer};
pub(super) use screen::{frame, theme};
