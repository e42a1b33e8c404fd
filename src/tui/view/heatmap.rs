//! One heatmap: layers from top to bottom, steps from left to right, the cursor's cross, labels in its frame.
//!
//! ```text
//! ╭─ plain  ×0.39 per block  theory ×0.41  ×1e-20 over 50 ─╮
//! │ stem ················                                    │
//! │   10 ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀                                    │
//! ╰──────1──────────60─────────120───────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::anatomy::REACH;
use super::cell::{Cross, Painter};
use super::frame::{cut, fit, framed};
use super::{stages, steps};
use crate::event::Outcome;
use crate::history::Cell;
use crate::number;
use crate::profile::Profile;
use crate::quantity::{Axis, Quantity};
use crate::round;
use crate::tui::axis::{LayerAxis, StepAxis};
use crate::tui::layout::Pane;
use crate::tui::scale::Scale;
use crate::tui::scene::{LaneRef, Mode, Scene, Standing};
use crate::tui::schedule;
use crate::tui::theme::{Glyphs, Role, Theme, contrast};

/// Columns of a pane below which its title is shortened.
pub(super) const NARROW: u16 = 48;
/// Columns of a pane from which its title has room for whole phrases.
const WIDE: u16 = 72;
/// Rows between two labels of layers.
const LAYER_LABELS: usize = 3;

pub(super) fn render(scene: &Scene, theme: &Theme, pane: &Pane, axis: &StepAxis, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    framed(theme, pane.frame, &title(scene, theme, pane, &lane), buffer);
    let pixels = usize::from(pane.picture.height) * theme.pixels_per_cell();
    let layers = LayerAxis::new(lane.history.layers(), &scene.view.depth, pixels);
    picture(scene, theme, pane, axis, buffer);
    layer_labels(scene, theme, pane, &layers, buffer);
    let edge = Rect { y: pane.frame.bottom().saturating_sub(1), height: 1, ..pane.picture };
    let column = |step| axis.columns_of_step(step).map(|columns| columns.start);
    steps::label(theme, edge, &axis.steps(), scene.cursor_step().map(|step| step.0), column, buffer);
}

/// The scale and palette of the view.
pub(super) fn painter<'a>(scene: &Scene, theme: &'a Theme) -> Painter<'a> {
    let quantity = scene.view.quantity;
    if scene.view.mode == Mode::Difference {
        return Painter { theme, palette: theme.diverging(), scale: scene.scales.difference(quantity) };
    }
    if scene.view.mode == Mode::Anatomy {
        return Painter { theme, palette: theme.diverging(), scale: Scale { low: -REACH, high: REACH } };
    }
    if scene.view.mode == Mode::Histogram {
        return Painter { theme, palette: theme.sequential(), scale: super::histogram::SHARES };
    }
    let scale = scene.scales.of(scene.coloured()).unwrap_or(Scale { low: 0.0, high: 1.0 });
    Painter { theme, palette: theme.sequential(), scale }
}

fn picture(scene: &Scene, theme: &Theme, pane: &Pane, axis: &StepAxis, buffer: &mut Buffer) {
    let Some(plate) = scene.picture.plates.get(&pane.lane) else { return };
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let painter = painter(scene, theme);
    let per_cell = theme.pixels_per_cell();
    // A cursor that follows the newest step stands at the edge of the picture: a line there would hide what is new, and
    // to move it would cost a terminal as much as the new column.
    let column_of_cursor =
        scene.view.cursor.step.and(scene.cursor_step()).and_then(|step| middle(&axis.columns_of_step(step.0)?));
    let layer = lane.layer_at(scene.view.cursor.depth).index();
    let row_of_cursor = plate.layers().and_then(|layers| row_of(layers, layer, per_cell));
    let is_difference = scene.view.mode == Mode::Difference;
    for row in 0..pane.picture.height {
        let first = usize::from(row) * per_cell;
        let pixels = [first, first + per_cell - 1];
        let is_row = row_of_cursor == Some(usize::from(row));
        for column in 0..pane.picture.width.min(axis.columns()) {
            let bin = axis.bin_of_column(column);
            let at = |pixel| {
                if is_difference { scene.picture.ratio(pane.lane, pixel, bin) } else { plate.at(pixel, bin) }
            };
            let cross = match (column_of_cursor == Some(column), is_row) {
                (false, false) => Cross::Away,
                (true, false) => Cross::Vertical,
                (false, true) => Cross::Horizontal,
                (true, true) => Cross::Centre,
            };
            if let Some(cell) = buffer.cell_mut((pane.picture.x + column, pane.picture.y + row)) {
                painter.paint(pixels.map(at), cross, cell);
            }
        }
    }
}

/// Name, quantity, fit and end; what matters least goes first where the pane is narrow.
fn title<'a>(scene: &Scene, theme: &Theme, pane: &Pane, lane: &LaneRef<'_>) -> Line<'a> {
    let definition = scene.view.quantity.definition();
    let symbol = theme.glyph(definition.symbol, definition.ascii);
    let (dim, bold) = (theme.style(Role::Dim), Modifier::BOLD);
    let mut name = vec![Span::styled(scene.lane_name(lane), theme.lane(pane.lane).add_modifier(bold))];
    if scene.view.mode == Mode::Difference {
        let first = scene.lanes().next().map_or_else(String::new, |first| scene.lane_name(&first));
        name.push(Span::styled(if definition.axis == Axis::Log { " ÷ " } else { " − " }, dim));
        name.push(Span::styled(first, theme.lane(0).add_modifier(bold)));
        let how = match definition.axis {
            Axis::Log => "log-ratio",
            Axis::Linear => "difference",
        };
        let what = Line::styled(format!("{how} of {symbol}"), dim);
        return fit(vec![(0, Line::from(name)), (1, what)], pane.frame.width.saturating_sub(6));
    }
    // Numbers without the name of what they measure say nothing: it gives way to the lane's name and end alone.
    let mut parts = vec![(0, Line::from(name)), (1, Line::styled(symbol, dim))];
    if let Some(profile) = scene.picture.signals.get(pane.lane) {
        parts.extend(signal(scene, theme, pane, lane, profile));
    }
    let every = schedule::words(lane.run.header().config.as_ref(), definition.cadence);
    let every = every.map(|every| if pane.frame.width < NARROW { every.short } else { every.long });
    parts.extend(every.map(|every| (3, Line::styled(every, dim))));
    parts.extend(end_of(scene, theme, pane, lane));
    fit(parts, pane.frame.width.saturating_sub(6))
}

/// `×0.41 per block` on the colour that the scale has for block 1, what is left over the depth, and what is no number.
fn signal<'a>(scene: &Scene, theme: &Theme, pane: &Pane, lane: &LaneRef<'_>, profile: &Profile) -> Vec<(u8, Line<'a>)> {
    let is_shown = scene.view.quantity == Quantity::SignalNorm;
    let mut parts = Vec::new();
    if let Some(fit) = &profile.fit {
        let of = if is_shown { "" } else { "signal " };
        let per = if pane.frame.width < NARROW { "/block" } else { " per block" };
        let blocks = if pane.frame.width < WIDE { "" } else { " blocks" };
        let factor = format!(" {of}{}{per} ", number::factor(fit.rho));
        let left =
            profile.attenuation.map(|left| format!("×{} over {}{blocks}", number::magnitude(left), profile.blocks));
        parts.push((1, Line::from(Span::styled(factor, chip(scene, theme, pane, lane)))));
        parts.extend(predicted(scene, theme, pane));
        parts.extend(left.map(|left| (4, Line::styled(left, theme.style(Role::Dim)))));
    }
    if let Some(block) = profile.underflow {
        parts.push((2, Line::styled(format!("underflow at block {block}"), theme.style(Role::Warning))));
    }
    if let Some(block) = profile.dead {
        parts.push((2, Line::styled(format!("dead at block {block}"), theme.style(Role::Warning))));
    }
    if profile.non_finite > 0 {
        parts.push((3, Line::styled(format!("{} not finite", profile.non_finite), theme.style(Role::Bad))));
    }
    if profile.zeros > 0 && is_shown {
        let text = format!("0 in {} of {} blocks", profile.zeros, profile.blocks);
        parts.push((1, Line::styled(text, theme.style(Role::Bad))));
    }
    parts
}

/// `theory ×0.41 at init`, the geometric mean over the blocks.
fn predicted<'a>(scene: &Scene, theme: &Theme, pane: &Pane) -> Option<(u8, Line<'a>)> {
    let gain = scene.picture.theories.get(pane.lane)?.as_ref().ok()?.gain_per_block()?;
    let (rank, at) = match pane.frame.width {
        ..NARROW => (6, ""),
        NARROW..WIDE => (3, ""),
        _ => (3, " at init"),
    };
    Some((rank, Line::styled(format!("theory {}{at}", number::factor(gain)), theme.style(Role::Dim))))
}

/// The colour of the topmost value of the profile, as ground.
fn chip(scene: &Scene, theme: &Theme, pane: &Pane, lane: &LaneRef<'_>) -> Style {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let value = scene.picture.profiles.get(pane.lane).and_then(|cells| {
        cells.iter().find_map(|cell| if let Cell::Value(value) = cell { Some(*value) } else { None })
    });
    let painter = painter(scene, theme);
    let Some(value) = value.filter(|_| lane.history.layers() > 0) else { return bold };
    let shade = painter.palette.at(painter.scale.position(value));
    if shade.ground == ratatui::style::Color::Reset || theme.glyphs == Glyphs::Ascii {
        return bold;
    }
    bold.bg(shade.ground).fg(contrast(shade.ground))
}

/// How the lane ended; of one that took all its steps only that the cursor stands after them, and the same of one that is
/// far behind.
fn end_of<'a>(scene: &Scene, theme: &Theme, pane: &Pane, lane: &LaneRef<'_>) -> Option<(u8, Line<'a>)> {
    let why_nothing = || scene.standing(lane).and_then(Standing::why_nothing);
    let after = || why_nothing().map(|why| (0, Line::styled(why, theme.style(Role::Warning))));
    let Some(end) = lane.history.end() else { return after() };
    let at = if pane.frame.width < NARROW { "at" } else { "at step" };
    let step = format!("{at} {}", number::count(end.step.0));
    let (words, role) = match &end.outcome {
        Outcome::Completed => return after(),
        Outcome::Stopped => (format!("stopped {step}"), Role::Warning),
        Outcome::Diverged => (format!("diverged {step}"), Role::Bad),
        Outcome::Failed(message) => (format!("failed {step}: {message}"), Role::Bad),
    };
    // Before the fit: a lane that ended is no longer described by it.
    Some((0, Line::styled(words, theme.style(role))))
}

/// The row of cells that shows the middle of a layer, unless it lies outside.
pub(super) fn row_of(layers: &LayerAxis, layer: usize, pixels_per_cell: usize) -> Option<usize> {
    let pixels = layers.pixels_of(layer);
    (!pixels.is_empty()).then(|| (pixels.start + pixels.end - 1) / 2 / pixels_per_cell)
}

/// The column in the middle of several.
fn middle(columns: &std::ops::Range<u16>) -> Option<u16> {
    columns.clone().nth(columns.len().saturating_sub(1) / 2)
}

/// `stem`, round block numbers, `head`, and the cursor's layer, right-aligned beside their rows; stages at their left.
pub(super) fn layer_labels(scene: &Scene, theme: &Theme, pane: &Pane, layers: &LayerAxis, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    stages::brackets(scene, theme, pane, layers, buffer);
    let per_cell = theme.pixels_per_cell();
    let most = usize::from(pane.picture.height) / LAYER_LABELS;
    let cursor = lane.layer_at(scene.view.cursor.depth).index();
    let last = lane.history.layers().saturating_sub(1);
    let range = layers.layers.start as u64..layers.layers.end as u64;
    // The cursor first, then the ends, then round numbers: what comes first keeps its place.
    let mut wanted = vec![cursor, layers.layers.start, layers.layers.end.saturating_sub(1), 1, last];
    wanted.extend(round::counts(&range, most.max(2)).into_iter().map(|layer| layer as usize));
    let mut taken: Vec<usize> = Vec::new();
    for layer in wanted {
        let Some(row) = row_of(layers, layer, per_cell) else { continue };
        let near = if layer == cursor || layer <= 1 || layer == last { 1 } else { 2 };
        if taken.iter().any(|other| other.abs_diff(row) < near) {
            continue;
        }
        taken.push(row);
        let is_cursor = layer == cursor;
        let style = theme.style(if is_cursor { Role::Cursor } else { Role::Dim });
        let name = lane.header.layers.label(crate::units::LayerId(layer as u32));
        let mark = if is_cursor { theme.glyph("▸", ">") } else { " " };
        let left = stages::columns(scene, pane.frame.width);
        let width = usize::from(pane.labels.width.saturating_sub(left + 1));
        let name = cut(&Line::raw(name), width as u16).to_string();
        let place = (pane.labels.x + left, pane.labels.y + row as u16);
        buffer.set_stringn(place.0, place.1, format!("{name:>width$}{mark}"), width + 1, style);
    }
}
