use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// Pictures of 2×3 whose pixels count up from 0.
fn pictures(count: u32) -> Vec<u8> {
    let header = [vec![0, 0, 8, 3], [count, 2, 3].map(u32::to_be_bytes).concat()].concat();
    header.into_iter().chain((0..count * 6).map(|pixel| pixel as u8)).collect()
}

fn labels(labels: &[u8]) -> Vec<u8> {
    [&[0, 0, 8, 1], &(labels.len() as u32).to_be_bytes()[..], labels].concat()
}

/// A folder with three pictures for training, under the published names, and two held out.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&pictures(3)).expect("written");
    put(&folder, "train-images-idx3-ubyte.gz", &gzip.finish().expect("ended"));
    put(&folder, "train-labels.idx1-ubyte", &labels(&[7, 0, 9]));
    put(&folder, "t10k-images-idx3-ubyte", &pictures(2));
    put(&folder, "t10k-labels-idx1-ubyte", &labels(&[1, 2]));
    folder
}

fn put(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) {
    fs::write(folder.path().join(name), bytes).expect("written");
}

fn refusal(folder: &tempfile::TempDir) -> String {
    let root = folder.path().display().to_string();
    mnist(folder.path()).unwrap_err().to_string().replace(&root, "DIR")
}

#[test]
fn files_are_found_where_they_are_downloaded_to() {
    let folder = folder();
    let expected = mnist(folder.path()).expect("good");
    for (part, kind) in [("train", "train-"), ("test", "t10k-")] {
        fs::create_dir(folder.path().join(part)).expect("made");
        for entry in fs::read_dir(folder.path()).expect("readable").flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(kind) {
                fs::rename(entry.path(), folder.path().join(part).join(name)).expect("moved");
            }
        }
    }
    assert_eq!(mnist(folder.path()).expect("good"), expected);
}

#[test]
fn pixels_become_0_to_1_and_the_parts_are_those_of_the_files() {
    let data = mnist(folder().path()).expect("good");
    assert_eq!(data.shape, Shape { channels: 1, height: 2, width: 3 });
    assert_eq!((data.training.targets.as_slice(), data.held_out.targets.as_slice()), (&[7, 0, 9][..], &[1, 2][..]));
    let expected: Vec<f32> = (0..18_u8).map(|pixel| f32::from(pixel) / 255.0).collect();
    assert_eq!(data.training.inputs, expected);
    assert_eq!(data.held_out.inputs, expected[..12]);
    assert_eq!(data.classes[9], "9");
    assert_eq!(fashion(folder().path()).expect("good").classes[9], "ankle boot");
}

#[test]
fn a_missing_folder_or_file_is_named_with_what_is_expected() {
    let folder = folder();
    fs::remove_file(folder.path().join("t10k-labels-idx1-ubyte")).expect("was there");
    let holds = "hold train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and \
                 t10k-labels-idx1-ubyte (or each with .gz) of ";
    let words = format!("DIR: there is no t10k-labels-idx1-ubyte: the folder must {holds}");
    assert_eq!(refusal(&folder), format!("{words}the MNIST database of handwritten digits"));
    let error = fashion(Path::new("/no/where")).unwrap_err().to_string();
    let holds = holds.replacen("hold", "holds", 1);
    assert_eq!(error, format!("/no/where: there is no such folder: create one that {holds}Fashion-MNIST"));
}

#[test]
fn files_that_do_not_belong_together_are_named() {
    let folder = folder();
    put(&folder, "train-labels.idx1-ubyte", &labels(&[7, 0]));
    assert_eq!(
        refusal(&folder),
        "DIR/train-labels.idx1-ubyte: 2 labels for the 3 pictures of train-images-idx3-ubyte.gz: do both files belong \
         to one set?"
    );
    put(&folder, "train-labels.idx1-ubyte", &labels(&[7, 10, 9]));
    assert_eq!(
        refusal(&folder),
        "DIR/train-labels.idx1-ubyte: label 2 is 10, and classes are 0 to 9: get the file again"
    );
    put(&folder, "train-labels.idx1-ubyte", &labels(&[7, 1, 9]));
    put(&folder, "t10k-images-idx3-ubyte", &[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5, 6]);
    assert_eq!(
        refusal(&folder),
        "DIR/t10k-images-idx3-ubyte: pictures of 1×1, and 2×3 in train-images-idx3-ubyte.gz: do both files belong to \
         one set?"
    );
}
