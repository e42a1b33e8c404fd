//! `plain 2.303` beside a point of each curve over steps: the newest, or that of the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::words;
use crate::history::ScalarBucket;
use crate::tui::chart::{ACROSS, DOWN, dot_of, is_marked, mark};
use crate::tui::scene::Scene;
use crate::tui::theme::{Role, Theme};

/// The curves of all lanes in one chart.
pub(super) struct Ends<'a> {
    /// The point of each curve that is named.
    pub(super) points: &'a [Option<Point>],
    pub(super) chart: Rect,
    /// log₁₀ of the ends of the axis.
    pub(super) range: (f64, f64),
    pub(super) number: fn(f64) -> String,
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// Dots from the left.
    pub(super) x: usize,
    pub(super) value: f32,
}

/// The newest point of each curve.
pub(super) fn newest(curves: &[Vec<Option<ScalarBucket>>]) -> Vec<Option<Point>> {
    let of = |curve: &Vec<Option<ScalarBucket>>| {
        let found = curve.iter().enumerate().rev().find_map(|(x, bucket)| Some((x, bucket.as_ref()?.last)));
        found.map(|(x, value)| Point { x, value })
    };
    curves.iter().map(of).collect()
}

impl Ends<'_> {
    pub(super) fn render(&self, scene: &Scene, theme: &Theme, buffer: &mut Buffer) {
        let (chart, (low, high)) = (self.chart, self.range);
        let mut taken: Vec<u16> = Vec::new();
        for (index, (lane, point)) in scene.lanes().zip(self.points).enumerate() {
            let Some(Point { x, value: last }) = *point else { continue };
            let mark = if is_marked(theme) { format!("{} ", mark(index)) } else { String::new() };
            let value = (self.number)(f64::from(last));
            // Where it is narrow the name gives way, never the number.
            let room = usize::from(chart.width).saturating_sub(mark.chars().count() + value.chars().count() + 1);
            let Some(name) = shortened(&scene.lane_name(&lane), room) else { continue };
            let text = format!("{mark}{name} {value}");
            let width = text.chars().count() as u16;
            if width > chart.width {
                continue;
            }
            let after = ((x / ACROSS) as u16 + 2).min(chart.width - width);
            let line = dot_of(f64::from(last).log10(), low, high, usize::from(chart.height) * DOWN) / DOWN;
            // Beside the point, else at an end of the chart; where every place holds a curve the label goes.
            let places = [after, chart.width - width, 0].map(|column| chart.x + column);
            let free = |column: u16| Some((column, free_row(chart, (column, width), line as u16, &taken, buffer)?));
            let Some((column, row)) = places.into_iter().find_map(free) else { continue };
            taken.push(row);
            let style = if last.is_finite() { theme.lane(index) } else { theme.style(Role::Bad) };
            words((column, row), &text, width, style, buffer);
        }
    }
}

/// Characters of a name that `…` may stand behind: fewer say nothing.
const LEAST_NAME: usize = 2;

/// At most `room` characters, the last one `…` where some are missing; `None` where next to nothing would stay.
fn shortened(name: &str, room: usize) -> Option<String> {
    if name.chars().count() <= room {
        return Some(name.to_owned());
    }
    if room <= LEAST_NAME {
        return None;
    }
    let mut short: String = name.chars().take(room.saturating_sub(1)).collect();
    short.truncate(short.trim_end_matches(|letter: char| letter == '…' || letter.is_whitespace()).len());
    short.push('…');
    Some(short)
}

/// The row for some words: the one nearest to the wanted that has room for them, beside all curves and other words.
pub(super) fn free_row(
    chart: Rect,
    (x, width): (u16, u16),
    wanted: u16,
    taken: &[u16],
    buffer: &Buffer,
) -> Option<u16> {
    let is_free = |row: &u16| {
        let mut cells = (x..x + width).filter_map(|x| buffer.cell((x, *row)));
        !taken.contains(row) && cells.all(|cell| matches!(cell.symbol(), " " | "│" | "|"))
    };
    (chart.y..chart.bottom()).filter(is_free).min_by_key(|row| row.abs_diff(chart.y + wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_a_name_or_goes_and_never_two_ellipses() {
        assert_eq!(shortened("plain", 5).as_deref(), Some("plain"));
        assert_eq!(shortened("residual", 4).as_deref(), Some("res…"));
        assert_eq!(shortened("re… x", 4).as_deref(), Some("re…"));
        for room in 0..=LEAST_NAME {
            assert_eq!(shortened("residual", room), None);
        }
    }
}
