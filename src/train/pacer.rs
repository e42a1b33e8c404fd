//! Keeps the lanes in step and passes requests to them: pause, single step, stop, learning rate.
//!
//! A lane asks before every step. It may be at most [`LEAD`] steps ahead of the slowest lane that still trains, so that
//! columns of the heatmaps can be compared; at most `threads` lanes compute at the same time. A lane that is asked to
//! stop ends after its step; after [`GRACE`] a lane that is still in it is no longer waited for: the run ends without
//! that step.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::event::Control;
use crate::recorder::Patience;
use crate::units::{LaneId, Step};

/// Maximum number of steps that a lane may be ahead of the slowest one.
const LEAD: u64 = 2;
/// Time for a stopped lane to finish its step, while the caller waits.
const GRACE: Duration = Duration::from_secs(1);

/// Whether a run must stop, as it is checked within a step: costly measurements are cancelled, and the step with them.
#[derive(Clone, Debug, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Whether to cancel what can be cancelled.
    pub(super) fn is_raised(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Raises it.
    pub(super) fn raise(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The user's change of the lanes' base learning rates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Words", try_from = "Words")]
pub(super) struct Rate {
    /// Replaces each lane's own rate.
    base: Option<f64>,
    factor: f64,
}

/// Numbers as text: not every reader of JSON gives the same `f64` back.
#[derive(Serialize, Deserialize)]
struct Words {
    base: Option<String>,
    factor: String,
}

impl From<Rate> for Words {
    fn from(rate: Rate) -> Self {
        Self { base: rate.base.map(|base| base.to_string()), factor: rate.factor.to_string() }
    }
}

impl TryFrom<Words> for Rate {
    type Error = std::num::ParseFloatError;

    fn try_from(words: Words) -> Result<Self, Self::Error> {
        Ok(Self { base: words.base.map(|base| base.parse()).transpose()?, factor: words.factor.parse()? })
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self { base: None, factor: 1.0 }
    }
}

/// The start of the lanes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Start {
    /// Number of steps before it.
    pub(super) after: Step,
    pub(super) rate: Rate,
}

impl Rate {
    /// The base learning rate of a lane with the setting `own`.
    pub(super) fn of(self, own: f64) -> f64 {
        self.base.unwrap_or(own) * self.factor
    }
}

/// The answer to a lane that asks for a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Go {
    /// Make the step, with the user's change of its base learning rate.
    Step { rate: Rate },
    /// First re-run the last steps; `asked` is the number of such requests so far.
    Rerun { asked: u64 },
    /// End in order.
    Stop,
}

/// The pacer, shared by all lanes of a run.
#[derive(Debug)]
pub(super) struct Pacer {
    state: Mutex<State>,
    changed: Condvar,
    threads: usize,
    interrupt: Interrupt,
}

#[derive(Debug)]
struct State {
    /// Last step of each lane; `None` after its end.
    progress: Vec<Option<Step>>,
    computing: usize,
    /// Steps after this one wait; `None` = not paused.
    pause_after: Option<Step>,
    stop: bool,
    /// Time after which lanes that have not stopped are no longer waited for.
    deadline: Option<Instant>,
    rate: Rate,
    reruns: u64,
}

impl Pacer {
    pub(super) fn new(lanes: usize, threads: usize, start: Start) -> Self {
        let state = State {
            progress: vec![Some(start.after); lanes],
            computing: 0,
            pause_after: None,
            stop: false,
            deadline: None,
            rate: start.rate,
            reruns: 0,
        };
        let interrupt = Interrupt::default();
        Self { state: Mutex::new(state), changed: Condvar::new(), threads: threads.max(1), interrupt }
    }

    /// The interrupt that is raised with a request to stop.
    pub(super) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Stops, and no longer waits for lanes that are in a step.
    pub(super) fn stop_now(&self) {
        self.control(Control::Stop);
        self.lock().deadline = Some(Instant::now());
    }

    /// Whether lanes that have not stopped are no longer waited for.
    pub(super) fn gives_up(&self, now: Instant) -> bool {
        self.interrupt.is_raised() && self.lock().deadline.is_some_and(|deadline| now >= deadline)
    }

    /// The step of the slowest lane.
    pub(super) fn current(&self) -> Step {
        self.lock().progress.iter().flatten().min().copied().unwrap_or_default().next()
    }

    /// Blocks until the lane may make `step`, or has something else to do; it has fulfilled `recalls` requests for a
    /// re-run.
    pub(super) fn begin(&self, step: Step, recalls: u64) -> Go {
        let mut state = self.lock();
        while !(state.stop || state.reruns > recalls || state.may_take(step) && state.computing < self.threads) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.stop {
            return Go::Stop;
        }
        if state.reruns > recalls {
            return Go::Rerun { asked: state.reruns };
        }
        state.computing += 1;
        Go::Step { rate: state.rate }
    }

    /// The lane has finished `step`.
    pub(super) fn end(&self, lane: LaneId, step: Step) {
        let mut state = self.lock();
        state.computing = state.computing.saturating_sub(1);
        if let Some(progress) = state.progress.get_mut(lane.index()) {
            *progress = Some(step);
        }
        self.changed.notify_all();
    }

    /// The lane makes no more steps; the others no longer wait for it.
    pub(super) fn leave(&self, lane: LaneId) {
        let mut state = self.lock();
        if let Some(progress) = state.progress.get_mut(lane.index()) {
            *progress = None;
        }
        self.changed.notify_all();
    }

    /// A lane ended within a step (diverged or panicked): its place to compute is free again.
    pub(super) fn release(&self) {
        let mut state = self.lock();
        state.computing = state.computing.saturating_sub(1);
        self.changed.notify_all();
    }

    pub(super) fn control(&self, control: Control) {
        let mut state = self.lock();
        match control {
            Control::Pause => state.pause_after = Some(state.furthest()),
            Control::Resume => state.pause_after = None,
            Control::StepOnce => state.pause_after = Some(state.pause_after.unwrap_or(state.furthest()).next()),
            Control::SetLearningRate(base) => state.rate = Rate { base: Some(base), factor: 1.0 },
            Control::ScaleLearningRate(factor) => state.rate.factor *= factor,
            Control::Rerun => state.reruns += 1,
            Control::Stop => {
                state.stop = true;
                state.deadline.get_or_insert_with(|| Instant::now() + GRACE);
                self.interrupt.raise();
            }
        }
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn may_take(&self, step: Step) -> bool {
        let slowest = self.progress.iter().flatten().min().copied().unwrap_or_default();
        step.0 <= slowest.0 + LEAD && self.pause_after.is_none_or(|last| step <= last)
    }

    /// The step at which a pause takes effect: all lanes stop after the same step.
    fn furthest(&self) -> Step {
        self.progress.iter().flatten().max().copied().unwrap_or_default()
    }
}

impl Patience for Arc<Pacer> {
    fn is_stopping(&self) -> bool {
        self.interrupt().is_raised()
    }

    fn gives_up(&self, now: Instant) -> bool {
        Pacer::gives_up(self, now)
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::bounded;

    use super::*;
    use crate::event::{Event, LaneEnd, Note, Outcome, StepRecord};
    use crate::recorder::{Recorded, RecorderMessage};
    use crate::sink::Fanout;
    use crate::sink::memory::MemorySink;

    fn may(pacer: &Pacer, step: u64) -> bool {
        pacer.lock().may_take(Step(step))
    }

    #[test]
    fn a_lane_waits_for_the_slowest_until_that_one_leaves() {
        let pacer = Pacer::new(2, 2, Start::default());
        assert!(may(&pacer, LEAD) && !may(&pacer, LEAD + 1));
        pacer.end(LaneId(0), Step(LEAD));
        assert!(!may(&pacer, LEAD + 1));
        pacer.leave(LaneId(1));
        assert!(may(&pacer, LEAD + 1));
    }

    #[test]
    fn a_pause_lets_all_lanes_come_to_rest_at_one_step() {
        let pacer = Pacer::new(2, 2, Start::default());
        pacer.end(LaneId(0), Step(1));
        pacer.control(Control::Pause);
        assert!(may(&pacer, 1) && !may(&pacer, 2));
        pacer.control(Control::StepOnce);
        assert!(may(&pacer, 2) && !may(&pacer, 3));
        pacer.control(Control::Resume);
        pacer.control(Control::SetLearningRate(0.5));
        pacer.control(Control::ScaleLearningRate(4.0));
        let Go::Step { rate } = pacer.begin(Step(2), 0) else { panic!("not stopped") };
        assert_eq!((rate.of(0.1), Rate { base: None, factor: 0.5 }.of(0.1)), (2.0, 0.05));
        pacer.control(Control::Rerun);
        assert_eq!(pacer.begin(Step(2), 0), Go::Rerun { asked: 1 });
        assert!(!pacer.interrupt().is_raised() && !pacer.gives_up(Instant::now() + GRACE));
        pacer.control(Control::Stop);
        assert_eq!(pacer.begin(Step(2), 0), Go::Stop);
        assert!(pacer.interrupt().is_raised() && !pacer.gives_up(Instant::now()));
        assert!(pacer.gives_up(Instant::now() + GRACE), "a lane in its step is given up after a while");
        pacer.stop_now();
        assert!(pacer.gives_up(Instant::now()), "or at once");
    }

    #[test]
    fn a_lane_that_does_not_come_back_is_given_up_and_everything_has_its_end() {
        let pacer = Arc::new(Pacer::new(2, 2, Start::default()));
        let (sender, receiver) = bounded(8);
        let (alive, ended) = bounded(0);
        let kept = MemorySink::new();
        let started = Event::Note(Note { lane: None, step: Step(0), text: String::new() });
        let run = Recorded { started, lanes: 2, after: Step(0), patience: Box::new(Arc::clone(&pacer)) };
        let recorder =
            crate::recorder::spawn(receiver, Fanout::new().with(kept.clone()), run, alive).expect("a thread");
        let step = StepRecord { lane: LaneId(1), ..StepRecord::unmeasured(7) };
        sender.send(RecorderMessage::Event(Event::Step(Arc::new(step)))).expect("heard");
        let came = LaneEnd { lane: LaneId(0), step: Step(8), outcome: Outcome::Stopped };
        sender.send(RecorderMessage::Event(Event::LaneEnded(came.clone()))).expect("heard");
        pacer.stop_now();
        // Its sender lives on: the lane is still in its step.
        assert_eq!(recorder.join().expect("no panic").outcome, Outcome::Stopped);
        assert!(ended.recv().is_err() && sender.send(RecorderMessage::Event(Event::LaneEnded(came.clone()))).is_err());
        let ends: Vec<_> = kept.take().into_iter().filter(|event| matches!(event, Event::LaneEnded(_))).collect();
        let given_up = LaneEnd { lane: LaneId(1), step: Step(7), outcome: Outcome::Stopped };
        assert_eq!(ends, [Event::LaneEnded(came), Event::LaneEnded(given_up)]);
    }
}
