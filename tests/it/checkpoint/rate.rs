//! The user's change of the learning rate survives a checkpoint.

use nablatop::config::{Backend, LaneConfig, Length, RunConfig, Wiring};
use nablatop::event::Control;
use nablatop::sink::Fanout;
use nablatop::sink::memory::MemorySink;
use nablatop::train::checkpoint::Owner;
use nablatop::train::{self, Checkpoint};
use nablatop::whole_file::Existing;

use crate::recording::{Recording, small};

#[test]
fn a_learning_rate_that_was_changed_on_the_way_stays_so() {
    let place = tempfile::tempdir().unwrap();
    let lane = LaneConfig { lr: 0.003, ..LaneConfig::new(Wiring::Residual) };
    let config = RunConfig { save_every: Some(400), ..small(Backend::Flex, 400, vec![lane]) };
    let prepared = train::prepare(config).unwrap();
    let prepared = prepared.saving(Some(place.path()), Owner::Another, Existing::Keep).unwrap();
    let session = prepared.start(Fanout::new()).unwrap();
    // No number that is short in decimal digits.
    session.control(Control::SetLearningRate(0.1 + 0.2));
    session.control(Control::ScaleLearningRate(1.0 / 3.0));
    let _ = session.join();

    let checkpoint = Checkpoint::open(place.path()).unwrap();
    let config = RunConfig { length: Length::Steps(402), ..checkpoint.config().clone() };
    let memory = MemorySink::new();
    let session = train::resume(config, &checkpoint).unwrap().start(Fanout::new().with(memory.clone())).unwrap();
    let _ = session.join();
    let run = Recording::new(memory.take());
    let taken: Vec<_> =
        run.steps(0).iter().map(|record| (record.step.0, record.learning_rate.expect("a rate"))).collect();
    let rate = (0.1 + 0.2) * (1.0 / 3.0);
    assert_eq!(taken, [(401, rate), (402, rate)]);
}
