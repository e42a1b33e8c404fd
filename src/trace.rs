//! The native trace: append-only JSON lines (skeleton).
