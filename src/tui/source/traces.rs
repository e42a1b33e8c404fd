//! One or several traces side by side, finished or still being written.
//!
//! ```
//! use nablatop::tui::source::traces::TraceSource;
//!
//! let folder = tempfile::tempdir()?;
//! assert!(TraceSource::open(&[folder.path().join("missing")]).is_err());
//! # Ok::<(), std::io::Error>(())
//! ```

mod quiet;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use quiet::Quiet;

use super::{Source, SourceKind};
use crate::config::RunConfig;
use crate::event::{Control, Event, RunHeader};
use crate::text;
use crate::trace::{Follow, TraceError};

/// Follows traces; the index of a run is the position of its path.
#[derive(Debug)]
pub struct TraceSource {
    traces: Vec<Followed>,
    /// The prefix that distinguishes each trace, for lane names that would be equal.
    prefixes: Vec<String>,
    /// Index of the next trace to read: one event each, so that they grow side by side.
    turn: usize,
}

/// One trace.
#[derive(Debug)]
struct Followed {
    follow: Follow,
    /// The error that ended reading.
    error: Option<TraceError>,
    /// Whether a step of it was read.
    reading: Reading,
    /// The time of its newest line.
    quiet: Quiet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Nothing,
    Steps,
}

impl Followed {
    fn open(path: &Path) -> Result<Self, TraceError> {
        let quiet = Quiet::since(Instant::now());
        Ok(Self { follow: Follow::open(path)?, error: None, reading: Reading::Nothing, quiet })
    }

    fn poll(&mut self, now: Instant) -> Option<Event> {
        match self.follow.poll()? {
            Ok(event) => {
                self.quiet = Quiet::since(now);
                match event {
                    // The file was replaced: errors of the old one no longer matter.
                    Event::RunStarted(_) => self.error = None,
                    Event::Step(_) => self.reading = Reading::Steps,
                    _ => {}
                }
                Some(event)
            }
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }

    /// What was skipped, and how long no line has come. While the run continues, an incomplete last line does not count
    /// as skipped: its rest may still come.
    fn sentences(&self, now: Instant) -> Vec<String> {
        let mut passed_over = self.follow.warnings().clone();
        passed_over.torn_tail &= self.follow.is_over();
        let quiet = self.quiet.sentence(now, &self.follow, self.reading == Reading::Steps);
        passed_over.sentences().into_iter().chain(quiet).collect()
    }
}

impl TraceSource {
    /// Opens traces, each a folder or a trace file.
    ///
    /// # Errors
    /// Fails when one of them cannot be read.
    pub fn open(paths: &[PathBuf]) -> Result<Self, TraceError> {
        let traces = paths.iter().map(|path| Followed::open(path)).collect::<Result<_, _>>()?;
        Ok(Self { traces, prefixes: prefixes(paths), turn: 0 })
    }

    /// Ends reading.
    ///
    /// # Errors
    /// Fails with the error of the first broken trace if no trace had a single step: then nothing was shown.
    pub fn close(self) -> Result<(), TraceError> {
        if self.traces.iter().any(|trace| trace.reading == Reading::Steps) {
            return Ok(());
        }
        self.traces.into_iter().find_map(|trace| trace.error).map_or(Ok(()), Err)
    }

    fn poll_at(&mut self, now: Instant) -> Option<(usize, Event)> {
        for _ in 0..self.traces.len() {
            let run = self.turn;
            self.turn = (run + 1) % self.traces.len();
            match self.traces.get_mut(run).and_then(|trace| trace.poll(now)) {
                Some(Event::RunStarted(header)) => return Some((run, Event::RunStarted(self.rename(run, header)))),
                Some(event) => return Some((run, event)),
                None => {}
            }
        }
        None
    }

    fn warnings_at(&self, now: Instant) -> Vec<String> {
        let several = self.traces.len() > 1;
        let warnings = |(trace, prefix): (&Followed, &String)| {
            let sentences = trace.sentences(now).into_iter();
            sentences
                .map(|sentence| if several { format!("{prefix}: {sentence}") } else { sentence })
                .collect::<Vec<_>>()
        };
        self.traces.iter().zip(&self.prefixes).flat_map(warnings).collect()
    }

    /// Puts the name of the trace before lane names that another trace has too.
    fn rename(&self, run: usize, mut header: Arc<RunHeader>) -> Arc<RunHeader> {
        let taken = |name: &str| {
            let others = self.traces.iter().enumerate().filter(|(other, _)| *other != run);
            others
                .filter_map(|(_, trace)| trace.follow.header())
                .any(|other| other.lanes.iter().any(|lane| lane.name == name))
        };
        if header.lanes.iter().any(|lane| taken(&lane.name)) {
            let prefix = self.prefixes.get(run).map_or("", String::as_str);
            let lanes = &mut Arc::make_mut(&mut header).lanes;
            for name in lanes.iter_mut().map(|lane| &mut lane.name).filter(|name| taken(name)) {
                *name = text::clean(&format!("{prefix}/{name}"));
            }
        }
        header
    }
}

impl Source for TraceSource {
    fn kind(&self) -> SourceKind {
        SourceKind::Traces
    }

    fn poll(&mut self) -> Option<(usize, Event)> {
        self.poll_at(Instant::now())
    }

    fn runs(&self) -> usize {
        self.traces.len()
    }

    fn control(&mut self, _: Control) {}

    fn prepare(&mut self, _: RunConfig) {}

    fn prepared(&mut self) -> Option<Result<(), String>> {
        None
    }

    fn begin(&mut self) -> Result<(), String> {
        Err("a trace cannot be trained again: start a run with 'nablatop run'".to_owned())
    }

    fn give_up(&mut self) {}

    fn dropped(&self) -> u64 {
        0
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings_at(Instant::now())
    }

    fn errors(&self) -> Vec<String> {
        let errors = self.traces.iter().filter_map(|trace| trace.error.as_ref());
        errors.map(|error| text::clean_message(&error.to_string())).collect()
    }

    fn would_lose(&self) -> bool {
        false
    }
}

/// A short name per path: its last folder, as many parents as are needed to distinguish it, and a number if a path
/// is given twice.
fn prefixes(paths: &[PathBuf]) -> Vec<String> {
    let parts: Vec<Vec<String>> = paths.iter().map(|path| components(path)).collect();
    let short = |parts: &[String], depth: usize| parts[parts.len().saturating_sub(depth)..].join("/");
    let named = parts.iter().enumerate().map(|(index, own)| {
        let mut others = parts.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
        let unique = (1..=own.len())
            .find(|&depth| others.clone().all(|other| other == own || short(other, depth) != short(own, depth)));
        let name = short(own, unique.unwrap_or(own.len()));
        let before = parts.iter().take(index).filter(|other| *other == own).count();
        if others.any(|other| other == own) { format!("{name}#{}", before + 1) } else { name }
    });
    named.map(|name| text::clean(&name)).collect()
}

/// Names of the folders of a path, the trace's own last.
fn components(path: &Path) -> Vec<String> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = if path.is_file() { path.parent().unwrap_or(&path) } else { &path };
    folder.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::{Outcome, RunEnd};
    use crate::trace::{OnExisting, Writer, fixture};

    fn trace(folder: &Path, lanes: &[&str]) -> Writer {
        let header = fixture::header(lanes.iter().map(|name| fixture::lane(name, 3)).collect());
        let mut writer = Writer::create(folder, &header, OnExisting::Refuse).unwrap();
        writer.write(&Event::Step(Arc::new(fixture::step(&header, 0, 1))));
        writer.flush();
        writer
    }

    fn names(source: &mut TraceSource) -> Vec<Vec<String>> {
        let mut names = Vec::new();
        while let Some((_, event)) = source.poll() {
            if let Event::RunStarted(header) = event {
                names.push(header.lanes.iter().map(|lane| lane.name.clone()).collect());
            }
        }
        names
    }

    #[test]
    fn lanes_that_share_a_name_are_distinguished_by_their_folder() {
        let root = tempfile::tempdir().unwrap();
        let paths = ["a/run", "b/run"].map(|path| root.path().join(path));
        let _writers = [trace(&paths[0], &["plain", "wide"]), trace(&paths[1], &["plain", "deep"])];
        let mut source = TraceSource::open(&paths).unwrap();
        assert_eq!(names(&mut source), [["a/run/plain", "wide"], ["b/run/plain", "deep"]]);
        let mut alone = TraceSource::open(&paths[..1]).unwrap();
        assert_eq!(names(&mut alone), [["plain", "wide"]]);
    }

    #[test]
    fn one_trace_given_twice_is_numbered() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("run");
        let _writer = trace(&path, &["plain"]);
        let mut source = TraceSource::open(&[path.clone(), path.join("trace.jsonl")]).unwrap();
        assert_eq!(names(&mut source), [["run#1/plain"], ["run#2/plain"]].map(|[name]| [name.to_owned()]));
    }

    #[test]
    fn traces_take_turns_and_the_index_says_whose_event_it_is() {
        let root = tempfile::tempdir().unwrap();
        let paths = ["a", "b"].map(|path| root.path().join(path));
        let mut writers = paths.clone().map(|path| trace(&path, &["plain"]));
        let mut source = TraceSource::open(&paths).unwrap();
        let order: Vec<usize> = std::iter::from_fn(|| source.poll()).map(|(run, _)| run).collect();
        assert_eq!(order, [0, 1, 0, 1]);
        writers[1].write(&Event::RunEnded(RunEnd { outcome: Outcome::Stopped }));
        writers[1].flush();
        assert!(matches!(source.poll(), Some((1, Event::RunEnded(_)))));
    }

    /// What is said this long after everything was read.
    fn said(source: &mut TraceSource, seconds: u64) -> Vec<String> {
        let now = Instant::now();
        while source.poll_at(now).is_some() {}
        source.warnings_at(now + Duration::from_secs(seconds))
    }

    #[test]
    fn a_trace_without_new_lines_says_for_how_long_and_no_more_once_a_line_comes() {
        let root = tempfile::tempdir().unwrap();
        let header = fixture::header(vec![fixture::lane("plain", 3)]);
        let mut writer = Writer::create(root.path(), &header, OnExisting::Refuse).unwrap();
        writer.flush();
        let mut source = TraceSource::open(&[root.path().to_owned()]).unwrap();
        assert!(said(&mut source, 9).is_empty());
        assert_eq!(said(&mut source, 12), ["no step for 0:10: the run is paused or slow, or it was killed"]);
        let open = |source: &TraceSource, now| source.warnings_at(now);
        let start = Instant::now();
        writer.write(&Event::Step(Arc::new(fixture::step(&header, 0, 1))));
        writer.flush();
        let read = start + Duration::from_secs(100);
        assert!(matches!(source.poll_at(read), Some((0, Event::Step(_)))) && source.poll_at(read).is_none());
        assert!(open(&source, read + Duration::from_secs(9)).is_empty(), "a line came");
        for (seconds, words) in [(10, "0:10"), (49, "0:45"), (119, "1:00"), (3720, "1:02:00")] {
            let said = open(&source, read + Duration::from_secs(seconds));
            assert_eq!(said, [format!("no new step for {words}: the run is paused or slow, or it was killed")]);
        }
        writer.write(&Event::RunEnded(RunEnd { outcome: Outcome::Stopped }));
        writer.flush();
        assert!(said(&mut source, 1000).is_empty(), "it has its end");
    }

    #[test]
    fn a_last_line_that_is_not_complete_is_on_its_way_until_nothing_came_for_long() {
        use std::io::Write;
        let root = tempfile::tempdir().unwrap();
        drop(trace(root.path(), &["plain"]));
        let path = root.path().join("trace.jsonl");
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"kind\":\"step\",\"la").unwrap();
        let mut source = TraceSource::open(&[root.path().to_owned()]).unwrap();
        assert!(said(&mut source, 9).is_empty());
        let words = "no new step for 0:45, and the last line is incomplete: the run was probably killed while writing";
        assert_eq!(said(&mut source, 45), [words]);
        std::fs::remove_file(&path).unwrap();
        let gone = said(&mut source, 45);
        assert!(matches!(&gone[..], [only] if only.contains("was removed: the part that was read stays")), "{gone:?}");
    }

    #[test]
    fn a_trace_that_turns_out_broken_is_an_error_until_it_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let mut writer = trace(root.path(), &["plain"]);
        let header = fixture::header(vec![fixture::lane("plain", 3)]);
        writer.write(&Event::Step(Arc::new(fixture::step(&header, 0, 1))));
        writer.flush();
        let mut source = TraceSource::open(&[root.path().to_owned()]).unwrap();
        let last = std::iter::from_fn(|| source.poll()).last();
        assert!(matches!(last, Some((0, Event::Step(_)))), "{last:?}");
        let place = root.path().join("trace.jsonl:3").display().to_string();
        assert!(source.errors()[0].contains(&place) && source.errors()[0].contains("two runs in one file"));
        drop(writer);
        let other = fixture::header(vec![fixture::lane("other", 3)]);
        Writer::create(root.path(), &other, OnExisting::Force).unwrap().flush();
        assert!(matches!(source.poll(), Some((0, Event::RunStarted(_)))));
        assert!(source.errors().is_empty());
        assert!(source.close().is_ok(), "a step was seen");
    }

    #[test]
    fn a_broken_trace_is_the_end_of_it_only_where_no_step_was_read() {
        let root = tempfile::tempdir().unwrap();
        let paths = ["good", "broken"].map(|path| root.path().join(path));
        let _writer = trace(&paths[0], &["plain"]);
        let header = fixture::header(vec![fixture::lane("plain", 3)]);
        let mut writer = Writer::create(&paths[1], &header, OnExisting::Refuse).unwrap();
        writer.write(&Event::Step(Arc::new(fixture::step(&header, 0, 0))));
        writer.flush();
        let closed = |paths: &[PathBuf]| {
            let mut source = TraceSource::open(paths).unwrap();
            while source.poll().is_some() {}
            assert_eq!(source.errors().len(), 1);
            source.close()
        };
        assert!(closed(&paths).is_ok());
        assert!(closed(&paths[1..]).unwrap_err().to_string().contains("expected a step from 1"));
    }
}
