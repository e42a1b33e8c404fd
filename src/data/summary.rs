//! One line about a data set: rows, columns, classes, and what looks odd about them.
//!
//! `csv:iris.csv: 150 rows (120 training + 30 held out) of 4 columns, 3 classes, the largest 'setosa' (50 rows), the smallest
//! 'other' (49 rows); looks odd: …`

use std::collections::BTreeMap;

use super::{Classified, Dataset, Subset, Text};
use crate::config::DataSource;
use crate::number::count;
use crate::text::{clean, clean_message};

/// Words that mean a missing value in many tables.
const MISSING: [&str; 6] = ["nan", "na", "n/a", "null", "none", "?"];
/// The number of classes is odd if there are fewer rows per class than this.
const ROWS_PER_CLASS: usize = 10;
/// Up to this many classes are never odd: a table may be small.
const MANY_CLASSES: usize = 10;
/// Maximum number of constant columns that are named; of more only the number is given.
const COLUMNS: usize = 5;
/// Minimum number of rows from which a first column that counts up is odd.
const COUNTED: usize = 5;

/// The line.
#[must_use]
pub(crate) fn summary(source: &DataSource, dataset: &Dataset) -> String {
    let line = match dataset {
        Dataset::Classified(data) => classified(data),
        Dataset::Text(text) => characters(text),
    };
    clean_message(&format!("{source}: {line}"))
}

fn characters(text: &Text) -> String {
    let (training, held_out) = (text.training.len(), text.held_out.len());
    let [all, training, held_out] = [training + held_out, training, held_out].map(|number| count(number as u64));
    let different = count(text.vocabulary.len() as u64);
    format!("{all} characters ({training} training + {held_out} held out), {different} different")
}

fn classified(data: &Classified) -> String {
    let rows = [Subset::Training, Subset::HeldOut].map(|part| data.part(part).targets.len());
    let [training, held_out] = rows.map(|rows| count(rows as u64));
    let all = count((rows[0] + rows[1]) as u64);
    let of = if data.shape.is_picture() {
        format!("pictures of {}×{}", data.shape.height, data.shape.width)
    } else {
        let columns = data.shape.numbers();
        format!("rows of {} {}", count(columns as u64), if columns == 1 { "column" } else { "columns" })
    };
    let mut sizes = vec![0_u64; data.classes.len()];
    for target in data.training.targets.iter().chain(&data.held_out.targets) {
        if let Some(size) = sizes.get_mut(*target) {
            *size += 1;
        }
    }
    let classes = count(data.classes.len() as u64);
    let spread = spread(data, &sizes);
    let line = format!("{all} {of} ({training} training + {held_out} held out), {classes} classes{spread}");
    let odd = oddities(data, &sizes);
    if odd.is_empty() { line } else { format!("{line}; looks odd: {}", odd.join("; ")) }
}

/// The largest and the smallest class, or that all are equally large: `, the largest 'a' (16), the smallest 'b' (15)`.
fn spread(data: &Classified, sizes: &[u64]) -> String {
    let (Some(most), Some(least)) = (sizes.iter().max(), sizes.iter().min()) else { return String::new() };
    if most == least {
        let all = if sizes.len() == 1 { "" } else { "each " };
        return format!(", {all}of {}", count(*most));
    }
    let class = |of: u64| {
        let mut named = data.classes.iter().zip(sizes).filter(|(_, size)| **size == of).map(|(name, _)| clean(name));
        let name = named.next().unwrap_or_default();
        let others = match named.count() {
            0 => String::new(),
            others => format!(" and {} more", count(others as u64)),
        };
        format!("'{name}'{others} ({})", count(of))
    };
    format!(", the largest {}, the smallest {}", class(*most), class(*least))
}

/// What is probably a mistake, one part of a sentence each.
fn oddities(data: &Classified, sizes: &[u64]) -> Vec<String> {
    let mut odd = Vec::new();
    let missing = data.classes.iter().filter(|class| is_missing(class));
    let missing: Vec<String> = missing.map(|class| format!("'{}'", clean(class))).collect();
    match missing.split_last() {
        None => {}
        Some((only, [])) => odd.push(format!("{only} is a class")),
        Some((last, others)) => odd.push(format!("{} and {last} are classes", others.join(", "))),
    }
    let mut numbers: Vec<(f64, &String)> =
        data.classes.iter().filter_map(|class| Some((class.parse().ok()?, class))).collect();
    numbers.sort_by(|one, other| one.0.total_cmp(&other.0));
    if let Some([(_, one), (_, other)]) = numbers.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        odd.push(format!("classes '{}' and '{}' are the same number", clean(one), clean(other)));
    }
    let mut spellings: BTreeMap<String, &String> = BTreeMap::new();
    for class in &data.classes {
        if let Some(other) = spellings.insert(class.to_lowercase(), class) {
            odd.push(format!("classes '{}' and '{}' differ only in case", clean(other), clean(class)));
            break;
        }
    }
    let single: Vec<&String> =
        data.classes.iter().zip(sizes).filter(|(_, size)| **size == 1).map(|(name, _)| name).collect();
    if let [only] = single.as_slice()
        && data.classes.len() > 2
        && !is_missing(only)
    {
        // The line number is not known any more: the rows have been shuffled.
        odd.push(format!("class '{}' has a single row: is it misspelt, or a header in the first row?", clean(only)));
    }
    let rows = data.training.targets.len() + data.held_out.targets.len();
    if data.classes.len() >= MANY_CLASSES && data.classes.len() * ROWS_PER_CLASS > rows {
        odd.push("more classes than a tenth of the rows: is the class in the last column?".to_owned());
    }
    odd.extend(constant(data));
    if data.numbered_header {
        odd.push("the first row numbers the columns and is read as a header".to_owned());
    }
    if counts(data) {
        odd.push("the first column looks like a row number".to_owned());
    }
    odd
}

/// Which columns of a table hold one value in all training rows: standardized, they are 0 everywhere.
fn constant(data: &Classified) -> Option<String> {
    let columns = data.shape.numbers();
    if data.shape.is_picture() || columns == 0 {
        return None;
    }
    let mut varies = vec![false; columns];
    for row in data.training.inputs.chunks(columns) {
        varies.iter_mut().zip(row).for_each(|(varies, number)| *varies |= *number != 0.0);
    }
    let constant: Vec<u64> = (1..).zip(varies).filter(|(_, varies)| !varies).map(|(column, _)| column).collect();
    let (named, others) = constant.split_at(constant.len().min(COLUMNS));
    let mut named: Vec<String> = named.iter().map(|column| count(*column)).collect();
    let last = match others.len() {
        0 => named.pop()?,
        others => format!("{} more", count(others as u64)),
    };
    let never = "in the training rows";
    Some(match named.as_slice() {
        [] => format!("column {last} never changes {never}"),
        named => format!("columns {} and {last} never change {never}", named.join(", ")),
    })
}

/// Whether the name of a class means a missing value.
fn is_missing(class: &str) -> bool {
    MISSING.contains(&class.to_lowercase().as_str())
}

/// Whether the values of the first column of a table, in order, have equal distances.
fn counts(data: &Classified) -> bool {
    let columns = data.shape.numbers();
    if data.shape.is_picture() || columns == 0 {
        return false;
    }
    let rows = data.training.inputs.chunks(columns).chain(data.held_out.inputs.chunks(columns));
    let mut first: Vec<f64> = rows.filter_map(|row| row.first()).map(|value| f64::from(*value)).collect();
    first.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (first.first(), first.last()) else { return false };
    let gap = (most - least) / (first.len().max(2) - 1) as f64;
    // The values were rounded to f32 once.
    let is_even = |pair: &[f64]| matches!(pair, [one, next] if ((next - one) / gap - 1.0).abs() < 0.05);
    first.len() >= COUNTED && gap > 0.0 && first.windows(2).all(is_even)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::sync::Arc;

    use super::*;

    fn line(text: &str) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let data = super::super::table(file.path(), 1).unwrap();
        summary(&DataSource::Csv("t.csv".into()), &Dataset::Classified(Arc::new(data)))
    }

    /// Two classes of 15 rows each, whose first column is not in order.
    fn usual(more: &str) -> String {
        let mut text = String::new();
        for row in 0..30 {
            writeln!(text, "{},{}", (row * row * 7) % 31, if row % 2 == 0 { "a" } else { "b" }).unwrap();
        }
        text + more
    }

    #[test]
    fn rows_columns_and_classes_are_counted() {
        assert_eq!(
            line(&usual("5,b\n")),
            "csv:t.csv: 31 rows of 1 column (25 training + 6 held out), 2 classes, the largest 'b' (16), the smallest 'a' (15)"
        );
    }

    #[test]
    fn classes_that_are_as_large_are_not_called_largest_and_smallest() {
        let summary = line(&usual(""));
        assert_eq!(summary, "csv:t.csv: 30 rows of 1 column (24 training + 6 held out), 2 classes, each of 15");
        let tied = line(&usual("9,c\n3,c\n"));
        assert!(tied.ends_with("the largest 'a' and 1 more (15), the smallest 'c' (2)"), "{tied}");
    }

    #[test]
    fn columns_that_never_change_are_named() {
        let table = |constant: usize| {
            let row = |row: usize| format!("{},{}{}\n", row * row % 31, "7,".repeat(constant), ["a", "b"][row % 2]);
            line(&(0..30).map(row).collect::<String>())
        };
        let odd = |constant| table(constant).split_once("; looks odd: ").map(|(_, odd)| odd.to_owned());
        assert_eq!(odd(0), None);
        assert_eq!(odd(1).as_deref(), Some("column 2 never changes in the training rows"));
        assert_eq!(odd(3).as_deref(), Some("columns 2, 3 and 4 never change in the training rows"));
        assert_eq!(odd(9).as_deref(), Some("columns 2, 3, 4, 5, 6 and 4 more never change in the training rows"));
    }

    #[test]
    fn a_first_row_that_is_left_out_for_its_numbers_alone_is_named() {
        let mut rows = String::new();
        for row in 0..30 {
            writeln!(rows, "{},{},{}", row * row % 31, row % 7, row % 2).unwrap();
        }
        let named = line(&format!("0,1,2\n{rows}"));
        assert!(named.ends_with("; looks odd: the first row numbers the columns and is read as a header"), "{named}");
        let quoted = line(&format!("\"0\",\"1\",\"2\"\n{rows}"));
        assert!(!quoted.contains("looks odd") && !line(&rows).contains("looks odd"), "{quoted}");
    }

    #[test]
    fn what_looks_odd_is_said() {
        for (more, words) in [
            ("5,NaN\n6,NaN\n", "'NaN' is a class"),
            ("5,A\n6,A\n", "classes 'A' and 'a' differ only in case"),
            ("5,label\n", "class 'label' has a single row: is it misspelt, or a header in the first row?"),
            ("5,NA\n6,N/A\n7,null\n8,?\n", "'?', 'N/A', 'NA' and 'null' are classes"),
            (&('c'..='k').fold(String::new(), |text, class| text + &format!("5,{class}\n6,{class}\n")), "more classes"),
        ] {
            let said = line(&usual(more));
            assert!(said.contains(&format!("; looks odd: {words}")), "{said}");
        }
        let counted: String = (0..40).fold(String::new(), |text, row| {
            text + &format!("{},{}\n", 1000 + row, if row % 3 == 0 { 'a' } else { 'b' })
        });
        let counts = "; looks odd: the first column looks like a row number";
        assert!(line(&counted).ends_with(counts));
        let down = counted.lines().rev().fold(String::new(), |text, line| text + line + "\n");
        assert!(line(&down).ends_with(counts));
        assert!(line(&usual("5,NaN\n")).ends_with("; looks odd: 'NaN' is a class"), "no header stands there");
        assert!(!line("1,a\n5,a\n4,b\n9,b\n3,a\n7,b\n").contains("odd"), "a small table has few rows");
        let said = line("1,1\n5,1.0\n4,1\n9,2\n3,2\n7,1.0\n8,2\n");
        assert!(said.ends_with("; looks odd: classes '1' and '1.0' are the same number"), "{said}");
        assert!(!line(&usual("")).contains("odd"));
    }
}
