//! Lanes, loop, optimiser.
