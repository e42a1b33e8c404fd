//! Values with commas in the settings of a lane: `init-from="a,b.safetensors"`, in quotes of either kind.
//!
//! A quote counts only where a value begins, directly after `=`, and ends before a comma or at the end: an apostrophe
//! within a file name is an ordinary character.

use std::borrow::Cow;

const QUOTES: [char; 2] = ['"', '\''];

/// Splits at commas outside of quotes; an unclosed quote makes the rest one part.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let (part, behind) = split(rest?);
        rest = behind;
        Some(part)
    })
}

fn split(text: &str) -> (&str, Option<&str>) {
    let comma = match text.find(',') {
        Some(first) => match opened(&text[..first]) {
            Some((quote, from)) => closing(&text[from..], quote).map(|end| from + end).filter(|end| *end < text.len()),
            None => Some(first),
        },
        None => None,
    };
    comma.map_or((text, None), |comma| (&text[..comma], Some(&text[comma + 1..])))
}

/// The quote that opens a part's value, and where the quoted text begins.
fn opened(part: &str) -> Option<(char, usize)> {
    let begins = part.find('=')? + 1;
    let quote = part[begins..].chars().next().filter(|first| QUOTES.contains(first))?;
    Some((quote, begins + quote.len_utf8()))
}

/// Position after the closing quote, which is followed by a comma or the end.
fn closing(text: &str, quote: char) -> Option<usize> {
    let ends = |end: &usize| text[*end..].is_empty() || text[*end..].starts_with(',');
    text.match_indices(quote).map(|(place, quote)| place + quote.len()).find(ends)
}

/// The value without its quotes.
///
/// # Errors
/// When a quote is opened and not closed.
pub(super) fn bare(value: &str) -> Result<&str, String> {
    let Some(quote) = value.chars().next().filter(|first| QUOTES.contains(first)) else { return Ok(value) };
    let inner = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner.ok_or_else(|| format!("the quote ({quote}) before {} is never closed: close it", &value[quote.len_utf8()..]))
}

/// The value as it is written in a lane, in quotes if needed; `None` if neither kind of quote can hold it.
pub(super) fn quoted(value: &str) -> Option<Cow<'_, str>> {
    if !value.contains(',') && !value.starts_with(QUOTES) {
        return Some(Cow::Borrowed(value));
    }
    let holds = |quote: &char| !value.contains(&format!("{quote},"));
    QUOTES.iter().find(|quote| holds(quote)).map(|quote| Cow::Owned(format!("{quote}{value}{quote}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_within_quotes_do_not_separate() {
        let split = |text: &'static str| parts(text).collect::<Vec<_>>();
        assert_eq!(split("a=1,b=\"x,y\",c='p,\"q'"), ["a=1", "b=\"x,y\"", "c='p,\"q'"]);
        assert_eq!(split("a=it's,b=5\" disk,c"), ["a=it's", "b=5\" disk", "c"]);
        assert_eq!(split("a=\"x,y"), ["a=\"x,y"]);
        assert_eq!(split("a=1,"), ["a=1", ""]);
        assert_eq!(split(""), [""]);
    }

    #[test]
    fn a_value_in_quotes_is_the_value() {
        for value in ["plain", "it's", "a,b", "\"a", "a\",b", "'a,b'", "ends\"", "a,\""] {
            let text = format!("k={}", quoted(value).expect("can be quoted"));
            assert_eq!(parts(&text).collect::<Vec<_>>(), [text.as_str()], "{value}");
            assert_eq!(bare(&text[2..]), Ok(value));
        }
        assert_eq!(quoted("a\",b',c"), None);
        assert_eq!(bare("\"a"), Err("the quote (\") before a is never closed: close it".to_owned()));
    }
}
