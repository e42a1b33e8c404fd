//! Small pictures in a grid, each with its number if there is room: filters, samples.
//!
//! Two elements, one above the other, share a cell if half blocks can be distinguished; otherwise an element is one or
//! more whole cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::Span;

use super::frame::words;
use super::split::padded;
use crate::tui::theme::{Colours, Role, Theme};

/// Maximum rows and columns of pixels per element: more would show nothing more.
const MOST_PIXELS: usize = 6;
/// Blank lines below a picture, or below its number.
const BLANK: usize = 1;
/// Shades of an element on a terminal without colours, from dark to light.
const SHADES: [&str; 5] = [" ", "░", "▒", "▓", "█"];
const ASCII_SHADES: [&str; 5] = [" ", ".", "-", "%", "@"];

/// Pictures of one size.
pub(in crate::tui) struct Sheet<'a> {
    /// How many.
    pub(in crate::tui) count: usize,
    /// Elements of each, from top to bottom.
    pub(in crate::tui) rows: usize,
    /// And from left to right.
    pub(in crate::tui) columns: usize,
    /// Red, green and blue, 0 … 1, of a picture's element in this row and column.
    pub(in crate::tui) light: &'a dyn Fn(usize, [usize; 2]) -> [f32; 3],
    /// Indices of pictures that cannot be drawn.
    pub(in crate::tui) broken: &'a [usize],
}

impl Sheet<'_> {
    /// Draws as many as there is room for; the frame says how many are left out.
    pub(in crate::tui) fn render(&self, theme: &Theme, frame: Rect, buffer: &mut Buffer) {
        let grid = SheetGrid::new(self, padded(frame), theme);
        for picture in 0..grid.shown() {
            grid.picture(theme, picture, buffer);
        }
        let left_out = self.count - grid.shown();
        if left_out > 0 {
            let more = format!(" {} {left_out} more ", theme.glyph("↓", "v"));
            let place = (frame.x + 2, frame.bottom().saturating_sub(1));
            words(place, &more, frame.width.saturating_sub(4), theme.style(Role::Dim), buffer);
        }
    }
}

/// Two columns of one grey value.
pub(in crate::tui) fn patch(theme: &Theme, light: f32) -> Span<'static> {
    match theme.colours {
        Colours::True | Colours::Indexed => Span::styled("  ", Style::new().bg(theme.mixed([light; 3]))),
        _ => Span::styled(shade(theme, light).repeat(2), theme.style(Role::Text)),
    }
}

fn shade(theme: &Theme, light: f32) -> &'static str {
    let level = ((light * SHADES.len() as f32) as usize).min(SHADES.len() - 1);
    theme.glyph(SHADES[level], ASCII_SHADES[level])
}

/// How closely the pictures are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    /// With their numbers.
    Loose,
    /// Without numbers, if this leaves out fewer.
    Tight,
}

impl Packing {
    /// Columns between two pictures.
    fn gap(self) -> usize {
        match self {
            Self::Loose => 2,
            Self::Tight => 1,
        }
    }

    /// Lines of a picture's number.
    fn number(self) -> usize {
        match self {
            Self::Loose => 1,
            Self::Tight => 0,
        }
    }
}

/// Pictures in rows, as large as possible while all of them fit; otherwise as many as there is room for.
struct SheetGrid<'a> {
    sheet: &'a Sheet<'a>,
    area: Rect,
    packing: Packing,
    /// Rows and columns of pixels per element.
    zoom: usize,
    /// Pixels per cell: a column holds one if two are above each other, and half a pixel otherwise.
    per_cell: usize,
    /// Number of pictures beside each other, and above each other.
    across: usize,
    down: usize,
}

impl<'a> SheetGrid<'a> {
    fn new(sheet: &'a Sheet<'a>, area: Rect, theme: &Theme) -> Self {
        let per_cell = theme.pixels_per_cell();
        let grid_of = |packing: Packing, zoom: usize| {
            let mut grid = Self { sheet, area, packing, zoom, per_cell, across: 0, down: 0 };
            let [width, height] = grid.tile();
            grid.across = (usize::from(area.width) + packing.gap()) / (width + packing.gap());
            grid.down = (usize::from(area.height) + BLANK) / (height + BLANK);
            grid
        };
        let sizes = [Packing::Loose, Packing::Tight]
            .into_iter()
            .flat_map(|packing| (1..=MOST_PIXELS).rev().map(move |zoom| grid_of(packing, zoom)));
        let shows_all = |grid: &Self| grid.across * grid.down >= sheet.count;
        sizes.into_iter().find(shows_all).unwrap_or_else(|| grid_of(Packing::Tight, 1))
    }

    /// Columns and rows of a picture, including its number.
    fn tile(&self) -> [usize; 2] {
        let Sheet { rows, columns, .. } = *self.sheet;
        [columns * self.columns_per_element(), (rows * self.zoom).div_ceil(self.per_cell) + self.packing.number()]
    }

    /// A pixel is about square: a cell is twice as high as wide.
    fn columns_per_element(&self) -> usize {
        self.zoom * 2 / self.per_cell
    }

    fn shown(&self) -> usize {
        self.sheet.count.min(self.across * self.down)
    }

    fn picture(&self, theme: &Theme, picture: usize, buffer: &mut Buffer) {
        let [width, height] = self.tile();
        let x = self.area.x + ((picture % self.across) * (width + self.packing.gap())) as u16;
        let y = self.area.y + ((picture / self.across) * (height + BLANK)) as u16;
        let Sheet { rows, columns, .. } = *self.sheet;
        let is_broken = self.sheet.broken.contains(&picture);
        for row in 0..height - self.packing.number() {
            for column in 0..columns * self.columns_per_element() {
                let element = |pixel: usize| {
                    let place = [pixel / self.zoom, column / self.columns_per_element()];
                    (place[0] < rows).then_some(place)
                };
                let first = row * self.per_cell;
                let pixels = [element(first), element(first + self.per_cell - 1)];
                if let Some(cell) = buffer.cell_mut((x + column as u16, y + row as u16)) {
                    self.paint(theme, picture, pixels, cell);
                }
            }
        }
        if self.packing == Packing::Tight {
            return;
        }
        let (text, role) =
            if is_broken { (format!("{}!", picture + 1), Role::Bad) } else { ((picture + 1).to_string(), Role::Dim) };
        let place = (x, y + height as u16 - 1);
        words(place, &text, (width + self.packing.gap()).max(2) as u16, theme.style(role), buffer);
    }

    /// Draws the upper and the lower element of a cell; nothing below the picture.
    fn paint(&self, theme: &Theme, picture: usize, pixels: [Option<[usize; 2]>; 2], cell: &mut ratatui::buffer::Cell) {
        if self.sheet.broken.contains(&picture) {
            cell.set_symbol(theme.glyph("×", "x")).set_style(theme.style(Role::Bad));
            return;
        }
        let colour = |place: Option<[usize; 2]>| place.map(|place| (self.sheet.light)(picture, place));
        let [upper, lower] = pixels.map(colour);
        match (theme.colours, upper, lower) {
            (_, None, _) => {}
            (Colours::True | Colours::Indexed, Some(upper), lower) if self.per_cell == 2 => {
                let ground = lower.map_or(Color::Reset, |lower| theme.mixed(lower));
                cell.set_symbol("▀").set_style(Style::new().fg(theme.mixed(upper)).bg(ground));
            }
            (_, Some(light), _) => {
                let mean = light.iter().sum::<f32>() / 3.0;
                cell.set_symbol(shade(theme, mean)).set_style(theme.style(Role::Text));
            }
        }
    }
}
