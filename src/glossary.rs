//! Everything that can be explained: the quantities, and the terms shown beside them, which have one value per step or
//! one per lane and step derived from many. `nablatop explain` and the list on the screen read both through
//! [`GlossaryEntry`].
//!
//! ```
//! use nablatop::glossary::GlossaryEntry;
//!
//! let entry = GlossaryEntry::named("rho").expect("a term");
//! assert!(!entry.term().formula.is_empty());
//! assert!(GlossaryEntry::named("grad_norm").is_some() && GlossaryEntry::named("mood").is_none());
//! ```

mod table;
mod term;

pub(crate) use table::TERMS;
pub(crate) use term::Home;
pub use term::Term;

use crate::quantity::{Definition, Quantity};

/// Something that can be explained: a quantity or a term.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum GlossaryEntry {
    /// One value per layer and measured step.
    Quantity(Quantity),
    /// One value per step or per lane.
    Term(&'static Term),
}

impl GlossaryEntry {
    /// All quantities, then all terms.
    pub fn all() -> impl Iterator<Item = Self> {
        Quantity::ALL.iter().copied().map(Self::Quantity).chain(TERMS.iter().map(Self::Term))
    }

    /// The entry of that name, or the entry whose rows in the exported table have that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|entry| entry.term().name == name || entry.term().rows == Some(name))
    }

    /// Everything that is known about it.
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
        for entry in GlossaryEntry::all() {
            let Term { name, symbol, ascii, meaning, formula, edge_cases, healthy, source, .. } = entry.term();
            assert_eq!(GlossaryEntry::named(name), Some(entry));
            assert!(!seen.contains(&name), "{name} twice");
            seen.push(name);
            assert!(ascii.is_ascii() && name.is_ascii(), "{name}");
            let all = [symbol, meaning, formula, edge_cases, healthy, source];
            assert!(all.iter().all(|words| !words.is_empty()), "{name}");
        }
        assert_eq!(GlossaryEntry::named("zzz"), None);
    }
}
