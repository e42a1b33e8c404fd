//! The user's own tables that cannot be used.

use super::assert_refused;
use crate::program::{Place, SMALL};

#[test]
fn a_table_that_makes_no_sense_is_named_with_file_line_and_column() {
    let place = Place::new();
    for (name, content) in [
        ("text.csv", "a,b,class\n1,2,x\n3,four,y\n"),
        ("ragged.csv", "1,2,x\n3,y\n"),
        ("one-class.csv", "1,x\n2,x\n3,x\n4,x\n5,x\n"),
        ("no-rows.csv", "a,b,class\n"),
        ("empty.csv", ""),
        ("few.csv", "1,x\n2,y\n"),
        ("no-class.csv", "1,x\n2,\n"),
        ("nan.csv", "1,x\nNaN,y\n"),
        ("small.csv", "1,x\n2,y\n3,x\n4,y\n5,x\n"),
        ("quote.csv", "1,x\n2,\"y\n3,x\n"),
        ("semicolons.csv", "a;class\n1;x\n"),
    ] {
        place.file(name, content);
    }
    let prices: Vec<String> = (0..60).map(|row| format!("{row},{}.5\n", row * 7)).collect();
    place.file("prices.csv", prices.concat());
    assert_refused(
        &place,
        &[
            (
                &["--data", "csv:prices.csv"],
                1,
                "prices.csv: 60 classes in 60 rows: is the last column a class? nablatop does not predict numbers: group them \
                 into a few classes, or write numbers that name classes as words, such as c7",
            ),
            (
                &["--data", "csv:text.csv"],
                1,
                "text.csv:3: column 2: 'four' is not a finite number (only the last column may hold text): \
                 fill in a number, or leave out the row or the column",
            ),
            (
                &["--data", "csv:ragged.csv"],
                1,
                "ragged.csv:2: 2 columns where the first row has 3: make every row as long",
            ),
            (
                &["--data", "csv:one-class.csv"],
                1,
                "one-class.csv: every row is of one class: the last column must hold at least two different labels",
            ),
            (
                &["--data", "csv:no-rows.csv"],
                1,
                "no-rows.csv: the table has no rows: write numbers and a class per line",
            ),
            (&["--data", "csv:empty.csv"], 1, "empty.csv: the table has no rows: write numbers and a class per line"),
            (
                &["--data", "csv:few.csv", "--batch", "1"],
                1,
                "few.csv: fewer than 5 rows: a table needs at least 5, since one in five is held out",
            ),
            (
                &["--data", "csv:no-class.csv"],
                1,
                "no-class.csv:2: column 2: the class is missing: write one, or remove the comma at the end",
            ),
            (
                &["--data", "csv:nan.csv"],
                1,
                "nan.csv:2: column 1: 'NaN' is not a finite number: fill in a number, or leave out the row or the \
                 column",
            ),
            (
                &["--data", "csv:quote.csv"],
                1,
                "quote.csv:2: the quote (\") that opens a cell here is never closed: close it, or write \"\" for a quote \
                 within the cell",
            ),
            (
                &["--data", "csv:semicolons.csv"],
                1,
                "semicolons.csv:1: the columns seem to be separated by ';': write commas (and decimals as 1.5)",
            ),
            (
                &["--data", "csv:/dev/zero"],
                1,
                "cannot read the table /dev/zero: it is a pipe, a socket or a device, and only regular files are read",
            ),
            (&["--data", "csv:none.csv"], 1, "cannot read the table none.csv: No such file or directory (os error 2)"),
            (
                &["--data", "csv:small.csv", "--batch", "5"],
                2,
                "--batch: 5 is larger than the 4 training rows: write 4 or less",
            ),
            // Nothing is created for a run that cannot start.
            (
                &["--data", "csv:none.csv", "--log", "run"],
                1,
                "cannot read the table none.csv: No such file or directory (os error 2)",
            ),
        ],
    );
}

#[test]
fn the_smallest_table_and_the_smallest_stack_train() {
    let place = Place::new();
    place.file("small.csv", "height,kind\n1,x\n2,y\n3,x\n4,y\n5,x\n");
    let said = place.say([
        "--headless",
        "--data",
        "csv:small.csv",
        "--batch",
        "1",
        "--steps",
        "3",
        "--depth",
        "1",
        "--width",
        "1",
    ]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(place.say(["--headless", "--epochs", "1", "--batch", "1437"].iter().chain(&SMALL[..4])).code, 0);
}
