//! A small parser for the JSON of traces, for the lines of which there are millions.
//!
//! It reads one line whose checksum is correct, so it need not repair anything: unexpected input is a fault of the
//! line. Numbers go straight into the grid, without a tree in between.

use std::str::FromStr;

use crate::grid::Value;

/// What is wrong with a line whose checksum is correct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The JSON is not what was expected, which is named.
    Expected(&'static str),
    /// An array has another length than the lane has layers.
    Length(usize),
}

/// A position in a line.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// The start of a line.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn peek(&mut self) -> Option<u8> {
        while self.text.as_bytes().get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        self.text.as_bytes().get(self.at).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let accepted = self.peek() == Some(byte);
        self.at += usize::from(accepted);
        accepted
    }

    /// Opens an object.
    pub(super) fn open(&mut self) -> Result<(), Fault> {
        if self.accept(b'{') { Ok(()) } else { Err(Fault::Expected("an object")) }
    }

    /// The next key of the open object; `None` at its end, which for the line itself is the end of the text.
    pub(super) fn key(&mut self) -> Result<Option<&'a str>, Fault> {
        self.accept(b',');
        match self.peek() {
            None => return Ok(None),
            Some(b'}') => {
                self.at += 1;
                return Ok(None);
            }
            Some(_) => {}
        }
        let key = self.word()?;
        if self.accept(b':') { Ok(Some(key)) } else { Err(Fault::Expected("a colon after a key")) }
    }

    /// Text without escapes, as all keys are.
    pub(super) fn word(&mut self) -> Result<&'a str, Fault> {
        if !self.accept(b'"') {
            return Err(Fault::Expected("text in quotes"));
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.bytes().position(|byte| byte == b'"').ok_or(Fault::Expected("the end of a text"))?;
        self.at += length + 1;
        Ok(rest.get(..length).unwrap_or_default())
    }

    fn null(&mut self) -> bool {
        let null = self.peek() == Some(b'n') && self.text.as_bytes().get(self.at..self.at + 4) == Some(b"null");
        self.at += if null { 4 } else { 0 };
        null
    }

    /// A number as its type parses it. Only the characters of a JSON number are accepted, so that `inf` is refused.
    fn number<T: FromStr>(&mut self) -> Result<T, Fault> {
        self.peek();
        let bytes = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let is_numeric = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = bytes.iter().position(|byte| !is_numeric(byte)).unwrap_or(bytes.len());
        let token = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        token.parse().map_err(|_| Fault::Expected("a number"))
    }

    /// A whole number that fits the type.
    pub(super) fn whole<T: TryFrom<u64>>(&mut self) -> Result<T, Fault> {
        T::try_from(self.number::<u64>()?).map_err(|_| Fault::Expected("a smaller number"))
    }

    /// A number, or `None` for `null`.
    pub(super) fn scalar<T: FromStr>(&mut self) -> Result<Option<T>, Fault> {
        if self.null() { Ok(None) } else { self.number().map(Some) }
    }

    /// An array with one number or `null` per cell of `row`; `null` leaves the cell unchanged.
    pub(super) fn row(&mut self, row: &mut [Value]) -> Result<(), Fault> {
        let mut cells = row.iter_mut();
        let mut length = 0;
        self.array(|scanner| {
            length += 1;
            let value = scanner.scalar()?;
            if let (Some(cell), Some(value)) = (cells.next(), value) {
                *cell = Value::new(value);
            }
            Ok(())
        })?;
        if length == row.len() { Ok(()) } else { Err(Fault::Length(length)) }
    }

    /// An array of indices.
    pub(super) fn indices(&mut self, mut each: impl FnMut(usize)) -> Result<(), Fault> {
        self.array(|scanner| scanner.whole().map(&mut each))
    }

    fn array(&mut self, mut item: impl FnMut(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        if !self.accept(b'[') {
            return Err(Fault::Expected("an array"));
        }
        if self.accept(b']') {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.accept(b']') {
                return Ok(());
            }
            if !self.accept(b',') {
                return Err(Fault::Expected("a comma or the end of an array"));
            }
        }
    }

    /// Skips a value of any kind: a field from a newer version.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde::de::IgnoredAny>();
        match values.next() {
            Some(Ok(_)) => {
                self.at += values.byte_offset();
                Ok(())
            }
            _ => Err(Fault::Expected("a value")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_numbers_and_leaves_nulls_absent() {
        let mut row = [Value::ABSENT; 4];
        Scanner::new("[1.5,null, -0.0,1e-40]").row(&mut row).unwrap();
        assert_eq!(row, [Value::new(1.5), Value::ABSENT, Value::new(-0.0), Value::new(1e-40)]);
    }

    #[test]
    fn a_row_of_another_length_says_how_long_it_is() {
        let mut row = [Value::ABSENT; 3];
        assert_eq!(Scanner::new("[1,2]").row(&mut row), Err(Fault::Length(2)));
        assert_eq!(Scanner::new("[1,2,3,4]").row(&mut row), Err(Fault::Length(4)));
        assert_eq!(Scanner::new("[]").row(&mut row), Err(Fault::Length(0)));
    }

    #[test]
    fn nonsense_is_a_fault_and_never_a_value() {
        for text in ["[inf]", "[NaN]", "[1", "[1 2]", "[,]", "1", "", "[nul]", "[\"1\"]"] {
            assert!(matches!(Scanner::new(text).row(&mut [Value::ABSENT]), Err(Fault::Expected(_))), "{text}");
        }
    }

    #[test]
    fn unknown_values_are_passed_over() {
        let mut scanner = Scanner::new(r#"{"new":{"a":[1,"}"],"b":null},"old":7"#);
        scanner.open().unwrap();
        assert_eq!(scanner.key().unwrap(), Some("new"));
        scanner.skip().unwrap();
        assert_eq!(scanner.key().unwrap(), Some("old"));
        assert_eq!(scanner.whole::<u64>().unwrap(), 7);
        assert_eq!(scanner.key().unwrap(), None);
    }
}
