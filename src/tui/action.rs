//! Everything that the user can do on the screen. Keys, mouse and command line all produce actions.

use std::time::Duration;

use tui_input::InputRequest;

use super::scene::ViewId;
use super::terminal_cell::TerminalCell;

/// One thing that the user can do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// Move the cursor of all panes.
    Cursor(Motion),
    /// Move the window over steps and layers.
    Pan(Direction),
    /// Show fewer or more steps.
    ZoomSteps(Turn),
    /// Show fewer or more layers.
    ZoomLayers(Turn),
    /// Show all steps and layers.
    ZoomOut,
    /// The next or previous quantity.
    Quantity(Turn),
    /// The next or previous view.
    View(Turn),
    /// Show this view, or the heatmaps if it is shown already.
    ToggleView(ViewId),
    /// Show this view.
    Show(ViewId),
    /// Switch between the extreme and the mean of a bucket.
    Reduce,
    /// Scroll the lanes if not all fit.
    Lanes(Turn),
    /// Pause or continue: a live run, or the playhead of a trace.
    TogglePause,
    /// Make one step, then pause.
    StepOnce,
    /// Re-run the last steps in detail.
    Rerun,
    /// Restart the lanes.
    Restart,
    /// Move to the next or previous step with a mark.
    Mark(Turn),
    /// Restart with deeper or shallower stacks.
    Depth(Turn),
    /// Double or halve the learning rate, from the next step on.
    LearningRate(Turn),
    /// Move the playhead of a trace.
    Seek(Seek),
    /// Double or halve the speed of the playhead.
    Speed(Turn),
    /// Scroll the values at the cursor.
    ScrollValues(Turn),
    /// Show or hide the caption under the heatmaps.
    ToggleCaption,
    /// Show the table of keys.
    Help,
    /// Show the notes of the runs.
    Notes,
    /// Show the form of settings.
    OpenForm,
    /// Show the list of quantities.
    OpenPicker,
    /// Show the command line.
    OpenCommand,
    /// Close the topmost window.
    Close,
    /// End the program, after a question if something would be lost.
    Quit,
    /// Start the run that was prepared, after a question if something would be lost.
    Begin,
    /// Answer the topmost question with yes.
    Confirm,
    /// Ctrl-C: end as after an interrupt signal.
    Interrupt,
    /// Ctrl-Z: suspend the process until it is continued.
    Suspend,
    /// Edit the text with the focus.
    Edit(InputRequest),
    /// Insert this text at the focus.
    Paste(String),
    /// Move to the next or previous field of the form, or quantity of the list.
    Focus(Turn),
    /// Complete the word on the command line.
    Complete,
    /// Accept the form, the chosen quantity or the command line.
    Submit,
    /// Scroll the topmost window by lines.
    Scroll(Motion),
    /// A mouse button was pressed.
    Click(TerminalCell),
    /// The mouse was moved with a button pressed.
    Drag(TerminalCell),
    /// A mouse button was released.
    Release,
    /// The wheel was turned over the steps.
    Wheel(TerminalCell, Turn),
    /// The wheel was turned over the layers.
    WheelLayers(TerminalCell, Turn),
    /// Time has passed.
    Tick(Duration),
}

/// Forward or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Next, more, in, faster.
    Forward,
    /// Previous, less, out, slower.
    Back,
}

/// A direction on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Towards the first step.
    Left,
    /// Towards the newest step.
    Right,
    /// Towards the stem.
    Up,
    /// Towards the head.
    Down,
}

/// How far something moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Motion {
    /// By one step or layer.
    One(Direction),
    /// By ten steps or layers.
    Ten(Direction),
    /// By about a tenth of what is shown.
    Page(Direction),
    /// To the end in this direction; to the right this also means to follow the newest step.
    End(Direction),
}

impl Motion {
    /// The direction of the motion.
    #[must_use]
    pub(crate) fn direction(self) -> Direction {
        let (Self::One(direction) | Self::Ten(direction) | Self::Page(direction) | Self::End(direction)) = self;
        direction
    }
}

/// The new position of the playhead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seek {
    /// One step.
    Step(Turn),
    /// A twentieth of the run.
    Jump(Turn),
}
