//! Pictures that a diffusion model draws, at the cursor's step: always from the same noise, so that one sees it learn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::framed;
use super::legend::hidden;
use super::measured_at::{self, SAMPLES, is_diffusion, why_none};
use super::pictures::{Sheet, patch};
use crate::event::Samples;
use crate::tui::layout::{Layout, Pane, inside};
use crate::tui::scene::Scene;
use crate::tui::theme::{Role, Theme};

pub(super) fn render(scene: &Scene, theme: &Theme, pane: &Pane, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let record = scene.shown_step(&lane).and_then(|step| lane.history.snapshot::<Samples>(step));
    let inner = inside(pane.frame);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let what = record.map(|record| {
        let Samples { height, width, .. } = *record.payload;
        (format!("{} samples {height}×{width}", record.count()), record.step, None)
    });
    framed(theme, pane.frame, &measured_at::title(scene, theme, pane, (&lane, &SAMPLES), what), buffer);
    let Some(samples) = record else {
        let lines = if is_diffusion(&lane) {
            why_none(scene, &lane, &SAMPLES)
        } else {
            vec!["no samples: diffusion models draw some".to_owned()]
        };
        measured_at::lines(theme, &lines, inner, buffer);
        return;
    };
    let light = |picture: usize, place: [usize; 2]| light(samples.payload, picture, place);
    let sheet =
        Sheet { count: samples.count(), rows: samples.height, columns: samples.width, light: &light, broken: &[] };
    sheet.render(theme, (pane.frame, inner), buffer);
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

/// One sentence of what is seen, with the lanes that are not.
pub(super) fn legend<'a>(theme: &Theme, layout: &Layout) -> Vec<(u8, Line<'a>)> {
    let dim = theme.style(Role::Dim);
    let mut scale = Vec::new();
    for (word, light) in [("-1", 0.0), ("0", 0.5), ("1", 1.0)] {
        scale.extend([Span::styled(format!("{word} "), dim), patch(theme, light), Span::raw(" ")]);
    }
    let mut parts = vec![(0, Line::from(scale))];
    parts.push((1, Line::styled("drawn from noise, the same at every step", dim)));
    parts.extend(hidden(theme, layout));
    parts
}
