//! What a tap costs beside reading: Burn's bookkeeping, measured once per process on a chain of taps over a tiny tensor.

use std::time::{Duration, Instant};

use burn::prelude::Device;
use burn::tensor::Tensor;

use super::Taps;
use crate::units::LayerId;

/// Length of the measured chain.
const CHAIN: u32 = 64;
/// Repetitions; the least disturbed counts.
const REPEATS: usize = 9;

/// Time per tap, forward and backward together, that is not spent reading.
#[must_use]
pub fn per_tap(device: &Device) -> Duration {
    let least = (0..REPEATS).map(|_| chain(device)).min().unwrap_or_default();
    least / CHAIN
}

fn chain(device: &Device) -> Duration {
    let taps = Taps::on(1);
    let mut tensor = Tensor::<2>::ones([1, 1], device).require_grad();
    let start = Instant::now();
    for _ in 0..CHAIN {
        tensor = taps.input(LayerId(0), tensor);
    }
    let gradients = tensor.sum().backward();
    let elapsed = start.elapsed();
    drop(gradients);
    elapsed.saturating_sub(taps.take().spent)
}
