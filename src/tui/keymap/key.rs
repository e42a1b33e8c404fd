//! A key with its modifiers.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers; a letter's case says whether Shift is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Key {
    pub(super) const fn char(character: char) -> Self {
        Self { code: KeyCode::Char(character), modifiers: KeyModifiers::NONE }
    }

    pub(super) const fn plain(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    pub(super) const fn shift(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::SHIFT }
    }

    pub(super) const fn control(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::CONTROL }
    }

    /// Whether this key was pressed.
    #[must_use]
    pub fn is(self, event: KeyEvent) -> bool {
        // Terminals disagree on whether `M`, `?` and a back-tab come with Shift: the code tells it already.
        let told = matches!(event.code, KeyCode::Char(_) | KeyCode::BackTab);
        let modifiers = if told { event.modifiers - KeyModifiers::SHIFT } else { event.modifiers };
        self.code == event.code && self.modifiers == modifiers
    }
}
