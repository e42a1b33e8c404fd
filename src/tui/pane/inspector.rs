//! Every quantity of all lanes at the cursor, facts about its layer, and the values of the step: exact while the step
//! is recent, later the smallest and largest of its bucket.

mod facts;
mod shown;
mod table;
mod theory;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use self::facts::Room;
use self::shown::{evaluated, scalar_at, value_at};
use self::table::Table;
use super::frame::{fit, framed, out_of_sight, words};
use crate::history::Scalar;
use crate::number;
use crate::quantity::Quantity;
use crate::tui::pane::split::inside;
use crate::tui::scene::{LaneRef, Scene};
use crate::tui::theme::{Role, Theme};
use crate::units::Step;

/// Minimum columns of a lane's values: `1.3e-14` with room.
const LEAST_VALUE: u16 = 9;
/// Maximum columns: a range such as `3e-13…4e-12`.
const MOST_VALUE: u16 = 13;
/// Minimum columns of the names, which are shortened to it.
const NAME: u16 = 9;
/// Columns of the longest name, `signal relative`, with a blank, and of an inspector that has room for it.
const WHOLE_NAME: u16 = 16;
const WIDE: u16 = 40;

/// Minimum number of quantities before the values of the step take rows from them.
const LEAST_QUANTITIES: usize = 5;

/// A row of the step: its value, its name and a short name.
type ScalarRow = (Scalar, &'static str, &'static str);

/// The rows that a lane may have.
const SCALARS: [ScalarRow; 6] = [
    (Scalar::Loss, "loss", "loss"),
    (Scalar::Accuracy, "accuracy", "accuracy"),
    (Scalar::GlobalGradNorm, "‖g‖ all layers", "‖g‖ all"),
    (Scalar::ClipScale, "clip scale", "clip scale"),
    (Scalar::ClipRate, "clip rate", "clip rate"),
    (Scalar::LearningRate, "learning rate", "lr"),
];

/// The rows that the lanes have at a step.
fn scalars(scene: &Scene, step: Step) -> Vec<ScalarRow> {
    let is_there = |scalar: Scalar| match scalar {
        Scalar::Accuracy => scene.lanes().any(|lane| shown::has_classes(&lane, step)),
        Scalar::ClipScale | Scalar::ClipRate => scene.lanes().any(|lane| scalar_at(&lane, scalar, step).is_some()),
        _ => true,
    };
    SCALARS.into_iter().filter(|(scalar, ..)| is_there(*scalar)).collect()
}

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, frame: Rect, buffer: &mut Buffer) {
    let Some(step) = scene.cursor_step() else {
        framed(theme, frame, &Line::styled("values", theme.style(Role::Strong)), buffer);
        return;
    };
    let lanes: Vec<_> = scene.lanes().collect();
    let inner = padded(inside(frame));
    let fitting = columns(frame, lanes.len());
    let first = scene.view.first_lane.min(lanes.len().saturating_sub(fitting));
    let value = (inner.width.saturating_sub(names(inner)) / fitting as u16).clamp(LEAST_VALUE, MOST_VALUE);
    let table = Table { scene, theme, area: inner, lanes: &lanes[first..first + fitting], first, value };
    let scalars = scalars(scene, step);
    let room = room(&table, scalars.len());
    let stage = facts::stage(&table).filter(|_| room != Room::Rows);
    framed(theme, frame, &title(scene, theme, step, stage), buffer);
    let mut row = table.names(inner.y, buffer);
    row = table.last_steps(row, buffer);
    row = facts::render(&table, row, room, buffer);
    let mut inexact = false;
    let quantities = table.quantities();
    // The row of theory is one of them.
    let rows = usize::from(inner.bottom().saturating_sub(row)).saturating_sub(1);
    let shown = window(&table, &quantities, rows, scalars.len());
    for (index, &quantity) in quantities.iter().enumerate().skip(shown.start).take(shown.len()) {
        if index == shown.start || is_first_of_cadence(&quantities, index) {
            row = table.cadence(row, quantity, buffer);
        }
        let shown = |lane: &LaneRef<'_>, step| value_at(lane, quantity, lane.layer_at(scene.view.cursor.depth), step);
        inexact |= table.row(row, &table.quantity_name(quantity), shown, buffer);
        row += 1;
        if quantity == theory::quantity(scene) {
            table.theory(row, buffer);
            row += 1;
        }
    }
    hidden(theme, frame, shown.start, quantities.len() - shown.end, buffer);
    // A blank line separates the layer from the step, if there is room.
    row += u16::from(usize::from(inner.bottom().saturating_sub(row)) > scalars.len() + 1);
    inexact |= of_step(&table, row, &scalars, buffer);
    let still = table.says_still(&quantities[shown]).then_some("still: not moving");
    let costs = facts::words(&table, usize::from(room_for_remarks(frame))).filter(|_| room == Room::Frame);
    let bucket = inexact.then_some("least…largest of the bucket");
    remarks(scene, theme, frame, [still, bucket, costs.as_deref()], buffer);
}

/// Draws the values of the step from this row on; returns whether one of them is a range.
fn of_step(table: &Table<'_>, mut row: u16, scalars: &[ScalarRow], buffer: &mut Buffer) -> bool {
    let has_classes = scalars.iter().any(|(scalar, ..)| *scalar == Scalar::Accuracy);
    let mut inexact = false;
    for &(scalar, long, short) in scalars {
        inexact |= table.row(row, &table.dim(long, short), |lane, step| scalar_at(lane, scalar, step), buffer);
        row += 1;
    }
    let held_out = table.dim(if has_classes { "held-out acc." } else { "held-out loss" }, "held-out");
    table.row(row, &held_out, |lane, step| evaluated(lane, step, has_classes), buffer);
    inexact
}

/// How much room there is for the facts: measured values come first.
fn room(table: &Table<'_>, scalars: usize) -> Room {
    if !facts::are_known(table) {
        return Room::Frame;
    }
    // These are names, theory, and the values of the step with a blank line.
    let rest = scalars + 4;
    let left = usize::from(table.area.height).saturating_sub(rest);
    let has_room = |room: &Room| left >= room.rows(table) + LEAST_QUANTITIES;
    [Room::Rows, Room::Costs].into_iter().find(has_room).unwrap_or(Room::Frame)
}

/// Number of lanes with a column; the user scrolls to the others.
pub(in crate::tui) fn columns(frame: Rect, lanes: usize) -> usize {
    let inner = padded(inside(frame));
    usize::from(inner.width.saturating_sub(names(inner)) / LEAST_VALUE).clamp(1, lanes.max(1))
}

/// Minimum columns of the names: if there is room, whole names come before further lanes.
fn names(inner: Rect) -> u16 {
    if inner.width < WIDE { NAME } else { WHOLE_NAME }
}

fn padded(inner: Rect) -> Rect {
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// Columns for remarks in the lower edge.
fn room_for_remarks(frame: Rect) -> u16 {
    frame.width.saturating_sub(6)
}

/// Writes into the lower edge why a lane has no theory and, if there is room, other remarks.
fn remarks(scene: &Scene, theme: &Theme, frame: Rect, others: [Option<&str>; 3], buffer: &mut Buffer) {
    let others = others.into_iter().flatten().map(str::to_owned);
    let all = theory::why_none(scene).into_iter().chain(others);
    let parts: Vec<_> = (0..).zip(all).map(|(rank, words)| (rank, Line::raw(words))).collect();
    if parts.is_empty() {
        return;
    }
    let line = fit(parts, room_for_remarks(frame));
    let x = frame.right().saturating_sub(line.width() as u16 + 4).max(frame.x + 1);
    words((x, frame.bottom() - 1), &format!(" {line} "), frame.width - 2, theme.style(Role::Dim), buffer);
}

/// Writes into the lower edge how many quantities are hidden above and below.
fn hidden(theme: &Theme, frame: Rect, above: usize, below: usize, buffer: &mut Buffer) {
    let text = out_of_sight(theme, above, below);
    if !text.is_empty() {
        let place = (frame.x + 2, frame.bottom() - 1);
        words(place, &format!(" {text}"), frame.width.saturating_sub(4), theme.style(Role::Dim), buffer);
    }
}

/// Whether the quantity before it is measured on other steps.
fn is_first_of_cadence(quantities: &[Quantity], index: usize) -> bool {
    let cadence = |index: usize| quantities.get(index).map(|quantity| quantity.definition().measured_with);
    index.checked_sub(1).is_none_or(|before| cadence(before) != cadence(index))
}

/// The quantities that fit into these rows: those around the one of the heatmaps, or scrolled away from it, with a
/// heading for each group that is not measured on every step. The values of the step keep their place below if there
/// are enough rows for both.
fn window(table: &Table<'_>, quantities: &[Quantity], rows: usize, scalars: usize) -> Range<usize> {
    let below = scalars + 2;
    let rows = if rows >= below + LEAST_QUANTITIES { rows - below } else { rows };
    let chosen = quantities.iter().position(|quantity| *quantity == table.scene.view.quantity).unwrap_or(0);
    let around = |rows: usize| {
        let rows = rows.min(quantities.len());
        let centred = chosen.saturating_sub(rows / 2).min(quantities.len() - rows);
        let start = centred.saturating_add_signed(table.scene.view.values_scroll).min(quantities.len() - rows);
        start..start + rows
    };
    let heads = |shown: &Range<usize>| {
        let firsts = shown.clone().filter(|index| *index == shown.start || is_first_of_cadence(quantities, *index));
        firsts.filter(|index| table.has_cadence(quantities[*index])).count()
    };
    let wide = around(rows);
    let heads = heads(&wide);
    around(rows.saturating_sub(heads).max(1))
}

/// `block 17 · step 212`, or the share of the depth if the lanes differ in it; the stage if it has no row.
fn title<'a>(scene: &Scene, theme: &Theme, step: Step, stage: Option<String>) -> Line<'a> {
    let depth = scene.view.cursor.depth;
    let mut names = scene.lanes().map(|lane| lane.header.layers.name(lane.layer_at(depth)));
    let first = names.next().unwrap_or_default();
    let place = if names.all(|name| name == first) { first } else { format!("{:.0} % of depth", depth * 100.0) };
    Line::from(vec![
        Span::styled(place, theme.style(Role::Strong)),
        Span::styled(format!(" · step {}", number::count(step.0)), theme.style(Role::Strong)),
        Span::styled(stage.map_or_else(String::new, |stage| format!("  {stage}")), theme.style(Role::Dim)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::layout::Layout;
    use crate::tui::sample;
    use crate::tui::scene::ViewId;
    use crate::tui::source::SourceKind;
    use crate::tui::theme::{Background, Colours, Glyphs};

    #[test]
    fn a_name_is_whole_where_blanks_stand_beside_it_and_no_symbol_repeats_it() {
        let ascii = Theme::new(Colours::None, Glyphs::Ascii, Background::Dark);
        for (width, height) in [(100, 30), (120, 40), (140, 50)] {
            for scene in [sample::demo(20), sample::conv_net(20), sample::transformer(20)] {
                for theme in [&sample::theme(), &ascii] {
                    for mode in
                        [ViewId::new("heatmaps"), ViewId::new("layers"), ViewId::new("anatomy"), ViewId::new("profile")]
                    {
                        let mut scene = scene.clone();
                        scene.view.shown = mode;
                        let buffer = sample::frame(&mut scene, theme, width, height);
                        let layout = Layout::new(buffer.area, &scene).unwrap();
                        let Some(frame) = layout.panes.inspector else { continue };
                        for row in padded(inside(frame)).rows() {
                            let text: String = row.positions().map(|place| buffer[place].symbol()).collect();
                            let cut = text.find(['…', '~']).map(|at| text[at..].chars().skip(1).collect::<String>());
                            let blanks = cut.map_or(0, |rest| rest.chars().take_while(|letter| *letter == ' ').count());
                            assert!(blanks < 4, "{mode:?} {width}×{height}: {text}");
                            let mut words = text.split_whitespace();
                            let twice = words.next().zip(words.next()).is_some_and(|(one, two)| one == two);
                            assert!(!twice || !text.starts_with(char::is_alphabetic), "{text}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn from_120_columns_on_every_name_is_whole_however_many_lanes_there_are() {
        let names = Quantity::ALL.iter().map(|quantity| quantity.definition().name.to_owned());
        let rows = SCALARS.iter().map(|(_, name, _)| (*name).to_owned()).chain(facts::names().map(str::to_owned));
        for name in names.chain(rows) {
            assert!(Span::raw(&name).width() < usize::from(WHOLE_NAME), "{name}");
        }
        for lanes in 1..=8 {
            let mut scene = Scene::new(SourceKind::Live);
            let header: Vec<(String, usize)> = (0..lanes).map(|lane| (format!("lane {lane}"), 5)).collect();
            scene.take(0, &sample::header(&header.iter().map(|(name, n)| (name.as_str(), *n)).collect::<Vec<_>>()));
            for mode in [ViewId::new("heatmaps"), ViewId::new("profile"), ViewId::new("loss")] {
                scene.view.shown = mode;
                for width in 120..=240 {
                    let layout = Layout::new(Rect::new(0, 0, width, 40), &scene).unwrap();
                    let frame = layout.panes.inspector.unwrap();
                    let inner = padded(inside(frame));
                    let shown = columns(frame, lanes) as u16;
                    assert!(
                        inner.width - LEAST_VALUE * shown >= WHOLE_NAME,
                        "{width} columns, {lanes} lanes, {mode:?}"
                    );
                    assert!(shown as usize >= lanes.min(3), "{width} columns, {lanes} lanes, {mode:?}");
                }
            }
        }
    }
}
