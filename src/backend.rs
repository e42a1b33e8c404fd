//! The devices that compute. Both backends are compiled in and chosen at run time.
//!
//! Burn 0.22 deprecates `burn-ndarray` in favour of `burn-flex`, which is also faster here (`docs/performance.md`).
//!
//! ```
//! use burn::tensor::Tensor;
//! use nablatop::backend::device;
//! use nablatop::config::Backend;
//!
//! let x = Tensor::<1>::from_floats([3.0, 4.0], &device(Backend::Flex));
//! assert_eq!(x.square().sum().into_scalar::<f32>(), 25.0);
//! ```

use burn::prelude::Device;

use crate::config::{Backend, CheckpointActivations};

/// The device of a backend, without autodiff.
#[must_use]
pub fn device(backend: Backend) -> Device {
    match backend {
        Backend::Flex => Device::flex(),
        Backend::Ndarray => ndarray(),
    }
}

/// The device on which stacks are trained.
#[must_use]
pub fn training_device(backend: Backend, activations: CheckpointActivations) -> Device {
    let device = device(backend).autodiff();
    match activations {
        // What Burn calls balanced: operations that take memory rather than time are run again.
        CheckpointActivations::On => device.gradient_checkpointing(),
        CheckpointActivations::Off => device,
    }
}

// Burn 0.22 deprecates it, but users compare backends.
#[allow(deprecated)]
fn ndarray() -> Device {
    Device::from(burn_ndarray::NdArrayDevice::Cpu)
}
