//! Wraps sentences between words, never within a number or between a number and its unit.
//!
//! ```text
//! data digits: 1,797 pictures of      not      data digits: 1,
//!   8×8 (1,437 training …                      797 pictures of 8×8 (1,437
//! ```
//!
//! A word that is longer than a line is on a line of its own and whole, so that a path can still be selected. Only a
//! choice such as `heatmaps|difference|loss` is continued on the next line, after a `|`.

use textwrap::core::Fragment;
use textwrap::wrap_algorithms::wrap_first_fit;
#[cfg(feature = "tui")]
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Width of a text in terminal columns, measured by whole graphemes.
#[must_use]
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// A part of a line that is not broken, with the blanks after it.
#[derive(Debug)]
struct Piece {
    text: String,
    blanks: usize,
}

impl Fragment for Piece {
    fn width(&self) -> f64 {
        columns(&self.text) as f64
    }

    fn whitespace_width(&self) -> f64 {
        self.blanks as f64
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// Lines of at most `width` columns, as far as the words allow it.
#[must_use]
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut pieces) = (Vec::new(), Vec::new());
    for unit in units(text, width) {
        if columns(&unit) <= width {
            pieces.push(Piece { text: unit, blanks: 1 });
            continue;
        }
        // A word that is longer than a line begins a line of its own.
        fill(&mut lines, &pieces, width);
        pieces = unit.split_inclusive('|').map(|choice| Piece { text: choice.to_owned(), blanks: 0 }).collect();
        if let Some(last) = pieces.last_mut() {
            last.blanks = 1;
        }
    }
    fill(&mut lines, &pieces, width);
    lines
}

/// Appends the lines of these pieces, each as full as possible.
fn fill(lines: &mut Vec<String>, pieces: &[Piece], width: usize) {
    if pieces.is_empty() {
        return;
    }
    for line in wrap_first_fit(pieces, &[width as f64]) {
        let mut text = String::new();
        for (index, piece) in line.iter().enumerate() {
            text.push_str(&piece.text);
            if index + 1 < line.len() {
                text.extend(std::iter::repeat_n(' ', piece.blanks));
            }
        }
        lines.push(text);
    }
}

/// As [`wrapped`], but no line exceeds `width` columns (at least 2): a word that does not fit on a line is broken
/// between graphemes.
#[must_use]
#[cfg(feature = "tui")]
pub(crate) fn confined(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in wrapped(text, width) {
        if columns(&line) <= width {
            lines.push(line);
            continue;
        }
        let graphemes: Vec<&str> = line.graphemes(true).collect();
        // A grapheme has at most two columns.
        lines.extend(graphemes.chunks((width / 2).max(1)).map(<[&str]>::concat));
    }
    lines
}

/// The lines of a text, with further lines indented where one does not fit. A line that fits is unchanged.
#[must_use]
#[cfg(feature = "cli")]
pub(crate) fn wrapped_lines(text: &str, width: usize, indent: usize) -> String {
    let blanks = " ".repeat(indent);
    let mut wrapped_text = String::new();
    for line in text.lines() {
        if columns(line) <= width {
            wrapped_text.push_str(line);
            wrapped_text.push('\n');
            continue;
        }
        let own = &line[..line.len() - line.trim_start().len()];
        for (index, part) in wrapped(line, width.saturating_sub(own.len() + indent)).iter().enumerate() {
            let before = if index == 0 { "" } else { blanks.as_str() };
            wrapped_text.extend([own, before, part, "\n"]);
        }
    }
    wrapped_text
}

/// The parts between which a line may be broken: words, and numbers with the following word.
fn units(text: &str, width: usize) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut is_open = false;
    for word in text.split_whitespace() {
        match units.last_mut() {
            Some(unit) if is_open && is_unit(word) && columns(unit) + 1 + columns(word) <= width => {
                unit.push(' ');
                unit.push_str(word);
            }
            _ => units.push(word.to_owned()),
        }
        is_open = awaits_unit(word);
    }
    units
}

/// Whether a word is a number that may be followed by its unit: `12`, `×0.4`, `(1,437`.
fn awaits_unit(word: &str) -> bool {
    word.chars().find(|letter| letter.is_alphanumeric()).is_some_and(|letter| letter.is_ascii_digit())
        && word.ends_with(char::is_alphanumeric)
}

/// Whether a word may be the unit of the number before it, or the counted noun.
fn is_unit(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_alphabetic() || letter == '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str =
        "data digits: 1,797 pictures of 8×8 (1,437 training + 360 held out), 10 classes at 93.1 % of 4.2 GB";

    #[test]
    fn no_line_breaks_within_a_number_or_before_its_unit() {
        for width in 0..=columns(SENTENCE) {
            let lines = wrapped(SENTENCE, width);
            assert_eq!(lines.join(" "), SENTENCE);
            for line in &lines {
                assert!(columns(line) <= width || !line.contains(' '), "{width}: {line}");
                if width >= "(1,437 training".len() {
                    assert!(
                        !line.ends_with(|letter: char| letter.is_ascii_digit()) || line.ends_with("8×8"),
                        "{width}: {line}"
                    );
                }
            }
        }
        assert!(wrapped("", 8).is_empty());
    }

    #[test]
    fn a_choice_longer_than_a_line_goes_on_behind_a_bar_and_never_within_a_word() {
        let choice = "heatmaps|difference|profile|loss|anatomy";
        for width in 1..=columns(choice) {
            let lines = wrapped(&format!("{choice} open a view"), width);
            assert!(lines.concat().starts_with(choice), "{lines:?}");
            let all: Vec<&str> = choice.split('|').collect();
            for word in lines.iter().flat_map(|line| line.split(['|', ' '])).filter(|word| word.len() > 4) {
                assert!(all.contains(&word), "{width}: {word}");
            }
            assert!(
                width < "difference|".len() || lines.iter().all(|line| columns(line) <= width),
                "{width}: {lines:?}"
            );
        }
    }

    #[test]
    #[cfg(feature = "tui")]
    fn a_word_that_fits_on_no_line_is_broken_between_graphemes_and_one_that_fits_is_not() {
        // e with an accent of its own, and letters of two columns.
        let word = "e\u{301}".repeat(9) + &"漢".repeat(5);
        let text = format!("see {word} now");
        for width in 4..=columns(&text) {
            let lines = confined(&text, width);
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
            assert!(
                lines.iter().all(|line| columns(line) <= width && !line.starts_with('\u{301}')),
                "{width}: {lines:?}"
            );
            assert!(lines.iter().any(|line| line.contains("see")) && lines.iter().any(|line| line.contains("now")));
            assert!(width < columns(&word) || lines.iter().any(|line| line.contains(&word)), "{width}: {lines:?}");
        }
    }

    #[test]
    fn a_grapheme_of_several_characters_counts_by_its_columns() {
        let word = "e\u{301}e\u{301}e\u{301}";
        assert_eq!((columns(word), columns("漢字")), (3, 4));
        assert_eq!(wrapped(&format!("{word} 漢字 {word}"), 8), [format!("{word} 漢字"), word.to_owned()]);
    }

    #[test]
    fn a_word_longer_than_a_line_stays_whole_and_lines_that_fit_stay_as_they_are() {
        assert_eq!(wrapped("see /a/very/long/path now", 8), ["see", "/a/very/long/path", "now"]);
        assert_eq!(wrapped_lines("a  b\n  one two three\n", 9, 2), "a  b\n  one\n    two\n    three\n");
    }
}
