//! The first line: the run, its state, its progress and its speed.
//!
//! ```text
//! nablatop  digits · mlp 50×64        5 not shown  ● live  step   212 / 2,000    213 steps/s  seed 7
//! └ as much as there is room for ┘    └ as they come ┘     └ slots: their widths and places are fixed ┘
//! ```
//!
//! The terminal and the run determine which slots exist, never the latest event: nothing moves or disappears when a
//! message appears, the run ends, or a number gains a digit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::config::{LaneConfig, RunConfig};
use crate::event::Outcome;
use crate::number;
use crate::text::clean;
use crate::tui::pane::frame::{cut, fit, put};
use crate::tui::scene::pace::Pace;
use crate::tui::scene::{Activity, LaneRef, Scene};
use crate::tui::source::SourceKind;
use crate::tui::theme::{Role, Theme};

/// Columns reserved for the title.
const LEFT: u16 = 20;
/// Steps per second from which the rate is given in thousands.
const MANY: f64 = 9_999.5;
/// The program's name.
const PROGRAM: &str = "nablatop";
/// Columns of the program's name with its blanks.
const NAME: u16 = PROGRAM.len() as u16 + 2;
/// Columns reserved for `● live` and its blanks; longer words use some of the title.
const ACTIVITY: u16 = 8;
/// Columns between neighbouring parts.
const GAP: u16 = 2;
/// Columns of a time, `9:59:59`; longer times are given in hours.
const CLOCK: usize = 7;
/// Number of hours from which they are.
const LONG: u64 = 10;
/// Highest rank of the slots that the whole title does not displace.
const NEEDED: u8 = 3;
/// The same for data and stack.
const NEEDED_BY_STACK: u8 = 1;

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let room = area.width.saturating_sub(2);
    let parts = title_of(scene);
    let slots = slots(scene, theme);
    let right = fit(slots.clone(), room.saturating_sub(reserved(&parts, &slots, room)));
    let left = room.saturating_sub(right.width() as u16 + GAP);
    let news = news(scene, theme, left);
    let title = title(theme, parts, left.saturating_sub(news.width() as u16 + GAP));
    let of_news = area.x + 1 + left.saturating_sub(news.width() as u16);
    put((area.x + 1, area.y), &title, left, buffer);
    put((of_news, area.y), &news, news.width() as u16, buffer);
    put((area.right().saturating_sub(right.width() as u16 + 1), area.y), &right, right.width() as u16, buffer);
}

/// Columns that the title takes from the slots: the whole title displaces only the least important ones; otherwise
/// there is room for the data and the stack, as long as the step remains.
fn reserved(parts: &[String], slots: &[(u8, Line<'_>)], room: u16) -> u16 {
    let least = |most: u8| {
        let needed: Vec<_> = slots.iter().filter(|(rank, _)| *rank <= most).cloned().collect();
        fit(needed, u16::MAX - 2).width() as u16
    };
    let columns = |parts: &[String]| {
        let words: u16 = parts.iter().map(|part| part.chars().count() as u16).sum();
        NAME + words + 3 * (parts.len() as u16).saturating_sub(1) + ACTIVITY + GAP
    };
    let (full, short) = (columns(parts), columns(&parts[..parts.len().min(2)]));
    match room {
        _ if full + least(NEEDED) <= room => full,
        _ if short + least(NEEDED_BY_STACK) <= room => short,
        _ => LEFT + ACTIVITY + GAP,
    }
}

/// The program's name and as many whole parts as fit: a part that is cut could mislead. Data and stack are more
/// important than the name.
fn title<'a>(theme: &Theme, parts: Vec<String>, room: u16) -> Line<'a> {
    let needed: usize = parts.iter().take(2).map(|part| part.chars().count() + 3).sum::<usize>().saturating_sub(3);
    let mut title = Line::default();
    if parts.is_empty() || needed + usize::from(NAME) <= usize::from(room) {
        title = Line::from(vec![Span::styled(PROGRAM, theme.style(Role::Accent)), Span::raw("  ")]);
    }
    for (index, part) in parts.into_iter().enumerate() {
        let separator = if index > 0 { 3 } else { 0 };
        let has_room = title.width() + separator + part.chars().count() <= usize::from(room);
        // The first part may be shortened.
        if !has_room && index > 0 {
            break;
        }
        if index > 0 {
            title.push_span(Span::styled(" · ", theme.style(Role::Dim)));
        }
        title.push_span(Span::styled(part, theme.style(Role::Text)));
    }
    cut(&title, room)
}

/// The state of the run, and the number of steps that the screen did not show.
fn news<'a>(scene: &Scene, theme: &Theme, room: u16) -> Line<'a> {
    let mut parts = Vec::new();
    if scene.status.dropped > 0 {
        let dropped = format!("{} not shown", number::count(scene.status.dropped));
        parts.push((1, Line::styled(dropped, theme.style(Role::Warning))));
    }
    parts.push((0, activity(scene, theme)));
    fit(parts, room)
}

/// `digits`, `mlp 50×64`, `relu`, `default init`, `adam 1e-3`: the settings that the lanes of all runs share.
fn title_of(scene: &Scene) -> Vec<String> {
    let mut parts = Vec::new();
    match common(scene.configs().map(|config| Some(&config?.data))) {
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

/// The value that several runs or lanes share.
enum Common<T> {
    /// They share this value.
    All(T),
    /// At least two differ.
    Different,
    /// There is none, or one of them is unknown.
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

/// `adam 1e-3`, or the part of it that the lanes of all runs share.
fn optimizer(scene: &Scene) -> Option<String> {
    let set = scene.view.learning_rate;
    let rate_of = |lane: &LaneConfig| (lane.optimizer, set.base.unwrap_or(lane.lr) * set.factor);
    let settings = || {
        scene.configs().flat_map(|config| match config {
            Some(config) => config.lanes.iter().map(|lane| Some(rate_of(lane))).collect(),
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

/// The slots, each with its maximum width and its rank: the lowest is kept longest.
fn slots<'a>(scene: &Scene, theme: &Theme) -> Vec<(u8, Line<'a>)> {
    let (strong, dim) = (theme.style(Role::Strong), theme.style(Role::Dim));
    let mut parts = Vec::new();
    let step = scene.newest().map_or(0, |step| step.0);
    let total = scene.total_steps();
    let last = scene.last_step().map(|last| last.0);
    let digits = number::count(last.max(total).unwrap_or(0)).len();
    let of = total.or(last.filter(|_| scene.view.playhead.is_some()));
    let of = of.map_or_else(String::new, |total| format!(" / {:>digits$}", number::count(total)));
    parts.push((1, Line::styled(format!("step {:>digits$}{of}", number::count(step)), strong)));
    if scene.status.kind == SourceKind::Live {
        let rate = scene.status.steps_per_second.filter(|rate| rate.is_finite());
        let words = match rate {
            None => "–".to_owned(),
            Some(rate) if rate >= MANY => number::amount(rate.round() as u64),
            Some(rate) => number::per_second(rate),
        };
        parts.push((2, Line::styled(format!("{words:>5} steps/s"), dim)));
        let left = total.map(|total| total.saturating_sub(step));
        parts.push((3, Line::styled(times(scene, left, rate), dim)));
    }
    let budget = match common(scene.configs().map(|config| config.and_then(RunConfig::budget))) {
        Common::All(budget) => Some(budget),
        Common::Different | Common::Unknown => None,
    };
    let of = budget.map_or_else(String::new, |budget| format!(" of {}", number::percent(budget)));
    let share = scene.status.measuring_share.filter(|share| share.is_finite());
    let share = share.map_or_else(|| "–".to_owned(), number::percent);
    parts.push((5, Line::styled(format!("measuring {share:>5}{of}"), dim)));
    if let Common::All(backend) = common(scene.runs.values().map(|run| Some(&run.header().machine.backend))) {
        parts.push((6, Line::styled(backend.clone(), dim)));
    }
    match common(scene.configs().map(|config| Some(config?.seed))) {
        Common::All(seed) => parts.push((4, Line::styled(format!("seed {seed}"), dim))),
        Common::Different => parts.push((4, Line::styled("different seeds", dim))),
        Common::Unknown => {}
    }
    parts
}

/// `0:42, 1:10 left`; for a run that ended, the time that it took, in the same place.
fn times(scene: &Scene, steps_left: Option<u64>, rate: Option<f64>) -> String {
    let clock = |seconds: u64| match seconds {
        seconds if seconds >= LONG * 3600 => format!("{} h", number::count(seconds / 3600)),
        seconds => number::clock(seconds),
    };
    let elapsed = scene.status.elapsed.map(|elapsed| clock(elapsed.as_secs())).unwrap_or_default();
    let is_over = matches!(scene.status.activity, Activity::Ended(_));
    let rate = rate.filter(|rate| *rate > 0.0 && !is_over);
    let left = steps_left.zip(rate).map(|(steps, rate)| format!("{} left", clock((steps as f64 / rate) as u64)));
    let width = CLOCK + " left".len();
    format!("{elapsed:>CLOCK$}  {:>width$}", left.unwrap_or_default())
}

fn activity<'a>(scene: &Scene, theme: &Theme) -> Line<'a> {
    // If only one of several traces is broken, the notice reports it.
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

/// How the run ended; a run in which a lane diverged or failed is not simply completed.
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::tui::sample;

    /// The first line, a character a column.
    fn line(scene: &mut Scene, width: u16) -> Vec<char> {
        let buffer = sample::frame(scene, &sample::theme(), width, 24);
        (0..width).map(|x| buffer[(x, 0)].symbol().chars().next().unwrap()).collect()
    }

    fn place(line: &[char], words: &str) -> Option<usize> {
        let words: Vec<char> = words.chars().collect();
        line.windows(words.len()).position(|part| part == words)
    }

    #[test]
    fn no_slot_moves_or_goes_whatever_happens() {
        const SLOTS: [&str; 5] = [" / 2,000", "steps/s", "measuring", "flex", "seed 7"];
        let activities = [
            Activity::Starting,
            Activity::Live,
            Activity::Paused,
            Activity::Ended(Outcome::Completed),
            Activity::Ended(Outcome::Failed("out of memory".to_owned())),
        ];
        for (width, least) in [(80, 2), (120, 4), (200, 5)] {
            let mut scene = sample::demo(30);
            let first = line(&mut scene, width);
            let places = SLOTS.map(|slot| place(&first, slot));
            assert!(places.iter().flatten().count() >= least, "{}", first.iter().collect::<String>());
            for activity in &activities {
                for (dropped, rate, seconds, share) in [
                    (0, None, None, None),
                    (1, Some(0.05), Some(3), Some(0.001)),
                    (123_456, Some(98_765.0), Some(59 * 60), Some(0.5)),
                    (7, Some(12.0), Some(9 * 3600), Some(1.0)),
                ] {
                    let status = &mut scene.status;
                    (status.activity, status.dropped) = (activity.clone(), dropped);
                    (status.steps_per_second, status.measuring_share) = (rate, share);
                    status.elapsed = seconds.map(Duration::from_secs);
                    let now = line(&mut scene, width);
                    let text: String = now.iter().collect();
                    assert_eq!(SLOTS.map(|slot| place(&now, slot)), places, "{text}");
                    let has_room = dropped == 0 || width > 120;
                    assert!(!has_room || text.contains("digits · mlp 50×64"), "{text}");
                    // Beside a long word there is room for fewer digits.
                    let is_short = width > 120 || dropped < 10_000 || *activity == Activity::Live;
                    assert!(dropped == 0 || !is_short || text.contains("not shown"), "{text}");
                }
            }
        }
    }
}
