//! Every preset's claims hold for its own trace: in full if there is time, and always in a short form with the same
//! claims and bounds, which is narrower, less deep, or has smaller batches or fewer steps, as far as each lane needs.

use std::sync::LazyLock;

use nablatop::config::draft::{Draft, Origin};
use nablatop::config::{Measure, RunConfig};
use nablatop::preset::{Claim, PRESETS, Preset};

use super::recording::Recording;

/// A run of some lanes of a preset, all where none is named, with other settings.
type Short = (&'static [&'static str], &'static [(&'static str, &'static str)]);

const DIFFUSION_SKIPS: Short = (&[], &[("batch", "16")]);

/// The run of its short form, of which [`super::diffusion`] claims more.
pub(crate) static DIFFUSION: LazyLock<Recording> =
    LazyLock::new(|| Recording::of(config(Preset::find("diffusion-skips").expect("a preset"), DIFFUSION_SKIPS)));

/// The run of a preset with other settings.
fn config(preset: &Preset, (lanes, settings): Short) -> RunConfig {
    let mut draft = Draft::new();
    preset.write(&mut draft).expect("settings");
    for (key, value) in settings {
        draft.set(Origin::Flag, key, value).expect("a setting");
    }
    let mut config = draft.finish().expect("good");
    if !lanes.is_empty() {
        config.lanes.retain(|lane| lanes.contains(&lane.name.as_str()));
        assert_eq!(config.lanes.len(), lanes.len());
    }
    // The first step is measured either way, and no more is claimed of the layers.
    (config.measure, config.detail, config.histograms, config.flight) = (Measure::Every(1000), None, None, None);
    config
}

/// Each claim of the preset in the one of the runs that has its lane.
fn bears_out(name: &str, runs: &[Short]) {
    let preset = Preset::find(name).expect("a preset");
    let mut left = preset.claims();
    for short in runs {
        let own;
        let run = if (name, *short) == ("diffusion-skips", DIFFUSION_SKIPS) {
            &*DIFFUSION
        } else {
            own = Recording::of(config(preset, *short));
            &own
        };
        let header = run.header();
        left.retain(|text| {
            let claim: Claim = text.parse().expect("a claim");
            let Some(lane) = header.lanes.iter().position(|lane| lane.name == claim.lane) else { return true };
            let value = claim.figure.of(&header.lanes[lane], &header.quantities, &run.steps(lane));
            let value = value.unwrap_or_else(|| panic!("{name}: {text}: no value"));
            println!("{name}: {text}: {value:.4}");
            assert!(claim.holds(value), "{name}: {text}: it is {value}");
            false
        });
    }
    assert!(left.is_empty(), "{name}: no run has the lanes of {left:?}");
}

#[test]
#[ignore = "some minutes"]
fn what_all_presets_claim_holds_as_they_stand() {
    for preset in PRESETS {
        bears_out(preset.name, &[(&[], &[])]);
    }
}

/// A test for each, that they run beside each other, and the list of all.
macro_rules! in_short {
    ($($test:ident: $name:literal, $runs:expr;)+) => {
        $(#[test]
        fn $test() {
            bears_out($name, $runs);
        })+

        #[test]
        fn no_preset_is_left_out() {
            let mut named = [$($name),+];
            let mut all: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
            named.sort_unstable();
            all.sort_unstable();
            assert_eq!(named[..], all);
        }
    };
}

in_short! {
    vanishing_50: "vanishing-50", &[(&[], &[("steps", "200")])];
    batchnorm_explodes: "batchnorm-explodes", &[(&[], &[("steps", "1")])];
    plain_56_vs_resnet_56: "plain-56-vs-resnet-56", &[
        (&["plain"], &[("width", "4"), ("batch", "8"), ("steps", "100")]),
        (&["residual"], &[("width", "4"), ("batch", "16"), ("steps", "100")]),
    ];
    vgg19_vs_resnet152: "vgg19-vs-resnet152", &[
        (&["vgg-19"], &[("width", "8")]),
        (&["plain-152"], &[("width", "2"), ("batch", "8"), ("steps", "40")]),
        (&["resnet-152"], &[("width", "2"), ("batch", "16"), ("steps", "40")]),
    ];
    dense_40_vs_plain: "dense-40-vs-plain", &[(&["plain"], &[("batch", "8")]), (&["residual"], &[("batch", "16")])];
    highway_100: "highway-100", &[(&[], &[("width", "32"), ("steps", "120")])];
    thousand_layers: "thousand-layers", &[
        (&["plain"], &[("width", "32"), ("batch", "16")]),
        (&["residual"], &[("batch", "24")]),
    ];
    rezero_vs_plain_1000: "rezero-vs-plain-1000", &[
        (&["plain"], &[("width", "32"), ("batch", "16")]),
        (&["rezero"], &[("batch", "24")]),
    ];
    cures_1000: "cures-1000", &[(&[], &[("depth", "300"), ("width", "32")])];
    orthogonal_tanh_10000: "orthogonal-tanh-10000", &[(&[], &[("width", "8"), ("batch", "4"), ("steps", "1")])];
    pre_vs_post_ln_100: "pre-vs-post-ln-100", &[(&[], &[("depth", "32"), ("batch", "8"), ("steps", "120")])];
    diffusion_skips: "diffusion-skips", &[DIFFUSION_SKIPS];
}
