//! Loss over steps on a logarithmic axis: one curve per lane, through the mean if several steps share a column, and up
//! to the largest value if that is a spike. The losses of a lane after it had blown up do not stretch the axis: an
//! arrow marks where a curve leaves it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::ends::{self, Ends};
use super::frame::dot;
use super::step_chart::{self, StepChart};
use crate::history::ScalarBucket;
use crate::number;
use crate::round;
use crate::tui::axis::StepAxis;
use crate::tui::chart::{ACROSS, Canvas, DOWN, LogRange, Stroke, dot_of};
use crate::tui::scene::Scene;
use crate::tui::theme::{Role, Theme};

/// A largest value this many times the mean is a spike, which a mean would hide.
const SPIKE: f32 = 10.0;

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, frame: Rect, axis: &StepAxis, buffer: &mut Buffer) {
    let title = Line::from(vec![
        Span::styled("loss", theme.style(Role::Strong)),
        Span::styled("  log scale", theme.style(Role::Dim)),
    ]);
    let Some(chart) = (StepChart { frame, title, axis }).render(scene, theme, buffer) else { return };
    let ceilings: Vec<f32> = scene.lanes().map(|lane| lane.history.loss_ceiling()).collect();
    let Some(range) = range(&scene.cache.losses, &ceilings) else { return };
    for (exponent, text) in labels(range, usize::from(chart.height)) {
        let row = dot_of(exponent, range.low, range.high, usize::from(chart.height) * DOWN) / DOWN;
        step_chart::number(theme, chart, row as u16, &text, buffer);
    }
    curves(scene, theme, chart, range, buffer);
    let points = ends::newest(&scene.cache.losses);
    let ends = Ends { points: &points, chart, range, number: number::value };
    ends.render(scene, theme, buffer);
}

/// log₁₀ of the smallest and largest loss shown, widened to 1, 2 or 5 times a power of ten; each lane counts up to its
/// ceiling, as long as anything is below one.
fn range(losses: &[Vec<Option<ScalarBucket>>], ceilings: &[f32]) -> Option<LogRange> {
    let sane = losses.iter().zip(ceilings).flat_map(|(lane, ceiling)| {
        lane.iter().flatten().flat_map(|bucket| [bucket.mean, top(bucket)]).filter(|loss| *loss <= *ceiling)
    });
    let all = losses.iter().flatten().flatten().flat_map(|bucket| [bucket.mean, top(bucket)]);
    between(sane).or_else(|| between(all))
}

fn between(losses: impl Iterator<Item = f32>) -> Option<LogRange> {
    let positive = losses.filter(|loss| loss.is_finite() && *loss > 0.0).map(f64::from);
    let (least, largest) = positive.map(|loss| (loss, loss)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let (low, high) = (round::below(least).log10(), round::above(largest).log10());
    let is_narrow = high - low < 0.25;
    Some(if is_narrow { LogRange { low: low - 0.31, high: high + 0.31 } } else { LogRange { low, high } })
}

/// The value to which the curve rises in a column.
fn top(bucket: &ScalarBucket) -> f32 {
    if bucket.max >= SPIKE * bucket.mean { bucket.max } else { bucket.mean }
}

/// Exponents with their labels: powers of ten, and 2 and 5 between them if there is room.
fn labels(LogRange { low, high }: LogRange, rows: usize) -> Vec<(f64, String)> {
    let decades = (high - low).max(0.1);
    let digits: &[u8] = if rows as f64 / decades >= 6.0 { &[1, 2, 5] } else { &[1] };
    let stride = (decades * 2.0 / rows.max(1) as f64).ceil().max(1.0) as i32;
    let exponents = (low.floor() as i32..=high.ceil() as i32).filter(|exponent| exponent.rem_euclid(stride) == 0);
    exponents
        .flat_map(|exponent| digits.iter().map(move |digit| (*digit, exponent)))
        .map(|(digit, exponent)| (f64::from(digit).log10() + f64::from(exponent), scientific(digit, exponent)))
        .filter(|(position, _)| (low - round::HAIR..=high + round::HAIR).contains(position))
        .collect()
}

/// `0.02`, `5`, `1e-6`.
fn scientific(digit: u8, exponent: i32) -> String {
    match exponent {
        -3..0 => format!("{:.*}", exponent.unsigned_abs() as usize, f64::from(digit) * 10f64.powi(exponent)),
        0..4 => format!("{:.0}", f64::from(digit) * 10f64.powi(exponent)),
        _ => format!("{digit}e{exponent}"),
    }
}

fn curves(scene: &Scene, theme: &Theme, chart: Rect, range: LogRange, buffer: &mut Buffer) {
    let mut canvas = Canvas::new(chart, Stroke::Solid);
    let dots = canvas.height();
    let row = |loss: f32| range.dot_of(f64::from(loss), dots);
    let (mut lost, mut above) = (Vec::new(), Vec::new());
    for (lane, buckets) in scene.cache.losses.iter().enumerate() {
        let mut before = None;
        for (x, bucket) in buckets.iter().enumerate() {
            let Some(bucket) = bucket else {
                before = None;
                continue;
            };
            if bucket.non_finite > 0 {
                lost.push((x / ACROSS) as u16);
            }
            if f64::from(top(bucket)).log10() > range.high + round::HAIR {
                above.push((x / ACROSS, lane));
            }
            if bucket.mean.is_nan() {
                before = None;
                continue;
            }
            let (top, line) = (row(top(bucket)), row(bucket.mean));
            let joined = before.unwrap_or(line);
            canvas.column(x, top.min(joined), line.max(joined), lane);
            before = Some(line);
        }
    }
    canvas.render(theme, buffer);
    for (column, lane) in above {
        let column = (column as u16).min(chart.width - 1);
        dot((chart.x + column, chart.y), theme.glyph("↑", "^"), theme.lane(lane), buffer);
    }
    for column in lost {
        dot((chart.x + column.min(chart.width - 1), chart.y), "!", theme.field(Role::Nan), buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_round_numbers_and_a_flat_loss_has_one_too() {
        let bucket = |low: f32, high: f32| {
            vec![vec![Some(ScalarBucket { min: low, max: high, mean: low, last: high, count: 2, non_finite: 0 })]]
        };
        let range = |losses: &[Vec<_>]| range(losses, &[f32::INFINITY]);
        let LogRange { low, high } = range(&bucket(0.021, 2.3)).expect("finite");
        assert!((low - 0.02f64.log10()).abs() < 1e-9 && (high - 5f64.log10()).abs() < 1e-9);
        let LogRange { low, high } = range(&bucket(2.0, 2.0)).expect("finite");
        assert!(high - low > 0.5);
        assert_eq!(range(&bucket(f32::NAN, f32::NAN)), None);
        assert_eq!(range(&bucket(0.0, 0.0)), None);
    }

    #[test]
    fn labels_are_powers_of_ten_and_finer_where_there_is_room() {
        let words = |low, high, rows| {
            labels(LogRange { low, high }, rows).into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        };
        assert_eq!(words(-2.0, 1.0, 10), ["0.01", "0.1", "1", "10"]);
        assert_eq!(words(0.0, 1.0, 10), ["1", "2", "5", "10"]);
        assert!(words(-38.0, 38.0, 10).len() <= 10);
    }
}
