//! Numbers in the JSON of a trace: exact in both directions, with the numbers that JSON lacks listed beside the arrays.
//!
//! ```text
//! "loss":[0.5,null,null,2.0],"nan":{"loss":[1]},"pinf":{"loss":[2]}      0.5, NaN, +∞, 2.0
//! ```
//!
//! A `null` that is not listed is an absent value. Writing an f32 in decimal and reading it back gives the same bits.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::grid::Value;

/// An array of numbers; `null` stands for a number that JSON lacks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::event) struct Numbers(pub(in crate::event) Vec<Value>);

impl Serialize for Numbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|value| value.get().filter(|value| value.is_finite())))
    }
}

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // serde_json reads an f32 by way of an f64, which rounds twice; `parse` rounds once.
        let expected = || D::Error::custom("expected an array of numbers");
        let raw: &RawValue = Deserialize::deserialize(deserializer)?;
        let inner = raw.get().trim().strip_prefix('[').and_then(|text| text.strip_suffix(']')).ok_or_else(expected)?;
        if inner.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut values = Vec::new();
        for text in inner.split(',').map(str::trim) {
            let value = if text == "null" { None } else { Some(text.parse().map_err(|_| expected())?) };
            values.push(Value::from(value));
        }
        Ok(Self(values))
    }
}

/// Indices into named arrays, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::event) struct Places(Vec<(String, Vec<usize>)>);

impl Places {
    pub(in crate::event) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, name: &str, index: usize) {
        match self.0.last_mut() {
            Some((last, indices)) if last == name => indices.push(index),
            _ => self.0.push((name.to_owned(), vec![index])),
        }
    }
}

/// Lists where `null` stands for a number that JSON lacks; an empty list is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::event) struct NonFinite {
    /// NaN.
    #[serde(default, skip_serializing_if = "Places::is_empty")]
    nan: Places,
    /// +∞.
    #[serde(default, skip_serializing_if = "Places::is_empty")]
    pinf: Places,
    /// −∞.
    #[serde(default, skip_serializing_if = "Places::is_empty")]
    ninf: Places,
}

impl NonFinite {
    /// Lists the numbers of an array that JSON lacks.
    pub(in crate::event) fn note(&mut self, name: &str, values: &[Value]) {
        for (index, value) in values.iter().enumerate() {
            match value.get() {
                Some(value) if value.is_nan() => self.nan.add(name, index),
                Some(f32::INFINITY) => self.pinf.add(name, index),
                Some(f32::NEG_INFINITY) => self.ninf.add(name, index),
                _ => {}
            }
        }
    }

    /// Puts the numbers that JSON lacks back into the array of that name.
    ///
    /// # Errors
    /// Fails when an index is beyond the end of the array.
    pub(in crate::event) fn restore(&self, name: &str, values: &mut [Value]) -> Result<(), String> {
        let kinds = [(&self.nan, f32::NAN), (&self.pinf, f32::INFINITY), (&self.ninf, f32::NEG_INFINITY)];
        for (listed, value) in kinds {
            let indices = listed.0.iter().filter(|(of, _)| of == name).flat_map(|(_, indices)| indices);
            for &index in indices {
                let lost = || format!("index {index} of '{name}' leads nowhere");
                *values.get_mut(index).ok_or_else(lost)? = Value::new(value);
            }
        }
        Ok(())
    }
}

impl Serialize for Places {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, indices) in &self.0 {
            map.serialize_entry(name, indices)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamedArrays(Vec::new())).map(Self)
    }
}

/// Arrays by name, in the order of a JSON object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::event) struct NumberRows(pub(in crate::event) Vec<(String, Numbers)>);

impl Serialize for NumberRows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, numbers) in &self.0 {
            map.serialize_entry(name, numbers)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for NumberRows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamedArrays(Vec::new())).map(Self)
    }
}

/// Collects the entries of an object.
struct NamedArrays<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for NamedArrays<T> {
    type Value = Vec<(String, T)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of arrays")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        while let Some(entry) = map.next_entry()? {
            self.0.push(entry);
        }
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_number_comes_back() {
        let values = [0.1, f32::NAN, f32::INFINITY, -0.0, f32::NEG_INFINITY, f32::MIN_POSITIVE, 1e-45].map(Value::new);
        let mut all = values.to_vec();
        all.push(Value::ABSENT);
        let mut listed = NonFinite::default();
        listed.note("loss", &all);
        let text = serde_json::to_string(&(Numbers(all.clone()), listed)).expect("JSON");
        let (mut read, listed): (Numbers, NonFinite) = serde_json::from_str(&text).expect("the same JSON");
        listed.restore("loss", &mut read.0).expect("every index leads somewhere");
        assert_eq!(read.0, all, "{text}");
    }

    #[test]
    fn what_is_not_an_array_of_numbers_is_refused() {
        for text in ["{}", "[1,\"2\"]", "[1,[2]]", "[true]", "3"] {
            assert!(serde_json::from_str::<Numbers>(text).is_err(), "{text}");
        }
        assert_eq!(serde_json::from_str::<Numbers>("[ ]").expect("an empty array"), Numbers::default());
    }
}
