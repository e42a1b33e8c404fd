//! What lies on top of the panes: help, the form of settings, the command line, the question before quitting.

/// What lies on top of the panes; Escape closes it.
#[derive(Clone, Debug, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The table of keys, scrolled by some lines.
    Help {
        /// Lines scrolled away.
        scroll: u16,
    },
    /// Settings that restart the lanes.
    Form(Form),
    /// The command line.
    Command(tui_input::Input),
    /// "Quit? y/n", asked only where something would be lost.
    ConfirmQuit,
}

/// Settings being edited.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Key, value as typed, and what is wrong with it.
    pub fields: Vec<Field>,
    /// Field with the focus.
    pub focus: usize,
    /// What is wrong with all of them together.
    pub problem: Option<String>,
}

/// One setting being edited.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Key of the setting.
    pub key: &'static str,
    /// Its value before.
    pub before: String,
    /// Its value as typed.
    pub input: tui_input::Input,
    /// What is wrong with it.
    pub problem: Option<String>,
}
