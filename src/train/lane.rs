//! One lane's thread: forward, backward, look, clip, update, tell.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::Builder;
use std::time::{Duration, Instant};

use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::prelude::Device;
use crossbeam_channel::Sender;

use super::measure::{Seen, observe};
use super::optimizer;
use super::pacer::{Go, Pacer};
use crate::config::{LaneConfig, RunConfig};
use crate::data::{Batches, Dataset};
use crate::event::{EvalRecord, Event, LaneEnd, Outcome, StepRecord};
use crate::grid::Grid;
use crate::probe::{ParameterMap, Snapshot, Taps};
use crate::quantity::Quantity;
use crate::stack::{Labelled, Stack};
use crate::units::{LaneId, Step};

/// Evaluations on the held-out split during a run, beside the one at its end.
const EVALUATIONS: u64 = 20;
/// Steps between two of them at least.
const EVALUATION_GAP: u64 = 50;

/// A stack about to be trained.
pub(super) struct Lane<S> {
    pub(super) id: LaneId,
    pub(super) settings: LaneConfig,
    pub(super) model: S,
    pub(super) map: ParameterMap,
    /// What a tap costs beside reading.
    pub(super) tap_overhead: Duration,
    pub(super) steps: u64,
}

/// What all lanes share.
pub(super) struct Run {
    pub(super) config: Arc<RunConfig>,
    pub(super) dataset: Arc<Dataset>,
    pub(super) device: Device,
    pub(super) pacer: Arc<Pacer>,
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
        let mut trainer = Trainer::new(lane, run);
        let outcome = catch_unwind(AssertUnwindSafe(|| trainer.train())).unwrap_or_else(|panic| {
            pacer.release();
            Outcome::Failed(message(panic.as_ref()))
        });
        pacer.leave(id);
        let step = trainer.step;
        drop(trainer);
        // Nobody listens only when the recorder itself is gone.
        let _ = sender.send(Event::LaneEnded(LaneEnd { lane: id, step, outcome }));
    })?;
    Ok(())
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "the lane's thread panicked".to_owned())
}

struct Trainer<S> {
    lane: Lane<S>,
    run: Run,
    optimizer: ModuleOptimizer,
    batches: Batches,
    step: Step,
}

/// How far one step went.
enum Taken {
    Good,
    Diverged,
}

impl<S: Stack<Batch = Labelled>> Trainer<S> {
    fn new(lane: Lane<S>, run: Run) -> Self {
        let optimizer = optimizer::build(&lane.settings);
        let batches = Batches::new(run.config.seed, run.dataset.training.rows(), run.config.batch);
        Self { lane, run, optimizer, batches, step: Step(0) }
    }

    fn train(&mut self) -> Outcome {
        while self.step.0 < self.lane.steps {
            let step = self.step.next();
            let base = match self.run.pacer.begin(step) {
                Go::Stop => return Outcome::Stopped,
                Go::Step { learning_rate } => learning_rate.unwrap_or(self.lane.settings.lr),
            };
            let (record, taken) = self.take(step, base);
            self.step = step;
            self.send(Event::Step(Arc::new(record)));
            if matches!(taken, Taken::Diverged) {
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

    /// One step: forward, backward, look, clip, update, look.
    fn take(&mut self, step: Step, base: f64) -> (StepRecord, Taken) {
        let start = Instant::now();
        let epoch = self.batches.epoch(step);
        let rows = self.batches.rows(step);
        let batch = self.run.dataset.training.gather(rows, self.run.dataset.features, &self.run.device);
        let layers = self.lane.map.table().len();
        let is_measured = (step.0 - 1).is_multiple_of(self.run.config.measure);
        let taps = if is_measured { Taps::on(layers) } else { Taps::off() };

        let loss = self.lane.model.loss(&batch, &taps);
        let value = loss.mean.clone().into_scalar::<f32>();
        let mut gradients = GradientsParams::from_grads(loss.mean.backward(), &self.lane.model);

        let readings = taps.take();
        let mut spent = readings.spent + self.lane.tap_overhead * readings.taps;
        let mut seen = Seen { inputs: readings.inputs, signals: readings.signals, ..Seen::default() };
        let clip = self.lane.settings.clip;
        if is_measured || clip.is_some() {
            spent += timed(|| seen.gradients = self.lane.map.gradients(&self.lane.model, &gradients));
        }
        let global = seen.global_gradient();
        if let (Some(most), Some(global)) = (clip, global)
            && global.norm() > most
        {
            optimizer::scale(&self.lane.model, &mut gradients, most / global.norm());
        }

        let learning_rate = optimizer::learning_rate(base, self.lane.settings.warmup, step.0);
        let taken = if value.is_finite() { Taken::Good } else { Taken::Diverged };
        spent += self.update(learning_rate, gradients, is_measured, &mut seen);

        let mut values = Grid::default();
        if is_measured {
            spent += timed(|| values = observe(Quantity::ALL, &seen.samples(layers)));
        }
        let record = StepRecord {
            lane: self.lane.id,
            step,
            epoch,
            loss: value,
            accuracy: loss.accuracy,
            learning_rate,
            global_grad_norm: global.map(|global| global.norm() as f32),
            step_ns: nanoseconds(start.elapsed()),
            measure_ns: nanoseconds(spent),
            values,
        };
        (record, taken)
    }

    /// The optimiser's step, with a look at the parameters before and after; returns the time that looking took.
    fn update(
        &mut self,
        learning_rate: f64,
        gradients: GradientsParams,
        is_measured: bool,
        seen: &mut Seen,
    ) -> Duration {
        let mut before = None;
        let mut spent = Duration::ZERO;
        if is_measured {
            spent += timed(|| before = Some(Snapshot::of(&self.lane.model)));
        }
        self.lane.model = self.optimizer.step(learning_rate, self.lane.model.clone(), gradients);
        if let Some(before) = before {
            spent += timed(|| {
                let updates = self.lane.map.updates(&self.lane.model, &before);
                (seen.weights, seen.updates) = (updates.weight, updates.update);
            });
        }
        spent
    }

    fn is_evaluated(&self, step: Step) -> bool {
        let gap = (self.lane.steps / EVALUATIONS).max(EVALUATION_GAP);
        step.0 == self.lane.steps || step.0.is_multiple_of(gap)
    }

    /// Loss and accuracy on the held-out split, without a graph.
    fn evaluate(&self) {
        let split = &self.run.dataset.held_out;
        let rows: Vec<usize> = (0..split.rows()).collect();
        let batch = split.gather(&rows, self.run.dataset.features, &self.run.device.clone().inner());
        let loss = self.lane.model.valid().loss(&batch, &Taps::off());
        self.send(Event::Eval(EvalRecord {
            lane: self.lane.id,
            step: self.step,
            loss: loss.mean.into_scalar::<f32>(),
            accuracy: loss.accuracy.unwrap_or(f32::NAN),
            rows: split.rows() as u64,
        }));
    }

    fn send(&self, event: Event) {
        // Nobody listens only when the recorder itself is gone; then the run ends as failed anyway.
        let _ = self.run.sender.send(event);
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
