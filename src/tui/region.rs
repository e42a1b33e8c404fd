//! The lines around the panes: header, caption, legend, notice, footer; and what replaces the panes if there is no
//! room.

pub(super) mod caption;
pub(super) mod footer;
pub(super) mod header;
pub(super) mod legend;
pub(super) mod notice;
pub(super) mod small;
