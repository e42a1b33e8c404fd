//! Text for character models: every character is a token, an example is a window of them.
//!
//! ```text
//! row r of a part    characters r·context … r·context + context     one more than the context: the last is only an answer
//! ```
//!
//! Windows lie end to end, so that an epoch is one pass over the text; the rest at its end is left out. The last tenth
//! of the text is held out. The embedded default are founding texts of the United States (assets/README.md).

use std::collections::BTreeSet;
use std::path::Path;

use super::{DataError, Part, Source};

const EMBEDDED: &str = include_str!("../../assets/us-founding-texts.txt");
/// Share of the characters that is held out: one in ten.
const HELD_OUT_ONE_IN: usize = 10;

/// A text as numbers of its characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Every character that occurs, sorted; its place is its token.
    pub vocabulary: Vec<char>,
    /// Characters of an example that go in.
    pub context: usize,
    /// Tokens that are learned.
    pub training: Vec<u32>,
    /// Tokens that are only looked at.
    pub held_out: Vec<u32>,
}

impl Text {
    /// The embedded text.
    ///
    /// # Errors
    /// When a part of it is shorter than an example.
    pub fn embedded(context: usize) -> Result<Self, DataError> {
        let refused = |problem| DataError::Text { name: "the embedded text".to_owned(), problem };
        Self::of(EMBEDDED, context).map_err(refused)
    }

    /// A person's own text, in UTF-8.
    ///
    /// # Errors
    /// When it cannot be read, is no UTF-8, or a part of it is shorter than an example.
    pub fn read(path: &Path, context: usize) -> Result<Self, DataError> {
        let refused = |problem| DataError::Text { name: path.display().to_string(), problem };
        let bytes = std::fs::read(path).map_err(|source| DataError::ReadText { path: path.to_owned(), source })?;
        let text = str::from_utf8(&bytes)
            .map_err(|error| refused(format!("byte {} is not UTF-8: save the text as UTF-8", error.valid_up_to())))?;
        // A byte order mark is no character of the text.
        Self::of(text.strip_prefix('\u{feff}').unwrap_or(text), context).map_err(refused)
    }

    fn of(text: &str, context: usize) -> Result<Self, String> {
        let vocabulary: Vec<char> = text.chars().collect::<BTreeSet<_>>().into_iter().collect();
        let token = |character| vocabulary.binary_search(&character).unwrap_or_default() as u32;
        let mut training: Vec<u32> = text.chars().map(token).collect();
        let (characters, held_out) = (training.len(), training.len() / HELD_OUT_ONE_IN);
        // The held-out part is the shorter one.
        if held_out <= context {
            let remedy = match held_out.saturating_sub(1) {
                0 => "write a longer text".to_owned(),
                most => format!("write --context {most} or less, or a longer text"),
            };
            return Err(format!(
                "the held-out part is {held_out} of {characters} characters, and an example takes {}, one more than \
                 --context: {remedy}",
                context + 1
            ));
        }
        let held_out = training.split_off(characters - held_out);
        Ok(Self { vocabulary, context, training, held_out })
    }

    /// The characters of an example, one more than go in; empty beyond the last.
    #[must_use]
    pub fn window(&self, part: Part, row: usize) -> &[u32] {
        let first = row * self.context;
        self.part(part).get(first..=first + self.context).unwrap_or(&[])
    }

    fn part(&self, part: Part) -> &[u32] {
        match part {
            Part::Training => &self.training,
            Part::HeldOut => &self.held_out,
        }
    }
}

impl Source for Text {
    fn rows(&self, part: Part) -> usize {
        self.part(part).len().saturating_sub(1) / self.context.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_text_is_ascii_and_its_last_tenth_is_held_out() {
        let text = Text::embedded(64).expect("embedded");
        assert_eq!((text.vocabulary.len(), text.training.len(), text.held_out.len()), (74, 49_208, 5467));
        assert_eq!((text.rows(Part::Training), text.rows(Part::HeldOut)), (768, 85));
        assert!(text.vocabulary.is_sorted() && text.vocabulary.iter().all(char::is_ascii));
    }

    #[test]
    fn windows_lie_end_to_end_and_share_one_character() {
        let written: String = ('a'..='z').cycle().take(100).collect();
        let text = Text::of(&written, 9).expect("long enough");
        let word = |row| {
            text.window(Part::Training, row).iter().map(|token| text.vocabulary[*token as usize]).collect::<String>()
        };
        assert_eq!((word(0).as_str(), word(1).as_str()), ("abcdefghij", "jklmnopqrs"));
        // 90 characters: nine windows of ten would need 82 to 91.
        assert_eq!((text.rows(Part::Training), text.rows(Part::HeldOut)), (9, 1));
        assert_eq!((word(8).chars().count(), word(9).len()), (10, 0));
    }

    #[test]
    fn a_text_that_is_too_short_is_answered_with_the_context_that_fits() {
        let words = "the held-out part is 8 of 80 characters, and an example takes 65, one more than --context: write \
                     --context 7 or less, or a longer text";
        assert_eq!(Text::of(&"ab".repeat(40), 64).unwrap_err(), words);
        assert!(Text::of(&"ab".repeat(40), 7).is_ok());
        for short in ["", "a", "to be or not to be"] {
            assert!(Text::of(short, 1).unwrap_err().ends_with("one more than --context: write a longer text"));
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_are_named_with_their_place() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("t.txt");
        std::fs::write(&path, b"na\xefve").expect("written");
        let problem = Text::read(&path, 1).unwrap_err().to_string();
        assert!(problem.ends_with("t.txt: byte 2 is not UTF-8: save the text as UTF-8"), "{problem}");
        let problem = Text::read(Path::new("none.txt"), 1).unwrap_err().to_string();
        assert!(problem.starts_with("cannot read the text none.txt: "), "{problem}");
    }

    #[test]
    fn a_byte_order_mark_is_left_out_and_letters_of_any_alphabet_are_tokens() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("t.txt");
        std::fs::write(&path, "\u{feff}".to_owned() + &"язык".repeat(20)).expect("written");
        let text = Text::read(&path, 3).expect("text");
        assert_eq!(text.vocabulary, ['з', 'к', 'ы', 'я']);
    }
}
