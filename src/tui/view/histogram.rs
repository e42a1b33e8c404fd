//! The distribution of the gradients of every layer at the cursor's step: layers from top to bottom, magnitudes log₂|g|
//! from left to right; the shade is the share of the layer's elements.
//!
//! ```text
//! ╭─ plain  log₂|g|  step 101  block 10: 64 are 0 ─────────╮     first column: exact zeros
//! │ stem ░        ░░▒▓▓▒░                                    │     second column: smaller than every bin
//! │   10 ░            ░▒▓▓▒░                                 │     last column: NaN, infinite, and larger values
//! ╰──────0<────2⁻⁴⁰──────────2⁻²⁰──────────1──────────────>──╯
//! ```

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::definition::ViewDefinition;
use super::legend::{LegendContext, Part};
use crate::event::{Dated, Histograms};
use crate::histogram::{BINS, FIRST_EXPONENT, Histogram};
use crate::history::{Cell, MeasuredAt};
use crate::measurement::Measurement;
use crate::number;
use crate::tui::axis::LayerAxis;
use crate::tui::pane::cell::{Cross, Painter};
use crate::tui::pane::frame::{fit, framed, words};
use crate::tui::pane::heatmap::layer_labels;
use crate::tui::pane::heatmap::title::NARROW;
use crate::tui::pane::record::{HISTOGRAMS, why_none};
use crate::tui::pane::{LanePane, Pane};
use crate::tui::scale::Scale;
use crate::tui::scene::{LaneRef, Scene, ViewId};
use crate::tui::schedule;
use crate::tui::theme::{Role, Theme};
use crate::units::Step;

/// log₁₀ of the share of a layer's elements with the darkest shade, and of all elements.
const SHARES: Scale = Scale { low: -4.0, high: 0.0 };
/// Distances in exponents between two labels, of which the first that fits is used.
const LABELS: [i32; 3] = [5, 10, 20];
/// Minimum columns per label.
const LABEL_COLUMNS: usize = 8;

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    draw,
    contents: |scene| scene.lanes().any(|lane| lane.history.snapshot::<Histograms>(Step(u64::MAX)).is_some()),
    legend: Some(legend),
    ..ViewDefinition::new(ViewId::new("histogram"), "how the gradients of every layer are spread")
};

fn draw(lane_pane: &LanePane<'_>, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, .. } = *lane_pane;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let record = counted(scene, &lane);
    framed(theme, pane.frame, &title(scene, theme, pane, record), buffer);
    let Some(record) = record else {
        for (line, row) in why_none(scene, &lane, &HISTOGRAMS).iter().zip(pane.picture.rows()) {
            words((row.x, row.y), line, row.width, theme.style(Role::Dim), buffer);
        }
        return;
    };
    let pixels = usize::from(pane.picture.height) * theme.pixels_per_cell();
    let layers = LayerAxis::new(lane.history.layers(), &scene.view.depth, pixels);
    picture(lane_pane, record, &layers, buffer);
    layer_labels(scene, theme, pane, &layers, buffer);
    exponents(theme, pane, &in_use(scene), buffer);
}

/// The histograms of a lane at the cursor's step.
fn counted<'a>(scene: &Scene, lane: &LaneRef<'a>) -> Option<Dated<'a, Histograms>> {
    lane.history.snapshot::<Histograms>(scene.shown_step(lane)?)
}

/// Bins that any lane uses at the cursor's step, the same for all panes; all of them if none is used.
fn in_use(scene: &Scene) -> Range<usize> {
    let lanes = scene.lanes();
    let records = lanes.filter_map(|lane| counted(scene, &lane).map(|record| &record.payload.layers));
    let mut used = [false; BINS];
    for layer in records.flat_map(|layers| layers.iter().flatten()) {
        used.iter_mut().enumerate().for_each(|(bin, used)| *used |= layer.bin(bin) > 0);
    }
    let first = used.iter().position(|used| *used);
    let last = used.iter().rposition(|used| *used);
    first.zip(last).map_or(0..BINS, |(first, last)| first..last + 1)
}

/// Columns before the bins: exact zeros, and values that are smaller than every bin.
const BEFORE: u16 = 2;
/// Columns without a bin: those, and the last.
const BESIDE: u16 = BEFORE + 1;

/// The bins of a column.
fn bins_of(column: u16, width: u16, used: &Range<usize>) -> Range<usize> {
    let columns = usize::from(width.saturating_sub(BESIDE)).max(1);
    let column = usize::from(column.saturating_sub(BEFORE));
    let start = used.start + column * used.len() / columns;
    let end = used.start + (column + 1) * used.len() / columns;
    start..end.max(start + 1).min(used.end)
}

fn picture(lane_pane: &LanePane<'_>, record: Dated<'_, Histograms>, layers: &LayerAxis, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, .. } = *lane_pane;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let painter = painter(theme);
    let (used, per_cell) = (in_use(scene), theme.pixels_per_cell());
    let cursor = layers.pixels_of(lane.layer_at(scene.view.cursor.depth).index());
    for row in 0..pane.picture.height {
        let first = usize::from(row) * per_cell;
        let pixels = [first, first + per_cell - 1];
        let shown = pixels.map(|pixel| within(record, layers, pixel));
        let is_cursor = cursor.contains(&first) && !cursor.is_empty();
        for column in 0..pane.picture.width {
            let cells = match column {
                0 => shown.each_ref().map(|layer| zeros(layer.as_ref())),
                1 => shown.each_ref().map(|layer| share(layer.as_ref(), |counts| counts.underflow)),
                last if last + 1 == pane.picture.width => shown.each_ref().map(|layer| above(layer.as_ref())),
                _ => {
                    let bins = bins_of(column, pane.picture.width, &used);
                    shown
                        .each_ref()
                        .map(|layer| share(layer.as_ref(), |counts| bins.clone().map(|bin| counts.bin(bin)).sum()))
                }
            };
            let cross = if is_cursor { Cross::Horizontal } else { Cross::Away };
            if let Some(cell) = buffer.cell_mut((pane.picture.x + column, pane.picture.y + row)) {
                painter.paint(cells, cross, cell);
            }
        }
    }
}

fn painter(theme: &Theme) -> Painter<'_> {
    Painter { theme, palette: theme.sequential(), scale: SHARES }
}

fn legend(context: &LegendContext<'_>) -> Vec<Part> {
    let mut parts = vec![context.bar(&painter(context.theme), ["0.01 %".to_owned(), "100 %".to_owned()])];
    parts.extend(context.lanes_in_view());
    parts.push(context.words(1, "of a layer's gradient elements"));
    parts.extend(context.specials());
    parts.push(context.words(2, "blank: none"));
    parts
}

/// The counts of all layers that a pixel shows.
fn within(record: Dated<'_, Histograms>, layers: &LayerAxis, pixel: usize) -> Option<Histogram> {
    let first = layers.layer_at(pixel);
    let next = (pixel + 1..=layers.pixels).map(|next| layers.layer_at(next)).find(|layer| *layer > first);
    let end = next.unwrap_or(layers.layers.end).min(layers.layers.end).max(first + 1);
    let mut found = record.layers.get(first..end)?.iter().flatten();
    let mut sum = found.next()?.clone();
    found.for_each(|layer| sum.merge(layer));
    Some(sum)
}

/// The share of a layer's elements in some bins; empty if there are none.
fn share(layer: Option<&Histogram>, count: impl Fn(&Histogram) -> u64) -> Cell {
    let Some(counts) = layer else { return Cell::Absent };
    match (count(counts), counts.total()) {
        (0, _) | (_, 0) => Cell::Empty,
        (some, all) => Cell::Value((some as f32 / all as f32).log10()),
    }
}

/// Exact zeros: the glyph is shown if the layer has nothing else.
fn zeros(layer: Option<&Histogram>) -> Cell {
    match layer {
        Some(counts) if counts.zero > 0 && counts.zero == counts.total() => Cell::Zero,
        layer => share(layer, |counts| counts.zero),
    }
}

/// NaN, ±∞, and values that are larger than every bin.
fn above(layer: Option<&Histogram>) -> Cell {
    match layer {
        Some(counts) if counts.nan > 0 => Cell::Nan,
        Some(counts) if counts.pinf + counts.ninf > 0 => Cell::Infinite,
        layer => share(layer, |counts| counts.overflow),
    }
}

fn title<'a>(scene: &Scene, theme: &Theme, pane: &Pane, record: Option<Dated<'_, Histograms>>) -> Line<'a> {
    let lanes: Vec<_> = scene.lanes().collect();
    let name = lanes.get(pane.lane).map_or_else(String::new, |lane| scene.lane_name(lane));
    let name = Span::styled(name, theme.lane(pane.lane).add_modifier(Modifier::BOLD));
    let dim = theme.style(Role::Dim);
    let mut parts = vec![(0, Line::from(name)), (3, Line::styled("log₂|g|", dim))];
    if let Some(record) = record {
        parts.push((1, Line::styled(of_step(scene, lanes.get(pane.lane), record.step), theme.style(Role::Strong))));
        let bad: u64 = record.layers.iter().flatten().map(|counts| counts.nan + counts.pinf + counts.ninf).sum();
        if bad > 0 {
            parts.push((1, Line::styled(format!("{} not finite", number::count(bad)), theme.style(Role::Bad))));
        }
        let outside = lanes.get(pane.lane).and_then(|lane| no_bin(scene, lane, record));
        parts.extend(outside.map(|words| (2, Line::styled(words, dim))));
        let config = lanes.get(pane.lane).and_then(|lane| lane.config);
        let every = schedule::words(config, Measurement::Histograms);
        let every = every.map(|every| if pane.frame.width < NARROW { every.short } else { every.long });
        parts.extend(every.map(|every| (2, Line::styled(every, dim))));
    }
    fit(parts, pane.frame.width.saturating_sub(6))
}

/// `block 17: 64 are 0, 3 tiny`: the elements of the cursor's layer that are before the bins.
fn no_bin(scene: &Scene, lane: &LaneRef<'_>, record: Dated<'_, Histograms>) -> Option<String> {
    let layer = lane.layer_at(scene.view.cursor.depth);
    let counts = record.layers.get(layer.index())?.as_ref()?;
    let name = lane.header.layers.name(layer);
    let [zero, tiny] = [counts.zero, counts.underflow].map(number::count);
    match (counts.zero, counts.underflow) {
        (0, 0) => None,
        (_, 0) => Some(format!("{name}: {zero} are 0")),
        (0, _) => Some(format!("{name}: {tiny} below 2^{FIRST_EXPONENT}")),
        _ => Some(format!("{name}: {zero} are 0, {tiny} below 2^{FIRST_EXPONENT}")),
    }
}

/// `step 401` if that is the cursor's, `at step 401` if it is not.
fn of_step(scene: &Scene, lane: Option<&LaneRef<'_>>, counted: Step) -> String {
    let shown = lane.and_then(|lane| scene.shown_step(lane)).unwrap_or(counted);
    let older = schedule::of_step(MeasuredAt::At(counted), shown);
    older.map_or_else(|| format!("step {}", number::count(counted.0)), |words| words.long)
}

/// Writes `2^-40` and so on into the lower edge.
fn exponents(theme: &Theme, pane: &Pane, used: &Range<usize>, buffer: &mut Buffer) {
    let width = usize::from(pane.picture.width);
    let per_exponent = width.saturating_sub(usize::from(BESIDE)) as f32 / used.len().max(1) as f32;
    let has_room = |every: &&i32| **every as f32 * per_exponent >= LABEL_COLUMNS as f32;
    let every = LABELS.iter().find(has_room).copied().unwrap_or(LABELS[LABELS.len() - 1]);
    let edge = Rect { y: pane.frame.bottom().saturating_sub(1), height: 1, ..pane.picture };
    for (column, text) in [(0, "0"), (1, "<"), (edge.width.saturating_sub(1), ">")] {
        words((edge.x + column, edge.y), text, edge.width.saturating_sub(column), theme.style(Role::Dim), buffer);
    }
    for bin in used.clone() {
        let exponent = FIRST_EXPONENT + i32::try_from(bin).unwrap_or(0);
        let column = usize::from(BEFORE) + ((bin - used.start) as f32 * per_exponent) as usize;
        let text = if exponent == 0 { "1".to_owned() } else { format!("2^{exponent}") };
        if exponent % every == 0 && column > usize::from(BEFORE) && column + text.len() + 1 < width {
            let place = (edge.x + column as u16, edge.y);
            words(place, &text, edge.width - column as u16, theme.style(Role::Dim), buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histogram::Sign;

    #[test]
    fn columns_cover_every_bin_in_use_and_none_twice_where_there_are_enough() {
        let used = 10..50;
        let seen: Vec<usize> = (2..42).flat_map(|column| bins_of(column, 43, &used)).collect();
        assert_eq!(seen, used.clone().collect::<Vec<_>>());
        let wide: Vec<usize> = (2..82).map(|column| bins_of(column, 83, &used).start).collect();
        assert!(wide.windows(2).all(|pair| pair[0] <= pair[1]) && wide[0] == 10 && wide[79] == 49);
        assert_eq!(bins_of(2, 4, &used), used);
    }

    #[test]
    fn zeros_what_is_smaller_and_what_is_larger_have_columns_of_their_own() {
        let mut counts = Histogram::default();
        counts.add(-3, Sign::Negative, 75);
        assert_eq!((zeros(Some(&counts)), above(Some(&counts))), (Cell::Empty, Cell::Empty));
        counts.zero = 25;
        assert!(matches!(zeros(Some(&counts)), Cell::Value(_)));
        assert_eq!(zeros(Some(&Histogram { zero: 3, ..Histogram::default() })), Cell::Zero);
        let Cell::Value(most) = share(Some(&counts), |counts| counts.bin(57)) else { panic!("some are there") };
        assert!((most - 0.75_f32.log10()).abs() < 1e-6);
        let tiny = Histogram { underflow: 3, ..Histogram::default() };
        assert_eq!(zeros(Some(&tiny)), Cell::Empty, "tiny is not dead");
        assert_eq!(share(Some(&tiny), |counts| counts.underflow), Cell::Value(0.0));
        counts.pinf = 1;
        assert_eq!(above(Some(&counts)), Cell::Infinite);
        counts.nan = 1;
        assert_eq!(above(Some(&counts)), Cell::Nan);
        assert_eq!(share(None, Histogram::total), Cell::Absent);
    }
}
