//! Traces that are torn, damaged, foreign, newer or nonsense: one clear sentence, never a panic.

use std::fs;
use std::path::{Path, PathBuf};

use nablatop::event::Event;
use nablatop::layer::Sublayer;
use nablatop::trace::{self, TraceError};

use super::{header, read_all, read_well, write};
use crate::fixture;

/// Lines of a good trace of three steps.
fn good_lines() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::run(&header(), 3));
    let text = fs::read_to_string(folder.path().join("trace.jsonl")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The line with a new checksum, as if a program had written nonsense correctly.
fn sealed(line: &str) -> String {
    let body = &line[..line.rfind(",\"crc\":").unwrap_or(line.len() - 1)];
    format!("{body},\"crc\":{}}}", crc32c::crc32c(body.as_bytes()))
}

struct TraceFile {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn file(content: impl AsRef<[u8]>) -> TraceFile {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    fs::write(&path, content).unwrap();
    TraceFile { _folder: folder, path }
}

fn message(content: impl AsRef<[u8]>) -> String {
    let file = file(content);
    read_all(&file.path).2.expect("an error").to_string()
}

#[test]
fn a_torn_tail_costs_the_torn_line_and_one_warning() {
    let text = good_lines().join("\n") + "\n";
    let whole = read_well(&file(&text).path).0;
    for cut in 1..=400 {
        let torn = file(&text[..text.len() - cut]);
        let (events, warnings) = read_well(&torn.path);
        assert!(events.len() < whole.len());
        assert_eq!(events, whole[..events.len()]);
        let sentences = warnings.sentences().len();
        assert_eq!(sentences, usize::from(!text[..text.len() - cut].ends_with('\n')), "cut {cut}");
    }
}

#[test]
fn a_damaged_line_is_left_out_and_the_next_one_is_found() {
    let mut lines = good_lines();
    lines[3] = lines[3].replacen("2.0", "3.0", 1);
    let (events, warnings) = read_well(&file(lines.join("\n") + "\n").path);
    assert_eq!(events.len(), lines.len() - 1);
    assert_eq!(warnings.damaged, 1);
    assert!(warnings.sentences()[0].contains("run.jsonl:4"), "{:?}", warnings.sentences());
}

#[test]
fn steps_without_a_line_are_one_warning_with_the_lane_the_first_and_how_many() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::run(&header(), 9));
    let text = fs::read_to_string(folder.path().join("trace.jsonl")).unwrap();
    let sentences = |text: &str| read_well(&file(text).path).1.sentences();
    // Takes the lines of these steps of lanes out.
    let without = |gone: &[(u16, u64)]| {
        let is_kept = |line: &&str| {
            let beginning = |(lane, step): &(u16, u64)| format!("{{\"kind\":\"step\",\"lane\":{lane},\"step\":{step},");
            !gone.iter().any(|step| line.starts_with(&beginning(step)))
        };
        text.split_inclusive('\n').filter(is_kept).collect::<String>()
    };
    let one = "step 5 of lane 'residual' is missing: the disk was full, or its line was removed";
    assert_eq!(sentences(&without(&[(1, 5)])), [one]);
    assert_eq!(
        sentences(&without(&[(0, 1)])),
        ["step 1 of lane 'plain' is missing: the disk was full, or its line was removed"]
    );
    // The lane's end says how far it came.
    assert_eq!(
        sentences(&without(&[(1, 9)])),
        ["step 9 of lane 'residual' is missing: the disk was full, or its line was removed"]
    );
    let many = "4 steps are missing, the first is step 3 of lane 'plain': the disk was full, or \
                their lines were removed";
    assert_eq!(sentences(&without(&[(0, 3), (0, 4), (1, 4), (0, 7)])), [many]);
    // Steps that were never written are not missing, others beside them are.
    let gap = |line: &str| sealed(&format!("{{\"kind\":\"gap\",{line},\"crc\":0}}")) + "\n";
    let late = |gone: &[(u16, u64)], line: &str| {
        let before = "{\"kind\":\"step\",\"lane\":1,\"step\":6,";
        without(gone).replacen(before, &(gap(line) + before), 1)
    };
    let line = "\"lane\":1,\"first\":3,\"last\":5";
    assert!(sentences(&late(&[(1, 3), (1, 4), (1, 5)], line)).is_empty());
    assert_eq!(
        sentences(&late(&[(1, 2), (1, 3), (1, 4), (1, 5)], line)),
        ["step 2 of lane 'residual' is missing: the disk was full, or its line was removed"]
    );
    // An appended run begins at 1 again; a run that was killed, or goes on, has no further steps.
    assert!(sentences(&(text.clone() + &text)).is_empty());
    assert_eq!(sentences(&(text.clone() + &without(&[(1, 5)]))), [one]);
    let killed = text.find("{\"kind\":\"step\",\"lane\":1,\"step\":7").unwrap();
    assert!(sentences(&text[..killed]).is_empty());
    // A damaged line is told as such.
    let damaged = text.replacen("\"lane\":1,\"step\":5,", "\"lane\":1,\"step\":6,", 1);
    assert!(matches!(&sentences(&damaged)[..], [only] if only.starts_with("one damaged line")));
}

#[test]
fn garbage_between_lines_is_left_out() {
    let lines = good_lines();
    let mut bytes = (lines[..3].join("\n") + "\n").into_bytes();
    bytes.extend_from_slice(&[0; 4096]);
    bytes.extend_from_slice(b"\n\n\xff\xfe\x1b[2J\n");
    bytes.extend_from_slice((lines[3..].join("\n") + "\n").as_bytes());
    let (events, warnings) = read_well(&file(bytes).path);
    assert_eq!((events.len(), warnings.damaged), (lines.len(), 3));
}

#[test]
fn no_bit_flip_passes_unseen_as_another_value() {
    let bytes = (good_lines().join("\n") + "\n").into_bytes();
    let whole = read_well(&file(&bytes).path).0;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flipped.jsonl");
    let mut state = 1_u64;
    for _ in 0..2000 {
        // Knuth's linear congruential generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bit = (state >> 20) as usize % (bytes.len() * 8);
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &flipped).unwrap();
        let (events, warnings, error) = read_all(&path);
        assert!(events.iter().all(|event| whole.contains(event)), "bit {bit} made another event");
        assert!(events == whole || error.is_some() || !warnings.is_empty(), "bit {bit} went unseen");
    }
}

#[test]
fn a_file_that_is_not_a_trace_is_named_by_what_it_looks_like() {
    let looks: [(&[u8], &str); 10] = [
        (b"", "is empty"),
        (b"{\"kind\":\"header\",\"format\":\"nablatop-trace\",\"ver", "ends within its first line"),
        (b"{\"step\":1,\"loss\":2.0}\n", "JSON of another program"),
        (b"{\"kind\": \"header\", \"format\": \"nablatop-trace\"}\n", "another program has written again"),
        (b"step,loss\n1,2\n", "comma-separated"),
        (b"Dear diary\n", "plain text"),
        (b"\x1f\x8b\x08\0\0\0", "gzip"),
        (b"\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22\x09\0\0\xc0\x7c\xb9\xd8\xd9\x41\x1a\x0dbrain.Event:2", "TensorBoard"),
        (b":W&B\xe1\xbe\0", "W&B"),
        (b"\0\x01\x02\x03\n", "binary data"),
    ];
    for (content, words) in looks {
        assert!(message(content).contains(words), "{content:?}: {}", message(content));
    }
    let missing = trace::read(Path::new("/nowhere/at/all")).unwrap_err();
    assert!(missing.to_string().contains("there is no trace at /nowhere/at/all"));
}

#[test]
fn a_damaged_header_says_that_it_is_the_header() {
    let mut lines = good_lines();
    lines[0] = lines[0].replacen("plain", "plein", 1);
    assert!(message(lines.join("\n")).contains("first line"), "{}", message(lines.join("\n")));
}

#[test]
fn a_newer_version_says_which_one_this_nablatop_reads() {
    let newer = sealed(&good_lines()[0].replacen("\"version\":1", "\"version\":7", 1)) + "\n";
    assert!(
        message(&newer).contains("version 7") && message(&newer).contains("version 1: update"),
        "{}",
        message(&newer)
    );
}

#[test]
fn steps_that_run_backwards_ask_whether_these_are_two_runs() {
    let mut lines = good_lines();
    lines.swap(1, 5);
    let text = message(lines.join("\n") + "\n");
    assert!(text.contains("step 2 comes after step 3 in "), "{text}");
    assert!(text.contains("run.jsonl:4: are these two runs in one file?"), "{text}");
}

#[test]
fn nonsense_with_a_good_seal_says_what_is_wrong_and_where() {
    let lines = good_lines();
    let step = &lines[1];
    let array = &step[step.find("\"gain\":[").unwrap()..];
    let array = &array[..=array.find(']').unwrap()];
    let tensors = |rest: &str| format!("{{\"kind\":\"tensors\",\"lane\":0,\"step\":1{rest}}}");
    let filters = |rest: &str| format!("{{\"kind\":\"filters\",\"lane\":1,\"step\":1,\"shape\":{rest}}}");
    let cases = [
        (step.replacen(array, "\"gain\":[1.0]", 1), "gain has 1 values, but lane 'plain' has 7 layers"),
        (step.replacen("\"step\":1,", "\"step\":0,", 1), "expected a step from 1"),
        (step.replacen("\"lane\":0", "\"lane\":9", 1), "lane 9, but the header has 2"),
        (step.replacen("\"lane\":", "\"lone\":", 1), "field 'lane' is missing"),
        (step.replacen("\"loss\":1.0", "\"loss\":one", 1), "expected a number"),
        (step.replacen("\"values\":", "\"nan\":{\"gain\":[99]},\"values\":", 1), "index 99 of 'gain'"),
        ("{\"lane\":0}".to_owned(), "field 'kind' is missing"),
        ("{\"kind\":\"gap\",\"lane\":0,\"first\":3,\"last\":2}".to_owned(), "a last one not before it"),
        (tensors(",\"values\":{\"grad_norm\":[1]}"), "one number per tensor"),
        (tensors(""), "missing field `values`"),
        (tensors(",\"values\":{},\"nan\":{\"grad_norm\":[7]}"), "index 7 of 'grad_norm'"),
        (filters("[2,1,1,1],\"shades\":[1]"), "as many shades"),
        (filters("[1,1,1,1],\"shades\":[128]"), "expected i8"),
        ("{\"kind\":\"note\"}".to_owned(), "missing field"),
    ];
    for (line, words) in cases {
        let text = message(format!("{}\n{}\n", lines[0], sealed(&line)));
        assert!(text.contains(words) && text.contains("run.jsonl:2"), "{text}");
    }
}

#[test]
fn what_a_newer_nablatop_adds_is_left_out_with_a_warning() {
    let lines = good_lines();
    let header = lines[0].replacen("\"gain\",", "\"gain\",\"curvature\",", 1).replacen("\"batch\"", "\"new_key\"", 1);
    let step = lines[1].replacen("\"values\":{", "\"mood\":{\"a\":[1]},\"values\":{\"curvature\":[1,2],", 1);
    let text = [&header, &step, "{\"kind\":\"spectrum\",\"a\":{}}"].map(sealed).join("\n") + "\n";
    let (events, warnings) = read_well(&file(text).path);
    assert_eq!(events[1], read_well(&file(lines.join("\n") + "\n").path).0[1]);
    assert_eq!((warnings.unknown_quantities, warnings.unknown_lines), (vec!["curvature".to_owned()], 1));
    assert_eq!(warnings.unknown_setting.map(|error| error.key).as_deref(), Some("new_key"));
}

#[test]
fn names_from_a_file_never_reach_a_reader_with_their_control_characters() {
    let mut lane = fixture::lane("\u{1b}]0;owned\u{7}", 1);
    lane.title = "\u{202e}evil".to_owned();
    lane.layers.layers[0].path = "stem\u{200b}\r\n".to_owned();
    lane.layers.layers[1].stage = Some("\u{1b}[2J".to_owned());
    lane.layers.layers[1].sublayers = vec![Sublayer::new("\u{7}", "\u{7}", None).in_half("\u{7}")];
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[Event::RunStarted(fixture::header(vec![lane], &[]))]);
    let (events, _) = read_well(folder.path());
    let Event::RunStarted(header) = &events[0] else { panic!("{events:?}") };
    let lane = &header.lanes[0];
    assert_eq!(lane.name, "\u{fffd}]0;owned\u{fffd}");
    assert_eq!(lane.title, "\u{fffd}evil");
    assert_eq!(lane.layers.layers[0].path, "stem\u{fffd}  ");
    assert_eq!(lane.layers.layers[1].stage.as_deref(), Some("\u{fffd}[2J"));
    let clean = "\u{fffd}".to_owned();
    let expected = Sublayer { path: clean.clone(), name: clean.clone(), half: Some(clean), flops: None };
    assert_eq!(lane.layers.layers[1].sublayers, [expected]);
}

#[test]
fn an_error_is_the_last_that_a_trace_says() {
    let lines = good_lines();
    let file = file(format!("{}\n{}\n{}\n{}\n", lines[0], lines[1], lines[1], lines[2]));
    let mut trace = trace::read(&file.path).unwrap();
    assert!(matches!(trace.by_ref().nth(2), Some(Err(TraceError::OutOfOrder { .. }))));
    assert!(trace.next().is_none());
}

#[test]
fn a_lane_whose_lines_were_all_removed_is_reported_as_missing() {
    let lines = good_lines();
    let kept: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.contains("\"lane\":1,")).collect();
    assert!(kept.len() + 3 <= lines.len());
    let text = kept.join("\n") + "\n";
    let found = file(text);
    let mut trace = trace::read(&found.path).unwrap();
    assert!(trace.by_ref().all(|event| event.is_ok()));
    let missing = trace.warnings().missing.clone().expect("missed");
    assert_eq!((missing.count, missing.first.0, missing.lane.as_str()), (3, 1, "residual"));
}

#[test]
fn a_header_of_millions_of_rows_or_lanes_is_refused_before_anything_is_made_of_it() {
    let header = good_lines().swap_remove(0);
    let begin = header.find("\"lanes\":[").unwrap() + "\"lanes\":[".len();
    let empty = "{\"name\":\"\",\"title\":\"\",\"layers\":[]},";
    for (count, words) in [(1_100, "at most 1,024 lanes"), (1_600_000, "at most 1,500,000 layers")] {
        let many = format!("{}{}{}", &header[..begin], empty.repeat(count), &header[begin..]);
        let said = message(sealed(&many) + "\n");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_pipe_without_a_writer_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe.as_path(), Path::new("/dev/random")] {
        let said = trace::read(path).unwrap_err().to_string();
        assert!(said.contains("only regular files are read"), "{said}");
    }
}
