//! A terminal without Unicode shows the numbers of one that has it.

use std::collections::BTreeSet;

use super::*;
use crate::tui::theme::{to_ascii, to_console};

/// The numbers of a row: digits with what may stand within one, `1,204`, `12.5`, `3e-13`, `1:02`.
fn numbers(row: &[Target]) -> BTreeSet<String> {
    let text: String = row.iter().map(Target::symbol).collect();
    let text: Vec<char> = text.replace('₁', "1").replace('₂', "2").replace('–', "-").chars().collect();
    let mut numbers = BTreeSet::new();
    let mut number = String::new();
    for (index, &letter) in text.iter().enumerate().chain([(text.len(), &' ')]) {
        let is_exponent =
            letter == 'e' && text.get(index + 1).is_some_and(|next| *next == '-' || next.is_ascii_digit());
        let is_sign = letter == '-' && number.ends_with('e');
        let is_within = is_exponent || is_sign || matches!(letter, '.' | ',' | ':' | '-');
        if letter.is_ascii_digit() || (!number.is_empty() && is_within) {
            number.push(letter);
        } else if !number.is_empty() {
            numbers.insert(number.trim_end_matches(['.', ',', ':', '-']).to_owned());
            number.clear();
        }
    }
    numbers
}

#[test]
fn every_number_of_an_ascii_screen_is_one_of_the_unicode_screen() {
    let old = || {
        let mut scene = sample::demo(4_300);
        scene.view.cursor.step = Some(Step(100));
        scene
    };
    let mut ranges = 0;
    for scene in [old(), sample::anatomy(9), sample::conv_net(40), sample::transformer(9), sample::odd()] {
        for mode in VIEWS.map(|view| view.id) {
            for (width, height) in [(80, 24), (120, 40), (200, 60)] {
                let mut scene = scene.clone();
                scene.view.shown = mode;
                let unicode = sample::frame(&mut scene, &theme(Colours::None, Glyphs::Unicode), width, height);
                for translate in [to_ascii, to_console] {
                    let mut plain = unicode.clone();
                    translate(plain.area, &mut plain);
                    let rows = usize::from(width);
                    for (row, plain) in unicode.content().chunks(rows).zip(plain.content().chunks(rows)) {
                        let line: String = plain.iter().map(Target::symbol).collect();
                        ranges += line.matches('~').count();
                        // The edges of frames and the line of an axis touch numbers and belong to none.
                        let row: Vec<Target> = row.iter().map(edge).collect();
                        let plain: Vec<Target> = plain
                            .iter()
                            .zip(&row)
                            .map(|(plain, cell)| if cell.symbol() == " " { cell.clone() } else { plain.clone() })
                            .collect();
                        let (known, shown) = (numbers(&row), numbers(&plain));
                        assert!(shown.is_subset(&known), "{mode:?} {width}×{height}: {line}\n{shown:?}\n{known:?}");
                    }
                }
            }
        }
    }
    assert!(ranges > 0);
}

/// A cell, or a blank where it is a line of a drawing.
fn edge(cell: &Target) -> Target {
    let is_line = cell.symbol().starts_with(|letter: char| ('─'..='╿').contains(&letter));
    if is_line { Target::new(" ") } else { cell.clone() }
}
