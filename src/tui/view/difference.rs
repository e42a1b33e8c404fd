//! Heatmaps of the other lanes compared with the first: log-ratio on a logarithmic axis, difference on a linear one.

use ratatui::buffer::Buffer;
use ratatui::style::Stylize;
use ratatui::text::{Line, Span};

use super::definition::ViewDefinition;
use super::heatmaps;
use super::legend::{LegendContext, Part, patch};
use crate::history::Cell;
use crate::number;
use crate::quantity::Axis;
use crate::tui::pane::cell::Painter;
use crate::tui::pane::frame::fit;
use crate::tui::pane::heatmap::{self, Heatmap, Values};
use crate::tui::pane::{Axes, LanePane};
use crate::tui::scene::{Scene, ViewId};
use crate::tui::theme::{Role, Theme};

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    lanes: |count| 1..count.max(1),
    place: heatmaps::place,
    axes: Axes::StepsAndLayers,
    draw,
    contents: |scene| scene.lanes().count() > 1,
    why_empty: "the difference view compares lanes, but there is only one: press v for another view",
    shows_quantity: true,
    has_caption: true,
    compares_lanes: true,
    legend: Some(legend),
    ..ViewDefinition::new(ViewId::new("difference"), "every other lane compared with the first")
};

fn draw(lane: &LanePane<'_>, buffer: &mut Buffer) {
    let painter = painter(lane.scene, lane.theme);
    heatmap::render(lane, &Heatmap { title: title(lane), painter, values: Values::RatioToFirst }, buffer);
}

fn painter<'a>(scene: &Scene, theme: &'a Theme) -> Painter<'a> {
    Painter { theme, palette: theme.diverging(), scale: scene.scales.difference(scene.view.quantity) }
}

/// `residual ÷ plain  log-ratio of ‖∂L/∂x‖`.
fn title(lane: &LanePane<'_>) -> Line<'static> {
    let LanePane { scene, theme, pane, .. } = *lane;
    let definition = scene.view.quantity.definition();
    let dim = theme.style(Role::Dim);
    let name = |lane: usize| scene.lanes().nth(lane).map_or_else(String::new, |lane| scene.lane_name(&lane));
    let (sign, how) = match definition.axis {
        Axis::Log => (" ÷ ", "log-ratio"),
        Axis::Linear => (" − ", "difference"),
    };
    let names = vec![
        Span::styled(name(pane.lane), theme.lane(pane.lane)),
        Span::styled(sign, dim),
        Span::styled(name(0), theme.lane(0)),
    ];
    let symbol = theme.glyph(definition.symbol, definition.ascii);
    let parts = vec![(0, Line::from(names).bold()), (1, Line::styled(format!("{how} of {symbol}"), dim))];
    fit(parts, pane.frame.width.saturating_sub(6))
}

fn legend(context: &LegendContext<'_>) -> Vec<Part> {
    let (scene, theme) = (context.scene, context.theme);
    let axis = scene.view.quantity.definition().axis;
    let painter = painter(scene, theme);
    let numbers = [painter.scale.low, painter.scale.high].map(|end| match axis {
        Axis::Log => format!("×{}", number::power(end)),
        Axis::Linear => number::value(f64::from(end)),
    });
    let ends = context.ends(numbers, [scene.cache.largest_ratio > painter.scale.high; 2]);
    let first = scene.lanes().next().map_or_else(String::new, |lane| scene.lane_name(&lane));
    let meaning = |position: f32, words: String| {
        (1, Line::from(vec![patch(theme.diverging().at(position)), Span::styled(words, theme.style(Role::Dim))]))
    };
    let (nan, infinite) = match axis {
        Axis::Log => (theme.glyph("NaN, 0 ÷ 0", "NaN, 0 / 0"), theme.glyph("infinite, ÷ 0", "infinite, / 0")),
        Axis::Linear => ("NaN", "infinite"),
    };
    let mut parts = vec![context.bar(&painter, ends)];
    parts.extend(context.lanes_in_view());
    parts.extend([meaning(0.12, format!(" smaller than {first}")), meaning(0.88, " larger".to_owned())]);
    parts.extend([context.special(Cell::Zero, "exact zero"), context.special(Cell::Nan, nan)]);
    parts.extend([context.special(Cell::Infinite, infinite), context.special(Cell::Absent, "no value")]);
    parts.extend(context.not_reached());
    parts
}
