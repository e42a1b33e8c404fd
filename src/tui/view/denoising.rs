//! The gradient by timestep: layers from top to bottom, spans of timesteps from left to right, from little noise to
//! pure noise; above them the loss of each span, in percent of the loss of predicting 0.
//!
//! ```text
//! ╭─ residual  ‖g‖ by timestep  step 201 ─────╮
//! │ loss%70   36   21   11   6    3    2    2     │
//! │ stem ▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░ │
//! │    1 ▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░ │
//! ╰──────1─────────────────────────────────1000──╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::definition::{ViewDefinition, ViewKey};
use super::legend::{LegendContext, Part, numbers};
use crate::event::{Dated, Denoising};
use crate::grid::Value;
use crate::history::Cell;
use crate::number;
use crate::quantity::Quantity;
use crate::tui::axis::LayerAxis;
use crate::tui::keymap::key::Key;
use crate::tui::pane::cell::Cross;
use crate::tui::pane::frame::{framed, words};
use crate::tui::pane::heatmap::title::NARROW;
use crate::tui::pane::heatmap::{layer_labels, painter, row_of};
use crate::tui::pane::record::{self, DENOISING, Shown, is_diffusion, why_none};
use crate::tui::pane::split::padded;
use crate::tui::pane::{LanePane, Pane};
use crate::tui::scene::ViewId;
use crate::tui::theme::{Role, Theme};
use crate::units::Step;

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    key: Some(ViewKey { key: Key::char('t'), label: "t" }),
    draw,
    contents: |scene| scene.lanes().any(|lane| lane.history.snapshot::<Denoising>(Step(u64::MAX)).is_some()),
    coloured: |_| Quantity::GradNorm,
    legend: Some(legend),
    ..ViewDefinition::new(ViewId::new("denoising"), "gradient by timestep")
};

fn draw(lane_pane: &LanePane<'_>, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, .. } = *lane_pane;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let record = scene.shown_step(&lane).and_then(|step| lane.history.snapshot::<Denoising>(step));
    let what = if pane.frame.width < NARROW {
        theme.glyph("‖g‖ by t", "|g| by t")
    } else {
        theme.glyph("‖g‖ by timestep", "|g| by timestep")
    };
    let shown = record.map(|record| Shown { what: what.to_owned(), step: record.step, bad: None });
    framed(theme, pane.frame, &record::title(lane_pane, &lane, &DENOISING, shown), buffer);
    let Some(record) = record else {
        let lines = if is_diffusion(&lane) {
            why_none(scene, &lane, &DENOISING)
        } else {
            vec!["no timesteps: only diffusion models have them".to_owned()]
        };
        record::lines(theme, &lines, padded(pane.frame), buffer);
        return;
    };
    losses(theme, pane, record, buffer);
    let below = Pane { picture: under(pane.picture), labels: under(pane.labels), ..*pane };
    let pixels = usize::from(below.picture.height) * theme.pixels_per_cell();
    let layers = LayerAxis::new(lane.history.layers(), &scene.view.depth, pixels);
    picture(&LanePane { pane: &below, ..*lane_pane }, record, &layers, buffer);
    layer_labels(scene, theme, &below, &layers, buffer);
    times(theme, pane, record, buffer);
}

fn legend(context: &LegendContext<'_>) -> Vec<Part> {
    let painter = painter(context.scene, context.theme, Quantity::GradNorm);
    let mut parts = vec![context.bar(&painter, numbers(Quantity::GradNorm, painter.scale))];
    parts.extend(context.lanes_in_view());
    parts.push(context.words(1, "gradient of the loss at these timesteps only"));
    parts.extend(context.specials());
    parts
}

/// The area without its first line.
fn under(area: Rect) -> Rect {
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

/// The span that a column shows.
fn span_of(column: u16, width: u16, spans: usize) -> usize {
    usize::from(column) * spans / usize::from(width).max(1)
}

fn picture(lane_pane: &LanePane<'_>, record: Dated<'_, Denoising>, layers: &LayerAxis, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, .. } = *lane_pane;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let (painter, per_cell) = (painter(scene, theme, Quantity::GradNorm), theme.pixels_per_cell());
    let cursor = row_of(layers, lane.layer_at(scene.view.cursor.depth).index(), per_cell);
    for row in 0..pane.picture.height {
        let first = usize::from(row) * per_cell;
        let cross = if cursor == Some(usize::from(row)) { Cross::Horizontal } else { Cross::Away };
        for column in 0..pane.picture.width {
            let span = record.spans.get(span_of(column, pane.picture.width, record.spans.len()));
            let cell_of = |pixel: usize| {
                let norm = span.and_then(|span| span.grad_norms.get(layers.layer_at(pixel)));
                norm.map_or(Cell::Absent, |norm| cell(*norm))
            };
            if let Some(cell) = buffer.cell_mut((pane.picture.x + column, pane.picture.y + row)) {
                painter.paint([cell_of(first), cell_of(first + per_cell - 1)], cross, cell);
            }
        }
    }
}

/// log₁₀ ‖g‖, as in the heatmaps.
fn cell(norm: Value) -> Cell {
    match norm.get() {
        None => Cell::Absent,
        Some(norm) if norm.is_nan() => Cell::Nan,
        Some(norm) if norm.is_infinite() => Cell::Infinite,
        Some(0.0) => Cell::Zero,
        Some(norm) => Cell::Value(norm.log10()),
    }
}

/// Draws the loss of every span above its columns, all in one form: as numbers, in percent of the loss of predicting 0,
/// or not at all if there is no room.
fn losses(theme: &Theme, pane: &Pane, record: Dated<'_, Denoising>, buffer: &mut Buffer) {
    let (width, spans) = (usize::from(pane.picture.width), record.spans.len().max(1));
    let losses: Vec<Option<f32>> = record.spans.iter().map(|span| span.loss.get()).collect();
    let Some((label, texts)) = forms(&losses, (width / spans).saturating_sub(1)) else { return };
    words((pane.labels.x, pane.labels.y), label, pane.labels.width, theme.style(Role::Dim), buffer);
    for (index, (text, loss)) in texts.iter().zip(losses).enumerate() {
        let (start, end) = (index * width / spans, (index + 1) * width / spans);
        let role = if loss.is_none_or(f32::is_finite) { Role::Text } else { Role::Bad };
        let place = (pane.picture.x + start as u16, pane.picture.y);
        words(place, text, (end - start) as u16, theme.style(role), buffer);
    }
}

/// Losses in the longest form that fits into this many columns, with its label: in percent, `+` replaces a value that
/// is too long, `!` one that is not finite, `-` one that was not measured.
fn forms(losses: &[Option<f32>], room: usize) -> Option<(&'static str, Vec<String>)> {
    let value = |loss: &Option<f32>| loss.map_or_else(|| "-".to_owned(), |loss| number::value(f64::from(loss)));
    let percent = |loss: &Option<f32>| match loss {
        None => "-".to_owned(),
        Some(loss) if !loss.is_finite() => "!".to_owned(),
        Some(loss) => format!("{:.0}", 100.0 * loss),
    };
    let values: Vec<String> = losses.iter().map(value).collect();
    if values.iter().all(|text| text.chars().count() <= room) {
        return Some(("loss", values));
    }
    let fitting = |text: String| if text.len() <= room { text } else { "+".to_owned() };
    // Two columns are enough for all losses below 1.
    (room >= 2).then(|| ("loss%", losses.iter().map(percent).map(fitting).collect()))
}

/// Writes the first and the last timestep into the lower edge.
fn times(theme: &Theme, pane: &Pane, record: Dated<'_, Denoising>, buffer: &mut Buffer) {
    let edge = Rect { y: pane.frame.bottom().saturating_sub(1), height: 1, ..pane.picture };
    let ends = record.spans.first().zip(record.spans.last()).map(|(first, last)| (first.first, last.last));
    let Some((first, last)) = ends else { return };
    let (first, last) = (format!("t {first}"), last.to_string());
    words((edge.x, edge.y), &first, edge.width, theme.style(Role::Dim), buffer);
    let end = edge.width.saturating_sub(last.len() as u16);
    words((edge.x + end, edge.y), &last, last.len() as u16, theme.style(Role::Dim), buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_written_in_one_form_which_fits() {
        let form_within = |room| forms(&[Some(0.5375), Some(0.012), Some(2.25)], room);
        let words = |words: [&str; 3]| words.map(str::to_owned).to_vec();
        assert_eq!(form_within(6), Some(("loss", words(["0.538", "0.0120", "2.25"]))));
        assert_eq!(form_within(3), Some(("loss%", words(["54", "1", "225"]))));
        assert_eq!(form_within(2), Some(("loss%", words(["54", "1", "+"]))));
        assert_eq!(form_within(1), None);
        assert_eq!(forms(&[Some(f32::NAN), None, Some(0.5)], 2), Some(("loss%", words(["!", "-", "50"]))));
    }

    #[test]
    fn columns_cover_every_span() {
        let seen: Vec<usize> = (0..25).map(|column| span_of(column, 25, 10)).collect();
        assert_eq!((seen[0], seen[24]), (0, 9));
        assert!(seen.windows(2).all(|pair| pair[1] - pair[0] <= 1));
    }
}
