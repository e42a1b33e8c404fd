//! Architectures, one per file.
