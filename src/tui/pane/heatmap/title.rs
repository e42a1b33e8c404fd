//! The heading of a heatmap: the lane's name, its factor per block, how it ended; then, if there is room, the quantity,
//! the theory, the share that is left over the depth, and special values.
//!
//! ```text
//! plain  ‖∂L/∂x‖ ÷ head   ×0.39 per block   theory ×0.41 at init  ×1e-20 from block 50 to 1
//! plain  ‖∂L/∂x‖ ÷ head   ×0.39 per layer   ×1e-20 in all      of a model without blocks, in a pane of less room
//! plain ×0.39                     in a pane of 20 columns; a name is shortened before the number
//! ```

use ratatui::style::Stylize;
use ratatui::text::{Line, Span};

use crate::event::Outcome;
use crate::number;
use crate::profile::Profile;
use crate::tui::pane::Pane;
use crate::tui::pane::frame::{cut, fit};
use crate::tui::scene::{CursorState, LaneRef, Scene};
use crate::tui::schedule;
use crate::tui::theme::{Role, Theme};

/// Columns of a pane below which its title is shortened.
pub(in crate::tui) const NARROW: u16 = 48;
/// Columns of a pane from which its title has room for whole phrases.
const WIDE: u16 = 72;

/// A part of the heading with its rank: the lowest is kept longest.
type Part<'a> = (u8, Line<'a>);

/// The profile of a lane, and what its rows are called: `block` or `layer`.
type Rows<'a> = (&'a Profile, &'static str);

/// Columns between two parts.
const GAP: u16 = 2;
/// Minimum columns of a name beside a number: its run's number and its beginning.
const LEAST_NAME: u16 = 4;

/// The heading of a lane's heatmap.
pub(in crate::tui) fn of<'a>(scene: &Scene, theme: &Theme, pane: &Pane) -> Line<'a> {
    let room = pane.frame.width.saturating_sub(6);
    let Some(lane) = &scene.lanes().nth(pane.lane) else { return Line::default() };
    let definition = scene.view.quantity.definition();
    let profile = scene.cache.signals.get(pane.lane);
    let name = scene.lane_name(lane);
    let row = lane.header.layers.depth_word();
    let width = |part: Option<&Line<'_>>| part.map_or(0, |line| line.width() as u16 + GAP);
    // The number and the outcome come first, with words if there is room; then the name is shortened.
    let free = room.saturating_sub(columns(&name) + GAP);
    let number = profile.and_then(|profile| factor(scene, theme, (profile, row), FactorRoom { whole: 0, least: room }));
    let outcome = outcome(scene, theme, lane, free.saturating_sub(width(number.as_ref())));
    let spare = room.saturating_sub(width(outcome.as_ref()));
    let least = spare.saturating_sub(LEAST_NAME.min(columns(&name)) + GAP);
    let free = free.saturating_sub(width(outcome.as_ref()));
    let symbol = theme.glyph(definition.symbol, definition.ascii);
    // If the factor is not that of the quantity in view, both are named if there is room for both.
    let beside = if scene.view.quantity.is_signal() { 0 } else { columns(symbol) + GAP };
    let of_signal = |whole: u16| {
        profile.and_then(|profile| self::factor(scene, theme, (profile, row), FactorRoom { whole, least }))
    };
    let beside_symbol = of_signal(free.saturating_sub(beside)).filter(|line| width(Some(line)) + beside <= free + GAP);
    let factor = beside_symbol.or_else(|| of_signal(free));
    let taken = width(factor.as_ref()) + width(outcome.as_ref());
    let name = cut(&Line::styled(name, theme.lane(pane.lane)).bold(), room.saturating_sub(taken).max(1));
    let mut parts = vec![(0, name)];
    parts.push((1, Line::styled(symbol, theme.style(Role::Dim))));
    parts.extend(factor.map(|factor| (0, factor)));
    if let Some(profile) = profile {
        parts.extend(predicted(scene, theme, pane));
        parts.extend(left(theme, pane, (profile, row)));
        parts.extend(not_numbers(scene, theme, (profile, row)));
    }
    let every = schedule::words(lane.config, definition.measured_with);
    let every = every.map(|every| if pane.frame.width < NARROW { every.short } else { every.long });
    parts.extend(every.map(|every| (3, Line::styled(every, theme.style(Role::Dim)))));
    parts.extend(outcome.map(|outcome| (0, outcome)));
    fit(parts, room)
}

fn columns(text: &str) -> u16 {
    Span::raw(text).width() as u16
}

/// Columns available for a factor.
#[derive(Clone, Copy)]
struct FactorRoom {
    /// With the whole name beside it.
    whole: u16,
    /// With a shortened name beside it.
    least: u16,
}

/// The signal's factor per block in the longest form that fits beside the whole name, `×0.41` where none does; with one
/// digit where that would leave no name. Without a fit, the number of rows whose signal is 0.
fn factor<'a>(scene: &Scene, theme: &Theme, (profile, row): Rows<'_>, room: FactorRoom) -> Option<Line<'a>> {
    let is_signal = scene.view.quantity.is_signal();
    let of = if is_signal { "" } else { "signal " };
    let Some(fit) = &profile.fit else {
        let (zeros, blocks) = (number::count(profile.zeros as u64), number::count(profile.blocks as u64));
        let forms = [format!("{of}0 in {zeros} of {blocks} {row}s"), format!("{of}0 in {zeros} of {blocks}")];
        let fitting = forms.into_iter().find(|form| columns(form) <= room.whole);
        let words = fitting.unwrap_or_else(|| format!("0 in {zeros}/{blocks}"));
        return (profile.zeros > 0).then(|| Line::styled(words, theme.style(Role::Bad)));
    };
    let factor = number::factor(fit.rho);
    let mut forms = vec![format!("{of}{factor} per {row}"), format!("{of}{factor}/{row}"), format!("{of}{factor}")];
    forms.extend((!is_signal).then(|| format!("{} {factor}", theme.glyph("δ", "d"))));
    let fitting = forms.into_iter().find(|form| columns(form) <= room.whole);
    let short =
        || if columns(&factor) <= room.least { factor.clone() } else { format!("×{}", number::magnitude(fit.rho)) };
    Some(Line::styled(fitting.unwrap_or_else(short), theme.style(Role::Strong)))
}

/// The share of the signal that is left over the depth, as measured. If block 1 has none, the number of zeros is given
/// instead.
fn left<'a>(theme: &Theme, pane: &Pane, (profile, row): Rows<'_>) -> Option<Part<'a>> {
    let left = number::magnitude(profile.first_last.filter(|left| *left > 0.0)?);
    let words = if pane.frame.width < WIDE {
        format!("×{left} in all")
    } else {
        format!("×{left} from {row} {} to 1", number::count(profile.blocks as u64))
    };
    Some((4, Line::styled(words, theme.style(Role::Dim))))
}

/// The special values that the fit leaves out.
fn not_numbers<'a>(scene: &Scene, theme: &Theme, (profile, row): Rows<'_>) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    for (what, at) in [("underflow", profile.underflow), ("dead", profile.dead)] {
        let words = at.map(|at| format!("{what} at {row} {}", number::count(at as u64)));
        parts.extend(words.map(|words| (2, Line::styled(words, theme.style(Role::Warning)))));
    }
    if profile.non_finite > 0 {
        parts.push((
            3,
            Line::styled(format!("{} not finite", number::count(profile.non_finite as u64)), theme.style(Role::Bad)),
        ));
    }
    if profile.zeros > 0 && profile.fit.is_some() && scene.view.quantity.is_signal() {
        let text =
            format!("0 in {} of {} {row}s", number::count(profile.zeros as u64), number::count(profile.blocks as u64));
        parts.push((1, Line::styled(text, theme.style(Role::Bad))));
    }
    parts
}

/// `theory ×0.41 at init`, the geometric mean over the blocks.
fn predicted<'a>(scene: &Scene, theme: &Theme, pane: &Pane) -> Option<Part<'a>> {
    let gain = scene.cache.theories.get(pane.lane)?.as_ref().ok()?.gain_per_block()?;
    let (rank, at) = match pane.frame.width {
        ..NARROW => (6, ""),
        NARROW..WIDE => (3, ""),
        _ => (3, " at init"),
    };
    Some((rank, Line::styled(format!("theory {}{at}", number::factor(gain)), theme.style(Role::Dim))))
}

/// How the lane ended, in the longest form that fits. For a completed lane this is shown only if the cursor is after
/// its end; the same for a lane that is far behind.
fn outcome<'a>(scene: &Scene, theme: &Theme, lane: &LaneRef<'_>, room: u16) -> Option<Line<'a>> {
    let end = lane.history.end();
    let step = end.map_or_else(String::new, |end| number::count(end.step.0));
    let forms = |word: &str| [format!("{word} at step {step}"), format!("{word} at {step}"), word.to_owned()];
    let (forms, role) = match end.map(|end| &end.outcome) {
        Some(Outcome::Stopped) => (forms("stopped").to_vec(), Role::Warning),
        Some(Outcome::Diverged) => (forms("diverged").to_vec(), Role::Bad),
        Some(Outcome::Failed(message)) => {
            let whole = format!("failed at step {step}: {message}");
            (std::iter::once(whole).chain(forms("failed")).collect(), Role::Bad)
        }
        Some(Outcome::Completed) | None => {
            let why = scene.cursor_state(lane).and_then(CursorState::why_nothing)?;
            (vec![why], Role::Warning)
        }
    };
    let fitting = forms.into_iter().find(|form| columns(form) <= room);
    let mark = || if role == Role::Bad { "!".to_owned() } else { theme.glyph("‖", "|").to_owned() };
    Some(Line::styled(fitting.unwrap_or_else(mark), theme.style(role)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{Event, LaneEnd};
    use crate::layer::LayerKind;
    use crate::quantity::Quantity;
    use crate::tui::layout::Layout;
    use crate::tui::sample;
    use crate::tui::source::SourceKind;
    use crate::units::{LaneId, Step};

    const NAMES: [&str; 8] =
        ["plain", "residual", "rezero", "skipinit", "layerscale", "deepnorm", "norm-scaling", "constrained"];

    fn lanes(count: usize) -> Scene {
        let mut scene = Scene::new(SourceKind::Live);
        let header: Vec<(&str, usize)> = NAMES[..count].iter().map(|name| (*name, 50)).collect();
        scene.take(0, &sample::header(&header));
        for step in 1..=30 {
            for lane in 0..count as u16 {
                let factor = 0.5 + 0.1 * f32::from(lane);
                let value = move |_, layer: usize| (layer > 0).then(|| factor.powf(51.0 - layer as f32));
                scene.take(0, &sample::step(lane, step, 2.3, 52, value));
            }
        }
        scene
    }

    fn rows(scene: &mut Scene, width: u16, height: u16) -> Vec<String> {
        let buffer = sample::frame(scene, &sample::theme(), width, height);
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..height).map(row).collect()
    }

    #[test]
    fn every_lane_shows_its_factor_per_block_at_every_size() {
        for (width, height) in [(80, 24), (100, 30), (120, 40), (200, 60)] {
            for count in 1..=8 {
                let text = rows(&mut lanes(count), width, height).concat();
                for lane in 0..count {
                    let factor = format!("×{:.2}", 0.5 + 0.1 * lane as f32);
                    assert!(text.contains(&factor), "{factor} of {count} lanes at {width}×{height}");
                }
            }
        }
    }

    #[test]
    fn a_factor_beside_another_quantity_says_that_it_is_the_signals() {
        for quantity in Quantity::ALL.iter().copied().filter(|quantity| !quantity.is_signal()) {
            for (width, height) in [(80, 24), (120, 40), (200, 60)] {
                let mut scene = lanes(2);
                scene.view.quantity = quantity;
                let title = rows(&mut scene, width, height)[1].clone();
                let definition = quantity.definition();
                let of_signal = ["signal ×", "δ ×"].iter().map(|words| title.matches(words).count()).sum::<usize>();
                assert_eq!(of_signal, 2, "{title}");
                assert_eq!(title.matches(definition.symbol).count(), 2, "{}: {title}", definition.name);
            }
        }
    }

    #[test]
    fn a_lane_whose_signal_is_zero_says_so_before_what_is_shown() {
        for (width, height) in [(60, 20), (80, 24), (120, 40)] {
            for count in [1, 2, 8] {
                let mut scene = Scene::new(SourceKind::Live);
                let header: Vec<(&str, usize)> = NAMES[..count].iter().map(|name| (*name, 6)).collect();
                scene.take(0, &sample::header(&header));
                (0..count as u16).for_each(|lane| scene.take(0, &sample::step(lane, 1, 2.3, 8, |_, _| Some(0.0))));
                let text = rows(&mut scene, width, height).concat();
                let found = text.matches("0 in 6").count();
                let shown = Layout::new(ratatui::layout::Rect::new(0, 0, width, height), &scene)
                    .unwrap()
                    .panes
                    .heatmaps()
                    .len();
                assert_eq!(found, shown, "{count} lanes at {width}×{height}: {text}");
            }
        }
    }

    #[test]
    fn beside_a_long_factor_stand_the_number_of_the_run_and_the_beginning_of_the_name() {
        for exponent in [1.0, -9.0] {
            let mut scene = Scene::new(SourceKind::Traces);
            for run in 0..4 {
                scene.take(run, &sample::header(&[("residual", 6), ("plain", 6)]));
                for lane in 0..2 {
                    let value = move |_, layer: usize| {
                        (layer > 0).then(|| (1.58 * 10f32.powf(exponent)).powf(layer as f32 / 3.0))
                    };
                    scene.take(run, &sample::step(lane, 1, 2.3, 8, value));
                }
            }
            for (width, height) in [(80, 24), (120, 40), (200, 60)] {
                let text = rows(&mut scene, width, height).concat();
                let layout = Layout::new(ratatui::layout::Rect::new(0, 0, width, height), &scene).unwrap();
                for lane in layout.panes.heatmaps() {
                    let (run, name) = (lane.lane / 2 + 1, ["r", "p"][lane.lane % 2]);
                    assert!(
                        text.contains(&format!("─ {run}:{name}")),
                        "lane {} at {width}×{height}: {text}",
                        lane.lane
                    );
                }
                assert!(!text.contains(" … "), "{width}×{height}: {text}");
            }
        }
    }

    #[test]
    fn a_lane_that_diverged_says_so_beside_its_factor_in_the_narrowest_pane_too() {
        let mut scene = lanes(8);
        let end = LaneEnd { lane: LaneId(6), step: Step(30), outcome: Outcome::Diverged };
        scene.take(0, &Event::LaneEnded(end));
        let text = rows(&mut scene, 80, 24).concat();
        assert!(text.contains("×1.10  !"), "{text}");
        assert!(rows(&mut scene, 200, 60).concat().contains("diverged at step 30"), "in words where there is room");
    }

    #[test]
    fn a_model_without_blocks_has_a_factor_per_layer() {
        let Event::RunStarted(header) = sample::header(&[("mine", 6)]) else { panic!("a header") };
        let mut header = (*header).clone();
        let rows = &mut header.lanes[0].layers.layers;
        rows.iter_mut().filter(|row| row.kind == LayerKind::Block).for_each(|row| row.kind = LayerKind::Other);
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &Event::RunStarted(Arc::new(header)));
        let value = |_, layer: usize| (layer > 0).then(|| 0.5_f32.powf(7.0 - layer as f32));
        scene.take(0, &sample::step(0, 1, 2.3, 8, value));
        let rows = self::rows(&mut scene, 200, 60);
        assert!(rows[1].contains("×0.50 per layer") && rows[1].contains("from layer 6 to 1"), "{}", rows[1]);
        assert!(rows.iter().filter(|row| row.contains("╰layer")).count() >= 1, "{rows:?}");
        assert!(!rows.concat().contains("per block") && !rows.concat().contains("╰block"), "{rows:?}");
    }
}
