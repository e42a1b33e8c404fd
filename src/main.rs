//! The `gradtop` program.

use std::process::ExitCode;

use gradtop::cli::{self, Exit};
use mimalloc::MiMalloc;

/// A deep stack makes thousands of small tensors a step: with the system's allocator of Linux (glibc) a step takes a fifth
/// longer (docs/performance.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match cli::main(std::env::args_os()) {
        Ok(exit) => exit.into(),
        Err(report) => {
            cli::complain(&report);
            Exit::of(&report).into()
        }
    }
}
