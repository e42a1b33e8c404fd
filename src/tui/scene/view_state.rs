//! How the runs are shown: quantity, view, cursor, window, playhead.

use std::collections::BTreeMap;
use std::ops::Range;

use super::overlay::Overlay;
use super::view_id::ViewId;
use crate::history::{History, Reduce};
use crate::quantity::Quantity;
use crate::tui::terminal_cell::TerminalCell;
use crate::units::Step;

/// How the runs are shown.
#[derive(Clone, Debug)]
pub struct ViewState {
    /// The quantity of the heatmaps.
    pub quantity: Quantity,
    /// The view that fills the screen.
    pub(crate) shown: ViewId,
    /// One cursor for all panes.
    pub(crate) cursor: Cursor,
    /// Steps shown; `None` = from the first to the newest, growing.
    pub(crate) steps: Option<Range<u64>>,
    /// Depth shown, relative: 0 = above the stem, 1 = below the head.
    pub(crate) depth: Range<f64>,
    /// How several values are reduced to one cell.
    pub reduce: Reduce,
    /// Rows by which the values at the cursor are scrolled away from the quantity of the heatmaps.
    pub(crate) values_scroll: isize,
    /// First lane shown if not all fit.
    pub(crate) first_lane: usize,
    /// The newest step that is shown; `None` = all.
    pub(crate) playhead: Option<Step>,
    /// How the playhead moves.
    pub(crate) play: Play,
    /// Change of the base learning rates made at the screen.
    pub(crate) learning_rate: LearningRate,
    /// Where the mouse button is held.
    pub(crate) drag: Option<TerminalCell>,
    /// Whether the caption is hidden.
    pub(crate) captions_hidden: bool,
    /// The topmost window.
    pub(crate) overlay: Overlay,
}

impl Default for ViewState {
    fn default() -> Self {
        Self {
            quantity: Quantity::default(),
            shown: ViewId::HOME,
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

impl ViewState {
    /// A run begins: everything that refers to steps of the previous run is reset.
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
    pub(crate) speed: f64,
    /// Part of the current step that has passed.
    pub(crate) fraction: f64,
    /// Whether it moves.
    pub(crate) motion: PlayMotion,
}

/// Whether the playhead moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PlayMotion {
    /// It is held.
    #[default]
    Held,
    /// It moves.
    Playing,
}

impl Default for Play {
    fn default() -> Self {
        // This is slow enough for single steps, and fast enough to play the default run in about a minute.
        Self { speed: 32.0, fraction: 0.0, motion: PlayMotion::Held }
    }
}

/// One position in step × depth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cursor {
    /// Relative depth, by which lanes of different depth are aligned.
    pub(crate) depth: f64,
    /// The step; `None` = the newest.
    pub(crate) step: Option<Step>,
}

impl Default for Cursor {
    /// A third of the way down, at the newest step.
    fn default() -> Self {
        Self { depth: 1.0 / 3.0, step: None }
    }
}

/// Change of the lanes' base learning rates made at the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LearningRate {
    /// Replaces each lane's own rate.
    pub(crate) base: Option<f64>,
    /// Factor on that rate.
    pub(crate) factor: f64,
}

impl Default for LearningRate {
    fn default() -> Self {
        Self { base: None, factor: 1.0 }
    }
}
