//! One picture from its file to numbers: decoded, in three colours, of the size that all have.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use image::{ImageError, ImageReader};

use crate::data::DataError;
use crate::data::resize::Resize;

/// The largest value of a colour.
const BRIGHTEST: f32 = 255.0;

/// Pictures becoming of one size.
pub(super) struct Pictures {
    side: usize,
    /// How the last one was resized: most have its size.
    resize: Option<([usize; 2], Resize)>,
}

impl Pictures {
    /// All become `side` lines and columns.
    pub(super) fn new(side: usize) -> Self {
        Self { side, resize: None }
    }

    /// Appends a picture, colour after colour, 0 … 1. What it is, its first bytes say, not its name.
    pub(super) fn read(&mut self, path: &Path, out: &mut Vec<f32>) -> Result<(), DataError> {
        let failed = |source| DataError::Read { what: "picture", path: path.to_owned(), source };
        // Opened by its path the reader would go by the name where it does not know the first bytes.
        let file = BufReader::new(File::open(path).map_err(failed)?);
        let reader = ImageReader::new(file).with_guessed_format().map_err(failed)?;
        if !reader.format().is_some_and(|format| format.reading_enabled()) {
            let problem = "it is no PNG or JPEG picture: convert it, or take it out of the folder";
            return Err(DataError::content(path, problem));
        }
        let picture = reader.decode().map_err(|error| match error {
            ImageError::IoError(source) if source.raw_os_error().is_some() => failed(source),
            source => DataError::Picture { path: path.to_owned(), source },
        })?;
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
