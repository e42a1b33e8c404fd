//! The devices that compute. Both backends are compiled in and chosen at run time.
//!
//! Burn 0.22 deprecates `burn-ndarray` in favour of `burn-flex`, which is also faster here (`docs/performance.md`).

use burn::prelude::Device;

use crate::config::Backend;

/// The device of a backend, without autodiff.
#[must_use]
pub fn device(backend: Backend) -> Device {
    match backend {
        Backend::Flex => Device::flex(),
        Backend::Ndarray => ndarray(),
    }
}

// Deprecated in Burn 0.22, and wanted all the same: people compare backends.
#[allow(deprecated)]
fn ndarray() -> Device {
    Device::from(burn_ndarray::NdArrayDevice::Cpu)
}
