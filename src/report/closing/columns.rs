//! The columns of the closing table that fit the terminal.
//!
//! Each column is as wide as its widest cell, with two blanks between columns. If they do not all fit, names are
//! shortened first, then whole columns are left out, the least important first: every cell except a name is always
//! whole.

use crate::text::columns as width_of;

/// The column of names, the only one that may be shortened.
const NAME: usize = 0;
/// Columns in the order in which they are left out: theory, first/last, per block, held out, step, outcome, loss.
const LEAVING: [usize; 7] = [6, 7, 5, 4, 2, 1, 3];
/// Minimum width of a name while another column can be left out.
const NAME_BESIDE_MUCH: usize = 16;
/// Minimum width of a name beside outcome and loss alone.
const NAME_BESIDE_LITTLE: usize = 4;
/// Number of columns that remain: name, outcome and loss.
const FEW: usize = 3;
/// Blanks between two columns.
const GAP: usize = 2;

/// The rows as lines of at most `width` columns, without trailing blanks.
pub(super) fn table(mut rows: Vec<[String; 8]>, width: usize) -> String {
    let widest: [usize; 8] =
        std::array::from_fn(|column| rows.iter().map(|row| width_of(&row[column])).max().unwrap_or(0));
    let mut shown: Vec<usize> = (0..widest.len()).collect();
    let mut leaving = LEAVING.iter();
    let name = loop {
        let others: usize = shown.iter().filter(|column| **column != NAME).map(|column| widest[*column] + GAP).sum();
        let room = width.saturating_sub(others);
        let least = if shown.len() <= FEW { NAME_BESIDE_LITTLE } else { NAME_BESIDE_MUCH };
        if room >= widest[NAME].min(least) {
            break room.min(widest[NAME]);
        }
        let Some(column) = leaving.next() else { break width };
        shown.retain(|other| other != column);
    };
    let mut text = String::new();
    for row in &mut rows {
        row[NAME] = shortened(&row[NAME], name);
        let mut line = String::new();
        for column in &shown {
            let wide = if *column == NAME { name } else { widest[*column] };
            let blanks = wide.saturating_sub(width_of(&row[*column])) + GAP;
            line.extend([row[*column].as_str(), &" ".repeat(blanks)]);
        }
        text.extend([line.trim_end(), "\n"]);
    }
    text
}

/// A name of at most `width` columns: a longer one ends in `…`, not within a number.
pub(super) fn shortened(name: &str, width: usize) -> String {
    if width_of(name) <= width {
        return name.to_owned();
    }
    let mut kept = name.to_owned();
    let mut next = None;
    while width_of(&kept) + 1 > width && !kept.is_empty() {
        next = kept.pop();
    }
    if next.is_some_and(|next| next.is_ascii_digit()) {
        let before = kept.trim_end_matches(|letter: char| letter.is_ascii_digit());
        if !before.is_empty() {
            kept.truncate(before.len());
        }
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_not_cut_within_its_number() {
        assert_eq!(shortened("residual-1024", 13), "residual-1024");
        assert_eq!(shortened("residual-1024-wide", 12), "residual-…");
        assert_eq!(shortened("模型模型", 5), "模型…");
    }
}
