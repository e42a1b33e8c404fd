//! Runs worth seeing: settings with a sentence that says what to look for, and claims that the run's trace must fulfil.
//!
//! Each is a settings file in `assets/presets` with two more keys, `about` and `claims`.
//!
//! ```
//! use nablatop::config::draft::Draft;
//! use nablatop::preset::Preset;
//!
//! let preset = Preset::find("vanishing-50")?;
//! let mut draft = Draft::new();
//! preset.write(&mut draft)?;
//! assert_eq!(draft.finish()?.lanes[0].depth, 50);
//! assert!(!preset.claims().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claim;

use thiserror::Error;
use toml::de::{DeTable, DeValue};

pub use claim::{Claim, ClaimError, Figure};

use crate::config::draft::{Draft, DraftError};
use crate::config::spelling::not_one_of;

/// A preset with the text of its file.
#[derive(Debug)]
#[non_exhaustive]
pub struct Preset {
    /// Its name, that of the file.
    pub name: &'static str,
    text: &'static str,
}

/// All presets by name.
macro_rules! presets {
    ($($name:literal),+ $(,)?) => {
        /// All presets, from the simplest on.
        pub const PRESETS: &[Preset] =
            &[$(Preset { name: $name, text: include_str!(concat!("../assets/presets/", $name, ".toml")) }),+];
    };
}

presets![
    "vanishing-50",
    "batchnorm-explodes",
    "plain-56-vs-resnet-56",
    "vgg19-vs-resnet152",
    "dense-40-vs-plain",
    "highway-100",
    "thousand-layers",
    "rezero-vs-plain-1000",
    "cures-1000",
    "orthogonal-tanh-10000",
    "pre-vs-post-ln-100",
    "diffusion-skips",
];

/// Keys of a preset that are not settings.
const ABOUT: &str = "about";
const CLAIMS: &str = "claims";

/// Why a preset cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PresetError {
    /// There is no preset of that name.
    #[error("{0}; --list-presets says what each is for")]
    Unknown(String),
    /// Its settings make no sense: the build is broken.
    #[error(transparent)]
    Settings(#[from] DraftError),
}

impl Preset {
    /// The preset of that name.
    ///
    /// # Errors
    /// Fails when there is no such preset.
    pub fn find(name: &str) -> Result<&'static Self, PresetError> {
        let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
        PRESETS.iter().find(|preset| preset.name == name).ok_or_else(|| PresetError::Unknown(not_one_of(name, &names)))
    }

    /// Writes its settings into a draft; everything that is written later replaces them.
    ///
    /// # Errors
    /// Fails only in a broken build.
    pub fn write(&self, draft: &mut Draft) -> Result<(), PresetError> {
        Ok(draft.read_preset(self.name, self.text, &[ABOUT, CLAIMS])?)
    }

    /// The sentence that says what to look for.
    #[must_use]
    pub fn about(&self) -> String {
        self.strings(ABOUT).concat()
    }

    /// The claims that its trace must fulfil, as written.
    #[must_use]
    pub fn claims(&self) -> Vec<String> {
        self.strings(CLAIMS)
    }

    /// The text or list of texts under a key.
    fn strings(&self, key: &str) -> Vec<String> {
        let Ok(table) = DeTable::parse(self.text) else { return Vec::new() };
        let text = |value: &DeValue<'_>| if let DeValue::String(text) = value { Some(text.to_string()) } else { None };
        match table.get_ref().get(key).map(toml::Spanned::get_ref) {
            Some(DeValue::Array(items)) => items.iter().filter_map(|item| text(item.get_ref())).collect(),
            Some(value) => text(value).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_has_settings_a_sentence_and_claims_about_its_own_lanes() {
        for preset in PRESETS {
            let mut draft = Draft::new();
            preset.write(&mut draft).expect(preset.name);
            let config = draft.finish().expect(preset.name);
            assert!(preset.about().ends_with('.') && preset.about().len() > 40, "{}", preset.name);
            assert!(!preset.claims().is_empty(), "{}", preset.name);
            for claim in preset.claims() {
                let claim: Claim = claim.parse().expect(preset.name);
                assert!(config.lanes.iter().any(|lane| lane.name == claim.lane), "{}: {claim:?}", preset.name);
            }
        }
    }

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/presets");
        let files = std::fs::read_dir(folder).expect("the folder").count();
        assert_eq!(files, PRESETS.len());
    }

    #[test]
    fn a_name_that_is_nearly_right_is_suggested() {
        let error = Preset::find("thousand-layer").unwrap_err().to_string();
        assert!(error.contains("did you mean 'thousand-layers'?"), "{error}");
    }
}
