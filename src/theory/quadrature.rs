//! E[f(√q z)] over z ~ N(0, 1) for smooth f, and for f with a kink at 0.
//!
//! ```text
//! q ≤ 1   Gauss–Hermite: Σ_k w_k f(√q z_k), z_k the roots of He_64, w_k = 1/Σ_j p_j(z_k)²
//! q > 1   trapezoids in t, u = √q z = sinh t: ∫ f(sinh t) N(sinh t; 0, q) cosh t dt
//! kinked  Gauss–Legendre in t on either side of 0
//! ```
//!
//! p_j are the orthonormal Hermite polynomials. With a large q the slope of tanh is a peak that falls between two nodes
//! of any Gauss–Hermite rule; on the stretched axis its width stays about 1, and the number of nodes grows only with ln
//! q. Both are accurate to 1e-7 for tanh and sigmoid, whose nearest poles are π/2 from the real axis.

use std::array;
use std::f64::consts::{PI, TAU};
use std::sync::OnceLock;

/// Number of nodes of the Gauss–Hermite rule.
const NODES: usize = 64;
/// Number of nodes of a panel of the Gauss–Legendre rule.
const PANEL: usize = 16;
/// Largest q at which the Gauss–Hermite rule resolves tanh.
const LARGEST_Q: f64 = 1.0;
/// Distance between the nodes of the trapezoidal rule in t; the error falls as exp(−π²/2h).
const STEP: f64 = 0.125;
/// |z| beyond which the density is below 1e-17 of its peak.
const REACH: f64 = 9.0;

/// E[f(√q z)], several functions at once. q = 0 gives f(0); +∞ counts as the largest number.
pub(super) fn expect<const N: usize>(q: f64, f: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    if q <= LARGEST_Q { gauss_hermite(q, f) } else { stretched(q.min(f64::MAX), f) }
}

pub(super) fn gauss_hermite<const N: usize>(q: f64, f: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    static RULE: OnceLock<[(f64, f64); NODES]> = OnceLock::new();
    let nodes = RULE.get_or_init(|| array::from_fn(node)).iter();
    sum(nodes.map(|(z, weight)| (*weight, f(q.sqrt() * z))))
}

pub(super) fn stretched<const N: usize>(q: f64, f: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    let deviation = q.sqrt();
    let half = ((REACH * deviation).asinh() / STEP).ceil() as i32;
    sum((-half..=half).map(|index| {
        let t = f64::from(index) * STEP;
        let z = t.sinh() / deviation;
        let density = (-z * z / 2.0).exp() / TAU.sqrt();
        (STEP * density * t.cosh() / deviation, f(t.sinh()))
    }))
}

/// E[f(√q z)] of an f with a kink at 0: Gauss–Legendre in t, u = ± sinh t, in panels of width 1 at most, on each side.
pub(super) fn by_halves<const N: usize>(q: f64, f: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    static RULE: OnceLock<[(f64, f64); PANEL]> = OnceLock::new();
    /// Minimum number of panels: the density needs four where the axis is not stretched.
    const LEAST: f64 = 4.0;
    let rule = RULE.get_or_init(|| array::from_fn(legendre));
    let deviation = q.min(f64::MAX).sqrt();
    if deviation == 0.0 {
        return f(0.0);
    }
    let reach = (REACH * deviation).asinh();
    let panels = reach.ceil().max(LEAST);
    let width = reach / panels;
    sum((0..panels as u32).flat_map(|panel| rule.iter().map(move |node| (panel, node))).flat_map(
        |(panel, (x, weight))| {
            let t = (f64::from(panel) + f64::midpoint(1.0, *x)) * width;
            let z = t.sinh() / deviation;
            let density = (-z * z / 2.0).exp() / TAU.sqrt();
            let weight = weight * width / 2.0 * density * t.cosh() / deviation;
            [(weight, f(t.sinh())), (weight, f(-t.sinh()))]
        },
    ))
}

/// The k-th root of P_16 with its weight on −1 … 1, by Newton's method from Tricomi's guess.
fn legendre(k: usize) -> (f64, f64) {
    let n = PANEL as f64;
    let mut x = (PI * (k as f64 + 0.75) / (n + 0.5)).cos();
    let mut slope = 0.0;
    for _ in 0..20 {
        let (mut before, mut here) = (1.0, x);
        for j in 2..=PANEL {
            let j = j as f64;
            (before, here) = (here, ((2.0 * j - 1.0) * x * here - (j - 1.0) * before) / j);
        }
        slope = n * (x * here - before) / (x * x - 1.0);
        x -= here / slope;
    }
    (x, 2.0 / ((1.0 - x * x) * slope * slope))
}

fn sum<const N: usize>(terms: impl Iterator<Item = (f64, [f64; N])>) -> [f64; N] {
    let mut sums = [0.0; N];
    for (weight, values) in terms {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += weight * value;
        }
    }
    sums
}

/// The k-th root of He_64, counted from the smallest, with its weight.
///
/// The roots are the eigenvalues of the Jacobi matrix with √j beside its diagonal (Golub & Welsch 1969), found by
/// bisection on how many lie below a point (Sturm).
fn node(k: usize) -> (f64, f64) {
    // All roots lie within ±√(4n + 2).
    let bound = ((4 * NODES + 2) as f64).sqrt();
    let (mut low, mut high) = (-bound, bound);
    // Bisects until the two bounds are neighbours.
    for _ in 0..64 {
        let middle = f64::midpoint(low, high);
        if roots_below(middle) > k { high = middle } else { low = middle }
    }
    let z = f64::midpoint(low, high);
    (z, 1.0 / orthonormal(z).map(|value| value * value).sum::<f64>())
}

/// Signs of the pivots of (J − x) count its eigenvalues below x.
fn roots_below(x: f64) -> usize {
    let mut pivot = -x;
    let mut below = usize::from(pivot < 0.0);
    for j in 1..NODES {
        // An exact zero would be a division by zero; the sign does not matter.
        let before = if pivot == 0.0 { f64::MIN_POSITIVE } else { pivot };
        pivot = -x - j as f64 / before;
        below += usize::from(pivot < 0.0);
    }
    below
}

/// p_0(z) … p_63(z) by √(j+1) p_{j+1} = z p_j − √j p_{j−1}.
fn orthonormal(z: f64) -> impl Iterator<Item = f64> {
    let mut pair = (0.0, 1.0);
    (0..NODES).map(move |j| {
        let (before, here) = pair;
        pair = (here, (z * here - (j as f64).sqrt() * before) / ((j + 1) as f64).sqrt());
        here
    })
}
