//! One form of each family, forward and backward, in NumPy in f64: the scripts of the documentation, which share
//! nothing with the program, are compared with a small run of it.

use std::path::Path;

use nablatop::quantity::Quantity;
use serde_json::Value;

use super::{losses, traced};
use crate::logging::events;
use crate::program::{Place, Said, python};
use crate::recording::row;

/// What the values may differ by; a cosine by this itself.
const TOLERANCE: f64 = 1e-5;
/// What the backward pass computes.
const COMPARED: [Quantity; 6] = [
    Quantity::GradNorm,
    Quantity::SignalNorm,
    Quantity::IdentityNorm,
    Quantity::BranchNorm,
    Quantity::ChannelCosine,
    Quantity::LongSkipNorm,
];
/// Family, lane, size.
const FORMS: [(&str, &str, &str); 9] = [
    ("mlp", "residual", "--depth 6"),
    ("mlp", "hyper-connections", "--depth 6 --lr 0.02"),
    ("highway", "residual", "--depth 6"),
    ("vgg", "plain", "--depth 11"),
    ("resnet", "residual", "--depth 8"),
    ("preresnet", "residual", "--depth 11"),
    ("dense", "residual", "--depth 7"),
    ("transformer", "residual", "--depth 2 --context 16"),
    ("diffusion", "residual", "--depth 14 --width 8"),
];

/// What a script of the documentation prints of a lane of a dumped step.
fn printed(script: &str, file: &Path, lane: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(script);
    // -B: nothing is written into the source's folder.
    let said = Said::of(&python().arg("-B").arg(script).arg(file).arg(lane).output().unwrap());
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    said.out
}

#[test]
fn loss_gradients_signals_and_channels_of_every_family_are_those_that_numpy_computes() {
    for (model, lane, more) in FORMS {
        let place = Place::new();
        let common = ["--batch", "8", "--detail", "off", "--lanes", lane, "--model", model, "--dump", "3:x"];
        let more: Vec<&str> = more.split(' ').collect();
        let losses = losses(&place, "run", &[&common[..], &["--steps", "3"], &more[..]].concat());
        let loss = f64::from(f32::from_bits(losses[2][0]));
        let forward: f64 = printed("forward.py", &place.path("x"), lane).trim().parse().expect("a number");
        let backward: Value = serde_json::from_str(&printed("backward.py", &place.path("x"), lane)).expect("JSON");
        for computed in [forward, backward["loss"].as_f64().expect("a number")] {
            assert!((computed / loss - 1.0).abs() < TOLERANCE, "{model}: {computed} instead of {loss}");
        }
        let events = events(&place.path("run"));
        let mut worst = 0.0_f64;
        for quantity in COMPARED {
            let computed = backward[quantity.to_string()].as_array().expect("a row");
            let shown = row(traced(&events, 3)[0], quantity);
            assert_eq!(shown.len(), computed.len());
            for (layer, (shown, computed)) in shown.iter().zip(computed).enumerate() {
                let what = format!("{model}: {quantity} of layer {layer}");
                let (Some(shown), Some(computed)) = (shown.map(f64::from), computed.as_f64()) else {
                    assert!(shown.is_none() && computed.is_null(), "{what}: {shown:?} instead of {computed}");
                    continue;
                };
                let scale = if quantity == Quantity::ChannelCosine { 1.0 } else { computed };
                let error = (shown - computed).abs() / scale;
                assert!(error < TOLERANCE, "{what}: {shown} instead of {computed}");
                worst = worst.max(error);
            }
        }
        println!("{model}: largest error {worst:.1e}");
    }
}
