//! Nets of 16, 64 and 256 units beside their prediction: two hundred drawn anew, each with one example, forward and back.

use super::*;
use crate::config::Activation;

const WIDTHS: [usize; 3] = [16, 64, 256];
const SEEDS: usize = 200;
const DEPTH: usize = 50;

/// Even numbers of variance 1, by Knuth's generator: a sum over a row is as good as normal.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32 / (1 << 24) as f32 - 0.5) * 12_f32.sqrt()
    }
}

fn slope(activation: Activation, x: f32) -> [f32; 2] {
    match activation {
        Activation::Relu => [x.max(0.0), f32::from(u8::from(x > 0.0))],
        Activation::Tanh => [x.tanh(), 1.0 - x.tanh().powi(2)],
        Activation::Silu => {
            let open = 1.0 / (1.0 + (-x).exp());
            [x * open, open * (1.0 + x * (1.0 - open))]
        }
        other => panic!("no formula for {other}"),
    }
}

fn mean_square(x: &[f32]) -> f64 {
    x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / x.len() as f64
}

/// Logarithms of √q_l and gain_l of one net, of every block, with its q_1.
struct Net {
    first: f64,
    act_rms: Vec<f64>,
    gain: Vec<f64>,
}

impl Net {
    /// With the weights of all blocks, drawn with variance 1, one after the other.
    fn of(lane: &LaneConfig, weights: &[f32], draws: &mut Draws) -> Self {
        let n = lane.width;
        let factor = (Variance::of(lane).weight / n as f64).sqrt() as f32;
        let is_plain = lane.wiring == Wiring::Plain;
        let mut x: Vec<f32> = (0..n).map(|_| draws.next()).collect();
        let (first, mut act_rms, mut slopes) = (mean_square(&x), Vec::new(), Vec::new());
        for block in weights.chunks_exact(n * n) {
            act_rms.push(mean_square(&x).ln() / 2.0);
            let both: Vec<[f32; 2]> = x.iter().map(|x| slope(lane.activation, *x)).collect();
            let hidden: Vec<f32> = both.iter().map(|[value, _]| *value * factor).collect();
            for (row, x) in block.chunks_exact(n).zip(&mut x) {
                let sum: f32 = row.iter().zip(&hidden).map(|(weight, value)| weight * value).sum();
                *x = if is_plain { sum } else { *x + sum };
            }
            slopes.push(both);
        }
        let mut signal: Vec<f32> = (0..n).map(|_| draws.next()).collect();
        let mut gain = vec![0.0; lane.depth];
        for ((block, slopes), gain) in weights.chunks_exact(n * n).zip(&slopes).zip(&mut gain).rev() {
            let arriving = mean_square(&signal);
            let mut behind = vec![0.0_f32; n];
            for (row, signal) in block.chunks_exact(n).zip(&signal) {
                behind.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight * signal);
            }
            for ((signal, behind), [_, slope]) in signal.iter_mut().zip(&behind).zip(slopes) {
                let through = behind * slope * factor;
                *signal = if is_plain { through } else { *signal + through };
            }
            *gain = (mean_square(&signal) / arriving).ln() / 2.0;
        }
        Self { first, act_rms, gain }
    }
}

/// How far all nets are from their predictions: mean of the logarithm, and share within the band.
#[derive(Default)]
struct Met {
    logs: f64,
    within: usize,
    all: usize,
}

impl Met {
    fn take(&mut self, log: f64, line: f64, [low, high]: [f64; 2]) {
        // A unit that is silent in every net has no logarithm; it is outside.
        self.logs += if log.is_finite() { log - line.ln() } else { 0.0 };
        self.within += usize::from((low.ln()..=high.ln()).contains(&log));
        self.all += 1;
    }

    fn mean(&self) -> f64 {
        self.logs / self.all as f64
    }

    fn share(&self) -> f64 {
        self.within as f64 / self.all as f64
    }
}

#[test]
fn nine_of_ten_nets_of_64_and_256_units_and_eight_of_16_lie_in_the_band_and_their_median_on_the_line() {
    use Activation::{Relu, Silu, Tanh};
    use Wiring::{Plain, Residual};
    let forms = [
        (Plain, Relu, Init::Kaiming),
        (Plain, Tanh, Init::Xavier),
        (Residual, Relu, Init::Default),
        (Residual, Relu, Init::Kaiming),
        (Residual, Silu, Init::Kaiming),
    ];
    for width in WIDTHS {
        let mut draws = Draws(7);
        let mut met: Vec<[Met; 4]> = forms.iter().map(|_| Default::default()).collect();
        for _ in 0..SEEDS {
            let weights: Vec<f32> = (0..DEPTH * width * width).map(|_| draws.next()).collect();
            for ((wiring, activation, init), met) in forms.iter().zip(&mut met) {
                let bias = crate::config::Bias::Off;
                let lane = LaneConfig {
                    depth: DEPTH,
                    width,
                    activation: *activation,
                    init: *init,
                    bias,
                    ..LaneConfig::new(*wiring)
                };
                let net = Net::of(&lane, &weights, &mut draws);
                let theory = predict(&lane, net.first).expect("fits");
                let [of_rms, of_gain] =
                    [Quantity::ActRms, Quantity::Gain].map(|quantity| theory.band(quantity, None).expect("a line"));
                for (met, block) in met.iter_mut().zip([10, 25, 49]) {
                    met.take(net.act_rms[block], theory.act_rms[block], of_rms[block]);
                }
                for ((log, line), band) in net.gain.iter().zip(&theory.gain).zip(of_gain) {
                    met[3].take(*log, *line, band);
                }
            }
        }
        // Where a block has fewer than one unit of its own the logarithm is no longer normal.
        let [least, off, off_gain] = if width == 16 { [0.8, 1.0, 0.03] } else { [0.9, 0.1, 0.01] };
        for (form, met) in forms.iter().zip(&met) {
            let figures: Vec<String> =
                met.iter().map(|met| format!("{:+.3} {:.0} %", met.mean(), 100.0 * met.share())).collect();
            let case = format!("width {width} {form:?}: rms of blocks 11, 26, 50, and gain: {}", figures.join(", "));
            assert!(met.iter().all(|met| met.share() >= least) && met[3].share() >= 0.9, "{case}");
            assert!(met[..3].iter().all(|met| met.mean().abs() <= off) && met[3].mean().abs() <= off_gain, "{case}");
        }
    }
}
