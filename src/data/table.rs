//! A person's own table: comma-separated numbers, an optional header row, the last column the class as any label.
//!
//! Columns are standardized with the training part's mean and deviation (a constant column becomes 0); the split is
//! 80/20, drawn from the seed.

mod classes;
mod lines;
mod records;
mod row;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use rand::seq::SliceRandom;

use records::Records;
use row::{Row, is_header};

use super::standardization::{Channels, standardize};
use super::{Augmentation, Classified, DataError, Shape, Split};
use crate::stack::init::Purpose;

/// Share of rows that is held out: one in five.
const HELD_OUT_ONE_IN: usize = 5;

/// Reads and splits a table.
///
/// # Errors
/// When the file cannot be read, is no UTF-8, leaves a quote open, a cell is no number, rows are ragged, there are no
/// rows or only one class, or the last column looks like measurements or names of the rows.
pub fn table(path: &Path, seed: u64) -> Result<Classified, DataError> {
    let rows = read(path)?;
    let table = |problem: &str| DataError::Content { path: path.to_owned(), problem: problem.to_owned() };
    let Some(first) = rows.first() else {
        return Err(table("the table has no rows: write numbers and a class per line"));
    };
    let features = first.numbers.len();
    let mut classes: BTreeMap<String, usize> = rows.iter().map(|row| (row.class.clone(), 0)).collect();
    if classes.len() < 2 {
        return Err(table("every row is of one class: the last column must hold at least two different labels"));
    }
    if let Some(problem) = classes::doubt(classes.keys().map(String::as_str), rows.len()) {
        return Err(table(&problem));
    }
    classes.values_mut().enumerate().for_each(|(index, class)| *class = index);
    if rows.len() < HELD_OUT_ONE_IN {
        return Err(table("fewer than 5 rows: a table needs at least 5 to hold one in five out"));
    }
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.shuffle(&mut Purpose::Split.rng(seed, 0));
    let (held_out, training) = order.split_at(rows.len() / HELD_OUT_ONE_IN);
    let pick = |indices: &[usize]| {
        let mut split = Split { inputs: Vec::with_capacity(indices.len() * features), targets: Vec::new() };
        for row in indices.iter().filter_map(|index| rows.get(*index)) {
            split.inputs.extend_from_slice(&row.numbers);
            split.targets.push(classes.get(&row.class).copied().unwrap_or_default());
        }
        split
    };
    let (mut training, mut held_out) = (pick(training), pick(held_out));
    standardize(&mut training, &mut held_out, Channels { count: features, plane: 1 });
    let (shape, classes) = (Shape::row(features), classes.into_keys().collect());
    Ok(Classified { shape, classes, training, held_out, augmentation: Augmentation::None })
}

fn read(path: &Path) -> Result<Vec<Row>, DataError> {
    let file = File::open(path).map_err(|source| DataError::Read { what: "table", path: path.to_owned(), source })?;
    let mut records = Records::new(path, BufReader::new(file));
    let mut rows: Vec<Row> = Vec::new();
    let mut is_first = true;
    while let Some(record) = records.next()? {
        match (Row::read(&record), rows.first()) {
            (Err(_), None) if is_first && is_header(&record) => {}
            (Err(reason), _) => return Err(records.problem(&record, reason)),
            (Ok(row), Some(first)) if row.numbers.len() != first.numbers.len() => {
                let (has, wants) = (row.numbers.len() + 1, first.numbers.len() + 1);
                let problem = format!("{has} columns where the first row has {wants}: make every row as long");
                return Err(records.problem(&record, problem));
            }
            (Ok(row), _) => rows.push(row),
        }
        is_first = false;
    }
    Ok(rows)
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
            "t.csv:2: column 2: 'x' is not a finite number (only the last column may hold text)"
        );
        assert_eq!(
            load("1,2,a\n1,b\n").unwrap_err(),
            "t.csv:2: 2 columns where the first row has 3: make every row as long"
        );
        assert!(load("1,a\n2,a\n3,a\n4,a\n5,a\n").unwrap_err().contains("every row is of one class"));
        assert!(load("1,a\n2,b\n").unwrap_err().contains("fewer than 5 rows"));
        assert_eq!(load("1,a\n2,\n").unwrap_err(), "t.csv:2: column 2: the class is missing");
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
        assert!(load("a\tb\tclass\n1\t2\ta\n").unwrap_err().starts_with(&format!("t.csv:1: {advice} tabs")));
    }
}
