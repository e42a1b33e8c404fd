//! Damaged traces in the hands of the real program: one sentence or one warning, never a panic.

use std::fs;

use crate::program::Place;

/// Bits that are flipped, one at a time; each costs a process.
const FLIPS: u64 = 150;

#[test]
fn no_bit_flip_makes_export_panic() {
    let place = Place::new();
    let file = place.trace("run").join("trace.jsonl");
    let good = fs::read(&file).unwrap();
    let mut state = 7_u64;
    let mut codes = [0; 2];
    for flip in 0..FLIPS {
        // Knuth's linear congruential generator; half of the flips hit the header, where most can go wrong.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let header = good.iter().position(|byte| *byte == b'\n').unwrap();
        let reach = if flip % 2 == 0 { header + 1 } else { good.len() };
        let bit = (state >> 20) as usize % (reach * 8);
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(&file, flipped).unwrap();
        let format = ["csv", "svg", "png"][flip as usize % 3];
        let out = place.command(["export", "run", "--to", format, "-o", "out", "--force"]).output().unwrap();
        let said = crate::program::Said::of(&out);
        assert!(matches!(said.code, 0 | 1), "bit {bit}: {said:?}");
        // A lost end of a line costs two lines: the second is missed by its step.
        let words = said.err.lines().count();
        assert!(matches!(words, 1 | 2), "bit {bit} went unseen, or took many words: {said:?}");
        codes[said.code as usize] += 1;
    }
    assert!(codes.iter().all(|count| *count > 10), "both kinds of damage were seen: {codes:?}");
}

#[test]
fn a_torn_tail_is_one_warning_and_no_error() {
    let place = Place::new();
    let file = place.trace("run").join("trace.jsonl");
    let good = fs::read(&file).unwrap();
    let header = good.iter().position(|byte| *byte == b'\n').unwrap();
    for cut in [1, 40, 500, (good.len() - header) / 2] {
        let torn = &good[..good.len() - cut];
        let expected = if torn.ends_with(b"\n") {
            ""
        } else {
            "nablatop: the last line is incomplete and was skipped: the run was killed while writing\n"
        };
        fs::write(&file, torn).unwrap();
        for format in ["csv", "svg", "png"] {
            let said = place.say(["export", "run", "--to", format, "-o", format, "--force"]);
            assert_eq!((said.code, said.err.as_str()), (0, expected), "cut {cut}");
        }
    }
}
