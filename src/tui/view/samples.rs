//! Pictures that a diffusion model draws, at the cursor's step: always from the same noise, so that the user sees it
//! learn.

use ratatui::buffer::Buffer;
use ratatui::text::{Line, Span};

use super::definition::{ViewDefinition, ViewKey};
use super::legend::{LegendContext, Part};
use crate::event::Samples;
use crate::tui::keymap::key::Key;
use crate::tui::pane::LanePane;
use crate::tui::pane::frame::framed;
use crate::tui::pane::pictures::{Sheet, patch};
use crate::tui::pane::record::{self, SAMPLES, Shown, is_diffusion, why_none};
use crate::tui::pane::split::padded;
use crate::tui::scene::ViewId;
use crate::tui::theme::Role;
use crate::units::Step;

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    key: Some(ViewKey { key: Key::char('s'), label: "s" }),
    draw,
    contents: |scene| scene.lanes().any(|lane| lane.history.snapshot::<Samples>(Step(u64::MAX)).is_some()),
    legend: Some(legend),
    ..ViewDefinition::new(ViewId::new("samples"), "pictures that a diffusion model draws")
};

fn draw(lane_pane: &LanePane<'_>, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, .. } = *lane_pane;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let record = scene.shown_step(&lane).and_then(|step| lane.history.snapshot::<Samples>(step));
    let inner = padded(pane.frame);
    let shown = record.map(|record| {
        let Samples { height, width, .. } = *record.payload;
        let what = format!("{} samples {height}×{width}", record.count());
        Shown { what, step: record.step, bad: None }
    });
    framed(theme, pane.frame, &record::title(lane_pane, &lane, &SAMPLES, shown), buffer);
    let Some(samples) = record else {
        let lines = if is_diffusion(&lane) {
            why_none(scene, &lane, &SAMPLES)
        } else {
            vec!["no samples: only diffusion models draw them".to_owned()]
        };
        record::lines(theme, &lines, inner, buffer);
        return;
    };
    let light = |picture: usize, place: [usize; 2]| light(samples.payload, picture, place);
    let sheet =
        Sheet { count: samples.count(), rows: samples.height, columns: samples.width, light: &light, broken: &[] };
    sheet.render(theme, pane.frame, buffer);
}

/// Red, green, blue, 0 … 1.
fn light(samples: &Samples, picture: usize, [row, column]: [usize; 2]) -> [f32; 3] {
    let Samples { channels, height, width, ref pixels } = *samples;
    let colour = |colour: usize| {
        let place = ((picture * channels + colour) * height + row) * width + column;
        pixels.get(place).map_or(0.0, |pixel| f32::from(*pixel) / 255.0)
    };
    if channels == 3 { [colour(0), colour(1), colour(2)] } else { [colour(0); 3] }
}

/// One sentence on the pictures, and which lanes are shown.
fn legend(context: &LegendContext<'_>) -> Vec<Part> {
    let theme = context.theme;
    let dim = theme.style(Role::Dim);
    let mut scale = Vec::new();
    for (word, light) in [("-1", 0.0), ("0", 0.5), ("1", 1.0)] {
        scale.extend([Span::styled(format!("{word} "), dim), patch(theme, light), Span::raw(" ")]);
    }
    let mut parts = vec![(0, Line::from(scale))];
    parts.push((1, Line::styled("drawn from the same noise at every step", dim)));
    parts.extend(context.lanes_in_view());
    parts
}
