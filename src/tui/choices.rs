//! The accepted words of a setting, to choose with the arrows or to complete on the command line.

use crate::config::setting;

/// The accepted words of a setting, if there are several; empty for numbers and free text.
#[must_use]
pub(super) fn choices(key: &str) -> Vec<&'static str> {
    let values = setting::find(key).map_or("", |setting| setting.values);
    let word =
        |value: &'static str| value.split(['[', ':']).next().filter(|_| !value.contains(':') || value.contains('['));
    let is_word = |word: &&str| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    let words: Vec<_> = values.split('|').filter_map(word).filter(is_word).collect();
    if words.len() > 1 { words } else { Vec::new() }
}
