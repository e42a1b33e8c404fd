//! A trace as one long table with a row per value, for any reader of CSV.
//!
//! ```text
//! lane,step,layer,path,quantity,value
//! plain,1,,,loss,2.3041408
//! plain,1,17,blocks.16,signal_norm,1.9e-14       layer 0 = stem, 1 … D = blocks, D + 1 = head
//! ```
//!
//! Per-step values have no layer; `rho`, `rho_r_squared`, `attenuation`, `first_last` and, if there is one, the block
//! of the `underflow` belong to the signal of that step, see `Profile`. Values that only a re-run of the flight
//! recorder has follow at the place of the re-run; no value has two rows. NaN, inf and -inf are written as such, absent
//! values are left out, and numbers have the fewest digits that give them back. A name that a spreadsheet would read as
//! a formula gets an apostrophe before it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use nablatop::event::{Event, EvalRecord, LaneHeader, RunHeader};
//! use nablatop::layer::LayerTable;
//! use nablatop::report::csv::{Rows, write};
//! use nablatop::units::{LaneId, Step};
//!
//! let lane = LaneHeader::new("net", "a net", LayerTable::default());
//! let eval = EvalRecord { lane: LaneId(0), step: Step(1), loss: 0.5, accuracy: None, rows: 10 };
//! let events = [Event::RunStarted(Arc::new(RunHeader::new(vec![lane]))), Event::Eval(eval)];
//! let mut table = Vec::new();
//! write(events.into_iter().map(Ok), Rows::All, &mut table)?;
//! assert!(String::from_utf8(table)?.contains("net,1,,,eval_loss,0.5"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod written;

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use ::csv::{ErrorKind, Writer};

use self::written::WrittenRows;
use super::export_error::ExportError;
use super::signal::signal_of;
use crate::event::{EvalRecord, Event, RunHeader, StepRecord};
use crate::glossary::TERMS;
use crate::profile::Profile;
use crate::quantity::{Quantity, rows};
use crate::trace::TraceError;
use crate::trace::number::{push_f32, push_f64, push_u64};
use crate::units::{LaneId, Step};

/// The first row.
const COLUMNS: [&str; 6] = ["lane", "step", "layer", "path", "quantity", "value"];

/// Rows of the line fitted to the signal.
const PROFILE: [&str; 5] = [rows::RHO, rows::RHO_R_SQUARED, rows::ATTENUATION, rows::FIRST_LAST, rows::UNDERFLOW];

/// The rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rows {
    /// All rows.
    All,
    /// The values of one quantity, without the values that have no layer.
    Of(Quantity),
    /// The values of one name without a layer, such as `loss`; see [`names`].
    Named(&'static str),
}

impl Rows {
    /// Whether rows of this name are wanted.
    fn have(self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(quantity) => quantity.name() == name,
            Self::Named(only) => only == name,
        }
    }
}

/// Names of all rows that a table may have: those of the quantities, then those without a layer.
pub fn names() -> impl Iterator<Item = &'static str> {
    let terms = TERMS.iter().filter_map(|term| term.rows);
    Quantity::ALL.iter().map(|quantity| quantity.name()).chain(terms)
}

/// Writes the table of these events as they come, and returns its number of rows below the first; memory grows by 16
/// bytes a step, up to 1 MiB per lane.
///
/// # Errors
/// Fails when the trace cannot be read further, or the output cannot be written.
pub fn write(
    events: impl Iterator<Item = Result<Event, TraceError>>,
    rows: Rows,
    out: impl Write,
) -> Result<u64, ExportError> {
    let out = Writer::from_writer(out);
    let (layers, number, written_rows) = (Vec::new(), Vec::new(), WrittenRows::default());
    let mut table = Table { out, rows, written: 0, header: None, layers, number, written_rows };
    table.out.write_record(COLUMNS).map_err(failed)?;
    for event in events {
        match event? {
            Event::RunStarted(header) => table.begin(header),
            Event::Step(record) => table.step(&record)?,
            Event::Eval(record) => table.eval(&record)?,
            Event::Rerun(record) => table.rerun(&record)?,
            // Counts per bin, numbers inside a layer or per timestep, and pixels are not numbers per layer; only the
            // trace has them.
            Event::Snapshot(_) | Event::Note(_) | Event::Gap(_) | Event::LaneEnded(_) | Event::RunEnded(_) => {}
        }
    }
    table.out.flush()?;
    Ok(table.written)
}

struct Table<W: Write> {
    out: Writer<W>,
    rows: Rows,
    /// Rows so far, the first not counted.
    written: u64,
    header: Option<Arc<RunHeader>>,
    /// Layer numbers as text, as many as the deepest lane has.
    layers: Vec<String>,
    number: Vec<u8>,
    written_rows: WrittenRows,
}

/// The first cells of all rows of one lane and step.
struct Beginning<'a> {
    lane: Cow<'a, str>,
    step: String,
}

impl<W: Write> Table<W> {
    fn begin(&mut self, header: Arc<RunHeader>) {
        let deepest = header.lanes.iter().map(|lane| lane.layers.len()).max().unwrap_or(0);
        self.layers = (0..deepest).map(|layer| layer.to_string()).collect();
        self.written_rows = WrittenRows::nothing(header.lanes.len());
        self.header = Some(header);
    }

    fn step(&mut self, record: &StepRecord) -> Result<(), ExportError> {
        let Some(header) = self.header.clone() else { return Ok(()) };
        self.written_rows.remember(record);
        let start = beginning(&header, record.lane, record.step);
        self.scalars(&start, record)?;
        self.layers(&header, &start, record)
    }

    /// Rows of the values that the step did not have before.
    fn rerun(&mut self, record: &StepRecord) -> Result<(), ExportError> {
        let Some(header) = self.header.clone() else { return Ok(()) };
        let Some(news) = self.written_rows.news(record) else { return Ok(()) };
        let start = beginning(&header, record.lane, record.step);
        self.scalar(&start, rows::ACCURACY, news.accuracy)?;
        self.scalar(&start, rows::GLOBAL_GRAD_NORM, news.global_grad_norm)?;
        self.layers(&header, &start, &news)
    }

    /// The line fitted to the signal, and every value of every layer.
    fn layers(&mut self, header: &RunHeader, start: &Beginning<'_>, record: &StepRecord) -> Result<(), ExportError> {
        let Some(lane) = header.lanes.get(record.lane.index()) else { return Ok(()) };
        if record.is_measured() && PROFILE.iter().any(|name| self.rows.have(name)) {
            self.profile(start, &Profile::of(&signal_of(header, lane, record)))?;
        }
        for (row, quantity) in header.quantities.iter().enumerate() {
            if !self.rows.have(quantity.name()) {
                continue;
            }
            for (index, (cell, layer)) in record.values.row(row).iter().zip(&lane.layers.layers).enumerate() {
                if let Some(value) = cell.get() {
                    let place = Some((index, layer.path.as_str()));
                    self.row(start, place, quantity.name(), |out| push_single(out, value))?;
                }
            }
        }
        Ok(())
    }

    fn scalars(&mut self, start: &Beginning<'_>, record: &StepRecord) -> Result<(), ExportError> {
        self.scalar(start, rows::LOSS, record.loss)?;
        self.scalar(start, rows::ACCURACY, record.accuracy)?;
        if let Some(rate) = record.learning_rate {
            self.row(start, None, rows::LEARNING_RATE, |out| push_double(out, rate))?;
        }
        self.scalar(start, rows::GLOBAL_GRAD_NORM, record.global_grad_norm)?;
        self.scalar(start, rows::CLIP_SCALE, record.clip_scale)?;
        self.scalar(start, rows::CLIP_RATE, record.clip_rate)?;
        self.row(start, None, rows::STEP_NS, |out| push_u64(out, record.step_ns))?;
        self.row(start, None, rows::MEASURE_NS, |out| push_u64(out, record.measure_ns))
    }

    fn profile(&mut self, start: &Beginning<'_>, profile: &Profile) -> Result<(), ExportError> {
        let fit = profile.fit;
        let underflow = profile.underflow.map(|block| block as f64);
        let (rho, r_squared) = (fit.map(|fit| fit.rho), fit.map(|fit| fit.r_squared));
        for (name, value) in
            PROFILE.into_iter().zip([rho, r_squared, profile.attenuation, profile.first_last, underflow])
        {
            if let Some(value) = value {
                self.row(start, None, name, |out| push_double(out, value))?;
            }
        }
        Ok(())
    }

    fn eval(&mut self, record: &EvalRecord) -> Result<(), ExportError> {
        let Some(header) = self.header.clone() else { return Ok(()) };
        let start = beginning(&header, record.lane, record.step);
        self.scalar(&start, rows::EVAL_LOSS, Some(record.loss))?;
        self.scalar(&start, rows::EVAL_ACCURACY, record.accuracy)
    }

    fn scalar(&mut self, start: &Beginning<'_>, name: &str, value: Option<f32>) -> Result<(), ExportError> {
        value.map_or(Ok(()), |value| self.row(start, None, name, |out| push_single(out, value)))
    }

    fn row(
        &mut self,
        start: &Beginning<'_>,
        place: Option<(usize, &str)>,
        quantity: &str,
        number: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), ExportError> {
        if !self.rows.have(quantity) {
            return Ok(());
        }
        self.written += 1;
        self.number.clear();
        number(&mut self.number);
        let (layer, path) = place.unwrap_or((usize::MAX, ""));
        let path = no_formula(path);
        let layer = self.layers.get(layer).map_or("", String::as_str);
        let fields = [&*start.lane, &start.step, layer, &*path, quantity].map(str::as_bytes);
        let [lane, step, layer, path, quantity] = fields;
        self.out.write_record([lane, step, layer, path, quantity, &self.number]).map_err(failed)
    }
}

fn beginning(header: &RunHeader, lane: LaneId, step: Step) -> Beginning<'_> {
    let name = header.lanes.get(lane.index()).map_or("", |lane| lane.name.as_str());
    Beginning { lane: no_formula(name), step: step.0.to_string() }
}

/// A name that a spreadsheet reads as text: one that begins like a formula (`=cmd|…`) gets an apostrophe before it.
fn no_formula(name: &str) -> Cow<'_, str> {
    if name.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{name}"))
    } else {
        Cow::Borrowed(name)
    }
}

fn push_single(out: &mut Vec<u8>, value: f32) {
    if value.is_finite() { push_f32(out, value) } else { push_special(out, f64::from(value)) }
}

fn push_double(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() { push_f64(out, value) } else { push_special(out, value) }
}

fn push_special(out: &mut Vec<u8>, value: f64) {
    let word = if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    };
    out.extend_from_slice(word.as_bytes());
}

/// The output's own error, so that a closed pipe is recognized. All rows have the same length, so nothing else can
/// fail.
fn failed(error: ::csv::Error) -> ExportError {
    ExportError::Write(match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}
