//! Explains a quantity or another value in a terminal: one entry with everything, or the list of all.
//!
//! ```text
//! gain  ‖δₗ‖/‖δₗ₊₁‖
//!
//!   meaning     how much one block grows (> 1) or shrinks (< 1) the signal …
//!   formula     …
//! ```
//!
//! Lines have at most [`WIDTH`] characters; further lines are indented to the first word.

use crate::diagnose::{RULES, RuleDefinition, Threshold};
use crate::glossary::{GlossaryEntry, Home, TERMS, Term};
use crate::measurement::Measurement;
use crate::number;
use crate::quantity::{Axis, Quantity};

/// Maximum length of a line in characters.
pub(crate) const WIDTH: usize = 80;
/// Width of the labels of an entry, indent included.
const LABELS: usize = 14;
/// Width of the names in the list, indent included.
const NAMES: usize = 19;

/// Everything about one quantity or term.
#[must_use]
pub(crate) fn entry(topic: GlossaryEntry) -> String {
    let Term { name, symbol, meaning, formula, edge_cases, healthy, source, rows, .. } = topic.term();
    let mut text = format!("{name}  {symbol}\n\n");
    for (label, words) in [
        ("meaning", meaning),
        ("formula", formula),
        ("edge cases", edge_cases),
        ("healthy", healthy),
        ("source", source),
    ] {
        paragraph(&mut text, &format!("  {label}"), LABELS, words);
    }
    if let GlossaryEntry::Quantity(quantity) = topic {
        paragraph(&mut text, "  axis", LABELS, axis(quantity));
        paragraph(&mut text, "  taken", LABELS, cadence(quantity));
    }
    text.push('\n');
    paragraph(&mut text, "  on screen", LABELS, &on_screen(topic));
    if let Some(rows) = rows {
        let table = match topic {
            GlossaryEntry::Quantity(_) => format!("nablatop export TRACE --to csv --quantity {rows}"),
            GlossaryEntry::Term(_) => format!("nablatop export TRACE --to csv, rows {rows}"),
        };
        paragraph(&mut text, "  as a table", LABELS, &table);
    }
    text
}

fn axis(quantity: Quantity) -> &'static str {
    match quantity.definition().axis {
        Axis::Log => "logarithmic in the magnitude: differences are shown as ratios",
        Axis::Linear => "linear",
    }
}

fn cadence(quantity: Quantity) -> &'static str {
    match quantity.definition().measured_with {
        Measurement::Layers => "on every measured step (--measure)",
        Measurement::Histograms => "with the histograms (--histograms)",
        Measurement::Costly => "with the costly quantities (--detail)",
    }
}

fn on_screen(topic: GlossaryEntry) -> String {
    let Term { name, home, .. } = topic.term();
    match home {
        Home::Heatmaps => format!("/ and its name, or :quantity {name}"),
        Home::View(view) => format!("/ and its name, or :view {view}"),
        Home::Values => "among the values at the cursor".to_owned(),
        Home::Title => "in the title of each lane's heatmap".to_owned(),
        Home::Header => "in the first line".to_owned(),
        Home::Export => "not on the screen, only in the export".to_owned(),
    }
}

/// Everything about one rule.
#[must_use]
pub(crate) fn rule(rule: &RuleDefinition) -> String {
    let RuleDefinition { name, meaning, formula, thresholds, cause, remedy, needs, .. } = rule;
    let mut text = format!("{name}  a rule of nablatop check\n\n");
    paragraph(&mut text, "  finds", LABELS, meaning);
    paragraph(&mut text, "  formula", LABELS, formula);
    for Threshold { name, value, source, .. } in *thresholds {
        paragraph(&mut text, "  limit", LABELS, &format!("{name} {}, from {source}", number::value(*value)));
    }
    paragraph(&mut text, "  cause", LABELS, cause);
    paragraph(&mut text, "  remedy", LABELS, remedy);
    if !needs.is_empty() {
        let names: Vec<&str> = needs.iter().map(|quantity| quantity.name()).collect();
        paragraph(&mut text, "  needs", LABELS, &names.join(", "));
    }
    text
}

/// Names and meanings of all quantities, terms and rules.
#[must_use]
pub(crate) fn list() -> String {
    let mut text = String::from("Quantities: one value per layer and measured step\n\n");
    for quantity in Quantity::ALL {
        paragraph(&mut text, &format!("  {quantity}"), NAMES, quantity.definition().meaning);
    }
    text.push_str("\nValues per step, and values derived from several others\n\n");
    for term in TERMS {
        paragraph(&mut text, &format!("  {}", term.name), NAMES, term.meaning);
    }
    text.push_str("\nRules: what nablatop check finds in a run\n\n");
    for rule in RULES {
        paragraph(&mut text, &format!("  {}", rule.name), NAMES, rule.meaning);
    }
    text.push_str("\nDetails: nablatop explain NAME\n");
    text
}

/// Words beside a label, wrapped into lines below each other.
fn paragraph(text: &mut String, label: &str, indent: usize, words: &str) {
    let mut line = format!("{label:<indent$}");
    let mut length = indent;
    for word in words.split_whitespace() {
        let more = word.chars().count();
        if length > indent && length + 1 + more > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = " ".repeat(indent);
            length = indent;
        }
        if length > indent {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += more;
    }
    text.push_str(&line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_fits_and_nothing_of_a_definition_is_lost() {
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for topic in GlossaryEntry::all() {
            let text = entry(topic);
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
            let Term { name, symbol, meaning, formula, edge_cases, healthy, source, .. } = topic.term();
            for words in [name, symbol, meaning, formula, edge_cases, healthy, source] {
                assert!(flat(&text).contains(&flat(words)), "'{words}' in {text}");
            }
        }
    }

    #[test]
    fn a_rule_is_explained_with_its_limits_cause_and_remedy() {
        for rule in RULES {
            let text = super::rule(rule);
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let sources = rule.thresholds.iter().map(|threshold| threshold.source);
            for words in [rule.meaning, rule.formula, rule.cause, rule.remedy].into_iter().chain(sources) {
                assert!(flat.contains(&words.split_whitespace().collect::<Vec<_>>().join(" ")), "'{words}' in {text}");
            }
        }
    }

    #[test]
    fn the_list_names_everything_that_can_be_explained_with_its_meaning() {
        let text = list();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH && line.trim_end() == line), "{text}");
        for topic in GlossaryEntry::all() {
            assert!(text.contains(&format!("\n  {} ", topic.term().name)), "{topic:?}");
        }
    }

    #[test]
    fn a_term_says_where_it_stands_and_which_rows_are_its_own() {
        let entry_of = |name: &str| entry(GlossaryEntry::named(name).expect("known"));
        assert!(
            entry_of("rho").contains("/ and its name, or :view profile")
                && entry_of("rho").contains("--to csv, rows rho")
        );
        assert!(entry_of("step_time").contains("rows step_ns"));
        assert!(entry_of("rho_r_squared").contains("not on the screen, only in the export"));
        assert!(entry_of("first_last").contains("in the title of each lane's heatmap"));
        assert!(
            entry_of("grad_histogram").contains(":view histogram")
                && !entry_of("grad_histogram").contains("as a table")
        );
    }

    #[test]
    fn a_word_longer_than_a_line_stands_alone() {
        let mut text = String::new();
        paragraph(&mut text, "x", 4, &format!("a {} b", "w".repeat(WIDTH)));
        assert_eq!(text, format!("x   a\n    {}\n    b\n", "w".repeat(WIDTH)));
    }
}
