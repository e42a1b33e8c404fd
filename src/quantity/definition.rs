//! Everything that the program knows about a quantity: a row of the table of quantities.

use super::sample::LayerSample;
use crate::measurement::Measurement;

/// How the values of a quantity are mapped to a colour scale or an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Axis {
    /// Magnitudes over many decades: log₁₀ |v|.
    Log,
    /// A bounded or signed number, unchanged.
    Linear,
}

/// Everything that the program knows about a quantity.
#[derive(Debug)]
#[non_exhaustive]
pub struct Definition {
    /// Name in code, trace and export, such as `signal_norm`.
    pub name: &'static str,
    /// Symbol on the screen, such as `‖∂L/∂x‖`.
    pub symbol: &'static str,
    /// The symbol in plain ASCII.
    pub ascii: &'static str,
    /// One line of meaning.
    pub meaning: &'static str,
    /// Formula with its variables named.
    pub formula: &'static str,
    /// When it is absent, and what NaN, ±Inf and 0 mean.
    pub edge_cases: &'static str,
    /// Usual values, and who published them.
    pub healthy: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// How its values are mapped to an axis.
    pub axis: Axis,
    /// The part of measuring that it belongs to, which decides how often it is measured.
    pub measured_with: Measurement,
    /// The estimator; `None` = absent.
    pub estimate: fn(&LayerSample) -> Option<f64>,
}
