//! One heatmap: layers from top to bottom, steps from left to right, the cursor's cross, labels in its frame.
//!
//! ```text
//! ╭─ plain ‖∂L/∂x‖  ×0.41 per block  1e-19 over 50 ─╮
//! │ stem ················                            │
//! │   10 ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀                            │
//! ╰──────1──────────60─────────120───────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::cell::{Cross, Painter};
use super::{frame::framed, steps};
use crate::event::Outcome;
use crate::history::Cell;
use crate::profile::Profile;
use crate::quantity::Quantity;
use crate::tui::axis::{LayerAxis, StepAxis, ticks};
use crate::tui::layout::Pane;
use crate::tui::number;
use crate::tui::scale::Scale;
use crate::tui::scene::{LaneRef, Mode, Scene};
use crate::tui::theme::{Glyphs, Role, Theme, contrast};

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
    match scene.view.mode {
        Mode::Difference => Painter { theme, palette: theme.diverging(), scale: scene.scales.difference(quantity) },
        _ => {
            let scale = scene.scales.of(quantity).unwrap_or(Scale { low: 0.0, high: 1.0 });
            Painter { theme, palette: theme.sequential(), scale }
        }
    }
}

fn picture(scene: &Scene, theme: &Theme, pane: &Pane, axis: &StepAxis, buffer: &mut Buffer) {
    let Some(plate) = scene.picture.plates.get(&pane.lane) else { return };
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let painter = painter(scene, theme);
    let per_cell = theme.pixels_per_cell();
    let columns = scene.cursor_step().and_then(|step| axis.columns_of_step(step.0)).unwrap_or(0..0);
    let layer = lane.layer_at(scene.view.cursor.depth).index();
    let lines = plate.layers().map_or(0..0, |layers| layers.pixels_of(layer));
    let is_difference = scene.view.mode == Mode::Difference;
    for row in 0..pane.picture.height {
        let first = usize::from(row) * per_cell;
        let pixels = [first, first + per_cell - 1];
        let horizontal = pixels.map(|pixel| lines.contains(&pixel));
        for column in 0..pane.picture.width.min(axis.columns()) {
            let bin = axis.bin_of_column(column);
            let at = |pixel| {
                if is_difference { scene.picture.ratio(pane.lane, pixel, bin) } else { plate.at(pixel, bin) }
            };
            let cross = Cross { vertical: columns.contains(&column), horizontal };
            if let Some(cell) = buffer.cell_mut((pane.picture.x + column, pane.picture.y + row)) {
                painter.paint(pixels.map(at), cross, cell);
            }
        }
    }
}

fn title<'a>(scene: &Scene, theme: &Theme, pane: &Pane, lane: &LaneRef<'_>) -> Line<'a> {
    let definition = scene.view.quantity.definition();
    let symbol = theme.glyph(definition.symbol, definition.ascii);
    let dim = theme.style(Role::Dim);
    let mut spans = vec![Span::styled(scene.lane_name(lane), theme.lane(pane.lane).add_modifier(Modifier::BOLD))];
    if scene.view.mode == Mode::Difference {
        let first = scene.lanes().next().map_or_else(String::new, |first| scene.lane_name(&first));
        spans.push(Span::styled(" ÷ ", dim));
        spans.push(Span::styled(first, theme.lane(0).add_modifier(Modifier::BOLD)));
        spans.push(Span::styled(format!("  log-ratio of {symbol}"), dim));
        return Line::from(spans);
    }
    spans.push(Span::styled(format!("  {symbol}"), dim));
    if let Some(fit) = scene.picture.fits.get(pane.lane).and_then(Option::as_ref) {
        spans.extend(fitted(scene, theme, pane, lane, fit));
    }
    spans.extend(end_of(theme, lane));
    Line::from(spans)
}

/// `×0.41 per block` on the colour that the scale has for block 1, and what is left over the depth.
fn fitted<'a>(scene: &Scene, theme: &Theme, pane: &Pane, lane: &LaneRef<'_>, fit: &Profile) -> Vec<Span<'a>> {
    let dim = theme.style(Role::Dim);
    let depth = lane.header.layers.blocks();
    let of = if scene.view.quantity == Quantity::SignalNorm { "" } else { "signal " };
    let factor = format!(" {of}{} per block ", number::factor(fit.rho));
    let mut spans = vec![Span::raw("  ")];
    spans.push(Span::styled(factor, chip(scene, theme, pane, lane)));
    spans.push(Span::styled(format!(" {} over {depth}", number::magnitude(fit.attenuation)), dim));
    if let Some(block) = fit.underflow {
        spans.push(Span::styled(format!(" · underflow at block {block}"), theme.style(Role::Warning)));
    }
    if fit.non_finite > 0 {
        spans.push(Span::styled(format!(" · {} not finite", fit.non_finite), theme.style(Role::Bad)));
    }
    spans
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

fn end_of<'a>(theme: &Theme, lane: &LaneRef<'_>) -> Vec<Span<'a>> {
    let Some(end) = lane.history.end() else { return Vec::new() };
    let step = number::count(end.step.0);
    let (words, role) = match &end.outcome {
        Outcome::Completed => return Vec::new(),
        Outcome::Stopped => (format!("stopped at step {step}"), Role::Warning),
        Outcome::Diverged => (format!("diverged at step {step}"), Role::Bad),
        Outcome::Failed(message) => (format!("failed at step {step}: {message}"), Role::Bad),
    };
    vec![Span::styled(format!("  {words}"), theme.style(role))]
}

/// `stem`, round block numbers, `head`, and the cursor's layer, right-aligned beside their rows.
fn layer_labels(scene: &Scene, theme: &Theme, pane: &Pane, layers: &LayerAxis, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let per_cell = theme.pixels_per_cell();
    let row_of = |layer: usize| {
        let pixels = layers.pixels_of(layer);
        (!pixels.is_empty()).then(|| pixels.start / per_cell)
    };
    let most = usize::from(pane.picture.height) / LAYER_LABELS;
    let cursor = lane.layer_at(scene.view.cursor.depth).index();
    let last = lane.history.layers().saturating_sub(1);
    let range = layers.layers.start as u64..layers.layers.end as u64;
    // The cursor first, then the ends, then round numbers: what comes first keeps its place.
    let mut wanted = vec![cursor, layers.layers.start, layers.layers.end.saturating_sub(1), 1, last];
    wanted.extend(ticks(&range, most.max(2)).into_iter().map(|layer| layer as usize));
    let mut taken: Vec<usize> = Vec::new();
    for layer in wanted {
        let Some(row) = row_of(layer) else { continue };
        let near = if layer == cursor || layer == 0 || layer == last { 1 } else { 2 };
        if taken.iter().any(|other| other.abs_diff(row) < near) {
            continue;
        }
        taken.push(row);
        let is_cursor = layer == cursor;
        let style = theme.style(if is_cursor { Role::Cursor } else { Role::Dim });
        let name = lane.header.layers.label(crate::units::LayerId(layer as u32));
        let mark = if is_cursor { theme.glyph("▸", ">") } else { " " };
        let width = usize::from(pane.labels.width.saturating_sub(1));
        let text: String = name.chars().take(width).collect();
        buffer.set_stringn(
            pane.labels.x,
            pane.labels.y + row as u16,
            format!("{text:>width$}{mark}"),
            width + 1,
            style,
        );
    }
}
