//! What a quantity is, in words for a terminal: one entry with everything, or the list of all.
//!
//! ```text
//! gain  ‖δₗ‖/‖δₗ₊₁‖
//!
//!   meaning     how much one block grows (> 1) or shrinks (< 1) the signal …
//!   formula     …
//! ```
//!
//! Lines are at most [`WIDTH`] characters; what does not fit goes on below its first word.

use crate::quantity::{Axis, Definition, Quantity};

/// Characters of a line at most.
pub const WIDTH: usize = 80;
/// Characters of the labels of an entry, indentation included.
const LABELS: usize = 14;
/// Characters of the names in the list, indentation included.
const NAMES: usize = 19;

/// Everything about one quantity.
#[must_use]
pub fn entry(quantity: Quantity) -> String {
    let definition = quantity.definition();
    let axis = match definition.axis {
        Axis::Log => "logarithmic, by magnitude: differences are shown as ratios",
        Axis::Linear => "linear",
    };
    let Definition { name, symbol, meaning, formula, edge_cases, healthy, source, .. } = definition;
    let mut text = format!("{name}  {symbol}\n\n");
    for (label, words) in [
        ("meaning", *meaning),
        ("formula", *formula),
        ("edge cases", *edge_cases),
        ("healthy", *healthy),
        ("source", *source),
        ("axis", axis),
    ] {
        paragraph(&mut text, &format!("  {label}"), LABELS, words);
    }
    text.push('\n');
    paragraph(&mut text, "  on screen", LABELS, &format!("/ and its name, or :quantity {name}"));
    paragraph(&mut text, "  as a table", LABELS, &format!("gradtop export TRACE --to csv --quantity {name}"));
    text
}

/// Names and meanings of all quantities.
#[must_use]
pub fn list() -> String {
    let mut text = String::from("Quantities: one value per layer and measured step\n\n");
    for quantity in Quantity::ALL {
        paragraph(&mut text, &format!("  {quantity}"), NAMES, quantity.definition().meaning);
    }
    text.push_str("\nMore of one: gradtop explain NAME\n");
    text
}

/// Words beside a label, and further lines below them.
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
        for &quantity in Quantity::ALL {
            let text = entry(quantity);
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
            let Definition { name, symbol, meaning, formula, edge_cases, healthy, source, .. } = quantity.definition();
            for words in [name, symbol, meaning, formula, edge_cases, healthy, source] {
                assert!(flat(&text).contains(&flat(words)), "'{words}' in {text}");
            }
        }
    }

    #[test]
    fn the_list_names_every_quantity_with_its_meaning() {
        let text = list();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH && line.trim_end() == line), "{text}");
        for quantity in Quantity::ALL {
            assert!(text.contains(&format!("\n  {quantity} ")), "{quantity}");
        }
    }

    #[test]
    fn a_word_longer_than_a_line_stands_alone() {
        let mut text = String::new();
        paragraph(&mut text, "x", 4, &format!("a {} b", "w".repeat(WIDTH)));
        assert_eq!(text, format!("x   a\n    {}\n    b\n", "w".repeat(WIDTH)));
    }
}
