//! The devices that compute.
