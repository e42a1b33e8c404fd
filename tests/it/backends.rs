//! The tests that start the program, repeated on ndarray: flex is its default.
//!
//! The tests of the library name both backends themselves.

use std::process::Command;

use crate::program::BACKEND;

/// Modules whose tests start the program.
const MODULES: [&str; 3] = ["command_line::", "logging::", "terminal::"];
/// Part of the names of those in which nothing is computed: files that are refused before there is a backend.
const REFUSED: &str = "in_little_memory";

#[test]
fn all_tests_of_the_program_pass_on_ndarray() {
    // Where the backend is given from outside, this is one of the two runs.
    if std::env::var_os(BACKEND).is_some() {
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(MODULES)
        .args(["--skip", REFUSED, "--test-threads", "1"])
        .env(BACKEND, "ndarray")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let passed = said.lines().filter(|line| line.ends_with(" ... ok")).count();
    assert!(passed >= 50, "only {passed} tests:\n{said}");
}
