//! Pictures that a diffusion model draws, at the cursor's step: always from the same noise, so that one sees it learn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::frame::{fit, framed};
use super::legend::hidden;
use super::pictures::{Sheet, patch};
use super::taken::{self, SAMPLES, why_none};
use crate::config::Model;
use crate::event::{Samples, SamplesRecord};
use crate::history::Taken;
use crate::number;
use crate::quantity::Cadence;
use crate::tui::layout::{Layout, Pane, inside};
use crate::tui::scene::{LaneRef, Scene};
use crate::tui::schedule;
use crate::tui::theme::{Role, Theme};

pub(super) fn render(scene: &Scene, theme: &Theme, pane: &Pane, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let record = scene.shown_step(&lane).and_then(|step| lane.history.samples(step)).map(std::sync::Arc::as_ref);
    let inner = inside(pane.frame);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    framed(theme, pane.frame, &title(scene, theme, pane, (&lane, record)), buffer);
    let Some(SamplesRecord { samples, .. }) = record else {
        let lines = if is_diffusion(&lane) {
            why_none(scene, &lane, &SAMPLES)
        } else {
            vec!["no samples: diffusion models draw some".to_owned()]
        };
        taken::lines(theme, &lines, inner, buffer);
        return;
    };
    let light = |picture: usize, place: [usize; 2]| light(samples, picture, place);
    let sheet =
        Sheet { count: samples.count(), rows: samples.height, columns: samples.width, light: &light, broken: &[] };
    sheet.render(theme, (pane.frame, inner), buffer);
}

/// Whether a lane knows of denoising time; of a foreign run that is not known.
pub(super) fn is_diffusion(lane: &LaneRef<'_>) -> bool {
    lane.run.header().settings_of(lane.header).is_some_and(|settings| settings.model == Model::Diffusion)
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

fn title<'a>(
    scene: &Scene,
    theme: &Theme,
    pane: &Pane,
    (lane, record): (&LaneRef<'_>, Option<&SamplesRecord>),
) -> Line<'a> {
    let dim = theme.style(Role::Dim);
    let name = Span::styled(scene.lane_name(lane), theme.lane(pane.lane).add_modifier(Modifier::BOLD));
    let mut parts = vec![(0, Line::from(name))];
    if let Some(record) = record {
        let Samples { height, width, .. } = record.samples;
        parts.push((2, Line::styled(format!("{} samples {height}×{width}", record.samples.count()), dim)));
        let shown = scene.shown_step(lane).unwrap_or(record.step);
        let older = schedule::of_step(Taken::At(record.step), shown);
        let step = older.map_or_else(|| format!("step {}", number::count(record.step.0)), |words| words.long);
        parts.push((1, Line::styled(step, theme.style(Role::Strong))));
        let every = schedule::words(lane.run.header().config.as_ref(), Cadence::Scheduled);
        parts.extend(every.map(|every| (3, Line::styled(every.long, dim))));
    }
    fit(parts, pane.frame.width.saturating_sub(6))
}

/// One sentence of what is seen, with the lanes that are not.
pub(super) fn legend<'a>(theme: &Theme, layout: &Layout) -> Vec<(u8, Line<'a>)> {
    let dim = theme.style(Role::Dim);
    let mut scale = Vec::new();
    for (word, light) in [("-1", 0.0), ("0", 0.5), ("1", 1.0)] {
        scale.extend([Span::styled(format!("{word} "), dim), patch(theme, light), Span::raw(" ")]);
    }
    let mut parts = vec![(0, Line::from(scale))];
    parts.push((1, Line::styled("what the model draws from noise, the same noise at every step", dim)));
    parts.push((2, Line::styled("in 50 strides over 1000 steps of denoising time", dim)));
    parts.extend(hidden(theme, layout));
    parts
}
