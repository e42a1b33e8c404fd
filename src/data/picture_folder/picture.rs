//! Turns one picture file into numbers: decoded, rotated as its EXIF data say, in three colours, resized to the common
//! size.

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::jpeg;

use crate::data::DataError;
use crate::data::resize::Resize;
use crate::regular_file;

/// The largest value of a colour.
const BRIGHTEST: f32 = 255.0;

/// Maximum size of a picture file in bytes: 32 million pixels take a third of it even where they do not compress.
const LONGEST_FILE: u64 = 128 << 20;
/// Maximum number of pixels of a picture. As numbers they take 12 bytes each, and a training set has thousands of
/// pictures.
const MOST_PIXELS: u64 = 32_000_000;
/// Maximum memory of decoding in bytes: four for each pixel, and room for additional data such as colour profiles.
const MOST_DECODED: u64 = 4 * MOST_PIXELS + (32 << 20);

/// Reads pictures and resizes all of them to one size.
pub(super) struct Pictures {
    side: usize,
    /// The last resampling: most pictures have the same size.
    resize: Option<([usize; 2], Resize)>,
}

impl Pictures {
    /// A reader that resizes to `side` rows and columns.
    pub(super) fn new(side: usize) -> Self {
        Self { side, resize: None }
    }

    /// Appends a picture, colour after colour, 0 … 1. Its first bytes decide its format, not its name.
    pub(super) fn read(&mut self, path: &Path, out: &mut Vec<f32>) -> Result<(), DataError> {
        let failed = |source| DataError::Read { what: "picture", path: path.to_owned(), source };
        let bytes = regular_file::read(path, LONGEST_FILE).map_err(failed)?;
        // A reader that is opened by path would trust the name if it does not know the first bytes.
        let mut reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format().map_err(failed)?;
        let Some(format) = reader.format().filter(ImageFormat::reading_enabled) else {
            let problem = "it is not a PNG or JPEG picture: convert it, or remove it from the folder";
            return Err(DataError::content(path, problem));
        };
        if format == ImageFormat::Jpeg && !jpeg::is_whole(&bytes) {
            return Err(DataError::content(path, "it is cut short: replace or remove it"));
        }
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(MOST_DECODED);
        reader.limits(limits);
        let picture = decoded(reader).map_err(|error| match error {
            Refusal::TooLarge([width, height]) => {
                let most = MOST_PIXELS / 1_000_000;
                let problem = format!("{width}×{height} pixels, more than {most} million: make it smaller");
                DataError::content(path, problem)
            }
            Refusal::Image(ImageError::IoError(source)) if source.raw_os_error().is_some() => failed(source),
            Refusal::Image(source) => DataError::Picture { path: path.to_owned(), source },
        })?;
        drop(bytes);
        let picture = picture.into_rgb8();
        let size = [picture.height(), picture.width()].map(|side| side as usize);
        let pixels = picture.as_raw();
        let colour = |colour: usize| pixels.iter().skip(colour).step_by(3).map(|value| f32::from(*value) / BRIGHTEST);
        let planes: Vec<f32> = (0..3).flat_map(colour).collect();
        match &self.resize {
            Some((before, resize)) if *before == size => resize.apply(&planes, out),
            _ => {
                let resize = Resize::new(size, [self.side, self.side]);
                resize.apply(&planes, out);
                self.resize = Some((size, resize));
            }
        }
        Ok(())
    }
}

/// Why a picture is not decoded.
enum Refusal {
    TooLarge([u32; 2]),
    Image(ImageError),
}

/// The picture in its upright orientation.
fn decoded(reader: ImageReader<Cursor<&Vec<u8>>>) -> Result<DynamicImage, Refusal> {
    let mut decoder = reader.into_decoder().map_err(Refusal::Image)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Refusal::TooLarge([width, height]));
    }
    // A picture without a readable orientation is used unchanged.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(Refusal::Image)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}
