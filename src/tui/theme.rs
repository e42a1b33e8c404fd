//! Colours by role, and glyphs, for every kind of terminal: truecolour, 256, 16, no colour; Unicode or ASCII.
//!
//! A colour never stands alone: a glyph or a number shows the same.
//!
//! ```
//! use nablatop::tui::theme::{Background, Colours, Glyphs, Theme};
//!
//! let theme = Theme::new(Colours::None, Glyphs::Ascii, Background::Dark);
//! assert!(matches!(theme.glyphs, Glyphs::Ascii));
//! ```

mod ascii;
mod capability;
mod colour;
mod console;
mod detect;
mod palette;
mod role;

use ratatui::style::{Color, Modifier, Style};

pub use capability::{Background, Colours, Glyphs};
pub(crate) use colour::contrast;
pub use palette::Palette;
pub(crate) use palette::Shade;
pub(crate) use role::Role;

pub(super) use ascii::to_ascii;
#[cfg(test)]
pub(super) use colour::contrast_ratio;
pub(super) use colour::{between, luminance, rgb};
pub(super) use console::to_console;

use colour::adapt;

/// The look of the screen on one terminal.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its colours.
    pub(crate) colours: Colours,
    /// Its characters.
    pub glyphs: Glyphs,
    /// Its background.
    pub(crate) background: Background,
    /// Whether the background is only assumed.
    is_guessed: bool,
    sequential: Palette,
    diverging: Palette,
}

impl Theme {
    /// The look for a terminal of this kind.
    #[must_use]
    pub fn new(colours: Colours, glyphs: Glyphs, background: Background) -> Self {
        Self {
            colours,
            glyphs,
            background,
            is_guessed: false,
            sequential: Palette::sequential(colours, glyphs),
            diverging: Palette::diverging(colours, glyphs),
        }
    }

    /// The look if the background is unknown: dark, until the terminal answers.
    #[must_use]
    pub fn guessed(colours: Colours, glyphs: Glyphs) -> Self {
        Self { is_guessed: true, ..Self::new(colours, glyphs, Background::Dark) }
    }

    /// Whether the terminal must be asked for its background.
    #[must_use]
    pub(crate) fn is_guessed(&self) -> bool {
        self.is_guessed
    }

    /// The same look on the background that the terminal reported.
    #[must_use]
    pub(crate) fn on(self, background: Background) -> Self {
        Self { background, is_guessed: false, ..self }
    }

    /// The palette of values.
    #[must_use]
    pub(crate) fn sequential(&self) -> &Palette {
        &self.sequential
    }

    /// The palette of log-ratios, its middle at 0.
    #[must_use]
    pub(crate) fn diverging(&self) -> &Palette {
        &self.diverging
    }

    /// Rows of pixels in one cell of a heatmap: two if half blocks can be distinguished by colour.
    #[must_use]
    pub(crate) fn pixels_per_cell(&self) -> usize {
        match (self.colours, self.glyphs) {
            (Colours::True | Colours::Indexed, Glyphs::Unicode) => 2,
            _ => 1,
        }
    }

    /// The glyph for this terminal.
    #[must_use]
    pub(crate) fn glyph(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self.glyphs {
            Glyphs::Unicode => unicode,
            Glyphs::Console if unicode.chars().all(console::has) => unicode,
            Glyphs::Console | Glyphs::Ascii => ascii,
        }
    }

    /// The look of a role.
    #[must_use]
    pub(crate) fn style(&self, role: Role) -> Style {
        let look = role.look();
        let style = Style::new().add_modifier(look.modifier);
        let colour = match self.background {
            Background::Dark => look.dark,
            Background::Light => look.light,
        };
        match self.colours {
            Colours::None => style.add_modifier(look.without_colour),
            Colours::Sixteen => match self.background {
                Background::Dark => style.fg(look.sixteen[0]),
                Background::Light => style.fg(look.sixteen[1]).add_modifier(look.light16),
            },
            _ => colour.map_or(style, |(r, g, b)| style.fg(self.adapt(r, g, b))),
        }
    }

    /// The look of a lane's name, curve and numbers.
    #[must_use]
    pub(crate) fn lane(&self, lane: usize) -> Style {
        self.style(Role::Lane(lane))
    }

    /// A filled field: the role's colour as background with text in contrast to it; reversed if there is no colour.
    #[must_use]
    pub(crate) fn field(&self, role: Role) -> Style {
        match self.style(role).fg {
            Some(ground) => Style::new().bg(ground).fg(contrast(ground)).add_modifier(Modifier::BOLD),
            None => Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD),
        }
    }

    /// The nearest colour to red, green and blue from 0 to 1.
    #[must_use]
    pub(crate) fn mixed(&self, light: [f32; 3]) -> Color {
        let [r, g, b] = light.map(|light| (light.clamp(0.0, 1.0) * 255.0).round() as u8);
        self.adapt(r, g, b)
    }

    fn adapt(&self, r: u8, g: u8, b: u8) -> Color {
        adapt(self.colours, Color::Rgb(r, g, b))
    }
}
