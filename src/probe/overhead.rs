//! The cost of measuring that the clock does not see: the clock itself, the lock, and Burn's bookkeeping of a tap that
//! is an operation of its own. It is measured once per model.

use std::time::{Duration, Instant};

use burn::backend::Flex;
use burn::prelude::Device;
use burn::tensor::Tensor;

use super::cost::Cost;
use super::tap::Taps;
use crate::backend;
use crate::config::Backend;
use crate::units::LayerId;

/// Length of the measured chain.
const CHAIN: u32 = 64;
/// Number of repetitions; the fastest counts.
const REPEATS: usize = 9;

/// The cost per event that the clock does not see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Overhead {
    per_reading: Duration,
    per_tap: Duration,
}

impl Overhead {
    /// The time that all measuring took.
    #[must_use]
    pub(super) fn total(self, cost: Cost) -> Duration {
        cost.timed + self.per_reading * cost.readings + self.per_tap * cost.inserted
    }

    /// Measures the overhead on a chain of taps over a tiny tensor.
    #[must_use]
    pub(super) fn measure(device: &Device) -> Self {
        // A device that tracks no gradients has no taps in a graph.
        let device = &device.clone().autodiff();
        let per_reading = least(readings);
        // A tap reads twice: forward and backward.
        let per_tap = least(|| taps(device)).saturating_sub(per_reading * 2);
        Self { per_reading, per_tap }
    }
}

/// Time per link of a chain, the fastest of all repetitions.
fn least(chain: impl Fn() -> Duration) -> Duration {
    (0..REPEATS).map(|_| chain()).min().unwrap_or_default() / CHAIN
}

/// Overhead of a chain of readings.
fn readings() -> Duration {
    let taps = Taps::on(1);
    let tensor = Tensor::<2>::ones([1, 1], &backend::device(Backend::Flex)).try_into_primitive::<Flex>();
    let (Some(tap), Ok(tensor)) = (taps.tap(LayerId(0)), tensor) else { return Duration::ZERO };
    let start = Instant::now();
    (0..CHAIN).for_each(|_| tap.look(|reading| reading.input::<Flex>(&tensor)));
    start.elapsed().saturating_sub(taps.take().cost.timed)
}

/// Overhead of a chain of taps in the graph.
fn taps(device: &Device) -> Duration {
    let taps = Taps::on(1);
    let mut tensor = Tensor::<2>::ones([1, 1], device).require_grad();
    let start = Instant::now();
    for _ in 0..CHAIN {
        tensor = taps.input(LayerId(0), tensor);
    }
    let gradients = tensor.sum().backward();
    let elapsed = start.elapsed();
    drop(gradients);
    elapsed.saturating_sub(taps.take().cost.timed)
}
