//! The depth profile: one quantity over all layers at the cursor's step, one line per lane; dashed lines show the
//! theory for the initial weights.
//!
//! Lanes of different depth are aligned by relative depth. A special value has its glyph at the edge: zero at the
//! bottom, NaN and ∞ at the top.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::cell::special_look;
use super::ends::free_row;
use super::frame::{dot, fit, framed, words};
use super::stages;
use super::step_chart::{chart_of, number as axis_number, vertical};
use super::steps::Labels;
use crate::history::Cell;
use crate::number;
use crate::quantity::{Axis, Quantity};
use crate::round;
use crate::text::columns;
use crate::tui::axis::LayerAxis;
use crate::tui::chart::{Canvas, DOWN, Stroke, dot_of};
use crate::tui::scale::Scale;
use crate::tui::scene::{CursorState, LaneRef, Scene};
use crate::tui::schedule;
use crate::tui::theme::{Role, Theme};
use crate::units::LayerId;

/// Columns of a title below which it is shortened.
const NARROW: u16 = 24;

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, frame: Rect, buffer: &mut Buffer) {
    drawing(scene, theme, frame, buffer);
    missing(scene, theme, chart_of(frame), buffer);
}

/// Draws everything but the words that use the remaining room.
fn drawing(scene: &Scene, theme: &Theme, frame: Rect, buffer: &mut Buffer) {
    let chart = chart_of(frame);
    let scale = axis_of(scene);
    let curves = scale.map(|scale| curves(scene, chart, scale));
    framed(theme, frame, &title(scene, theme, curves.as_ref(), frame.width.saturating_sub(6)), buffer);
    if chart.is_empty() {
        return;
    }
    let column = |depth: f64| {
        let share = (depth - scene.view.depth.start) / (scene.view.depth.end - scene.view.depth.start);
        (0.0..1.0).contains(&share).then(|| (share * f64::from(chart.width)) as u16)
    };
    let row = scene.lanes().next().map_or("block", |lane| lane.header.layers.depth_word());
    words((frame.x + 1, frame.bottom() - 1), row, chart.x.saturating_sub(frame.x + 1), theme.style(Role::Dim), buffer);
    layer_labels(scene, theme, Rect { y: frame.bottom() - 1, height: 1, ..chart }, column, buffer);
    stages::boundaries(scene, theme, chart, column, buffer);
    if let Some(column) = column(scene.view.cursor.depth) {
        vertical(theme, chart, column, buffer);
    }
    let Some((scale, curves)) = scale.zip(curves) else { return };
    value_labels(scene, theme, chart, scale, buffer);
    for canvas in &curves {
        canvas.render(theme, buffer);
    }
    specials(scene, theme, chart, column, buffer);
    stages::names_above(scene, theme, chart, column, buffer);
}

/// The range of the colours, which excludes values after a lane had blown up, extended to every drawn value, so that no
/// line is cut off at an edge.
fn axis_of(scene: &Scene) -> Option<Scale> {
    let quantity = scene.view.quantity;
    let colours = scene.scales.of(quantity)?;
    let value = |cell: &Cell| if let Cell::Value(value) = cell { Some(*value) } else { None };
    let values = scene.cache.profiles.iter().flatten().filter_map(value).filter(|value| value.is_finite());
    let (low, high) = values.fold((colours.low, colours.high), |(low, high), value| (low.min(value), high.max(value)));
    if (low, high) == (colours.low, colours.high) {
        return Some(colours);
    }
    Scale::around(quantity.definition().axis, low, high)
}

/// Says which lanes have no line, and why: in free rows of the chart.
fn missing(scene: &Scene, theme: &Theme, chart: Rect, buffer: &mut Buffer) {
    for (index, lane) in scene.lanes().enumerate() {
        let Some(why) = scene.cursor_state(&lane).and_then(CursorState::why_nothing) else { continue };
        // On a narrow chart the colour says whose line is missing.
        let forms = [format!("{} {why}", scene.lane_name(&lane)), why];
        let place = |text: &String| {
            let width = columns(text) as u16;
            let spare = chart.width.checked_sub(width)?;
            let free = |x: u16| Some((x, free_row(chart, (x, width), 0, &[], buffer)?));
            [0, spare, spare / 2].into_iter().map(|x| chart.x + x).find_map(free)
        };
        let Some((text, place)) = forms.iter().find_map(|text| Some((text, place(text)?))) else { continue };
        words(place, text, chart.width, theme.lane(index), buffer);
    }
}

fn title<'a>(scene: &Scene, theme: &Theme, curves: Option<&[Canvas; 4]>, width: u16) -> Line<'a> {
    let definition = scene.view.quantity.definition();
    let dim = theme.style(Role::Dim);
    let name = if width < NARROW { "profile" } else { "depth profile" };
    let symbol = theme.glyph(definition.symbol, definition.ascii);
    let mut parts = Vec::new();
    // The chosen quantity is named at every size.
    let is_chosen = scene.view.quantity != Quantity::default();
    if is_chosen {
        parts.push((0, Line::styled(definition.name.replace('_', " "), theme.style(Role::Strong))));
    }
    parts.push((u8::from(is_chosen) * 2, Line::styled(name, theme.style(Role::Strong))));
    if !(is_chosen && symbol == definition.name) {
        parts.push((2, Line::styled(symbol, dim)));
    }
    parts.extend(scene.cursor_step().map(|step| (3, Line::styled(format!("step {}", number::count(step.0)), dim))));
    let older = older(scene).into_iter().map(|words| (1, Line::styled(words, theme.style(Role::Text))));
    parts.extend(older);
    let config = scene.config();
    let every = schedule::words(config, definition.measured_with);
    parts.extend(every.map(|every| (4, Line::styled(every.long, dim))));
    let is_drawn = |stroke| curves.into_iter().flatten().any(|canvas| canvas.stroke() == stroke && canvas.has_dots());
    if is_drawn(Stroke::Dashed) {
        parts.push((5, Line::styled("dashed: theory at init", dim)));
    }
    if is_drawn(Stroke::Dotted) {
        parts.push((6, Line::styled("dotted: 95 % of nets", dim)));
    }
    fit(parts, width)
}

/// The step of the lines if it is not the cursor's: once if it is the same for all lanes.
fn older(scene: &Scene) -> Vec<String> {
    let of_step = |lane: LaneRef<'_>| {
        let words = schedule::of_shown_step(scene, &lane, scene.view.quantity).map(|words| words.long);
        (scene.lane_name(&lane), words)
    };
    let shown: Vec<_> = scene.lanes().filter(|lane| scene.shown_step(lane).is_some()).map(of_step).collect();
    let Some((_, first)) = shown.first() else { return Vec::new() };
    if shown.iter().all(|(_, words)| words == first) {
        return first.clone().into_iter().collect();
    }
    shown.into_iter().filter_map(|(name, words)| Some(format!("{name} {}", words?))).collect()
}

/// Layer names if all lanes have the same layers, otherwise shares of the depth.
fn layer_labels(scene: &Scene, theme: &Theme, edge: Rect, column: impl Fn(f64) -> Option<u16>, buffer: &mut Buffer) {
    let mut labels = Labels::new(edge);
    let mut lanes = scene.lanes();
    let Some(first) = lanes.next() else { return };
    let layers = first.history.layers();
    let same = lanes.all(|lane| lane.history.layers() == layers);
    let mut put = |depth: f64, text: &str, role: Role| {
        if let Some(column) = column(depth) {
            labels.put(column, text, theme.style(role), buffer);
        }
    };
    let middle = |layer: usize| (layer as f64 + 0.5) / layers as f64;
    if !same {
        let share = format!("{}{:.0} %", theme.glyph("▴", ""), scene.view.cursor.depth * 100.0);
        put(scene.view.cursor.depth, &share, Role::Cursor);
        for quarter in 0..=4 {
            let depth = f64::from(quarter) / 4.0;
            put(depth.min(0.9999), &format!("{:.0} %", depth * 100.0), Role::Dim);
        }
        return;
    }
    let name = |layer: usize| first.header.layers.label(LayerId(layer as u32));
    let cursor = first.layer_at(scene.view.cursor.depth).index();
    put(middle(cursor), &format!("{}{}", theme.glyph("▴", ""), name(cursor)), Role::Cursor);
    let in_view = LayerAxis::new(layers, &scene.view.depth, 1).layers;
    let round = round::counts(&(in_view.start as u64..in_view.end as u64), usize::from(edge.width / 8).max(1));
    for layer in [in_view.start.max(1), in_view.end.saturating_sub(1).min(layers.saturating_sub(2))]
        .into_iter()
        .chain(round.into_iter().map(|layer| layer as usize))
    {
        put(middle(layer), &name(layer), Role::Dim);
    }
}

fn value_labels(scene: &Scene, theme: &Theme, chart: Rect, scale: Scale, buffer: &mut Buffer) {
    let rows = usize::from(chart.height);
    let steps = (rows / 2).clamp(1, 6);
    let span = scale.high - scale.low;
    let axis = scene.view.quantity.definition().axis;
    let (stride, top) = match axis {
        Axis::Log => ((span / steps as f32).ceil().max(1.0), scale.high),
        Axis::Linear => {
            let stride = round::above(f64::from(span / steps as f32)) as f32;
            (stride, (scale.high / stride + 0.01).floor() * stride)
        }
    };
    // The labels are multiples, not a running sum, which would miss 0 by a hair.
    for multiple in 0..=((top - scale.low) / stride + 0.01) as u16 {
        let value = match axis {
            Axis::Log => top - f32::from(multiple) * stride,
            Axis::Linear => ((top / stride).round() - f32::from(multiple)) * stride,
        };
        let text = match axis {
            Axis::Log => number::power(value),
            Axis::Linear => number::value(f64::from(value)),
        };
        let row = dot_of(f64::from(value), f64::from(scale.low), f64::from(scale.high), rows * DOWN) / DOWN;
        axis_number(theme, chart, row as u16, &text, buffer);
    }
}

/// The curves from back to front: measured ones are on top.
fn curves(scene: &Scene, chart: Rect, scale: Scale) -> [Canvas; 4] {
    [
        (Stroke::Dotted, &scene.cache.bands[0]),
        (Stroke::Dotted, &scene.cache.bands[1]),
        (Stroke::Dashed, &scene.cache.predicted),
        (Stroke::Solid, &scene.cache.profiles),
    ]
    .map(|(stroke, curves)| {
        let mut canvas = Canvas::new(chart, stroke);
        for (lane, cells) in curves.iter().enumerate() {
            curve(&mut canvas, scene, scale, lane, cells);
        }
        canvas
    })
}

/// One lane's values from left to right; the curve is interrupted where there is none, and a theory curve where the
/// scale ends.
fn curve(canvas: &mut Canvas, scene: &Scene, scale: Scale, lane: usize, cells: &[Cell]) {
    let (width, height) = (canvas.width() as f64, canvas.height());
    let depth = &scene.view.depth;
    let is_within = |value: f32| canvas.stroke() == Stroke::Solid || (scale.low..=scale.high).contains(&value);
    let points: Vec<Option<(usize, usize)>> = (0..)
        .zip(cells)
        .map(|(layer, cell)| {
            let middle = (f64::from(layer) + 0.5) / cells.len() as f64;
            let share = (middle - depth.start) / (depth.end - depth.start);
            let Cell::Value(value) = *cell else { return None };
            let row = dot_of(f64::from(value), f64::from(scale.low), f64::from(scale.high), height);
            ((0.0..=1.0).contains(&share) && is_within(value)).then_some(((share * width) as usize, row))
        })
        .collect();
    let mut before = None;
    for point in points {
        if let Some(here) = point {
            canvas.line(before.unwrap_or(here), here, lane);
        }
        before = point;
    }
}

fn specials(scene: &Scene, theme: &Theme, chart: Rect, column: impl Fn(f64) -> Option<u16>, buffer: &mut Buffer) {
    for cells in &scene.cache.profiles {
        for (layer, cell) in cells.iter().enumerate() {
            let row = match cell {
                Cell::Nan | Cell::Infinite => chart.y,
                Cell::Zero => chart.bottom() - 1,
                Cell::Empty | Cell::Absent | Cell::Value(_) => continue,
            };
            let Some(column) = column((layer as f64 + 0.5) / cells.len() as f64) else { continue };
            let (unicode, ascii, role) = special_look(*cell);
            dot((chart.x + column, row), theme.glyph(unicode, ascii), theme.style(role), buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, LaneEnd, Outcome};
    use crate::tui::prepare::prepare;
    use crate::tui::sample;
    use crate::tui::scene::ViewId;
    use crate::tui::source::SourceKind;
    use crate::units::{LaneId, Step};

    /// Lanes of which all but the last ended early; the last has its line at the top of the chart.
    fn ended(lanes: u16, at_top: bool) -> Scene {
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &sample::header(&vec![("a lane", 20); usize::from(lanes)]));
        for lane in 0..lanes {
            let value = |_, layer: usize| Some(10f32.powf(if at_top { 0.0 } else { -(layer as f32) / 2.0 }));
            let last = if lane + 1 == lanes { 40 } else { 15 };
            (1..=last).for_each(|at| scene.take(0, &sample::step(lane, at, 2.3, 22, value)));
            if lane + 1 < lanes {
                let end = LaneEnd { lane: LaneId(lane), step: Step(15), outcome: Outcome::Completed };
                scene.take(0, &Event::LaneEnded(end));
            }
        }
        scene.view.shown = ViewId::new("profile");
        scene
    }

    #[test]
    fn words_about_lanes_that_ended_never_cover_what_is_drawn() {
        for (lanes, at_top) in [(2, true), (2, false), (8, true), (8, false)] {
            for size in [Rect::new(0, 0, 30, 8), Rect::new(0, 0, 80, 12), Rect::new(0, 0, 120, 24)] {
                let (theme, mut scene) = (sample::theme(), ended(lanes, at_top));
                prepare(&mut scene, &theme, Rect::new(0, 0, 120, 40));
                let mut drawn = Buffer::empty(size);
                drawing(&scene, &theme, size, &mut drawn);
                let mut complete = drawn.clone();
                missing(&scene, &theme, chart_of(size), &mut complete);
                for position in size.positions() {
                    let is_free = matches!(drawn[position].symbol(), " " | "│");
                    assert!(is_free || drawn[position] == complete[position], "{lanes} lanes in {size} at {position}");
                }
                let text: String = complete.content().iter().map(ratatui::buffer::Cell::symbol).collect();
                let count = text.matches("ended at step 15").count();
                assert!(size.width < 80 || count > 0, "{lanes} lanes in {size}: {count}");
                assert!(size.height < 20 || count == usize::from(lanes) - 1, "{lanes} lanes in {size}: {count}");
            }
        }
    }

    #[test]
    fn a_line_beyond_the_colours_is_drawn_whole() {
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &sample::header(&[("plain", 20)]));
        for at in 1..=20 {
            let (loss, grows) = if at == 20 { (1e9, 1.5f32) } else { (2.3, 0.9) };
            scene.take(0, &sample::step(0, at, loss, 22, move |_, layer| Some(grows.powf(21.0 - layer as f32))));
        }
        prepare(&mut scene, &sample::theme(), Rect::new(0, 0, 120, 40));
        let colours = scene.scales.of(scene.view.quantity).expect("values");
        let largest = 1.5f32.powi(20).log10();
        assert!(colours.high < largest, "a lane that has blown up does not widen the colours: {colours:?}");
        assert!(axis_of(&scene).is_some_and(|axis| axis.high >= largest && axis.low <= colours.low));
    }

    #[test]
    fn a_quantity_that_was_chosen_is_named_in_every_title() {
        for quantity in Quantity::ALL.iter().copied().filter(|quantity| *quantity != Quantity::default()) {
            for (width, height) in [(60, 20), (80, 24), (120, 40), (200, 60)] {
                let mut scene = sample::demo(20);
                scene.view.quantity = quantity;
                prepare(&mut scene, &sample::theme(), Rect::new(0, 0, width, height));
                for frame in [width / 5, width / 4, width / 2] {
                    let title = title(&scene, &sample::theme(), None, frame - 6).to_string();
                    let name = quantity.name().replace('_', " ");
                    let shown = title.trim_end_matches('…');
                    assert!(
                        title.starts_with(&name) || (shown.len() > 3 && name.starts_with(shown)),
                        "{title}: {name}"
                    );
                }
            }
        }
    }
}
