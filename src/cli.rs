//! The command line (skeleton).
