//! What is shown beside the quantities: one value per step, or one per lane and step that is derived from many. A table,
//! like that of the quantities: `nablatop explain` and the list on the screen read both through [`Topic`].

mod table;

use super::{Definition, Quantity};
pub use table::TERMS;

/// Where on the screen something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// The heatmaps, the profile and the values at the cursor: every quantity.
    Heatmaps,
    /// A view of its own, which has this name.
    View(&'static str),
    /// Among the values at the cursor.
    Values,
    /// The title of each lane's heatmap.
    Title,
    /// The first line.
    Header,
    /// In the export alone.
    Export,
}

/// Everything that the program knows of one of them.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Term {
    /// Name in code, trace or export.
    pub name: &'static str,
    /// Symbol on the screen.
    pub symbol: &'static str,
    /// The symbol in plain ASCII.
    pub ascii: &'static str,
    /// One line of meaning.
    pub meaning: &'static str,
    /// Formula with its variables named.
    pub formula: &'static str,
    /// When it is absent, and what NaN, ±Inf and 0 mean.
    pub edge_cases: &'static str,
    /// Which values are usual, and whose word that is.
    pub healthy: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// Where it stands.
    pub home: Home,
    /// The name of its rows in the exported table; `None` where it has none.
    pub rows: Option<&'static str>,
}

/// Something that can be explained: a quantity or a term.
#[derive(Clone, Copy, Debug)]
pub enum GlossaryEntry {
    /// One value per layer and measured step.
    Quantity(Quantity),
    /// One per step or lane.
    Term(&'static Term),
}

impl GlossaryEntry {
    /// All quantities, then all terms.
    pub fn all() -> impl Iterator<Item = Self> {
        Quantity::ALL.iter().copied().map(Self::Quantity).chain(TERMS.iter().map(Self::Term))
    }

    /// The one of that name, or whose rows in the exported table have it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|topic| topic.term().name == name || topic.term().rows == Some(name))
    }

    /// What there is to say of it.
    #[must_use]
    pub fn term(self) -> Term {
        match self {
            Self::Quantity(quantity) => {
                let Definition { name, symbol, ascii, meaning, formula, edge_cases, healthy, source, .. } =
                    *quantity.definition();
                let (home, rows) = (Home::Heatmaps, Some(name));
                Term { name, symbol, ascii, meaning, formula, edge_cases, healthy, source, home, rows }
            }
            Self::Term(term) => *term,
        }
    }
}

impl PartialEq for GlossaryEntry {
    fn eq(&self, other: &Self) -> bool {
        self.term().name == other.term().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_again_and_nothing_is_left_unsaid() {
        let mut seen = Vec::new();
        for topic in GlossaryEntry::all() {
            let Term { name, symbol, ascii, meaning, formula, edge_cases, healthy, source, .. } = topic.term();
            assert_eq!(GlossaryEntry::named(name), Some(topic));
            assert!(!seen.contains(&name), "{name} twice");
            seen.push(name);
            assert!(ascii.is_ascii() && name.is_ascii(), "{name}");
            let all = [symbol, meaning, formula, edge_cases, healthy, source];
            assert!(all.iter().all(|words| !words.is_empty()), "{name}");
        }
        assert_eq!(GlossaryEntry::named("zzz"), None);
    }
}
