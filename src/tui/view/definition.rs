//! What a view is: its name and key, the place of its panes, how a lane's pane is drawn, its legend, and what the rest of
//! the program asks about it. [`ViewDefinition::new`] is a view that shows nothing; a view sets what differs from that.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::legend::{LegendContext, Part};
use super::placement;
use crate::quantity::Quantity;
use crate::tui::keymap::key::Key;
use crate::tui::pane::{Axes, LanePane, Panes};
use crate::tui::scene::{Scene, ViewId};

/// Everything about one view.
pub(in crate::tui) struct ViewDefinition {
    /// Its name.
    pub(in crate::tui) id: ViewId,
    /// What it shows, as the help says it beside its key and its command.
    pub(in crate::tui) help: &'static str,
    /// The key that opens it and leads back to the heatmaps; without one `v`, a digit or `:view` open it.
    pub(in crate::tui) key: Option<ViewKey>,
    /// Which of so many lanes have a pane of their own.
    pub(in crate::tui) lanes: fn(usize) -> Range<usize>,
    /// Places the panes in the body of the screen.
    pub(in crate::tui) place: fn(&mut Panes, Rect, &Scene),
    /// What the pictures of the lanes show from left to right and from top to bottom; for a view of charts alone, those.
    pub(in crate::tui) axes: Axes,
    /// Draws the pane of one lane; charts and inspector draw themselves.
    pub(in crate::tui) draw: fn(&LanePane<'_>, &mut Buffer),
    /// Whether there is anything to show once the first step was taken.
    pub(in crate::tui) contents: fn(&Scene) -> bool,
    /// The sentence in place of the panes where there are lanes but none has a pane.
    pub(in crate::tui) why_empty: &'static str,
    /// Whether what is drawn is the quantity in view.
    pub(in crate::tui) shows_quantity: bool,
    /// Whether the sentence on what to look for stands below the panes.
    pub(in crate::tui) has_caption: bool,
    /// Whether the lanes are compared with the first, whose cells are then computed too.
    pub(in crate::tui) compares_lanes: bool,
    /// The quantity that its colours stand for.
    pub(in crate::tui) coloured: fn(&Scene) -> Quantity,
    /// The parts of its legend; `None` where nothing is drawn in the colours of a scale, or in glyphs that need words.
    pub(in crate::tui) legend: Option<fn(&LegendContext<'_>) -> Vec<Part>>,
}

/// A key that opens a view.
pub(in crate::tui) struct ViewKey {
    pub(in crate::tui) key: Key,
    /// How it is written.
    pub(in crate::tui) label: &'static str,
}

impl ViewDefinition {
    /// A view that shows nothing: one empty pane for each lane, no key, no legend; `v` passes over it after the first step.
    pub(in crate::tui) const fn new(id: ViewId, help: &'static str) -> Self {
        Self {
            id,
            help,
            key: None,
            lanes: |count| 0..count,
            place: placement::lane_grid,
            axes: Axes::Other,
            draw: |_, _| {},
            contents: |_| false,
            why_empty: "",
            shows_quantity: false,
            has_caption: false,
            compares_lanes: false,
            coloured: |scene| scene.view.quantity,
            legend: None,
        }
    }

    /// Whether it has anything to show; every view does before the first step, which may still bring it.
    pub(in crate::tui) fn has_contents(&self, scene: &Scene) -> bool {
        scene.last_step().is_none() || (self.contents)(scene)
    }

    /// Whether it has an axis of steps.
    pub(in crate::tui) fn has_steps(&self) -> bool {
        self.axes != Axes::Other
    }

    /// Whether a line below its panes explains what is drawn.
    pub(in crate::tui) fn has_legend(&self, scene: &Scene) -> bool {
        self.legend.is_some() && self.has_contents(scene)
    }

    /// Its panes in the body of the screen.
    pub(in crate::tui) fn panes(&self, body: Rect, scene: &Scene) -> Panes {
        let lanes = (self.lanes)(scene.lanes().count());
        let mut panes = Panes { area: body, lanes, axes: self.axes, ..Panes::default() };
        (self.place)(&mut panes, body, scene);
        panes
    }
}
