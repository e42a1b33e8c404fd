use std::io::Write;

use super::*;
use crate::config::{Bias, FamilySettings, Length, Norm, Order};

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("temporary file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

/// The settings that are read back from what is printed of these.
fn reread(config: &RunConfig) -> RunConfig {
    let printed = file(&Commented(config).to_string());
    let mut draft = Draft::new();
    draft.read_file(printed.path()).expect("reads back");
    draft.finish().expect("good")
}

fn problem(text: &str) -> String {
    let file = file(text);
    let mut draft = Draft::new();
    let error = draft.read_file(file.path()).and_then(|()| draft.finish().map(drop)).expect_err("refused");
    error.to_string().replace(&file.path().display().to_string(), "run.toml")
}

fn variables(pairs: &[(&str, &str)]) -> impl Iterator<Item = (OsString, OsString)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect::<Vec<_>>().into_iter()
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let file = file("depth = 10\nwidth = 16\nlr = 1e-2\nepochs = 3\n");
    let mut draft = Draft::new();
    draft.read_file(file.path()).expect("good");
    draft
        .read_environment(variables(&[("NABLATOP_WIDTH", "32"), ("NABLATOP_LR", "0.5"), ("PATH", "/")]), &[])
        .expect("good");
    draft.set(Origin::Flag, "lr", "0.25").expect("known");
    draft.set(Origin::Flag, "steps", "7").expect("known");
    let config = draft.finish().expect("good");
    let lane = &config.lanes[0];
    assert_eq!((lane.depth, lane.width, lane.lr, config.length), (10, 32, 0.25, Length::Steps(7)));
    assert_eq!(lane.epsilon, 1e-8);
}

#[test]
fn unknown_keys_and_bad_values_are_named_with_their_place() {
    assert_eq!(problem("\ndepht = 3\n"), "run.toml:2: there is no setting 'depht': did you mean 'depth'?");
    assert_eq!(problem("depth = 0\n"), "run.toml:1: depth: '0' is not a whole number from 1 to 10000: write e.g. 50");
    assert!(problem("depth = \n").starts_with("run.toml:1: not valid TOML"));
    assert!(problem("depth = [1]\n").contains("write one word or decimal number"));
    assert_eq!(problem("steps = 3\nepochs = 1\n"), "run.toml:2: steps and epochs are both given: write one of them");
    assert!(problem("depth = 0x10\n").contains("write one word or decimal number"));
    assert!(problem("lanes = \"plain\"\n").contains("write a list"));
    assert!(
        problem("lanes = [\"plian\"]\n")
            .contains("run.toml:1: 'plian' is unknown: did you mean 'plain'? It is one of plain, residual")
    );
    let mut draft = Draft::new();
    let error = draft.read_environment(variables(&[("NABLATOP_DEPT", "3")]), &[]).expect_err("refused");
    assert_eq!(error.to_string(), "NABLATOP_DEPT: there is no setting 'dept': did you mean 'depth'?");
    draft.read_environment(variables(&[("NABLATOP_CONFIG", "x")]), &["CONFIG"]).expect("reserved");
    draft.read_environment(variables(&[("NABLATOP_STEPS", ""), ("NABLATOP_LANES", "")]), &[]).expect("unset");
    assert_eq!(draft.finish().expect("good"), RunConfig::default());
}

#[test]
fn lanes_are_counted_and_their_names_compared() {
    let mut draft = Draft::new();
    draft.set_lanes(Origin::Flag, vec!["plain".to_owned(); 9]);
    assert_eq!(
        draft.finish().expect_err("too many").to_string(),
        "--lanes: 9 lanes: write 1 to 8, such as plain,residual"
    );
    draft.set_lanes(Origin::Flag, vec!["plain:name=a".to_owned(), "residual:name=a".to_owned()]);
    assert!(draft.finish().expect_err("same name").to_string().contains("two lanes are called 'a'"));
}

#[test]
fn a_list_of_lanes_is_split_where_a_lane_begins() {
    assert_eq!(
        split_lanes("plain,residual:norm=layer,branch-scale=0.1,plain:depth=3"),
        ["plain", "residual:norm=layer,branch-scale=0.1", "plain:depth=3"]
    );
    assert_eq!(split_lanes("plain:init-from=\"a,b\",depth=3,plain"), ["plain:init-from=\"a,b\",depth=3", "plain"]);
}

#[test]
fn the_scale_of_branches_is_printed_for_lanes_that_have_one() {
    let mut draft = Draft::new();
    draft.set_lanes(Origin::Flag, vec!["residual:branch-scale=0.1".to_owned(), "plain".to_owned()]);
    let printed = file(&Commented(&draft.finish().expect("good")).to_string());
    let mut again = Draft::new();
    again.read_file(printed.path()).expect("reads back");
    assert_eq!(
        Commented(&again.finish().expect("good")).to_string(),
        std::fs::read_to_string(printed.path()).expect("text")
    );
}

#[test]
fn the_printed_file_reads_back_to_the_same_settings() {
    let mut draft = Draft::new();
    draft.set_lanes(
        Origin::Flag,
        vec!["plain".to_owned(), "residual:norm=layer,clip=1.5,init=normal:0.1,init-from='a,b'".to_owned()],
    );
    draft.set(Origin::Flag, "data", "csv:a \"b\".csv").expect("known");
    let config = draft.finish().expect("good");
    assert_eq!(config.lanes[1].norm, Norm::Layer);
    assert_eq!(reread(&config), config);
    // Names of files that look like numbers, of which TOML has only the last as it is.
    for name in ["007", ".5", "5.", "7"] {
        let mut draft = Draft::new();
        draft.set(Origin::Flag, "init-from", name).expect("known");
        let config = draft.finish().expect("good");
        assert_eq!(reread(&config), config, "{name}");
    }
}

#[test]
fn what_no_lane_has_a_use_for_is_refused_where_it_was_typed_and_passed_over_in_a_file() {
    let finish = |origin: fn() -> Origin, values: &[(&str, &str)], lanes: &[&str]| {
        let mut draft = Draft::new();
        for (key, value) in values {
            draft.set(origin(), key, value).expect("a setting");
        }
        draft.set_lane_flags(lanes.iter().map(|lane| (*lane).to_owned()).collect());
        draft.finish().map(drop).map_err(|error| error.to_string())
    };
    let flag = || Origin::Flag;
    let words = "--heads: applies only to transformer; the model is mlp: leave it out";
    assert_eq!(finish(flag, &[("heads", "2")], &["plain"]), Err(words.to_owned()));
    let mixed = ["plain", "residual:model=transformer,width=8"];
    assert!(finish(flag, &[("heads", "2"), ("data", "digits")], &mixed).unwrap_err().contains("reads text"));
    assert_eq!(finish(|| Origin::Environment, &[("heads", "2")], &["plain"]), Ok(()));
    let words = "--lane: bias: applies only to mlp, transformer; the model is resnet: leave it out";
    let lane = "residual:model=resnet,bias=off";
    assert_eq!(finish(flag, &[], &[lane]), Err(words.to_owned()));
    let words = "--context: applies only to text; the data are digits: leave it out";
    assert_eq!(finish(flag, &[("context", "8")], &["plain"]), Err(words.to_owned()));
    assert!(finish(flag, &[("image-size", "8")], &["plain"]).unwrap_err().contains("applies only to image-folder"));
}

#[test]
fn what_does_not_go_with_a_default_is_blamed_on_what_was_written() {
    let said = |values: &[(&str, &str)], lanes: &[&str]| {
        let mut draft = Draft::new();
        for (key, value) in values {
            draft.set(Origin::Flag, key, value).expect("a setting");
        }
        if !lanes.is_empty() {
            draft.set_lane_flags(lanes.iter().map(|lane| (*lane).to_owned()).collect());
        }
        draft.finish().map(drop).map_err(|error| error.to_string()).unwrap_err()
    };
    let words = "4 heads cannot share a width of 63: write --heads 1 or 3 or 7 or 9, or --width 60 or 64";
    let (transformer, width) = (("model", "transformer"), ("width", "63"));
    assert_eq!(said(&[transformer, width], &[]), format!("--width: {words}"));
    assert_eq!(said(&[transformer, width, ("heads", "4")], &[]), format!("--heads: {words}"));
    assert_eq!(said(&[transformer], &["plain:width=63"]), format!("--lane: {words}"));
    let rotary = said(&[transformer, ("width", "64"), ("heads", "64"), ("positions", "rotary")], &[]);
    assert!(rotary.starts_with("--heads: 64 heads cannot share a width of 64, in pairs"), "{rotary}");
    let form = said(&[("model", "resnet"), ("form", "imagenet")], &[]);
    assert!(form.starts_with("--form: resnet of the imagenet form has no depth "), "{form}");
    let mut draft = Draft::new();
    draft.set(Origin::Preset("some"), "heads", "4").expect("a setting");
    draft.set(Origin::Flag, "model", "transformer").expect("a setting");
    draft.set(Origin::Flag, "width", "63").expect("a setting");
    assert_eq!(draft.finish().unwrap_err().to_string(), format!("--width: {words}"));
}

#[test]
fn a_lane_of_another_family_keeps_what_is_written_for_its_own() {
    let mut draft = Draft::new();
    for (key, value) in [("model", "transformer"), ("order", "post"), ("heads", "2"), ("data", "digits")] {
        draft.set(Origin::Environment, key, value).expect("a setting");
    }
    draft.set_lanes(Origin::Environment, vec!["plain:model=mlp".to_owned(), "residual:model=vgg".to_owned()]);
    let config = draft.finish().expect("good");
    assert_eq!(config.lanes[0].family, FamilySettings::Mlp { order: Order::Post, bias: Bias::On });
    assert_eq!(config.lanes[1].family, Model::Vgg.into());
    assert_eq!(reread(&config), config);
}

#[test]
fn lanes_of_every_wiring_and_family_read_back_from_what_is_printed() {
    for lanes in [
        ["residual:branch-scale=0.1", "plain", "rezero"],
        ["residual:branch-scale=0.1", "residual:model=highway,name=gates", "fixup:depth=3"],
        ["plain:order=post", "residual:model=vgg,depth=11", "residual:model=resnet,depth=16,form=wide"],
    ] {
        let mut draft = Draft::new();
        draft.set_lanes(Origin::Environment, lanes.map(str::to_owned).to_vec());
        let config = draft.finish().expect("good");
        assert_eq!(reread(&config), config, "{lanes:?}");
    }
}

#[test]
fn a_lanes_own_setting_that_it_has_no_place_for_is_refused_from_a_file_too() {
    assert_eq!(
        problem("lanes = [\"plain:heads=8\"]"),
        "run.toml:1: heads: applies only to transformer; the model is mlp: leave it out"
    );
    let words = problem("lanes = [\"plain:branch-scale=0.5\"]");
    assert!(
        words.ends_with("branch-scale: applies only to residual lanes; the lane is plain: leave it out"),
        "{words}"
    );
}

#[test]
fn what_is_printed_names_the_default_of_a_setting_of_other_families() {
    let printed = Commented(&RunConfig::default()).to_string();
    for line in ["# heads = 4", "# form = \"cifar\"", "# long-skips = \"on\"", "order = \"pre\"", "branch-scale = 1"] {
        assert!(printed.lines().any(|printed| printed == line), "{line} in {printed}");
    }
}
