//! Claims about what is exported from a trace.

use std::collections::BTreeSet;
use std::sync::Arc;

use nablatop::event::{Event, StepRecord};
use nablatop::glossary::GlossaryEntry;
use nablatop::grid::Grid;
use nablatop::history::{History, Scalar};
use nablatop::quantity::Quantity;
use nablatop::report::csv::Rows;
use nablatop::report::{self, Size};
use nablatop::trace::{self, OnExisting, TraceError, Writer};
use nablatop::units::{LayerId, Step};

use crate::fixture;

fn table(events: Vec<Event>) -> String {
    let mut out = Vec::new();
    report::csv::write(events.into_iter().map(Ok::<Event, TraceError>), Rows::All, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_long_table_has_a_row_per_value_and_none_for_what_is_absent() {
    let header = fixture::header(vec![fixture::lane("plain", 1)], &[Quantity::SignalNorm, Quantity::Gain]);
    let cells = [[None, Some(1e-20), Some(f32::NAN)], [None, Some(f32::NEG_INFINITY), Some(0.1)]];
    let mut record = fixture::record(0, 7, fixture::grid(&header, 0, |row, layer| cells[row][layer]));
    record.accuracy = None;
    record.global_grad_norm = Some(f32::INFINITY);
    let table = table(vec![Event::RunStarted(header), Event::Step(Arc::new(record))]);
    let expected = "\
lane,step,layer,path,quantity,value
plain,7,,,loss,7.0
plain,7,,,learning_rate,0.001
plain,7,,,global_grad_norm,inf
plain,7,,,step_ns,1000000
plain,7,,,measure_ns,10000
plain,7,,,first_last,1.0
plain,7,1,blocks.0,signal_norm,1e-20
plain,7,2,head,signal_norm,NaN
plain,7,1,blocks.0,gain,-inf
plain,7,2,head,gain,0.1
";
    assert_eq!(table, expected);
}

#[test]
fn the_table_has_the_line_fitted_to_the_signal_of_every_measured_step() {
    let header = fixture::header(vec![fixture::lane("plain", 3)], &[Quantity::SignalNorm]);
    let cells = [None, Some(0.25), Some(0.5), Some(1.0), Some(9.0)];
    let record = fixture::record(0, 2, fixture::grid(&header, 0, |_, layer| cells[layer]));
    let mut unmeasured = record.clone();
    (unmeasured.step, unmeasured.values) = (Step(3), Grid::absent(0, 0));
    let steps = [record, unmeasured].map(|record| Event::Step(Arc::new(record)));
    let table = table([Event::RunStarted(header)].into_iter().chain(steps).collect());
    let of = |name: &str| {
        let rows = table.lines().filter_map(|line| line.strip_prefix(&format!("plain,2,,,{name},")));
        rows.map(|value| value.parse::<f64>().unwrap()).collect::<Vec<_>>()
    };
    for (name, value) in [("rho", 0.5), ("rho_r_squared", 1.0), ("attenuation", 0.25), ("first_last", 0.25)] {
        assert!(matches!(of(name).as_slice(), [found] if (found - value).abs() < 1e-12), "{name}: {table}");
        assert_eq!(table.matches(&format!(",{name},")).count(), 1, "unmeasured steps have no {name}");
    }
}

#[test]
fn the_table_of_one_quantity_has_nothing_else() {
    let header = fixture::header(vec![fixture::lane("plain", 1)], &[Quantity::SignalNorm, Quantity::Gain]);
    let events = fixture::run(&header, 3);
    let rows = |rows| {
        let mut out = Vec::new();
        report::csv::write(events.iter().cloned().map(Ok::<Event, TraceError>), rows, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let all = rows(Rows::All);
    let gains: Vec<&str> = all.lines().filter(|line| line.contains(",gain,") || line.starts_with("lane,")).collect();
    assert!(gains.len() > 3);
    assert_eq!(rows(Rows::Of(Quantity::Gain)).lines().collect::<Vec<_>>(), gains);
    let mut named = 0;
    for name in report::csv::names().filter(|name| Quantity::named(name).is_none()) {
        let wanted: Vec<&str> =
            all.lines().filter(|line| line.contains(&format!(",,,{name},")) || line.starts_with("lane,")).collect();
        assert_eq!(rows(Rows::Named(name)).lines().collect::<Vec<_>>(), wanted, "{name}");
        named += usize::from(wanted.len() > 1);
    }
    assert!(named > 8, "{named} names without a layer have rows in\n{all}");
}

#[test]
fn values_that_only_a_re_run_of_a_step_has_are_in_the_table_once_and_in_the_picture() {
    let quantities = [Quantity::SignalNorm, Quantity::StableRank];
    let header = fixture::header(vec![fixture::lane("plain", 1)], &quantities);
    let grid = |cells: [Option<f32>; 2]| fixture::grid(&header, 0, |row, _| cells[row]);
    let (first, again) = ([Some(0.1), None], [Some(0.1), Some(2.5)]);
    let mut unmeasured = fixture::record(0, 2, Grid::absent(0, 0));
    (unmeasured.accuracy, unmeasured.global_grad_norm) = (None, None);
    let step = |record| Event::Step(Arc::new(record));
    let recall = |step| Event::Rerun(Arc::new(fixture::record(0, step, grid(again))));
    let told = [step(fixture::record(0, 1, grid(first))), step(unmeasured)];
    let again = [recall(1), recall(2), recall(2), recall(9)];
    let events: Vec<Event> = [Event::RunStarted(Arc::clone(&header))].into_iter().chain(told).chain(again).collect();
    let table = table(events.clone());
    for step in [1, 2] {
        for name in ["loss", "accuracy", "global_grad_norm", "first_last"] {
            assert_eq!(table.matches(&format!("plain,{step},,,{name},")).count(), 1, "{table}");
        }
        for (name, value) in [("signal_norm", "0.1"), ("stable_rank", "2.5")] {
            let line = format!("plain,{step},1,blocks.0,{name},");
            assert_eq!(table.lines().filter_map(|row| row.strip_prefix(&line)).collect::<Vec<_>>(), [value], "{table}");
        }
    }
    assert!(!table.contains("plain,9,"));
    let in_table = |scalar, step: u64| {
        let name = match scalar {
            Scalar::Loss => "loss",
            Scalar::Accuracy => "accuracy",
            _ => "global_grad_norm",
        };
        let line = format!("plain,{step},,,{name},");
        let value = table.lines().find_map(|row| row.strip_prefix(&line)).expect("has a row");
        f64::from(value.parse::<f32>().expect("a number"))
    };
    // Through a file, as `view` and the pictures read it.
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::create(folder.path(), &header, OnExisting::Refuse).unwrap();
    events.iter().skip(1).for_each(|event| writer.write(event));
    drop(writer);
    let history = report::load(&mut trace::read(folder.path()).unwrap()).unwrap();
    let value = |quantity, step| history.lanes()[0].value(quantity, LayerId(1), Step(step));
    for step in [1, 2] {
        let found = [Quantity::SignalNorm, Quantity::StableRank].map(|quantity| value(quantity, step));
        assert_eq!(found, [Some(0.1), Some(2.5)]);
        for scalar in [Scalar::Loss, Scalar::Accuracy, Scalar::GlobalGradNorm] {
            let found = history.lanes()[0].scalar(scalar, step..step + 1, 1)[0].expect("told");
            assert_eq!((found.count, f64::from(found.last)), (1, in_table(scalar, step)), "{scalar:?} of {step}");
        }
    }
}

#[test]
fn names_with_commas_and_quotes_stay_one_field() {
    let header = fixture::header(vec![fixture::lane("a \"b\", c", 0)], &[]);
    let events = fixture::run(&header, 1);
    let table = table(events);
    assert!(table.lines().skip(1).all(|line| line.starts_with("\"a \"\"b\"\", c\",1,,,")), "{table}");
    assert!(table.ends_with(",,eval_loss,0.5\n\"a \"\"b\"\", c\",1,,,eval_accuracy,0.875\n"));
}

#[test]
fn every_name_in_the_table_is_explained_and_every_row_that_an_explanation_names_is_there() {
    let header = fixture::header(vec![fixture::lane("plain", 4)], Quantity::ALL);
    let mut events = fixture::run(&header, 2);
    // One more step, in which the signal sinks below what an f32 holds.
    let sunk = fixture::grid(&header, 0, |_, layer| Some([1.0, 1e-40, 1e-20, 1e-10, 1.0, 1.0][layer]));
    let end = events.len() - 3;
    // A lane that clips.
    let (clip_scale, clip_rate) = (Some(0.5), Some(0.25));
    let sunk = StepRecord { clip_scale, clip_rate, ..fixture::record(0, 3, sunk) };
    events.insert(end, Event::Step(Arc::new(sunk)));
    let table = table(events);
    let names: BTreeSet<&str> = table.lines().skip(1).filter_map(|line| line.split(',').nth(4)).collect();
    for name in &names {
        let topic = GlossaryEntry::named(name).expect(name);
        assert_eq!(topic.term().rows, Some(*name));
    }
    assert_eq!(GlossaryEntry::all().filter_map(|topic| topic.term().rows).collect::<BTreeSet<_>>(), names);
}

#[test]
fn an_output_that_takes_no_more_is_an_error_and_no_panic() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let header = fixture::header(vec![fixture::lane("plain", 50)], Quantity::ALL);
    let events = fixture::run(&header, 20).into_iter().map(Ok::<Event, TraceError>);
    let error = report::csv::write(events, Rows::All, Full).unwrap_err();
    let report::ExportError::Write(cause) = &error else { panic!("{error}") };
    assert_eq!(cause.kind(), std::io::ErrorKind::BrokenPipe);
}

/// Two lanes of which one has every kind of special value.
fn history() -> History {
    let header = fixture::header(vec![fixture::lane("plain <&>", 8), fixture::lane("residual", 4)], Quantity::ALL);
    let mut history = History::new(Arc::clone(&header));
    for event in fixture::run(&header, 40) {
        history.push(&event);
    }
    for step in 41..=60 {
        let special = [None, Some(f32::NAN), Some(f32::INFINITY), Some(0.0), Some(1e-30)];
        let values = fixture::grid(&header, 0, |_, layer| special.get(layer).copied().unwrap_or(Some(1.0)));
        history.push(&Event::Step(Arc::new(fixture::record(0, step, values))));
    }
    history
}

/// Colours of a picture's pixels.
fn pixels(picture: &[u8]) -> ((u32, u32), std::collections::HashSet<[u8; 3]>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    ((info.width, info.height), bytes.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect())
}

#[test]
fn the_picture_has_a_colour_for_each_kind_of_value() {
    let history = history();
    let size = Size::for_lanes(2);
    let (shape, colors) = pixels(&report::png(&[&history], Quantity::SignalNorm, size).unwrap());
    assert_eq!(shape, (2 * size.width, 2 * size.height));
    let viridis = [[68, 1, 84], [253, 231, 37]];
    let special = [[0xe5, 0x24, 0x24], [0xff, 0x8f, 0xd8], [0, 0, 0], [0xdd, 0xdf, 0xe3]];
    assert!(viridis.iter().chain(&special).all(|color| colors.contains(color)));
}

#[test]
fn the_vector_picture_names_lanes_axes_scale_and_special_values_with_markup_escaped() {
    let text = report::svg(&[&history()], Quantity::SignalNorm, Size::for_lanes(2)).unwrap();
    for words in ["‖∂L/∂x‖", "plain &lt;&amp;&gt;", "residual", "stem", "head", "step", "10⁰", "NaN", "±∞", "exactly 0"]
    {
        assert!(text.contains(words), "{words}");
    }
    assert!(!text.contains("plain <&>"));
    assert_eq!(text.matches("<image ").count(), 3, "two lanes and the bar");
    assert!(text.trim_end().ends_with("</svg>"));
    assert!(text.len() < 200_000, "{} bytes", text.len());
}

#[test]
fn every_quantity_of_every_history_gives_a_picture() {
    let full = history();
    let empty = History::new(fixture::header(Vec::new(), &[]));
    let unstarted = History::new(fixture::header(vec![fixture::lane("bare", 0)], Quantity::ALL));
    let size = Size { width: 560, height: 260 };
    for quantity in Quantity::ALL {
        for histories in [&[][..], &[&empty], &[&unstarted], &[&full, &unstarted]] {
            report::svg(histories, *quantity, size).unwrap();
            report::png(histories, *quantity, size).unwrap();
        }
    }
}

#[test]
fn a_picture_without_room_says_so() {
    let history = history();
    for (width, height) in [(0, 0), (1, 1), (100, 5000), (5000, 100)] {
        let error = report::png(&[&history], Quantity::Gain, Size { width, height }).unwrap_err();
        assert!(error.to_string().contains("no room for 2 lanes"), "{error}");
    }
    let error = report::png(&[&history], Quantity::Gain, Size { width: u32::MAX, height: 1 }).unwrap_err();
    assert!(error.to_string().contains("too large"), "{error}");
}

#[test]
fn a_trace_is_loaded_as_its_last_run() {
    let folder = tempfile::tempdir().unwrap();
    let header = fixture::header(vec![fixture::lane("plain", 3)], Quantity::ALL);
    for (steps, on_existing) in [(9, OnExisting::Refuse), (4, OnExisting::Append)] {
        let mut writer = Writer::create(folder.path(), &header, on_existing).unwrap();
        fixture::run(&header, steps)[1..].iter().for_each(|event| writer.write(event));
    }
    let history = report::load(&mut trace::read(folder.path()).unwrap()).unwrap();
    assert_eq!(history.lanes()[0].last_step().map(|step| step.0), Some(4));
    assert!(report::closing(&history, None).starts_with("lane   outcome    step"));
}
