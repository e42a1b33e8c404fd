//! A tensor of a batch copied to the host, for dumping a step.

use burn::tensor::Tensor;

/// A tensor of a batch on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// `x` for inputs, `y` for targets.
    pub(crate) name: &'static str,
    /// Outermost dimension first.
    pub(crate) shape: Vec<usize>,
    /// Row-major.
    pub(crate) numbers: Numbers,
}

/// Numbers of either kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Numbers {
    /// Measurements.
    Floats(Vec<f32>),
    /// Classes and tokens.
    Integers(Vec<i64>),
}

impl HostTensor {
    /// A copy of a tensor.
    #[must_use]
    pub(crate) fn of<const D: usize>(name: &'static str, tensor: Tensor<D>) -> Self {
        let shape = tensor.dims().to_vec();
        let values = tensor.into_data().convert::<f32>().iter::<f32>().collect();
        Self { name, shape, numbers: Numbers::Floats(values) }
    }
}
