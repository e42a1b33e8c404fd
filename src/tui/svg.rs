//! A frame as an SVG picture, with the same bytes for the same buffer: for the README, and to view a screen without a
//! terminal.
//!
//! Blocks, braille and frames are drawn as shapes, since fonts disagree about them; letters are text, placed cell by cell.
//!
//! ```
//! use nablatop::tui::svg::svg;
//! use nablatop::tui::theme::Background;
//! use ratatui::buffer::Buffer;
//! use ratatui::layout::Rect;
//!
//! let picture = svg(&Buffer::empty(Rect::new(0, 0, 10, 2)), Background::Dark);
//! assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
//! ```

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::theme::{Background, rgb};

/// Width of a cell.
const WIDE: u32 = 9;
/// Height of a cell.
const HIGH: u32 = 18;
/// Column and row of each dot of a braille character: 1 2 3 7 are left, 4 5 6 8 right, from top to bottom.
const BRAILLE: [(u32, u32); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
/// Position of the baseline, from the top of a cell.
const BASELINE: u32 = 14;

/// The picture of a buffer on a terminal with this background.
#[must_use]
pub fn svg(buffer: &Buffer, background: Background) -> String {
    let area = buffer.area;
    let (width, height) = (u32::from(area.width) * WIDE, u32::from(area.height) * HIGH);
    let (ground, ink) = match background {
        Background::Dark => ("#101216", "#d4d7de"),
        Background::Light => ("#fbfbfa", "#24272e"),
    };
    let mut picture = SvgPage { text: String::new(), ground, ink };
    picture.put(format_args!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="15" shape-rendering="crispEdges"><rect width="{width}" height="{height}" fill="{ground}"/>"#
    ));
    for row in 0..area.height {
        let cells = |column: u16| buffer.cell((area.x + column, area.y + row));
        for column in 0..area.width {
            if let Some(cell) = cells(column) {
                picture.shapes(cell, u32::from(column) * WIDE, u32::from(row) * HIGH);
            }
        }
        let letters = (0..area.width).filter_map(|column| Some((column, cells(column)?)));
        picture.letters(letters, u32::from(row) * HIGH + BASELINE);
    }
    picture.text.push_str("</svg>\n");
    picture.text
}

struct SvgPage {
    text: String,
    ground: &'static str,
    ink: &'static str,
}

impl SvgPage {
    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(arguments);
        self.text.push('\n');
    }

    /// Foreground and background, exchanged if the cell is reversed; `None` = the picture's own background.
    fn colours(&self, cell: &Cell) -> (String, Option<String>) {
        let hex = |colour: Color| {
            let (r, g, b) = rgb(colour);
            format!("#{r:02x}{g:02x}{b:02x}")
        };
        let ink = if cell.fg == Color::Reset { self.ink.to_owned() } else { hex(cell.fg) };
        let ground = (cell.bg != Color::Reset).then(|| hex(cell.bg));
        if cell.modifier.contains(Modifier::REVERSED) {
            return (ground.unwrap_or_else(|| self.ground.to_owned()), Some(ink));
        }
        (ink, ground)
    }

    fn rect(&mut self, (x, y): (u32, u32), (width, height): (u32, u32), fill: &str) {
        self.put(format_args!(r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"/>"#));
    }

    fn shapes(&mut self, cell: &Cell, x: u32, y: u32) {
        let (ink, ground) = self.colours(cell);
        if let Some(ground) = &ground {
            self.rect((x, y), (WIDE, HIGH), ground);
        }
        let Some(glyph) = cell.symbol().chars().next() else { return };
        match glyph {
            '▀' => self.rect((x, y), (WIDE, HIGH / 2), &ink),
            '▄' => self.rect((x, y + HIGH / 2), (WIDE, HIGH / 2), &ink),
            '█' => self.rect((x, y), (WIDE, HIGH), &ink),
            '░' | '▒' | '▓' => self.shade(glyph, x, y, &ink),
            '\u{2800}'..='\u{28ff}' => self.braille(glyph, x, y, &ink),
            _ => {
                if let Some(path) = stroke(glyph, x, y) {
                    self.put(format_args!(r#"<path d="{path}" fill="none" stroke="{ink}" shape-rendering="auto"/>"#));
                }
            }
        }
    }

    fn shade(&mut self, glyph: char, x: u32, y: u32, ink: &str) {
        let opacity = match glyph {
            '░' => "0.25",
            '▒' => "0.5",
            _ => "0.75",
        };
        self.put(format_args!(
            r#"<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" fill="{ink}" fill-opacity="{opacity}"/>"#
        ));
    }

    fn braille(&mut self, glyph: char, x: u32, y: u32, ink: &str) {
        let bits = glyph as u32 - 0x2800;
        let mut path = String::new();
        for (bit, (column, row)) in BRAILLE.iter().enumerate() {
            if bits >> bit & 1 == 1 {
                let (left, top) =
                    (f64::from(x) + 1.2 + f64::from(*column) * 4.5, f64::from(y) + 1.2 + f64::from(*row) * 4.5);
                let _ = write!(path, "M{left:.1} {top:.1}h2.2v2.2h-2.2z");
            }
        }
        self.put(format_args!(r#"<path d="{path}" fill="{ink}" shape-rendering="auto"/>"#));
    }

    /// The letters of one row; neighbours with one style are drawn together.
    fn letters<'a>(&mut self, cells: impl Iterator<Item = (u16, &'a Cell)>, y: u32) {
        let mut run: Option<(String, String, Modifier, String)> = None;
        for (column, cell) in cells {
            let Some(glyph) = cell.symbol().chars().next().filter(|glyph| is_letter(*glyph)) else { continue };
            let (ink, _) = self.colours(cell);
            let look = cell.modifier & (Modifier::BOLD | Modifier::DIM | Modifier::UNDERLINED);
            let x = u32::from(column) * WIDE;
            match &mut run {
                Some((xs, letters, modifier, colour)) if *modifier == look && *colour == ink => {
                    let _ = write!(xs, " {x}");
                    letters.push_str(&escaped(glyph));
                }
                _ => {
                    self.flush(run.take(), y);
                    run = Some((x.to_string(), escaped(glyph), look, ink));
                }
            }
        }
        self.flush(run, y);
    }

    fn flush(&mut self, run: Option<(String, String, Modifier, String)>, y: u32) {
        let Some((xs, letters, modifier, ink)) = run else { return };
        let bold = if modifier.contains(Modifier::BOLD) { r#" font-weight="bold""# } else { "" };
        let dim = if modifier.contains(Modifier::DIM) { r#" fill-opacity="0.6""# } else { "" };
        let line = if modifier.contains(Modifier::UNDERLINED) { r#" text-decoration="underline""# } else { "" };
        self.put(format_args!(r#"<text x="{xs}" y="{y}" fill="{ink}"{bold}{dim}{line}>{letters}</text>"#));
    }
}

/// Whether a glyph is drawn as text.
fn is_letter(glyph: char) -> bool {
    !matches!(glyph, ' ' | '▀' | '▄' | '█' | '░' | '▒' | '▓' | '\u{2800}'..='\u{28ff}') && stroke(glyph, 0, 0).is_none()
}

/// The lines of a frame's glyph.
fn stroke(glyph: char, x: u32, y: u32) -> Option<String> {
    let (middle, centre) = (f64::from(x) + f64::from(WIDE) / 2.0, f64::from(y) + f64::from(HIGH) / 2.0);
    let (right, bottom) = (x + WIDE, y + HIGH);
    Some(match glyph {
        '─' => format!("M{x} {centre}H{right}"),
        '│' => format!("M{middle} {y}V{bottom}"),
        '╭' => format!("M{right} {centre}Q{middle} {centre} {middle} {bottom}"),
        '╮' => format!("M{x} {centre}Q{middle} {centre} {middle} {bottom}"),
        '╰' => format!("M{middle} {y}Q{middle} {centre} {right} {centre}"),
        '╯' => format!("M{middle} {y}Q{middle} {centre} {x} {centre}"),
        _ => return None,
    })
}

fn escaped(glyph: char) -> String {
    match glyph {
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '&' => "&amp;".to_owned(),
        glyph if glyph.is_control() => String::from("?"),
        glyph => glyph.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::tui::sample;

    #[test]
    fn the_same_frame_gives_the_same_bytes_and_every_cell_of_a_heatmap_a_shape() {
        let buffer = sample::frame(&mut sample::demo(60), &sample::theme(), 100, 30);
        let picture = svg(&buffer, Background::Dark);
        assert_eq!(picture, svg(&buffer, Background::Dark));
        assert!(picture.matches("<rect").count() > 1000);
        assert!(picture.contains("nablatop"));
    }

    /// Every picture of the gallery has a name of its own, is whole and shows text and colours. Also writes them to the
    /// folder named by `NABLATOP_PICTURES`, to be looked at.
    #[test]
    fn pictures_for_the_eye() {
        let folder = std::env::var_os("NABLATOP_PICTURES");
        let mut names = HashSet::new();
        for (name, buffer, background) in sample::gallery() {
            let picture = svg(&buffer, background);
            assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"), "{name}");
            assert_eq!(picture.matches("<text").count(), picture.matches("</text>").count(), "{name}");
            assert!(picture.contains("<text") && picture.contains("<rect"), "{name} shows nothing");
            if let Some(folder) = &folder {
                std::fs::write(std::path::Path::new(folder).join(format!("{name}.svg")), &picture).expect("written");
            }
            assert!(names.insert(name.clone()), "{name} twice");
        }
        assert!(names.len() > 20, "{names:?}");
    }
}
