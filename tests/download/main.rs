//! `nablatop download`, without a network.

#![allow(clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs it with a cache folder of its own, behind a proxy address without a listener.
fn download(set: &str, cache: &Path) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_nablatop"))
        .args(["download", set])
        .env("XDG_CACHE_HOME", cache)
        .envs(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:1")))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .expect("it runs");
    let said = String::from_utf8(output.stderr.clone()).expect("words");
    (output, said)
}

fn cache() -> TempDir {
    tempfile::tempdir().expect("temporary folder")
}

/// An IDX file, which begins with two zeros, the kind of its numbers and the count of its sizes.
fn idx(path: &Path, sizes: &[u32], bytes: usize) {
    let header = [0, 0, 8, sizes.len() as u8].into_iter().chain(sizes.iter().flat_map(|size| size.to_be_bytes()));
    fs::write(path, header.chain(std::iter::repeat_n(0, bytes)).collect::<Vec<u8>>()).expect("written");
}

/// MNIST as it is downloaded to, with so many pictures in each part and so many bytes of the held-out pictures missing.
fn mnist(cache: &Path, [training, held_out]: [u32; 2], missing: usize) {
    let folder = cache.join("burn-dataset/mnist");
    for (part, kind, count, missing) in [("train", "train", training, 0), ("test", "t10k", held_out, missing)] {
        let part = folder.join(part);
        fs::create_dir_all(&part).expect("made");
        let bytes = count as usize * 784 - missing;
        idx(&part.join(format!("{kind}-images-idx3-ubyte")), &[count, 28, 28], bytes);
        idx(&part.join(format!("{kind}-labels-idx1-ubyte")), &[count], count as usize);
    }
}

#[test]
fn without_a_network_it_says_so_and_leaves_nothing() {
    for set in ["mnist", "cifar10", "cifar100"] {
        let cache = cache();
        let (output, said) = download(set, cache.path());
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(output.stdout.is_empty());
        assert!(said.contains(&format!("error: cannot download {set}: ")), "{said}");
        assert!(said.contains("Is there a network?"), "{said}");
        assert!(said.contains(&format!("--data {set}:DIR")), "{said}");
        assert!(!said.contains("panicked") && !said.contains("unwrap"), "{said}");
        assert!(!cache.path().join(format!("burn-dataset/{set}/train/train-images-idx3-ubyte")).exists());
    }
}

#[test]
fn what_is_there_is_not_fetched_again() {
    let cache = cache();
    mnist(cache.path(), [60_000, 10_000], 0);
    let (output, said) = download("mnist", cache.path());
    assert_eq!(output.status.code(), Some(0), "{said}");
    let folder = cache.path().join("burn-dataset/mnist");
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("nablatop --data mnist:{}\n", folder.display()));
}

#[test]
fn a_set_that_is_not_whole_is_named() {
    let cache = cache();
    mnist(cache.path(), [60_000, 9_999], 0);
    let (output, said) = download("mnist", cache.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("burn-dataset/mnist holds 69,999 of 70,000 pictures of mnist: remove the folder"), "{said}");
    mnist(cache.path(), [60_000, 10_000], 1);
    let (output, said) = download("mnist", cache.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("burn-dataset/mnist is not complete, remove it and download again"), "{said}");
}

#[test]
fn a_set_that_is_not_offered_is_refused_with_those_that_are() {
    let (output, said) = download("fashion", cache().path());
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("[possible values: mnist, cifar10, cifar100]"), "{said}");
}
