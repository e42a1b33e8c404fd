//! To a file: see [`crate::trace`] (skeleton).
