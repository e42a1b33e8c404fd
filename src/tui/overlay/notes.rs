//! All notes of the runs, the newest first, each with its step, its lane and the whole sentence.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::scroll::{self, Scrolled};
use crate::event::Note;
use crate::number;
use crate::tui::pane::frame::wrapped;
use crate::tui::scene::Scene;
use crate::tui::theme::{Background, Colours, Glyphs, Role, Theme};
use crate::units::Step;

/// Indent of a sentence.
const INDENT: usize = 2;

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, scrolled: u16, area: Rect, buffer: &mut Buffer) {
    let lines = lines(scene, theme, area);
    scroll::render(
        theme,
        &Scrolled { title: " notes, the newest first ", lines: &lines, above: scrolled },
        area,
        buffer,
    );
}

/// Number of lines that can be scrolled away.
pub(in crate::tui) fn most_scroll(scene: &Scene, area: Rect) -> u16 {
    let theme = Theme::new(Colours::None, Glyphs::Ascii, Background::Dark);
    scroll::most(lines(scene, &theme, area).len(), area)
}

/// The notes of all runs with the index of the run.
pub(in crate::tui) fn newest_first(scene: &Scene) -> Vec<(usize, &Note)> {
    let of_run = scene.runs.iter().flat_map(|(index, run)| run.notes().iter().rev().map(move |note| (*index, note)));
    let mut notes: Vec<_> = of_run.collect();
    notes.sort_by_key(|(_, note)| std::cmp::Reverse(note.step));
    notes
}

/// The number of notes like the newest one, and the step of the first: notes of the same lane with the same words,
/// except for the numbers in the first clause.
pub(in crate::tui) fn of_a_kind(notes: &[(usize, &Note)]) -> (usize, Step) {
    let Some((run, newest)) = notes.first() else { return (0, Step(0)) };
    let is_alike = |(other_run, other): &&(usize, &Note)| {
        other_run == run && other.lane == newest.lane && kind(&other.text) == kind(&newest.text)
    };
    let alike = notes.iter().filter(is_alike);
    (alike.clone().count(), alike.map(|(_, note)| note.step).min().unwrap_or(newest.step))
}

/// The first clause without its numbers.
fn kind(text: &str) -> String {
    let clause = text.split([':', ';']).next().unwrap_or(text);
    clause.split_whitespace().filter(|word| !word.contains(|letter: char| letter.is_ascii_digit())).collect()
}

fn lines(scene: &Scene, theme: &Theme, area: Rect) -> Vec<Line<'static>> {
    let notes = newest_first(scene);
    let width = usize::from(scroll::width(area)).saturating_sub(INDENT);
    let mut lines = of_the_source(scene, theme, width);
    if notes.is_empty() && lines.is_empty() {
        lines.push(Line::styled("no notes in this run so far", theme.style(Role::Dim)));
    }
    for (run, note) in notes {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let mut heading = Line::default();
        if note.step.0 > 0 {
            let step = format!("step {}  ", number::count(note.step.0));
            heading.push_span(Span::styled(step, theme.style(Role::Strong)));
        }
        let lane = scene.note_lane(run, note);
        heading.extend(lane.map(|(index, name)| Span::styled(name, theme.lane(index).add_modifier(Modifier::BOLD))));
        if heading.width() > 0 {
            lines.push(heading);
        }
        let text = wrapped(&note.text, width).into_iter();
        lines.extend(text.map(|line| Line::styled(format!("{:INDENT$}{line}", ""), theme.style(Role::Text))));
    }
    lines.extend(of_the_data(scene, theme, width));
    lines.extend(of_other_programs(scene, theme, width));
    lines
}

/// Settings of another program or of a newer nablatop as text, below all notes: the header shows those that are known.
fn of_other_programs(scene: &Scene, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (run, _) in scene.runs.values().zip(scene.configs()).filter(|(_, config)| config.is_none()) {
        let header = run.header();
        let of_lanes = header.lanes.iter().map(|lane| (format!("settings of {}", lane.name), &lane.settings));
        let blocks = [("settings".to_owned(), &header.settings)].into_iter().chain(of_lanes);
        for (title, settings) in blocks.filter(|(_, settings)| !settings.is_empty()) {
            lines.extend([Line::default(), Line::styled(title, theme.style(Role::Strong))]);
            let listed: Vec<String> = settings.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            let text = wrapped(&listed.join(", "), width).into_iter();
            lines.extend(text.map(|line| Line::styled(format!("{:INDENT$}{line}", ""), theme.style(Role::Text))));
        }
    }
    lines
}

/// The summary of each run's data, below all notes.
fn of_the_data(scene: &Scene, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for data in scene.runs.values().filter_map(|run| run.header().data.as_ref()) {
        lines.extend([Line::default(), Line::styled("data", theme.style(Role::Strong))]);
        let text = wrapped(data, width).into_iter();
        lines.extend(text.map(|line| Line::styled(format!("{:INDENT$}{line}", ""), theme.style(Role::Text))));
    }
    lines
}

/// Current problems of the traces, above all notes: each was shown once as a notice and still applies.
fn of_the_source(scene: &Scene, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let errors = scene.status.errors.iter().map(|text| (text, Role::Bad));
    let warnings = scene.status.warnings.iter().rev().map(|text| (text, Role::Warning));
    let mut lines = Vec::new();
    for (text, role) in errors.chain(warnings) {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::styled("now", theme.style(role)));
        let text = wrapped(text, width).into_iter();
        lines.extend(text.map(|line| Line::styled(format!("{:INDENT$}{line}", ""), theme.style(Role::Text))));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::sample;

    #[test]
    fn a_trace_that_is_lost_stands_above_all_notes_as_long_as_that_is_true() {
        let mut scene = sample::demo(30);
        let before = text(&scene);
        scene.status.warnings = vec!["the disk is full".to_owned(), "trace.jsonl was removed".to_owned()];
        scene.status.errors = vec!["line 7 is damaged".to_owned()];
        let listed = text(&scene);
        let expected = "now   line 7 is damaged  now   trace.jsonl was removed  now   the disk is full";
        assert_eq!(listed, expected);
        scene.status.errors.clear();
        scene.status.warnings.clear();
        assert_eq!(text(&scene), before);
    }

    fn text(scene: &Scene) -> String {
        let lines = lines(scene, &sample::theme(), Rect::new(0, 0, 80, 24));
        lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_was_read_stands_below_all_notes_for_as_long_as_the_run_is_there() {
        let mut scene = sample::demo(3);
        let Some(run) = scene.runs.get(&0) else { panic!("a run") };
        let mut header = (**run.header()).clone();
        header.data = Some("digits: 1,797 pictures of 8×8 (1,437 training + 360 held out)".to_owned());
        scene.take(0, &crate::event::Event::RunStarted(std::sync::Arc::new(header)));
        let listed = text(&scene);
        assert!(listed.contains("no notes") && listed.contains("1,797 pictures of 8×8"), "{listed}");
    }

    #[test]
    fn the_settings_of_another_program_are_listed_below_all_notes() {
        let mut scene = sample::demo(3);
        assert!(!text(&scene).contains("settings"), "the header shows those of nablatop");
        let Some(run) = scene.runs.get(&0) else { panic!("a run") };
        let mut header = (**run.header()).clone();
        header.settings = [("tokenizer".to_owned(), "bpe".to_owned())].into();
        header.lanes[0].settings =
            [("betas".to_owned(), "0.9".to_owned()), ("lr".to_owned(), "3e-4".to_owned())].into();
        scene.take(0, &crate::event::Event::RunStarted(std::sync::Arc::new(header)));
        let listed = text(&scene);
        assert!(listed.contains("settings   tokenizer = bpe"), "{listed}");
        assert!(listed.contains("settings of plain   betas = 0.9, lr = 3e-4"), "{listed}");
    }

    #[test]
    fn a_sentence_is_wrapped_between_words_and_nothing_of_it_is_lost() {
        let text = "first not finite: output of block 1 (act_rms of block 2) at step 3";
        for width in [12, 20, 80] {
            let lines = wrapped(text, width);
            assert!(lines.iter().all(|line| line.chars().count() <= width), "{lines:?}");
            assert_eq!(lines.join(" "), text);
        }
        assert_eq!(wrapped("/a/very/long/path", 8).concat(), "/a/very/long/path");
        assert!(wrapped("", 8).is_empty() && !wrapped("word", 0).is_empty());
    }
}
