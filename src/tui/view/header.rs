//! The first line: what runs, how far it is, how fast, and whether it lives.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::{fit, put};
use crate::config::{LaneConfig, RunConfig};
use crate::event::Outcome;
use crate::number;
use crate::text::clean;
use crate::tui::scene::{Activity, LaneRef, Pace, Scene};
use crate::tui::source::SourceKind;
use crate::tui::theme::{Role, Theme};

/// Columns kept for the left half.
const LEFT: u16 = 20;
/// Highest rank of what the whole title does not push out of the right half.
const NEEDED: u8 = 3;
/// The same of what data and stack do not push out.
const NEEDED_BY_STACK: u8 = 1;

pub(super) fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let name = Span::styled("gradtop", theme.style(Role::Accent));
    let (text, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
    let room = area.width.saturating_sub(2);
    let parts = title_of(scene);
    let full = 9 + parts.iter().map(|part| part.chars().count() as u16 + 3).sum::<u16>();
    // The whole title costs the right half no more than its least important parts; else there is room for the data.
    let all = progress(scene, theme);
    let least = |most: u8| {
        let needed: Vec<_> = all.iter().filter(|(rank, _)| *rank <= most).cloned().collect();
        fit(needed, u16::MAX - 2).width() as u16
    };
    // At least the data and the stack, as long as that leaves the step and how it goes.
    let short = 9 + parts.iter().take(2).map(|part| part.chars().count() as u16 + 3).sum::<u16>();
    let reserved = match room {
        _ if full + least(NEEDED) <= room => full,
        _ if short + least(NEEDED_BY_STACK) <= room => short,
        _ => LEFT,
    };
    let right = fit(all, room.saturating_sub(reserved));
    let left = room.saturating_sub(right.width() as u16 + 2);
    let mut title = Line::from(vec![name, Span::raw("  ")]);
    let separator = Span::styled(" · ", dim);
    for (index, part) in parts.into_iter().enumerate() {
        // A half-written part would mislead: whole parts or nothing.
        if title.width() + part.chars().count() + 3 > usize::from(left) && index > 0 {
            break;
        }
        if index > 0 {
            title.push_span(separator.clone());
        }
        title.push_span(Span::styled(part, text));
    }
    put((area.x + 1, area.y), &title, left, buffer);
    put((area.right().saturating_sub(right.width() as u16 + 1), area.y), &right, right.width() as u16, buffer);
}

/// `digits`, `mlp 50×64`, `relu`, `default init`, `adam 1e-3`: what the lanes of all runs have in common.
fn title_of(scene: &Scene) -> Vec<String> {
    let mut parts = Vec::new();
    match common(configs(scene).map(|config| Some(&config?.data))) {
        Common::All(data) => parts.push(clean(&data.to_string())),
        Common::Different => parts.push("different data".to_owned()),
        Common::Unknown => {}
    }
    match common(scene.lanes().map(|lane| Some(lane.header.title.as_str()))) {
        Common::All(title) => parts.extend(title.split(" · ").map(str::to_owned)),
        Common::Different => parts.push(format!("{} different stacks", scene.lanes().count())),
        Common::Unknown => {}
    }
    parts.extend(optimizer(scene));
    parts
}

/// Settings of each run.
fn configs(scene: &Scene) -> impl Iterator<Item = Option<&RunConfig>> {
    scene.runs.values().map(|run| run.header().config.as_ref())
}

/// What several have in common.
enum Common<T> {
    /// This.
    All(T),
    /// Two of them differ.
    Different,
    /// There is none, or one of them has not said.
    Unknown,
}

fn common<T: PartialEq>(mut each: impl Iterator<Item = Option<T>>) -> Common<T> {
    let Some(Some(first)) = each.next() else { return Common::Unknown };
    for other in each {
        match other {
            None => return Common::Unknown,
            Some(other) if other != first => return Common::Different,
            Some(_) => {}
        }
    }
    Common::All(first)
}

/// `adam 1e-3`, or as much of it as the lanes of all runs agree in.
fn optimizer(scene: &Scene) -> Option<String> {
    let set = scene.view.learning_rate;
    let of = |lane: &LaneConfig| (lane.optimizer, set.base.unwrap_or(lane.lr) * set.factor);
    let settings = || {
        configs(scene).flat_map(|config| match config {
            Some(config) => config.lanes.iter().map(|lane| Some(of(lane))).collect(),
            None => vec![None],
        })
    };
    match common(settings()) {
        Common::All((optimizer, rate)) => Some(format!("{optimizer} {}", number::rate(rate))),
        Common::Different => match common(settings().map(|settings| Some(settings?.0))) {
            Common::All(optimizer) => Some(format!("{optimizer}, different rates")),
            _ => Some("different optimizers".to_owned()),
        },
        Common::Unknown => None,
    }
}

/// The right half, each part with its rank: the lowest stays longest.
fn progress<'a>(scene: &Scene, theme: &Theme) -> Vec<(u8, Line<'a>)> {
    let (strong, dim) = (theme.style(Role::Strong), theme.style(Role::Dim));
    let mut parts = Vec::new();
    let step = scene.newest().map_or(0, |step| step.0);
    // Of several runs the longest; unknown as soon as one of them is.
    let steps = scene.runs.values().map(|run| run.header().steps);
    let total = steps.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
    let last = scene.last_step().map(|last| last.0).filter(|_| scene.view.playhead.is_some());
    let of = last.or(total).map_or_else(String::new, |total| format!(" / {}", number::count(total)));
    // Each has a place of fixed width: what stands beside it does not move when a number gains a digit.
    let digits = last.or(total).map_or(0, |total| number::count(total).len());
    parts.push((1, Line::styled(format!("step {:>digits$}{of}", number::count(step)), strong)));
    let is_live = scene.status.kind == SourceKind::Live && !matches!(scene.status.activity, Activity::Ended(_));
    let rate = scene.status.steps_per_second.filter(|rate| rate.is_finite());
    if is_live || rate.is_some() {
        let rate = rate.map_or_else(|| "–".to_owned(), number::per_second);
        parts.push((2, Line::styled(format!("{rate:>5} steps/s"), dim)));
    }
    parts.extend(
        times(scene, total.map(|total| total.saturating_sub(step)), rate).map(|times| (4, Line::styled(times, dim))),
    );
    if let Some(share) = scene.status.measuring_share.filter(|share| share.is_finite()) {
        let budget = match common(configs(scene).map(|config| config.and_then(RunConfig::budget))) {
            Common::All(budget) => Some(budget),
            Common::Different | Common::Unknown => None,
        };
        let of = budget.map_or_else(String::new, |budget| format!(" of {}", number::percent(budget)));
        parts.push((3, Line::styled(format!("measuring {:>5}{of}", number::percent(share)), dim)));
    }
    if scene.status.dropped > 0 {
        let dropped = format!("{} not shown", number::count(scene.status.dropped));
        parts.push((2, Line::styled(dropped, theme.style(Role::Warning))));
    }
    parts.push((0, activity(scene, theme)));
    if let Common::All(backend) = common(scene.runs.values().map(|run| Some(&run.header().machine.backend))) {
        parts.push((4, Line::styled(backend.clone(), dim)));
    }
    match common(configs(scene).map(|config| Some(config?.seed))) {
        Common::All(seed) => parts.push((5, Line::styled(format!("seed {seed}"), dim))),
        Common::Different => parts.push((5, Line::styled("different seeds", dim))),
        Common::Unknown => {}
    }
    parts
}

/// `0:42, 1:10 left`.
fn times(scene: &Scene, steps_left: Option<u64>, rate: Option<f64>) -> Option<String> {
    let elapsed = format!("{:>5}", number::clock(scene.status.elapsed?.as_secs()));
    if matches!(scene.status.activity, Activity::Ended(_)) {
        return Some(elapsed);
    }
    let left = steps_left
        .zip(rate.filter(|rate| *rate > 0.0))
        .map(|(steps, rate)| number::clock((steps as f64 / rate) as u64));
    Some(format!("{elapsed}, {:>5} left", left.unwrap_or_else(|| "–".to_owned())))
}

fn activity<'a>(scene: &Scene, theme: &Theme) -> Line<'a> {
    // One broken trace among others is the notice's business.
    let is_broken = !scene.status.errors.is_empty() && scene.status.errors.len() >= scene.runs.len();
    let (glyph, words, role) = match (scene.pace(), &scene.status.activity) {
        (Pace::Plays, _) => ("▶", format!("replay {} steps/s", number::value(scene.view.play.speed)), Role::Good),
        (Pace::Held, _) => ("‖", "held".to_owned(), Role::Warning),
        _ if is_broken => ("!", "unreadable".to_owned(), Role::Bad),
        (_, Activity::Starting) => ("·", "starting".to_owned(), Role::Dim),
        (_, Activity::Live) => ("●", "live".to_owned(), Role::Good),
        (_, Activity::Paused) => ("‖", "paused".to_owned(), Role::Warning),
        (_, Activity::Following) => ("●", "following".to_owned(), Role::Good),
        (_, Activity::Ended(outcome)) => ended(outcome, scene),
    };
    Line::styled(format!("{glyph} {words}"), theme.style(role))
}

/// How the run ended; one in which a lane diverged or failed is not simply completed.
fn ended(outcome: &Outcome, scene: &Scene) -> (&'static str, String, Role) {
    let kind = scene.status.kind;
    let lost = |lane: &LaneRef<'_>| {
        let end = lane.history.end().map(|end| &end.outcome);
        matches!(end, Some(Outcome::Diverged | Outcome::Failed(_)))
    };
    let (lost, all) = (scene.lanes().filter(lost).count(), scene.lanes().count());
    match outcome {
        Outcome::Completed if lost > 0 => ("!", format!("{lost} of {all} diverged"), Role::Warning),
        Outcome::Completed => ("■", "completed".to_owned(), Role::Good),
        Outcome::Stopped if kind == SourceKind::Traces => ("■", "was stopped".to_owned(), Role::Warning),
        Outcome::Stopped => ("■", "stopped".to_owned(), Role::Warning),
        Outcome::Diverged => ("!", "diverged".to_owned(), Role::Bad),
        Outcome::Failed(_) => ("!", "failed".to_owned(), Role::Bad),
    }
}
