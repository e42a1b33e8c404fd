//! The checksum of a line: its last field, `"crc"`, is the CRC-32C (Castagnoli, RFC 3720 B.4) of all bytes before it.
//!
//! ```text
//! {"kind":"note",…,"text":"…"  ,"crc":3735928559}
//! └──────── covered ────────┘
//! ```

/// The bytes between the covered bytes and the checksum.
const FIELD: &[u8] = b",\"crc\":";

/// Length of the field, the digits of the largest checksum and the brace: the field starts no earlier than this many
/// bytes before the end.
const LONGEST_SEAL: usize = FIELD.len() + 10 + 1;

/// Closes the object that was opened at `start` of `out`: checksum, brace, end of line.
pub(crate) fn close(out: &mut Vec<u8>, start: usize) {
    let sum = crc32c::crc32c(out.get(start..).unwrap_or_default());
    out.extend_from_slice(FIELD);
    super::number::push_u64(out, u64::from(sum));
    out.extend_from_slice(b"}\n");
}

/// The covered bytes of a line without its end (the object, still open); `None` if the checksum is missing or wrong.
pub(crate) fn check(line: &[u8]) -> Option<&[u8]> {
    let body = line.strip_suffix(b"}")?;
    let tail_start = body.len().saturating_sub(LONGEST_SEAL);
    let tail = body.get(tail_start..)?;
    let field = tail.windows(FIELD.len()).rposition(|window| window == FIELD)?;
    let digits = std::str::from_utf8(tail.get(field + FIELD.len()..)?).ok()?;
    let sum: u32 = digits.parse().ok()?;
    let sealed = body.get(..tail_start + field)?;
    (crc32c::crc32c(sealed) == sum).then_some(sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_line_opens_again() {
        let mut out = b"before\n".to_vec();
        let start = out.len();
        out.extend_from_slice(b"{\"kind\":\"note\"");
        close(&mut out, start);
        let line = out[start..].strip_suffix(b"\n").unwrap();
        assert_eq!(check(line), Some(&b"{\"kind\":\"note\""[..]));
        assert!(serde_json::from_slice::<serde_json::Value>(line).is_ok());
    }

    #[test]
    fn the_sum_is_the_published_one() {
        // RFC 3720, B.4: 32 bytes of zeros.
        assert_eq!(crc32c::crc32c(&[0; 32]), 0x8a91_36aa);
    }

    #[test]
    fn every_single_bit_flip_breaks_the_seal_or_leaves_what_it_sealed() {
        let mut line = b"{\"kind\":\"step\",\"loss\":2.3025851".to_vec();
        close(&mut line, 0);
        line.pop();
        let sealed = check(&line).unwrap().to_vec();
        for bit in 0..line.len() * 8 {
            let mut flipped = line.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(check(&flipped).is_none_or(|found| found == sealed), "bit {bit}");
        }
    }
}
