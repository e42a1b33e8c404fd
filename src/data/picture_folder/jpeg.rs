//! Whether a JPEG file is complete: decoders silently fill missing parts with grey.
//!
//! ```text
//! FF D8 │ FF marker, length, … │ FF DA (scan), length, …, coded data │ … │ FF D9
//! ```
//!
//! Within coded data FF is followed by 00, or by a restart marker D0 … D7 (ITU-T T.81, B.1.1).

const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

/// Whether the end marker is found where it belongs; an embedded preview has an end marker of its own.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(marker) = next_marker(bytes, &mut at) {
        match marker {
            END => return true,
            // Markers without content.
            0x01 | 0xd0..=0xd8 => {}
            _ => {
                let Some(&[high, low]) = bytes.get(at..at + 2) else { return false };
                at += usize::from(u16::from_be_bytes([high, low])).max(2);
                if marker == SCAN {
                    skip_coded(bytes, &mut at);
                }
            }
        }
    }
    false
}

/// Moves behind the next marker. Bytes before it, and fill bytes FF, are skipped.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    *at += bytes.get(*at..)?.iter().position(|&byte| byte == 0xff)?;
    *at += bytes.get(*at..)?.iter().position(|&byte| byte != 0xff)?;
    *at += 1;
    bytes.get(*at - 1).copied()
}

/// Moves to the FF of the next marker after coded data.
fn skip_coded(bytes: &[u8], at: &mut usize) {
    while let Some(rest) = bytes.get(*at..) {
        let Some(next) = rest.iter().position(|&byte| byte == 0xff) else {
            *at = bytes.len();
            return;
        };
        *at += next;
        match bytes.get(*at + 1) {
            Some(0 | 0xd0..=0xd7) => *at += 2,
            Some(0xff) => *at += 1,
            _ => return,
        }
    }
}
