#[cfg(feature = "lab")]
mod training;
