//! Process CPU time and paired ratios: two computations alternate within one process, so that a slow machine slows both.

#![allow(dead_code, clippy::print_stdout)] // not every bench uses every item

use std::time::Duration;

/// Process CPU time of both sides of one pair, in seconds.
pub(crate) struct Pair {
    pub ours: f64,
    pub theirs: f64,
}

/// Process CPU seconds that `work` takes.
pub(crate) fn cpu(work: impl FnOnce()) -> f64 {
    let start = cpu_time::ProcessTime::now();
    work();
    Duration::as_secs_f64(&start.elapsed())
}

/// Prints medians, the median ratio and its 95 % interval; `most` is the bar, NaN for none.
pub(crate) fn report(name: &str, pairs: &[Pair], most: f64) {
    let sorted = |values: Vec<f64>| {
        let mut values = values;
        values.sort_by(f64::total_cmp);
        values
    };
    let ours = sorted(pairs.iter().map(|pair| pair.ours * 1e3).collect());
    let theirs = sorted(pairs.iter().map(|pair| pair.theirs * 1e3).collect());
    let ratios = sorted(pairs.iter().map(|pair| pair.ours / pair.theirs).collect());
    // Order statistics n/2 ± 0.98·√n enclose the median with 95 % (normal approximation of the binomial).
    let (n, middle) = (ratios.len() as f64, ratios.len() / 2);
    let half = (0.98 * n.sqrt()).ceil() as usize;
    let (low, high) = (ratios[middle.saturating_sub(half)], ratios[(middle + half).min(ratios.len() - 1)]);
    let bar = if most.is_nan() {
        String::new()
    } else {
        format!("   bar ≤ {most}: {}", if high <= most { "met" } else { "MISSED" })
    };
    println!(
        "{name}: {:.2} ms against {:.2} ms, ratio {:.3} [{low:.3}, {high:.3}]{bar}",
        ours[middle], theirs[middle], ratios[middle]
    );
}

/// Resident memory of the process in MiB; NaN if the system does not report it.
pub(crate) fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok())
        .map_or(f64::NAN, |kb| kb / 1024.0)
}
