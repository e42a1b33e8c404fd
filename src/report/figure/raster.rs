//! A small bitmap: the cells of a heatmap, one pixel each, which is stretched over its panel.

use plotters::style::RGBColor;

use super::scale;
use super::scale::Scale;
use crate::history::Cell;
use crate::report::export_error::ExportError;

/// Rows of red, green, blue.
#[derive(Clone, Debug)]
pub(super) struct Raster {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// A raster and the area over which it is stretched.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) raster: Raster,
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Placed {
    /// The same area on a page with more pixels.
    pub(super) fn zoomed(self, zoom: u32) -> Self {
        let zoom = zoom.cast_signed();
        let Self { raster, x, y, width, height } = self;
        Self { raster, x: x * zoom, y: y * zoom, width: width * zoom, height: height * zoom }
    }
}

/// The special values that occur in a picture; its legend lists these.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Special {
    nan: Occurs,
    infinite: Occurs,
    zero: Occurs,
    absent: Occurs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Occurs {
    #[default]
    No,
    Yes,
}

impl Special {
    fn note(&mut self, cell: Cell) {
        match cell {
            Cell::Nan => self.nan = Occurs::Yes,
            Cell::Infinite => self.infinite = Occurs::Yes,
            Cell::Zero => self.zero = Occurs::Yes,
            Cell::Absent => self.absent = Occurs::Yes,
            Cell::Empty | Cell::Value(_) => {}
        }
    }

    /// Colour and name of each that occurs.
    pub(super) fn entries(self) -> impl Iterator<Item = (RGBColor, &'static str)> {
        let all = [
            (self.nan, scale::NAN, "NaN"),
            (self.infinite, scale::INFINITE, "±∞"),
            (self.zero, scale::ZERO, "exactly 0"),
            (self.absent, scale::ABSENT, "no such value"),
        ];
        all.into_iter().filter(|(occurs, _, _)| *occurs == Occurs::Yes).map(|(_, color, name)| (color, name))
    }
}

impl Raster {
    /// A white page.
    pub(super) fn blank(width: usize, height: usize) -> Self {
        Self { width, height, rgb: vec![0xff; 3 * width * height] }
    }

    /// One pixel per cell; `cells` are rows of `width`.
    pub(super) fn of_cells(cells: &[Cell], width: usize, scale: &Scale, seen: &mut Special) -> Self {
        let mut rgb = Vec::with_capacity(3 * cells.len());
        for &cell in cells {
            seen.note(cell);
            let RGBColor(r, g, b) = scale.color(cell);
            rgb.extend_from_slice(&[r, g, b]);
        }
        Self { width, height: cells.len() / width.max(1), rgb }
    }

    /// A column of colours, the first on top.
    pub(super) fn of_colors(colors: impl Iterator<Item = RGBColor>) -> Self {
        let rgb: Vec<u8> = colors.flat_map(|RGBColor(r, g, b)| [r, g, b]).collect();
        Self { width: 1, height: rgb.len() / 3, rgb }
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.rgb
    }

    /// The cells with as many pixels as their area: some readers of SVG smooth a bitmap that they stretch.
    pub(super) fn stretched(self, width: i32, height: i32) -> Self {
        let mut stretched = Self::blank(width.unsigned_abs() as usize, height.unsigned_abs() as usize);
        stretched.paste(&Placed { raster: self, x: 0, y: 0, width, height });
        stretched
    }

    /// Stretches another raster over its area; every pixel gets the nearest cell.
    pub(super) fn paste(&mut self, image: &Placed) {
        let Placed { raster, x, y, width, height } = image;
        for row in 0..*height {
            for column in 0..*width {
                let from_row = row as usize * raster.height / *height as usize;
                let from_column = column as usize * raster.width / *width as usize;
                let from = 3 * (from_row * raster.width + from_column);
                let to = 3 * ((y + row) as usize * self.width + (x + column) as usize);
                if let (Some(to), Some(from)) = (self.rgb.get_mut(to..to + 3), raster.rgb.get(from..from + 3)) {
                    to.copy_from_slice(from);
                }
            }
        }
    }

    /// The raster as a PNG file.
    pub(super) fn png(&self) -> Result<Vec<u8>, ExportError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(&self.rgb)?;
            writer.finish()
        });
        written.map_err(|error| ExportError::Draw(error.to_string()))?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raster_is_stretched_to_its_place_and_no_further() {
        let colors = [RGBColor(1, 1, 1), RGBColor(2, 2, 2)];
        let raster = Raster::of_colors(colors.into_iter());
        let mut page = Raster::blank(3, 5);
        page.paste(&Placed { raster, x: 1, y: 0, width: 2, height: 4 });
        let reds: Vec<u8> = page.rgb.chunks(3).map(|pixel| pixel[0]).collect();
        let expected = [255, 1, 1, 255, 1, 1, 255, 2, 2, 255, 2, 2, 255, 255, 255];
        assert_eq!(reds, expected);
    }
}
