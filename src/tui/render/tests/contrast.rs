//! Text can be read: every letter and digit on the screen stands out from its background by 4.5 to 1 or more.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::*;
use crate::tui::theme::{Background, contrast_ratio, rgb};

type Rgb = (u8, u8, u8);

/// Colours of cells that name none, as terminals have them.
fn own(background: Background) -> (Rgb, Rgb) {
    match background {
        Background::Dark => ((212, 215, 222), (16, 18, 24)),
        Background::Light => ((36, 39, 46), (255, 255, 255)),
    }
}

/// How well the cell's letter can be read; `None` where there is none, or where a terminal makes it fainter by itself.
fn ratio(cell: &Cell, background: Background) -> Option<f32> {
    let letter = cell.symbol().chars().next()?;
    if !letter.is_alphanumeric() || cell.modifier.contains(Modifier::DIM) {
        return None;
    }
    let (text, ground) = own(background);
    let or = |colour: Color, own: Rgb| if colour == Color::Reset { own } else { rgb(colour) };
    let (text, ground) = (or(cell.fg, text), or(cell.bg, ground));
    Some(contrast_ratio(text, ground))
}

#[test]
fn every_letter_stands_out_from_its_background_in_both_themes_and_all_depths() {
    let mut letters = 0;
    for (name, buffer, background) in sample::gallery() {
        for position in buffer.area.positions() {
            let cell = &buffer[position];
            let Some(ratio) = ratio(cell, background) else { continue };
            letters += 1;
            let (symbol, fg, bg) = (cell.symbol(), cell.fg, cell.bg);
            assert!(ratio >= 4.5, "{name}: '{symbol}' at {position}: {fg:?} on {bg:?} has {ratio:.2}");
        }
    }
    assert!(letters > 10_000, "{letters}");
}
