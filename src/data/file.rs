//! A file of a data set as bytes. It is decompressed if its first two bytes, 1f 8b, mark it as gzip; its name does not
//! matter.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::DataError;
use crate::regular_file;

/// The first bytes of every gzip stream (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Initial capacity in bytes.
const FIRST: u64 = 64 << 10;

/// A file that is read from its beginning.
pub(super) struct DataFile {
    path: PathBuf,
    reader: Reader,
}

enum Reader {
    Plain(BufReader<File>),
    Gzip(Box<MultiGzDecoder<BufReader<File>>>),
}

impl DataFile {
    /// Opens a file.
    pub(super) fn open(path: &Path) -> Result<Self, DataError> {
        let failed = |source| DataError::Read { what: "file", path: path.to_owned(), source };
        let mut file = BufReader::new(regular_file::open(path).map_err(failed)?);
        let is_gzip = file.fill_buf().map_err(failed)?.starts_with(&GZIP);
        let reader = if is_gzip { Reader::Gzip(Box::new(MultiGzDecoder::new(file))) } else { Reader::Plain(file) };
        Ok(Self { path: path.to_owned(), reader })
    }

    /// All bytes; an error with this reason if there are more than `most`.
    pub(super) fn all(&mut self, most: u64, reason: &str) -> Result<Vec<u8>, DataError> {
        let path = self.path.clone();
        let too_long = || DataError::content(&path, format!("longer than {}: {reason}", regular_file::size(most)));
        if let Reader::Plain(reader) = &self.reader
            && reader.get_ref().metadata().is_ok_and(|file| file.len() > most)
        {
            return Err(too_long());
        }
        let bytes = self.take(most + 1)?;
        if bytes.len() as u64 > most { Err(too_long()) } else { Ok(bytes) }
    }

    /// A reader for the rest of the file.
    pub(super) fn reader(self) -> Box<dyn BufRead> {
        match self.reader {
            Reader::Plain(reader) => Box::new(reader),
            Reader::Gzip(reader) => Box::new(BufReader::new(reader)),
        }
    }

    /// The next bytes, at most `most`; fewer only at the end of the file.
    pub(super) fn take(&mut self, most: u64) -> Result<Vec<u8>, DataError> {
        let reader: &mut dyn Read = match &mut self.reader {
            Reader::Plain(reader) => reader,
            Reader::Gzip(reader) => reader,
        };
        read_to(reader, most).map_err(|source| self.failure(source))
    }

    fn failure(&self, source: std::io::Error) -> DataError {
        failure("file", &self.path, source)
    }
}

/// An error while reading: an error that a plain file never gives means that a gzip stream is damaged.
pub(super) fn failure(what: &'static str, path: &Path, source: std::io::Error) -> DataError {
    let damage = [ErrorKind::InvalidData, ErrorKind::InvalidInput, ErrorKind::UnexpectedEof];
    if damage.contains(&source.kind()) {
        return DataError::content(path, "its gzip stream is damaged or cut short: get the file again");
    }
    DataError::Read { what, path: path.to_owned(), source }
}

/// The next bytes, at most `most`, without taking more memory than that: a vector that grows by itself takes up to
/// twice as much.
fn read_to(reader: &mut dyn Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let left = most - bytes.len() as u64;
        let there = bytes.len() as u64;
        // Everything that may still come, if the next doubling would exceed it.
        let more = if left <= there.saturating_mul(2) { left } else { left.min(there.max(FIRST)) };
        bytes.reserve_exact(usize::try_from(more).unwrap_or(usize::MAX));
        let read = reader.take(more).read_to_end(&mut bytes)?;
        if read as u64 != more || more == left {
            return Ok(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut file = tempfile::NamedTempFile::new().expect("temporary file");
        file.write_all(bytes).expect("written");
        let read = DataFile::open(file.path()).and_then(|mut file| file.take(1000));
        read.map_err(|error| error.to_string().replace(&file.path().display().to_string(), "f"))
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("written");
        encoder.finish().expect("ended")
    }

    #[test]
    fn gzip_is_recognized_by_its_first_bytes() {
        assert_eq!(read(b"plain"), Ok(b"plain".to_vec()));
        assert_eq!(read(b""), Ok(Vec::new()));
        assert_eq!(read(&gzip(b"packed")), Ok(b"packed".to_vec()));
        assert_eq!(read(&[gzip(b"two "), gzip(b"members")].concat()), Ok(b"two members".to_vec()));
        assert_eq!(read(&[7; 2000]), Ok(vec![7; 1000]), "no more than was asked for");
    }

    #[test]
    fn a_damaged_gzip_stream_is_named() {
        let words = "f: its gzip stream is damaged or cut short: get the file again";
        let whole = gzip(&[5; 300]);
        assert_eq!(read(&whole[..whole.len() - 4]).unwrap_err(), words);
        let mut wrong = whole.clone();
        wrong[12] ^= 0xff;
        assert_eq!(read(&wrong).unwrap_err(), words);
        assert_eq!(read(&[whole, b"and more".to_vec()].concat()).unwrap_err(), words);
    }
}
