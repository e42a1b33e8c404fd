//! What is on the screen: the runs, and how a person looks at them. Plain data; rendering reads it, `update` writes it.

use std::ops::Range;

use crate::event::{LaneHeader, Outcome};
use crate::history::{History, LaneHistory, Reduce};
use crate::quantity::Quantity;
use crate::units::Step;

/// Everything a frame is drawn from.
#[derive(Clone, Debug)]
pub struct Scene {
    /// One history per run that is looked at; empty until the first header arrives.
    pub runs: Vec<History>,
    /// How a person looks at them.
    pub view: View,
    /// What the machinery is doing.
    pub status: Status,
}

/// One lane on the screen.
#[derive(Clone, Copy, Debug)]
pub struct LaneRef<'a> {
    /// The run it belongs to.
    pub run: &'a History,
    /// Static facts.
    pub header: &'a LaneHeader,
    /// Its steps.
    pub history: &'a LaneHistory,
}

impl Scene {
    /// All lanes of all runs, in order.
    pub fn lanes(&self) -> impl Iterator<Item = LaneRef<'_>> {
        self.runs.iter().flat_map(|run| {
            run.header().lanes.iter().zip(run.lanes()).map(move |(header, history)| LaneRef { run, header, history })
        })
    }
}

/// How a person looks at the runs.
#[derive(Clone, Debug)]
pub struct View {
    /// The quantity of the heatmaps.
    pub quantity: Quantity,
    /// Which panes.
    pub mode: Mode,
    /// One cursor for all panes.
    pub cursor: Cursor,
    /// Steps in view; `None` = from the first to the newest, growing.
    pub steps: Option<Range<u64>>,
    /// Depth in view, relative: 0 = above the stem, 1 = below the head.
    pub depth: Range<f64>,
    /// How many values become one cell.
    pub reduce: Reduce,
    /// First lane shown where not all fit.
    pub first_lane: usize,
    /// The newest step that is shown; `None` = all there is.
    pub playhead: Option<Step>,
    /// What lies on top.
    pub overlay: Overlay,
}

/// Which panes fill the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Heatmaps above, loss, profile and inspector below.
    #[default]
    Heatmaps,
    /// log-ratio of the second lane to the first.
    Difference,
    /// Depth profile, full screen.
    Profile,
    /// Loss, full screen.
    Loss,
}

/// One place in step × depth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cursor {
    /// Relative depth: lanes of different depth are compared by it.
    pub depth: f64,
    /// The step; `None` = follows the newest.
    pub step: Option<Step>,
}

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
}

/// One setting being edited.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Key of the setting.
    pub key: &'static str,
    /// Its value as typed.
    pub input: tui_input::Input,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// What the machinery is doing.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// Live, paused, replayed, ended.
    pub activity: Activity,
    /// Steps per second of wall time, all lanes in step.
    pub steps_per_second: Option<f64>,
    /// Share of the step time that measuring took, 0 … 1.
    pub measuring_share: Option<f64>,
    /// Steps that the screen missed.
    pub dropped: u64,
    /// One line for a person, such as an error or "stopped by Ctrl-Z, training too".
    pub notice: Option<String>,
}

/// What the source is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Activity {
    /// Waiting for the first step.
    #[default]
    Starting,
    /// Steps arrive.
    Live,
    /// A person paused it.
    Paused,
    /// A trace is played at this many steps per second.
    Replay {
        /// Steps per second.
        speed: f64,
    },
    /// A trace is read to its end and watched for more.
    Following,
    /// No more steps will come.
    Ended(Outcome),
}
