//! The backward signal relative to the head's: ‖δ_l‖/‖δ_{D+1}‖, 1 at the head.
//!
//! ‖δ_l‖ itself falls with the loss in every layer, so that a healthy stack that has converged looks like one that
//! dies. The ratio does not depend on the loss: it shows only what the blocks do to the signal.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "signal_relative",
    symbol: "‖∂L/∂x‖ ÷ head",
    ascii: "|dL/dx|/head",
    meaning: "share of the head's signal that arrives at the layer's input: it may vanish or explode",
    formula: "‖δ_l‖ / ‖δ_{D+1}‖, δ_l = ∂L/∂x_l; D + 1 is the head",
    edge_cases: "absent for the stem, and if the head's signal is 0 or was not measured; exactly 0 as in signal_norm",
    healthy: "near 1 in all layers, within a factor of about 10, at any loss",
    source: "Poole et al. 2016; Schoenholz et al. 2017 (the ratio over depth)",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    let head = sample.head_signal?.norm();
    let signal = sample.signal?.norm();
    (head != 0.0).then(|| signal / head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Moments;

    fn of(signal: f64, head: Option<f64>) -> Option<f64> {
        let moments = |norm: f64| Moments { sum_of_squares: norm * norm, count: 4 };
        let sample = LayerSample {
            signal: Some(moments(signal)),
            head_signal: head.map(moments),
            ..LayerSample::default()
        };
        estimate(&sample)
    }

    #[test]
    fn it_does_not_fall_when_the_loss_does_and_is_absent_without_the_heads_signal() {
        assert_eq!(of(2e-3, Some(4e-3)), of(2e-9, Some(4e-9)));
        assert_eq!(of(2e-3, Some(4e-3)), Some(0.5));
        assert_eq!((of(1.0, Some(0.0)), of(1.0, None), of(0.0, Some(1.0))), (None, None, Some(0.0)));
        assert!(of(f64::NAN, Some(1.0)).is_some_and(f64::is_nan));
    }
}
