//! The closing table: how each lane ended, what it learned, and how its depth changed the signal.
//!
//! ```text
//! lane      outcome    step   final loss  held out  per block  theory  first/last block
//! plain     completed  2,000  2.30        10.0 %    ×0.408     ×0.401  ×1.2e-19
//! residual  completed  2,000  0.00213     93.1 %    ×1.08      ×1.08   ×51.0
//! ```
//!
//! The theory is that of the initial weights: the geometric mean of the gain over the blocks. On a narrow terminal
//! whole columns are left out, the least important first, and sentences are wrapped between words, so that every number
//! is whole.

mod columns;

use super::signal::profile;
use crate::config::LaneConfig;
use crate::event::{LaneHeader, Outcome, RunHeader};
use crate::history::{History, LaneHistory};
use crate::number::{count, value};
use crate::profile::Profile;
use crate::text::{clean, clean_message, wrapped_lines};
use crate::theory::{self, NotApplicable, Prediction};

/// Stands for a missing value.
const NOTHING: &str = "–";

const COLUMNS: [&str; 5] = ["lane", "outcome", "step", "final loss", "held out"];
/// Indent of the further lines of a sentence.
const INDENT: usize = 2;

/// The table with a line per lane, and below it remarks on what the numbers alone would hide. It ends with a line
/// break.
///
/// Lines have at most `width` columns, if it is given; only a single word may be longer.
#[must_use]
pub fn closing(history: &History, width: Option<usize>) -> String {
    let header = history.header();
    let lanes: Vec<_> =
        header.lanes.iter().zip(history.lanes()).map(|(lane, steps)| Closed::of(header, lane, steps)).collect();
    let mut rows = vec![headings(header)];
    rows.extend(lanes.iter().map(row));
    let table = columns::table(rows, width.unwrap_or(usize::MAX));
    let mut sentences = String::new();
    let name = |lane: &LaneHeader| columns::shortened(&clean(&lane.name), width.map_or(usize::MAX, |width| width / 2));
    for lane in &lanes {
        for remark in remarks(lane) {
            sentences.extend([&name(lane.header), ": ", &remark, "\n"]);
        }
    }
    for note in history.notes() {
        if let Some(lane) = note.lane.and_then(|lane| header.lanes.get(lane.index())) {
            sentences.extend([&name(lane), ": ", &clean_message(&note.text), "\n"]);
        }
    }
    let data = header.data.as_deref().map(|data| format!("data {}\n", clean_message(data))).unwrap_or_default();
    let fitted = |text: String| width.map_or(text.clone(), |width| wrapped_lines(&text, width, INDENT));
    fitted(data) + &table + &fitted(sentences)
}

/// A lane and what is computed of it.
struct Closed<'a> {
    header: &'a LaneHeader,
    history: &'a LaneHistory,
    profile: Profile,
    theory: Result<Prediction, NotApplicable>,
}

impl<'a> Closed<'a> {
    fn of(run: &RunHeader, header: &'a LaneHeader, history: &'a LaneHistory) -> Self {
        let settings = LaneConfig::read_from(header).ok().flatten();
        let theory = theory::of_lane(settings.as_ref(), run, header, history);
        Self { header, history, profile: profile(run, header, history), theory }
    }
}

/// The headings of the columns; a model without blocks has layers in their place.
fn headings(header: &RunHeader) -> [String; 8] {
    let row = header.lanes.first().map_or("block", |lane| lane.layers.depth_word());
    let [lane, outcome, step, loss, held_out] = COLUMNS.map(str::to_owned);
    [lane, outcome, step, loss, held_out, format!("per {row}"), "theory".to_owned(), format!("first/last {row}")]
}

fn row(Closed { header, history, profile, theory }: &Closed<'_>) -> [String; 8] {
    let nothing = || NOTHING.to_owned();
    let theory = theory.as_ref().ok().and_then(Prediction::gain_per_block);
    let outcome = match history.end().map(|end| &end.outcome) {
        Some(Outcome::Completed) => "completed",
        Some(Outcome::Stopped) => "stopped",
        Some(Outcome::Diverged) => "diverged",
        Some(Outcome::Failed(_)) => "failed",
        None => NOTHING,
    };
    let held_out = history.evals().last().map(|eval| match eval.accuracy {
        Some(share) => format!("{:.1} %", 100.0 * share),
        None => format!("loss {}", value(f64::from(eval.loss))),
    });
    let step = history.last_step().map(|step| step.0);
    [
        clean(&header.name),
        outcome.to_owned(),
        step.map_or_else(nothing, count),
        history.latest().and_then(|record| record.loss).map_or_else(nothing, |loss| value(f64::from(loss))),
        held_out.unwrap_or_else(nothing),
        profile.fit.map_or_else(nothing, |fit| format!("×{}", value(fit.rho))),
        theory.map_or_else(nothing, |gain| format!("×{}", value(gain))),
        profile.first_last.map_or_else(nothing, |left| format!("×{}", value(left))),
    ]
}

/// Remarks on values that could not be fitted, on a missing theory, and on a lane that failed.
fn remarks(Closed { history, profile, theory, .. }: &Closed<'_>) -> Vec<String> {
    let Profile { blocks, zeros, non_finite, underflow, dead, .. } = *profile;
    let mut remarks = Vec::new();
    if let (Some(measured), Some(last)) = (history.record(None).map(|record| record.step), history.last_step())
        && measured < last
    {
        remarks.push(format!(
            "the layers were last measured at step {}: their values come from that step",
            count(measured.0)
        ));
    }
    if zeros > 0 {
        remarks.push(format!("the signal is exactly 0 in {} of {} blocks", count(zeros as u64), count(blocks as u64)));
    }
    if non_finite > 0 {
        remarks.push(format!(
            "the signal is NaN or infinite in {} of {} blocks",
            count(non_finite as u64),
            count(blocks as u64)
        ));
    }
    if let Some(block) = underflow {
        remarks.push(format!(
            "underflow at block {}: below 1.2e-38 an f32 loses precision and then becomes 0",
            count(block as u64)
        ));
    }
    if let Some(block) = dead {
        remarks.push(format!(
            "dead at block {}: the signal is exactly 0 although the block above is far from underflow, so every path is dead",
            count(block as u64)
        ));
    }
    if let Err(why) = theory {
        remarks.push(format!("no theory: {why}"));
    }
    if let Some(Outcome::Failed(message)) = history.end().map(|end| &end.outcome) {
        remarks.push(clean_message(message));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{EvalRecord, Event, LaneEnd};
    use crate::grid::{Grid, Value};
    use crate::layer::LayerKind;
    use crate::quantity::Quantity;
    use crate::trace::fixture;
    use crate::units::{LaneId, Step};

    fn ended(history: &mut History, lane: u16, outcome: Outcome) {
        history.push(&Event::LaneEnded(LaneEnd { lane: LaneId(lane), step: Step(1200), outcome }));
    }

    #[test]
    fn each_lane_has_its_line() {
        let header = fixture::header(vec![fixture::lane("plain", 9), fixture::lane("residual-2", 4)]);
        let mut history = History::new(Arc::clone(&header));
        history.push(&Event::Step(Arc::new(fixture::step(&header, 0, 1200))));
        history.push(&Event::Eval(EvalRecord {
            lane: LaneId(0),
            step: Step(1200),
            loss: 1.,
            accuracy: Some(0.931),
            rows: 9,
        }));
        ended(&mut history, 0, Outcome::Completed);
        ended(&mut history, 1, Outcome::Stopped);
        assert_eq!(
            closing(&history, None),
            "lane        outcome    step   final loss  held out  per block  theory  first/last block\n\
             plain       completed  1,200  2.00        93.1 %    ×0.500     –       ×0.00391\n\
             residual-2  stopped    –      –           –         –          –       –\n\
             plain: no theory: not a stack of nablatop\n\
             residual-2: no theory: not a stack of nablatop\n"
        );
    }

    #[test]
    fn on_a_narrow_terminal_columns_go_whole_and_sentences_break_between_words() {
        let lanes = vec![fixture::lane("plain", 1234), fixture::lane("residual-with-batchnorm-17", 1234)];
        let header = fixture::header(lanes);
        let mut history = History::new(Arc::clone(&header));
        history.push(&Event::Step(Arc::new(fixture::step(&header, 0, 1_234_567))));
        ended(&mut history, 0, Outcome::Failed("step 1,234,567 took 12.5 GB of 4.2 GB".to_owned()));
        let whole = closing(&history, None);
        let words: Vec<&str> = whole.split_whitespace().collect();
        for width in 20..140 {
            let text = closing(&history, Some(width));
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
            let is_whole = |word: &&str| words.contains(word) || word.trim_end_matches(':').ends_with('…');
            assert!(text.split_whitespace().all(|word| is_whole(&word)), "{width}:\n{text}");
        }
        for (width, columns) in [(80, 6), (60, 5), (30, 3)] {
            let text = closing(&history, Some(width));
            let head = text.lines().find(|line| line.starts_with("lane")).unwrap();
            let shown = headings(history.header()).iter().filter(|name| head.contains(name.as_str())).count();
            assert!(shown >= columns, "{width}:\n{text}");
        }
    }

    #[test]
    fn a_signal_that_is_nowhere_a_number_is_said_to_be_so() {
        let header = fixture::header(vec![fixture::lane("plain", 3)]);
        let mut history = History::new(Arc::clone(&header));
        let mut values = Grid::absent(header.quantities.len(), 5);
        let signal = [0.0, 0.0, f32::INFINITY];
        values
            .row_mut(Quantity::SignalNorm as usize)
            .iter_mut()
            .skip(1)
            .zip(signal)
            .for_each(|(cell, value)| *cell = Value::new(value));
        history.push(&Event::Step(Arc::new(crate::event::StepRecord { values, ..fixture::step(&header, 0, 7) })));
        let text = closing(&history, None);
        for words in ["exactly 0 in 2 of 3 blocks", "NaN or infinite in 1 of 3 blocks", "dead at block 2: "] {
            assert!(text.contains(words), "{text}");
        }
    }

    #[test]
    fn theory_stands_beside_what_was_fitted() {
        let mut header = (*fixture::header(vec![fixture::lane("plain", 4)])).clone();
        let lane = crate::config::LaneConfig { depth: 4, ..Default::default() };
        crate::config::RunConfig { lanes: vec![lane], ..Default::default() }.write_to(&mut header);
        let mut history = History::new(Arc::new(header.clone()));
        history.push(&Event::Step(Arc::new(fixture::step(&header, 0, 1))));
        let text = closing(&history, None);
        assert!(text.contains("  ×0.500     ×0.401  ") && !text.contains("no theory"), "{text}");
    }

    #[test]
    fn what_the_fit_leaves_out_is_said_below() {
        let header = fixture::header(vec![fixture::lane("plain", 4)]);
        let mut history = History::new(Arc::clone(&header));
        let mut values = Grid::absent(header.quantities.len(), 6);
        let signal = [0.0, 1e-40, f32::NAN, 1.0, 2.0];
        values
            .row_mut(Quantity::SignalNorm as usize)
            .iter_mut()
            .skip(1)
            .zip(signal)
            .for_each(|(cell, value)| *cell = Value::new(value));
        history.push(&Event::Step(Arc::new(crate::event::StepRecord { values, ..fixture::step(&header, 0, 7) })));
        ended(&mut history, 0, Outcome::Failed("out\n\x1b[31m of luck".to_owned()));
        let text = closing(&history, None);
        for words in [
            "plain: the signal is exactly 0 in 1 of 4 blocks\n",
            "plain: the signal is NaN or infinite in 1 of 4 blocks\n",
            "plain: underflow at block 2: ",
            "plain: out \u{fffd}[31m of luck\n",
        ] {
            assert!(text.contains(words), "{text}");
        }
    }

    #[test]
    fn a_model_without_blocks_has_a_factor_per_layer() {
        let mut lane = fixture::lane("mine", 9);
        lane.layers.layers.iter_mut().skip(1).take(9).for_each(|row| row.kind = LayerKind::Other);
        let header = fixture::header(vec![lane]);
        let mut history = History::new(Arc::clone(&header));
        history.push(&Event::Step(Arc::new(fixture::step(&header, 0, 1))));
        let text = closing(&history, None);
        assert!(
            text.starts_with("lane  outcome  step  final loss  held out  per layer  theory  first/last layer\n"),
            "{text}"
        );
        assert!(text.contains("×0.500"), "{text}");
    }
}
