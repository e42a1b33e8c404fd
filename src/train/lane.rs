//! One lane's thread: it waits for its turn, makes a step, and reports it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::Builder;
use std::time::{Duration, Instant};

use burn::prelude::Device;
use crossbeam_channel::{Sender, bounded};

use super::alarm::Cause;
use super::checkpoint::{CheckpointWriter, Ended, LaneState, Moment};
use super::dump::{DumpWriter, LaneDump as DumpPart};
use super::evaluation::{HeldOut, Score};
use super::flight::FlightRecorder;
use super::flight_state::FlightState;
use super::footprint;
use super::optimizer;
use super::pacer::{Go, Pacer, Rate};
use super::schedule::{Decision, Schedule, Turn};
use super::stepper::{StepOutput, Stepper};
use super::verdict;
use crate::config::{LaneConfig, RunConfig};
use crate::data::{Batches, Source, Subset};
use crate::event::{Denoising, EvalRecord, Event, LaneEnd, LaneHeader, Note, Outcome, Payload, Snapshot, StepRecord};
use crate::random::StepRng;
use crate::recorder::RecorderMessage;
use crate::stack::{Examples, Stack};
use crate::text::clean_message;
use crate::units::{LaneId, Step};

/// Number of evaluations on the held-out split during a run, beside the one at its end.
const EVALUATIONS: u64 = 20;
/// Minimum number of steps between two evaluations.
const EVALUATION_GAP: u64 = 50;

/// A stack about to be trained.
pub(super) struct Lane<S: Stack> {
    pub(super) id: LaneId,
    pub(super) settings: LaneConfig,
    pub(super) stepper: Stepper<S>,
    pub(super) source: Arc<SourceOf<S>>,
    pub(super) steps: u64,
    pub(super) past: LaneResumePoint,
    /// The states that its flight recorder kept.
    pub(super) kept: Vec<Stepper<S>>,
}

/// The state of a lane before this process.
#[derive(Clone, Debug, Default)]
pub(super) struct LaneResumePoint {
    /// The last step.
    pub(super) step: Step,
    /// How it ended, if it did.
    pub(super) outcome: Option<Outcome>,
    /// The state of its flight recorder.
    pub(super) flight: FlightState,
}

impl From<Ended> for LaneResumePoint {
    fn from(ended: Ended) -> Self {
        Self { step: ended.step, outcome: Some(ended.outcome), flight: FlightState::default() }
    }
}

/// The source of a stack's examples.
pub(super) type SourceOf<S> = <<S as Stack>::Batch as Examples>::Source;

/// A lane of any family.
pub(super) trait AnyLane: Send {
    /// What does not change about it.
    fn header(&self) -> LaneHeader;

    /// Starts its thread, as [`spawn`] does.
    fn spawn(self: Box<Self>, run: Run, stack_size: usize) -> std::io::Result<()>;
}

impl<S: Stack + 'static> AnyLane for Lane<S> {
    fn header(&self) -> LaneHeader {
        LaneHeader::new(&self.settings.name, &self.settings.title(), self.stepper.layers().clone())
    }

    fn spawn(self: Box<Self>, run: Run, stack_size: usize) -> std::io::Result<()> {
        spawn(*self, run, stack_size)
    }
}

/// What all lanes share.
pub(super) struct Run {
    pub(super) config: Arc<RunConfig>,
    pub(super) device: Device,
    pub(super) pacer: Arc<Pacer>,
    pub(super) schedule: Arc<Schedule>,
    pub(super) dumps: Arc<DumpWriter>,
    pub(super) saves: Arc<CheckpointWriter>,
    pub(super) sender: Sender<RecorderMessage>,
}

/// Starts the lane's thread. It sends [`Event::LaneEnded`] on every path, a panic included.
fn spawn<S: Stack + 'static>(lane: Lane<S>, run: Run, stack_size: usize) -> std::io::Result<()> {
    let name = format!("lane {}", lane.settings.name);
    Builder::new().name(name).stack_size(stack_size).spawn(move || {
        let (id, pacer, sender) = (lane.id, Arc::clone(&run.pacer), run.sender.clone());
        let (dumps, saves, schedule) = (Arc::clone(&run.dumps), Arc::clone(&run.saves), Arc::clone(&run.schedule));
        let mut trainer = Trainer::new(lane, run);
        let outcome = catch_unwind(AssertUnwindSafe(|| trainer.train())).unwrap_or_else(|panic| {
            pacer.release();
            Outcome::Failed(message(panic.as_ref()))
        });
        pacer.leave(id);
        let step = trainer.step;
        drop(trainer);
        schedule.leave(step);
        dumps.leave(step);
        saves.leave(id, step, &outcome);
        // The channel is closed only when the recorder itself is gone.
        let _ = sender.send(RecorderMessage::Event(Event::LaneEnded(LaneEnd { lane: id, step, outcome })));
    })?;
    Ok(())
}

/// The message of a panic, made harmless here, so that it reads the same live and from a trace.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    clean_message(text.unwrap_or("the lane's thread panicked"))
}

struct Trainer<S: Stack> {
    lane: Lane<S>,
    run: Run,
    batches: Batches,
    /// The examples, which are gathered at the first evaluation.
    held_out: Option<HeldOut<S>>,
    step: Step,
    flight: FlightRecorder<S>,
    /// Number of requests for a re-run that were fulfilled.
    reruns: u64,
    /// Whether the run was stopped before everything about the last step was reported.
    is_cut: bool,
}

/// Number, epoch and learning rate of a step.
struct When {
    step: Step,
    epoch: u32,
    learning_rate: f64,
    start: Instant,
}

impl<S: Stack> Trainer<S> {
    fn new(lane: Lane<S>, run: Run) -> Self {
        let batches = Batches::new(run.config.seed, lane.source.rows(Subset::Training), run.config.batch);
        let step = lane.past.step;
        let mut lane = lane;
        let flight = FlightRecorder::new(run.config.flight, lane.past.flight.clone(), std::mem::take(&mut lane.kept));
        lane.stepper.heed(run.pacer.interrupt().clone());
        Self { lane, run, batches, held_out: None, step, flight, reruns: 0, is_cut: false }
    }

    fn train(&mut self) -> Outcome {
        if let Some(outcome) = self.lane.past.outcome.clone() {
            return outcome;
        }
        while self.step.0 < self.lane.steps {
            let step = self.step.next();
            let rate = match self.run.pacer.begin(step, self.reruns) {
                Go::Stop => return Outcome::Stopped,
                Go::Rerun { asked } => {
                    self.reruns = asked;
                    self.rerun(Cause::Asked);
                    continue;
                }
                Go::Step { rate } => rate,
            };
            self.flight.keep(step, &self.lane.stepper);
            let Some((record, snapshots)) = self.take(step, rate.of(self.lane.settings.lr)) else {
                return Outcome::Stopped;
            };
            let is_finite = record.loss.is_some_and(f32::is_finite);
            let cause = self.flight.sees(&record);
            self.step = step;
            self.send(Event::Step(Arc::new(record)));
            for event in snapshots {
                self.send(event);
            }
            if let Some(cause) = cause {
                self.rerun(cause);
            }
            if !is_finite {
                self.run.pacer.release();
                return Outcome::Diverged;
            }
            if self.is_evaluated(step) {
                self.evaluate();
            }
            if self.is_cut {
                return Outcome::Stopped;
            }
            if self.run.saves.is_wanted(step) {
                self.save(rate);
            }
            self.run.pacer.end(self.lane.id, step);
        }
        Outcome::Completed
    }

    /// Makes one step: returns its record and its snapshots. `None` if the run was stopped during the step, or nothing
    /// receives the lane's reports any more.
    fn take(&mut self, step: Step, base: f64) -> Option<(StepRecord, Vec<Event>)> {
        let start = Instant::now();
        let epoch = self.batches.epoch(step);
        let draw = StepRng { seed: self.run.config.seed, step };
        let rows = self.batches.rows(step);
        let batch = S::Batch::gather(&self.lane.source, Subset::Training, rows, draw, &self.run.device);
        let Decision { measured, turn, note } = self.run.schedule.decide(step);
        if let Some(text) = note {
            self.send(Event::Note(Note { lane: None, step, text }));
        }
        let learning_rate = optimizer::learning_rate(base, self.lane.settings.warmup, step.0);
        let is_dumped = self.run.dumps.is_wanted(step);
        let mut part = is_dumped.then(|| DumpPart::before(self.lane.stepper.model(), &batch));
        let dead_units = (turn == Turn::Last).then(|| self.lane.stepper.observer().dead_units().clone());
        let mut taken =
            self.lane.stepper.step_observed(&batch, learning_rate, measured.into(), |model, gradients| {
                if let Some(part) = &mut part {
                    part.see(model, gradients);
                }
            })?;
        if let Some(dead_units) = dead_units {
            self.lane.stepper.observer_mut().set_dead_units(dead_units);
        }
        if self.run.pacer.gives_up(Instant::now()) {
            return None;
        }
        let step_ns = nanoseconds(start.elapsed());
        self.run.schedule.report(step, step_ns, taken.observation.measuring);
        let snapshots = self.snapshots(step, &mut taken);
        let loss = taken.loss;
        let record = self.record(&When { step, epoch, learning_rate, start }, taken);
        if let Some(part) = part {
            self.run.dumps.take(self.lane.id, step, DumpPart { loss, ..part });
        }
        Some((record, snapshots))
    }

    /// The snapshots of a step.
    fn snapshots(&self, step: Step, output: &mut StepOutput) -> Vec<Event> {
        let mut payloads = output.observation.take_payloads();
        let spans = std::mem::take(&mut output.by_time);
        if !spans.is_empty() {
            payloads.push(Payload::Denoising(Denoising { spans }));
        }
        payloads.extend(output.pictures.take().map(Payload::Samples));
        let event = |payload| Event::Snapshot(Arc::new(Snapshot { lane: self.lane.id, step, payload }));
        payloads.into_iter().map(event).collect()
    }

    /// The record of a step.
    fn record(&self, when: &When, taken: StepOutput) -> StepRecord {
        StepRecord {
            lane: self.lane.id,
            step: when.step,
            epoch: when.epoch,
            loss: Some(taken.loss),
            accuracy: taken.accuracy,
            learning_rate: Some(when.learning_rate),
            global_grad_norm: taken.observation.global_grad_norm,
            clip_scale: taken.clip_scale,
            clip_rate: taken.clip_rate,
            step_ns: nanoseconds(when.start.elapsed()),
            measure_ns: nanoseconds(taken.observation.measuring),
            values: taken.observation.values,
        }
    }

    /// Re-runs the last steps in detail, and reports where the trouble began.
    fn rerun(&mut self, cause: Cause) {
        let Some(mut rerun) = self.flight.rerun(self.step) else { return };
        let mut records = Vec::new();
        // The batches of future steps come from the same generator.
        let mut batches =
            Batches::new(self.run.config.seed, self.lane.source.rows(Subset::Training), self.run.config.batch);
        for (step, learning_rate, scope) in rerun.plan() {
            let start = Instant::now();
            let draw = StepRng { seed: self.run.config.seed, step };
            let batch =
                S::Batch::gather(&self.lane.source, Subset::Training, batches.rows(step), draw, &self.run.device);
            let Some(mut taken) = rerun.stepper.step_observed(&batch, learning_rate, scope, |_, _| {}) else {
                self.is_cut = true;
                return;
            };
            let snapshots = self.snapshots(step, &mut taken);
            let record = self.record(&When { step, epoch: batches.epoch(step), learning_rate, start }, taken);
            self.send(Event::Rerun(Arc::new(record.clone())));
            for event in snapshots {
                self.send(event);
            }
            records.push(record);
        }
        let text = verdict::sentence(cause, &records, self.lane.stepper.layers());
        self.send(Event::Note(Note { lane: Some(self.lane.id), step: self.step, text }));
    }

    /// Saves the state of the lane, when the trace has everything before it.
    fn save(&self, rate: Rate) {
        let (done, flushed) = bounded(0);
        if self.run.sender.send(RecorderMessage::Flush(done)).is_err() {
            // The run has ended without this step.
            return;
        }
        // The channel is disconnected when everything is written.
        let _ = flushed.recv();
        let moment = Moment { rate, looked: self.run.schedule.looked(self.step) };
        let kept = self.flight.states().map(Stepper::saved_beside);
        let state = LaneState { file: self.lane.stepper.saved(), flight: self.flight.past(), kept };
        self.run.saves.take(self.lane.id, self.step, moment, state);
    }

    fn is_evaluated(&self, step: Step) -> bool {
        let gap = (self.lane.steps / EVALUATIONS).max(EVALUATION_GAP);
        step.0 == self.lane.steps || step.0.is_multiple_of(gap)
    }

    /// Evaluates the stack on the held-out rows and reports the result.
    fn evaluate(&mut self) {
        let (interrupt, lane) = (self.run.pacer.interrupt(), &self.lane);
        let held_out = self.held_out.get_or_insert_with(|| {
            let draw = StepRng { seed: self.run.config.seed, step: Step(0) };
            let widest = footprint::widest(lane.stepper.layers(), &lane.settings);
            HeldOut::gather(&lane.source, widest, draw, &self.run.device.clone().inner())
        });
        let Some(found) = held_out.judge(lane.stepper.model(), interrupt) else {
            self.is_cut = true;
            return;
        };
        let Score { rows, loss, accuracy } = found;
        self.send(Event::Eval(EvalRecord { lane: self.lane.id, step: self.step, loss, accuracy, rows }));
    }

    fn send(&self, event: Event) {
        // The channel is closed only when the recorder itself is gone; then the run ends as failed anyway.
        let _ = self.run.sender.send(RecorderMessage::Event(event));
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
