//! README and `docs/keys.md` are correct: their tables of keys are the program's own.

use std::fs;
use std::path::Path;

use nablatop::tui::keymap;

const BEGIN: &str = "<!-- keys -->\n";
const END: &str = "<!-- /keys -->";

/// What stands between the marks of a file; written there instead where `UPDATE_README` is set.
fn assert_generated(file: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("where the keys begin");
    let (keys, after) = rest.split_once(END).expect("where the keys end");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{wanted}{END}{after}")).unwrap();
    } else {
        assert_eq!(keys, wanted, "{file}: write it with UPDATE_README=1 cargo test --release --test it readme");
    }
}

#[test]
fn the_readme_lists_the_keys_that_matter_most() {
    assert_generated("README.md", &keymap::frequent_keys());
}

#[test]
fn docs_keys_lists_every_key_of_the_program() {
    assert_generated("docs/keys.md", &keymap::all_keys());
}
