//! Whether the loss of a lane falls.
//!
//! ```text
//! start   median of the first 5 finite losses
//! now     moving average, now ← 0.9·now + 0.1·loss
//! stuck   after 50 steps: now > 0.95 · start
//! ```

use crate::robust::median;

/// Losses of which the start is the median.
const FIRST: usize = 5;
/// Weight of the past in the moving average.
const MEMORY: f64 = 0.9;
/// Steps before which nothing is said. TheDeepChecker (Ben Braiek & Khomh 2023) and SageMaker Debugger judge after 5 and
/// 10, within which a warm-up has hardly begun.
const ENOUGH: u64 = 50;
/// Share of the start above which a loss has not fallen: TheDeepChecker asks for 5 %.
const FALLEN: f64 = 0.95;

/// The losses of a lane so far.
#[derive(Clone, Debug, Default)]
pub(super) struct LossTrend {
    first: Vec<f64>,
    now: Option<f64>,
    steps: u64,
    is_finite: bool,
}

impl LossTrend {
    /// Adds the loss of the next step.
    pub(super) fn take(&mut self, loss: f32) {
        let loss = f64::from(loss);
        self.steps += 1;
        self.is_finite = loss.is_finite();
        if !self.is_finite {
            return;
        }
        if self.first.len() < FIRST {
            self.first.push(loss);
        }
        self.now = Some(self.now.map_or(loss, |now| MEMORY * now + (1.0 - MEMORY) * loss));
    }

    /// Whether the lane does not learn: its loss has not fallen, or the newest is no number.
    pub(super) fn suffers(&self) -> bool {
        if self.steps > 0 && !self.is_finite {
            return true;
        }
        let Some(now) = self.now.filter(|_| self.steps >= ENOUGH) else { return false };
        now > FALLEN * median(&mut self.first.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(losses: impl IntoIterator<Item = f32>) -> bool {
        let mut trend = LossTrend::default();
        losses.into_iter().for_each(|loss| trend.take(loss));
        trend.suffers()
    }

    #[test]
    fn a_loss_suffers_if_it_has_not_fallen_by_a_twentieth_after_fifty_steps() {
        assert!(!after(vec![2.3; 49]) && after(vec![2.3; 50]));
        let falling = |rate: f32| (0..200).map(move |step| 2.3 * (1.0 - rate * step as f32 / 200.0));
        assert!(after(falling(0.04)) && !after(falling(0.1)));
        assert!(after((0..200).map(|step| 1.0 + step as f32)));
    }

    #[test]
    fn a_loss_that_is_no_number_suffers_at_once_and_recovers_with_a_finite_one() {
        assert!(!after([]) && after([f32::NAN]) && after([2.3, f32::INFINITY]) && !after([f32::NAN, 2.3]));
    }
}
