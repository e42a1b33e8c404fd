//! The anatomy of one block: its input above, its output below, the skip connection on the left, the branch with its
//! steps on the right; beside each edge how large the signal is there on its way back, beside each step its factor.
//! The factor that does most of what the block as a whole does stands out: that is where the signal is lost, or grows.
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

mod drawing;
mod equations;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::frame::{fit, framed, put};
use crate::quantity::Quantity;
use crate::tui::anatomy::{Anatomy, BranchOp, DiagramGrid, EQUATIONS, nodes};
use crate::tui::layout::{Diagram, split_top};
use crate::tui::scene::{CursorState, Scene};
use crate::tui::schedule;
use crate::tui::theme::{Role, Theme};
use drawing::Drawing;

pub(super) fn render(scene: &Scene, theme: &Theme, diagram: &Diagram, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(diagram.lane) else { return };
    let anatomy = Anatomy::at_cursor(scene, &lane);
    let mut title = vec![
        (0, Line::styled(scene.lane_name(&lane), theme.lane(diagram.lane).add_modifier(Modifier::BOLD))),
        (1, Line::styled(anatomy.name.clone(), theme.style(Role::Strong))),
    ];
    let nothing = scene.standing(&lane).and_then(CursorState::why_nothing);
    title.extend(nothing.map(|why| (2, Line::styled(why, theme.style(Role::Warning)))));
    // Everything in the diagram is taken at the same steps as the signal.
    let older = schedule::of_shown_step(scene, &lane, Quantity::SignalNorm);
    title.extend(older.map(|words| (2, Line::styled(words.long, theme.style(Role::Text)))));
    let every = schedule::words(lane.run.header().config.as_ref(), Quantity::SignalNorm.definition().measured_with);
    title.extend(every.map(|every| (3, Line::styled(every.long, theme.style(Role::Dim)))));
    let title = fit(title, diagram.frame.width.saturating_sub(6));
    let inner = framed(theme, diagram.frame, &title, buffer);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let grid = DiagramGrid::of(scene);
    let rows = grid.rows(diagram.spacing);
    let (picture, below) = split_top(inner, rows.len() as u16);
    let layer = lane.layer_at(scene.view.cursor.depth);
    let kind = lane.header.layers.get(layer).map(|found| found.kind);
    let drawing = Drawing {
        theme,
        lane: diagram.lane,
        anatomy: &anatomy,
        nodes: nodes(&anatomy, kind),
        whole: grid.place_of_whole(),
        spacing: diagram.spacing,
        area: picture,
    };
    drawing.render(&rows, buffer);
    // A blank line before them where there is one to spare.
    let spare = u16::from(below.height > EQUATIONS);
    let lines = equations::lines(&anatomy, theme, diagram.lane, below.width);
    for (line, row) in lines.iter().zip(below.rows().skip(usize::from(spare))) {
        put((row.x, row.y), line, row.width, buffer);
    }
}

/// How a step is written in its box and in an equation.
fn symbol(part: BranchOp, anatomy: &Anatomy, theme: &Theme) -> String {
    match part {
        BranchOp::Norm => "N".to_owned(),
        BranchOp::Activation => theme.glyph("φ′", "act").to_owned(),
        BranchOp::Weight => "W".to_owned(),
        BranchOp::Other => {
            let (unicode, ascii) = anatomy.rest.symbol();
            theme.glyph(unicode, ascii).to_owned()
        }
        BranchOp::Whole if anatomy.number.is_some() => "F".to_owned(),
        BranchOp::Whole => anatomy.name.clone(),
    }
}

/// A factor on the ground that the diverging palette has for it; bold where it is the strongest.
fn chip<'a>(text: String, factor: f64, theme: &Theme) -> Span<'a> {
    let shade = theme.diverging().at(position(factor));
    let has_ground = shade.glyph == " " && shade.ground != ratatui::style::Color::Reset;
    let style = if has_ground {
        ratatui::style::Style::new().bg(shade.ground).fg(crate::tui::theme::contrast(shade.ground))
    } else {
        theme.style(Role::Text)
    };
    Span::styled(text, style)
}

/// log₁₀ of the factor at either end of the palette.
pub(super) const REACH: f32 = std::f32::consts::LOG10_2 * 3.0;

/// Place of a factor in the palette: ×1/8 … ×8.
fn position(factor: f64) -> f32 {
    let position = 0.5 + factor.abs().log10() as f32 / (2.0 * REACH);
    if position.is_nan() { 0.5 } else { position.clamp(0.0, 1.0) }
}
