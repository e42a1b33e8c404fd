//! The word that a misspelt word probably stands for.

/// "X is not one of A, B, C". A similar word comes first, so that a narrow line shows it.
pub(crate) fn not_one_of(word: &str, words: &[&str]) -> String {
    let list = words.join(", ");
    match nearest(word, words) {
        Some(near) => format!("'{word}' is unknown: did you mean '{near}'? It is one of {list}"),
        None => format!("'{word}' is not one of {list}"),
    }
}

/// The candidate that was most likely meant; `None` if no candidate is similar, or several are.
pub(crate) fn nearest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    /// Jaro–Winkler similarity above which one word is probably the other one misspelt.
    const LIKELY: f64 = 0.8;
    /// Minimum length of a part of a single candidate that is taken as its short form: `snr` for `grad_snr`.
    const SHORT: usize = 3;
    let likely = words
        .iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), *candidate))
        .filter(|(similarity, _)| *similarity >= LIKELY)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate);
    let mut whole = words.iter().copied().filter(|candidate| word.len() >= SHORT && candidate.contains(word));
    likely.or_else(|| whole.next().filter(|_| whole.next().is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_misspelt_or_cut_short_finds_its_own_and_one_that_could_be_several_none() {
        let words = ["grad_snr", "gain", "grad_norm", "gain_norm"];
        assert_eq!(nearest("gian", &words), Some("gain"));
        assert_eq!(nearest("snr", &words), Some("grad_snr"));
        assert_eq!(nearest("norm", &words), None);
        assert_eq!(nearest("zebra", &words), None);
    }
}
