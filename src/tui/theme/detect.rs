//! Detects the capabilities of the terminal from its environment. The terminal itself is asked only for its background,
//! and only if the environment does not tell it: see [`super::Theme::guessed`].

use std::io;

use termprofile::{DetectorSettings, TermProfile};

use super::{Background, Colours, Glyphs};

impl Colours {
    /// From `TERM`, `COLORTERM`, `NO_COLOR` and their like.
    #[must_use]
    pub fn detect() -> Self {
        // The Linux console maps every other colour to one of its 16, some to black.
        if std::env::var("TERM").is_ok_and(|terminal| terminal == "linux") && !Self::is_refused() {
            return Self::Sixteen;
        }
        let promises = std::env::var("COLORTERM").is_ok_and(|value| matches!(value.as_str(), "truecolor" | "24bit"));
        if promises && !Self::is_refused() {
            // This also holds inside tmux, which itself maps colours to those of the outer terminal.
            return Self::True;
        }
        // A child process would be too slow for the colour that tmux would report.
        match TermProfile::detect(&io::stdout(), DetectorSettings::default().enable_tmux_info(false)) {
            TermProfile::TrueColor => Self::True,
            TermProfile::Ansi256 => Self::Indexed,
            TermProfile::Ansi16 => Self::Sixteen,
            TermProfile::NoColor | TermProfile::NoTty => Self::None,
        }
    }
}

impl Colours {
    /// Whether `NO_COLOR` is set.
    fn is_refused() -> bool {
        std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty())
    }
}

impl Background {
    /// The background from `COLORFGBG` (`foreground;background`); `None` if it is not set and the terminal can be
    /// asked.
    #[must_use]
    pub fn detect() -> Option<Self> {
        // These two write unknown sequences to the screen.
        let knows_no_questions = std::env::var("TERM").is_ok_and(|name| matches!(name.as_str(), "linux" | "dumb"));
        let known = std::env::var("COLORFGBG").ok().and_then(|value| Self::from_colorfgbg(&value));
        known.or_else(|| knows_no_questions.then_some(Self::Dark))
    }

    fn from_colorfgbg(value: &str) -> Option<Self> {
        match value.rsplit(';').next()?.parse::<u8>().ok()? {
            // White and the bright colours, except bright black.
            7 | 9..=15 => Some(Self::Light),
            _ => Some(Self::Dark),
        }
    }
}

impl Glyphs {
    /// ASCII if the locale names another character set than UTF-8, or on a dumb terminal.
    #[must_use]
    pub fn detect() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG"));
        Self::from_environment(locale.as_deref(), variable("TERM").as_deref())
    }

    fn from_environment(locale: Option<&str>, terminal: Option<&str>) -> Self {
        let is_other = locale.is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            !locale.contains("utf-8") && !locale.contains("utf8")
        });
        match terminal {
            Some("dumb") => Self::Ascii,
            _ if is_other => Self::Ascii,
            Some("linux") => Self::Console,
            _ => Self::Unicode,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_background_is_read_from_the_last_number() {
        assert_eq!(Background::from_colorfgbg("0;15"), Some(Background::Light));
        assert_eq!(Background::from_colorfgbg("15;default;0"), Some(Background::Dark));
        assert_eq!(Background::from_colorfgbg("nonsense"), None);
    }

    #[test]
    fn a_locale_without_utf_8_gets_ascii() {
        assert_eq!(Glyphs::from_environment(Some("de_DE.UTF-8"), None), Glyphs::Unicode);
        assert_eq!(Glyphs::from_environment(None, Some("xterm")), Glyphs::Unicode);
        assert_eq!(Glyphs::from_environment(Some("C"), None), Glyphs::Ascii);
        assert_eq!(Glyphs::from_environment(None, Some("dumb")), Glyphs::Ascii);
        assert_eq!(Glyphs::from_environment(Some("C.UTF-8"), Some("linux")), Glyphs::Console);
        assert_eq!(Glyphs::from_environment(Some("C"), Some("linux")), Glyphs::Ascii);
    }
}
