//! Claims about a dumped step: it can be recomputed without nablatop, and a run can start from it.

mod families;
mod file;

use std::path::Path;

use nablatop::config::{RunConfig, Wiring};
use nablatop::event::{Event, RunHeader, StepRecord};
use nablatop::quantity::Quantity;

use super::logging::events;
use super::program::{BACKENDS, Place, Said, python};
use super::recording::{loss, row};
use super::reference::stack::{Affine, Reference};
pub(crate) use file::{Tensor, Tensors};

/// What the recomputation may differ by.
const TOLERANCE: f64 = 1e-4;

/// A lane's loss and norms of its gradients, layer by layer.
struct Computed {
    lane: String,
    loss: f64,
    norms: Vec<f64>,
}

/// The lines of the page behind a mark, word for word.
fn lines(mark: &str) -> String {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recheck.md")).unwrap();
    let (_, rest) = page.split_once(&format!("<!-- {mark} -->\n```python\n")).expect("where the lines begin");
    rest.split_once("```\n").expect("where they end").0.to_owned()
}

fn in_python(file: &Path, config: &RunConfig) -> Vec<Computed> {
    let program = lines("recheck: what comes before") + &lines("recheck");
    let compute = |lane: &str| {
        let said = Said::of(&python().args(["-c", &program]).arg(file).arg(lane).output().unwrap());
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        let mut computed = Computed { lane: lane.to_owned(), loss: f64::NAN, norms: Vec::new() };
        for line in said.out.lines() {
            let [name, what, number] = line.split(' ').collect::<Vec<_>>().try_into().expect("three words");
            assert_eq!(name, lane);
            let number = number.parse().unwrap();
            if what == "loss" {
                computed.loss = number;
            } else {
                computed.norms.insert(0, number);
            }
        }
        computed
    };
    config.lanes.iter().map(|settings| compute(&settings.name)).collect()
}

fn in_rust(file: &Path, config: &RunConfig) -> Vec<Computed> {
    let tensors = Tensors::read(file);
    let (inputs, classes) = (tensors.numbers("batch/x"), tensors.numbers("batch/y"));
    let classes: Vec<usize> = classes.iter().map(|class| *class as usize).collect();
    let lane = |name: &str, depth: usize, wiring: Wiring| {
        let blocks = (0..depth).map(|block| format!("blocks.{block}"));
        let paths = std::iter::once("stem".to_owned()).chain(blocks).chain(std::iter::once("head".to_owned()));
        let layers = paths.map(|path| {
            let numbers = |kind: &str| tensors.numbers(&format!("{name}/param/{path}.{kind}"));
            Affine::new(numbers("weight"), numbers("bias"))
        });
        let gradients = Reference::new(layers.collect(), wiring).gradients(&inputs, &classes);
        Computed { lane: name.to_owned(), loss: gradients.loss, norms: gradients.norms() }
    };
    config.lanes.iter().map(|settings| lane(&settings.name, settings.depth, settings.wiring)).collect()
}

/// What the trace has of a step, lane by lane.
fn traced(events: &[Event], step: u64) -> Vec<&StepRecord> {
    let mut records: Vec<&StepRecord> = events
        .iter()
        .filter_map(|event| match event {
            Event::Step(record) if record.step.0 == step => Some(record.as_ref()),
            _ => None,
        })
        .collect();
    records.sort_by_key(|record| record.lane);
    records
}

fn header(events: &[Event]) -> &RunHeader {
    let found = events.iter().find_map(|event| if let Event::RunStarted(header) = event { Some(header) } else { None });
    found.expect("a header")
}

/// The largest relative difference from the trace.
fn largest_error(computed: &[Computed], events: &[Event], step: u64) -> f64 {
    let records = traced(events, step);
    assert_eq!(computed.len(), records.len());
    let mut largest = 0.0_f64;
    for (computed, record) in computed.iter().zip(records) {
        assert_eq!(computed.lane, header(events).lanes[record.lane.index()].name);
        let norms: Vec<f64> =
            row(record, Quantity::GradNorm).iter().map(|norm| f64::from(norm.expect("measured"))).collect();
        assert_eq!(computed.norms.len(), norms.len());
        largest = largest.max((computed.loss / f64::from(loss(record)) - 1.0).abs());
        for (computed, norm) in computed.norms.iter().zip(norms) {
            largest = largest.max((computed / norm - 1.0).abs());
        }
    }
    largest
}

/// A run that keeps its trace, and its losses lane by lane and step by step, bit by bit.
fn losses(place: &Place, log: &str, more: &[&str]) -> Vec<Vec<u32>> {
    let said = place.say(["run", "--headless", "--log", log].iter().chain(more));
    assert_eq!(said.code, 0, "{said:?}");
    let events = events(&place.path(log));
    let steps = (1..).map(|step| traced(&events, step)).take_while(|records| !records.is_empty());
    steps.map(|records| records.iter().map(|record| loss(record).to_bits()).collect()).collect()
}

#[test]
fn loss_and_gradient_norms_of_a_dumped_step_equal_those_computed_in_numpy() {
    for backend in BACKENDS {
        let place = Place::new();
        let arguments =
            ["--steps", "3", "--backend", backend, "--dump", "1:1.safetensors", "--dump", "3:3.safetensors"];
        let _ = losses(&place, "run", &arguments);
        let events = events(&place.path("run"));
        let config = RunConfig::read_from(header(&events)).expect("known").expect("settings");
        for step in [1, 3] {
            let file = place.path(&format!("{step}.safetensors"));
            let rust = largest_error(&in_rust(&file, &config), &events, step);
            println!("{backend} step {step}: f64 Rust {rust:.1e}");
            assert!(rust < TOLERANCE, "{rust:e}");
            let numpy = largest_error(&in_python(&file, &config), &events, step);
            println!("{backend} step {step}: NumPy {numpy:.1e}");
            assert!(numpy < TOLERANCE, "{numpy:e}");
        }
    }
}

#[test]
fn the_page_shows_ten_lines_that_fit_on_it() {
    let lines = lines("recheck");
    assert!(lines.lines().count() <= 10);
    assert!(lines.lines().all(|line| line.chars().count() <= 120 && !line.contains(';')));
}

#[test]
fn a_dump_holds_the_very_numbers_of_the_step() {
    for backend in BACKENDS {
        let place = Place::new();
        // Clipping comes after the gradients that are written down.
        let _ = losses(&place, "run", &["--steps", "3", "--backend", backend, "--clip", "1e-3", "--dump", "2:x"]);
        let events = events(&place.path("run"));
        let tensors = Tensors::read(&place.path("x"));
        for record in traced(&events, 2) {
            let lane = &header(&events).lanes[record.lane.index()];
            assert_eq!(tensors.numbers(&format!("{}/loss", lane.name)), [f64::from(loss(record))]);
            for (layer, norm) in lane.layers.layers.iter().zip(row(record, Quantity::GradNorm)) {
                let mut squares = 0.0;
                for parameter in &layer.parameters {
                    let gradient = tensors.get(&format!("{}/grad/{}", lane.name, parameter.path));
                    assert_eq!(gradient.shape, parameter.shape);
                    assert_eq!(tensors.get(&format!("{}/param/{}", lane.name, parameter.path)).shape, parameter.shape);
                    squares += gradient.numbers().iter().map(|value| value * value).sum::<f64>();
                }
                assert!(
                    (squares.sqrt() / f64::from(norm.expect("measured")) - 1.0).abs() < 1e-6,
                    "{backend} {}",
                    layer.path
                );
            }
        }
        let about = tensors.about();
        assert_eq!((&about["format"], &about["step"], &about["seed"]), (&1.into(), &2.into(), &1.into()));
        assert_eq!((about["backend"].as_str(), about["lanes"][1]["name"].as_str()), (Some(backend), Some("residual")));
        assert_eq!(about["nablatop"], env!("CARGO_PKG_VERSION"));
    }
}

#[test]
fn training_is_the_same_with_and_without_a_dump_and_a_run_from_its_weights_is_the_same_run() {
    for backend in BACKENDS {
        for norm in ["none", "layer", "batch"] {
            let place = Place::new();
            let common = ["--steps", "6", "--depth", "4", "--width", "16", "--batch", "32", "--norm", norm];
            let common = [&common[..], &["--clip", "0.5", "--backend", backend]].concat();
            let plain = losses(&place, "plain", &common);
            let arguments = [&common[..], &["--dump", "1:1.safetensors", "--dump", "4:4.safetensors"]].concat();
            assert_eq!(losses(&place, "dumped", &arguments), plain, "{backend} {norm}");
            // Another initialization, so that the weights can only come from the file.
            let again = [&common[..], &["--init", "xavier", "--init-from", "1.safetensors"]].concat();
            assert_eq!(losses(&place, "again", &again), plain, "{backend} {norm}");
            let same = [&common[..], &["--dump", "4:again.safetensors"]].concat();
            let _ = losses(&place, "same", &same);
            let [first, second] =
                ["4.safetensors", "again.safetensors"].map(|name| std::fs::read(place.path(name)).unwrap());
            assert!(first == second, "{backend} {norm}: the same step gives another file");
        }
    }
}

#[test]
fn a_lane_that_ended_before_the_step_is_missing_and_named() {
    let place = Place::new();
    let lanes = ["--lane", "plain:optimizer=sgd,lr=1e30", "--lane", "residual", "--depth", "3", "--width", "8"];
    let said = place.say(["--headless", "--steps", "9", "--dump", "8:x", "--dump", "1:y"].iter().chain(&lanes));
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("nablatop: wrote step 8 to x, without 1 of 2 lanes, which ended before\n"), "{said:?}");
    assert!(said.err.contains("nablatop: wrote step 1 to y\n"), "{said:?}");
    assert!(Tensors::read(&place.path("x")).names().all(|name| !name.starts_with("plain/")));
    assert!(Tensors::read(&place.path("y")).names().any(|name| name.starts_with("plain/")));
    let alone = ["--headless", "--steps", "9", "--dump", "8:z", "--lane", "plain:optimizer=sgd,lr=1e30"];
    let said = place.say(alone);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.err.contains("nablatop: no lane reached step 8: z was not written\n"), "{said:?}");
    assert!(!place.path("z").exists());
}
