//! The windows on top of the panes: help, notes, the form of settings, the list of quantities, the command line,
//! questions.

use crate::glossary::{GlossaryEntry, Home, Term};

/// The topmost window; Escape closes it.
#[derive(Clone, Debug, Default)]
pub(crate) enum Overlay {
    /// No window.
    #[default]
    None,
    /// The table of keys, scrolled by some lines.
    Help {
        /// Lines scrolled away.
        scroll: u16,
    },
    /// The notes of all runs, scrolled by some lines.
    Notes {
        /// Lines scrolled away.
        scroll: u16,
    },
    /// Settings that restart the lanes.
    Form(SettingsForm),
    /// Quantities and views to choose from.
    Picker(Picker),
    /// The command line.
    Command(tui_input::Input),
    /// Only a line that another run is being prepared, with the form that requested it.
    Preparing(Option<Box<SettingsForm>>),
    /// A question, asked only if something would be lost.
    Confirm(Question),
}

/// The action that would lose something.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    /// Quitting while the run is not over.
    Quit,
    /// Starting the run that was prepared, with the form that requested it.
    Restart(Option<Box<SettingsForm>>),
}

/// Settings being edited.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingsForm {
    /// Key, value as typed, and error of each setting.
    pub(crate) fields: Vec<Field>,
    /// Index of the field with the focus.
    pub(crate) focus: usize,
    /// The error of all settings together.
    pub(crate) problem: Option<String>,
}

/// One setting being edited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Field {
    /// Key of the setting.
    pub(crate) key: &'static str,
    /// Its value before.
    pub(crate) before: String,
    /// Its value as typed.
    pub(crate) input: tui_input::Input,
    /// Its error.
    pub(crate) problem: Option<String>,
}

/// Quantities, and terms with a view of their own, to choose from; the search runs while the user types.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picker {
    /// The search text.
    pub(crate) search: tui_input::Input,
    /// Index of the chosen entry among those found.
    pub(crate) focus: usize,
}

impl Picker {
    /// All entries to choose from: quantities that the heatmaps can show, and terms that have a view of their own.
    pub(crate) fn entries() -> impl Iterator<Item = GlossaryEntry> {
        GlossaryEntry::all().filter(|topic| matches!(topic.term().home, Home::Heatmaps | Home::View(_)))
    }

    /// The entries found: those whose name begins with the text, then those whose name contains it, then the others.
    #[must_use]
    pub(crate) fn found(&self) -> Vec<GlossaryEntry> {
        let search = self.search.value().to_lowercase();
        let words: Vec<String> = search.split_whitespace().map(|word| word.replace('-', "_")).collect();
        let name = words.join("_");
        let rank = |topic: &GlossaryEntry| match topic.term().name {
            found if found.starts_with(&name) => 0,
            found if found.contains(&name) => 1,
            _ => 2,
        };
        let mut found: Vec<GlossaryEntry> =
            Self::entries().filter(|topic| words.iter().all(|word| speaks_of(*topic, word))).collect();
        found.sort_by_key(rank);
        found
    }

    /// The chosen entry; `None` if nothing was found.
    #[must_use]
    pub(crate) fn chosen(&self) -> Option<GlossaryEntry> {
        self.found().get(self.focus).copied()
    }
}

/// Whether a word occurs in the name, the symbol or the meaning.
fn speaks_of(topic: GlossaryEntry, word: &str) -> bool {
    let Term { name, symbol, ascii, meaning, .. } = topic.term();
    let texts = [name, symbol, ascii, meaning];
    texts.iter().any(|text| text.to_lowercase().replace('-', "_").contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Quantity;

    fn found(search: &str) -> Vec<&'static str> {
        let found = Picker { search: tui_input::Input::new(search.to_owned()), focus: 0 }.found();
        found.into_iter().map(|topic| topic.term().name).collect()
    }

    #[test]
    fn the_search_reads_name_symbol_and_meaning_and_names_come_first() {
        assert!(Quantity::ALL.iter().all(|quantity| found("").contains(&quantity.name())));
        assert_eq!(found("gain").first(), Some(&"gain"));
        assert!(found("gain").contains(&"gain_weight"));
        assert_eq!(found("signal-n"), ["signal_norm"]);
        assert_eq!(found("Not Moving"), ["update_ratio"]);
        assert_eq!(found("cos(I"), ["channel_cosine"]);
        assert_eq!(found("zzz"), [""; 0]);
    }

    #[test]
    fn what_has_a_view_of_its_own_is_found_and_what_has_none_is_not() {
        assert_eq!((found("histogram")[0], found("rho")[0], found("loss")[0]), ("grad_histogram", "rho", "loss"));
        assert!(["accuracy", "attenuation", "step_time"].iter().all(|name| !found("").contains(name)));
    }
}
