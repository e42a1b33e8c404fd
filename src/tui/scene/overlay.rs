//! What lies on top of the panes: help, the form of settings, the list of quantities, the command line, the question
//! before quitting.

use crate::quantity::Quantity;

/// What lies on top of the panes; Escape closes it.
#[derive(Clone, Debug, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The table of keys, scrolled by some lines.
    Help {
        /// Lines scrolled away.
        scroll: u16,
    },
    /// Settings that restart the lanes.
    Form(Form),
    /// Quantities to choose from.
    Picker(Picker),
    /// The command line.
    Command(tui_input::Input),
    /// "Quit? y/n", asked only where something would be lost.
    ConfirmQuit,
}

/// Settings being edited.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Key, value as typed, and what is wrong with it.
    pub fields: Vec<Field>,
    /// Field with the focus.
    pub focus: usize,
    /// What is wrong with all of them together.
    pub problem: Option<String>,
}

/// One setting being edited.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Key of the setting.
    pub key: &'static str,
    /// Its value before.
    pub before: String,
    /// Its value as typed.
    pub input: tui_input::Input,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// Quantities to choose from, searched as one types.
#[derive(Clone, Debug, Default)]
pub struct Picker {
    /// What to search for.
    pub search: tui_input::Input,
    /// Place of the chosen one among those found.
    pub focus: usize,
}

impl Picker {
    /// What was found: those whose name begins so first, then those that hold it in their name, then the others.
    #[must_use]
    pub fn found(&self) -> Vec<Quantity> {
        let search = self.search.value().to_lowercase();
        let words: Vec<String> = search.split_whitespace().map(|word| word.replace('-', "_")).collect();
        let name = words.join("_");
        let rank = |quantity: &Quantity| match quantity.name() {
            found if found.starts_with(&name) => 0,
            found if found.contains(&name) => 1,
            _ => 2,
        };
        let mut found: Vec<Quantity> = Quantity::ALL
            .iter()
            .copied()
            .filter(|quantity| words.iter().all(|word| speaks_of(*quantity, word)))
            .collect();
        found.sort_by_key(rank);
        found
    }

    /// The chosen one; `None` where nothing was found.
    #[must_use]
    pub fn chosen(&self) -> Option<Quantity> {
        self.found().get(self.focus).copied()
    }
}

/// Whether a word stands in the name, the symbol or the meaning.
fn speaks_of(quantity: Quantity, word: &str) -> bool {
    let definition = quantity.definition();
    let texts = [definition.name, definition.symbol, definition.ascii, definition.meaning];
    texts.iter().any(|text| text.to_lowercase().replace('-', "_").contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(search: &str) -> Vec<Quantity> {
        Picker { search: tui_input::Input::new(search.to_owned()), focus: 0 }.found()
    }

    #[test]
    fn the_search_reads_name_symbol_and_meaning_and_names_come_first() {
        assert_eq!(found(""), Quantity::ALL);
        assert_eq!(found("gain").first(), Some(&Quantity::Gain));
        assert!(found("gain").contains(&Quantity::GainWeight));
        assert_eq!(found("signal-n"), [Quantity::SignalNorm]);
        assert_eq!(found("Not Moving"), [Quantity::UpdateRatio]);
        assert_eq!(found("cos(I"), [Quantity::ChannelCosine]);
        assert_eq!(found("zzz"), []);
    }
}
