//! The terminal's answer about its background, filtered out of the keys in which it arrives.
//!
//! ```text
//! asked (OSC 11)   ESC ] 11 ; ? ESC \
//! answered         ESC ] 11 ; rgb : RRRR / GGGG / BBBB, then ESC \ or BEL; 1 to 4 hexadecimal digits a colour
//! read as keys     Alt+]  1 1 ; r g b : …                   Alt+\  or Ctrl+G
//! ```
//!
//! The answer may come at any time or never. Keys that only begin like an answer are passed on in order: none is lost.

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use crate::tui::theme::{Background, luminance};

/// Number of keys of the longest answer: four colours of four digits each, `rgba`.
const LONGEST: usize = 32;
/// Luminance above which a background is light: black and white text have equal contrast there.
const LIGHT: f32 = 0.18;

/// Filters answers out of keys.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Keys that may be the beginning of an answer.
    held: Vec<Event>,
    text: String,
}

/// The result of an event.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    /// Nothing to pass on yet.
    Part,
    /// An answer; `None` if it names no colour.
    Answer(Option<Background>),
    /// Keys to pass on.
    Keys(Vec<Event>),
}

impl Answers {
    /// Adds the next event.
    pub(super) fn take(&mut self, event: Event) -> Heard {
        let key = if let Event::Key(KeyEvent { code: KeyCode::Char(letter), modifiers, .. }) = &event {
            Some((*letter, *modifiers))
        } else {
            None
        };
        let is_next = match key {
            Some((']', KeyModifiers::ALT)) => self.held.is_empty(),
            Some(('\\', KeyModifiers::ALT) | ('g', KeyModifiers::CONTROL)) if !self.held.is_empty() => {
                self.held.clear();
                return Heard::Answer(background(&std::mem::take(&mut self.text)));
            }
            // An upper-case digit comes with Shift.
            Some((letter, modifiers)) if !self.held.is_empty() && KeyModifiers::SHIFT.contains(modifiers) => {
                self.text.push(letter);
                begins_an_answer(&self.text)
            }
            _ => false,
        };
        self.held.push(event);
        if is_next { Heard::Part } else { Heard::Keys(self.give_up()) }
    }

    /// Whether keys are held back.
    pub(super) fn waits(&self) -> bool {
        !self.held.is_empty()
    }

    /// The keys that were held back, to be passed on.
    pub(super) fn give_up(&mut self) -> Vec<Event> {
        self.text.clear();
        std::mem::take(&mut self.held)
    }
}

fn begins_an_answer(text: &str) -> bool {
    const BEGINNING: &str = "11;rgb";
    let is_of_a_colour = |letter: char| letter.is_ascii_hexdigit() || matches!(letter, ':' | '/');
    text.len() <= LONGEST
        && match text.strip_prefix(BEGINNING) {
            Some(rest) => rest.chars().all(is_of_a_colour),
            None => BEGINNING.starts_with(text),
        }
}

/// The background of `11;rgb:1e1e/1e1e/2e2e`.
fn background(answer: &str) -> Option<Background> {
    let (_, colours) = answer.split_once(':')?;
    let mut channels = colours.split('/').map(|digits| {
        let largest = 16_u32.checked_pow(u32::try_from(digits.len()).ok()?)?.checked_sub(1).filter(|most| *most > 0)?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        Some((f64::from(value) / f64::from(largest) * 255.0).round() as u8)
    });
    let mut next = || channels.next().flatten();
    let luminance = luminance((next()?, next()?, next()?));
    Some(if luminance > LIGHT { Background::Light } else { Background::Dark })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(code), modifiers))
    }

    fn keys(text: &str) -> Vec<Event> {
        text.chars().map(|letter| key(letter, KeyModifiers::NONE)).collect()
    }

    /// An answer between its first and its last key.
    fn answer(text: &str, last: Event) -> Vec<Event> {
        [vec![key(']', KeyModifiers::ALT)], keys(text), vec![last]].concat()
    }

    /// The answers and what is passed on of some events.
    fn heard(events: Vec<Event>) -> (Vec<Option<Background>>, Vec<Event>) {
        let mut answers = Answers::default();
        let (mut found, mut passed) = (Vec::new(), Vec::new());
        for event in events {
            match answers.take(event) {
                Heard::Part => {}
                Heard::Answer(background) => found.push(background),
                Heard::Keys(events) => passed.extend(events),
            }
        }
        passed.extend(answers.give_up());
        (found, passed)
    }

    #[test]
    fn light_and_dark_are_distinguished_in_every_form_of_the_answer() {
        let (st, bel) = (key('\\', KeyModifiers::ALT), key('g', KeyModifiers::CONTROL));
        let cases = [
            ("11;rgb:1e1e/1e1e/2e2e", Some(Background::Dark)),
            ("11;rgb:fdfd/f6f6/e3e3", Some(Background::Light)),
            ("11;rgb:ff/ff/ff", Some(Background::Light)),
            ("11;rgb:0/0/0", Some(Background::Dark)),
            ("11;rgba:FFFF/FFFF/FFFF/FFFF", Some(Background::Light)),
            ("11;rgb:///", None),
        ];
        for (text, background) in cases {
            for last in [&st, &bel] {
                assert_eq!(heard(answer(text, last.clone())), (vec![background], Vec::new()), "{text}");
            }
        }
    }

    #[test]
    fn keys_around_an_answer_and_those_that_only_begin_like_one_are_passed_on_in_order() {
        let around = [keys("jk"), answer("11;rgb:0/0/0", key('\\', KeyModifiers::ALT)), keys("q")].concat();
        assert_eq!(heard(around), (vec![Some(Background::Dark)], keys("jkq")));
        for text in ["", "1", "11;rgbq", "2", "11;rgb:0/0/zz", &format!("11;rgb:{}", "0".repeat(99))] {
            let typed = [vec![key(']', KeyModifiers::ALT)], keys(text)].concat();
            assert_eq!(heard(typed.clone()), (Vec::new(), typed), "{text}");
        }
    }
}
