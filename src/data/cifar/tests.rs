use std::fs;

use super::*;

/// A picture whose colours are each of one value.
fn record(labels: &[u8], colours: [u8; 3]) -> Vec<u8> {
    labels.iter().copied().chain(colours.into_iter().flat_map(|colour| [colour; 1024])).collect()
}

/// CIFAR-10 with one picture per file, below the folder that its archive unpacks to.
fn ten() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    fs::create_dir(folder.path().join(CIFAR10.archive)).expect("made");
    for (number, name) in (0..).zip(CIFAR10.training) {
        put(&folder, name, &record(&[number], [10 * number, 7, 200 - 50 * number]));
    }
    put(&folder, CIFAR10.held_out, &record(&[9], [20, 8, 100]));
    folder
}

fn put(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) {
    fs::write(folder.path().join(CIFAR10.archive).join(name), bytes).expect("written");
}

fn refusal(folder: &tempfile::TempDir) -> String {
    let root = folder.path().display().to_string();
    cifar10(folder.path()).unwrap_err().to_string().replace(&root, "DIR")
}

#[test]
fn colours_are_standardized_by_the_training_part_plane_by_plane() {
    let folder = ten();
    let data = cifar10(folder.path()).expect("good");
    assert_eq!((data.shape, data.augmentation), (SHAPE, Augmentation::CropAndFlip));
    assert_eq!((&data.training.targets, &data.held_out.targets), (&vec![0, 1, 2, 3, 4], &vec![9]));
    // Red is 0, 10 … 40: mean 20, deviation √200. Green is 7 throughout. Blue is 200, 150 … 0: mean 100.
    let deviation = 200.0_f64.sqrt();
    let pixel = |row: usize, colour: usize| data.training.inputs[row * PICTURE + colour * 1024 + 500];
    assert_eq!([pixel(0, 0), pixel(4, 0)], [-20.0, 20.0].map(|value| (value / deviation) as f32));
    assert_eq!([pixel(0, 1), pixel(4, 1)], [0.0, 0.0]);
    assert_eq!(pixel(0, 2), (100.0 / (5.0 * deviation)) as f32);
    assert!(data.held_out.inputs.iter().all(|value| *value == 0.0), "the training part's means throughout");
    let inside = cifar10(&folder.path().join(CIFAR10.archive)).expect("the folder itself");
    assert_eq!(inside, data);
}

/// Writes pictures of one colour each, training and held out, into a folder per class.
fn picture(folder: &tempfile::TempDir, name: &str, colour: u8) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("in the folder")).expect("made");
    image::RgbImage::from_pixel(32, 32, image::Rgb([colour, 7, 255 - colour])).save(path).expect("written");
}

#[test]
fn pictures_in_a_folder_per_class_are_the_same_set() {
    let folder = tempfile::tempdir().expect("temporary folder");
    for class in 0..10_u8 {
        picture(&folder, &format!("train/{class}/1.png"), 20 * class);
    }
    picture(&folder, "test/3/2.png", 60);
    let data = cifar10(folder.path()).expect("good");
    assert_eq!((data.shape, data.augmentation), (SHAPE, Augmentation::CropAndFlip));
    assert_eq!((data.training.targets.len(), &data.held_out.targets), (10, &vec![3]));
    assert_eq!(data.held_out.inputs[..], data.training.inputs[3 * PICTURE..4 * PICTURE]);
    let refused = cifar100(folder.path()).unwrap_err().to_string();
    assert!(refused.ends_with(": 10 classes of pictures, but the set has 100: get it again"), "{refused}");
}

#[test]
fn classes_are_named_where_names_are_there() {
    let folder = ten();
    assert_eq!(cifar10(folder.path()).expect("good").classes[3], "3");
    put(&folder, CIFAR10.names, b"airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
    assert_eq!(cifar10(folder.path()).expect("good").classes[3], "cat");
    put(&folder, CIFAR10.names, b"airplane\nautomobile\n");
    assert_eq!(
        refusal(&folder),
        "DIR/cifar-10-batches-bin/batches.meta.txt: 2 names for 10 classes: get the file again, or remove it"
    );
}

#[test]
fn the_fine_class_of_the_hundred_is_the_second_byte() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let records = [record(&[19, 99], [1, 2, 3]), record(&[0, 11], [4, 5, 6])].concat();
    fs::write(folder.path().join("train.bin"), &records).expect("written");
    fs::write(folder.path().join("test.bin"), record(&[3, 42], [1, 2, 3])).expect("written");
    let data = cifar100(folder.path()).expect("good");
    assert_eq!((&data.training.targets, &data.held_out.targets), (&vec![99, 11], &vec![42]));
    assert_eq!(data.classes.len(), 100);
    fs::write(folder.path().join("test.bin"), record(&[3, 100], [1, 2, 3])).expect("written");
    let words = cifar100(folder.path()).unwrap_err().to_string();
    assert!(words.ends_with("picture 1 is of class 100, and classes are 0 to 99: get the file again"), "{words}");
}

#[test]
fn what_is_missing_or_no_whole_record_is_named() {
    let folder = ten();
    let holds = "data_batch_1.bin to data_batch_5.bin and test_batch.bin of CIFAR-10, binary version \
                 (or PNG files in train and test, a folder per class)";
    let path = folder.path().join(CIFAR10.archive).join("data_batch_4.bin");
    fs::write(&path, &record(&[1], [1, 2, 3])[1..]).expect("written");
    assert_eq!(
        refusal(&folder),
        "DIR/cifar-10-batches-bin/data_batch_4.bin: 3,072 bytes are not a whole number of records of 3,073 bytes (a class \
         and 32×32 pixels in three colours): get the file again"
    );
    fs::write(&path, b"").expect("written");
    assert!(refusal(&folder).contains("data_batch_4.bin: 0 bytes are not a whole number of records"));
    fs::remove_file(&path).expect("was there");
    let words = format!("there is no data_batch_4.bin: the folder must hold {holds}");
    assert_eq!(refusal(&folder), format!("DIR/cifar-10-batches-bin: {words}"));
    let words = format!("/no/where: there is no such folder: create one that holds {holds}");
    assert_eq!(cifar10(Path::new("/no/where")).unwrap_err().to_string(), words);
}
