//! Every preset's claims hold of its own trace.

use gradtop::config::Measure;
use gradtop::config::draft::Draft;
use gradtop::preset::{Claim, PRESETS, Preset};

use super::recording::Recording;

fn bears_out(name: &str) {
    let preset = Preset::find(name).expect("a preset");
    let mut draft = Draft::new();
    preset.write(&mut draft).expect("settings");
    // The first step is measured either way, and no more is claimed of the layers.
    let mut config = draft.finish().expect("good");
    (config.measure, config.detail, config.histograms, config.flight) = (Measure::Every(1000), None, None, None);
    let run = Recording::of(config);
    for text in preset.claims() {
        let claim: Claim = text.parse().expect("a claim");
        let header = run.header();
        let lane = header.lanes.iter().position(|lane| lane.name == claim.lane).expect("its lane");
        let value = claim.figure.of(&header.lanes[lane], &header.quantities, &run.steps(lane));
        let value = value.unwrap_or_else(|| panic!("{name}: {text}: no value"));
        println!("{name}: {text}: {value:.4}");
        assert!(claim.holds(value), "{name}: {text}: it is {value}");
    }
}

/// The slow ones have tests of their own.
const SLOW: &[&str] = &[
    "vgg19-vs-resnet152",
    "cures-1000",
    "thousand-layers",
    "dense-40-vs-plain",
    "orthogonal-tanh-10000",
    "pre-vs-post-ln-100",
    "diffusion-skips",
];

#[test]
fn what_the_quick_presets_claim_holds() {
    for preset in PRESETS.iter().filter(|preset| !SLOW.contains(&preset.name)) {
        bears_out(preset.name);
    }
}

#[test]
#[ignore = "some minutes"]
fn what_the_slow_presets_claim_holds() {
    for name in SLOW {
        bears_out(name);
    }
}
