//! The last pass on a terminal without Unicode: every character that is left becomes a printable ASCII one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Replaces what is not ASCII, cell by cell; foreign letters become `?`.
pub(in crate::tui) fn to_ascii(area: Rect, buffer: &mut Buffer) {
    for position in area.intersection(buffer.area).positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            let plain = cell.symbol().chars().next().map_or(' ', plain);
            if cell.symbol().len() != 1 {
                cell.set_char(plain);
            }
        }
    }
}

/// The ASCII character that stands for one of ours.
pub(super) fn plain(character: char) -> char {
    match character {
        ' '..='~' => character,
        '─' | '━' | '╌' | '−' | '–' | '·' => '-',
        '│' | '┃' | '┊' | '‖' | '▏' | '▎' | '▌' | '▐' => '|',
        '╭' | '╮' | '╰' | '╯' | '┼' | '₊' => '+',
        '…' => '.',
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
        '≈' => '~',
        '√' => 'V',
        _ => '?',
    }
}
