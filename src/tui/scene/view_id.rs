//! The name of the view that fills the screen. The view itself is in its own file, in the table of views: the state
//! does not depend on panes.

/// A view's name, such as `heatmaps`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ViewId(&'static str);

impl ViewId {
    /// The view at the start of the program, to which Escape returns.
    pub(crate) const HOME: Self = Self("heatmaps");

    pub(in crate::tui) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name, as `:view` takes it.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        self.0
    }
}

impl Default for ViewId {
    fn default() -> Self {
        Self::HOME
    }
}
