//! Names, paths and notes with control sequences: none of their control characters reaches the terminal.

use std::path::Path;
use std::sync::Arc;

use nablatop::config::DataSource;
use nablatop::event::{Event, LaneEnd, Note, Outcome, RunEnd, RunHeader};
use nablatop::quantity::Quantity;
use nablatop::trace::{OnExisting, Writer};
use nablatop::units::{LaneId, Step};

use super::USUAL;
use super::background::QUESTION;
use super::pty::Pty;
use crate::fixture;
use crate::program::{NABLATOP, Place, SMALL};

/// What has been tried: clearing, titles, clipboard, links, C1 controls, bells, bidi, characters without width.
const CORPUS: [&str; 8] = [
    "a\x1b[2J\x1b[Hb",
    "c\x1b]0;owned\x07\x1b]52;c;ZWNobyBvd25lZA==\x07",
    "d\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\\x1bP1$r0m\x1b\\",
    "e\u{9b}31mred\u{9d}0;title\u{9c}",
    "f\x07\x08\x08\x7f\0\r\n\x0b\x0c\x0e\x1bc",
    "g\u{202e}fed\u{2066}isolate\u{2069}\u{200f}\u{061c}",
    "h\u{200b}w\u{200d}j\u{feff}m\u{2060}\u{ad}\u{e0041}",
    "i\u{2028}\u{2029}\x1b[?1049l\x1b[?25h",
];

fn header() -> Arc<RunHeader> {
    let lanes = CORPUS.iter().map(|text| {
        let mut lane = fixture::lane(text, 4);
        lane.title = format!("mlp {text}");
        for layer in &mut lane.layers.layers {
            layer.path = format!("{}.{text}", layer.path);
            layer.parameters[0].path = format!("{text}.weight");
        }
        lane
    });
    let mut header = fixture::header(lanes.collect(), Quantity::ALL);
    let changed = Arc::make_mut(&mut header);
    CORPUS[0].clone_into(&mut changed.run_id);
    CORPUS[1].clone_into(&mut changed.machine.backend);
    changed.settings.insert("data".to_owned(), DataSource::Csv(CORPUS.concat().into()).to_string());
    changed.settings.insert(CORPUS[2].to_owned(), CORPUS[0].to_owned());
    header
}

fn trace(folder: &Path) {
    let header = header();
    let mut writer = Writer::create(folder, &header, OnExisting::Refuse).unwrap();
    for event in fixture::run(&header, 3).iter().skip(1).filter(|event| matches!(event, Event::Step(_))) {
        writer.write(event);
    }
    for (lane, text) in (0..).zip(CORPUS) {
        let lane = LaneId(lane);
        writer.write(&Event::Note(Note { lane: Some(lane), step: Step(3), text: text.to_owned() }));
        writer.write(&Event::LaneEnded(LaneEnd { lane, step: Step(3), outcome: Outcome::Failed(text.to_owned()) }));
    }
    writer.write(&Event::RunEnded(RunEnd { outcome: Outcome::Failed(CORPUS.concat()) }));
}

/// What a terminal would obey or hide, beyond the control sequences (`ESC [ … letter`) of a program that draws, and the
/// one question that it asks.
fn foreign(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes).replacen(QUESTION, "", 1);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_hidden = matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
        let is_sequence = c == '\x1b' && rest.peek() == Some(&'[');
        if is_hidden || (c.is_control() && !is_sequence && !matches!(c, '\r' | '\n')) {
            return Some(format!("{c:?} before {:?}", rest.take(20).collect::<String>()));
        }
    }
    CORPUS.into_iter().find(|injection| text.contains(injection)).map(str::to_owned)
}

#[test]
fn no_view_of_a_trace_lets_a_name_speak_to_the_terminal() {
    let place = Place::new();
    trace(&place.path("run"));
    trace(&place.path("again"));
    for traces in [&["run"][..], &["run", "again"]] {
        let mut pty = Pty::start(NABLATOP, &[&["view"], traces].concat(), place.root(), (200, 60));
        pty.wait_for("failed");
        for key in ["v", "m", "v", "v", "v", "\t", "\t", "?", "?", ":", "\x7f", "j", "k", "e", " "] {
            pty.press_and_see(key);
        }
        pty.resize(80, 24);
        pty.press_and_see("m");
        pty.press("q");
        assert_eq!(pty.end().0, 0);
        pty.assert_restored();
        assert_eq!(foreign(&pty.bytes()), None);
    }
}

#[test]
fn no_export_to_a_terminal_does() {
    let place = Place::new();
    trace(&place.path("run"));
    for arguments in [&["export", "run", "--to", "csv"], &["export", "run", "--to", "svg"]] {
        let mut pty = Pty::start(NABLATOP, arguments, place.root(), USUAL);
        assert_eq!(pty.end().0, 0);
        pty.wait("the end", |screen| !screen.contents().trim().is_empty());
        assert_eq!(foreign(&pty.bytes()), None);
        assert!(!pty.bytes().contains(&0x1b));
    }
}

#[test]
fn no_error_and_no_headless_run_does() {
    let place = Place::new();
    for (index, injection) in CORPUS.iter().enumerate() {
        // No name of a file can hold a nul.
        let injection = injection.replace('\0', "");
        let table = format!("{index}.csv");
        place.file(&table, format!("1,{injection}\n2,x\n3,{injection},x\n"));
        place.file("settings.toml", format!("\"{}\" = 3\n", injection.escape_default()));
        let log = format!("log-{injection}");
        let small = [&SMALL[..], &["--headless", "--steps", "2", "--log", &log]].concat();
        let cases: [(&[&str], &[u32]); 14] = [
            (&[&injection], &[2]),
            (&["--preset", &injection], &[2]),
            (&["--color", &injection], &[2]),
            (&["export", "run", "--to", &injection], &[2]),
            (&[&format!("--{injection}")], &[2]),
            (&small, &[0]),
            (&["export", &injection, "--to", "csv"], &[1]),
            (&["view", &injection], &[1]),
            (&["--data", &format!("csv:{injection}")], &[1]),
            (&["--data", &format!("csv:{table}")], &[1]),
            (&["--config", "settings.toml"], &[2]),
            (&["--lane", &format!("plain:name={injection}")], &[2]),
            (&["--init", &injection], &[2]),
            (&["--config", &injection], &[1]),
        ];
        for (arguments, codes) in cases {
            let mut pty = Pty::start(NABLATOP, arguments, place.root(), USUAL);
            let code = pty.end().0;
            assert!(codes.contains(&code), "{arguments:?}: {code}: {}", pty.text());
            assert_eq!(foreign(&pty.bytes()), None, "{arguments:?}");
        }
    }
}

#[test]
fn no_path_in_the_form_of_settings_does() {
    let place = Place::new();
    let name = "j\u{200d}k\u{2028}l\u{2029}m\u{e0100}.csv";
    let row = |row: i32| format!("{},{}\n", row * row % 31, if row % 2 == 0 { "a" } else { "b" });
    let rows: String = (0..40).map(row).collect();
    place.file(name, rows);
    let data = format!("csv:{name}");
    let arguments = [&SMALL[..], &["--steps", "100000000", "--data", &data]].concat();
    let mut pty = Pty::start(NABLATOP, &arguments, place.root(), USUAL);
    pty.wait_for("plain");
    pty.press_and_see("e");
    pty.wait_for("branch-scale");
    for _ in 0..60 {
        pty.press("\t");
    }
    pty.press_and_see("\x1b[B");
    pty.press("\x03");
    assert_eq!(pty.end().0, 130);
    assert_eq!(foreign(&pty.bytes()), None);
}

#[test]
fn a_name_is_not_a_formula_in_an_exported_table() {
    let place = Place::new();
    let mut lane = fixture::lane("=cmd|' /C calc'!A0", 4);
    lane.layers.layers[1].path = "@SUM(1+9)".to_owned();
    let header = fixture::header(vec![lane], Quantity::ALL);
    let mut writer = Writer::create(&place.path("run"), &header, OnExisting::Refuse).unwrap();
    for event in fixture::run(&header, 2).iter().skip(1) {
        writer.write(event);
    }
    drop(writer);
    let said = place.say(["export", "run", "--to", "csv"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("\n'=cmd|' /C calc'!A0,1,") && said.out.contains(",'@SUM(1+9),"), "{}", said.out);
    assert!(!said.out.contains("\n=") && !said.out.contains(",@"));
}
