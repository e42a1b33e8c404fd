//! `nablatop explain`: explains a quantity, another value or a rule, or lists all of them in one line each.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, ArgMatches, Command};
use color_eyre::eyre::Result;

use super::exit::Exit;
use super::exit::Usage;
use super::standard_output::print;
use crate::config::spelling::not_one_of;
use crate::diagnose::RULES;
use crate::glossary::GlossaryEntry;
use crate::report::explanation;

/// The subcommand's arguments.
pub(super) fn command() -> Command {
    Command::new("explain")
        .about("explain a value or a rule: definition, formula, edge cases, healthy range, source")
        .after_help("Examples:\n  nablatop explain\n  nablatop explain signal-norm\n  nablatop explain rho")
        .arg(
            Arg::new("name")
                .help("a quantity, another value or a rule, with _ or -; without NAME, the list of all")
                .value_name("NAME")
                .hide_possible_values(true)
                .value_parser(Names),
        )
}

/// Prints one entry, or the list.
pub(super) fn explain(matches: &ArgMatches) -> Result<Exit> {
    let text = match matches.get_one::<String>("name") {
        None => explanation::list(),
        Some(name) => match RULES.iter().find(|rule| rule.name == name.to_lowercase().replace('_', "-")) {
            Some(rule) => explanation::rule(rule),
            None => explanation::entry(named(name)?),
        },
    };
    print(text.as_bytes())?;
    Ok(Exit::DONE)
}

fn named(word: &str) -> Result<GlossaryEntry, Usage> {
    let name = word.to_lowercase().replace('-', "_");
    GlossaryEntry::named(&name).ok_or_else(|| {
        let rules = RULES.iter().map(|rule| rule.name);
        let names: Vec<&str> = GlossaryEntry::all().map(|topic| topic.term().name).chain(rules).collect();
        let unknown = not_one_of(&name, &names);
        // The message shows the word as it was typed.
        Usage(unknown.replacen(&format!("'{name}'"), &format!("'{word}'"), 1))
    })
}

/// Accepts any word: shells complete the names, and [`named`] suggests a similar one.
#[derive(Clone)]
struct Names;

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> std::result::Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let rules = RULES.iter().map(|rule| rule.name);
        let names = GlossaryEntry::all().map(|topic| topic.term().name).chain(rules);
        Some(Box::new(names.map(PossibleValue::new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hyphen_is_an_underscore_and_a_near_miss_is_suggested() {
        let name = |word: &str| named(word).map(|topic| topic.term().name);
        assert_eq!(name("signal-norm").expect("known"), "signal_norm");
        assert_eq!(name("Gain_Weight").expect("known"), "gain_weight");
        assert_eq!(name("Grad-Histogram").expect("known"), "grad_histogram");
        assert!(named("atenuation").expect_err("unknown").to_string().contains("did you mean 'attenuation'?"));
        let error = named("signal-nrom").expect_err("unknown").to_string();
        assert!(error.starts_with("'signal-nrom' is unknown: did you mean 'signal_norm'?"), "{error}");
        assert!(named("zzz").expect_err("unknown").to_string().starts_with("'zzz' is not one of signal_relative"));
    }
}
