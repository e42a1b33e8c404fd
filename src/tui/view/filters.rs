//! The filters of a lane's first convolution as pictures: each shows the pattern in the input to which the filter
//! responds, edges and textures after some training.
//!
//! ```text
//! ╭─ residual  16 filters 3×3 of 1 colour  step 41 ─╮
//! │ ▀▀▀▀▀▀  ▀▀▀▀▀▀  ▀▀▀▀▀▀  ▀▀▀▀▀▀                  │
//! │ ▀▀▀▀▀▀  ▀▀▀▀▀▀  ▀▀▀▀▀▀  ▀▀▀▀▀▀                  │
//! │ 1       2       3       4                       │
//! ╰─────────────────────────────────────────────────╯
//! ```
//!
//! Each filter is scaled to its largest weight; 0 is middle grey. The weights of three colours are red, green and blue;
//! for any other number of colours their mean is shown.

use ratatui::buffer::Buffer;
use ratatui::text::{Line, Span};

use super::definition::{ViewDefinition, ViewKey};
use super::legend::{LegendContext, Part};
use crate::event::{Dated, FilterShades};
use crate::layer::{LayerKind, LayerTable};
use crate::tui::keymap::key::Key;
use crate::tui::pane::LanePane;
use crate::tui::pane::frame::framed;
use crate::tui::pane::pictures::{Sheet, patch};
use crate::tui::pane::record::{self, FILTERS, Shown, why_none};
use crate::tui::pane::split::padded;
use crate::tui::scene::ViewId;
use crate::tui::theme::Role;
use crate::units::Step;

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    key: Some(ViewKey { key: Key::char('f'), label: "f" }),
    draw,
    contents: |scene| scene.lanes().any(|lane| lane.history.snapshot::<FilterShades>(Step(u64::MAX)).is_some()),
    legend: Some(legend),
    ..ViewDefinition::new(ViewId::new("filters"), "filters of the first convolution as pictures")
};

fn draw(lane_pane: &LanePane<'_>, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, .. } = *lane_pane;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let record = scene.shown_step(&lane).and_then(|step| lane.history.snapshot::<FilterShades>(step));
    let inner = padded(pane.frame);
    let shown = record.map(|record| {
        let [filters, colours, rows, columns] = record.shape;
        let of = if colours == 1 { "1 colour".to_owned() } else { format!("{colours} colours") };
        let bad = (!record.broken.is_empty()).then(|| format!("{} not finite", record.broken.len()));
        Shown { what: format!("{filters} filters {rows}×{columns} of {of}"), step: record.step, bad }
    });
    framed(theme, pane.frame, &record::title(lane_pane, &lane, &FILTERS, shown), buffer);
    let Some(record) = record else {
        let lines = if has_filters(&lane.header.layers) {
            why_none(scene, &lane, &FILTERS)
        } else {
            vec!["no filters: its first layer is not a convolution".to_owned()]
        };
        record::lines(theme, &lines, inner, buffer);
        return;
    };
    let light = |filter: usize, place: [usize; 2]| light(record, filter, place);
    let [count, _, rows, columns] = record.shape;
    let sheet = Sheet { count, rows, columns, light: &light, broken: &record.broken };
    sheet.render(theme, pane.frame, buffer);
}

/// Whether a lane's stem is a convolution.
fn has_filters(layers: &LayerTable) -> bool {
    let stem = layers.layers.iter().find(|layer| layer.kind == LayerKind::Stem);
    stem.is_some_and(|stem| stem.parameters.iter().any(|parameter| parameter.shape.len() == 4))
}

/// Red, green, blue, 0 … 1; ½ is a weight of 0.
fn light(record: Dated<'_, FilterShades>, filter: usize, [row, column]: [usize; 2]) -> [f32; 3] {
    let colours = record.shape[1];
    let weight = |colour: usize| record.at([filter, colour, row, column]).unwrap_or(0.0);
    let weights = if colours == 3 {
        [weight(0), weight(1), weight(2)]
    } else {
        [(0..colours).map(weight).sum::<f32>() / colours.max(1) as f32; 3]
    };
    weights.map(|weight| 0.5 + weight / 2.0)
}

/// One sentence on the pictures, and which lanes are shown.
fn legend(context: &LegendContext<'_>) -> Vec<Part> {
    let (scene, theme) = (context.scene, context.theme);
    let dim = theme.style(Role::Dim);
    let records = scene.lanes().filter_map(|lane| lane.history.snapshot::<FilterShades>(scene.shown_step(&lane)?));
    let is_coloured = records.into_iter().any(|record| record.shape[1] == 3);
    let patches = [("-", 0.0), ("0", 0.5), ("+", 1.0)];
    let mut scale = Vec::new();
    for (sign, light) in patches {
        scale.extend([Span::styled(format!("{sign} "), dim), patch(theme, light), Span::raw(" ")]);
    }
    let what = "the filters of the first convolution";
    let how = if is_coloured { "weights in red, green, blue" } else { "its weights" };
    let mut parts = vec![(0, Line::from(scale)), (1, Line::styled(what, dim))];
    parts.push((2, Line::styled(format!("{how}, each filter scaled to its largest weight"), dim)));
    parts.extend(context.lanes_in_view());
    parts
}
