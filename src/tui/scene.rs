//! What is on the screen: the runs, and how a person looks at them. Plain data; rendering reads it, `update` writes it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::picture::Picture;
use super::scale::Scales;
use super::source::SourceKind;
use crate::config::RunConfig;
use crate::event::{Event, LaneHeader, Outcome};
use crate::history::{History, LaneHistory, Reduce};
use crate::quantity::Quantity;
use crate::units::{LayerId, Step};

/// Everything a frame is drawn from.
#[derive(Clone, Debug)]
pub struct Scene {
    /// One history per run that is looked at, by its index; empty until the first header arrives.
    pub runs: BTreeMap<usize, History>,
    /// How a person looks at them.
    pub view: View,
    /// What the machinery is doing.
    pub status: Status,
    /// Colour scales, which only grow.
    pub scales: Scales,
    /// What was computed for the panes of the last [`Scene::prepare`].
    pub picture: Picture,
}

/// One lane on the screen.
#[derive(Clone, Copy, Debug)]
pub struct LaneRef<'a> {
    /// Index of the run it belongs to.
    pub run_index: usize,
    /// The run it belongs to.
    pub run: &'a History,
    /// Static facts.
    pub header: &'a LaneHeader,
    /// Its steps.
    pub history: &'a LaneHistory,
}

impl LaneRef<'_> {
    /// The layer at a relative depth.
    #[must_use]
    pub fn layer_at(&self, depth: f64) -> LayerId {
        let layers = self.history.layers();
        let layer = (depth.clamp(0.0, 1.0) * layers as f64) as usize;
        LayerId(u32::try_from(layer.min(layers.saturating_sub(1))).unwrap_or(u32::MAX))
    }
}

impl Scene {
    /// An empty screen before the first event.
    #[must_use]
    pub fn new(kind: SourceKind) -> Self {
        Self {
            runs: BTreeMap::new(),
            view: View::default(),
            status: Status::new(kind),
            scales: Scales::default(),
            picture: Picture::default(),
        }
    }

    /// Takes in one event of a run. A header for a known index replaces that run.
    pub fn take(&mut self, run: usize, event: &Event) {
        if let Event::RunStarted(header) = event {
            self.runs.insert(run, History::new(header.clone()));
            self.picture = Picture::default();
            self.scales = Scales::default();
            self.view.start_again(&self.runs);
        } else if let Some(history) = self.runs.get_mut(&run) {
            history.push(event);
        }
    }

    /// All lanes of all runs, in order.
    pub fn lanes(&self) -> impl Iterator<Item = LaneRef<'_>> {
        self.runs.iter().flat_map(|(&run_index, run)| {
            let lanes = run.header().lanes.iter().zip(run.lanes());
            lanes.map(move |(header, history)| LaneRef { run_index, run, header, history })
        })
    }

    /// A lane's name, led by the number of its run where there are several.
    #[must_use]
    pub fn lane_name(&self, lane: &LaneRef<'_>) -> String {
        match self.runs.len() {
            0 | 1 => lane.header.name.clone(),
            _ => format!("{}:{}", lane.run_index + 1, lane.header.name),
        }
    }

    /// The newest step of all lanes, shown or not.
    #[must_use]
    pub fn last_step(&self) -> Option<Step> {
        self.lanes().filter_map(|lane| lane.history.last_step()).max()
    }

    /// The newest step that is shown.
    #[must_use]
    pub fn newest(&self) -> Option<Step> {
        let last = self.last_step()?;
        Some(self.view.playhead.map_or(last, |playhead| playhead.min(last)))
    }

    /// The step under the cursor.
    #[must_use]
    pub fn cursor_step(&self) -> Option<Step> {
        let newest = self.newest()?;
        Some(self.view.cursor.step.map_or(newest, |step| step.min(newest)))
    }

    /// Layers of the deepest lane.
    #[must_use]
    pub fn most_layers(&self) -> usize {
        self.lanes().map(|lane| lane.history.layers()).max().unwrap_or(0)
    }

    /// Settings of the first run, where gradtop itself trained it.
    #[must_use]
    pub fn config(&self) -> Option<&RunConfig> {
        self.runs.values().next()?.header().config.as_ref()
    }

    /// Quantities that at least one run has, in the order of the screen.
    #[must_use]
    pub fn quantities(&self) -> Vec<Quantity> {
        let has = |quantity: &Quantity| self.runs.values().any(|run| run.header().quantities.contains(quantity));
        Quantity::ALL.iter().copied().filter(has).collect()
    }

    /// Says one sentence to the person.
    pub fn say(&mut self, sentence: impl Into<String>) {
        self.status.notice = Some(sentence.into());
    }

    /// The source could not follow a restart: the form stays open and says why.
    pub fn refuse(&mut self, problem: String) {
        match &mut self.view.overlay {
            Overlay::Form(form) => form.problem = Some(problem),
            _ => self.say(problem),
        }
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
    /// How the playhead moves.
    pub play: Play,
    /// Base learning rate that a person set at the screen.
    pub learning_rate: Option<f64>,
    /// Where the mouse button is held down.
    pub drag: Option<super::action::Place>,
    /// What lies on top.
    pub overlay: Overlay,
}

impl Default for View {
    fn default() -> Self {
        Self {
            quantity: Quantity::SignalNorm,
            mode: Mode::default(),
            cursor: Cursor::default(),
            steps: None,
            depth: 0.0..1.0,
            reduce: Reduce::default(),
            first_lane: 0,
            playhead: None,
            play: Play::default(),
            learning_rate: None,
            drag: None,
            overlay: Overlay::None,
        }
    }
}

impl View {
    /// A run begins: everything that spoke of the steps of the one before is forgotten.
    fn start_again(&mut self, runs: &BTreeMap<usize, History>) {
        self.cursor.step = None;
        self.steps = None;
        self.playhead = None;
        self.play = Play { speed: self.play.speed, ..Play::default() };
        self.learning_rate = None;
        self.first_lane = 0;
        if matches!(self.overlay, Overlay::Form(_)) {
            self.overlay = Overlay::None;
        }
        let mut quantities = runs.values().flat_map(|run| &run.header().quantities);
        if let Some(&first) = quantities.clone().next()
            && !quantities.any(|quantity| *quantity == self.quantity)
        {
            self.quantity = first;
        }
    }
}

/// How the playhead of a trace moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Play {
    /// Steps per second.
    pub speed: f64,
    /// Part of a step that has passed.
    pub fraction: f64,
    /// Whether it moves.
    pub motion: PlayMotion,
}

/// Whether the playhead moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlayMotion {
    /// It stands.
    #[default]
    Held,
    /// It moves.
    Playing,
}

impl Default for Play {
    fn default() -> Self {
        // Slow enough to see single steps, fast enough for the default run to pass within a minute or so.
        Self { speed: 32.0, fraction: 0.0, motion: PlayMotion::Held }
    }
}

/// Which panes fill the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Heatmaps above, loss, profile and inspector below.
    #[default]
    Heatmaps,
    /// log-ratio of the other lanes to the first.
    Difference,
    /// Depth profile, full screen.
    Profile,
    /// Loss, full screen.
    Loss,
}

impl Mode {
    /// All views with their names, in the order of the screen.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Heatmaps, "heatmaps"),
        (Self::Difference, "difference"),
        (Self::Profile, "profile"),
        (Self::Loss, "loss"),
    ];
}

/// One place in step × depth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cursor {
    /// Relative depth: lanes of different depth are compared by it.
    pub depth: f64,
    /// The step; `None` = follows the newest.
    pub step: Option<Step>,
}

impl Default for Cursor {
    /// A third of the way down, at the newest step.
    fn default() -> Self {
        Self { depth: 1.0 / 3.0, step: None }
    }
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

/// What the machinery is doing.
#[derive(Clone, Debug)]
pub struct Status {
    /// Live or traces.
    pub kind: SourceKind,
    /// Live, paused, ended.
    pub activity: Activity,
    /// Steps per second of wall time, all lanes in step.
    pub steps_per_second: Option<f64>,
    /// Share of the step time that measuring took, 0 … 1.
    pub measuring_share: Option<f64>,
    /// Steps that the screen missed.
    pub dropped: u64,
    /// Whether quitting now would lose something; see `Source::would_lose`.
    pub would_lose: bool,
    /// One line for a person, such as an error or "stopped by Ctrl-Z, training too".
    pub notice: Option<String>,
}

impl Status {
    fn new(kind: SourceKind) -> Self {
        Self {
            kind,
            activity: Activity::Starting,
            steps_per_second: None,
            measuring_share: None,
            dropped: 0,
            would_lose: false,
            notice: None,
        }
    }
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
    /// A trace is read to its end and watched for more.
    Following,
    /// No more steps will come.
    Ended(Outcome),
}
