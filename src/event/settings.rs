//! Settings of a run or a lane, as a header carries them: text by key, of whatever program trained.
//!
//! Another program may write numbers and switches where nablatop writes text: they are read as text. What is neither, and
//! what comes behind the first [`MOST`] keys, is left out.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;

/// Settings by their keys, each as the user would write it.
pub type Settings = BTreeMap<String, String>;

/// Settings of a run, and of a lane, at most: nablatop has some 50.
const MOST: usize = 1_000;

/// Reads settings whose values may be text, numbers or switches.
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Settings, D::Error> {
    struct Reading;
    impl<'de> Visitor<'de> for Reading {
        type Value = Settings;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of settings")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
            let mut settings = Settings::new();
            while let Some((key, value)) = map.next_entry::<String, Value>()? {
                let text = match value {
                    Value::String(text) => text,
                    Value::Number(number) => number.to_string(),
                    Value::Bool(is_on) => if is_on { "on" } else { "off" }.to_owned(),
                    Value::Null | Value::Array(_) | Value::Object(_) => continue,
                };
                if settings.len() < MOST {
                    settings.insert(key, text);
                }
            }
            Ok(settings)
        }
    }
    deserializer.deserialize_map(Reading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_programs_values_are_read_as_text_and_none_makes_a_header_unreadable() {
        let text = r#"{"lr":0.001,"steps":4,"amp":true,"name":"gpt","betas":[0.9,0.95],"more":{"a":1},"none":null}"#;
        let settings = read(&mut serde_json::Deserializer::from_str(text)).expect("read");
        let expected = [("amp", "on"), ("lr", "0.001"), ("name", "gpt"), ("steps", "4")];
        assert!(settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).eq(expected));
        let many: serde_json::Map<String, Value> = (0..3 * MOST).map(|key| (key.to_string(), key.into())).collect();
        let settings = read(Value::Object(many)).expect("read");
        assert_eq!(settings.len(), MOST);
    }
}
