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

/// A part of a whole: dead units, saturated activations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Size of the part.
    pub part: u64,
    /// Size of the whole.
    pub whole: u64,
}

impl Share {
    /// The share, 0 … 1; `None` if the whole is empty.
    #[must_use]
    pub fn fraction(self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { part: self.part + other.part, whole: self.whole + other.whole }
    }
}

/// Kinds of ops of which a branch consists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepKind {
    /// An activation φ: multiplies by φ'.
    Activation,
    /// A weight matrix: multiplies by Wᵀ.
    Weight,
    /// A normalization: multiplies by its Jacobian.
    Norm,
    /// Anything else: pooling, attention mixing, the scale s.
    Other,
}

/// How much each kind of op of a branch changed the signal's norm on its way back; the product is the branch's gain.
/// `None` if the branch has no such op, or no signal arrived at it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Factors {
    /// φ'.
    pub activation: Option<f64>,
    /// Wᵀ.
    pub weight: Option<f64>,
    /// The normalization's Jacobian.
    pub norm: Option<f64>,
    /// Everything else.
    pub other: Option<f64>,
}

impl Factors {
    /// From the signal that arrives at the branch's output and the signals behind each op, in backward order.
    #[must_use]
    pub fn along(arriving: Option<Moments>, path: &[(StepKind, Moments)]) -> Self {
        let mut factors = Self::default();
        let Some(mut before) = arriving.map(Moments::norm) else { return factors };
        for (kind, behind) in path {
            let factor = match kind {
                StepKind::Activation => &mut factors.activation,
                StepKind::Weight => &mut factors.weight,
                StepKind::Norm => &mut factors.norm,
                StepKind::Other => &mut factors.other,
            };
            let behind = behind.norm();
            if before != 0.0 {
                *factor = Some(factor.unwrap_or(1.0) * behind / before);
            }
            before = behind;
        }
        factors
    }
}

/// What a probe read of one layer at one step; a field is `None` if there is no such tensor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LayerSample {
    /// Gradient of the layer's parameters, before clipping.
    pub grad: Option<Moments>,
    /// The layer's parameters before the optimizer's step.
    pub weight: Option<Moments>,
    /// Change of the parameters by the optimizer's step.
    pub update: Option<Moments>,
    /// Parameters after the optimizer's step − the initial ones.
    pub drift: Option<Moments>,
    /// The initial parameters.
    pub initial: Option<Moments>,
    /// The layer's input x_l, the whole batch.
    pub input: Option<Moments>,
    /// δ_l = ∂L/∂x_l at the layer's input, the whole batch.
    pub signal: Option<Moments>,
    /// δ_{D+1} at the head's input, the whole batch.
    pub head_signal: Option<Moments>,
    /// δ_{l+1} at the layer's output, the whole batch.
    pub next_signal: Option<Moments>,
    /// s·F(x_l), of a block with a skip connection.
    pub branch: Option<Moments>,
    /// J_Iᵀ δ_{l+1}: the signal through the skip connection, or through the operation that replaces it.
    pub identity_signal: Option<Moments>,
    /// s·J_Fᵀ δ_{l+1}: the signal through the branch; in a plain block the whole signal.
    pub branch_signal: Option<Moments>,
    /// Scalar product of the two channels, if there are both.
    pub channel_product: Option<f64>,
    /// The signal that comes back to x_l through a long skip connection, if one begins there.
    pub long_skip_signal: Option<Moments>,
    /// The branch's gain by kinds of ops.
    pub factors: Factors,
    /// Units whose activation was exactly 0 for every example of the last observed batches.
    pub dead: Option<Share>,
    /// Activations in the flat parts of φ.
    pub saturated: Option<Share>,
    /// ‖E g‖² / tr Var(g); this and the following fields are present on a schedule.
    pub grad_snr: Option<f64>,
    /// Mean cosine of δ_l within a class.
    pub coherence: Option<f64>,
    /// 1 − cosine of δ_l with and without noise.
    pub shatter: Option<f64>,
    /// ‖W‖_F²/‖W‖₂².
    pub stable_rank: Option<f64>,
}
