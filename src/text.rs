//! Makes text from outside harmless before it reaches a terminal: names, paths and messages from a file or a model.
//!
//! A terminal obeys control characters (`ESC ]0;` sets its title), bidirectional controls show `a.rs` as `sr.a`, and
//! zero-width characters make two names look alike. Each becomes one visible `MARK`, so that nothing disappears
//! without a sign.
//!
//! ```
//! use nablatop::text::clean_message;
//!
//! assert_eq!(clean_message("loss is \u{1b}[31mNaN"), "loss is \u{fffd}[31mNaN");
//! ```

#[cfg(any(feature = "tui", feature = "cli"))]
mod wrap;

use std::borrow::Cow;
use std::path::Path;

#[cfg(any(feature = "tui", feature = "cli"))]
pub(crate) use wrap::columns;
#[cfg(feature = "tui")]
pub(crate) use wrap::confined;
#[cfg(all(feature = "cli", feature = "lab"))]
pub(crate) use wrap::wrapped;
#[cfg(feature = "cli")]
pub(crate) use wrap::wrapped_lines;

/// Replaces a character that was removed.
pub(crate) const MARK: char = '\u{fffd}';

/// Maximum length of a name in characters; longer ones end in `…`.
pub(crate) const LONGEST_NAME: usize = 200;

/// Maximum length of a message in characters: the message of a panic may be a paragraph.
pub(crate) const LONGEST_MESSAGE: usize = 2000;

/// A name, title or path that is safe to show: one line, no character that a terminal obeys or hides, at most
/// [`LONGEST_NAME`] characters. Clean text is unchanged, and cleaning twice equals cleaning once.
///
/// Line breaks and tabs become spaces.
#[must_use]
pub(crate) fn clean(text: &str) -> String {
    clean_to(text, LONGEST_NAME)
}

/// As `clean`, for sentences: at most `LONGEST_MESSAGE` characters.
#[must_use]
pub fn clean_message(text: &str) -> String {
    clean_to(text, LONGEST_MESSAGE)
}

/// Text of several lines that is safe to print outside the screen: line breaks and tabs stay, the rest is as in
/// [`clean`].
#[must_use]
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| matches!(c, '\n' | '\t') || !is_unsafe(c);
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if harmless(c) { c } else { MARK }).collect())
}

/// A path for a sentence.
#[must_use]
pub(crate) fn path(path: &Path) -> String {
    printable(&path.to_string_lossy()).into_owned()
}

fn clean_to(text: &str, longest: usize) -> String {
    let mut cleaned = String::with_capacity(text.len().min(4 * longest));
    for (position, c) in text.chars().enumerate() {
        // One character is reserved for the ellipsis, unless the text ends exactly here.
        if position + 1 == longest && text.chars().nth(longest).is_some() {
            cleaned.push('…');
            break;
        }
        cleaned.push(match c {
            '\n' | '\r' | '\t' => ' ',
            c if is_unsafe(c) => MARK,
            c => c,
        });
    }
    cleaned
}

/// Whether a terminal would obey, reorder around, or hide the character.
fn is_unsafe(c: char) -> bool {
    c.is_control() || is_bidi_control(c) || is_invisible(c)
}

/// Characters that change the direction of the following text (Unicode annex 9).
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters without width, line separators, and tags: they hide in a name or break it.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}'
        | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Control sequences that names have carried into terminals.
    const INJECTIONS: &[&str] = &[
        "\x1b[2J\x1b[H",
        "\x1b]0;owned\x07",
        "\x1b]52;c;ZWNobyBvd25lZA==\x07",
        "\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\u{9b}31mred",
        "\u{9d}0;title\u{9c}",
        "bell\x07 backspace\x08\x08\x08 delete\x7f nul\0",
        "carriage\rreturn",
        "line\nfeed\ttab\x0bvertical\x0cform",
        "abc\u{202e}fed",
        "\u{2066}isolate\u{2069}\u{200f}\u{200e}\u{061c}",
        "zero\u{200b}width\u{200d}joined\u{feff}mark\u{2060}",
        "soft\u{ad}hyphen tag\u{e0041} selector\u{fe0f}",
        "line\u{2028}separator\u{2029}",
    ];

    #[test]
    fn nothing_that_a_terminal_obeys_or_hides_passes() {
        for injection in INJECTIONS {
            let cleaned = clean(injection);
            assert!(!cleaned.chars().any(is_unsafe), "{injection:?} became {cleaned:?}");
            assert_eq!(cleaned.chars().count(), injection.chars().count(), "{injection:?}: nothing vanishes unseen");
            assert!(!printable(injection).chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'));
        }
        assert_eq!(clean("abc\u{202e}fed"), "abc\u{fffd}fed");
    }

    #[test]
    fn ordinary_names_of_any_script_stay_as_they_are() {
        for name in ["residual-2", "blocks.7.weight", "mlp 50×64 · relu", "модель", "模型", "نموذج", "é", ""]
        {
            assert_eq!(clean(name), name);
            assert!(matches!(printable(name), Cow::Borrowed(_)));
        }
    }

    #[test]
    fn long_names_end_in_an_ellipsis_and_cleaning_twice_is_cleaning_once() {
        let long = "ü".repeat(LONGEST_NAME + 1);
        let cleaned = clean(&long);
        assert_eq!(cleaned.chars().count(), LONGEST_NAME);
        assert!(cleaned.ends_with('…'));
        assert_eq!(clean(&cleaned), cleaned);
        let exact = "x".repeat(LONGEST_NAME);
        assert_eq!(clean(&exact), exact);
    }

    #[test]
    fn lines_of_a_message_stay_lines_when_printed() {
        assert_eq!(printable("one\ntwo\x1b[31m"), "one\ntwo\u{fffd}[31m");
    }
}
