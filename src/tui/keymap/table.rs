//! The table of keys: all rows, in the order of the help.

use std::sync::LazyLock;

use super::binding::Binding;
use super::rows::{cells, cursor, overlays, run, views};

/// All keys.
pub(crate) static BINDINGS: LazyLock<Vec<Binding>> = LazyLock::new(|| {
    let before_views = cursor::ROWS.iter().cloned();
    let after_views = [cells::ROWS, run::ROWS, overlays::ROWS].into_iter().flatten().cloned();
    before_views.chain(views::rows()).chain(after_views).collect()
});
