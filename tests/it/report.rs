//! Claims about what is exported from a trace.

use std::sync::Arc;

use gradtop::event::Event;
use gradtop::quantity::Quantity;
use gradtop::report;
use gradtop::trace::TraceError;

use crate::specimen;

fn table(events: Vec<Event>) -> String {
    let mut out = Vec::new();
    report::csv::write(events.into_iter().map(Ok::<Event, TraceError>), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_long_table_has_a_row_per_value_and_none_for_what_is_absent() {
    let header = specimen::header(vec![specimen::lane("plain", 1)], &[Quantity::SignalNorm, Quantity::Gain]);
    let cells = [[None, Some(1e-20), Some(f32::NAN)], [None, Some(f32::NEG_INFINITY), Some(0.1)]];
    let mut record = specimen::record(0, 7, specimen::grid(&header, 0, |row, layer| cells[row][layer]));
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
plain,7,1,blocks.0,signal_norm,1e-20
plain,7,2,head,signal_norm,NaN
plain,7,1,blocks.0,gain,-inf
plain,7,2,head,gain,0.1
";
    assert_eq!(table, expected);
}

#[test]
fn names_with_commas_and_quotes_stay_one_field() {
    let header = specimen::header(vec![specimen::lane("a \"b\", c", 0)], &[]);
    let events = specimen::run(&header, 1);
    let table = table(events);
    assert!(table.lines().skip(1).all(|line| line.starts_with("\"a \"\"b\"\", c\",1,,,")), "{table}");
    assert!(table.ends_with(",,eval_loss,0.5\n\"a \"\"b\"\", c\",1,,,eval_accuracy,0.875\n"));
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
    let header = specimen::header(vec![specimen::lane("plain", 50)], Quantity::ALL);
    let events = specimen::run(&header, 20).into_iter().map(Ok::<Event, TraceError>);
    let error = report::csv::write(events, Full).unwrap_err();
    let report::ExportError::Write(cause) = &error else { panic!("{error}") };
    assert_eq!(cause.kind(), std::io::ErrorKind::BrokenPipe);
}
