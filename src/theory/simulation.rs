//! Nets of 16, 64 and 256 units beside their prediction: two hundred random nets, each with one example, forward and back.

use super::*;
use crate::config::{Activation, Bias, FamilySettings, Order};

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
    /// A net's logarithm beside what is predicted of it; nothing where nothing is.
    fn take(&mut self, log: f64, predicted: (Option<f64>, Option<[f64; 2]>)) {
        let (Some(line), Some([low, high])) = predicted else { return };
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

/// Of these blocks the accumulated values are looked at; the signal's as far from the last block.
const BLOCKS: [usize; 3] = [11, 26, 50];

#[test]
fn nine_of_ten_nets_lie_in_the_band_85_of_100_of_the_signal_and_their_median_on_the_line_wherever_there_is_one() {
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
        let mut met: Vec<[Met; 3]> = forms.iter().map(|_| Default::default()).collect();
        for _ in 0..SEEDS {
            let weights: Vec<f32> = (0..DEPTH * width * width).map(|_| draws.next()).collect();
            for ((wiring, activation, init), [of_rms, of_signal, of_gain]) in forms.iter().zip(&mut met) {
                let family = FamilySettings::Mlp { order: Order::Pre, bias: Bias::Off };
                let lane = LaneConfig {
                    depth: DEPTH,
                    width,
                    activation: *activation,
                    init: *init,
                    family,
                    ..LaneConfig::new(*wiring)
                };
                let net = Net::of(&lane, &weights, &mut draws);
                let theory = predict(&lane, net.first).expect("fits");
                let lines = |quantity| {
                    let lines = theory.of(quantity, Some(1.0)).expect("a line");
                    lines.into_iter().zip(theory.band(quantity, Some(1.0)).expect("a band")).collect::<Vec<_>>()
                };
                let signals: Vec<f64> = (0..DEPTH).map(|block| net.gain[block..DEPTH - 1].iter().sum()).collect();
                let (rms, signal) = (lines(Quantity::ActRms), lines(Quantity::SignalNorm));
                for block in BLOCKS {
                    of_rms.take(net.act_rms[block - 1], rms[block - 1]);
                    of_signal.take(signals[DEPTH - block], signal[DEPTH - block]);
                    assert_eq!(rms[block - 1].0.is_some(), width >= 32 && block <= width, "{width} units, {block}");
                }
                for (log, line) in net.gain.iter().zip(lines(Quantity::Gain)) {
                    of_gain.take(*log, line);
                }
            }
        }
        for (form, met) in forms.iter().zip(&met) {
            let figures: Vec<String> =
                met.iter().map(|met| format!("{:+.3} {:.0} %", met.mean(), 100.0 * met.share())).collect();
            let case = format!("width {width} {form:?}: rms, signal, gain: {}", figures.join(", "));
            let known = || met.iter().filter(|met| met.all > 0);
            assert_eq!(known().count(), if width < 32 { 1 } else { 3 }, "of 16 units the gain alone");
            assert!(known().all(|met| met.share() >= 0.85 && met.mean().abs() <= 0.1), "{case}");
            assert!(met[0].all == 0 || met[0].share() >= 0.9, "{case}");
            assert!(met[2].share() >= 0.9, "{case}");
            assert!(met[2].mean().abs() <= if width < 32 { 0.03 } else { 0.01 }, "{case}");
        }
    }
}
