//! Arithmetic of colours: the nearest one that a terminal has, contrast, luminance.

use ratatui::style::Color;
use termprofile::TermProfile;

use super::capability::Colours;

/// The nearest colour that the terminal has.
pub(in crate::tui) fn adapt(colours: Colours, colour: Color) -> Color {
    let profile = match colours {
        Colours::True => TermProfile::TrueColor,
        Colours::Indexed => TermProfile::Ansi256,
        Colours::Sixteen => TermProfile::Ansi16,
        Colours::None => TermProfile::NoColor,
    };
    profile.adapt_color(colour).unwrap_or(Color::Reset)
}

/// Black or white, whichever has more contrast to this background: at least 4.58 to 1 on any background.
#[must_use]
pub(crate) fn contrast(ground: Color) -> Color {
    let on = |ink| contrast_ratio(rgb(ink), rgb(ground));
    if on(Color::Black) > on(Color::White) { Color::Black } else { Color::White }
}

/// Ratio of the luminances of two colours, 1 … 21; text needs 4.5 (WCAG 2.2, 1.4.3).
#[must_use]
pub(in crate::tui) fn contrast_ratio(a: (u8, u8, u8), b: (u8, u8, u8)) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The colour between two.
#[must_use]
pub(in crate::tui) fn between(colours: Colours, a: Color, b: Color) -> Color {
    let ((ar, ag, ab), (br, bg, bb)) = (rgb(a), rgb(b));
    adapt(colours, Color::Rgb(ar.midpoint(br), ag.midpoint(bg), ab.midpoint(bb)))
}

/// Relative luminance of an sRGB colour, 0 … 1 (WCAG 2.2).
pub(in crate::tui) fn luminance((r, g, b): (u8, u8, u8)) -> f32 {
    let linear = |channel: u8| {
        let channel = f32::from(channel) / 255.0;
        if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// A colour as red, green and blue; the terminal's own default counts as black.
pub(in crate::tui) fn rgb(colour: Color) -> (u8, u8, u8) {
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
