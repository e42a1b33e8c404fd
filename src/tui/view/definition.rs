//! The definition of a view: its name and key, the placement of its panes, how a lane's pane is drawn, its legend, and
//! everything else that the program asks about it. [`ViewDefinition::new`] is a view that shows nothing; a view sets
//! what differs from it.

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
    /// What it shows, for the help beside its key and its command.
    pub(in crate::tui) help: &'static str,
    /// The key that opens it and returns to the heatmaps; a view without one is opened by `v`, a digit or `:view`.
    pub(in crate::tui) key: Option<ViewKey>,
    /// Which of this many lanes have a pane of their own.
    pub(in crate::tui) lanes: fn(usize) -> Range<usize>,
    /// Places the panes in the body of the screen.
    pub(in crate::tui) place: fn(&mut Panes, Rect, &Scene),
    /// The meaning of columns and rows in the lanes' pictures, or in the charts of a view without pictures.
    pub(in crate::tui) axes: Axes,
    /// Draws the pane of one lane; charts and inspector draw themselves.
    pub(in crate::tui) draw: fn(&LanePane<'_>, &mut Buffer),
    /// Whether there is anything to show after the first step.
    pub(in crate::tui) contents: fn(&Scene) -> bool,
    /// The sentence that replaces the panes if there are lanes but none has a pane.
    pub(in crate::tui) why_empty: &'static str,
    /// Whether it draws the current quantity.
    pub(in crate::tui) shows_quantity: bool,
    /// Whether the caption is shown below the panes.
    pub(in crate::tui) has_caption: bool,
    /// Whether lanes are compared with the first one, whose cells are then computed too.
    pub(in crate::tui) compares_lanes: bool,
    /// The quantity of its colours.
    pub(in crate::tui) coloured: fn(&Scene) -> Quantity,
    /// The parts of its legend; `None` if it uses neither the colours of a scale nor glyphs that need words.
    pub(in crate::tui) legend: Option<fn(&LegendContext<'_>) -> Vec<Part>>,
}

/// A key that opens a view.
pub(in crate::tui) struct ViewKey {
    pub(in crate::tui) key: Key,
    /// The label of the key.
    pub(in crate::tui) label: &'static str,
}

impl ViewDefinition {
    /// A view that shows nothing: one empty pane per lane, no key, no legend; `v` skips it after the first step.
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

    /// Whether it has anything to show; before the first step every view may still get something.
    pub(in crate::tui) fn has_contents(&self, scene: &Scene) -> bool {
        scene.last_step().is_none() || (self.contents)(scene)
    }

    /// Whether it has an axis of steps.
    pub(in crate::tui) fn has_steps(&self) -> bool {
        self.axes != Axes::Other
    }

    /// Whether a line below its panes explains the drawing.
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
