//! Commands and flags. The flags of a run come from the table of settings, so that neither can forget the other.

use std::ffi::OsString;

use clap::builder::{FalseyValueParser, PossibleValuesParser, ValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use color_eyre::eyre::Result;

use crate::config::RunConfig;
use crate::config::draft::{self, Draft, Origin, split_lanes};
use crate::config::setting::{SETTINGS, Setting};
use crate::preset::{PRESETS, Preset};
use crate::quantity::Quantity;
use crate::report::csv::names;

const ABOUT: &str = "top for gradients: watch them flow, vanish and explode, layer by layer";
const EXAMPLES: &str = "\
Examples:
  nablatop                                  plain beside residual on the embedded digits
  nablatop --depth 200 --lane plain --lane residual:norm=layer,branch-scale=0.1
  nablatop run --headless --log runs/first && nablatop view runs/first

Every setting can also stand in a file (--config FILE, written by --print-config) or in the environment
(--branch-scale is NABLATOP_BRANCH_SCALE). A flag wins over the environment, and the environment over the file.";

/// Variables `NABLATOP_*` that are not settings.
const RESERVED: &[&str] = &["CONFIG", "LOG", "DIAGNOSTICS", "COLOR", "THEME", "ASCII"];

/// The whole command line.
pub(super) fn command() -> Command {
    let run = run_arguments();
    Command::new("nablatop")
        .version(env!("CARGO_PKG_VERSION"))
        .about(ABOUT)
        .after_help(EXAMPLES)
        .next_line_help(true)
        .args_conflicts_with_subcommands(true)
        .subcommand_negates_reqs(true)
        .args(run.clone())
        .subcommand(
            Command::new("run")
                .about("train stacks and watch them (the default)")
                .after_help(EXAMPLES)
                .next_line_help(true)
                .args(run),
        )
        .subcommand(view())
        .subcommand(export())
        .subcommand(super::check::command())
        .subcommand(download())
        .subcommand(super::explain::command())
        .subcommand(Command::new("completions").about("print shell completions").arg(
            Arg::new("shell").required(true).value_parser(value_parser!(clap_complete::Shell)).value_name("SHELL"),
        ))
        .subcommand(Command::new("man").about("print the manual page"))
}

fn view() -> Command {
    Command::new("view")
        .about("replay a trace, follow a trace that is being written, or show several side by side")
        .after_help("Examples:\n  nablatop view runs/first\n  nablatop view runs/adam runs/sgd")
        .arg(
            Arg::new("trace")
                .help("folder of a run (--log DIR) or its trace.jsonl")
                .value_name("TRACE")
                .required(true)
                .num_args(1..=8)
                .value_hint(ValueHint::AnyPath)
                .value_parser(value_parser!(std::path::PathBuf)),
        )
        .args(screen_arguments().into_iter().map(quiet))
}

fn download() -> Command {
    Command::new("download")
        .about("download a published data set into the user's cache folder, with burn-dataset")
        .after_help(
            "Examples:\n  nablatop download mnist\n\nIt prints the command that trains on the data set. Files that exist are \
             not downloaded again. This needs a build with the feature 'download'.",
        )
        .arg(
            Arg::new("set")
                .help("which data set")
                .value_name("SET")
                .required(true)
                .value_parser(PossibleValuesParser::new(["mnist", "cifar10", "cifar100"])),
        )
}

fn export() -> Command {
    Command::new("export")
        .about("write a trace as a table or a picture")
        .after_help(
            "Examples:\n  nablatop export runs/first --to csv | head\n  nablatop export runs/first --to svg -o heatmaps.svg\n  ssh host cat runs/first/trace.jsonl | nablatop export - --to png -o heatmaps.png",
        )
        .arg(path("trace", "TRACE", "folder of a run (--log DIR), its trace.jsonl, or - for standard input").required(true))
        .arg(
            Arg::new("to")
                .long("to")
                .help("csv: lane,step,layer,path,quantity,value; svg, png: heatmaps of one quantity")
                .value_name("FORMAT")
                .required(true)
                .value_parser(PossibleValuesParser::new(super::export::FORMATS)),
        )
        .arg(
            path("output", "FILE", "file to write; without it standard output (png: required on a terminal)")
                .short('o')
                .long("output"),
        )
        .arg(
            Arg::new("quantity")
                .long("quantity")
                .help(format!(
                    "quantity of the picture [default: {}], or the only quantity of the table, which may also be one with a value per step",
                    Quantity::default().name()
                ))
                .value_name("NAME")
                .value_parser(PossibleValuesParser::new(names())),
        )
        .arg(switch("force", "replace FILE if it exists"))
}

fn run_arguments() -> Vec<Arg> {
    let mut arguments: Vec<Arg> = lane_arguments().into();
    arguments.extend(SETTINGS.iter().map(setting_argument));
    arguments.extend(output_arguments());
    arguments.extend(screen_arguments());
    arguments.into_iter().map(quiet).collect()
}

fn setting_argument(setting: &Setting) -> Arg {
    let default = setting.default_value();
    let help =
        if default.is_empty() { setting.help.to_owned() } else { format!("{} [default: {default}]", setting.help) };
    let argument = Arg::new(setting.key);
    let argument = setting.alternative().into_iter().fold(argument, Arg::conflicts_with);
    argument
        .long(setting.key)
        .help(help)
        .help_heading(setting.group.heading())
        .value_name(setting.values)
        .allow_negative_numbers(true)
        .action(ArgAction::Set)
        .value_parser(ValueParser::string())
}

fn lane_arguments() -> [Arg; 2] {
    [
        Arg::new("lanes")
            .long("lanes")
            .help("stacks to compare, 1 to 8 [default: plain,residual]")
            .help_heading("Lanes")
            .value_name("WIRING,…")
            .value_parser(ValueParser::string()),
        Arg::new("lane")
            .long("lane")
            .help("one lane with settings of its own (repeatable); name= sets its name")
            .help_heading("Lanes")
            .value_name("WIRING[:KEY=VALUE,…]")
            .action(ArgAction::Append)
            .conflicts_with("lanes")
            .value_parser(ValueParser::string()),
    ]
}

fn output_arguments() -> Vec<Arg> {
    let output = [
        switch("headless", "no screen: progress and a closing table (automatic if standard output is not a terminal)"),
        variable(
            path("log", "DIR", "write the trace into this folder; without it nothing is written").long("log"),
            "NABLATOP_LOG",
        ),
        switch("append", "append a run of the same stacks to the trace in the folder of --log; its steps begin at 1").requires("log"),
        path("resume", "DIR", "continue from the newest checkpoint of the run that was logged in DIR, or from a single checkpoint, with its settings; the trace continues in its own file, or in the folder of --log")
            .long("resume")
            .conflicts_with("append"),
        Arg::new("dump")
            .long("dump")
            .help("write parameters, batch, loss and gradients of a step into a safetensors file (repeatable)")
            .value_name("STEP:FILE")
            .action(ArgAction::Append)
            .value_parser(ValueParser::string()),
        switch("force", "replace the trace and checkpoints in the folder of --log and the files of --dump; start a run even if it is estimated to need more memory than is free")
            .conflicts_with("append"),
        Arg::new("preset")
            .long("preset")
            .help("settings of a run worth seeing (--list-presets); --config and flags win over them")
            .value_name("NAME")
            .hide_possible_values(true)
            .value_parser(PossibleValuesParser::new(PRESETS.iter().map(|preset| preset.name))),
        switch("list-presets", "print the presets, each with what to look for, and exit"),
        variable(path("config", "FILE", "read settings from this file").long("config"), "NABLATOP_CONFIG"),
        switch("print-config", "print every setting with its meaning as a file for --config, and exit"),
    ];
    output.map(|argument| argument.help_heading("Run")).into()
}

fn screen_arguments() -> Vec<Arg> {
    let color = Arg::new("color")
        .long("color")
        .help("colours of the screen [default: what the terminal can show; NO_COLOR is respected]")
        .value_name("auto|truecolor|256|16|none")
        .hide_possible_values(true)
        .value_parser(PossibleValuesParser::new(["auto", "truecolor", "256", "16", "none"]));
    let theme = Arg::new("theme")
        .long("theme")
        .help("background of the terminal [default: auto]")
        .value_name("auto|dark|light")
        .hide_possible_values(true)
        .value_parser(PossibleValuesParser::new(["auto", "dark", "light"]));
    let ascii = switch("ascii", "draw with ASCII characters only").value_parser(FalseyValueParser::new());
    let no_mouse =
        switch("no-mouse", "leave the mouse to the terminal so that it selects text [default: Shift selects text]");
    let diagnostics = path("diagnostics", "FILE", "append the program's own diagnostics to this file");
    let arguments = [
        variable(color, "NABLATOP_COLOR"),
        variable(theme, "NABLATOP_THEME"),
        variable(ascii, "NABLATOP_ASCII"),
        variable(no_mouse.value_parser(FalseyValueParser::new()), "NABLATOP_NO_MOUSE"),
        variable(diagnostics.long("diagnostics"), "NABLATOP_DIAGNOSTICS"),
    ];
    arguments.map(|argument| argument.help_heading("Screen")).into()
}

/// Makes an argument also readable from an environment variable; an empty variable counts as unset.
fn variable(argument: Arg, name: &'static str) -> Arg {
    let is_empty = std::env::var_os(name).is_some_and(|value| value.is_empty());
    if is_empty { argument } else { argument.env(name) }
}

/// Names the variable, not a flag that was not given, when a word from the environment is refused.
pub(super) fn name_variable(error: &mut clap::Error, arguments: &[OsString]) {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return };
    let Some((_, key)) = argument.split(' ').next().and_then(|flag| flag.split_once("--")) else { return };
    let (flag, name) = (format!("--{key}"), draft::variable(key));
    let is_written = arguments.iter().any(|argument| argument.to_string_lossy().starts_with(&flag));
    if error.kind() == ErrorKind::InvalidValue && !is_written && std::env::var_os(&name).is_some() {
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
    }
}

/// Says where the options of a subcommand belong, when they stand before it.
pub(super) fn name_order(error: &mut clap::Error) {
    let Some(ContextValue::String(subcommand)) = error.get(ContextKind::InvalidSubcommand) else { return };
    if error.kind() == ErrorKind::ArgumentConflict {
        let tip = format!("write the options after the subcommand: nablatop {subcommand} --…");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
}

/// Keeps the current values of the environment out of the help.
fn quiet(argument: Arg) -> Arg {
    argument.hide_env_values(true)
}

fn path(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .help(help)
        .value_name(value)
        .value_hint(ValueHint::AnyPath)
        .value_parser(value_parser!(std::path::PathBuf))
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

/// The settings of a run: flags over environment over file over defaults, or over those of a checkpoint.
///
/// # Errors
/// Fails when one of them makes no sense; the error names the place where it was written.
pub(super) fn settings(matches: &ArgMatches, saved: Option<&RunConfig>) -> Result<RunConfig> {
    let mut draft = Draft::new();
    if let Some(name) = matches.get_one::<String>("preset") {
        Preset::find(name)?.write(&mut draft)?;
    }
    if let Some(file) = matches.get_one::<std::path::PathBuf>("config") {
        draft.read_file(file)?;
    }
    draft.read_environment(std::env::vars_os(), RESERVED)?;
    for setting in SETTINGS {
        if let Some(value) = matches.get_one::<String>(setting.key) {
            draft.set(Origin::Flag, setting.key, value)?;
        }
    }
    if let Some(lanes) = matches.get_one::<String>("lanes") {
        draft.set_lanes(Origin::Flag, split_lanes(lanes));
    }
    if let Some(lanes) = matches.get_many::<String>("lane") {
        draft.set_lane_flags(lanes.cloned().collect());
    }
    Ok(match saved {
        Some(saved) => draft.resumed(saved)?,
        None => draft.finish()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<RunConfig> {
        let matches = command().try_get_matches_from(["nablatop"].iter().chain(words))?;
        settings(matches.subcommand_matches("run").unwrap_or(&matches), None)
    }

    #[test]
    fn options_before_their_subcommand_are_shown_where_to_go() {
        let mut error = command().try_get_matches_from(["nablatop", "--seed", "7", "run"]).expect_err("wrong order");
        name_order(&mut error);
        let text = error.to_string();
        assert!(text.contains("write the options after the subcommand: nablatop run --…"), "{text}");
    }

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_setting_has_a_flag() {
        for setting in SETTINGS {
            assert!(command().get_arguments().any(|argument| argument.get_long() == Some(setting.key)));
        }
    }

    #[test]
    fn run_may_be_left_out() {
        let words = ["--depth", "7", "--lane", "plain", "--lane", "residual:norm=layer"];
        let run: Vec<&str> = std::iter::once("run").chain(words).collect();
        assert_eq!(parsed(&words).expect("good"), parsed(&run).expect("good"));
    }

    #[test]
    fn steps_given_later_than_epochs_hold_and_a_bad_value_names_its_flag() {
        assert_eq!(
            parsed(&["--depth", "0"]).unwrap_err().to_string(),
            "--depth: '0' is not a whole number from 1 to 10000: write e.g. 50"
        );
        assert!(parsed(&["--lr", "-1"]).unwrap_err().to_string().starts_with("--lr: '-1' is not a number above 0"));
        assert!(parsed(&["--lane", "plian"]).unwrap_err().to_string().contains("did you mean 'plain'?"));
    }
}
