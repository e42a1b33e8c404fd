//! A trace that grows, is replaced, or is appended to while it is viewed.

use std::fs::{self, OpenOptions};
use std::io::Write;

use nablatop::event::{Event, Outcome, RunEnd};
use nablatop::trace::{FILE_NAME, Follow, OnExisting, Writer};

use super::{header, write};
use crate::fixture;

/// All events that are there by now.
fn drain(follow: &mut Follow) -> Vec<Event> {
    std::iter::from_fn(|| follow.poll()).map(Result::unwrap).collect()
}

fn end() -> Event {
    Event::RunEnded(RunEnd { outcome: Outcome::Completed })
}

#[test]
fn what_is_written_arrives_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let events = fixture::run(&header(), 4);
    let mut writer = Writer::create(folder.path(), &header(), OnExisting::Refuse).unwrap();
    let mut follow = Follow::open(folder.path()).unwrap();
    let mut seen = drain(&mut follow);
    for event in &events[1..] {
        assert!(!follow.is_over());
        writer.write(event);
        writer.flush();
        seen.extend(drain(&mut follow));
    }
    assert_eq!(seen, events);
    assert!(follow.is_over());
    assert!(follow.poll().is_none());
}

#[test]
fn a_line_that_is_half_written_waits_for_its_other_half() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::run(&header(), 2));
    let path = folder.path().join(FILE_NAME);
    let text = fs::read(&path).unwrap();
    let grown = folder.path().join("grown.jsonl");
    let first_line = text.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    fs::write(&grown, &text[..first_line + 10]).unwrap();
    let mut follow = Follow::open(&grown).unwrap();
    assert_eq!(drain(&mut follow).len(), 1);
    assert!(follow.warnings().torn_tail);
    let mut file = OpenOptions::new().append(true).open(&grown).unwrap();
    let mut count = 1;
    for piece in text[first_line + 10..].chunks(97) {
        file.write_all(piece).unwrap();
        count += drain(&mut follow).len();
    }
    assert_eq!(count, fixture::run(&header(), 2).len());
    assert!(follow.warnings().is_empty());
}

#[test]
fn a_run_that_replaces_another_starts_the_picture_again() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::run(&header(), 2));
    let mut follow = Follow::open(folder.path()).unwrap();
    drain(&mut follow);
    let other = fixture::header(vec![fixture::lane("another", 2)], &header().quantities);
    // Longer than the first, so that its length alone does not give it away.
    let events = fixture::run(&other, 50);
    let mut writer = Writer::create(folder.path(), &other, OnExisting::Force).unwrap();
    events[1..].iter().for_each(|event| writer.write(event));
    writer.flush();
    assert_eq!(drain(&mut follow), events);
}

#[test]
fn a_file_that_was_moved_in_place_is_noticed() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(one.path(), &fixture::run(&header(), 2));
    let other = fixture::header(vec![fixture::lane("another", 5)], &header().quantities);
    write(two.path(), &fixture::run(&other, 2));
    let mut follow = Follow::open(one.path()).unwrap();
    drain(&mut follow);
    fs::rename(two.path().join(FILE_NAME), one.path().join(FILE_NAME)).unwrap();
    assert_eq!(drain(&mut follow), fixture::run(&other, 2));
}

#[test]
fn a_run_appended_behind_a_torn_tail_follows_on() {
    let folder = tempfile::tempdir().unwrap();
    let first = fixture::run(&header(), 2);
    write(folder.path(), &first[..4]);
    let path = folder.path().join(FILE_NAME);
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"kind\":\"st").unwrap();
    let mut follow = Follow::open(folder.path()).unwrap();
    assert_eq!(drain(&mut follow), first[..4]);
    let mut writer = Writer::create(folder.path(), &header(), OnExisting::Append).unwrap();
    writer.write(&end());
    writer.flush();
    assert_eq!(drain(&mut follow), [first[0].clone(), end()]);
}

#[test]
fn a_trace_that_disappears_keeps_its_picture() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::run(&header(), 2));
    let mut follow = Follow::open(folder.path()).unwrap();
    drain(&mut follow);
    fs::remove_file(folder.path().join(FILE_NAME)).unwrap();
    assert!(follow.poll().is_none());
    assert!(follow.is_over());
}

#[test]
fn a_trace_that_is_removed_or_cut_says_so_until_it_is_whole_again() {
    let folder = tempfile::tempdir().unwrap();
    let events = fixture::run(&header(), 2);
    write(folder.path(), &events);
    let path = folder.path().join(FILE_NAME);
    let whole = fs::read(&path).unwrap();
    let header_line = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let mut follow = Follow::open(folder.path()).unwrap();
    assert_eq!(drain(&mut follow), events);
    for (left, words) in [(None, "removed"), (Some(0), "cut"), (Some(100), "cut"), (Some(header_line), "cut")] {
        match left {
            None => fs::remove_file(&path).unwrap(),
            Some(left) => fs::write(&path, &whole[..left]).unwrap(),
        }
        assert!(follow.poll().is_none() && follow.poll().is_none());
        let sentences = follow.warnings().sentences();
        assert_eq!(
            sentences,
            [format!("{} was {words}: the part that was read stays", path.display())]
                .map(|sentence| sentence.replace("cut:", "cut short:"))
        );
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(drain(&mut follow), events);
    assert!(follow.warnings().is_empty());
}
