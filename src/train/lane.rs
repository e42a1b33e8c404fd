//! One lane's thread: wait for its turn, take a step, tell.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::Builder;
use std::time::{Duration, Instant};

use burn::prelude::Device;
use crossbeam_channel::Sender;

use super::dump::{Dumps, Part};
use super::flight::{Cause, FlightRecorder};
use super::optimizer;
use super::pacer::{Go, Pacer};
use super::schedule::{Decision, Schedule};
use super::stepper::{Stepper, Taken};
use super::verdict;
use crate::config::{LaneConfig, RunConfig};
use crate::data::{Batches, Dataset};
use crate::event::{EvalRecord, Event, HistogramRecord, LaneEnd, Note, Outcome, StepRecord};
use crate::probe::Taps;
use crate::stack::{Labelled, Stack};
use crate::text::clean_message;
use crate::units::{LaneId, Step};

/// Evaluations on the held-out split during a run, beside the one at its end.
const EVALUATIONS: u64 = 20;
/// Steps between two of them at least.
const EVALUATION_GAP: u64 = 50;

/// A stack about to be trained.
pub(super) struct Lane<S> {
    pub(super) id: LaneId,
    pub(super) settings: LaneConfig,
    pub(super) stepper: Stepper<S>,
    pub(super) steps: u64,
}

/// What all lanes share.
pub(super) struct Run {
    pub(super) config: Arc<RunConfig>,
    pub(super) dataset: Arc<Dataset>,
    pub(super) device: Device,
    pub(super) pacer: Arc<Pacer>,
    pub(super) schedule: Arc<Schedule>,
    pub(super) dumps: Arc<Dumps>,
    pub(super) sender: Sender<Event>,
}

/// Starts the lane's thread. It sends [`Event::LaneEnded`] on every path, a panic included.
pub(super) fn spawn<S>(lane: Lane<S>, run: Run, stack_size: usize) -> std::io::Result<()>
where
    S: Stack<Batch = Labelled> + 'static,
{
    let name = format!("lane {}", lane.settings.name);
    Builder::new().name(name).stack_size(stack_size).spawn(move || {
        let (id, pacer, sender) = (lane.id, Arc::clone(&run.pacer), run.sender.clone());
        let (dumps, schedule) = (Arc::clone(&run.dumps), Arc::clone(&run.schedule));
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
        // Nobody listens only when the recorder itself is gone.
        let _ = sender.send(Event::LaneEnded(LaneEnd { lane: id, step, outcome }));
    })?;
    Ok(())
}

/// Foreign text, made harmless here: live it reads as it will when it is read back from a trace.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    clean_message(text.unwrap_or("the lane's thread panicked"))
}

struct Trainer<S> {
    lane: Lane<S>,
    run: Run,
    batches: Batches,
    /// The held-out split, gathered at the first evaluation.
    held_out: Option<Labelled>,
    step: Step,
    flight: FlightRecorder<S>,
    /// Wishes for the last steps to be re-run that were fulfilled.
    recalls: u64,
}

/// When a step was taken, and how fast it was to learn.
struct When {
    step: Step,
    epoch: u32,
    learning_rate: f64,
    start: Instant,
}

impl<S: Stack<Batch = Labelled>> Trainer<S> {
    fn new(lane: Lane<S>, run: Run) -> Self {
        let batches = Batches::new(run.config.seed, run.dataset.training.rows(), run.config.batch);
        let flight = FlightRecorder::new(run.config.flight);
        Self { lane, run, batches, held_out: None, step: Step(0), flight, recalls: 0 }
    }

    fn train(&mut self) -> Outcome {
        while self.step.0 < self.lane.steps {
            let step = self.step.next();
            let base = match self.run.pacer.begin(step, self.recalls) {
                Go::Stop => return Outcome::Stopped,
                Go::Recall { asked } => {
                    self.recalls = asked;
                    self.recall(Cause::Asked);
                    continue;
                }
                Go::Step { rate } => rate.of(self.lane.settings.lr),
            };
            self.flight.keep(step, &self.lane.stepper);
            let (record, histogram) = self.take(step, base);
            let is_finite = record.loss.is_finite();
            let cause = self.flight.sees(&record);
            self.step = step;
            self.send(Event::Step(Arc::new(record)));
            if let Some(record) = histogram {
                self.send(Event::Histogram(Arc::new(record)));
            }
            if let Some(cause) = cause {
                self.recall(cause);
            }
            if !is_finite {
                self.run.pacer.release();
                return Outcome::Diverged;
            }
            if self.is_evaluated(step) {
                self.evaluate();
            }
            self.run.pacer.end(self.lane.id, step);
        }
        Outcome::Completed
    }

    /// One step, with its record, and how the gradients were spread where that was counted.
    fn take(&mut self, step: Step, base: f64) -> (StepRecord, Option<HistogramRecord>) {
        let start = Instant::now();
        let epoch = self.batches.epoch(step);
        let rows = self.batches.rows(step);
        let batch = self.run.dataset.training.gather(rows, self.run.dataset.features, &self.run.device);
        let Decision { look, note } = self.run.schedule.look(step);
        if let Some(text) = note {
            self.send(Event::Note(Note { lane: None, step, text }));
        }
        let learning_rate = optimizer::learning_rate(base, self.lane.settings.warmup, step.0);
        let is_dumped = self.run.dumps.is_wanted(step);
        let mut part = is_dumped.then(|| Part::before(self.lane.stepper.model(), &batch));
        let mut taken = self.lane.stepper.step_seen(&batch, learning_rate, look, |model, gradients| {
            if let Some(part) = &mut part {
                part.see(model, gradients);
            }
        });
        let step_ns = nanoseconds(start.elapsed());
        self.run.schedule.tell(step, step_ns, &taken);
        let histogram = HistogramRecord { lane: self.lane.id, step, layers: std::mem::take(&mut taken.histograms) };
        let record = self.record(&When { step, epoch, learning_rate, start }, taken);
        if let Some(part) = part {
            self.run.dumps.take(self.lane.id, step, Part { loss: record.loss, ..part });
        }
        (record, (!histogram.layers.is_empty()).then_some(histogram))
    }

    /// What is told of a step.
    fn record(&self, when: &When, taken: Taken) -> StepRecord {
        StepRecord {
            lane: self.lane.id,
            step: when.step,
            epoch: when.epoch,
            loss: taken.loss,
            accuracy: taken.accuracy,
            learning_rate: when.learning_rate,
            global_grad_norm: taken.global_grad_norm,
            step_ns: nanoseconds(when.start.elapsed()),
            measure_ns: nanoseconds(taken.measuring),
            values: taken.values,
        }
    }

    /// Takes the last steps once more, in detail, and says where it began.
    fn recall(&mut self, cause: Cause) {
        let Some(mut rerun) = self.flight.rerun(self.step) else { return };
        let mut records = Vec::new();
        // Batches of the steps to come are drawn from the same generator.
        let mut batches = Batches::new(self.run.config.seed, self.run.dataset.training.rows(), self.run.config.batch);
        for (step, learning_rate, look) in rerun.plan() {
            let start = Instant::now();
            let batch =
                self.run.dataset.training.gather(batches.rows(step), self.run.dataset.features, &self.run.device);
            let mut taken = rerun.stepper.step(&batch, learning_rate, look);
            let layers = std::mem::take(&mut taken.histograms);
            let record = self.record(&When { step, epoch: batches.epoch(step), learning_rate, start }, taken);
            self.send(Event::Recall(Arc::new(record.clone())));
            self.send(Event::Histogram(Arc::new(HistogramRecord { lane: self.lane.id, step, layers })));
            records.push(record);
        }
        let text = verdict::sentence(cause, &records, self.lane.stepper.map().table());
        self.send(Event::Note(Note { lane: Some(self.lane.id), step: self.step, text }));
    }

    fn is_evaluated(&self, step: Step) -> bool {
        let gap = (self.lane.steps / EVALUATIONS).max(EVALUATION_GAP);
        step.0 == self.lane.steps || step.0.is_multiple_of(gap)
    }

    /// Loss and accuracy on the held-out split, without a graph.
    fn evaluate(&mut self) {
        let Run { dataset, device, .. } = &self.run;
        let rows = dataset.held_out.rows();
        let batch = self.held_out.get_or_insert_with(|| {
            let all: Vec<usize> = (0..rows).collect();
            dataset.held_out.gather(&all, dataset.features, &device.clone().inner())
        });
        let loss = self.lane.stepper.model().valid().loss(batch, &Taps::off());
        self.send(Event::Eval(EvalRecord {
            lane: self.lane.id,
            step: self.step,
            loss: loss.mean.into_scalar::<f32>(),
            accuracy: loss.accuracy.unwrap_or(f32::NAN),
            rows: rows as u64,
        }));
    }

    fn send(&self, event: Event) {
        // Nobody listens only when the recorder itself is gone; then the run ends as failed anyway.
        let _ = self.run.sender.send(event);
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
