mod specimen;
mod trace;
#[cfg(feature = "lab")]
mod training;
