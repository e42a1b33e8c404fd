//! Labels such as `plain 2.303` beside a point of each curve over steps: the newest, or the cursor's.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::words;
use crate::history::ScalarBucket;
use crate::round;
use crate::tui::chart::{ACROSS, DOWN, LogRange, is_marked, mark};
use crate::tui::scene::{LaneRef, Scene};
use crate::tui::theme::{Role, Theme};

/// The curves of all lanes in one chart.
pub(in crate::tui) struct Ends<'a> {
    /// The point of each curve that is labelled.
    pub(in crate::tui) points: &'a [Option<Point>],
    pub(in crate::tui) chart: Rect,
    /// The ends of the axis.
    pub(in crate::tui) range: LogRange,
    pub(in crate::tui) number: fn(f64) -> String,
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::tui) struct Point {
    /// Dots from the left.
    pub(in crate::tui) x: usize,
    pub(in crate::tui) value: f32,
}

/// The newest point of each curve.
pub(in crate::tui) fn newest(curves: &[Vec<Option<ScalarBucket>>]) -> Vec<Option<Point>> {
    let newest_of = |curve: &Vec<Option<ScalarBucket>>| {
        let found = curve.iter().enumerate().rev().find_map(|(x, bucket)| Some((x, bucket.as_ref()?.last)));
        found.map(|(x, value)| Point { x, value })
    };
    curves.iter().map(newest_of).collect()
}

/// A label with the position of its point.
struct Label {
    lane: usize,
    text: String,
    width: u16,
    /// The column beside the point, from the left of the chart.
    beside: u16,
    /// The row of the point, from the top of the chart.
    row: u16,
    value: f32,
}

impl Ends<'_> {
    pub(in crate::tui) fn render(&self, scene: &Scene, theme: &Theme, buffer: &mut Buffer) {
        let chart = self.chart;
        let mut labels = self.labels(scene, theme);
        // Labels beside each other are in the order of their values, the largest on top.
        labels.sort_by(|a, b| b.value.total_cmp(&a.value));
        let mut taken: Vec<u16> = Vec::new();
        // A label is beside its point, otherwise at an end of the chart; if every place holds a curve, it is left out.
        let places: [fn(&Label, Rect) -> u16; 3] =
            [|label, _| label.beside, |label, chart| chart.width - label.width, |_, _| 0];
        for place in places {
            let free = |label: &Label| free_rows(chart, (chart.x + place(label, chart), label.width), &taken, buffer);
            let wanted: Vec<_> = labels.iter().map(|label| (chart.y + label.row, free(label))).collect();
            let rows = in_order(&wanted);
            let (found, rest): (Vec<_>, Vec<_>) = labels.into_iter().zip(rows).partition(|(_, row)| row.is_some());
            for (label, row) in found.into_iter().filter_map(|(label, row)| Some((label, row?))) {
                taken.push(row);
                let style = if label.value.is_finite() { theme.lane(label.lane) } else { theme.style(Role::Bad) };
                words((chart.x + place(&label, chart), row), &label.text, label.width, style, buffer);
            }
            labels = rest.into_iter().map(|(label, _)| label).collect();
        }
    }

    /// The labels that fit the width. On a narrow chart the name is shortened, never the number.
    fn labels(&self, scene: &Scene, theme: &Theme) -> Vec<Label> {
        let chart = self.chart;
        let label = |((lane, of), point): ((usize, LaneRef<'_>), &Option<Point>)| {
            let Point { x, value } = (*point)?;
            let mark = if is_marked(theme) { format!("{} ", mark(lane)) } else { String::new() };
            // The label of a value above the axis is below it in any case.
            let is_above = f64::from(value).log10() > self.range.high + round::HAIR;
            let above = if is_above { theme.glyph("↑", "^") } else { "" };
            let number = format!("{above}{}", (self.number)(f64::from(value)));
            let room = usize::from(chart.width).saturating_sub(mark.chars().count() + number.chars().count() + 1);
            let name = shortened(&scene.lane_name(&of), room)?;
            let text = format!("{mark}{name} {number}");
            let width = text.chars().count() as u16;
            let beside = ((x / ACROSS) as u16 + 2).min(chart.width.checked_sub(width)?);
            let row = self.range.dot_of(f64::from(value), usize::from(chart.height) * DOWN) / DOWN;
            Some(Label { lane, text, width, beside, row: row as u16, value })
        };
        scene.lanes().enumerate().zip(self.points).filter_map(label).collect()
    }
}

/// A row for each label, in ascending order, so that as many as possible have one near their point.
fn in_order(labels: &[(u16, Vec<u16>)]) -> Vec<Option<u16>> {
    /// Cost of leaving a label out, in rows of distance.
    const LABEL: u32 = 10_000;
    // The best choice for the labels so far, by its last row: its cost and its rows.
    let mut best: Vec<(u32, Option<u16>, Vec<Option<u16>>)> = vec![(0, None, Vec::new())];
    for (wanted, free) in labels {
        let without = best.iter().map(|(cost, last, rows)| (cost + LABEL, *last, with(rows, None)));
        let mut next: Vec<_> = without.collect();
        for row in free {
            let before = best.iter().filter(|(_, last, _)| last.is_none_or(|last| last < *row));
            let Some((cost, _, rows)) = before.min_by_key(|(cost, ..)| *cost) else { continue };
            next.push((cost + u32::from(row.abs_diff(*wanted)), Some(*row), with(rows, Some(*row))));
        }
        best = next;
    }
    best.into_iter().min_by_key(|(cost, ..)| *cost).map(|(.., rows)| rows).unwrap_or_default()
}

fn with(rows: &[Option<u16>], row: Option<u16>) -> Vec<Option<u16>> {
    rows.iter().copied().chain([row]).collect()
}

/// Minimum number of characters of a shortened name.
const LEAST_NAME: usize = 2;

/// At most `room` characters, the last one `…` if some are missing; `None` if too few would remain.
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

/// The nearest row with room for some words, beside all curves and other words.
pub(in crate::tui) fn free_row(
    chart: Rect,
    words: (u16, u16),
    wanted: u16,
    taken: &[u16],
    buffer: &Buffer,
) -> Option<u16> {
    free_rows(chart, words, taken, buffer).into_iter().min_by_key(|row| row.abs_diff(chart.y + wanted))
}

/// All rows with room for words of this column and width.
fn free_rows(chart: Rect, (x, width): (u16, u16), taken: &[u16], buffer: &Buffer) -> Vec<u16> {
    let is_free = |row: &u16| {
        let mut cells = (x..x + width).filter_map(|x| buffer.cell((x, *row)));
        !taken.contains(row) && cells.all(|cell| matches!(cell.symbol(), " " | "│" | "|"))
    };
    (chart.y..chart.bottom()).filter(is_free).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::sample;
    use crate::tui::scene::ViewId;

    #[test]
    fn labels_beside_each_other_stand_in_the_order_of_their_values() {
        let names: Vec<(String, usize)> = (0..8).map(|lane| (format!("lane{lane}"), 5)).collect();
        let names: Vec<(&str, usize)> = names.iter().map(|(name, blocks)| (name.as_str(), *blocks)).collect();
        let losses = [0.0346, 0.0494, 0.0189, 0.0575, 0.128, 0.065, 0.0502, 0.177];
        let mut scene = crate::tui::scene::Scene::new(crate::tui::source::SourceKind::Live);
        scene.take(0, &sample::header(&names));
        for at in 1..=60 {
            for (lane, loss) in losses.iter().enumerate() {
                let loss = 2.3 * (loss / 2.3f32).powf(at as f32 / 60.0);
                scene.take(0, &sample::step(lane as u16, at, loss, 7, |_, _| Some(1.0)));
            }
        }
        scene.view.shown = ViewId::new("loss");
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            let buffer = sample::frame(&mut scene, &sample::theme(), width, height);
            let row = |y: u16| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
            let mut shown = Vec::new();
            for text in (2..height - 4).map(row) {
                for (lane, _) in losses.iter().enumerate() {
                    let Some(at) = text.find(&format!("lane{lane} ")) else { continue };
                    let value = text[at..].split_whitespace().nth(1).unwrap_or_default();
                    let value = value.trim_end_matches('│').parse::<f64>();
                    shown.extend(value.map(|value| (text[..at].chars().count() / 20, value)));
                }
            }
            assert!(shown.len() >= 5, "{width}×{height}: {shown:?}");
            let right = shown.iter().map(|(column, _)| *column).max().unwrap();
            let beside: Vec<f64> =
                shown.iter().filter(|(column, _)| *column == right).map(|(_, value)| *value).collect();
            assert!(beside.is_sorted_by(|a, b| a >= b), "{width}×{height}: {beside:?}");
        }
    }

    #[test]
    fn the_label_of_a_value_above_the_axis_points_up() {
        let mut scene = crate::tui::scene::Scene::new(crate::tui::source::SourceKind::Live);
        scene.take(0, &sample::header(&[("plain", 5)]));
        for at in 1..=9 {
            let loss = if at == 9 { 23_248.0 } else { 2.3 + at as f32 };
            scene.take(0, &sample::step(0, at, loss, 7, |_, _| Some(1.0)));
        }
        let buffer = sample::frame(&mut scene, &sample::theme(), 120, 40);
        let text: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(text.contains("plain ↑23,248"), "{text}");
    }

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
