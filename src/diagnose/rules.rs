//! The table of all rules. A new rule is a file here and its row.

mod exploding;
mod non_finite;
mod vanishing;

use super::rule::RuleDefinition;

/// All rules, the worst first.
pub static RULES: &[RuleDefinition] = &[non_finite::DEFINITION, vanishing::DEFINITION, exploding::DEFINITION];
