//! Claims about a lane that panics.

use burn::module::Module;
use burn::tensor::Tensor;
use crossbeam_channel::bounded;

use super::*;
use crate::backend;
use crate::config::Backend;
use crate::data;
use crate::layer::{Layer, LayerKind};
use crate::probe::Taps;
use crate::stack::{Labelled, Loss, Mlp, Pass, Task};
use crate::train::pacer::Start;

/// A stack that breaks where its loss is not above its strength.
#[derive(Module, Debug)]
struct Fragile {
    stem: Mlp,
    #[module(skip)]
    strength: f32,
}

impl Stack for Fragile {
    type Batch = Labelled;

    fn layers(&self) -> Vec<Layer> {
        vec![Layer::new("stem", LayerKind::Stem)]
    }

    fn logit(&self, batch: &Labelled, taps: &Taps) -> Tensor<1> {
        self.stem.logit(batch, taps)
    }

    fn loss_in(&self, batch: &Labelled, pass: Pass<'_>) -> Loss {
        let loss = self.stem.loss_in(batch, pass);
        let value: f32 = loss.mean.clone().into_scalar();
        assert!(value > self.strength, "broke at \u{1b}[31m{}", self.strength);
        loss
    }
}

/// Twenty steps.
fn lane<S: Stack<Batch = Labelled>>(id: LaneId, stepper: Stepper<S>, source: &Arc<data::Classified>) -> Lane<S> {
    let (settings, past) = (LaneConfig { depth: 1, width: 4, ..LaneConfig::default() }, LaneResumePoint::default());
    Lane { id, settings, stepper, source: Arc::clone(source), steps: 20, past, kept: Vec::new() }
}

#[test]
fn a_panic_ends_its_own_lane_with_a_harmless_message_and_the_others_go_on() {
    let settings = LaneConfig { depth: 1, width: 4, ..LaneConfig::default() };
    let config = Arc::new(RunConfig { batch: 8, ..RunConfig::default() });
    let dataset = Arc::new(data::digits().expect("embedded"));
    let device = backend::device(Backend::Flex).autodiff();
    let (sender, receiver) = bounded(64);
    let header = Arc::clone(crate::train::prepare(RunConfig::clone(&config)).expect("good").header());
    let dumps = Arc::new(DumpWriter::none(header, Arc::clone(&config)));
    let saves = Arc::new(CheckpointWriter::none());
    let run = |pacer: &Arc<Pacer>| Run {
        config: Arc::clone(&config),
        device: device.clone(),
        pacer: Arc::clone(pacer),
        schedule: Arc::new(Schedule::new(&config)),
        dumps: Arc::clone(&dumps),
        saves: Arc::clone(&saves),
        sender: sender.clone(),
    };
    let stack = || Mlp::new(&settings, Task::of(&dataset), 1, &device);
    let pacer = Arc::new(Pacer::new(2, 1, Start::default()));
    let fragile = Fragile { stem: stack(), strength: 100.0 };
    let stepper = Stepper::new(fragile, &settings, &device);
    spawn(lane(LaneId(0), stepper, &dataset), run(&pacer), 8 << 20).expect("a thread");
    let stepper = Stepper::new(stack(), &settings, &device);
    spawn(lane(LaneId(1), stepper, &dataset), run(&pacer), 8 << 20).expect("a thread");
    drop(sender);
    let ends = |told| if let RecorderMessage::Event(Event::LaneEnded(end)) = told { Some(end) } else { None };
    let mut ends: Vec<LaneEnd> = receiver.iter().filter_map(ends).collect();
    ends.sort_by_key(|end| end.lane);
    let broken = Outcome::Failed("broke at \u{fffd}[31m100".to_owned());
    assert_eq!((ends[0].step, &ends[0].outcome), (Step(0), &broken));
    assert_eq!((ends[1].step, &ends[1].outcome), (Step(20), &Outcome::Completed));
}
