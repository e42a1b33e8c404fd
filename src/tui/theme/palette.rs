//! Maps a position on a colour scale to the look of a cell: a colour, a shade glyph, or both.
//!
//! Truecolour and 256: viridis (values) and a blue–white–red palette (log-ratios). 16: shade glyphs dither between four
//! colours of rising brightness. No colour: shade glyphs alone. In ASCII the glyphs are `.:-=+*#%@`.

use ratatui::style::Color;

use super::capability::{Colours, Glyphs};
use super::colour::{adapt, luminance, rgb};

/// The look of a cell of some level: `ground` behind `glyph` in `ink`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shade {
    /// Glyph; a blank if the colour alone shows the level.
    pub(crate) glyph: &'static str,
    /// Colour of the glyph.
    pub(crate) ink: Color,
    /// Colour behind it.
    pub(crate) ground: Color,
}

/// Levels from the low end of a scale to its high end.
#[derive(Clone, Debug)]
pub struct Palette {
    levels: Vec<Shade>,
}

/// Levels of a palette of colours: finer than the eye can distinguish, and few enough distinct cells for a terminal.
const COLOURS: usize = 128;

const SHADES: &[&str] = &["░", "▒", "▓", "█"];
const ASCII_SHADES: &[&str] = &[".", ":", "-", "=", "+", "*", "#", "%", "@"];
/// Glyphs for far below, below, equal, above, far above.
const SIGNS: &[&str] = &["<", "-", "=", "+", ">"];

impl Palette {
    pub(super) fn sequential(colours: Colours, glyphs: Glyphs) -> Self {
        let anchors = [Color::Blue, Color::Cyan, Color::LightGreen, Color::LightYellow];
        match (colours, glyphs) {
            (Colours::True, _) => Self::gradient(colours, &colorous::VIRIDIS),
            (Colours::Indexed, _) => Self::gradient(colours, &colorous::VIRIDIS).coloured().brightening(),
            (Colours::Sixteen, Glyphs::Unicode | Glyphs::Console) => Self::dithered(&anchors),
            (Colours::Sixteen, Glyphs::Ascii) => Self::inked(ASCII_SHADES, &anchors),
            (Colours::None, Glyphs::Unicode | Glyphs::Console) => Self::inked(SHADES, &[Color::Reset]),
            (Colours::None, Glyphs::Ascii) => Self::inked(ASCII_SHADES, &[Color::Reset]),
        }
    }

    pub(super) fn diverging(colours: Colours, glyphs: Glyphs) -> Self {
        match (colours, glyphs) {
            (Colours::True | Colours::Indexed, _) => Self::gradient(colours, &Reversed(colorous::RED_BLUE)),
            (Colours::Sixteen, Glyphs::Unicode | Glyphs::Console) => {
                Self::dithered(&[Color::Blue, Color::White, Color::Red])
            }
            (Colours::Sixteen, Glyphs::Ascii) => Self::inked(SIGNS, &[Color::LightBlue, Color::White, Color::LightRed]),
            (Colours::None, _) => Self::inked(SIGNS, &[Color::Reset]),
        }
    }

    /// The shade at a position 0 … 1.
    #[must_use]
    pub(crate) fn at(&self, position: f32) -> Shade {
        let last = self.levels.len().saturating_sub(1);
        let level = (position * self.levels.len() as f32) as usize;
        self.levels.get(level.min(last)).copied().unwrap_or(Shade {
            glyph: " ",
            ink: Color::Reset,
            ground: Color::Reset,
        })
    }

    /// Number of levels that can be distinguished.
    #[must_use]
    pub fn levels(&self) -> usize {
        self.levels.len()
    }

    fn gradient(colours: Colours, gradient: &impl Gradient) -> Self {
        let levels = (0..COLOURS).map(|level| {
            let colour = adapt(colours, gradient.at(level as f64 / (COLOURS - 1) as f64));
            Shade { glyph: " ", ink: colour, ground: colour }
        });
        Self { levels: levels.collect() }
    }

    /// The same without greys, which look like a step without values: one of the 256 colours nearest to a dark violet
    /// is grey.
    fn coloured(mut self) -> Self {
        let is_grey = |shade: &Shade| matches!(rgb(shade.ground), (r, g, b) if r == g && g == b);
        let mut before = self.levels.iter().copied().find(|shade| !is_grey(shade));
        for shade in &mut self.levels {
            match before {
                Some(before) if is_grey(shade) => *shade = before,
                _ => before = Some(*shade),
            }
        }
        self
    }

    /// The same with rising brightness: the nearest of 256 colours may be darker than the one before.
    fn brightening(mut self) -> Self {
        let mut brightest: Option<Shade> = None;
        for shade in &mut self.levels {
            match brightest {
                Some(before) if luminance(rgb(before.ground)) > luminance(rgb(shade.ground)) => *shade = before,
                _ => brightest = Some(*shade),
            }
        }
        self
    }

    /// The full anchor, then three quarters, half, and one quarter of it over the next one.
    fn dithered(anchors: &[Color]) -> Self {
        let between = anchors.windows(2).flat_map(|pair| {
            let (ground, ink) = (pair[0], pair[1]);
            [" ", "░", "▒", "▓"].map(|glyph| Shade { glyph, ink, ground })
        });
        let last = anchors.last().map(|&ground| Shade { glyph: " ", ink: ground, ground });
        Self { levels: between.chain(last).collect() }
    }

    /// One glyph per level, with ink that follows the anchors.
    fn inked(glyphs: &'static [&'static str], anchors: &[Color]) -> Self {
        let levels = glyphs.iter().enumerate().map(|(level, glyph)| {
            let ink = anchors.get(level * anchors.len() / glyphs.len()).copied().unwrap_or(Color::Reset);
            Shade { glyph, ink, ground: Color::Reset }
        });
        Self { levels: levels.collect() }
    }
}

/// A colour for every position 0 … 1.
trait Gradient {
    fn at(&self, position: f64) -> Color;
}

impl Gradient for colorous::Gradient {
    fn at(&self, position: f64) -> Color {
        let colour = self.eval_continuous(position);
        Color::Rgb(colour.r, colour.g, colour.b)
    }
}

/// The gradient from its other end.
struct Reversed(colorous::Gradient);

impl Gradient for Reversed {
    fn at(&self, position: f64) -> Color {
        self.0.at(1.0 - position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_levels_differ_and_none_looks_like_a_step_not_reached() {
        for colours in [Colours::True, Colours::Sixteen, Colours::None] {
            for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                for palette in [Palette::sequential(colours, glyphs), Palette::diverging(colours, glyphs)] {
                    assert!(palette.levels() >= 4);
                    assert!(palette.levels.windows(2).all(|pair| pair[0] != pair[1]));
                    assert!(palette.levels.iter().all(|shade| shade.glyph != " " || shade.ground != Color::Reset));
                }
            }
        }
    }

    #[test]
    fn values_grow_brighter_whatever_the_colours() {
        for colours in [Colours::True, Colours::Indexed] {
            let palette = Palette::sequential(colours, Glyphs::Unicode);
            let light: Vec<f32> = palette.levels.iter().map(|shade| luminance(rgb(shade.ground))).collect();
            assert!(light.is_sorted(), "{colours:?}: {light:?}");
            let mut distinct = light.clone();
            distinct.dedup();
            assert!(distinct.len() >= 11, "{colours:?}: {}", distinct.len());
            let is_grey = |shade: &Shade| matches!(rgb(shade.ground), (r, g, b) if r == g && g == b);
            assert!(!palette.levels.iter().any(is_grey), "{colours:?}: grey is no value");
        }
    }

    #[test]
    fn positions_outside_the_scale_take_its_ends() {
        let palette = Palette::sequential(Colours::True, Glyphs::Unicode);
        assert_eq!(palette.at(-1.0), palette.at(0.0));
        assert_eq!(palette.at(2.0), palette.at(1.0));
        assert_eq!(palette.at(f32::NAN), palette.at(0.0));
    }
}
