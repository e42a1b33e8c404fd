//! A term: a row of the glossary.

/// Where on the screen something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

/// Everything that the program knows of a term.
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
    /// Which values are usual, and who says so.
    pub healthy: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// Where it stands.
    pub home: Home,
    /// The name of its rows in the exported table; `None` where it has none.
    pub rows: Option<&'static str>,
}
