//! The user's own weights: what does not fit is named, what fits is used.

use super::assert_refused;
use crate::program::{Place, SMALL, Said};
use crate::recheck::{Tensor, Tensors};

/// The flags of a small run.
fn small<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["--headless", "--steps", "1"], &SMALL[..], more].concat()
}

/// A place with the dump of a small run's first step.
fn dumped() -> (Place, Tensors) {
    let place = Place::new();
    let said = place.say(small(&["--dump", "1:dump"]));
    assert_eq!(said.code, 0, "{said:?}");
    let tensors = Tensors::read(&place.path("dump"));
    (place, tensors)
}

/// The parameters of one lane, without its name.
fn alone(tensors: &Tensors) -> Tensors {
    tensors.clone().renamed(|name| name.strip_prefix("plain/param/").map(str::to_owned))
}

/// The closing table's loss of the plain lane.
fn loss(said: &Said) -> String {
    let line = said.out.lines().find(|line| line.starts_with("plain")).unwrap_or_else(|| panic!("{said:?}"));
    line.split_whitespace().nth(3).unwrap().to_owned()
}

#[test]
fn weights_that_do_not_fit_are_named_with_what_was_expected() {
    let (place, tensors) = dumped();
    place.file("text", "these are no weights at all");
    place.file("short", &tensors.bytes()[..5000]);
    let mut odd = alone(&tensors).renamed(|name| (name != "stem.bias").then(|| name.to_owned()));
    odd.set("stem.weight", Tensor { kind: "F32", shape: vec![2, 1], bytes: vec![0; 8] });
    odd.set("head.bias", Tensor { kind: "I64", shape: vec![10], bytes: vec![0; 80] });
    place.file("odd", odd.bytes());
    place.file("other", Tensors::default().bytes());
    assert_refused(
        &place,
        &[
            (
                &small(&["--init-from", "none"]),
                1,
                "cannot read the weights none: No such file or directory (os error 2)",
            ),
            (
                &small(&["--init-from", "/dev/zero"]),
                1,
                "cannot read the weights /dev/zero: it is a pipe, a socket or a device, and only regular files are read",
            ),
            (&small(&["--init-from", "."]), 1, "cannot read the weights .: Is a directory (os error 21)"),
            (&small(&["--init-from", "text"]), 1, "text is not a safetensors file: header too large"),
            (
                &small(&["--init-from", "short"]),
                1,
                "short is not a safetensors file: incomplete metadata, file not fully covered",
            ),
            (
                &small(&["--init-from", "odd"]),
                1,
                "odd does not fit lane 'plain': stem.weight is [2, 1], expected [64, 8]; stem.bias is missing, expected \
                 [8]; head.bias holds I64, expected F32, F64, F16 or BF16",
            ),
        ],
    );
    assert_refused(
        &place,
        &[
            (
                &["--headless", "--depth", "4", "--width", "4", "--batch", "8", "--init-from", "dump"],
                1,
                "dump does not fit lane 'plain': plain/param/stem.weight is [64, 8], expected [64, 4]; \
                 plain/param/stem.bias is [8], expected [4]; plain/param/blocks.0.weight is [8, 8], expected [4, 4] and 8 \
                 more",
            ),
            (
                &small(&["--lane", "plain:name=x,init-from=dump"]),
                1,
                "dump holds no weights for lane 'x': it is a dump of the lanes plain, residual: give the lane one of \
                 these names with name=",
            ),
            (
                &small(&["--init-from", "other"]),
                1,
                "other holds no weights for lane 'plain': it has neither plain/param/stem.weight nor stem.weight",
            ),
            (&small(&["--init-from", ""]), 2, "--init-from: '' is not a file: write e.g. weights.safetensors or off"),
            (
                &small(&["--lane", "plain:init-from=a,b"]),
                2,
                "--lane: 'b' in 'plain:init-from=a,b' is not key=value, such as norm=layer; write a file \
                 name with a comma in quotes: init-from=\"a,b\"",
            ),
        ],
    );
}

#[test]
fn weights_are_found_under_the_lanes_name_or_alone_or_as_the_only_lane() {
    let (place, tensors) = dumped();
    let expected = loss(&place.say(small(&["--init", "xavier", "--init-from", "dump"])));
    place.file("alone", alone(&tensors).bytes());
    place
        .file("one", tensors.clone().renamed(|name| name.strip_prefix("plain").map(|rest| format!("x{rest}"))).bytes());
    place.file("f64", alone(&tensors).floats("F64", |value| f64::from(value).to_le_bytes().to_vec()).bytes());
    place.file("a, b", alone(&tensors).bytes());
    let said = place.say(small(&["--init", "xavier", "--init-from", "a, b"]));
    assert_eq!((said.code, loss(&said)), (0, expected.clone()), "{said:?}");
    for file in ["alone", "one", "f64", "\"a, b\"", "'a, b'"] {
        let said = place.say(small(&["--init", "xavier", "--lane", &format!("plain:init-from={file}")]));
        assert_eq!((said.code, loss(&said)), (0, expected.clone()), "{file}: {said:?}");
        assert!(!said.err.contains("does not use"), "{said:?}");
    }
    // Numbers that both halves can hold exactly: 1 in f16 and in bf16.
    let ones = alone(&tensors).floats("F32", |_| 1.0_f32.to_le_bytes().to_vec());
    place.file("f32", ones.bytes());
    let expected = loss(&place.say(small(&["--lane", "plain:init-from=f32"])));
    place.file("f16", ones.clone().floats("F16", |_| 0x3c00_u16.to_le_bytes().to_vec()).bytes());
    place.file("bf16", ones.floats("BF16", |_| 0x3f80_u16.to_le_bytes().to_vec()).bytes());
    for file in ["f16", "bf16"] {
        let said = place.say(small(&["--lane", &format!("plain:init-from={file}")]));
        assert_eq!((said.code, loss(&said)), (0, expected.clone()), "{file}: {said:?}");
    }
}

#[test]
fn what_a_file_holds_beyond_the_lane_is_named_and_nan_is_a_number() {
    let (place, tensors) = dumped();
    let mut more = alone(&tensors);
    more.set("extra", Tensor { kind: "I64", shape: vec![1], bytes: vec![0; 8] });
    more.set("\u{1b}[31m", Tensor { kind: "F32", shape: vec![1], bytes: vec![0; 4] });
    place.file("more", more.bytes());
    let said = place.say(small(&["--lane", "plain:init-from=more"]));
    assert_eq!(said.code, 0, "{said:?}");
    let words = "nablatop: lane 'plain' does not use extra, \u{fffd}[31m of more\n";
    assert!(said.err.contains(words), "{said:?}");

    let nan = tensors.floats("F32", |_| f32::NAN.to_le_bytes().to_vec());
    place.file("nan", nan.bytes());
    let said = place.say(small(&["--init-from", "nan"]));
    assert_eq!((said.code, loss(&said).as_str()), (3, "NaN"), "{said:?}");
}

#[test]
fn the_file_is_a_setting_like_any_other_and_theory_says_nothing_of_its_weights() {
    let (place, _) = dumped();
    let words = ["--lane", "plain", "--lane", "residual:init-from=dump", "--print-config"];
    let printed = place.say(words);
    assert!(printed.out.contains("init-from = \"off\""), "{printed:?}");
    assert!(printed.out.contains("residual:name=residual,init-from=dump"), "{printed:?}");
    place.file("run.toml", &printed.out);
    assert_eq!(place.say(["--config", "run.toml", "--print-config"]).out, printed.out);
    let mut command = place.command(["--print-config"]);
    let said = Said::of(&command.env("NABLATOP_INIT_FROM", "a/b:c.safetensors").output().unwrap());
    assert!(said.out.contains("init-from = \"a/b:c.safetensors\""), "{said:?}");
    let said = place.say(small(&["--lanes", "plain,residual:init-from=./dump,name=a"]));
    assert_eq!(said.code, 1, "{said:?}");
    let said = place.say(small(&["--lanes", "plain,residual:init-from=./dump"]));
    assert_eq!(said.code, 0, "{said:?}");
}
