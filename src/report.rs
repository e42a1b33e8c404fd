//! Pictures and tables for files (skeleton).
