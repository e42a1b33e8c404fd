//! Claims about the native trace: it reads back what was written, and damage costs only the damaged lines.

mod damage;
mod document;
mod follow;
mod kill;
mod opening;
mod round_trip;

use std::path::Path;
use std::sync::Arc;

use nablatop::event::{Event, RunHeader};
use nablatop::quantity::Quantity;
use nablatop::trace::{self, OnExisting, TraceError, Warnings, Writer};

use crate::fixture;

/// Two lanes of different depth, every quantity.
fn header() -> Arc<RunHeader> {
    fixture::header(vec![fixture::lane("plain", 5), fixture::lane("residual", 3)], Quantity::ALL)
}

/// Writes a whole run; its first event is in the file by [`Writer::create`].
fn write(folder: &Path, events: &[Event]) {
    let Some(Event::RunStarted(header)) = events.first() else { panic!("a run begins with its header") };
    let mut writer = Writer::create(folder, header, OnExisting::Refuse).unwrap();
    events.iter().skip(1).for_each(|event| writer.write(event));
    writer.flush();
}

/// Everything that can be read, and how it ended.
fn read_all(path: &Path) -> (Vec<Event>, Warnings, Option<TraceError>) {
    let mut events = Vec::new();
    let mut trace = match trace::read(path) {
        Ok(trace) => trace,
        Err(error) => return (events, Warnings::default(), Some(error)),
    };
    for event in trace.by_ref() {
        match event {
            Ok(event) => events.push(event),
            Err(error) => return (events, trace.warnings().clone(), Some(error)),
        }
    }
    (events, trace.warnings().clone(), None)
}

/// As [`read_all`] of a file that must be readable.
fn read_well(path: &Path) -> (Vec<Event>, Warnings) {
    let (events, warnings, error) = read_all(path);
    assert!(error.is_none(), "{error:?}");
    (events, warnings)
}
