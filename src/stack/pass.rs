//! One forward pass through a stack: its taps and, if the weights are scaled to unit variance, the deviation of each
//! weight's output. Every function that uses a weight has it as an argument.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;

use burn::module::{Param, ParamId};
use burn::tensor::Tensor;

use crate::probe::Taps;

/// Standard deviation of the output of each weight, by which the weight will be divided.
pub(super) type Deviations = BTreeMap<ParamId, f64>;

/// A forward pass. It dereferences to its taps.
#[derive(Clone, Copy, Debug)]
pub struct Pass<'a> {
    taps: &'a Taps,
    /// Receives the deviations; `None` in every pass but that of [`super::unit_variance`].
    deviations: Option<&'a RefCell<Deviations>>,
}

impl<'a> Pass<'a> {
    /// A pass that these taps read.
    #[must_use]
    pub const fn of(taps: &'a Taps) -> Self {
        Self { taps, deviations: None }
    }

    /// A pass that divides the output of each weight by its standard deviation, and stores the deviation.
    pub(super) const fn scaling(taps: &'a Taps, deviations: &'a RefCell<Deviations>) -> Self {
        Self { taps, deviations: Some(deviations) }
    }

    /// Whether the output of weights is divided by its deviation.
    pub(super) fn scales_weights(self) -> bool {
        self.deviations.is_some()
    }

    /// z, the output of a weight without its bias, divided by its deviation if the pass scales weights. A z whose
    /// deviation is 0 or not finite is unchanged.
    pub(super) fn output<const D: usize, const W: usize>(self, weight: &Param<Tensor<W>>, z: Tensor<D>) -> Tensor<D> {
        let Some(deviations) = self.deviations else { return z };
        let values = z.clone().inner();
        let variance = (values.clone() - values.mean().unsqueeze()).square().mean().into_scalar::<f64>();
        let deviation = variance.sqrt();
        if !deviation.is_finite() || deviation == 0.0 {
            return z;
        }
        // A weight that is used twice is divided once, by its first deviation.
        let deviation = *deviations.borrow_mut().entry(weight.id).or_insert(deviation);
        z.div_scalar(deviation)
    }
}

impl Deref for Pass<'_> {
    type Target = Taps;

    fn deref(&self) -> &Taps {
        self.taps
    }
}
