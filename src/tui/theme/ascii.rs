//! The last pass on a terminal without Unicode: every remaining character becomes a printable ASCII one.
//!
//! No character becomes one that can be a part of a number: `4e-3…0.528` is `4e-3~0.528`, `2·32` is `2*32`.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Replaces everything that is not ASCII, cell by cell; unknown letters become `?`.
pub(in crate::tui) fn to_ascii(area: Rect, buffer: &mut Buffer) {
    for position in area.intersection(buffer.area).positions() {
        let is_product = is_product(position, buffer);
        if let Some(cell) = buffer.cell_mut(position) {
            let plain = cell.symbol().chars().next().map_or(' ', plain);
            if cell.symbol().len() != 1 {
                cell.set_char(if is_product { '*' } else { plain });
            }
        }
    }
}

/// Whether a point is between two digits: `16×16·32` is a product, and `-` would mean a range or a sign.
pub(super) fn is_product(position: Position, buffer: &Buffer) -> bool {
    let is_digit = |x: Option<u16>| {
        let cell = x.and_then(|x| buffer.cell((x, position.y)));
        cell.is_some_and(|cell| cell.symbol().starts_with(|letter: char| letter.is_ascii_digit()))
    };
    buffer.cell(position).is_some_and(|cell| cell.symbol() == "·")
        && is_digit(position.x.checked_sub(1))
        && is_digit(position.x.checked_add(1))
}

/// The ASCII character that replaces a character of the screen.
pub(super) fn plain(character: char) -> char {
    match character {
        ' '..='~' => character,
        '─' | '━' | '╌' | '−' | '–' | '·' => '-',
        '│' | '┃' | '┊' | '‖' | '▏' | '▎' | '▌' | '▐' => '|',
        '╭' | '╮' | '╰' | '╯' | '┼' | '₊' => '+',
        '…' | '≈' => '~',
        '×' => 'x',
        '÷' => '/',
        '∂' | 'δ' | 'Δ' => 'd',
        'θ' => 'w',
        'ρ' => 'p',
        'η' => 'n',
        'ₗ' => 'l',
        '₁' => '1',
        '₂' => '2',
        '●' | '•' => '*',
        '▶' | '▸' | '›' | '→' => '>',
        '◀' | '◂' | '‹' | '←' => '<',
        '▲' | '▴' | '↑' | '∞' => '^',
        '▼' | '↓' => 'v',
        '■' | '█' => '#',
        '√' => 'V',
        _ => '?',
    }
}
