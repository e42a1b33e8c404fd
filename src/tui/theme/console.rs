//! The Linux console: 16 colours and a font of 256 or 512 glyphs, those of code page 437 among them.
//!
//! Characters of its font are drawn as on any terminal; rounded corners become square ones, everything else ASCII.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ascii::plain;

/// Characters of code page 437 beyond ASCII that the screen uses: box drawing, shades, arrows and signs.
const GLYPHS: &str = "─│┌┐└┘├┤┬┴┼═║░▒▓█▄▌▐▀■·÷±≥≤≈√∞°²←↑→↓▲►▼◄δ";

/// Whether the console can show a character.
pub(super) fn has(character: char) -> bool {
    character.is_ascii() || GLYPHS.contains(character)
}

/// Replaces what the console has no glyph for, cell by cell.
pub(in crate::tui) fn to_console(area: Rect, buffer: &mut Buffer) {
    for position in area.intersection(buffer.area).positions() {
        let Some(cell) = buffer.cell_mut(position) else { continue };
        let character = cell.symbol().chars().next().unwrap_or(' ');
        if !has(character) || cell.symbol().chars().nth(1).is_some() {
            cell.set_char(nearest(character));
        }
    }
}

fn nearest(character: char) -> char {
    match character {
        '╭' => '┌',
        '╮' => '┐',
        '╰' => '└',
        '╯' => '┘',
        '▶' | '▸' => '►',
        '◀' | '◂' => '◄',
        '▴' => '▲',
        '●' | '•' => '■',
        _ if has(character) => character,
        _ => plain(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::sample;
    use crate::tui::theme::{Background, Colours, Glyphs, Theme};

    #[test]
    fn a_frame_for_the_console_holds_nothing_that_its_font_lacks() {
        let theme = Theme::new(Colours::Sixteen, Glyphs::Console, Background::Dark);
        for mut scene in [sample::demo(300), sample::odd(), sample::anatomy(9), sample::conv_net(40)] {
            let buffer = sample::frame(&mut scene, &theme, 120, 40);
            let missing: String =
                buffer.content().iter().flat_map(|cell| cell.symbol().chars()).filter(|c| !has(*c)).collect();
            assert_eq!(missing, "");
        }
        let text: String = sample::frame(&mut sample::demo(300), &theme, 120, 40)
            .content()
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert!(text.contains('┌') && text.contains('▓') && text.contains('↑'));
    }
}
