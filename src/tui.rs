//! The terminal screen: a pure render of a [`scene::Scene`], changed only by actions.

pub mod scene;
pub mod source;
