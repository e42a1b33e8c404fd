//! How a person looks at the runs: quantity, panes, cursor, window, playhead.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Overlay;
use crate::history::{History, Reduce};
use crate::quantity::Quantity;
use crate::tui::action::TerminalCell;
use crate::units::Step;

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
    /// Rows by which the values at the cursor are scrolled away from the quantity of the heatmaps.
    pub values_scroll: isize,
    /// First lane shown where not all fit.
    pub first_lane: usize,
    /// The newest step that is shown; `None` = all there is.
    pub playhead: Option<Step>,
    /// How the playhead moves.
    pub play: Play,
    /// What the person at the screen made of the base learning rates.
    pub learning_rate: LearningRate,
    /// Where the mouse button is held down.
    pub drag: Option<TerminalCell>,
    /// Whether the sentence on what to look for is left out.
    pub captions_hidden: bool,
    /// What lies on top.
    pub overlay: Overlay,
}

impl Default for View {
    fn default() -> Self {
        Self {
            quantity: Quantity::default(),
            mode: Mode::default(),
            cursor: Cursor::default(),
            steps: None,
            depth: 0.0..1.0,
            reduce: Reduce::default(),
            values_scroll: 0,
            first_lane: 0,
            playhead: None,
            play: Play::default(),
            learning_rate: LearningRate::default(),
            drag: None,
            captions_hidden: false,
            overlay: Overlay::None,
        }
    }
}

impl View {
    /// A run begins: everything that spoke of the steps of the one before is forgotten.
    pub(super) fn start_again(&mut self, runs: &BTreeMap<usize, History>) {
        self.cursor.step = None;
        self.steps = None;
        self.playhead = None;
        self.play = Play { speed: self.play.speed, ..Play::default() };
        self.learning_rate = LearningRate::default();
        self.first_lane = 0;
        if matches!(self.overlay, Overlay::Form(_) | Overlay::Preparing(_)) {
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
    /// Depth profile, and how its slope changes over the steps, full screen.
    Profile,
    /// Loss, full screen.
    Loss,
    /// The block at the cursor, taken apart.
    Anatomy,
    /// How the gradients of every layer are spread at the cursor's step.
    Histogram,
    /// The block at the cursor, opened to the layers that it is made of.
    Layers,
    /// The filters of the first convolution as pictures.
    Filters,
    /// Loss and gradient of a diffusion model by denoising time.
    Denoising,
    /// Pictures that it draws.
    Samples,
}

impl Mode {
    /// Whether what is drawn is the quantity in view.
    pub(in crate::tui) fn shows_the_quantity(self) -> bool {
        match self {
            Self::Heatmaps | Self::Difference | Self::Profile | Self::Anatomy | Self::Layers => true,
            Self::Loss | Self::Histogram | Self::Filters | Self::Denoising | Self::Samples => false,
        }
    }

    /// Whether it has an axis of steps.
    pub(in crate::tui) fn has_steps(self) -> bool {
        match self {
            Self::Heatmaps | Self::Difference | Self::Profile | Self::Loss | Self::Layers => true,
            Self::Anatomy | Self::Histogram | Self::Filters | Self::Denoising | Self::Samples => false,
        }
    }

    /// All views with their names, in the order of the screen.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::Heatmaps, "heatmaps"),
        (Self::Difference, "difference"),
        (Self::Profile, "profile"),
        (Self::Loss, "loss"),
        (Self::Anatomy, "anatomy"),
        (Self::Histogram, "histogram"),
        (Self::Layers, "layers"),
        (Self::Filters, "filters"),
        (Self::Denoising, "denoising"),
        (Self::Samples, "samples"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(mode, _)| *mode == self).map_or("", |(_, name)| name)
    }

    /// The view of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(mode, _)| *mode)
    }
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

/// What the person at the screen made of the lanes' base learning rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRate {
    /// In place of each lane's own.
    pub base: Option<f64>,
    /// On top of it.
    pub factor: f64,
}

impl Default for LearningRate {
    fn default() -> Self {
        Self { base: None, factor: 1.0 }
    }
}
