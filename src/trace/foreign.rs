//! What a file that is not a trace seems to be, from its first bytes.

use super::header::FORMAT;

/// The kind of the file, as a part of a sentence.
pub(super) fn looks_like(first: &[u8]) -> &'static str {
    let starts = |magic: &[u8]| first.starts_with(magic);
    if starts(b"{") && first.windows(FORMAT.len()).take(100).any(|window| window == FORMAT.as_bytes()) {
        "a trace that another program has written again, without the checksums of its lines (docs/format.md)"
    } else if starts(b"{") {
        "JSON of another program"
    } else if starts(b":W&B") {
        "a log of W&B"
    } else if first.windows(11).take(64).any(|window| window == b"brain.Event") {
        "an event file of TensorBoard"
    } else if starts(b"PAR1") {
        "a Parquet file"
    } else if starts(b"ARROW1") {
        "an Arrow file"
    } else if starts(&[0x1f, 0x8b]) {
        "a gzip archive: unpack it first"
    } else if starts(&[0x28, 0xb5, 0x2f, 0xfd]) {
        "a zstd archive: unpack it first"
    } else if starts(b"PK\x03\x04") {
        "a zip archive, such as a PyTorch checkpoint"
    } else if starts(b"\x89PNG") {
        "a picture"
    } else if first.contains(&0) || std::str::from_utf8(first).is_err_and(|error| error.error_len().is_some()) {
        "binary data"
    } else if first.contains(&b',') {
        "a table of comma-separated values"
    } else {
        "plain text"
    }
}
