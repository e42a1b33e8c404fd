//! The capabilities of a terminal: colours, characters, the brightness of its background.

use termprofile::TermProfile;

/// Colours that a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Colours {
    /// 24 bits.
    True,
    /// The 256 indexed ones.
    Indexed,
    /// The 16 named ones.
    Sixteen,
    /// None, or `NO_COLOR` is set.
    None,
}

/// The colours that were detected.
impl From<TermProfile> for Colours {
    fn from(profile: TermProfile) -> Self {
        match profile {
            TermProfile::TrueColor => Self::True,
            TermProfile::Ansi256 => Self::Indexed,
            TermProfile::Ansi16 => Self::Sixteen,
            TermProfile::NoColor | TermProfile::NoTty => Self::None,
        }
    }
}

/// Characters that a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Glyphs {
    /// Half blocks, braille and box drawing.
    Unicode,
    /// Those of the Linux console's font: box drawing, shades and arrows, but no braille.
    Console,
    /// The 95 printable ones.
    Ascii,
}

/// The background of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// The background is dark, and text is light.
    Dark,
    /// The background is light, and text is dark.
    Light,
}
