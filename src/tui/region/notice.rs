//! One sentence for the user: the answer to an action, or a note of the run.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::legend;
use crate::event::Outcome;
use crate::number;
use crate::tui::layout::Layout;
use crate::tui::overlay::notes;
use crate::tui::pane::frame::{blank, cut, put, wrapped};
use crate::tui::scene::{Activity, Scene};
use crate::tui::theme::{Role, Theme};

/// Points to the list of notes, after a note that does not fit or is not the only one.
const MORE: &str = "  N: notes";

/// Minimum columns of the legend beside a note, a colour bar with its ends, and its share of the row.
const LEGEND: u16 = 24;
const LEGEND_SHARE: u16 = 3;

/// Maximum number of rows of an answer, which disappears with the next key.
const ROWS: usize = 6;

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, layout: &Layout, buffer: &mut Buffer) {
    let area = layout.notice;
    if let Some(notice) = &scene.status.notice {
        return answer(notice, theme, area, buffer);
    }
    let whole = sentence(scene).map(|(text, role)| (Line::styled(text, theme.style(Role::Text)), role, area));
    let note = || {
        let area = beside_legend(layout);
        newest_note(scene, theme, area.width.saturating_sub(2)).map(|line| (line, Role::Warning, area))
    };
    let Some((mut line, role, area)) = whole.or_else(note) else { return };
    let room = area.width.saturating_sub(2);
    blank(theme, area, buffer);
    if area != layout.notice {
        let right = Rect { x: area.right(), width: layout.notice.right() - area.right(), ..area };
        blank(theme, right, buffer);
        legend::render(scene, theme, &layout.panes, right, buffer);
    }
    line.spans.insert(0, Span::styled(theme.glyph("▸ ", "> "), theme.style(role)));
    put((area.x + 1, area.y), &line, room, buffer);
}

/// The area of a note: it stays as long as it is the newest, so if it shares a row with the legend, the legend keeps
/// the end of the row.
fn beside_legend(layout: &Layout) -> Rect {
    let area = layout.notice;
    if layout.legend != area {
        return area;
    }
    Rect { width: area.width - (area.width / LEGEND_SHARE).max(LEGEND), ..area }
}

/// Draws the whole notice: a long sentence covers rows of the panes above until the next key.
fn answer(notice: &str, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let room = area.width.saturating_sub(2);
    let mark = theme.glyph("▸ ", "> ");
    let lines = wrapped(notice, usize::from(room.saturating_sub(2)));
    let rows = lines.len().clamp(1, ROWS.min(usize::from(area.bottom() - buffer.area.y).max(1))) as u16;
    let area = Rect { y: area.bottom() - rows, height: rows, ..area };
    blank(theme, area, buffer);
    let last = usize::from(rows) - 1;
    for (index, row) in area.rows().enumerate() {
        // A sentence that is longer than all rows is shortened in the last one.
        let text = if index == last { lines[index.min(lines.len())..].join(" ") } else { lines[index].clone() };
        let head = if index == 0 { mark } else { "  " };
        let line = Line::from(vec![
            Span::styled(head, theme.style(Role::Warning)),
            Span::styled(text, theme.style(Role::Text)),
        ]);
        put((row.x + 1, row.y), &line, room, buffer);
    }
}

/// The first that applies: a trace that cannot be read, a problem of the source, why the run failed.
fn sentence(scene: &Scene) -> Option<(String, Role)> {
    if let Some((error, others)) = scene.status.errors.split_first() {
        let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
        return Some((format!("{error}{more}"), Role::Bad));
    }
    if let Some(warning) = &scene.status.warning {
        return Some((warning.clone(), Role::Warning));
    }
    if let Activity::Ended(Outcome::Failed(message)) = &scene.status.activity {
        return Some((format!("the run failed: {message}"), Role::Bad));
    }
    None
}

/// The newest note with its lane; the finding comes before how it was found.
fn newest_note<'a>(scene: &Scene, theme: &Theme, room: u16) -> Option<Line<'a>> {
    let notes = notes::newest_first(scene);
    let (run, note) = notes.first()?;
    let text = theme.style(Role::Text);
    let name = scene
        .note_lane(*run, note)
        .map(|(index, name)| Span::styled(format!("{name}: "), theme.lane(index).add_modifier(Modifier::BOLD)));
    let mut line = Line::from(Vec::from_iter(name));
    if note.step.0 > 0 && !note.text.contains("step") {
        line.push_span(Span::styled(format!("step {}: ", number::count(note.step.0)), text));
    }
    line.push_span(Span::styled(place_first(&note.text), text));
    let (count, since) = notes::of_a_kind(&notes);
    let alike = (count > 1).then(|| {
        let words = format!("  {} such since step {}", number::count(count as u64), number::count(since.0));
        Span::styled(words, theme.style(Role::Strong))
    });
    let width = (line.width() + alike.as_ref().map_or(0, Span::width)) as u16 + 2;
    let more = (width > room || notes.len() > 1).then(|| Span::styled(MORE, theme.style(Role::Dim)));
    // The number of such notes and the step of the first stay whole: the sentence is shortened.
    let tail: Vec<Span<'_>> = alike.into_iter().chain(more).collect();
    let taken: usize = tail.iter().map(Span::width).sum();
    line = cut(&line, room.saturating_sub(2 + taken as u16));
    line.spans.extend(tail);
    Some(line)
}

/// Turns a sentence that ends with its finding into `first not finite: … at step 3; the loss is NaN: re-ran …`.
fn place_first(text: &str) -> String {
    match text.rsplit_once("; ") {
        Some((how, found)) if found.starts_with("first ") || found.starts_with("every ") => format!("{found}; {how}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Note};
    use crate::tui::sample;
    use crate::units::{LaneId, Step};

    #[test]
    fn a_notice_in_the_place_of_the_legend_leaves_nothing_of_it() {
        let mut scene = sample::demo(3);
        let rows = |scene: &mut Scene| {
            let buffer = sample::frame(scene, &sample::theme(), 80, 24);
            let row = |y| {
                (0..80)
                    .filter_map(|x| buffer.cell((x, y)))
                    .map(|cell| (cell.symbol().to_owned(), cell.bg))
                    .collect::<Vec<_>>()
            };
            (0..24).map(row).collect::<Vec<_>>()
        };
        let legend = rows(&mut scene);
        scene.say("words");
        let notice = rows(&mut scene);
        let changed: Vec<usize> = (0..24).filter(|row| legend[*row] != notice[*row]).collect();
        let [row] = changed[..] else { panic!("one row changes: {changed:?}") };
        let coloured = |row: &[(String, ratatui::style::Color)]| row.iter().filter(|(_, bg)| *bg != row[0].1).count();
        assert!(coloured(&legend[row]) > 5 && coloured(&notice[row]) == 0);
        let note = Note { lane: Some(LaneId(0)), step: Step(3), text: "found".to_owned() };
        scene.take(0, &Event::Note(note));
        let text: String = rows(&mut scene)[row].iter().map(|(symbol, _)| symbol.as_str()).collect();
        assert!(text.contains("words") && !text.contains("found"), "a note never covers an answer: {text}");
        scene.status.notice = None;
        let text: String = rows(&mut scene)[row].iter().map(|(symbol, _)| symbol.as_str()).collect();
        assert!(text.contains("found"), "{text}");
    }

    #[test]
    fn a_long_answer_is_read_whole_at_every_width() {
        let mut scene = sample::demo(3);
        let sentence = "width: the run would take about 336 GB of memory, 301 GB for 6,710,886,400 parameters of 2 lanes \
                        with their gradients and copies and 35 GB for activations, and 21 GB are free: write 900";
        scene.say(sentence);
        for (width, height) in [(60, 18), (80, 24), (120, 40), (200, 60)] {
            let buffer = sample::frame(&mut scene, &sample::theme(), width, height);
            let rows = (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>());
            let shown = rows.skip_while(|row| !row.contains('▸') || !row.contains("width:")).collect::<Vec<_>>();
            let shown = shown.join(" ").replace('▸', " ");
            let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(shown.contains(sentence), "{width}: {shown}");
        }
    }

    #[test]
    fn a_note_names_its_lane_and_its_place_first_and_where_the_rest_is_read() {
        let mut scene = sample::demo(3);
        let place = "first not finite: output of block 1 (act_rms of block 2) at step 3";
        let text = format!("the loss is NaN: re-ran steps 1 to 3 in detail in 0.1 s; {place}");
        scene.take(0, &Event::Note(Note { lane: Some(LaneId(1)), step: Step(3), text }));
        let shown = |scene: &mut Scene, width| {
            let buffer = sample::frame(scene, &sample::theme(), width, 40);
            buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
        };
        assert!(shown(&mut scene, 160).contains(&format!("▸ residual: {place}; the loss is NaN")));
        let narrow = shown(&mut scene, 100);
        assert!(narrow.contains(&format!("▸ residual: {place}")) && narrow.contains("…  N: notes"));
        scene.take(0, &Event::Note(Note { lane: None, step: Step(9), text: "a gap".to_owned() }));
        assert!(shown(&mut scene, 100).contains("▸ step 9: a gap  N: notes"));
    }
    #[test]
    fn notes_of_a_kind_are_one_line_with_their_number() {
        let mut scene = sample::demo(3);
        for step in [5_134, 5_200, 9_012] {
            let text = format!("the loss jumped to {step} times its usual: re-ran steps {} to {step}", step - 3);
            scene.take(0, &Event::Note(Note { lane: Some(LaneId(0)), step: Step(step), text }));
        }
        let buffer = sample::frame(&mut scene, &sample::theme(), 200, 60);
        let shown: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(shown.contains("3 such since step 5,134"), "{shown}");
        for width in [80, 100, 120, 160] {
            let buffer = sample::frame(&mut scene, &sample::theme(), width, 40);
            let shown: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
            assert!(shown.contains("3 such since step 5,134  N: notes"), "{width}: {shown}");
        }
    }

    #[test]
    fn a_note_never_takes_the_legend_away_on_a_low_terminal() {
        for (width, height) in [(60, 18), (60, 20), (80, 24)] {
            let mut scene = sample::demo(30);
            let bar = |scene: &mut Scene| {
                let buffer = sample::frame(scene, &sample::theme(), width, height);
                let row = buffer.content().chunks(usize::from(width)).nth(usize::from(height) - 2).expect("has rows");
                let grounds: std::collections::HashSet<String> = row.iter().map(|cell| cell.bg.to_string()).collect();
                (grounds.len(), row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>())
            };
            assert!(bar(&mut scene).0 > 8);
            let text = "the loss jumped to 12 times its usual: re-ran steps 20 to 24 in detail".to_owned();
            scene.take(0, &Event::Note(Note { lane: Some(LaneId(0)), step: Step(24), text }));
            let (shades, text) = bar(&mut scene);
            assert!(shades > 8 && text.contains("1e-") && text.contains("plain: the loss jumpe"), "{shades}: {text}");
        }
    }
}
