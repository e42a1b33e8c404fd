//! The windows on top of the panes: help, notes, form, list of quantities, command line, question.

pub(super) mod command;
pub(super) mod confirm;
pub(super) mod form;
pub(super) mod help;
pub(super) mod notes;
pub(super) mod picker;
pub(super) mod scroll;
