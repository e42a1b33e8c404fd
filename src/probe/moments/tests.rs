use burn::prelude::Device;
use burn::tensor::TensorData;

use super::sums::LANES;
use super::*;
use crate::backend::device;
use crate::config::Backend;

/// The accuracy that is promised of a norm.
const PROMISED: f64 = 1e-6;
/// As many as the partial sums, one fewer, one more, and several turns of them.
const LENGTHS: [usize; 11] = [1, 2, 7, LANES - 1, LANES, LANES + 1, 2 * LANES - 1, 2 * LANES, 100, 4096, 4099];

fn moments<const D: usize>(tensor: &Tensor<D>) -> Moments {
    super::moments(Reduction::Host, tensor).read()
}

fn change<const D: usize>(before: &Tensor<D>, after: &Tensor<D>) -> Moments {
    super::change(Reduction::Host, before, after).read()
}

fn devices() -> [Device; 2] {
    [Backend::Flex, Backend::Ndarray].map(device)
}

fn row(values: &[f32], device: &Device) -> Tensor<1> {
    Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), device)
}

fn matrix(values: &[f32], shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), device)
}

/// Numbers that all differ, so that a pair in the wrong order shows.
fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|index| (index as f32 * 0.7).sin() + index as f32 * 0.01).collect()
}

fn naive(values: &[f32]) -> f64 {
    values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>().sqrt()
}

fn naive_change(before: &[f32], after: &[f32]) -> f64 {
    before.iter().zip(after).map(|(old, new)| (f64::from(*new) - f64::from(*old)).powi(2)).sum::<f64>().sqrt()
}

#[track_caller]
fn assert_norm(found: Moments, norm: f64, count: usize) {
    assert_eq!(found.count, count as u64);
    assert!((found.norm() - norm).abs() <= PROMISED * norm, "{:e} instead of {norm:e}", found.norm());
}

#[test]
fn a_norm_is_right_at_every_magnitude_and_length() {
    for device in devices() {
        for magnitude in [1e-44_f32, 1e-38, 1e-30, 3e-23, 1.0, 1e15, 1e30, 1e38] {
            for length in LENGTHS {
                let values: Vec<f32> = numbers(length).iter().map(|value| (value + 0.5).abs() * magnitude).collect();
                let values: Vec<f32> = values.into_iter().map(|value| value.min(f32::MAX)).collect();
                let norm = naive(&values);
                assert!(norm > 0.0 && norm.is_finite());
                assert_norm(moments(&row(&values, &device)), norm, length);
            }
        }
    }
}

#[test]
fn small_numbers_beside_large_ones_are_neither_lost_nor_harmful() {
    for device in devices() {
        let mut values = vec![1e-30_f32; 1000];
        assert_norm(moments(&row(&values, &device)), 1e-30 * 1000_f64.sqrt(), 1000);
        values[500] = 3e-23;
        assert_norm(moments(&row(&values, &device)), naive(&values), 1000);
        values[501] = 1e30;
        assert_norm(moments(&row(&values, &device)), 1e30, 1000);
    }
}

#[test]
fn what_is_not_finite_stays_so() {
    for device in devices() {
        for length in LENGTHS {
            for position in [0, length / 2, length - 1] {
                for (odd, is_nan) in [(f32::NAN, true), (f32::INFINITY, false), (f32::NEG_INFINITY, false)] {
                    let mut values = vec![1.0_f32; length];
                    values[position] = odd;
                    let found = moments(&row(&values, &device)).norm();
                    let moved = change(&row(&vec![1.0; length], &device), &row(&values, &device)).norm();
                    for norm in [found, moved] {
                        assert_eq!((norm.is_nan(), norm.is_infinite()), (is_nan, !is_nan), "{odd} at {position}");
                    }
                }
            }
        }
    }
}

#[test]
fn zeros_of_both_signs_are_exactly_zero() {
    for device in devices() {
        let zeros = row(&[0.0, -0.0, 0.0, -0.0, 0.0], &device);
        assert_eq!(moments(&zeros), Moments { sum_of_squares: 0.0, count: 5 });
        assert_eq!(change(&zeros, &zeros.clone().neg()), Moments { sum_of_squares: 0.0, count: 5 });
    }
}

#[test]
fn an_empty_tensor_has_no_elements() {
    for device in devices() {
        assert_eq!(moments(&row(&[], &device)), Moments::default());
        assert_eq!(change(&row(&[], &device), &row(&[], &device)), Moments::default());
    }
}

/// The views of a 6 × 10 matrix whose memory is not simply its elements in order, with the elements they show.
fn views(values: &[f32], device: &Device) -> Vec<(&'static str, Tensor<2>)> {
    let whole = matrix(values, [6, 10], device);
    vec![
        ("whole", whole.clone()),
        ("transposed", whole.clone().transpose()),
        ("rows", whole.clone().slice([1..4, 0..10])),
        ("columns", whole.clone().slice([0..6, 3..8])),
        ("columns, transposed", whole.clone().slice([0..6, 3..8]).transpose()),
        ("flipped", whole.clone().flip([0, 1])),
        ("repeated", whole.clone().slice([2..3, 0..10]).expand([5, 10])),
        // As many elements as the memory behind it, but not each of them once.
        ("repeated to the size of its memory", whole.slice([2..3, 0..10]).expand([6, 10])),
    ]
}

fn shown(view: &Tensor<2>) -> Vec<f32> {
    view.clone().into_data().try_into_vec().expect("f32")
}

#[test]
fn a_view_counts_the_elements_that_it_shows() {
    for device in devices() {
        for (name, view) in views(&numbers(60), &device) {
            let norm = naive(&shown(&view));
            let found = moments(&view);
            assert!((found.norm() / norm - 1.0).abs() <= PROMISED, "{name}: {} instead of {norm}", found.norm());
        }
    }
}

#[test]
fn a_change_is_right_at_every_magnitude_and_length() {
    for device in devices() {
        for magnitude in [1e-38_f32, 1e-30, 3e-23, 1.0, 1e30] {
            for length in LENGTHS {
                let before: Vec<f32> = numbers(length).iter().map(|value| value * magnitude).collect();
                let after: Vec<f32> = before.iter().map(|value| value * 1.01 + 0.001 * magnitude).collect();
                let found = change(&row(&before, &device), &row(&after, &device));
                assert_norm(found, naive_change(&before, &after), length);
            }
        }
    }
}

#[test]
fn a_change_pairs_elements_by_their_place_whatever_the_memory() {
    for device in devices() {
        let other: Vec<f32> = numbers(60).iter().map(|value| value * value - 1.0).collect();
        for (name, before) in views(&numbers(60), &device) {
            for (other_name, after) in views(&other, &device) {
                if before.dims() == after.dims() {
                    let wanted = naive_change(&shown(&before), &shown(&after));
                    let found = change(&before, &after).norm();
                    assert!((found / wanted - 1.0).abs() <= PROMISED, "{name}, {other_name}: {found} for {wanted}");
                }
            }
            // The same numbers in another order in memory are no change.
            let [rows, columns] = before.dims();
            let copy = matrix(&shown(&before), [rows, columns], &device);
            assert_eq!(change(&before, &copy).sum_of_squares, 0.0, "{name}");
            let across = Tensor::<2>::from_data(before.clone().transpose().into_data(), &device).transpose();
            assert_eq!(change(&before, &across).sum_of_squares, 0.0, "{name}");
        }
    }
}

#[test]
fn half_precision_is_read_as_f32() {
    let device = device(Backend::Flex);
    let values: Vec<f32> = numbers(100);
    for format in [burn::tensor::FloatDType::F16, burn::tensor::FloatDType::BF16] {
        let half = row(&values, &device).cast(format);
        let rounded: Vec<f32> = half.clone().cast(burn::tensor::FloatDType::F32).into_data().iter().collect();
        assert_norm(moments(&half), naive(&rounded), 100);
        assert_norm(change(&half, &half.clone().mul_scalar(2.0)), naive(&rounded), 100);
    }
}

#[test]
fn double_precision_is_read_as_such() {
    for device in devices() {
        let double = |values: &[f64]| {
            let data = TensorData::new(values.to_vec(), [values.len()]);
            Tensor::<1>::from_data(data, (&device, burn::tensor::DType::F64))
        };
        let (small, large) = (double(&[3e-100, 4e-100]), double(&[3e150, 4e150]));
        assert!((moments(&small).norm() / 5e-100 - 1.0).abs() < 1e-15);
        assert!((moments(&large).norm() / 5e150 - 1.0).abs() < 1e-15);
        assert!((change(&small, &large).norm() / 5e150 - 1.0).abs() < 1e-15);
        // As documented: its square is no f64.
        assert_eq!(moments(&double(&[1e160])).norm(), f64::INFINITY);
    }
}
