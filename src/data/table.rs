//! The user's own table: comma-separated numbers, an optional header row, the last column the class as any label.
//!
//! Columns are standardized in f64 with the training part's mean and deviation (a constant column becomes 0); the split is
//! 80/20, drawn from the seed. The first record is a header where it holds no number, where it stands in quotes and no
//! number below it does, where it numbers the columns (0, 1, 2 … or 1, 2, 3 …) and the rows do not go on with that, or
//! where its numbers go on by one before a label that no other row has.

mod classes;
mod lines;
mod records;
mod row;

use std::collections::BTreeMap;
use std::path::Path;

use rand::seq::SliceRandom;

use records::Records;
use row::{GoesOn, Row, is_header, is_numbered_header};

use super::file::DataFile;
use super::{Augmentation, Classified, DataError, Shape, Split};
use crate::random::Purpose;

/// Share of rows that is held out: one in five.
const HELD_OUT_ONE_IN: usize = 5;
/// Maximum number of numbers in a table, labels included: 320 MB while it is read.
const MOST_NUMBERS: usize = 40_000_000;
/// Maximum size in bytes of all different labels together.
const LONGEST_LABELS: usize = 64 << 20;

/// Reads and splits a table, gzipped or not.
///
/// # Errors
/// Fails when the file cannot be read, is not UTF-8, leaves a quote open, a cell is not a number, rows have different
/// lengths, there are no rows or only one class, the last column looks like measurements or names of the rows, or the
/// table is too large.
pub(crate) fn table(path: &Path, seed: u64) -> Result<Classified, DataError> {
    let Rows { features, numbers, targets, labels, numbered_header } = Rows::read(path)?;
    let table = |problem: &str| DataError::Content { path: path.to_owned(), problem: problem.to_owned() };
    if targets.is_empty() {
        return Err(table("the table has no rows: write numbers and a class per line"));
    }
    if labels.len() < 2 {
        return Err(table("every row is of one class: the last column must hold at least two different labels"));
    }
    if let Some(problem) = classes::doubt(labels.keys().map(String::as_str), targets.len()) {
        return Err(table(&problem));
    }
    if targets.len() < HELD_OUT_ONE_IN {
        return Err(table("fewer than 5 rows: a table needs at least 5, since one in five is held out"));
    }
    let mut order: Vec<usize> = (0..targets.len()).collect();
    order.shuffle(&mut Purpose::Split.rng(seed, 0));
    let (held_out, training) = order.split_at(targets.len() / HELD_OUT_ONE_IN);
    let scaling = Scaling::of(&numbers, features, training);
    // Classes were numbered in order of appearance and are sorted here.
    let mut places = vec![0; labels.len()];
    labels.values().enumerate().for_each(|(place, came)| places[*came] = place);
    let pick = |rows: &[usize]| {
        let mut split = Split { inputs: Vec::with_capacity(rows.len() * features), targets: Vec::new() };
        for row in rows {
            let columns = numbers.get(row * features..(row + 1) * features).unwrap_or_default();
            split.inputs.extend(columns.iter().enumerate().map(|(column, number)| scaling.apply(column, *number)));
            split.targets.push(targets.get(*row).map_or(0, |came| places[*came as usize]));
        }
        split
    };
    let (training, held_out) = (pick(training), pick(held_out));
    let (shape, classes) = (Shape::row(features), labels.into_keys().collect());
    Ok(Classified { shape, classes, training, held_out, augmentation: Augmentation::None, numbered_header })
}

/// Mean and deviation of each column in the training rows, in f64: a column of times such as 1,600,000,000 has no other
/// digits left in f32.
struct Scaling {
    means: Vec<f64>,
    scales: Vec<f64>,
}

impl Scaling {
    fn of(numbers: &[f64], features: usize, rows: &[usize]) -> Self {
        let mean = |term: &dyn Fn(usize, f64) -> f64| {
            let mut sums = vec![0.0; features];
            for row in rows {
                let columns = numbers.get(row * features..(row + 1) * features).unwrap_or_default();
                columns.iter().enumerate().for_each(|(column, number)| sums[column] += term(column, *number));
            }
            sums.into_iter().map(|sum| sum / rows.len() as f64).collect::<Vec<f64>>()
        };
        // Values are shifted by the first row, so that a large common part cancels before they are summed.
        let first: Vec<f64> = rows.first().and_then(|row| numbers.get(row * features..)).unwrap_or_default().to_vec();
        let offsets = mean(&|column, number| number - first[column]);
        let means: Vec<f64> = offsets.iter().zip(&first).map(|(offset, first)| offset + first).collect();
        let variances = mean(&|column, number| (number - means[column]).powi(2));
        let scale = |variance: &f64| if *variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
        Self { scales: variances.iter().map(scale).collect(), means }
    }

    fn apply(&self, column: usize, number: f64) -> f32 {
        ((number - self.means[column]) * self.scales[column]) as f32
    }
}

/// A table as it was read.
#[derive(Default)]
struct Rows {
    /// Number of columns without the class.
    features: usize,
    /// [row × column].
    numbers: Vec<f64>,
    /// Whether the first row was left out as one that numbers the columns.
    numbered_header: bool,
    /// The class of each row, numbered in order of appearance.
    targets: Vec<u32>,
    /// Every label, with its number.
    labels: BTreeMap<String, usize>,
}

/// The first row of numbers, which may still be a header.
struct First {
    row: Row,
    /// Whether it is the first record, is written in quotes, and no number below it is.
    stands_out: bool,
    goes_on: GoesOn,
}

impl First {
    fn of(row: Row, stands_out: bool) -> Self {
        Self { goes_on: GoesOn::after(&row), row, stands_out }
    }

    /// Whether it is a header, given the rows below it with the count of each label.
    fn is_header(&self, labels: &BTreeMap<String, usize>) -> bool {
        let numbers_columns = self.row.numbers_columns() && !self.goes_on.is_data();
        self.stands_out || numbers_columns || is_numbered_header(&self.row, labels)
    }
}

impl Rows {
    fn read(path: &Path) -> Result<Self, DataError> {
        let file = DataFile::open(path).map_err(|error| match error {
            DataError::Read { path, source, .. } => DataError::Read { what: "table", path, source },
            other => other,
        })?;
        let mut records = Records::new(path, file.reader());
        let mut rows = Self::default();
        let mut first: Option<First> = None;
        let (mut is_first, mut bytes) = (true, 0);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(record) = records.next()? {
            let row = match Row::read(&record) {
                Ok(row) => row,
                Err(_) if is_first && is_header(&record) => {
                    is_first = false;
                    continue;
                }
                Err(reason) => return Err(records.problem(&record, reason)),
            };
            let (wanted, held) = (rows.features, row.numbers.len());
            if first.is_some() && held != wanted {
                let problem =
                    format!("{} columns where the first row has {}: make every row as long", held + 1, wanted + 1);
                return Err(records.problem(&record, problem));
            }
            rows.features = held;
            if !counts.contains_key(&row.class) {
                bytes += row.class.len();
            }
            *counts.entry(row.class.clone()).or_default() += 1;
            if rows.numbers.len() + rows.targets.len() > MOST_NUMBERS || bytes > LONGEST_LABELS {
                let problem = "more than 40 million numbers, or 64 MiB of labels: take a part of the table";
                return Err(DataError::content(path, problem));
            }
            match &mut first {
                None => first = Some(First::of(row, is_first && record.is_quoted())),
                Some(first) => {
                    first.stands_out &= !record.quotes_a_number();
                    first.goes_on.take(&first.row, &row);
                    rows.push(row);
                }
            }
            is_first = false;
        }
        if let Some(first) = first {
            if rows.targets.is_empty() || !first.is_header(&counts) {
                rows.push_first(first.row);
            } else {
                rows.numbered_header = !first.stands_out && !is_numbered_header(&first.row, &counts);
            }
        }
        Ok(rows)
    }

    fn push(&mut self, row: Row) {
        let number = self.labels.len();
        let came = *self.labels.entry(row.class).or_insert(number);
        self.targets.push(came as u32);
        self.numbers.extend(row.numbers);
    }

    /// Inserts a row before all others.
    fn push_first(&mut self, row: Row) {
        let number = self.labels.len();
        let came = *self.labels.entry(row.class).or_insert(number);
        self.targets.insert(0, came as u32);
        self.numbers.splice(0..0, row.numbers);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn load(text: &str) -> Result<Classified, String> {
        let mut file = tempfile::NamedTempFile::new().expect("temporary file");
        file.write_all(text.as_bytes()).expect("written");
        let path = file.path().display().to_string();
        table(file.path(), 1).map_err(|error| error.to_string().replace(&path, "t.csv"))
    }

    #[test]
    fn a_header_is_skipped_and_columns_are_standardized() {
        let text = "a,b,class\n1,5,x\n2,5,y\n3,5,x\n4,5,y\n5,5,x\n6,5,y\n7,5,x\n8,5,y\n9,5,x\n10,5,y\n";
        let data = load(text).expect("good table");
        assert_eq!((data.shape.numbers(), data.training.rows(), data.held_out.rows()), (2, 8, 2));
        assert_eq!(data.classes, ["x", "y"]);
        let first: f32 = data.training.inputs.iter().step_by(2).sum();
        assert!(first.abs() < 1e-5);
        assert!(data.training.inputs.iter().skip(1).step_by(2).all(|value| *value == 0.0));
        assert_eq!(load(text), load(text));
    }

    #[test]
    fn bad_tables_are_named_with_their_line() {
        assert_eq!(load("").unwrap_err(), "t.csv: the table has no rows: write numbers and a class per line");
        assert_eq!(
            load("1,2,a\n1,x,b\n").unwrap_err(),
            "t.csv:2: column 2: 'x' is not a finite number (only the last column may hold text): \
             fill in a number, or leave out the row or the column"
        );
        assert_eq!(
            load("1,2,a\n1,b\n").unwrap_err(),
            "t.csv:2: 2 columns where the first row has 3: make every row as long"
        );
        assert!(load("1,a\n2,a\n3,a\n4,a\n5,a\n").unwrap_err().contains("every row is of one class"));
        assert!(load("1,a\n2,b\n").unwrap_err().contains("fewer than 5 rows"));
        for (row, words) in [
            ("2,", "column 2: the class is missing: write one, or remove the comma at the end"),
            (",b", "column 1: the cell is empty: fill in a number, or leave out the row or the column"),
            ("nan,b", "column 1: 'nan' is not a finite number: fill in a number, or leave out the row or the column"),
            ("\"1,234\",b", "column 1: '1,234' is not a finite number: write it without thousands separators, 1234"),
            ("1e300,b", "column 1: '1e300' is outside ±3.4e38, the range of f32: write the column in a larger unit"),
        ] {
            assert_eq!(load(&format!("1,a\n{row}\n")).unwrap_err(), format!("t.csv:2: {words}"));
        }
        assert!(load("1\n2\n").unwrap_err().contains("at least one number and a class"));
    }

    #[test]
    fn a_header_may_name_its_columns_nan_and_inf() {
        let data = load("nan,inf,class\n1,5,x\n2,5,y\n\n3,5,x\n  \n4,5,y\n5,5,x\n").expect("good table");
        assert_eq!(data.training.rows() + data.held_out.rows(), 5);
        assert!(load("nan,1,x\n").unwrap_err().starts_with("t.csv:1: column 1: 'nan' is not a finite number"));
    }

    #[test]
    fn other_separators_than_commas_are_named() {
        let advice = "the columns seem to be separated by";
        assert!(load("1;2;a\n").unwrap_err().starts_with(&format!("t.csv:1: {advice} ';': write commas")));
        assert!(load("5,1;3,5;a\n").unwrap_err().starts_with(&format!("t.csv:1: {advice} ';'")));
        assert!(load("a b class\n1 2 a\n").unwrap_err().starts_with(&format!("t.csv:1: {advice} blanks")));
        assert!(load("a\tb\tclass\n1\t2\ta\n").unwrap_err().starts_with(&format!("t.csv:1: {advice} tabs")));
    }

    /// How many different values the only column has.
    fn different(data: &Classified) -> usize {
        let all = data.training.inputs.iter().chain(&data.held_out.inputs);
        all.map(|value| value.to_bits()).collect::<std::collections::BTreeSet<_>>().len()
    }

    #[test]
    fn numbers_that_differ_in_their_last_digits_stay_different() {
        for (start, gap) in [(1_600_000_000.0, 1.0), (4_500_000.0, 0.002), (0.0, 1.0)] {
            let row =
                |index: i32| format!("{:.3},{}\n", start + gap * f64::from(index), if index < 100 { 'a' } else { 'b' });
            let text: String = (0..200).map(row).collect();
            let data = load(&text).expect("good table");
            assert_eq!(different(&data), 200, "{start}");
            let line = |index: i32| format!("{index},{}\n", if index < 100 { 'a' } else { 'b' });
            let plain: String = (0..200).map(line).collect();
            let wanted = load(&plain).expect("good table");
            let far = data.training.inputs.iter().zip(&wanted.training.inputs).map(|(one, other)| (one - other).abs());
            assert!(far.fold(0.0, f32::max) < 1e-5, "{start}: as if it counted from 0");
        }
    }

    #[test]
    fn a_header_in_quotes_or_of_numbers_is_recognized_and_a_row_that_looks_like_one_is_not() {
        let rows = "5.1,3.5,setosa\n4.9,3.0,setosa\n6.0,2.2,other\n6.1,2.8,other\n5.9,3.0,other\n";
        for header in [
            "0,1,class\n",
            "2020,2021,class\n",
            "0,1,2\n",
            "1,2,3\n",
            "\"2019\",\"2020\",\"label\"\n",
            "2019,2020,2021\n",
            "\"a\",\"b\",\"c\"\n",
        ] {
            let data = load(&format!("{header}{rows}")).expect("good table");
            assert_eq!(data.training.rows() + data.held_out.rows(), 5, "{header}");
            assert_eq!(data.classes, ["other", "setosa"], "{header}");
        }
        let data = load(&format!("5.0,3.1,setosa\n{rows}")).expect("good table");
        assert_eq!(data.training.rows() + data.held_out.rows(), 6);
        let data = load("0,1,2\n1,2,2\n2,3,4\n3,3,4\n4,4,4\n").expect("good table");
        assert_eq!(data.training.rows() + data.held_out.rows(), 5, "the first column counts: the first row is one");
    }

    /// How many rows there are, and of which classes.
    fn rows(text: &str) -> (usize, Vec<String>) {
        let data = load(text).expect("good table");
        (data.training.rows() + data.held_out.rows(), data.classes)
    }

    #[test]
    fn a_first_row_that_numbers_the_columns_is_a_header_also_where_classes_are_numbers() {
        let numbers = "5.1,3.5,0\n4.9,3.0,1\n6.0,2.2,2\n6.1,2.8,2\n5.9,3.0,1\n";
        for header in ["0,1,2\n", "1,2,3\n", "\"0\",\"1\",\"2\"\n", "\"1\",\"2\",\"3\"\n", " 0 , 1 , 2\n"] {
            assert_eq!(rows(&format!("{header}{numbers}")), (5, ["0", "1", "2"].map(str::to_owned).into()), "{header}");
        }
        for (row, why) in [
            ("0,1,2\n0,1,2\n", "the same row comes again"),
            ("1,2,2\n", "it does not count to the last column"),
            ("2,3,4\n", "columns are numbered from 0 or 1"),
            ("1.5,2.5,3\n", "columns have whole numbers"),
            ("0,1,2.0\n", "pandas writes no decimals"),
        ] {
            assert_eq!(rows(&format!("{row}{numbers}")).0, 5 + row.lines().count(), "{why}");
        }
        let counts = "1,2,3\n2,2,3\n3,2,1\n4,2,1\n5,2,1\n6,2,3\n";
        assert_eq!(rows(counts).0, 6, "the rows are numbered, not the columns");
        assert_eq!(rows("0,1\n5,1\n4,0\n6,1\n7,0\n8,1\n").0, 6, "two columns say nothing");
    }

    #[test]
    fn a_first_row_in_quotes_above_numbers_without_is_a_header() {
        let bare = "5.1,3.5,1\n4.9,3.0,1\n6.0,2.2,2\n6.1,2.8,2\n5.9,3.0,2\n";
        let words = "5.1,3.5,\"a\"\n4.9,3.0,\"a\"\n6.0,2.2,\"b\"\n6.1,2.8,\"b\"\n5.9,3.0,\"b\"\n";
        for header in ["\"1990\",\"2000\",\"1\"\n", "\"7\",\"9\",\"target\"\n", "\"7\",\"9\",\"b\"\n"] {
            assert_eq!((rows(&format!("{header}{bare}")).0, rows(&format!("{header}{words}")).0), (5, 5), "{header}");
        }
        let quoted = bare.lines().fold(String::new(), |text, line| {
            text + &line.split(',').map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",") + "\n"
        });
        assert_eq!(rows(&quoted).0, 5, "all rows are quoted: the first is one of them");
        assert_eq!(rows(&format!("\"5.2\",\"3.1\",\"rare\"\n{quoted}")).0, 6);
    }

    #[test]
    fn a_gzipped_table_that_is_cut_short_says_so() {
        use flate2::{Compression, write::GzEncoder};
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all("a,class\n1,x\n2,y\n3,x\n4,y\n5,x\n".as_bytes()).expect("written");
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let whole = encoder.finish().expect("whole");
        file.write_all(&whole[..whole.len() - 12]).expect("written");
        let said = table(file.path(), 1).expect_err("damaged").to_string();
        assert!(said.ends_with(": its gzip stream is damaged or cut short: get the file again"), "{said}");
    }

    #[test]
    fn a_gzipped_table_is_read_as_the_plain_one() {
        use flate2::{Compression, write::GzEncoder};
        let text = "a,class\n1,x\n2,y\n3,x\n4,y\n5,x\n";
        let mut encoder = GzEncoder::new(tempfile::NamedTempFile::new().expect("a file"), Compression::fast());
        encoder.write_all(text.as_bytes()).expect("written");
        let file = encoder.finish().expect("whole");
        assert_eq!(table(file.path(), 1).map_err(|error| error.to_string()), load(text));
    }
}
