//! Parses lines into events, given the header: the inverse of `encode`.

use serde::Deserialize;

use super::error::Fault;
use super::scan::{self, Scanner};
use crate::event::{
    EvalRecord, Event, Gap, LaneEnd, LaneHeader, Note, Outcome, RunEnd, RunHeader, Snapshot, SnapshotKind, StepRecord,
};
use crate::grid::{Grid, Value};
use crate::quantity::Quantity;
use crate::text::clean_message;
use crate::units::{LaneId, Step};

impl From<scan::Fault> for Fault {
    fn from(fault: scan::Fault) -> Self {
        match fault {
            scan::Fault::Expected(what) => Self::Expected(what),
            scan::Fault::Length(_) => Self::Expected("an array of one number per layer"),
        }
    }
}

#[derive(Deserialize)]
struct LaneEndLine {
    lane: LaneId,
    step: Step,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Deserialize)]
struct EndLine {
    #[serde(flatten)]
    outcome: Outcome,
}

/// Reads a line that is not a header; `None` for a kind from a newer version. `sealed` is the line without its
/// checksum.
pub(super) fn event(line: &[u8], sealed: &[u8], header: &RunHeader) -> Result<Option<Event>, Fault> {
    let text = std::str::from_utf8(sealed).map_err(|_| Fault::Expected("UTF-8"))?;
    let mut scanner = Scanner::new(text);
    scanner.open()?;
    if scanner.key()? != Some("kind") {
        return Err(Fault::Missing("kind"));
    }
    let event = match scanner.word()? {
        "step" => Event::Step(Numbers::read(scanner, header)?.step()?.into()),
        "recall" => Event::Rerun(Numbers::read(scanner, header)?.step()?.into()),
        "eval" => Event::Eval(Numbers::read(scanner, header)?.eval()?),
        "note" => {
            let note: Note = serde_json::from_slice(line)?;
            note.lane.map_or(Ok(()), |id| lane(header, id).map(drop))?;
            Event::Note(Note { text: clean_message(&note.text), ..note })
        }
        "gap" => {
            let gap: Gap = serde_json::from_slice(line)?;
            lane(header, gap.lane)?;
            if gap.first.0 == 0 || gap.last < gap.first || gap.last.0 == u64::MAX {
                return Err(Fault::Expected("a first step from 1 on and a last one not before it"));
            }
            Event::Gap(gap)
        }
        "lane_end" => {
            let end: LaneEndLine = serde_json::from_slice(line)?;
            lane(header, end.lane)?;
            Event::LaneEnded(LaneEnd { lane: end.lane, step: end.step, outcome: clean_outcome(end.outcome) })
        }
        "end" => {
            let end: EndLine = serde_json::from_slice(line)?;
            Event::RunEnded(RunEnd { outcome: clean_outcome(end.outcome) })
        }
        kind => match SnapshotKind::named(kind) {
            Some(kind) => Event::Snapshot(snapshot(kind, line, header)?.into()),
            None => return Ok(None),
        },
    };
    Ok(Some(event))
}

/// The lane and the step of a snapshot.
#[derive(Deserialize)]
struct SnapshotLine {
    lane: LaneId,
    step: Step,
}

fn snapshot(kind: SnapshotKind, line: &[u8], header: &RunHeader) -> Result<Snapshot, Fault> {
    let SnapshotLine { lane: id, step } = serde_json::from_slice(line)?;
    let of_lane = lane(header, id)?;
    let mut payload = kind.parse(line)?;
    payload.fit(of_lane).map_err(Fault::Expected)?;
    Ok(Snapshot { lane: id, step, payload })
}

fn clean_outcome(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Failed(message) => Outcome::Failed(clean_message(&message)),
        Outcome::Completed | Outcome::Stopped | Outcome::Diverged => outcome,
    }
}

fn lane(header: &RunHeader, id: LaneId) -> Result<&LaneHeader, Fault> {
    header.lanes.get(id.index()).ok_or(Fault::Lane { found: id.0, lanes: header.lanes.len() })
}

/// The numbers of a line of kind `step` or `eval`.
#[derive(Default)]
struct Numbers {
    lane: Option<LaneId>,
    step: Option<Step>,
    epoch: u32,
    loss: Option<f32>,
    accuracy: Option<f32>,
    learning_rate: Option<f64>,
    global_grad_norm: Option<f32>,
    clip_scale: Option<f32>,
    clip_rate: Option<f32>,
    step_ns: u64,
    measure_ns: u64,
    rows: u64,
    values: Grid,
}

impl Numbers {
    fn read(mut scanner: Scanner<'_>, header: &RunHeader) -> Result<Self, Fault> {
        let mut numbers = Self::default();
        while let Some(key) = scanner.key()? {
            match key {
                "lane" => {
                    let id = LaneId(scanner.whole()?);
                    lane(header, id)?;
                    numbers.lane = Some(id);
                }
                "step" => numbers.step = Some(Step(scanner.whole()?)),
                "epoch" => numbers.epoch = scanner.whole()?,
                "loss" => numbers.loss = scanner.scalar()?,
                "accuracy" => numbers.accuracy = scanner.scalar()?,
                "learning_rate" => numbers.learning_rate = scanner.scalar()?,
                "global_grad_norm" => numbers.global_grad_norm = scanner.scalar()?,
                "clip_scale" => numbers.clip_scale = scanner.scalar()?,
                "clip_rate" => numbers.clip_rate = scanner.scalar()?,
                "step_ns" => numbers.step_ns = scanner.whole()?,
                "measure_ns" => numbers.measure_ns = scanner.whole()?,
                "rows" => numbers.rows = scanner.whole()?,
                "values" => numbers.values(&mut scanner, header)?,
                "nan" => numbers.special(&mut scanner, header, f32::NAN)?,
                "pinf" => numbers.special(&mut scanner, header, f32::INFINITY)?,
                "ninf" => numbers.special(&mut scanner, header, f32::NEG_INFINITY)?,
                _ => scanner.skip()?,
            }
        }
        Ok(numbers)
    }

    fn values(&mut self, scanner: &mut Scanner<'_>, header: &RunHeader) -> Result<(), Fault> {
        let lane = lane(header, self.lane.ok_or(Fault::Missing("lane"))?)?;
        let layers = lane.layers.len();
        self.values = Grid::absent(header.quantities.len(), layers);
        scanner.open()?;
        while let Some(name) = scanner.key()? {
            let Some(row) = row(header, name) else {
                scanner.skip()?;
                continue;
            };
            scanner.row(self.values.row_mut(row)).map_err(|fault| match fault {
                scan::Fault::Length(found) => {
                    Fault::Length { quantity: name.to_owned(), found, lane: lane.name.clone(), layers }
                }
                expected @ scan::Fault::Expected(_) => expected.into(),
            })?;
        }
        Ok(())
    }

    /// Stores NaN, +∞ or −∞ where the line lists it.
    fn special(&mut self, scanner: &mut Scanner<'_>, header: &RunHeader, value: f32) -> Result<(), Fault> {
        scanner.open()?;
        while let Some(name) = scanner.key()? {
            let mut lost = None;
            scanner.indices(|index| {
                if !self.put(name, index, header, value) {
                    lost = Some(index);
                }
            })?;
            if let Some(index) = lost {
                return Err(Fault::Index { name: clean_message(name), index });
            }
        }
        Ok(())
    }

    /// Whether there was such a place. Names from a newer version are skipped.
    fn put(&mut self, name: &str, index: usize, header: &RunHeader, value: f32) -> bool {
        let scalar = match name {
            "loss" => &mut self.loss,
            "accuracy" => &mut self.accuracy,
            "global_grad_norm" => &mut self.global_grad_norm,
            "clip_scale" => &mut self.clip_scale,
            "clip_rate" => &mut self.clip_rate,
            "learning_rate" => {
                self.learning_rate = Some(f64::from(value));
                return index == 0;
            }
            name => return row(header, name).is_none_or(|row| self.put_cell(row, index, value)),
        };
        *scalar = Some(value);
        index == 0
    }

    fn put_cell(&mut self, row: usize, layer: usize, value: f32) -> bool {
        self.values.row_mut(row).get_mut(layer).map(|cell| *cell = Value::new(value)).is_some()
    }

    fn step(self) -> Result<StepRecord, Fault> {
        Ok(StepRecord {
            lane: self.lane.ok_or(Fault::Missing("lane"))?,
            // Steps count from 1; 0 means "before the first".
            step: self.step.ok_or(Fault::Missing("step")).and_then(|step| match step {
                Step(0) => Err(Fault::Expected("a step from 1")),
                step => Ok(step),
            })?,
            epoch: self.epoch,
            loss: self.loss,
            accuracy: self.accuracy,
            learning_rate: self.learning_rate,
            global_grad_norm: self.global_grad_norm,
            clip_scale: self.clip_scale,
            clip_rate: self.clip_rate,
            step_ns: self.step_ns,
            measure_ns: self.measure_ns,
            values: self.values,
        })
    }

    fn eval(self) -> Result<EvalRecord, Fault> {
        Ok(EvalRecord {
            lane: self.lane.ok_or(Fault::Missing("lane"))?,
            step: self.step.ok_or(Fault::Missing("step"))?,
            loss: self.loss.ok_or(Fault::Missing("loss"))?,
            accuracy: self.accuracy,
            rows: self.rows,
        })
    }
}

/// Row of the grid that holds the quantity of that name.
fn row(header: &RunHeader, name: &str) -> Option<usize> {
    Quantity::named(name).and_then(|named| header.quantities.iter().position(|&quantity| quantity == named))
}
