//! Memory: small files that claim gigabytes, stacks that do not fit, and readers that must not take more than they
//! need.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::assert_refused;
use crate::peak::weigh;
use crate::program::{Place, SMALL};

/// What is refused takes no more than this, in MiB.
const MOST: i64 = 512;
/// Bytes that each bomb stands for.
const UNPACKED: usize = 1 << 30;

/// Writes so many zeros.
fn zeros(mut to: impl Write) {
    let block = vec![0; 1 << 20];
    (0..UNPACKED / block.len()).for_each(|_| to.write_all(&block).unwrap());
}

/// A gzip stream of 1 MB that stands for 1 GiB, behind these bytes.
fn gzip(head: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(head).unwrap();
    zeros(&mut encoder);
    encoder.finish().unwrap()
}

/// A chunk of a PNG.
fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(&kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes()[..], &kind, data, &crc.sum().to_be_bytes()].concat()
}

/// A grey PNG of so many pixels each way, with another chunk before its pixels.
fn png(side: u32, before: &[u8]) -> Vec<u8> {
    let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::fast());
    pixels.write_all(&[0; 72]).unwrap();
    let pixels = chunk(*b"IDAT", &pixels.finish().unwrap());
    [b"\x89PNG\r\n\x1a\n", &chunk(*b"IHDR", &header)[..], before, &pixels, &chunk(*b"IEND", &[])].concat()
}

/// A folder of pictures of two classes, of which one is this.
fn pictures(place: &Place, folder: &str, one: &[u8]) {
    for class in ["a", "b"] {
        let class = place.path(folder).join(class);
        fs::create_dir_all(&class).unwrap();
        (0..5).for_each(|number| fs::write(class.join(format!("{number}.png")), png(8, &[])).unwrap());
    }
    fs::write(place.path(folder).join("a/odd.png"), one).unwrap();
}

/// Each is refused with these words in little memory.
fn assert_small(place: &Place, cases: &[(&[&str], &str)]) {
    for (arguments, words) in cases {
        let weighed = weigh(place, &[&["--headless"], *arguments].concat());
        assert!(weighed.code > 0 && weighed.err.contains(words), "{weighed:?}");
        assert!(weighed.mebibytes > 1 && weighed.mebibytes <= MOST, "{weighed:?}");
    }
}

#[test]
fn a_small_gzip_that_stands_for_gigabytes_is_refused_in_little_memory() {
    let place = Place::new();
    let bomb = gzip(&[]);
    for name in ["text.gz", "table.csv.gz"] {
        place.file(name, &bomb);
    }
    fs::create_dir_all(place.path("cifar")).unwrap();
    for name in (1..=5).map(|number| format!("data_batch_{number}.bin")).chain(["test_batch.bin".to_owned()]) {
        fs::write(place.path("cifar").join(name), &bomb).unwrap();
    }
    fs::create_dir_all(place.path("mnist")).unwrap();
    let pictures =
        gzip(&[&0x803_u32.to_be_bytes()[..], &[255; 4], &28_u32.to_be_bytes(), &28_u32.to_be_bytes()].concat());
    for part in ["train", "t10k"] {
        fs::write(place.path("mnist").join(format!("{part}-images-idx3-ubyte.gz")), &pictures).unwrap();
        fs::write(place.path("mnist").join(format!("{part}-labels-idx1-ubyte.gz")), &bomb).unwrap();
    }
    assert_small(
        &place,
        &[
            (&["--data", "csv:table.csv.gz"], "table.csv.gz:1: longer than 16 MiB: write one row per line"),
            (&["--model", "transformer", "--data", "text:text.gz"], "text.gz: longer than 256 MiB: take a part of it"),
            (&["--data", "cifar10:cifar"], "data_batch_1.bin"),
            (&["--data", "mnist:mnist"], "its header promises 4,294,967,295 pictures of 28×28, more than 256 MiB"),
        ],
    );
}

#[test]
fn a_small_picture_that_stands_for_gigabytes_takes_little_memory() {
    let place = Place::new();
    pictures(&place, "large", &png(20_000, &[]));
    assert_small(&place, &[(&["--data", "image-folder:large"], "odd.png: 20000×20000 pixels, more than 32 million")]);
    let mut profile = ZlibEncoder::new(b"x\0\0".to_vec(), Compression::fast());
    zeros(&mut profile);
    pictures(&place, "profile", &png(8, &chunk(*b"iCCP", &profile.finish().unwrap())));
    // The colour profile is not needed: with it or without it the picture is read.
    let weighed = weigh(&place, &["--headless", "--steps", "1", "--batch", "4", "--data", "image-folder:profile"]);
    assert!(weighed.code == 0 && weighed.mebibytes <= MOST, "{weighed:?}");
}

#[test]
fn a_sparse_file_of_weights_and_a_device_for_settings_are_refused_in_little_memory() {
    let place = Place::new();
    let header = br#"{"x":{"dtype":"F32","shape":[750000000],"data_offsets":[0,3000000000]}}"#;
    let head = [&(header.len() as u64).to_le_bytes()[..], header].concat();
    place.file("sparse", &head);
    let sparse = fs::File::options().write(true).open(place.path("sparse")).unwrap();
    sparse.set_len(head.len() as u64 + 3_000_000_000).unwrap();
    assert_small(
        &place,
        &[
            (
                &["--init-from", "sparse"],
                "sparse: it is longer than 256 MiB, more than a lane of 212,810 numbers needs",
            ),
            (
                &["--config", "/dev/zero"],
                "/dev/zero: it is a pipe, a socket or a device, and only regular files are read",
            ),
        ],
    );
}

/// The header of a small run's trace, changed.
fn header(place: &Place, change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    if !place.path("small").exists() {
        let run = ["--headless", "--log", "small", "--steps", "2"];
        assert_eq!(place.say(run.iter().chain(&SMALL)).code, 0);
    }
    let trace = fs::read_to_string(place.path("small/trace.jsonl")).unwrap();
    let mut header: serde_json::Value = serde_json::from_str(trace.lines().next().unwrap()).unwrap();
    header.as_object_mut().unwrap().remove("crc");
    change(&mut header);
    let line = header.to_string();
    let body = line.strip_suffix('}').unwrap();
    format!("{body},\"crc\":{}}}\n", crc32c::crc32c(body.as_bytes())).into_bytes()
}

#[test]
fn headers_of_too_many_layers_or_lanes_are_refused_and_of_settings_read_in_little_memory() {
    let place = Place::new();
    let rows = header(&place, |header| {
        header["lanes"][0]["layers"] = vec![serde_json::json!({}); 2_400_000].into();
    });
    place.file("rows", &rows);
    let lanes = header(&place, |header| {
        let lane = header["lanes"][0].clone();
        header["lanes"] = vec![lane; 30_000].into();
    });
    place.file("lanes", &lanes);
    let settings = header(&place, |header| {
        let many = (0..3_000_000).map(|key| (format!("{key:x}"), serde_json::json!("")));
        header["lanes"][0]["settings"] = serde_json::Value::Object(many.collect());
    });
    place.file("settings", &settings);
    for (trace, words) in [("rows", "1,500,000"), ("lanes", "1,024")] {
        let weighed = weigh(&place, &["export", trace, "--to", "csv"]);
        assert!(weighed.code > 0 && weighed.err.contains(words), "{weighed:?}");
        assert!(weighed.mebibytes <= MOST, "{weighed:?}");
    }
    // Of too many settings the first are read: no setting makes a trace unreadable.
    let weighed = weigh(&place, &["export", "settings", "--to", "csv"]);
    assert!(weighed.code == 0 && weighed.mebibytes <= MOST, "{weighed:?}");
}

#[test]
fn much_is_not_needed_for_thousands_of_characters_or_classes() {
    let place = Place::new();
    let text: String = (0..4_000).filter_map(|number| char::from_u32(0x4e00 + number)).collect();
    place.file("text", text.repeat(3));
    let rows: Vec<String> = (0..120_000).map(|row| format!("{},{},c{}\n", row % 7, row % 11, row % 100_000)).collect();
    place.file("table.csv", rows.concat());
    let usual = ["--headless", "--depth", "2", "--width", "16", "--steps", "3"];
    for more in [&["--data", "text:text", "--model", "transformer"][..], &["--data", "csv:table.csv", "--batch", "8"]] {
        let weighed = weigh(&place, &[&usual[..], more].concat());
        assert!(weighed.code == 0 && weighed.mebibytes <= 1_024, "{weighed:?}");
    }
}

#[test]
fn stacks_that_do_not_fit_are_refused_with_their_estimate_before_they_are_drawn() {
    let place = Place::new();
    place.file("large.toml", "depth = 10000\nwidth = 4096\n");
    for arguments in [
        &["--depth", "10000", "--width", "4096"][..],
        &["--config", "large.toml"],
        &["--model", "vgg", "--width", "4096"],
        &["--model", "transformer", "--depth", "1000", "--width", "4096"],
    ] {
        let weighed = weigh(&place, &[&["--headless"], arguments].concat());
        let words = weighed
            .err
            .strip_prefix("error: --width: the run would take about ")
            .unwrap_or_else(|| panic!("{weighed:?}"));
        let (needed, rest) = words.split_once(" of memory, ").unwrap();
        let needed: f64 = needed.strip_suffix(" TiB").unwrap_or_else(|| panic!("{weighed:?}")).parse().unwrap();
        assert!(
            needed > 1.0 && rest.contains(" parameters of 2 lanes with their gradients and copies and "),
            "{weighed:?}"
        );
        assert!(rest.contains(" are free: write ") && rest.ends_with(", or add --force to start it anyway\n"));
        assert!(weighed.code == 2 && weighed.mebibytes < MOST, "{weighed:?}");
    }
    // Past the estimate, by --force, comes the folder, which cannot be made: that it got so far took next to nothing, for
    // it is the scores of attention that would not fit, and not the weights.
    place.file("file", "");
    let scores = ["--model", "transformer", "--depth", "24", "--width", "64", "--heads", "64", "--context", "4096"];
    let run = [&["--headless", "--batch", "12", "--log", "file/run"], &scores[..]].concat();
    for (forced, code, words) in [
        (&[][..], 2, "error: --batch: the run would take about "),
        (&["--force"], 1, "error: cannot create the folder file/run: Not a directory (os error 20)"),
    ] {
        let weighed = weigh(&place, &[&run[..], forced].concat());
        assert!(weighed.code == code && weighed.err.starts_with(words), "{weighed:?}");
        assert!(weighed.mebibytes < MOST, "{weighed:?}");
    }
    // One that fits is not forced, and says so as before.
    let words = "--force has no effect, since nothing is written: give --log DIR or --dump STEP:FILE too";
    assert_refused(&place, &[(&[&SMALL[..], &["--force"]].concat(), 2, words)]);
}
