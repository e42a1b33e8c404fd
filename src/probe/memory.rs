//! A tensor's memory, borrowed where it lies: copying a shared ndarray tensor out costs as much as a training step.
//!
//! The order of the elements is that of the storage, not of the shape: a transposed tensor is read as it lies.

// Burn 0.22 deprecates ndarray; gradtop offers it all the same.
#![allow(deprecated)]

use burn::backend::{Backend, Flex, NdArray};
use burn::tensor::{DType, Tensor};
use burn_ndarray::NdArrayTensor;

/// The primitive of a float tensor on backend `B`.
pub(crate) type Primitive<B> = burn::backend::tensor::FloatTensor<B>;

/// Borrowed elements.
pub(crate) enum Floats<'a> {
    /// Single precision.
    Single(&'a [f32]),
    /// Double precision.
    Double(&'a [f64]),
}

/// A backend whose tensors lie in host memory.
pub(crate) trait Readable: Backend {
    /// Lends the elements to `read`; `None` for a number format that is neither f32 nor f64.
    fn lend<R>(tensor: &Primitive<Self>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R>;
}

impl Readable for Flex {
    fn lend<R>(tensor: &Primitive<Self>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R> {
        // A view that covers its whole storage once is in one piece, whatever its strides; any other is copied together.
        let size = tensor.dtype().size();
        let copy;
        let whole = if tensor.bytes().len() == tensor.layout().num_elements() * size {
            tensor
        } else {
            copy = tensor.to_contiguous();
            &copy
        };
        match whole.dtype() {
            DType::F32 => Some(read(Floats::Single(whole.storage::<f32>()))),
            DType::F64 => Some(read(Floats::Double(whole.storage::<f64>()))),
            _ => None,
        }
    }
}

impl Readable for NdArray {
    fn lend<R>(tensor: &Primitive<Self>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R> {
        match tensor {
            NdArrayTensor::F32(storage) => Some(match storage.view().as_slice_memory_order() {
                Some(values) => read(Floats::Single(values)),
                None => read(Floats::Single(&storage.view().iter().copied().collect::<Vec<_>>())),
            }),
            NdArrayTensor::F64(storage) => Some(match storage.view().as_slice_memory_order() {
                Some(values) => read(Floats::Double(values)),
                None => read(Floats::Double(&storage.view().iter().copied().collect::<Vec<_>>())),
            }),
            _ => None,
        }
    }
}

/// Lends the elements of a tensor of any backend; `None` when they are not f32 or f64 in host memory.
pub(super) fn with_floats<const D: usize, R>(tensor: &Tensor<D>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R> {
    match tensor.clone().try_into_primitive::<Flex>() {
        Ok(primitive) => Flex::lend(&primitive, read),
        Err(_) => NdArray::lend(&tensor.clone().try_into_primitive::<NdArray>().ok()?, read),
    }
}
