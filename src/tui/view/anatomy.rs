//! The anatomy of one block: its input at the top, its output at the bottom, the skip connection on the left, the
//! branch with its ops on the right. Beside each edge is the signal's norm on its way back, beside each op its factor.
//! The factor that contributes most to the change by the whole block is marked: there the signal is lost, or grows.
//!
//! ```text
//! ╭─ residual  block 17 ───────────────────╮
//! │ ↓ x17  rms 0.53                        │     ↓ forward: root mean squares
//! │ ●──────────╮     δ17    3.2e-3 ██████  │     ↑ backward: norms
//! │ │ skip     │     branch 1.2e-3 ██      │
//! │ │        [ φ′ ]         ×0.71          │
//! │ │ ↓ 0.53   │            1.8e-3 ███     │
//! │ │        [ W  ]         ×0.58          │
//! │ │ ↑ 3.0e-3 │     ↓ rms 0.074 ×0.14 x   │
//! │ ⊕──────────╯     δ18    3.0e-3 █████   │
//! │ ↓ x18  rms 0.55                        │
//! │ branch ×0.41 = φ′ 0.71 · W 0.58        │
//! │ gain ×1.08  skip ×1.00  cos 0.02       │
//! ╰────────────────────────────────────────╯
//! ```

mod block;
mod drawing;
mod equations;
mod grid;
mod placement;
mod shape;
mod symbol;

use ratatui::buffer::Buffer;
use ratatui::style::Modifier;
use ratatui::text::Line;

use self::block::{Anatomy, nodes};
use self::drawing::Drawing;
use self::grid::{DiagramGrid, EQUATIONS};
use self::symbol::REACH;
use super::definition::ViewDefinition;
use super::legend::{LegendContext, Part};
use crate::layer::LayerKind;
use crate::quantity::Quantity;
use crate::tui::pane::cell::Painter;
use crate::tui::pane::frame::{fit, framed, put};
use crate::tui::pane::split::{padded, split_top};
use crate::tui::pane::{LanePane, Pane};
use crate::tui::scale::Scale;
use crate::tui::scene::{CursorState, LaneRef, Scene, ViewId};
use crate::tui::schedule;
use crate::tui::theme::{Role, Theme};

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    place: placement::place,
    draw,
    contents: |scene| scene.lanes().any(|lane| has_blocks(&lane)),
    shows_quantity: true,
    legend: Some(legend),
    ..ViewDefinition::new(ViewId::new("anatomy"), "the block at the cursor taken apart, step by step")
};

fn has_blocks(lane: &LaneRef<'_>) -> bool {
    lane.header.layers.layers.iter().any(|layer| layer.kind == LayerKind::Block)
}

fn draw(lane_pane: &LanePane<'_>, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, .. } = *lane_pane;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let anatomy = Anatomy::at_cursor(scene, &lane);
    framed(theme, pane.frame, &title(scene, theme, pane, &lane, &anatomy), buffer);
    let inner = padded(pane.frame);
    let grid = DiagramGrid::of(scene);
    let spacing = grid.spacing(pane.frame.height);
    let rows = grid.rows(spacing);
    let (picture, below) = split_top(inner, rows.len() as u16);
    let layer = lane.layer_at(scene.view.cursor.depth);
    let kind = lane.header.layers.get(layer).map(|found| found.kind);
    let drawing = Drawing {
        theme,
        lane: pane.lane,
        anatomy: &anatomy,
        nodes: nodes(&anatomy, kind),
        whole: grid.place_of_whole(),
        spacing,
        area: picture,
    };
    drawing.render(&rows, buffer);
    // A blank line separates them if there is one to spare.
    let spare = u16::from(below.height > EQUATIONS);
    let lines = equations::lines(&anatomy, theme, pane.lane, below.width);
    for (line, row) in lines.iter().zip(below.rows().skip(usize::from(spare))) {
        put((row.x, row.y), line, row.width, buffer);
    }
}

/// Lane, block, why it has no values, their step, and how often they are measured.
fn title(scene: &Scene, theme: &Theme, pane: &Pane, lane: &LaneRef<'_>, anatomy: &Anatomy) -> Line<'static> {
    let mut parts = vec![
        (0, Line::styled(scene.lane_name(lane), theme.lane(pane.lane).add_modifier(Modifier::BOLD))),
        (1, Line::styled(anatomy.name.clone(), theme.style(Role::Strong))),
    ];
    let nothing = scene.cursor_state(lane).and_then(CursorState::why_nothing);
    parts.extend(nothing.map(|why| (2, Line::styled(why, theme.style(Role::Warning)))));
    // Everything in the diagram is measured on the same steps as the signal.
    let older = schedule::of_shown_step(scene, lane, Quantity::SignalNorm);
    parts.extend(older.map(|words| (2, Line::styled(words.long, theme.style(Role::Text)))));
    let every = schedule::words(lane.config, Quantity::SignalNorm.definition().measured_with);
    parts.extend(every.map(|every| (3, Line::styled(every.long, theme.style(Role::Dim)))));
    fit(parts, pane.frame.width.saturating_sub(6))
}

fn legend(context: &LegendContext<'_>) -> Vec<Part> {
    let theme = context.theme;
    let painter = Painter { theme, palette: theme.diverging(), scale: Scale { low: -REACH, high: REACH } };
    let bar = context.bar(&painter, ["×1/8".to_owned(), "×8".to_owned()]);
    let room = usize::from(context.width).saturating_sub(bar.1.width() + 4);
    let forms =
        ["factor of an operation: < 1 attenuates the signal, > 1 amplifies it", "< 1 attenuates, > 1 amplifies"];
    let words = forms.into_iter().find(|words| words.len() <= room);
    let mut parts = vec![bar];
    parts.extend(context.lanes_in_view());
    parts.extend(words.map(|words| context.words(1, words)));
    parts
}
