//! A tensor's memory, borrowed in place: copying a shared ndarray tensor costs as much as a training step.
//!
//! The elements come in the order of the storage, not of the shape: a transposed tensor is read in its stored order.

// Burn 0.22 deprecates ndarray, which nablatop still offers.
#![allow(deprecated)]

use burn::backend::ops::FloatTensorOps;
use burn::backend::{Backend, Flex, NdArray};
use burn::tensor::{DType, FloatDType, Tensor};
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
    /// Lends the elements to `read`, half precision as f32; `None` for a number format that is no float.
    fn lend<R>(tensor: &Primitive<Self>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R>;

    /// The same in the order of the shape, outermost dimension first.
    fn lend_in_order<R>(tensor: &Primitive<Self>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R>;

    /// Whether the n-th elements of both tensors, in storage order, have the same position in the shape.
    fn are_alike(one: &Primitive<Self>, other: &Primitive<Self>) -> bool;
}

impl Readable for Flex {
    fn lend<R>(tensor: &Primitive<Self>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R> {
        let copy;
        let whole = if is_whole(tensor) {
            tensor
        } else {
            copy = tensor.to_contiguous();
            &copy
        };
        match whole.dtype() {
            DType::F32 => Some(read(Floats::Single(whole.storage::<f32>()))),
            DType::F64 => Some(read(Floats::Double(whole.storage::<f64>()))),
            DType::F16 | DType::BF16 => Self::lend(&Self::float_cast(whole.clone(), FloatDType::F32), read),
            _ => None,
        }
    }

    fn lend_in_order<R>(tensor: &Primitive<Self>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R> {
        if tensor.layout().is_contiguous() {
            Self::lend(tensor, read)
        } else {
            Self::lend(&tensor.to_contiguous(), read)
        }
    }

    fn are_alike(one: &Primitive<Self>, other: &Primitive<Self>) -> bool {
        // Both memories are read in place if their layouts agree, otherwise both in the order of the shape.
        (one.layout() == other.layout() && is_whole(one) == is_whole(other))
            || (one.layout().is_contiguous() && other.layout().is_contiguous())
    }
}

/// Whether a tensor covers its storage exactly once, in any order; any other tensor is copied.
fn is_whole(tensor: &Primitive<Flex>) -> bool {
    let layout = tensor.layout();
    if tensor.bytes().len() != layout.num_elements() * tensor.dtype().size() {
        return false;
    }
    if layout.is_contiguous() {
        return true;
    }
    let mut axes: Vec<(usize, usize)> =
        layout.strides().iter().map(|stride| stride.unsigned_abs()).zip(layout.shape().iter().copied()).collect();
    axes.retain(|(_, length)| *length > 1);
    axes.sort_unstable();
    let mut expected = 1;
    axes.into_iter().all(|(stride, length)| {
        let fits = stride == expected;
        expected *= length;
        fits
    })
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

    fn lend_in_order<R>(tensor: &Primitive<Self>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R> {
        match tensor {
            NdArrayTensor::F32(storage) => Some(match storage.view().as_slice() {
                Some(values) => read(Floats::Single(values)),
                None => read(Floats::Single(&storage.view().iter().copied().collect::<Vec<_>>())),
            }),
            NdArrayTensor::F64(storage) => Some(match storage.view().as_slice() {
                Some(values) => read(Floats::Double(values)),
                None => read(Floats::Double(&storage.view().iter().copied().collect::<Vec<_>>())),
            }),
            _ => None,
        }
    }

    fn are_alike(one: &Primitive<Self>, other: &Primitive<Self>) -> bool {
        match (one, other) {
            (NdArrayTensor::F32(one), NdArrayTensor::F32(other)) => one.view().strides() == other.view().strides(),
            (NdArrayTensor::F64(one), NdArrayTensor::F64(other)) => one.view().strides() == other.view().strides(),
            _ => false,
        }
    }
}

/// Lends the elements of a tensor of any backend; `None` if they are not f32 or f64 in host memory.
pub(super) fn with_floats<const D: usize, R>(tensor: &Tensor<D>, read: impl FnOnce(Floats<'_>) -> R) -> Option<R> {
    match tensor.clone().try_into_primitive::<Flex>() {
        Ok(primitive) => Flex::lend(&primitive, read),
        Err(_) => NdArray::lend(&tensor.clone().try_into_primitive::<NdArray>().ok()?, read),
    }
}

/// The same in the order of the shape.
pub(super) fn with_floats_in_order<const D: usize, R>(
    tensor: &Tensor<D>,
    read: impl FnOnce(Floats<'_>) -> R,
) -> Option<R> {
    match tensor.clone().try_into_primitive::<Flex>() {
        Ok(primitive) => Flex::lend_in_order(&primitive, read),
        Err(_) => NdArray::lend_in_order(&tensor.clone().try_into_primitive::<NdArray>().ok()?, read),
    }
}

/// Lends the elements of two tensors of one shape, pair by pair; `None` if they cannot be read in this way.
pub(super) fn with_pairs<const D: usize, R>(
    one: &Tensor<D>,
    other: &Tensor<D>,
    read: impl FnOnce(Floats<'_>, Floats<'_>) -> R,
) -> Option<R> {
    match one.clone().try_into_primitive::<Flex>() {
        Ok(primitive) => pairs::<Flex, R>(&primitive, &other.clone().try_into_primitive::<Flex>().ok()?, read),
        Err(_) => pairs::<NdArray, R>(
            &one.clone().try_into_primitive::<NdArray>().ok()?,
            &other.clone().try_into_primitive::<NdArray>().ok()?,
            read,
        ),
    }
}

fn pairs<B: Readable, R>(
    one: &Primitive<B>,
    other: &Primitive<B>,
    read: impl FnOnce(Floats<'_>, Floats<'_>) -> R,
) -> Option<R> {
    if !B::are_alike(one, other) {
        return None;
    }
    B::lend(one, |one| B::lend(other, |other| read(one, other)))?
}
