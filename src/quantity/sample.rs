//! The raw statistics of one layer at one step, from which every quantity is computed.

/// Sum of squares and number of elements of a tensor, accumulated in f64: f32 squares underflow at 1e-23.
///
/// NaN and ±Inf in the tensor stay NaN and Inf in the sum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// Σ v².
    pub sum_of_squares: f64,
    /// Number of elements.
    pub count: u64,
}

impl Moments {
    /// √Σ v²; 0 for an empty tensor.
    #[must_use]
    pub fn norm(self) -> f64 {
        self.sum_of_squares.sqrt()
    }

    /// √(Σ v² / n); `None` for an empty tensor.
    #[must_use]
    pub fn rms(self) -> Option<f64> {
        (self.count > 0).then(|| (self.sum_of_squares / self.count as f64).sqrt())
    }

    /// Statistics of both tensors together (norms combine by root of sum of squares).
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { sum_of_squares: self.sum_of_squares + other.sum_of_squares, count: self.count + other.count }
    }
}

/// What a probe saw of one layer at one step; a field is `None` where there is no such tensor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LayerSample {
    /// Gradient of the layer's parameters, before clipping.
    pub grad: Option<Moments>,
    /// The layer's parameters before the optimiser's step.
    pub weight: Option<Moments>,
    /// Change of the parameters by the optimiser's step.
    pub update: Option<Moments>,
    /// The layer's input x_l, the whole batch.
    pub input: Option<Moments>,
    /// δ_l = ∂L/∂x_l at the layer's input, the whole batch.
    pub signal: Option<Moments>,
    /// δ_{l+1} at the layer's output, the whole batch.
    pub next_signal: Option<Moments>,
}
