//! Snapshots, which come with the histograms or the costly quantities: the heading of their pane, and why there is none
//! and how to get one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::frame::{fit, put, wrapped};
use crate::config::Model;
use crate::event::Histograms;
use crate::history::MeasuredAt;
use crate::measurement::Measurement;
use crate::number;
use crate::tui::pane::LanePane;
use crate::tui::scene::{CursorState, LaneRef, Scene};
use crate::tui::schedule;
use crate::tui::source::SourceKind;
use crate::tui::theme::{Role, Theme};
use crate::units::Step;

/// A kind of snapshot in words.
pub(in crate::tui) struct RecordKind {
    one: &'static str,
    many: &'static str,
    /// What is done to get it, as participle and verb.
    done: &'static str,
    does: &'static str,
    /// The part of measuring that it belongs to.
    cadence: Measurement,
}

/// Histograms of the gradients.
pub(in crate::tui) const HISTOGRAMS: RecordKind = RecordKind {
    one: "histogram",
    many: "histograms",
    done: "counted",
    does: "counts",
    cadence: Measurement::Histograms,
};
/// Norms of every tensor.
pub(in crate::tui) const TENSORS: RecordKind = RecordKind {
    one: "value of single layers",
    many: "values of single layers",
    done: "measured",
    does: "measures",
    cadence: Measurement::Histograms,
};
/// Filters of the first convolution.
pub(in crate::tui) const FILTERS: RecordKind = RecordKind {
    one: "picture of the filters",
    many: "pictures of the filters",
    done: "recorded",
    does: "records",
    cadence: Measurement::Histograms,
};
/// Pictures that a diffusion model draws.
pub(in crate::tui) const SAMPLES: RecordKind =
    RecordKind { one: "sample", many: "samples", done: "drawn", does: "draws", cadence: Measurement::Costly };
/// The gradient of a diffusion model by timestep.
pub(in crate::tui) const DENOISING: RecordKind = RecordKind {
    one: "gradient by timestep",
    many: "gradients by timestep",
    done: "measured",
    does: "measures",
    cadence: Measurement::Costly,
};

/// A snapshot that is shown.
pub(in crate::tui) struct Shown {
    /// Its content, in words.
    pub(in crate::tui) what: String,
    /// The step on which it was measured.
    pub(in crate::tui) step: Step,
    /// Its values that are not finite, in words.
    pub(in crate::tui) bad: Option<String>,
}

/// The lane's name, the content, the step, values that are not finite, and how often such a snapshot is measured; the
/// view's name if there is none.
pub(in crate::tui) fn title(
    LanePane { scene, theme, pane, .. }: &LanePane<'_>,
    lane: &LaneRef<'_>,
    kind: &RecordKind,
    shown: Option<Shown>,
) -> Line<'static> {
    let dim = theme.style(Role::Dim);
    let name = Span::styled(scene.lane_name(lane), theme.lane(pane.lane).add_modifier(Modifier::BOLD));
    let mut parts = vec![(0, Line::from(name))];
    if let Some(Shown { what, step, bad }) = shown {
        parts.push((2, Line::styled(what, dim)));
        let cursor = scene.shown_step(lane).unwrap_or(step);
        let older = schedule::of_step(MeasuredAt::At(step), cursor);
        let step = older.map_or_else(|| format!("step {}", number::count(step.0)), |words| words.long);
        parts.push((1, Line::styled(step, theme.style(Role::Strong))));
        parts.extend(bad.map(|bad| (1, Line::styled(bad, theme.style(Role::Bad)))));
        let every = schedule::words(lane.config, kind.cadence);
        parts.extend(every.map(|every| (3, Line::styled(every.long, dim))));
    } else {
        parts.push((1, Line::styled(scene.view.shown.name(), dim)));
    }
    fit(parts, pane.frame.width.saturating_sub(6))
}

/// Whether a lane is a diffusion model; false if the settings of the run are unknown.
pub(in crate::tui) fn is_diffusion(lane: &LaneRef<'_>) -> bool {
    lane.settings.is_some_and(|settings| settings.model() == Model::Diffusion)
}

/// Dim sentences from the top of an area, each beginning a line.
pub(in crate::tui) fn lines(theme: &Theme, lines: &[String], area: Rect, buffer: &mut Buffer) {
    let lines = lines.iter().flat_map(|sentence| wrapped(sentence, usize::from(area.width)));
    for (line, row) in lines.zip(area.rows()) {
        put((row.x, row.y), &Line::styled(line, theme.style(Role::Dim)), row.width, buffer);
    }
}

/// Why there is no snapshot, one line each.
pub(in crate::tui) fn why_none(scene: &Scene, lane: &LaneRef<'_>, kind: &RecordKind) -> Vec<String> {
    let RecordKind { one, many, done, does, cadence } = kind;
    if let Some(why) = scene.cursor_state(lane).and_then(CursorState::why_nothing) {
        return vec![why];
    }
    let Some(config) = lane.config else {
        return vec![format!("no {many} in this trace")];
    };
    // Older versions recorded only histograms.
    let comes_beside = *cadence == Measurement::Histograms && *many != HISTOGRAMS.many;
    let is_older = comes_beside && lane.history.snapshot::<Histograms>(Step(u64::MAX)).is_some();
    if is_older {
        return vec![format!("no {many}:"), "an older nablatop wrote this trace".to_owned()];
    }
    if *cadence == Measurement::Costly {
        return match schedule::words(Some(config), *cadence) {
            Some(every) => vec![format!("no {one} yet"), format!("{done} {} (--detail)", every.long)],
            None if config.detail.is_none() => {
                vec![format!("no {many}: none are {done}"), format!("--detail 200 {does} them")]
            }
            None => vec![format!("no {one} yet")],
        };
    }
    let mut lines = vec![format!("no {one} yet")];
    match schedule::words(Some(config), Measurement::Histograms) {
        Some(every) => lines.push(format!(
            "{done} {} (--{})",
            every.long,
            config.intervals().histograms_follow().definition().setting
        )),
        None if config.histograms.is_none() && config.detail.is_none() => {
            lines = vec![format!("no {many}: none are {done}"), format!("--histograms 10 {does} them")];
        }
        None => {}
    }
    let goes_on = lane.history.end().is_none();
    let next = lane.history.last_step().and_then(|newest| config.intervals().next(Measurement::Histograms, newest));
    lines.extend(next.filter(|_| goes_on).map(|next| format!("the next at step {}", number::count(next.0))));
    if scene.status.kind == SourceKind::Live && config.flight.is_some() && goes_on {
        lines.push("F: re-run the last steps".to_owned());
    }
    lines
}
