//! Encodes events as lines: one JSON object each, `kind` first, `crc` last.
//!
//! The line of a step is written by hand, because a deep run writes thousands of numbers per step; rare lines are
//! written by serde. `docs/format.md` lists every field.

use serde::Serialize;

use super::checksum;
use super::number::{push_f32, push_f64, push_u64};
use crate::event::{EvalRecord, Event, Gap, LaneEnd, Note, Outcome, Payload, RunEnd, RunHeader, Snapshot, StepRecord};
use crate::grid::{Grid, Value};
use crate::quantity::Quantity;
use crate::units::{LaneId, Step};

/// Bytes of one measured value including the comma, rarely more; used for the size of the buffer.
const BYTES_PER_VALUE: usize = 15;

/// Writes the lines of one run.
#[derive(Debug)]
pub(super) struct Encoder {
    /// Rows of every grid, in the order of the header.
    names: Vec<&'static str>,
    special: Special,
}

/// Where `null` stands for a number that JSON cannot write, per kind.
#[derive(Debug, Default)]
struct Special {
    nan: Vec<(&'static str, usize)>,
    pinf: Vec<(&'static str, usize)>,
    ninf: Vec<(&'static str, usize)>,
}

/// The header's line: the header's fields after two that identify the file.
#[derive(Serialize)]
struct HeaderLine<'a> {
    kind: &'static str,
    format: &'static str,
    #[serde(flatten)]
    header: &'a RunHeader,
}

#[derive(Serialize)]
struct NoteLine<'a> {
    kind: &'static str,
    #[serde(flatten)]
    note: &'a Note,
}

#[derive(Serialize)]
struct GapLine<'a> {
    kind: &'static str,
    #[serde(flatten)]
    gap: &'a Gap,
}

#[derive(Serialize)]
struct SnapshotLine<'a> {
    kind: &'static str,
    lane: LaneId,
    step: Step,
    #[serde(flatten)]
    payload: &'a Payload,
}

#[derive(Serialize)]
struct LaneEndLine<'a> {
    kind: &'static str,
    lane: LaneId,
    step: Step,
    #[serde(flatten)]
    outcome: &'a Outcome,
}

#[derive(Serialize)]
struct EndLine<'a> {
    kind: &'static str,
    #[serde(flatten)]
    outcome: &'a Outcome,
}

impl Encoder {
    /// An encoder for a run that measures these quantities.
    pub(super) fn new(quantities: &[Quantity]) -> Self {
        Self { names: quantities.iter().map(|quantity| quantity.name()).collect(), special: Special::default() }
    }

    /// Appends the event's line, its end of line included.
    pub(super) fn line(&mut self, out: &mut Vec<u8>, event: &Event) {
        let start = out.len();
        match event {
            Event::RunStarted(header) => {
                object(out, &HeaderLine { kind: "header", format: super::header::FORMAT, header });
            }
            Event::Step(record) => self.step(out, "step", record),
            Event::Rerun(record) => self.step(out, "recall", record),
            Event::Eval(record) => self.eval(out, record),
            Event::Snapshot(snapshot) => {
                let Snapshot { lane, step, payload } = snapshot.as_ref();
                object(out, &SnapshotLine { kind: payload.kind().name(), lane: *lane, step: *step, payload });
            }
            Event::Note(note) => object(out, &NoteLine { kind: "note", note }),
            Event::Gap(gap) => object(out, &GapLine { kind: "gap", gap }),
            Event::LaneEnded(LaneEnd { lane, step, outcome }) => {
                object(out, &LaneEndLine { kind: "lane_end", lane: *lane, step: *step, outcome });
            }
            Event::RunEnded(RunEnd { outcome }) => object(out, &EndLine { kind: "end", outcome }),
        }
        checksum::close(out, start);
    }

    fn step(&mut self, out: &mut Vec<u8>, kind: &str, record: &StepRecord) {
        out.reserve(BYTES_PER_VALUE * record.values.values().len() + 512);
        out.extend_from_slice(b"{\"kind\":\"");
        out.extend_from_slice(kind.as_bytes());
        out.push(b'"');
        whole(out, "lane", u64::from(record.lane.0));
        whole(out, "step", record.step.0);
        whole(out, "epoch", u64::from(record.epoch));
        if record.loss.is_some() {
            self.scalar(out, "loss", record.loss);
        }
        self.scalar(out, "accuracy", record.accuracy);
        if let Some(rate) = record.learning_rate {
            field(out, "learning_rate");
            push_f64(out, rate);
            self.special.note("learning_rate", 0, rate);
        }
        self.scalar(out, "global_grad_norm", record.global_grad_norm);
        for (name, value) in [("clip_scale", record.clip_scale), ("clip_rate", record.clip_rate)] {
            if value.is_some() {
                self.scalar(out, name, value);
            }
        }
        whole(out, "step_ns", record.step_ns);
        whole(out, "measure_ns", record.measure_ns);
        if record.values.layers() > 0 {
            self.special.values(out, self.names.iter().copied(), &record.values);
        }
        self.special.write(out);
    }

    fn eval(&mut self, out: &mut Vec<u8>, record: &EvalRecord) {
        out.extend_from_slice(b"{\"kind\":\"eval\"");
        whole(out, "lane", u64::from(record.lane.0));
        whole(out, "step", record.step.0);
        self.scalar(out, "loss", Some(record.loss));
        self.scalar(out, "accuracy", record.accuracy);
        whole(out, "rows", record.rows);
        self.special.write(out);
    }

    fn scalar(&mut self, out: &mut Vec<u8>, name: &'static str, value: Option<f32>) {
        field(out, name);
        match value {
            Some(value) => {
                push_f32(out, value);
                self.special.note(name, 0, f64::from(value));
            }
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl Special {
    /// `[0.5,null,2.0]`
    fn array<'a>(&mut self, out: &mut Vec<u8>, name: &'static str, cells: impl IntoIterator<Item = &'a Value>) {
        out.push(b'[');
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match cell.get() {
                Some(value) => {
                    push_f32(out, value);
                    self.note(name, index, f64::from(value));
                }
                None => out.extend_from_slice(b"null"),
            }
        }
        out.push(b']');
    }

    /// One array per named row of which at least one cell has a value; `null` where a cell has none.
    fn values(&mut self, out: &mut Vec<u8>, names: impl Iterator<Item = &'static str>, grid: &Grid) {
        out.extend_from_slice(b",\"values\":{");
        let mut separator: &[u8] = b"\"";
        for (row, name) in names.enumerate() {
            let cells = grid.row(row);
            if cells.iter().all(|cell| cell.is_absent()) {
                continue;
            }
            out.extend_from_slice(separator);
            separator = b",\"";
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":");
            self.array(out, name, cells);
        }
        out.push(b'}');
    }

    fn note(&mut self, name: &'static str, index: usize, value: f64) {
        if value.is_finite() {
            return;
        }
        let list = if value.is_nan() {
            &mut self.nan
        } else if value > 0.0 {
            &mut self.pinf
        } else {
            &mut self.ninf
        };
        list.push((name, index));
    }

    /// `,"nan":{"signal_norm":[3,4],"loss":[0]}` and the same for both infinities, if there are any.
    fn write(&mut self, out: &mut Vec<u8>) {
        for (kind, list) in [("nan", &mut self.nan), ("pinf", &mut self.pinf), ("ninf", &mut self.ninf)] {
            if list.is_empty() {
                continue;
            }
            field(out, kind);
            out.push(b'{');
            let mut current = None;
            for &(name, index) in list.iter() {
                if current == Some(name) {
                    out.push(b',');
                } else {
                    out.extend_from_slice(if current.is_some() { b"],\"" } else { b"\"" });
                    out.extend_from_slice(name.as_bytes());
                    out.extend_from_slice(b"\":[");
                    current = Some(name);
                }
                push_u64(out, index as u64);
            }
            out.extend_from_slice(b"]}");
            list.clear();
        }
    }
}

fn field(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

fn whole(out: &mut Vec<u8>, name: &str, value: u64) {
    field(out, name);
    push_u64(out, value);
}

/// An object without its closing brace, which comes after the checksum.
fn object(out: &mut Vec<u8>, line: &impl Serialize) {
    // Plain structs with text keys can always be serialized.
    let _ = serde_json::to_writer(&mut *out, line);
    if out.last() == Some(&b'}') {
        out.pop();
    }
}
