//! What an action leaves for the event loop to do.

use std::path::PathBuf;

use crate::config::RunConfig;
use crate::event::Control;
use crate::tui::terminal::Mouse;

/// What the event loop must do after an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// End the program.
    Quit,
    /// End the program as an interrupt signal would.
    Interrupt,
    /// Give the terminal back and stop the process.
    Suspend,
    /// Take the mouse, or leave it to the terminal.
    Mouse(Mouse),
    /// Pass a request on to the source.
    Control(Control),
    /// Have the source prepare another run with these settings.
    Prepare(Box<RunConfig>),
    /// Have the source end the run and begin the one that was prepared; on an error, [`crate::tui::scene::Scene::refuse`].
    Begin,
    /// Have the source drop the run that was prepared.
    GiveUp,
    /// Ask the source to write the run into this folder from now on.
    Log(PathBuf),
}
