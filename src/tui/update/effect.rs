//! The requests that an action makes to the event loop.

use std::path::PathBuf;

use crate::config::RunConfig;
use crate::event::Control;
use crate::tui::terminal::Mouse;

/// What the event loop must do after an action.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// End the program.
    Quit,
    /// End the program as an interrupt signal would.
    Interrupt,
    /// Restore the terminal and stop the process.
    Suspend,
    /// Take the mouse, or leave it to the terminal.
    Mouse(Mouse),
    /// Pass a request on to the source.
    Control(Control),
    /// Let the source prepare another run with these settings.
    Prepare(Box<RunConfig>),
    /// Let the source end the run and start the one that was prepared; on an error,
    /// [`crate::tui::scene::Scene::refuse`].
    Begin,
    /// Let the source drop the run that was prepared.
    GiveUp,
    /// Let the source log the run into this folder from now on.
    Log(PathBuf),
}
