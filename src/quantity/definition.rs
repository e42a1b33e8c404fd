//! What the program knows of a quantity: a row of the table of quantities.

use super::sample::LayerSample;
use crate::measurement::Measurement;

/// How values of a quantity are spread along a colour scale or an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Axis {
    /// Magnitudes over many decades: log₁₀ |v|.
    Log,
    /// A bounded or signed number, as it is.
    Linear,
}

/// Everything that the program knows of a quantity.
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
    /// Which values are usual, and whose word that is.
    pub healthy: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// How its values are spread.
    pub axis: Axis,
    /// What it is measured with, and how often.
    pub measured_with: Measurement,
    /// The estimator; `None` = absent.
    pub estimate: fn(&LayerSample) -> Option<f64>,
}
