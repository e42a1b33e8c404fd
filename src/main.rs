//! The `gradtop` program.

use std::process::ExitCode;

use gradtop::cli::{self, Exit};

fn main() -> ExitCode {
    match cli::main(std::env::args_os()) {
        Ok(exit) => exit.into(),
        Err(report) => {
            cli::complain(&report);
            Exit::of(&report).into()
        }
    }
}
