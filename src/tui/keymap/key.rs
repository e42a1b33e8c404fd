//! A key with its modifiers.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers; the case of a letter says whether Shift is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Key {
    /// The return key.
    pub(in crate::tui) const ENTER: Self = Self::plain(KeyCode::Enter);

    pub(in crate::tui) const fn char(character: char) -> Self {
        Self { code: KeyCode::Char(character), modifiers: KeyModifiers::NONE }
    }

    pub(in crate::tui) const fn plain(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    pub(in crate::tui) const fn shift(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::SHIFT }
    }

    pub(in crate::tui) const fn control(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::CONTROL }
    }

    /// Whether this key was pressed.
    #[must_use]
    pub(crate) fn is(self, event: KeyEvent) -> bool {
        // Terminals disagree on whether `M`, `?` and a back-tab come with Shift, which the code already says.
        let code_says_shift = matches!(event.code, KeyCode::Char(_) | KeyCode::BackTab);
        let modifiers = if code_says_shift { event.modifiers - KeyModifiers::SHIFT } else { event.modifiers };
        self.code == event.code && self.modifiers == modifiers
    }
}
