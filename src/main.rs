//! The `nablatop` program.

use std::process::ExitCode;
use std::thread::Builder;

use mimalloc::MiMalloc;
use nablatop::cli::{self, Exit};

/// A deep stack makes thousands of small tensors a step: with the system's allocator of Linux (glibc) a step takes a fifth
/// longer (docs/performance.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Stack size of the program's own thread, independent of `ulimit -s`: the usual 8 MiB.
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    let program = Builder::new().name("main".to_owned()).stack_size(STACK).spawn(run);
    match program.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // The panic has been reported already.
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        // No thread can be started; the main thread may still be sufficient.
        Err(_) => run(),
    }
}

fn run() -> ExitCode {
    match cli::main(std::env::args_os()) {
        Ok(exit) => exit.into(),
        Err(report) => {
            cli::complain(&report);
            Exit::of(&report).into()
        }
    }
}
