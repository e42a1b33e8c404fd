//! ρ over steps, the signal's factor per block: it shows how a stack heals or breaks while it learns. One curve per
//! lane on a logarithmic axis, through the mean if several steps share a column, and to the extremes if they are
//! spikes; a line at 1, where the signal is preserved.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::ends::{Ends, Point};
use super::frame::{dot, fit};
use super::step_chart::{self, StepChart};
use crate::history::{Scalar, ScalarBucket};
use crate::number;
use crate::tui::axis::StepAxis;
use crate::tui::chart::{Canvas, DOWN, LogRange, Stroke};
use crate::tui::scene::{LaneRef, Scene};
use crate::tui::theme::{Role, Theme};

/// The axis extends at least this far to both sides of 1, as a ratio.
const LEAST_REACH: f64 = 1.1;
/// An extreme that differs from the mean by this factor is a spike, which a mean would hide.
const SPIKE: f32 = 1.25;
/// Factors that may be labelled, the roundest first.
const LABELLED: [f64; 25] = [
    1.0, 0.1, 10.0, 0.01, 100.0, 1e-3, 1e3, 0.5, 2.0, 0.2, 5.0, 0.7, 1.5, 0.9, 1.1, 0.3, 3.0, 0.8, 1.2, 0.6, 0.4, 0.95,
    1.05, 1e-6, 1e6,
];

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, frame: Rect, axis: &StepAxis, buffer: &mut Buffer) {
    let dim = theme.style(Role::Dim);
    let row = scene.lanes().next().map_or("block", |lane| lane.header.layers.depth_word());
    let title = fit(
        vec![
            (0, Line::styled("ρ over steps", theme.style(Role::Strong))),
            (1, Line::styled(format!("the signal's factor per {row}"), dim)),
            (2, Line::styled("1 = preserved, log scale", dim)),
        ],
        frame.width.saturating_sub(6),
    );
    let Some(chart) = (StepChart { frame, title, axis }).render(scene, theme, buffer) else { return };
    let range = range(&scene.cache.rhos);
    labels(theme, chart, range, buffer);
    curves(scene, theme, chart, range, buffer);
    let points = at_cursor(scene, &axis.steps());
    Ends { points: &points, chart, range, number: number::factor }.render(scene, theme, buffer);
}

/// ρ of every lane at the cursor's step, or at the last measured one before it; `None` for a lane without a value
/// there.
fn at_cursor(scene: &Scene, steps: &std::ops::Range<u64>) -> Vec<Option<Point>> {
    let point_of = |(lane, curve): (LaneRef<'_>, &Vec<Option<ScalarBucket>>)| {
        let step = scene.shown_step(&lane)?.0.max(steps.start);
        let exact = lane.history.scalar(Scalar::Rho, step..step + 1, 1).first().copied().flatten();
        let span = steps.end.saturating_sub(steps.start).max(1);
        let place = u128::from(step - steps.start) * curve.len() as u128 / u128::from(span);
        let x = usize::try_from(place).unwrap_or(usize::MAX).min(curve.len().checked_sub(1)?);
        let (x, before) = (0..=x).rev().find_map(|x| Some((x, curve[x]?)))?;
        Some(Point { x, value: exact.unwrap_or(before).last })
    };
    scene.lanes().zip(&scene.cache.rhos).map(point_of).collect()
}

/// log₁₀ of the smallest and largest ρ shown, extended to include 1.
fn range(curves: &[Vec<Option<ScalarBucket>>]) -> LogRange {
    let buckets = || curves.iter().flatten().flatten();
    let log = |value: f32| (value.is_finite() && value > 0.0).then(|| f64::from(value).log10());
    let least = buckets().filter_map(|bucket| log(bucket.min)).fold(0.0, f64::min);
    let largest = buckets().filter_map(|bucket| log(bucket.max)).fold(0.0, f64::max);
    // A margin keeps the curves away from the edge.
    let room = (largest - least) * 0.05;
    let reach = LEAST_REACH.log10();
    LogRange { low: (least - room).min(-reach), high: (largest + room).max(reach) }
}

/// Draws the line at 1, and as many labels as fit.
fn labels(theme: &Theme, chart: Rect, range: LogRange, buffer: &mut Buffer) {
    let row = |factor: f64| (range.dot_of(factor, usize::from(chart.height) * DOWN) / DOWN) as u16;
    let mut taken: Vec<u16> = Vec::new();
    for factor in LABELLED.into_iter().filter(|factor| (range.low..=range.high).contains(&factor.log10())) {
        let row = row(factor);
        if taken.iter().all(|other| row.abs_diff(*other) >= 2) {
            taken.push(row);
            let text = number::rate(factor);
            step_chart::number(theme, chart, row, &format!("×{text}"), buffer);
        }
    }
    for column in chart.columns() {
        dot((column.x, chart.y + row(1.0)), theme.glyph("╌", "-"), theme.style(Role::Frame), buffer);
    }
}

fn curves(scene: &Scene, theme: &Theme, chart: Rect, range: LogRange, buffer: &mut Buffer) {
    let mut canvas = Canvas::new(chart, Stroke::Solid);
    let dots = canvas.height();
    let row = |rho: f32| range.dot_of(f64::from(rho), dots);
    for (lane, buckets) in scene.cache.rhos.iter().enumerate() {
        let mut before: Option<(usize, usize)> = None;
        for (x, bucket) in buckets.iter().enumerate() {
            // The curve continues between two measured steps; it begins and ends with the measurements.
            let Some(bucket) = bucket.filter(|bucket| bucket.mean.is_finite()) else { continue };
            let line = row(bucket.mean);
            canvas.line(before.unwrap_or((x, line)), (x, line), lane);
            for extreme in [bucket.min, bucket.max] {
                if extreme >= SPIKE * bucket.mean || extreme * SPIKE <= bucket.mean {
                    canvas.column(x, row(extreme), line, lane);
                }
            }
            before = Some((x, line));
        }
    }
    canvas.render(theme, buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_stack_s_curve_lies_below_the_line_at_one_and_ends_with_its_number() {
        use crate::tui::layout::Layout;
        use crate::tui::sample;
        use crate::tui::scene::ViewId;
        let mut scene = sample::demo(90);
        scene.view.shown = ViewId::new("profile");
        let area = Rect::new(0, 0, 120, 40);
        let buffer = sample::frame(&mut scene, &sample::theme(), area.width, area.height);
        let rho = Layout::new(area, &scene).and_then(|layout| layout.panes.rho).expect("the profile view has it");
        let row = |y: u16| (rho.x..rho.right()).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        let find = |words: &str| (rho.y..rho.bottom()).find(|y| row(*y).contains(words)).expect("is there");
        assert!(find("plain ×0.4") > find("×1 ╌"), "plain vanishes");
        assert!(find("ρ over steps") == rho.y && row(rho.bottom() - 1).contains("▴90"));
    }

    #[test]
    fn the_number_beside_a_curve_is_that_of_the_cursor_s_step() {
        use crate::tui::sample;
        use crate::tui::scene::ViewId;
        use crate::units::Step;
        let mut scene = sample::demo(90);
        scene.view.shown = ViewId::new("profile");
        let mut at = |step: Option<u64>| {
            scene.view.cursor.step = step.map(Step);
            sample::frame(&mut scene, &sample::theme(), 120, 40);
            at_cursor(&scene, &(1..91))
        };
        let [newest, early] = [at(None), at(Some(10))];
        for (newest, early) in newest.into_iter().zip(early) {
            let (newest, early) = (newest.expect("a point"), early.expect("a point"));
            assert!(early.x * 4 < newest.x && early.value.to_bits() != newest.value.to_bits());
        }
    }

    #[test]
    fn one_is_always_in_view_and_zero_or_nothing_is_never_an_end() {
        let curve = |min: f32, max: f32| {
            vec![vec![Some(ScalarBucket { min, max, mean: max, last: max, count: 2, non_finite: 0 })]]
        };
        let LogRange { low, high } = range(&curve(0.38, 0.41));
        assert!(low < 0.38_f64.log10() && high > 0.0);
        let LogRange { low, high } = range(&curve(1.0, 3.0));
        assert!(low < 0.0 && high > 3.0_f64.log10());
        assert_eq!(range(&curve(0.0, f32::NAN)), range(&[]));
    }
}
