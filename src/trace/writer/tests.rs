//! Claims about writing onto a disk that fills up.

use std::sync::{Mutex, PoisonError};

use super::*;
use crate::counts::count;
use crate::trace::checksum;
use crate::trace::fixture;

/// A disk with a number of bytes on it, of which some can be written.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<Platter>>);

#[derive(Debug, Default)]
struct Platter {
    bytes: Vec<u8>,
    space: usize,
    syncs: usize,
    broken_cuts: usize,
}

impl Disk {
    fn with_space(space: usize) -> Self {
        let disk = Self::default();
        disk.platter().space = space;
        disk
    }

    fn platter(&self) -> std::sync::MutexGuard<'_, Platter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.platter().bytes.clone()).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "the file ends in a torn line");
        text.lines().map(str::to_owned).collect()
    }
}

impl Medium for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut platter = self.platter();
        let fits = bytes.len().min(platter.space.saturating_sub(platter.bytes.len())).min(1000);
        if fits == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        platter.bytes.extend_from_slice(&bytes[..fits]);
        Ok(fits)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let mut platter = self.platter();
        if platter.broken_cuts > 0 {
            platter.broken_cuts -= 1;
            return Err(io::ErrorKind::Other.into());
        }
        platter.bytes.truncate(length as usize);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.platter().syncs += 1;
        Ok(())
    }

    fn fate(&self, _: &std::path::Path, _: u64) -> Option<FileLoss> {
        None
    }
}

fn writer(disk: &Disk) -> Writer<Disk> {
    Writer::new(disk.clone(), Quantity::ALL, 0, Arc::default())
}

fn step(number: u64) -> Event {
    let header = fixture::header(vec![fixture::lane("plain", 3)]);
    Event::Step(Arc::new(fixture::step(&header, 0, number)))
}

#[test]
fn a_full_disk_leaves_whole_lines_and_the_run_goes_on_once_there_is_space() {
    let disk = Disk::with_space(2_500);
    let mut writer = writer(&disk);
    for number in 1..=20 {
        writer.write(&step(number));
        writer.flush();
    }
    let before = disk.lines();
    assert!((1..20).contains(&before.len()));
    assert!(writer.status().problem().unwrap().contains("paused"));
    disk.platter().space = 1 << 20;
    writer.flush();
    assert_eq!(writer.status().problem(), None);
    let after = disk.lines();
    assert_eq!(after.len(), 20, "what waited in memory is all there");
    assert!(after.iter().all(|line| checksum::check(line.as_bytes()).is_some()));
    assert_eq!(writer.status().bytes(), disk.platter().bytes.len() as u64);
}

#[test]
fn steps_that_no_longer_fit_into_memory_are_counted_and_named() {
    let disk = Disk::with_space(100);
    let mut writer = writer(&disk);
    let mut number = 0;
    while writer.status().lost_steps() < 3 {
        number += 1;
        writer.write(&step(number));
        if number % 64 == 1 {
            writer.flush();
        }
    }
    assert!(writer.buffer.len() < MOST_WAITING + (1 << 16));
    disk.platter().space = 1 << 30;
    writer.write(&step(number + 1));
    writer.flush();
    writer.write(&step(number + 2));
    writer.flush();
    let lines = disk.lines();
    let (first, last) = (count(number - 2), count(number + 1));
    assert!(lines[lines.len() - 2].contains(&format!("4 steps from {first} to {last} are not in the trace")));
    assert!(lines[lines.len() - 1].contains(&format!("\"step\":{}", number + 2)));
}

#[test]
fn a_piece_that_cannot_be_cut_off_is_cut_before_anything_else_is_written() {
    let disk = Disk::with_space(1_000);
    let mut writer = writer(&disk);
    disk.platter().broken_cuts = 2;
    for number in 1..=3 {
        writer.write(&step(number));
    }
    writer.flush();
    disk.platter().space = 1 << 20;
    writer.flush();
    assert!(writer.status().problem().is_some(), "the second cut failed too");
    writer.flush();
    assert_eq!(disk.lines().len(), 3);
}

#[test]
fn a_step_that_was_not_flushed_is_written_when_the_writer_is_dropped() {
    let disk = Disk::with_space(1 << 20);
    let mut writer = writer(&disk);
    writer.write(&step(1));
    assert_eq!(disk.lines().len(), 0);
    drop(writer);
    assert_eq!(disk.lines().len(), 1);
}

#[test]
fn the_disk_is_asked_to_keep_it_every_five_seconds_and_at_the_end() {
    use crate::event::RunEnd;
    let disk = Disk::with_space(1 << 20);
    let mut writer = writer(&disk);
    let start = Instant::now();
    for tenths in 0..=100 {
        writer.flush_at(start + Duration::from_millis(100 * tenths));
    }
    let during = disk.platter().syncs;
    assert!((1..=2).contains(&during), "{during} syncs in ten seconds");
    writer.write(&Event::RunEnded(RunEnd { outcome: Outcome::Stopped }));
    writer.flush();
    assert_eq!(disk.platter().syncs, during + 1);
}

#[test]
fn the_real_full_device_is_survived() {
    let Ok(file) = std::fs::OpenOptions::new().append(true).open("/dev/full") else {
        // Only Linux has it; the disk above stands for it elsewhere.
        return;
    };
    let mut writer = Writer::new(file, Quantity::ALL, 0, Arc::default());
    for number in 1..=5 {
        writer.write(&step(number));
        writer.flush();
    }
    assert!(writer.status().problem().unwrap().contains("No space left"));
}
