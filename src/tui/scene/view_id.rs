//! Which view fills the screen, by its name. What the view is stands in its own file, in the table of views above the
//! scene: the state knows nothing of panes.

/// A view's name, such as `heatmaps`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViewId(&'static str);

impl ViewId {
    /// The view that the program begins with, and that Escape leads back to.
    pub const HOME: Self = Self("heatmaps");

    pub(in crate::tui) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name, as `:view` takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl Default for ViewId {
    fn default() -> Self {
        Self::HOME
    }
}
