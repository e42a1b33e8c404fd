//! The IDX format of LeCun's data sets: one array of bytes.
//!
//! ```text
//! 00 00 08 DIMENSIONS | size of each dimension, 4 bytes each, big endian | the bytes, last dimension fastest
//! ```
//!
//! 08 stands for unsigned bytes. A file that is too short or too long is refused.

use std::path::Path;

use super::DataError;
use super::file::DataFile;
use crate::number;
use crate::regular_file;

/// Maximum size of an array in bytes: the largest set in this format, EMNIST's digits, has 210 MiB.
const LONGEST: u64 = 256 << 20;

/// The expected content of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// [pictures, lines, columns].
    Pictures,
    /// [labels].
    Labels,
}

/// An array of bytes.
#[derive(Debug)]
pub(super) struct Idx {
    /// The size of each dimension.
    pub(super) sizes: Vec<usize>,
    pub(super) bytes: Vec<u8>,
}

impl Kind {
    fn dimensions(self) -> u8 {
        match self {
            Self::Pictures => 3,
            Self::Labels => 1,
        }
    }

    fn magic(self) -> [u8; 4] {
        [0, 0, 8, self.dimensions()]
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Pictures => "pictures",
            Self::Labels => "labels",
        }
    }

    /// `60,000 pictures of 28×28`.
    fn amount(self, sizes: &[usize]) -> String {
        let count = sizes.first().copied().unwrap_or_default();
        let each: Vec<String> = sizes.iter().skip(1).map(ToString::to_string).collect();
        let of = if each.is_empty() { String::new() } else { format!(" of {}", each.join("×")) };
        format!("{} {}{of}", number::count(count as u64), self.noun())
    }
}

impl Idx {
    /// Reads a file whole, gzipped or not.
    pub(super) fn read(path: &Path, kind: Kind) -> Result<Self, DataError> {
        let mut file = DataFile::open(path)?;
        let refused = |problem: String| DataError::content(path, problem);
        let header = 4 + 4 * u64::from(kind.dimensions());
        let head = file.take(header)?;
        if let Some(problem) = foreign(kind, &head) {
            return Err(refused(problem));
        }
        if (head.len() as u64) < header {
            return Err(refused(format!("it ends within its header of {header} bytes: get the file again")));
        }
        let sizes: Vec<usize> = head.chunks_exact(4).skip(1).map(size).collect();
        let amount = kind.amount(&sizes);
        let wanted = sizes.iter().try_fold(1_u64, |product, size| product.checked_mul(*size as u64));
        let Some(wanted) = wanted.filter(|wanted| (1..u64::MAX).contains(wanted)) else {
            return Err(refused(format!("its header promises {amount}, which is impossible: get the file again")));
        };
        if wanted > LONGEST {
            let problem = format!("its header promises {amount}, more than {}", regular_file::size(LONGEST));
            return Err(refused(format!("{problem}: take a part of them")));
        }
        // One byte more than expected is read, to see whether something follows; the memory never exceeds the size of
        // the file.
        let bytes = file.take(wanted + 1)?;
        let found = bytes.len() as u64;
        if found < wanted {
            let problem = format!(
                "it is cut short: {amount} need {} bytes, and it has {}",
                number::count(wanted),
                number::count(found)
            );
            return Err(refused(format!("{problem}: get the file again")));
        }
        if found > wanted {
            return Err(refused(format!(
                "it continues after the {amount} that its header promises: get the file again"
            )));
        }
        Ok(Self { sizes, bytes })
    }
}

/// What is wrong with the first four bytes.
fn foreign(kind: Kind, head: &[u8]) -> Option<String> {
    let (expected, noun) = (kind.magic(), kind.noun());
    let magic = head.get(..4).unwrap_or(head);
    if magic == expected {
        return None;
    }
    let other = [Kind::Pictures, Kind::Labels].into_iter().find(|other| other.magic() == magic);
    let remedy = match other {
        Some(other) => format!("it holds {}: are two files mixed up?", other.noun()),
        None => "it is another file, or a damaged one: get it again".to_owned(),
    };
    Some(format!(
        "it begins with {}, an IDX file of {noun} with {}: {remedy}",
        hexadecimal(magic),
        hexadecimal(&expected)
    ))
}

/// `0x00000803`.
fn hexadecimal(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{}", digits.concat())
}

fn size(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |size, byte| size << 8 | usize::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(kind: Kind, bytes: &[u8]) -> Result<Idx, String> {
        let mut file = tempfile::NamedTempFile::new().expect("temporary file");
        file.write_all(bytes).expect("written");
        let path = file.path().display().to_string();
        Idx::read(file.path(), kind).map_err(|error| error.to_string().replace(&path, "f"))
    }

    /// Two pictures of 1×3.
    const PICTURES: [u8; 22] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 253, 254, 255];
    /// Three labels.
    const LABELS: [u8; 11] = [0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 4];

    #[test]
    fn sizes_are_big_endian_and_the_bytes_follow() {
        let pictures = read(Kind::Pictures, &PICTURES).expect("good");
        assert_eq!((pictures.sizes, pictures.bytes), (vec![2, 1, 3], PICTURES[16..].to_vec()));
        let labels = read(Kind::Labels, &LABELS).expect("good");
        assert_eq!((labels.sizes, labels.bytes), (vec![3], vec![9, 0, 4]));
    }

    #[test]
    fn a_wrong_beginning_is_named_beside_the_right_one() {
        assert_eq!(
            read(Kind::Pictures, &LABELS).unwrap_err(),
            "f: it begins with 0x00000801, an IDX file of pictures with 0x00000803: it holds labels: are two files \
             mixed up?"
        );
        assert_eq!(
            read(Kind::Labels, b"<html>").unwrap_err(),
            "f: it begins with 0x3c68746d, an IDX file of labels with 0x00000801: it is another file, or a damaged \
             one: get it again"
        );
        assert!(read(Kind::Labels, b"").unwrap_err().starts_with("f: it begins with nothing, an IDX file of labels"));
    }

    #[test]
    fn what_is_missing_or_too_much_is_counted() {
        assert_eq!(
            read(Kind::Pictures, &PICTURES[..21]).unwrap_err(),
            "f: it is cut short: 2 pictures of 1×3 need 6 bytes, and it has 5: get the file again"
        );
        assert_eq!(
            read(Kind::Pictures, &PICTURES[..10]).unwrap_err(),
            "f: it ends within its header of 16 bytes: get the file again"
        );
        assert_eq!(
            read(Kind::Labels, &[&LABELS[..], &[1]].concat()).unwrap_err(),
            "f: it continues after the 3 labels that its header promises: get the file again"
        );
    }

    #[test]
    fn a_header_alone_takes_no_memory_and_an_empty_or_overflowing_one_is_refused() {
        let header = |sizes: [u32; 3]| [vec![0, 0, 8, 3], sizes.map(u32::to_be_bytes).concat()].concat();
        let most = u32::MAX;
        assert!(read(Kind::Pictures, &header([300, 1000, 800])).unwrap_err().contains("and it has 0"));
        let words = read(Kind::Pictures, &header([most, 28, 28])).unwrap_err();
        assert!(words.contains("its header promises 4,294,967,295 pictures of 28×28, more than 256 MiB"), "{words}");
        for sizes in [[most, most, most], [0, 28, 28], [5, 0, 28]] {
            let words = read(Kind::Pictures, &header(sizes)).unwrap_err();
            assert!(words.ends_with("which is impossible: get the file again"), "{words}");
        }
    }
}
