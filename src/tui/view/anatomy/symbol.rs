//! The symbols of an operation of a branch and its factor.

use ratatui::text::Span;

use super::block::Anatomy;
use super::shape::BranchOp;
use crate::tui::theme::{Role, Theme};

/// The symbol of an op in its box and in an equation.
pub(super) fn symbol(part: BranchOp, anatomy: &Anatomy, theme: &Theme) -> String {
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

/// A factor on the background that the diverging palette has for it; bold if it is the strongest.
pub(super) fn chip<'a>(text: String, factor: f64, theme: &Theme) -> Span<'a> {
    let shade = theme.diverging().at(position(factor));
    let has_ground = shade.glyph == " " && shade.ground != ratatui::style::Color::Reset;
    let style = if has_ground {
        ratatui::style::Style::new().bg(shade.ground).fg(crate::tui::theme::contrast(shade.ground))
    } else {
        theme.style(Role::Text)
    };
    Span::styled(text, style)
}

/// log₁₀ of the factor at both ends of the palette.
pub(super) const REACH: f32 = std::f32::consts::LOG10_2 * 3.0;

/// Position of a factor in the palette: ×1/8 … ×8.
fn position(factor: f64) -> f32 {
    let position = 0.5 + factor.abs().log10() as f32 / (2.0 * REACH);
    if position.is_nan() { 0.5 } else { position.clamp(0.0, 1.0) }
}
