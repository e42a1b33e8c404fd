//! A term: a row of the glossary.

/// The place on the screen where a value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Home {
    /// The heatmaps, the profile and the values at the cursor: every quantity.
    Heatmaps,
    /// A view of its own, which has this name.
    View(&'static str),
    /// The values at the cursor.
    Values,
    /// The title of each lane's heatmap.
    Title,
    /// The first line of the screen.
    Header,
    /// Only the export.
    Export,
}

/// Everything that the program knows about a term.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Term {
    /// Name in code, trace or export.
    pub(crate) name: &'static str,
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
    /// Usual values, and who published them.
    pub healthy: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// The place on the screen.
    pub home: Home,
    /// The name of its rows in the exported table; `None` if it has none.
    pub rows: Option<&'static str>,
}
