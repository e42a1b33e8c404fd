//! The next and the previous of several items, cyclically.

use crate::tui::action::Turn;

/// The item after or before the current one, cyclically; the first if there is no current one.
pub(super) fn turned<T>(items: &[T], is_current: impl Fn(&T) -> bool, turn: Turn) -> Option<&T> {
    let Some(current) = items.iter().position(is_current) else { return items.first() };
    let step = match turn {
        Turn::Forward => 1,
        Turn::Back => items.len() - 1,
    };
    items.get((current + step) % items.len())
}
