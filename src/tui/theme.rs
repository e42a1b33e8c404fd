//! Colours by role and glyphs, for every kind of terminal: truecolour, 256, 16, no colour; Unicode or ASCII.
//!
//! A colour never stands alone: a glyph or a number says the same.

mod ascii;
mod console;
mod detect;
mod palette;
mod role;

use ratatui::style::{Color, Modifier, Style};
use termprofile::TermProfile;

pub use palette::{Palette, Shade};
pub use role::Role;

pub(super) use ascii::to_ascii;
pub(super) use console::to_console;

/// Colours that a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What was found out about the terminal.
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
pub enum Glyphs {
    /// Half blocks, braille, boxes.
    Unicode,
    /// Those of the Linux console's font: boxes, shades and arrows, but no braille.
    Console,
    /// The 95 printable ones.
    Ascii,
}

/// What a terminal's own background is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// Text is light.
    Dark,
    /// Text is dark.
    Light,
}

/// How the screen looks on one terminal.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its colours.
    pub colours: Colours,
    /// Its characters.
    pub glyphs: Glyphs,
    /// Its background.
    pub background: Background,
    /// Nothing said what the background is like.
    is_guessed: bool,
    sequential: Palette,
    diverging: Palette,
}

impl Theme {
    /// The look for such a terminal.
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

    /// The look where nothing says what the background is like: dark, until the terminal answers.
    #[must_use]
    pub fn guessed(colours: Colours, glyphs: Glyphs) -> Self {
        Self { is_guessed: true, ..Self::new(colours, glyphs, Background::Dark) }
    }

    /// Whether the terminal is to be asked for its background.
    #[must_use]
    pub fn is_guessed(&self) -> bool {
        self.is_guessed
    }

    /// The same on the background that the terminal has.
    #[must_use]
    pub fn on(self, background: Background) -> Self {
        Self { background, is_guessed: false, ..self }
    }

    /// The palette of values.
    #[must_use]
    pub fn sequential(&self) -> &Palette {
        &self.sequential
    }

    /// The palette of log-ratios, its middle at 0.
    #[must_use]
    pub fn diverging(&self) -> &Palette {
        &self.diverging
    }

    /// Rows of pixels in one cell of a heatmap: two where half blocks can be told apart by colour.
    #[must_use]
    pub fn pixels_per_cell(&self) -> usize {
        match (self.colours, self.glyphs) {
            (Colours::True | Colours::Indexed, Glyphs::Unicode) => 2,
            _ => 1,
        }
    }

    /// The glyph for this terminal.
    #[must_use]
    pub fn glyph(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self.glyphs {
            Glyphs::Unicode => unicode,
            Glyphs::Console if unicode.chars().all(console::has) => unicode,
            Glyphs::Console | Glyphs::Ascii => ascii,
        }
    }

    /// The look of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
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
    pub fn lane(&self, lane: usize) -> Style {
        self.style(Role::Lane(lane))
    }

    /// A filled field: the role's colour as ground, text in contrast to it; reversed where there is no colour.
    #[must_use]
    pub fn field(&self, role: Role) -> Style {
        match self.style(role).fg {
            Some(ground) => Style::new().bg(ground).fg(contrast(ground)).add_modifier(Modifier::BOLD),
            None => Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD),
        }
    }

    /// The nearest colour to red, green and blue of 0 … 1.
    #[must_use]
    pub fn mixed(&self, light: [f32; 3]) -> Color {
        let [r, g, b] = light.map(|light| (light.clamp(0.0, 1.0) * 255.0).round() as u8);
        self.adapt(r, g, b)
    }

    fn adapt(&self, r: u8, g: u8, b: u8) -> Color {
        adapt(self.colours, Color::Rgb(r, g, b))
    }
}

/// The nearest colour that the terminal has.
fn adapt(colours: Colours, colour: Color) -> Color {
    let profile = match colours {
        Colours::True => TermProfile::TrueColor,
        Colours::Indexed => TermProfile::Ansi256,
        Colours::Sixteen => TermProfile::Ansi16,
        Colours::None => TermProfile::NoColor,
    };
    profile.adapt_color(colour).unwrap_or(Color::Reset)
}

/// Black or white, whichever is read more easily on this ground: at least 4.58 to 1, whatever the ground.
#[must_use]
pub fn contrast(ground: Color) -> Color {
    let on = |ink| contrast_ratio(rgb(ink), rgb(ground));
    if on(Color::Black) > on(Color::White) { Color::Black } else { Color::White }
}

/// Ratio of the luminances of two colours, 1 … 21; text needs 4.5 (WCAG 2.2, 1.4.3).
#[must_use]
pub(super) fn contrast_ratio(a: (u8, u8, u8), b: (u8, u8, u8)) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The colour between two.
#[must_use]
pub(super) fn between(colours: Colours, a: Color, b: Color) -> Color {
    let ((ar, ag, ab), (br, bg, bb)) = (rgb(a), rgb(b));
    adapt(colours, Color::Rgb(ar.midpoint(br), ag.midpoint(bg), ab.midpoint(bb)))
}

/// Relative luminance of an sRGB colour, 0 … 1 (WCAG 2.2).
pub(super) fn luminance((r, g, b): (u8, u8, u8)) -> f32 {
    let linear = |channel: u8| {
        let channel = f32::from(channel) / 255.0;
        if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// A colour as red, green, blue; the terminal's own default counts as black.
pub(super) fn rgb(colour: Color) -> (u8, u8, u8) {
    match colour {
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Indexed(index) => {
            let colour = termprofile::ansi256_to_rgb(index.into());
            (colour.0, colour.1, colour.2)
        }
        Color::Reset | Color::Black => (0, 0, 0),
        Color::Red => (205, 49, 49),
        Color::Green => (13, 160, 80),
        Color::Yellow => (200, 160, 16),
        Color::Blue => (36, 90, 200),
        Color::Magenta => (170, 63, 188),
        Color::Cyan => (17, 150, 180),
        Color::Gray => (204, 204, 204),
        Color::DarkGray => (110, 110, 110),
        Color::LightRed => (241, 90, 90),
        Color::LightGreen => (60, 220, 130),
        Color::LightYellow => (245, 230, 70),
        Color::LightBlue => (90, 150, 240),
        Color::LightMagenta => (214, 112, 214),
        Color::LightCyan => (41, 200, 219),
        Color::White => (255, 255, 255),
    }
}
