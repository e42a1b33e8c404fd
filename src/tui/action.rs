//! Everything that can be done at the screen. Keys, mouse and command line speak this one language.

use std::time::Duration;

use tui_input::InputRequest;

use super::scene::ViewId;
use super::terminal_cell::TerminalCell;

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Move the cursor of all panes.
    Cursor(Motion),
    /// Move the window over steps and layers.
    Pan(Direction),
    /// More or less of the steps.
    ZoomSteps(Turn),
    /// More or less of the layers.
    ZoomLayers(Turn),
    /// All steps and layers in view.
    ZoomOut,
    /// The next or previous quantity.
    Quantity(Turn),
    /// The next or previous view.
    View(Turn),
    /// Show this view, or the heatmaps where it is in view.
    ToggleView(ViewId),
    /// Show this view.
    Show(ViewId),
    /// Extreme or mean of a bucket.
    Reduce,
    /// Scroll the lanes where not all fit.
    Lanes(Turn),
    /// Pause or go on: a live run, or the playhead of a trace.
    TogglePause,
    /// One step, then pause.
    StepOnce,
    /// Have the last steps re-run in detail.
    Rerun,
    /// Start the lanes again.
    Restart,
    /// To the next or previous step at which something happened.
    Mark(Turn),
    /// Deeper or shallower stacks, started again.
    Depth(Turn),
    /// Twice or half the learning rate, from the next step on.
    LearningRate(Turn),
    /// Move the playhead of a trace.
    Seek(Seek),
    /// Twice or half the speed of the playhead.
    Speed(Turn),
    /// Scroll the values at the cursor.
    ScrollValues(Turn),
    /// The caption under the heatmaps, or no caption.
    ToggleCaption,
    /// The table of keys.
    Help,
    /// The notes of the runs.
    Notes,
    /// The form of settings.
    OpenForm,
    /// The list of quantities.
    OpenPicker,
    /// The command line.
    OpenCommand,
    /// Close what lies on top.
    Close,
    /// End the program, after asking where something would be lost.
    Quit,
    /// Begin the run that was prepared, after asking where something would be lost.
    Begin,
    /// Yes to the question that lies on top.
    Confirm,
    /// Ctrl-C: end as an interrupt signal would.
    Interrupt,
    /// Ctrl-Z: stop the process until it is called back.
    Suspend,
    /// Edit the text that has the focus.
    Edit(InputRequest),
    /// Insert this text where the focus is.
    Paste(String),
    /// The next or previous field of the form, or quantity of the list.
    Focus(Turn),
    /// Complete the word on the command line.
    Complete,
    /// Accept the form, the chosen quantity or the command line.
    Submit,
    /// Scroll what lies on top by lines.
    Scroll(Motion),
    /// A mouse button went down.
    Click(TerminalCell),
    /// The mouse moved with a button down.
    Drag(TerminalCell),
    /// A mouse button went up.
    Release,
    /// The wheel over the steps.
    Wheel(TerminalCell, Turn),
    /// The wheel over the layers.
    WheelLayers(TerminalCell, Turn),
    /// Time has passed.
    Tick(Duration),
}

/// To the next, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Next, more, in, faster.
    Forward,
    /// Previous, less, out, slower.
    Back,
}

/// A direction on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
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
pub enum Motion {
    /// By one.
    One(Direction),
    /// By ten.
    Ten(Direction),
    /// By about a tenth of what is in view.
    Page(Direction),
    /// To the end in this direction; to the right also: follow the newest step.
    End(Direction),
}

impl Motion {
    /// Where to.
    #[must_use]
    pub fn direction(self) -> Direction {
        let (Self::One(direction) | Self::Ten(direction) | Self::Page(direction) | Self::End(direction)) = self;
        direction
    }
}

/// Where the playhead goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    /// One step.
    Step(Turn),
    /// A twentieth of the run.
    Jump(Turn),
}
