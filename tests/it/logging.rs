//! Claims about the trace that the program writes: nothing that was written is lost, whatever happens to it.

mod damage;
mod full;
mod gone;
mod history;
mod kill;

use std::path::Path;
use std::thread::park_timeout;
use std::time::{Duration, Instant};

use nablatop::event::Event;
use nablatop::trace::{self, FILE_NAME};

/// After this long something that is waited for will not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until something outside is as wished.
pub(crate) fn wait_until(wish: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{wish}: it never came");
        park_timeout(Duration::from_millis(2));
    }
}

/// Every event of a trace that must be whole but for its tail.
pub(crate) fn events(folder: &Path) -> Vec<Event> {
    let mut trace = trace::read(folder).unwrap();
    let events: Result<Vec<Event>, _> = trace.by_ref().collect();
    let events = events.unwrap();
    assert_eq!(trace.warnings().damaged, 0);
    events
}

/// Whole lines of steps that a trace holds by now.
pub(crate) fn steps_in(folder: &Path) -> usize {
    let bytes = std::fs::read(folder.join(FILE_NAME)).unwrap_or_default();
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    lines.filter(|line| line.starts_with(b"{\"kind\":\"step\"")).count()
}

/// Every lane's steps follow each other from the first, and no lane is far ahead; gives the last step of all.
pub(crate) fn assert_no_step_is_missing(events: &[Event]) -> u64 {
    let mut last = std::collections::BTreeMap::new();
    for event in events {
        if let Event::Step(record) = event {
            let before = last.insert(record.lane, record.step.0).unwrap_or_default();
            assert_eq!(record.step.0, before + 1, "lane {:?}", record.lane);
        }
    }
    let ends = || last.values().copied();
    let (Some(first), Some(furthest)) = (ends().min(), ends().max()) else { return 0 };
    assert!(furthest - first <= 3, "{last:?}");
    furthest
}
