//! `nablatop check`: the exit codes of a gate, and what it says.

use super::assert_refused;
use crate::program::Place;

fn trained() -> Place {
    let place = Place::new();
    let run = ["run", "--headless", "--steps", "5", "--log", "run"];
    assert_eq!(place.say(run).code, 0);
    place
}

#[test]
fn the_default_run_is_ill_in_its_plain_lane_from_the_first_step_and_healthy_in_the_other() {
    let place = trained();
    let said = place.say(["check", "run"]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!((said.code, lines.len(), said.err.as_str()), (1, 2, ""), "{}", said.out);
    assert!(lines[0].starts_with("plain     warning: vanishing since step 1, block 1 to block "), "{}", lines[0]);
    assert_eq!(lines[1], "residual  healthy: no rule finds anything");
    for (flags, code) in [
        (["--fail-on", "error"], 0),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "exploding,non-finite"], 0),
        (["--fail-on", "exploding,vanishing"], 1),
        (["--ignore", "vanishing"], 0),
    ] {
        assert_eq!(place.say([&["check", "run"], &flags[..]].concat()).code, code, "{flags:?}");
    }
}

#[test]
fn findings_are_json_for_a_program() {
    let place = trained();
    let said = place.say(["check", "run", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!((said.code, found.as_array().map(Vec::len)), (1, Some(1)));
    let finding = &found[0];
    let words = ["trace", "rule", "severity", "lane"].map(|key| finding[key].as_str().expect("a word"));
    assert_eq!(words, ["run", "vanishing", "warning", "plain"]);
    assert_eq!((finding["from"].as_u64(), finding["to"].as_u64()), (Some(1), None));
    assert_eq!((finding["rows"][0].as_str(), finding["figures"][0]["limit"].as_f64()), (Some("block 1"), Some(1e-3)));
    let healthy = place.say(["check", "run", "--format", "json", "--ignore", "vanishing"]);
    assert_eq!((healthy.code, healthy.out.as_str()), (0, "[]\n"));
}

#[test]
fn a_gate_that_cannot_judge_is_no_pass() {
    let place = Place::new();
    let run = ["run", "--headless", "--steps", "3", "--depth", "1", "--log", "run"];
    assert_eq!(place.say(run).code, 0);
    assert_eq!(place.say(["check", "run"]).code, 0);
    let said = place.say(["check", "run", "--fail-on", "vanishing"]);
    assert!(
        said.err.contains("run: vanishing cannot judge lane 'plain': there are fewer than two blocks"),
        "{}",
        said.err
    );
    assert_eq!(said.code, 2);
    let trace = std::fs::read_to_string(place.path("run").join("trace.jsonl")).expect("readable");
    place.file("begun", format!("{}\n", trace.lines().next().expect("a header")));
    let said = place.say(["check", "begun"]);
    assert!(
        said.err.contains("begun: no rule can judge lane 'plain': no step was measured yet; record"),
        "{}",
        said.err
    );
    assert_eq!(said.code, 2);
    let said = place.say(["check", "run", "nowhere", "--fail-on", "vanishing"]);
    assert!(said.code == 2 && said.err.contains("there is no trace at nowhere"), "{}", said.err);
    let unknown = "is unknown: did you mean 'vanishing'? It is one of";
    let rules = "non-finite, vanishing, exploding";
    assert_refused(
        &place,
        &[
            (
                &["check", "run", "--fail-on", "vanish"],
                2,
                &format!("--fail-on: 'vanish' {unknown} warning, error, {rules}"),
            ),
            (&["check", "run", "--ignore", "vanish"], 2, &format!("--ignore: 'vanish' {unknown} {rules}")),
        ],
    );
}
