//! Data sets from the file to the held-out accuracy.

use std::fmt::Write as _;

use nablatop::config::{DataSource, LaneConfig, Length, RunConfig, Wiring};
use nablatop::data;
use nablatop::event::Outcome;
use nablatop::sink::Fanout;
use nablatop::train;

use super::recording::{BACKENDS, Recording, small};

/// Sixty points in three clouds, one per class.
fn table() -> tempfile::NamedTempFile {
    let mut text = "length,weight,kind\n".to_owned();
    for index in 0..60 {
        let (kind, centre) = [("elm", [0.0, 9.0]), ("oak", [500.0, 0.0]), ("yew", [900.0, 9.0])][index % 3];
        let spread = [(index as f64 * 2.3).sin() * 40.0, (index as f64 * 1.1).cos()];
        writeln!(text, "{:.3},{:.3},{kind}", centre[0] + spread[0], centre[1] + spread[1]).expect("a string");
    }
    let file = tempfile::NamedTempFile::new().expect("temporary file");
    std::fs::write(file.path(), text).expect("written");
    file
}

#[test]
fn a_table_of_ones_own_is_learned() {
    let file = table();
    for backend in BACKENDS {
        let lanes = vec![LaneConfig { lr: 0.01, ..LaneConfig::new(Wiring::Residual) }];
        let data = DataSource::Csv(file.path().to_owned());
        let run = Recording::of(RunConfig { data, batch: 16, ..small(backend, 100, lanes) });
        assert_eq!(run.outcomes(), [Outcome::Completed, Outcome::Completed]);
        let layers = &run.header().lanes[0].layers.layers;
        assert_eq!((&layers[0].parameters[0].shape, &layers[7].parameters[0].shape), (&vec![2, 16], &vec![16, 3]));
        let last = *run.evaluations(0).last().expect("evaluated");
        assert_eq!((last.step.0, last.rows), (100, 12));
        assert!(last.accuracy.expect("classes") > 0.9, "{backend}: {last:?}");
    }
}

#[test]
fn a_batch_larger_than_the_table_is_refused() {
    let file = table();
    let data = DataSource::Csv(file.path().to_owned());
    let config = RunConfig { data, batch: 49, ..RunConfig::default() };
    let error = train::start(config, Fanout::new()).err().expect("refused").to_string();
    assert_eq!(error, "batch: 49 is larger than the 48 training rows: write 48 or less");
}

#[test]
fn the_digits_fit_the_stack_and_are_held_out_whole() {
    for backend in BACKENDS {
        let run = Recording::of(small(backend, 3, vec![LaneConfig::new(Wiring::Plain)]));
        let layers = &run.header().lanes[0].layers.layers;
        assert_eq!((&layers[0].parameters[0].shape, &layers[7].parameters[0].shape), (&vec![64, 16], &vec![16, 10]));
        assert_eq!(run.evaluations(0).last().expect("evaluated").rows, 360);
    }
}

#[test]
fn the_digits_of_both_parts_are_of_all_kinds() {
    let digits = data::digits().expect("embedded");
    for split in [&digits.training, &digits.held_out] {
        for class in 0..10 {
            let share = split.targets.iter().filter(|target| **target == class).count() as f64 / split.rows() as f64;
            assert!((0.08..0.12).contains(&share), "{class}: {share}");
        }
    }
}

#[test]
fn epochs_are_passes_over_the_training_rows() {
    for backend in BACKENDS {
        let config = small(backend, 1, vec![LaneConfig::new(Wiring::Plain)]);
        let run = Recording::of(RunConfig { length: Length::Epochs(2), batch: 400, ..config });
        // 1,437 rows are three full batches of 400; the rest of an epoch is dropped.
        let epochs: Vec<u32> = run.steps(0).iter().map(|record| record.epoch).collect();
        assert_eq!(epochs, [1, 1, 1, 2, 2, 2]);
        assert_eq!(run.outcomes(), [Outcome::Completed, Outcome::Completed]);
    }
}

/// An IDX file of unsigned bytes.
pub(crate) fn mnist_file(sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let sizes_as_bytes = sizes.iter().flat_map(|size| size.to_be_bytes());
    [0, 0, 8, sizes.len() as u8].into_iter().chain(sizes_as_bytes).chain(bytes.iter().copied()).collect()
}

#[test]
fn pictures_in_idx_files_are_learned() {
    let folder = tempfile::tempdir().expect("temporary folder");
    // Ten pictures of 4×4 times six: picture n is bright in pixel n, which says its class.
    for (part, copies) in [("train", 6_u8), ("t10k", 1)] {
        let classes: Vec<u8> = (0..10 * copies).map(|row| row % 10).collect();
        let pixel = |class: u8, place: u8| if place == class { 255 } else { 3 * place };
        let pixels: Vec<u8> = classes.iter().flat_map(|class| (0..16).map(move |place| pixel(*class, place))).collect();
        let count = classes.len() as u32;
        let put = |name: &str, bytes: Vec<u8>| std::fs::write(folder.path().join(name), bytes).expect("written");
        put(&format!("{part}-images-idx3-ubyte"), mnist_file(&[count, 4, 4], &pixels));
        put(&format!("{part}-labels-idx1-ubyte"), mnist_file(&[count], &classes));
    }
    for backend in BACKENDS {
        let lanes = vec![LaneConfig { lr: 0.01, ..LaneConfig::new(Wiring::Residual) }];
        let data = DataSource::Mnist(folder.path().to_owned());
        let run = Recording::of(RunConfig { data, batch: 20, ..small(backend, 100, lanes) });
        let last = *run.evaluations(0).last().expect("evaluated");
        assert_eq!((last.rows, last.accuracy), (10, Some(1.0)), "{backend}: {last:?}");
    }
}

#[test]
fn lanes_get_the_same_cropped_pictures_and_a_repeated_run_gets_them_again() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut number = 0_u32;
    let mut record = |class: u8| {
        let mut bytes = vec![class, class];
        bytes.extend((0..3072).map(|_| {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (number >> 24) as u8
        }));
        bytes
    };
    for (name, rows) in [("train.bin", 8), ("test.bin", 2)] {
        let records: Vec<u8> = (0..rows).flat_map(&mut record).collect();
        std::fs::write(folder.path().join(name), records).expect("written");
    }
    for backend in BACKENDS {
        let lane = |name: &str| LaneConfig { name: name.to_owned(), ..LaneConfig::new(Wiring::Residual) };
        let data = DataSource::Cifar100(folder.path().to_owned());
        let config = RunConfig { data, batch: 4, ..small(backend, 6, vec![lane("one"), lane("other")]) };
        let run = Recording::of(config.clone());
        assert_eq!(run.losses(0), run.losses(1), "{backend}");
        assert_eq!(run.losses(0), Recording::of(config.clone()).losses(0), "{backend}");
        assert_ne!(run.losses(0), Recording::of(RunConfig { seed: 2, ..config }).losses(0), "{backend}");
        assert_eq!(run.header().lanes[0].layers.layers[0].parameters[0].shape, [3072, 16]);
    }
}
