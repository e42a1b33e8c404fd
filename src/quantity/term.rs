//! What is shown beside the quantities: one value per step, or one per lane and step that is derived from many. A table,
//! like that of the quantities: `gradtop explain` and the list on the screen read both through [`Topic`].

use super::{Definition, Quantity};

/// Where on the screen something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// The heatmaps, the profile and the values at the cursor: every quantity.
    Heatmaps,
    /// A view of its own, of the histograms.
    Histograms,
    /// A view of its own, of the profile with ρ over the steps below it.
    Profile,
    /// A view of its own, of the loss.
    Loss,
    /// Among the values at the cursor.
    Values,
    /// The title of each lane's heatmap.
    Title,
    /// The first line.
    Header,
    /// Not on the screen, only in tables.
    Tables,
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
    /// Its rows in the exported table; `None` where it has none.
    pub rows: Option<&'static str>,
}

/// All terms, in the order of the list.
pub static TERMS: &[Term] = &[
    Term {
        name: "loss",
        symbol: "loss",
        ascii: "loss",
        meaning: "what training makes small",
        formula: "mean over the batch, before the step's update; of gradtop's own lanes the cross-entropy −ln p(class)",
        edge_cases: "NaN or infinite: the lane has diverged and ends",
        healthy: "falls; ln(classes) is what guessing gives, 2.303 of 10",
        source: "Goodfellow et al. 2016, Deep Learning, 6.2",
        home: Home::Loss,
        rows: Some("loss"),
    },
    Term {
        name: "accuracy",
        symbol: "accuracy",
        ascii: "accuracy",
        meaning: "share of the batch that is classified right",
        formula: "rows whose largest logit is that of their class / rows of the batch",
        edge_cases: "absent where there are no classes",
        healthy: "rises; 1/classes is what guessing gives",
        source: "Goodfellow et al. 2016, Deep Learning, 5.1",
        home: Home::Values,
        rows: Some("accuracy"),
    },
    Term {
        name: "learning_rate",
        symbol: "lr",
        ascii: "lr",
        meaning: "how far the optimiser goes in this step",
        formula: "base rate (--lr, or < and > on the screen), times the share of a warm-up that has passed",
        edge_cases: "always there",
        healthy: "judged by update_ratio, which should be near 1e-3",
        source: "Goodfellow et al. 2016, Deep Learning, 8.3",
        home: Home::Values,
        rows: Some("learning_rate"),
    },
    Term {
        name: "global_grad_norm",
        symbol: "‖g‖ all",
        ascii: "|g| all",
        meaning: "size of the gradient of all parameters of the lane together, before clipping",
        formula: "‖g‖₂ = √Σ_l ‖g_l‖² over all layers l",
        edge_cases: "absent on a step that was not measured; NaN and ±Inf stay",
        healthy: "steady; clipping (--clip) acts where it is larger than its bound",
        source: "Pascanu et al. 2013, On the difficulty of training recurrent neural networks",
        home: Home::Values,
        rows: Some("global_grad_norm"),
    },
    Term {
        name: "step_time",
        symbol: "step time",
        ascii: "step time",
        meaning: "time of a whole step of one lane, measuring included",
        formula: "from before the forward pass until after the update, wall time in nanoseconds",
        edge_cases: "always there; on the screen as steps per second of all lanes together",
        healthy: "no range: it depends on the machine, depth and width",
        source: "measured by gradtop itself",
        home: Home::Header,
        rows: Some("step_ns"),
    },
    Term {
        name: "measuring_share",
        symbol: "measuring",
        ascii: "measuring",
        meaning: "share of the step time that looking at the layers took",
        formula: "Σ measuring time / Σ step time, over the last second or so",
        edge_cases: "absent until the first second is over",
        healthy: "at most the budget (--budget), where there is one",
        source: "measured by gradtop itself",
        home: Home::Header,
        rows: Some("measure_ns"),
    },
    Term {
        name: "rho",
        symbol: "ρ",
        ascii: "rho",
        meaning: "the signal's factor per block on its way back: < 1 vanishes, > 1 explodes",
        formula: "exp(−slope) of the least-squares line of ln ‖δ_l‖ against l = 1 … D, over finite non-zero values",
        edge_cases: "absent with fewer than two of them; zeros, NaN and ±Inf are counted and shown beside it",
        healthy: "near 1: over 50 blocks 0.95 leaves 8 % of the signal, 0.8 leaves 2e-5",
        source: "Schoenholz et al. 2017, Deep Information Propagation (depth scale)",
        home: Home::Profile,
        rows: Some("rho"),
    },
    Term {
        name: "rho_r_squared",
        symbol: "R²",
        ascii: "R^2",
        meaning: "how straight the profile is that ρ was fitted to: whether one factor describes all blocks",
        formula: "S_xy² / (S_xx · S_yy) of x = l and y = ln ‖δ_l‖",
        edge_cases: "absent where ρ is; 1 where all values are equal",
        healthy: "near 1 where every block does the same; near 0 ρ says little, look at the profile",
        source: "least squares",
        home: Home::Tables,
        rows: Some("rho_r_squared"),
    },
    Term {
        name: "attenuation",
        symbol: "ρ^(D−1)",
        ascii: "rho^(D-1)",
        meaning: "what is left at block 1 of the signal of block D, by the fitted line",
        formula: "ρ^(D − 1), D blocks",
        edge_cases: "absent where ρ is; 0 where block 1 has no signal, whatever the line says",
        healthy: "within a factor of 10 or so of 1",
        source: "Schoenholz et al. 2017, Deep Information Propagation (depth scale)",
        home: Home::Title,
        rows: Some("attenuation"),
    },
    Term {
        name: "first_last",
        symbol: "‖δ₁‖/‖δ_D‖",
        ascii: "|d1|/|dD|",
        meaning: "what is left at block 1 of the signal of block D, as measured",
        formula: "‖δ_1‖ / ‖δ_D‖",
        edge_cases: "absent where ‖δ_1‖ is not finite or ‖δ_D‖ is 0 or not finite; 0 where block 1 has no signal",
        healthy: "between 1e-3 and 70: outside the training is at risk (AutoTrainer)",
        source: "Zhang et al. 2021, AutoTrainer",
        home: Home::Tables,
        rows: Some("first_last"),
    },
    Term {
        name: "underflow",
        symbol: "underflow",
        ascii: "underflow",
        meaning: "the highest block in which the signal is too small for a 32-bit float",
        formula: "largest l with ‖δ_l‖ below 1.2e-38, or 0 right below a block with less than 1e-30",
        edge_cases: "a 0 below a larger signal is no underflow: every path is dead there, and the title says so",
        healthy: "none",
        source: "IEEE 754: subnormal numbers, then 0",
        home: Home::Title,
        rows: None,
    },
    Term {
        name: "grad_histogram",
        symbol: "log₂|g|",
        ascii: "log2|g|",
        meaning: "how the magnitudes of a layer's gradient are spread over powers of two",
        formula: "counts of ⌊log₂|g|⌋ in bins 2^-60 … 2^20, by sign; apart: 0, smaller, larger, NaN, +Inf, −Inf",
        edge_cases: "the counts sum to the number of elements, always; absent for a layer without a gradient",
        healthy: "one hump that stays where it is; a growing share of zeros, or a hump that wanders, is a warning",
        source: "the bins are gradtop's own",
        home: Home::Histograms,
        rows: None,
    },
];

/// Something that can be explained: a quantity or a term.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    /// One value per layer and measured step.
    Quantity(Quantity),
    /// One per step or lane.
    Term(&'static Term),
}

impl Topic {
    /// All quantities, then all terms.
    pub fn all() -> impl Iterator<Item = Self> {
        Quantity::ALL.iter().copied().map(Self::Quantity).chain(TERMS.iter().map(Self::Term))
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|topic| topic.term().name == name)
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

impl PartialEq for Topic {
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
        for topic in Topic::all() {
            let Term { name, symbol, ascii, meaning, formula, edge_cases, healthy, source, .. } = topic.term();
            assert_eq!(Topic::named(name), Some(topic));
            assert!(!seen.contains(&name), "{name} twice");
            seen.push(name);
            assert!(ascii.is_ascii() && name.is_ascii(), "{name}");
            let all = [symbol, meaning, formula, edge_cases, healthy, source];
            assert!(all.iter().all(|words| !words.is_empty()), "{name}");
        }
        assert_eq!(Topic::named("zzz"), None);
    }
}
