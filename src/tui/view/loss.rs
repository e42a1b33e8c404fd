//! The loss over the steps, in the size of the screen.

use super::definition::ViewDefinition;
use super::placement;
use crate::tui::pane::Axes;
use crate::tui::scene::ViewId;

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    lanes: |_| 0..0,
    place: |panes, body, scene| panes.loss = Some(placement::inspector_beside(panes, body, scene)),
    axes: Axes::Steps,
    contents: |_| true,
    ..ViewDefinition::new(ViewId::new("loss"), "the loss of all lanes over the steps")
};
