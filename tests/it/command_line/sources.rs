//! The user's own pictures and texts that cannot be used or do not fit.

use std::fs;

use super::assert_refused;
use crate::data::mnist_file;
use crate::program::Place;

/// The four files of MNIST with eight pictures of 2×2 for training and two held out.
fn mnist(place: &Place, folder: &str) {
    fs::create_dir_all(place.path(folder)).unwrap();
    for (part, count) in [("train", 8), ("t10k", 2)] {
        let pictures = mnist_file(&[count, 2, 2], &vec![128; 4 * count as usize]);
        fs::write(place.path(folder).join(format!("{part}-images-idx3-ubyte")), pictures).unwrap();
        let labels = mnist_file(&[count], &(0..count as u8).collect::<Vec<_>>());
        fs::write(place.path(folder).join(format!("{part}-labels-idx1-ubyte")), labels).unwrap();
    }
}

#[test]
fn a_set_without_its_folder_or_files_says_which_are_to_be_put_where() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).unwrap();
    let four = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (or \
                each with .gz) of";
    let five = "data_batch_1.bin to data_batch_5.bin and test_batch.bin of CIFAR-10, binary version \
                 (or PNG files in train and test, a folder per class)";
    assert_refused(
        &place,
        &[
            (
                &["--data", "mnist"],
                2,
                &format!(
                    "--data: 'mnist' has no DIR: write mnist:DIR, where DIR holds {four} the MNIST database of \
                     handwritten digits"
                ),
            ),
            (
                &["--data", "cifar10:"],
                2,
                &format!("--data: 'cifar10:' has no DIR: write cifar10:DIR, where DIR holds {five}"),
            ),
            (
                &["--data", "fashion:none"],
                1,
                &format!("none: there is no such folder: create one that holds {four} Fashion-MNIST"),
            ),
            (
                &["--data", "cifar10:empty"],
                1,
                &format!("empty: there is no data_batch_1.bin: the folder must hold {five}"),
            ),
            (
                &["--data", "cifar100:empty", "--log", "run"],
                1,
                "empty: there is no train.bin: the folder must hold train.bin and test.bin of CIFAR-100, binary version \
                 (or PNG files in train and test, a folder per class)",
            ),
            (
                &["--data", "image-folder:empty"],
                1,
                "empty: it holds no class: it must hold a folder of PNG or JPEG pictures per class (or such folders in \
                 train and test)",
            ),
        ],
    );
}

#[test]
fn an_idx_file_with_a_wrong_magic_or_a_short_body_is_named() {
    let place = Place::new();
    for folder in ["magic", "short"] {
        mnist(&place, folder);
    }
    fs::copy(place.path("magic/train-labels-idx1-ubyte"), place.path("magic/train-images-idx3-ubyte")).unwrap();
    fs::write(place.path("short/t10k-images-idx3-ubyte"), mnist_file(&[2, 2, 2], &[0; 7])).unwrap();
    assert_refused(
        &place,
        &[
            (
                &["--data", "mnist:magic"],
                1,
                "magic/train-images-idx3-ubyte: it begins with 0x00000801, an IDX file of pictures with 0x00000803: it \
                 holds labels: are two files mixed up?",
            ),
            (
                &["--data", "mnist:short"],
                1,
                "short/t10k-images-idx3-ubyte: it is cut short: 2 pictures of 2×2 need 8 bytes, and it has 7: get \
                 the file again",
            ),
        ],
    );
}

#[test]
fn a_batch_larger_than_the_pictures_is_refused_and_a_smaller_one_trained() {
    let place = Place::new();
    mnist(&place, "set");
    let words = "--batch: 9 is larger than the 8 training rows: write 8 or less";
    assert_refused(&place, &[(&["--data", "mnist:set", "--batch", "9"], 2, words)]);
    let said = place.say(["--headless", "--data", "mnist:set", "--batch", "8", "--steps", "2", "--depth", "2"]);
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn a_picture_that_is_none_is_named_without_what_a_terminal_obeys() {
    let place = Place::new();
    for class in ["cats", "dogs"] {
        fs::create_dir_all(place.path("pets").join(class)).unwrap();
        for name in ["a", "b", "c"] {
            fs::write(place.path("pets").join(class).join(format!("{name}\u{1b}]0;x.png")), b"no picture").unwrap();
        }
    }
    let said = place.say(["--data", "image-folder:pets"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    let words = "it is not a PNG or JPEG picture: convert it, or remove it from the folder\n";
    assert!(said.err.starts_with("error: pets/") && said.err.ends_with(words), "{said:?}");
    assert!(!said.err.contains('\u{1b}') && said.err.contains('\u{fffd}'), "{said:?}");
}

#[test]
fn a_text_too_short_not_utf_8_or_for_a_model_of_classes_is_refused() {
    let place = Place::new();
    place.file("short.txt", "fifty characters or so, which is not much to learn");
    place.file("latin.txt", b"caf\xe9, and so on");
    assert_refused(
        &place,
        &[
            (
                &["--model", "transformer", "--data", "text:short.txt"],
                2,
                "--context: 64 is too long for short.txt with its 50 characters, of which a tenth is held out: write 4 or \
                 less, or take a longer text",
            ),
            (
                &["--model", "transformer", "--data", "text:latin.txt"],
                1,
                "latin.txt: not UTF-8 at byte 3 (the first is 0): save the text as UTF-8",
            ),
            (
                &["--model", "transformer", "--data", "text:none.txt"],
                1,
                "cannot read the file none.txt: No such file or directory (os error 2)",
            ),
            (
                &["--model", "transformer", "--data", "text:/dev/zero"],
                1,
                "cannot read the file /dev/zero: it is a pipe, a socket or a device, and only regular files are read",
            ),
            (
                &["--model", "transformer", "--data", "text:short.txt", "--context", "4"],
                2,
                "--batch: 64 is larger than the 11 training windows: write 11 or less",
            ),
            (
                &["--data", "text", "--model", "mlp"],
                2,
                "--data: mlp reads no text, and the data are text: write --data digits or --model transformer",
            ),
        ],
    );
}
