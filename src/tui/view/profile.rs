//! The depth profile of the current quantity above ρ over the steps, in the size of the screen.

use ratatui::layout::Rect;

use super::definition::ViewDefinition;
use super::legend::{LegendContext, Part};
use super::placement;
use crate::tui::pane::split::split_bottom;
use crate::tui::pane::{Axes, Panes};
use crate::tui::scene::{Scene, ViewId};

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    lanes: |_| 0..0,
    place,
    axes: Axes::Steps,
    contents: |_| true,
    shows_quantity: true,
    legend: Some(legend),
    ..ViewDefinition::new(ViewId::new("profile"), "the quantity in view over the depth, and ρ over the steps")
};

fn place(panes: &mut Panes, body: Rect, scene: &Scene) {
    let charts = placement::inspector_beside(panes, body, scene);
    let (profile, rho) = split_bottom(charts, (charts.height * 2 / 5).clamp(6, 16));
    (panes.profile, panes.rho) = (Some(profile), Some(rho));
}

/// The lines have the colours of their lanes, so that they need no bar.
fn legend(context: &LegendContext<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> = context.lanes_in_view().into_iter().collect();
    parts.extend(context.specials());
    parts.extend(context.not_reached());
    parts
}
