//! Why there is nothing to show of what is taken now and then, with the histograms or the costly quantities, and how to
//! get it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::frame::cut;
use crate::number;
use crate::quantity::Cadence;
use crate::tui::scene::{LaneRef, Scene, Standing};
use crate::tui::schedule;
use crate::tui::source::SourceKind;
use crate::tui::theme::{Role, Theme};
use crate::units::Step;

/// How something is spoken of.
pub(super) struct Words {
    one: &'static str,
    many: &'static str,
    /// What is done to get it, and what does it.
    done: &'static str,
    does: &'static str,
    /// With what it comes.
    cadence: Cadence,
}

/// Gradients in bins.
pub(super) const HISTOGRAMS: Words =
    Words { one: "histogram", many: "histograms", done: "counted", does: "counts", cadence: Cadence::Counted };
/// Norms of every tensor.
pub(super) const TENSORS: Words = Words {
    one: "value of single layers",
    many: "values of single layers",
    done: "taken",
    does: "takes",
    cadence: Cadence::Counted,
};
/// Filters of the first convolution.
pub(super) const FILTERS: Words = Words {
    one: "picture of the filters",
    many: "pictures of the filters",
    done: "taken",
    does: "takes",
    cadence: Cadence::Counted,
};
/// Pictures that a diffusion model draws.
pub(super) const SAMPLES: Words =
    Words { one: "sample", many: "samples", done: "drawn", does: "draws", cadence: Cadence::Scheduled };
/// Its gradient by denoising time.
pub(super) const DENOISING: Words = Words {
    one: "gradient by denoising time",
    many: "gradients by denoising time",
    done: "taken",
    does: "takes",
    cadence: Cadence::Scheduled,
};

/// Dim lines from the top of an area.
pub(super) fn lines(theme: &Theme, lines: &[String], area: Rect, buffer: &mut Buffer) {
    for (sentence, row) in lines.iter().zip(area.rows()) {
        let sentence = cut(&Line::styled(sentence.clone(), theme.style(Role::Dim)), row.width);
        buffer.set_line(row.x, row.y, &sentence, row.width);
    }
}

/// One line each.
pub(super) fn why_none(scene: &Scene, lane: &LaneRef<'_>, words: &Words) -> Vec<String> {
    let Words { one, many, done, does, cadence } = words;
    if let Some(why) = scene.standing(lane).and_then(Standing::why_nothing) {
        return vec![why];
    }
    let Some(config) = lane.run.header().config.as_ref() else {
        return vec![format!("no {many} in this trace")];
    };
    let is_older = words.many != HISTOGRAMS.many && lane.history.histogram(Step(u64::MAX)).is_some();
    if is_older {
        return vec![format!("no {many}:"), "an older gradtop wrote this trace".to_owned()];
    }
    if *cadence == Cadence::Scheduled {
        return match schedule::words(Some(config), *cadence) {
            Some(every) => vec![format!("no {one} yet"), format!("{done} {} (--detail)", every.long)],
            None if config.detail.is_none() => {
                vec![format!("no {many}: none are {done}"), format!("--detail 200 {does} them")]
            }
            None => vec![format!("no {one} yet")],
        };
    }
    let mut lines = vec![format!("no {one} yet")];
    match schedule::words(Some(config), Cadence::Counted) {
        Some(every) => lines.push(format!("{done} {} ({})", every.long, schedule::histogram_flag(config))),
        None if config.histograms.is_none() && config.detail.is_none() => {
            lines = vec![format!("no {many}: none are {done}"), format!("--histograms 10 {does} them")];
        }
        None => {}
    }
    let goes_on = lane.history.end().is_none();
    let next = lane.history.last_step().and_then(|newest| schedule::next_histogram(config, newest));
    lines.extend(next.filter(|_| goes_on).map(|next| format!("the next at step {}", number::count(next.0))));
    if scene.status.kind == SourceKind::Live && config.flight.is_some() && goes_on {
        lines.push("F: the last steps with theirs".to_owned());
    }
    lines
}
