//! How a value leaves the graph.
