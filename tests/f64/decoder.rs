//! A decoder of characters in plain f64 loops, from the published equations; it shares only the weights with the
//! program. Any intermediate value can be changed, and all of them are recorded.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

use nablatop::config::{Activation, LaneConfig, Norm, NormOrder, Positions, TransformerSettings, Wiring};

const EPSILON: f64 = 1e-5;

/// One example: numbers per position.
type Rows = Vec<Vec<f64>>;

/// Where in the stack a value is: its layer and what it is about to enter.
pub(crate) type Point = (usize, &'static str);

/// One element of a value, moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nudge {
    pub(crate) point: Point,
    pub(crate) element: usize,
    pub(crate) by: f64,
}

/// The stack.
pub(crate) struct Decoder<'a> {
    pub(crate) lane: &'a LaneConfig,
    /// Numbers by path, row-major.
    pub(crate) weights: BTreeMap<String, Vec<f64>>,
    /// Windows of T + 1 tokens.
    pub(crate) windows: &'a [Vec<u32>],
}

/// Values at all points, all examples one after the other.
pub(crate) type Seen = BTreeMap<Point, Vec<f64>>;

/// One pass.
struct Pass<'a> {
    decoder: &'a Decoder<'a>,
    nudge: Option<Nudge>,
    /// Elements that came by at the point of the nudge.
    passed: Cell<usize>,
    /// Where everything is written down.
    seen: Option<RefCell<Seen>>,
}

impl Decoder<'_> {
    /// Mean cross-entropy over all positions.
    pub(crate) fn loss(&self, nudge: Option<Nudge>) -> f64 {
        Pass { decoder: self, nudge, passed: Cell::new(0), seen: None }.loss()
    }

    pub(crate) fn values(&self) -> Seen {
        let pass = Pass { decoder: self, nudge: None, passed: Cell::new(0), seen: Some(RefCell::default()) };
        pass.loss();
        pass.seen.map(RefCell::into_inner).unwrap_or_default()
    }
}

impl Pass<'_> {
    fn loss(&self) -> f64 {
        let losses: Vec<f64> = self.decoder.windows.iter().flat_map(|window| self.losses(window)).collect();
        losses.iter().sum::<f64>() / losses.len() as f64
    }

    fn losses(&self, window: &[u32]) -> Vec<f64> {
        let lane = self.decoder.lane;
        let length = window.len() - 1;
        let root = (lane.width as f64).sqrt();
        let characters = self.weight("stem.characters");
        let positions = self.decoder.weights.get("stem.positions");
        let mut x: Rows = (0..length)
            .map(|t| {
                let place = |unit| positions.map_or(0.0, |positions| positions[t * lane.width + unit]);
                (0..lane.width)
                    .map(|unit| root * (characters[window[t] as usize * lane.width + unit] + place(unit)))
                    .collect()
            })
            .collect();
        for block in 1..=lane.depth {
            x = self.block(block, self.at((block, "input"), x));
        }
        let head = lane.depth + 1;
        let x = self.at((head, "input"), x);
        let x = if lane.order_of_norms() == NormOrder::Pre { self.norm("head.norm", x) } else { x };
        let logits = self.affine("head.output", &x);
        let loss = |(logits, next): (&Vec<f64>, &u32)| {
            let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
            sum.ln() - logits[*next as usize]
        };
        logits.iter().zip(&window[1..]).map(loss).collect()
    }

    fn block(&self, layer: usize, x: Rows) -> Rows {
        let Decoder { lane, .. } = self.decoder;
        let name = format!("blocks.{}.", layer - 1);
        let (first, second) = (name.clone() + "attention_norm", name + "feed_forward_norm");
        let is_post = lane.order_of_norms() == NormOrder::Post;
        let norm = |path: &str, point, x: Rows| self.norm(path, self.at((layer, point), x));
        if lane.wiring == Wiring::Plain {
            let attended = self.attention(layer, x);
            let y = if is_post { norm(&first, "norm 1", attended) } else { attended };
            let thought = self.feed_forward(layer, y);
            return if is_post { norm(&second, "norm 2", thought) } else { thought };
        }
        let skip = self.at((layer, "skip"), x.clone());
        let x = self.at((layer, "branch"), x);
        let attended = self.at((layer, "halves"), self.attention(layer, x.clone()));
        if is_post {
            let around = self.norm(&first, sum(&self.around(skip), &attended));
            let through = norm(&first, "norm 1", sum(&self.around(x), &attended));
            return norm(&second, "norm 2", sum(&self.around(around), &self.feed_forward(layer, through)));
        }
        let thought = self.feed_forward(layer, sum(&x, &attended));
        sum(&skip, &self.at((layer, "branch output"), sum(&attended, &thought)))
    }

    /// DeepNorm's κ·x, κ = (2M)^¼.
    fn around(&self, x: Rows) -> Rows {
        let LaneConfig { wiring, depth, .. } = *self.decoder.lane;
        let factor = if wiring == Wiring::DeepNorm { (2.0 * depth as f64).powf(0.25) } else { 1.0 };
        x.into_iter().map(|row| row.into_iter().map(|value| value * factor).collect()).collect()
    }

    fn attention(&self, layer: usize, x: Rows) -> Rows {
        let Decoder { lane, .. } = self.decoder;
        let path = |part: &str| format!("blocks.{}.attention{part}", layer - 1);
        let x = self.before(&path("_norm"), (layer, "norm 1"), x);
        let x = self.at((layer, "query, key, value"), x);
        let of = |part: &str, point| self.at((layer, point), self.affine(&path(part), &x));
        let [query, key] = [of(".query", "query"), of(".key", "key")].map(|vectors| self.turned(vectors));
        let value = of(".value", "value");
        let heads = lane.family.transformer().heads;
        let each = lane.width / heads;
        let mut mixed = vec![vec![0.0; lane.width]; x.len()];
        for (t, mixed) in mixed.iter_mut().enumerate() {
            for head in 0..heads {
                let units = head * each..(head + 1) * each;
                let score = |other: usize| {
                    let products = units.clone().map(|unit| query[t][unit] * key[other][unit]);
                    (products.sum::<f64>() / (each as f64).sqrt()).exp()
                };
                let scores: Vec<f64> = (0..=t).map(score).collect();
                let whole: f64 = scores.iter().sum();
                for unit in units.clone() {
                    mixed[unit] = scores.iter().zip(&value).map(|(score, value)| score / whole * value[unit]).sum();
                }
            }
        }
        let mixed = self.at((layer, "output"), mixed);
        self.scaled((layer, "scale 1"), &path("_joint.gain"), self.affine(&path(".output"), &mixed))
    }

    fn feed_forward(&self, layer: usize, x: Rows) -> Rows {
        let path = |part: &str| format!("blocks.{}.feed_forward{part}", layer - 1);
        let x = self.before(&path("_norm"), (layer, "norm 2"), x);
        let mut x = self.affine(&path(".up"), &self.at((layer, "up"), x));
        if self.decoder.lane.activation != Activation::Identity {
            x = self.at((layer, "activation"), x);
        }
        let phi = |x: &f64| match self.decoder.lane.activation {
            Activation::Tanh => x.tanh(),
            Activation::Gelu => x * normal(*x),
            Activation::Identity => *x,
            other => panic!("no formula for {other}"),
        };
        let x = x.iter().map(|row| row.iter().map(phi).collect()).collect();
        self.scaled((layer, "scale 2"), &path("_joint.gain"), self.affine(&path(".down"), &self.at((layer, "down"), x)))
    }

    fn before(&self, path: &str, point: Point, x: Rows) -> Rows {
        if self.decoder.lane.order_of_norms() == NormOrder::Pre { self.norm(path, self.at(point, x)) } else { x }
    }

    /// s·F, or λ ⊙ F where λ is learned.
    fn scaled(&self, point: Point, gain: &str, x: Rows) -> Rows {
        let Decoder { lane, weights, .. } = self.decoder;
        let learned = weights.get(gain).cloned();
        let scale = if lane.wiring == Wiring::Residual { lane.scale() } else { 1.0 };
        if learned.is_none() && scale == 1.0 {
            return x;
        }
        let gain = learned.unwrap_or_else(|| vec![scale]);
        let of_row = |row: Vec<f64>| row.iter().zip(gain.iter().cycle()).map(|(value, gain)| value * gain).collect();
        self.at(point, x).into_iter().map(of_row).collect()
    }

    /// Pairs across the halves of each head, turned by t·10000^(−2i/d).
    fn turned(&self, vectors: Rows) -> Rows {
        let LaneConfig { family, width, .. } = *self.decoder.lane;
        let TransformerSettings { positions, heads, .. } = family.transformer();
        if positions == Positions::Learned {
            return vectors;
        }
        let (each, pairs) = (width / heads, width / heads / 2);
        let mut turned = vectors.clone();
        for (t, (row, turned)) in vectors.iter().zip(&mut turned).enumerate() {
            for first in (0..width).filter(|unit| unit % each < pairs) {
                let pair = first % each;
                let angle = t as f64 / 10_000_f64.powf(2.0 * pair as f64 / each as f64);
                let (x, y) = (row[first], row[first + pairs]);
                turned[first] = x * angle.cos() - y * angle.sin();
                turned[first + pairs] = x * angle.sin() + y * angle.cos();
            }
        }
        turned
    }

    fn norm(&self, path: &str, x: Rows) -> Rows {
        let Decoder { lane, weights, .. } = self.decoder;
        let find = |end: &str| {
            let mut found = weights.iter().filter(|(name, _)| name.starts_with(path) && name.ends_with(end));
            found.next().map(|(_, values)| values)
        };
        let (gamma, beta) = (find("gamma").expect("a norm"), find("beta"));
        assert_eq!(beta.is_some(), lane.norm == Norm::Layer);
        let of_row = |row: Vec<f64>| {
            let count = row.len() as f64;
            let mean = beta.map_or(0.0, |_| row.iter().sum::<f64>() / count);
            let square = row.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
            let normal = row.iter().map(|value| (value - mean) / (square + EPSILON).sqrt());
            normal.enumerate().map(|(unit, value)| value * gamma[unit] + beta.map_or(0.0, |beta| beta[unit])).collect()
        };
        x.into_iter().map(of_row).collect()
    }

    fn affine(&self, path: &str, x: &Rows) -> Rows {
        let (weight, inputs) = (self.weight(&format!("{path}.weight")), x[0].len());
        let outputs = weight.len() / inputs;
        let bias = self.decoder.weights.get(&format!("{path}.bias"));
        let product = |row: &Vec<f64>, output: usize| {
            let terms = row.iter().enumerate().map(|(input, value)| value * weight[input * outputs + output]);
            terms.sum::<f64>() + bias.map_or(0.0, |bias| bias[output])
        };
        x.iter().map(|row| (0..outputs).map(|output| product(row, output)).collect()).collect()
    }

    fn weight(&self, path: &str) -> &[f64] {
        self.decoder.weights.get(path).unwrap_or_else(|| panic!("{path} of {:?}", self.decoder.weights.keys()))
    }

    /// Writes a value down, or moves one of its elements.
    fn at(&self, point: Point, mut x: Rows) -> Rows {
        if let Some(seen) = &self.seen {
            seen.borrow_mut().entry(point).or_default().extend(x.iter().flatten());
        }
        if let Some(nudge) = self.nudge.filter(|nudge| nudge.point == point) {
            let first = self.passed.get();
            self.passed.set(first + x.iter().map(Vec::len).sum::<usize>());
            let element = nudge.element.checked_sub(first).and_then(|element| x.iter_mut().flatten().nth(element));
            if let Some(value) = element {
                *value += nudge.by;
            }
        }
        x
    }
}

fn sum(a: &Rows, b: &Rows) -> Rows {
    a.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a + b).collect()).collect()
}

/// The normal distribution function, ½ + φ(x)·(x + x³/3 + x⁵/15 + …).
fn normal(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    let mut divisor = 1.0;
    while term.abs() > 1e-17 * sum.abs() {
        divisor += 2.0;
        term *= x * x / divisor;
        sum += term;
    }
    0.5 + sum * (-x * x / 2.0).exp() * FRAC_1_SQRT_2 / PI.sqrt()
}
