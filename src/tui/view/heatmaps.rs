//! The heatmaps of all lanes, layers by steps, above loss, profile and inspector: the view at the start of the program.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::definition::ViewDefinition;
use super::legend::{LegendContext, Part, numbers};
use super::placement;
use crate::history::Reduce;
use crate::tui::pane::heatmap::{self, Heatmap, Values, title};
use crate::tui::pane::split::split_bottom;
use crate::tui::pane::{Axes, LanePane, Panes};
use crate::tui::scene::{Scene, ViewId};

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    place,
    axes: Axes::StepsAndLayers,
    draw,
    contents: |_| true,
    shows_quantity: true,
    has_caption: true,
    legend: Some(legend),
    ..ViewDefinition::new(ViewId::HOME, "the quantity in view, layers by steps, one heatmap for each lane")
};

/// Places the lanes above and the charts below.
pub(super) fn place(panes: &mut Panes, body: Rect, scene: &Scene) {
    let (above, below) = split_bottom(body, (body.height * 9 / 20).clamp(7, 26));
    placement::lane_grid(panes, above, scene);
    placement::charts(panes, below, scene);
}

fn draw(lane: &LanePane<'_>, buffer: &mut Buffer) {
    let (scene, theme) = (lane.scene, lane.theme);
    let painter = heatmap::painter(scene, theme, scene.view.quantity);
    let title = title::of(scene, theme, lane.pane);
    heatmap::render(lane, &Heatmap { title, painter, values: Values::OfLane }, buffer);
}

fn legend(context: &LegendContext<'_>) -> Vec<Part> {
    let quantity = context.scene.view.quantity;
    let painter = heatmap::painter(context.scene, context.theme, quantity);
    let ends = context.ends(numbers(quantity, painter.scale), context.beyond(painter.scale));
    let reduce = match context.scene.view.reduce {
        Reduce::Extreme => "a cell: extreme",
        Reduce::Mean => "a cell: mean",
    };
    let mut parts = vec![context.bar(&painter, ends)];
    parts.extend(context.lanes_in_view());
    parts.extend([context.words(3, "one scale for all lanes"), context.words(4, reduce)]);
    parts.extend(context.specials());
    parts.extend(context.not_reached());
    parts
}
