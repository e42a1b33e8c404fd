//! A text whose next character is predicted at every position.
//!
//! ```text
//! t h e   p e o p l e …     the first nine tenths are for training, the rest is held out
//! └ inputs ┘                row r: `context` characters from r·context on
//!   └ next  ┘               the same, shifted by one: the targets
//! ```
//!
//! Rows do not overlap, except that the last character of a row is the first of the next; a partial row at the end is
//! dropped. The vocabulary consists of all characters in the text, in order of code points.

use std::path::Path;

use super::file::DataFile;
use super::{DataError, Source, Subset};
use crate::config::setting::SettingError;
use crate::number::count;

/// Declaration of independence and constitution of the United States.
const EMBEDDED: &str = include_str!("../../assets/us-founding-texts.txt");
/// One character in ten is held out: the last tenth of the text.
const HELD_OUT_ONE_IN: usize = 10;
/// Minimum number of characters in a text: a tenth of a shorter one has no character with a successor.
const SHORTEST: usize = 2 * HELD_OUT_ONE_IN;
/// Maximum size of a text in bytes: its characters take four times as much memory.
const LONGEST: u64 = 256 << 20;
/// Some editors write this character before a text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A text in two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Every character of the text, in order.
    pub(crate) vocabulary: Vec<char>,
    /// Characters per example.
    pub(crate) context: usize,
    /// The training part, as indices into the vocabulary.
    pub(crate) training: Vec<u32>,
    /// The held-out part, as indices into the vocabulary.
    pub(crate) held_out: Vec<u32>,
}

impl Source for Text {
    fn rows(&self, part: Subset) -> usize {
        // The last character of a row needs a target too.
        self.part(part).len().saturating_sub(1) / self.context
    }

    fn outputs(&self) -> usize {
        self.context * self.vocabulary.len()
    }
}

impl Text {
    /// The embedded text, or that of a file, gzipped or not.
    ///
    /// # Errors
    /// Fails when the file cannot be read, is not UTF-8, or is too short for two parts with at least one example each.
    pub fn load(file: Option<&Path>, context: usize) -> Result<Self, DataError> {
        let Some(path) = file else { return Self::new(EMBEDDED, "the embedded text", context).map_err(Into::into) };
        let bytes = DataFile::open(path)?.all(LONGEST, "take a part of it")?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            DataError::content(
                path,
                format!("not UTF-8 at byte {} (the first is 0): save the text as UTF-8", count(offset as u64)),
            )
        })?;
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
        let characters = text.chars().count();
        if characters < SHORTEST {
            let problem =
                format!("{characters} characters: a text needs at least {SHORTEST}, since a tenth is held out");
            return Err(DataError::content(path, problem));
        }
        Self::new(text, &path.display().to_string(), context).map_err(Into::into)
    }

    /// A text with this many characters per example.
    fn new(text: &str, name: &str, context: usize) -> Result<Self, SettingError> {
        let mut characters: Vec<char> = text.chars().collect();
        let held_out = characters.len() / HELD_OUT_ONE_IN;
        if held_out <= context {
            let (most, all) = (held_out.saturating_sub(1), count(characters.len() as u64));
            let of = format!("{name} with its {all} characters, of which a tenth is held out");
            let problem = format!("{context} is too long for {of}: write {most} or less, or take a longer text");
            return Err(SettingError { key: "context".to_owned(), problem });
        }
        let mut vocabulary = characters.clone();
        vocabulary.sort_unstable();
        vocabulary.dedup();
        let place = |character: char| vocabulary.binary_search(&character).map_or(0, |place| place as u32);
        let mut training: Vec<u32> = characters.drain(..).map(place).collect();
        let held_out = training.split_off(training.len() - held_out);
        Ok(Self { vocabulary, context, training, held_out })
    }

    /// The characters of a part.
    fn part(&self, part: Subset) -> &[u32] {
        match part {
            Subset::Training => &self.training,
            Subset::HeldOut => &self.held_out,
        }
    }

    /// The characters of an example, one more than are fed in: the last is only a target. Empty after the last example.
    #[must_use]
    pub(crate) fn window(&self, part: Subset, row: usize) -> &[u32] {
        let first = row * self.context;
        self.part(part).get(first..=first + self.context).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn load(bytes: &[u8], context: usize) -> Result<Text, String> {
        let mut file = tempfile::NamedTempFile::new().expect("temporary file");
        file.write_all(bytes).expect("written");
        let path = file.path().display().to_string();
        Text::load(Some(file.path()), context).map_err(|error| error.to_string().replace(&path, "t.txt"))
    }

    fn said(text: &Text, part: Subset, row: usize) -> String {
        text.window(part, row).iter().map(|place| text.vocabulary[*place as usize]).collect()
    }

    #[test]
    fn windows_lie_end_to_end_and_share_one_character() {
        let text = load(b"abcdefghijklmnopqrstuvwxyzabcd", 2).expect("good");
        // 27 characters for training: 13 rows need the 27th as their last next one.
        assert_eq!((text.rows(Subset::Training), text.rows(Subset::HeldOut)), (13, 1));
        assert_eq!([0, 3, 12].map(|row| said(&text, Subset::Training, row)), ["abc", "ghi", "yza"]);
        assert_eq!([0, 1].map(|row| said(&text, Subset::HeldOut, row)), ["bcd", ""]);
    }

    #[test]
    fn a_window_without_its_last_next_character_is_dropped() {
        let rows = |length: usize| load(&vec![b'a'; length], 4).expect("good").rows(Subset::HeldOut);
        assert_eq!((rows(50), rows(80), rows(90)), (1, 1, 2));
    }

    #[test]
    fn the_vocabulary_is_every_character_once_in_order() {
        let text = load("żółw – ŻÓŁW, ąę 漢字 🦀 abcba".as_bytes(), 1).expect("good");
        assert!(text.vocabulary.is_sorted());
        assert_eq!(text.vocabulary.iter().filter(|character| **character == 'a').count(), 1);
        assert!(text.vocabulary.contains(&'🦀'));
        let marked = load("\u{feff}aaaaaaaaaaaaaaaaaaaab".as_bytes(), 1).expect("good");
        assert_eq!(marked.vocabulary, ['a', 'b']);
    }

    #[test]
    fn the_embedded_text_has_batches_of_the_default_size_in_both_parts() {
        let text = Text::load(None, 64).expect("embedded");
        assert_eq!((text.rows(Subset::Training), text.rows(Subset::HeldOut), text.vocabulary.len()), (768, 85, 74));
    }

    #[test]
    fn a_file_that_is_not_text_or_too_short_is_named() {
        assert_eq!(
            load(b"plain and then \xff and so on", 4).unwrap_err(),
            "t.txt: not UTF-8 at byte 15 (the first is 0): save the text as UTF-8"
        );
        assert_eq!(
            load(&[b'a'; 50], 5).unwrap_err(),
            "context: 5 is too long for t.txt with its 50 characters, of which a tenth is held out: write 4 or less, \
             or take a longer text"
        );
        assert!(load(&[b'a'; 50], 4).is_ok());
        let words = "19 characters: a text needs at least 20, since a tenth is held out";
        assert_eq!(load(&[b'a'; 19], 1).unwrap_err(), format!("t.txt: {words}"));
        assert!(load(b"", 1).unwrap_err().starts_with("t.txt: 0 characters"));
        assert!(load(&[b'a'; 20], 1).is_ok());
    }
}
