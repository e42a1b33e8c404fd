//! x
#[derive(Clone, Copy, Debug)]
pub struct Size;
pub fn png() {}
pub fn svg() {}
