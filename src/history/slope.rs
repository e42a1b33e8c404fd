//! ρ of one step in one pass: exp2(−slope) of the least-squares line of log₂ ‖δ_l‖ against block index.
//!
//! With n points, x centred near its mean and y = log₂ ‖δ_l‖:
//!
//! ```text
//! slope = (Σxy − Σx Σy / n) / (Σx² − (Σx)² / n)
//! ```
//!
//! [`Profile`](crate::profile::Profile) says the same, exactly and with R²; here the logarithm is the one of the
//! colours, right to 1e-4, which moves ρ by less than 3e-4/D. That costs 2 µs a step of 1000 blocks instead of 15.

use super::bucket::fast_log2;
use crate::grid::Value;
use crate::layer::{LayerKind, LayerTable};

/// Block index of every row; `None` for rows that are no block.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Blocks(Vec<Option<f32>>);

impl Blocks {
    pub(super) fn of(table: &LayerTable) -> Self {
        let middle = table.blocks() as f32 / 2.0;
        let mut number = 0.0;
        let rows = table.layers.iter().map(|layer| {
            (layer.kind == LayerKind::Block).then(|| {
                number += 1.0;
                number - middle
            })
        });
        Self(rows.collect())
    }

    /// ρ of a row of signal norms; `None` with fewer than two finite non-zero values in blocks.
    pub(super) fn rho(&self, signal: &[Value]) -> Option<f32> {
        let (mut n, mut total_x, mut total_y, mut squares, mut products) = (0.0_f64, 0.0, 0.0, 0.0, 0.0);
        for (value, block) in signal.iter().zip(&self.0) {
            let value = value.raw();
            let Some(x) = block.filter(|_| value.is_finite() && value > 0.0) else { continue };
            let (x, y) = (f64::from(x), f64::from(fast_log2(value)));
            n += 1.0;
            total_x += x;
            total_y += y;
            squares += x * x;
            products += x * y;
        }
        if n < 2.0 {
            return None;
        }
        let slope = (products - total_x * total_y / n) / (squares - total_x * total_x / n);
        Some((-slope).exp2() as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Layer;
    use crate::profile::Profile;

    fn blocks(count: usize) -> Blocks {
        let layer = |kind| Layer { path: String::new(), kind, parameters: Vec::new() };
        let mut layers = vec![layer(LayerKind::Stem)];
        layers.extend((0..count).map(|_| layer(LayerKind::Block)));
        layers.push(layer(LayerKind::Head));
        Blocks::of(&LayerTable { layers })
    }

    /// Stem and head hold values that must not count.
    fn rho(signal: &[Option<f32>]) -> Option<f32> {
        let mut row = vec![Value::new(1e9)];
        row.extend(signal.iter().map(|value| Value::from(*value)));
        row.push(Value::new(1e-9));
        blocks(signal.len()).rho(&row)
    }

    #[test]
    fn it_is_the_profile_s_to_a_ten_thousandth_from_two_blocks_to_a_thousand() {
        for count in [2_u16, 3, 50, 1000] {
            for factor in [0.93_f64, 1.0, 1.07] {
                let signal: Vec<_> = (1..=count)
                    .map(|block| {
                        let jitter = 1.0 + 0.2 * f64::from(block * 7 % 5);
                        Some((factor.powi(i32::from(block)) * jitter) as f32)
                    })
                    .collect();
                let exact = Profile::of(&signal).fit.map(|fit| fit.rho).unwrap_or_default();
                let fast = f64::from(rho(&signal).unwrap_or_default());
                assert!((fast / exact - 1.0).abs() < 1e-4, "{count} blocks: {fast} for {exact}");
            }
        }
    }

    #[test]
    fn what_cannot_be_fitted_is_left_out() {
        let odd = [Some(0.0), Some(1.0), None, Some(f32::NAN), Some(8.0), Some(f32::INFINITY)];
        let exact = Profile::of(&odd).fit.map(|fit| fit.rho).unwrap_or_default();
        assert!((f64::from(rho(&odd).unwrap_or_default()) / exact - 1.0).abs() < 1e-4);
        assert_eq!((rho(&[Some(1.0), Some(0.0)]), rho(&[])), (None, None));
    }
}
