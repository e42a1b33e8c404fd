//! The content of the screen: the runs, and how they are shown. It is plain data; rendering reads it, `update` writes
//! it. Nothing here depends on panes, views or keys.
//!
//! ```
//! use std::sync::Arc;
//!
//! use nablatop::event::{Event, RunHeader};
//! use nablatop::tui::scene::Scene;
//! use nablatop::tui::source::SourceKind;
//!
//! let mut scene = Scene::new(SourceKind::Live);
//! scene.take(0, &Event::RunStarted(Arc::new(RunHeader::new(Vec::new()))));
//! assert!(scene.last_step().is_none(), "the run has taken no step");
//! ```

pub(crate) mod caption;
pub(crate) mod marks;
pub(crate) mod pace;

mod cursor_state;
mod known_settings;
mod lane_ref;
mod overlay;
mod status;
mod view_id;
mod view_state;

use std::collections::BTreeMap;

pub(crate) use cursor_state::CursorState;
pub(crate) use lane_ref::LaneRef;
pub(crate) use overlay::{Field, Overlay, Picker, Question, SettingsForm};
pub(crate) use status::{Activity, Status};
pub(crate) use view_id::ViewId;
pub use view_state::{Cursor, Play};
pub(crate) use view_state::{LearningRate, PlayMotion, ViewState};

use known_settings::KnownSettings;

use super::render_cache::RenderCache;
use super::scale::Scales;
use super::source::SourceKind;
use crate::config::RunConfig;
use crate::event::Event;
use crate::history::History;
use crate::quantity::Quantity;
use crate::text::clean_message;
use crate::units::Step;

/// Everything that is needed to draw a frame.
#[derive(Clone, Debug)]
pub struct Scene {
    /// One history per run, by its index; empty until the first header arrives.
    pub(crate) runs: BTreeMap<usize, History>,
    /// The settings of each, by the same index.
    settings: BTreeMap<usize, KnownSettings>,
    /// How they are shown.
    pub view: ViewState,
    /// The state of the source.
    pub status: Status,
    /// Colour scales, which only grow.
    pub(crate) scales: Scales,
    /// What was computed for the panes when the scene was last prepared.
    pub cache: RenderCache,
}

impl Scene {
    /// An empty screen before the first event.
    #[must_use]
    pub fn new(kind: SourceKind) -> Self {
        Self {
            runs: BTreeMap::new(),
            settings: BTreeMap::new(),
            view: ViewState::default(),
            status: Status::new(kind),
            scales: Scales::default(),
            cache: RenderCache::default(),
        }
    }

    /// Adds one event of a run and updates the activity. A header for a known index replaces that run.
    pub fn take(&mut self, run: usize, event: &Event) {
        if let Event::RunStarted(header) = event {
            self.runs.insert(run, History::beside_others(header.clone(), self.status.runs));
            self.settings.insert(run, KnownSettings::of(header));
            self.cache = RenderCache::default();
            self.scales = Scales::default();
            self.view.start_again(&self.runs);
            self.status.start_again();
        } else if let Some(history) = self.runs.get_mut(&run) {
            history.push(event);
            self.status.follow(&self.runs, event);
        }
    }

    /// All lanes of all runs, in order.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = LaneRef<'_>> {
        self.runs.iter().flat_map(|(&run_index, run)| {
            let known = self.settings.get(&run_index);
            let config = known.and_then(|known| known.run.as_ref());
            run.header().lanes.iter().zip(run.lanes()).enumerate().map(move |(index, (header, history))| {
                let settings = known.and_then(|known| known.lanes.get(index)?.as_ref());
                LaneRef { run_index, run, config, settings, header, history }
            })
        })
    }

    /// A lane's name, with the number of its run before it if there are several.
    #[must_use]
    pub(crate) fn lane_name(&self, lane: &LaneRef<'_>) -> String {
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

    /// Number of steps of the longest run; `None` if that of any run is unknown.
    #[must_use]
    pub(crate) fn total_steps(&self) -> Option<u64> {
        let steps = self.runs.values().map(|run| run.header().steps);
        steps.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max())
    }

    /// Whether every lane has ended.
    #[must_use]
    pub(crate) fn has_ended(&self) -> bool {
        self.lanes().all(|lane| lane.history.end().is_some())
    }

    /// The newest step that is shown.
    #[must_use]
    pub(crate) fn newest(&self) -> Option<Step> {
        let last = self.last_step()?;
        Some(self.view.playhead.map_or(last, |playhead| playhead.min(last)))
    }

    /// The step under the cursor.
    #[must_use]
    pub(crate) fn cursor_step(&self) -> Option<Step> {
        let newest = self.newest()?;
        Some(self.view.cursor.step.map_or(newest, |step| step.min(newest)))
    }

    /// The state of a lane at the cursor's step; `None` before any step.
    #[must_use]
    pub(crate) fn cursor_state(&self, lane: &LaneRef<'_>) -> Option<CursorState> {
        self.cursor_step().map(|cursor| CursorState::of(lane, cursor))
    }

    /// The step of a lane whose values are shown at the cursor; `None` if it has none there.
    #[must_use]
    pub(crate) fn shown_step(&self, lane: &LaneRef<'_>) -> Option<Step> {
        self.cursor_state(lane)?.step()
    }

    /// Layers of the deepest lane.
    #[must_use]
    pub(crate) fn most_layers(&self) -> usize {
        self.lanes().map(|lane| lane.history.layers()).max().unwrap_or(0)
    }

    /// Settings of the first run, if nablatop itself trained it.
    #[must_use]
    pub(crate) fn config(&self) -> Option<&RunConfig> {
        self.configs().next()?
    }

    /// Settings of each run, where nablatop itself trained it.
    pub(crate) fn configs(&self) -> impl Iterator<Item = Option<&RunConfig>> {
        self.runs.keys().map(|run| self.settings.get(run)?.run.as_ref())
    }

    /// Quantities that at least one run has, in the order of the screen.
    #[must_use]
    pub(crate) fn quantities(&self) -> Vec<Quantity> {
        let has = |quantity: &Quantity| self.runs.values().any(|run| run.header().quantities.contains(quantity));
        Quantity::ALL.iter().copied().filter(has).collect()
    }

    /// Quantities that a lane has values of, in the order of the screen.
    #[must_use]
    pub(crate) fn quantities_with_values(&self) -> Vec<Quantity> {
        let has = |quantity: &Quantity| self.lanes().any(|lane| lane.history.has(*quantity));
        Quantity::ALL.iter().copied().filter(has).collect()
    }

    /// Shows one sentence as the notice; it may contain text from a file or from the user.
    pub(crate) fn say(&mut self, sentence: impl AsRef<str>) {
        self.status.notice = Some(clean_message(sentence.as_ref()));
        self.status.awaits_note = false;
    }

    /// Shows a sentence until a note of a lane answers it.
    pub(crate) fn say_until_note(&mut self, sentence: &str) {
        self.say(sentence);
        self.status.awaits_note = true;
    }

    /// Reports that the other run cannot start: the form that requested it opens again with the reason.
    pub(crate) fn refuse(&mut self, problem: &str) {
        match std::mem::take(&mut self.view.overlay) {
            Overlay::Preparing(Some(mut form)) => {
                form.problem = Some(clean_message(problem));
                self.view.overlay = Overlay::Form(*form);
                return;
            }
            Overlay::Preparing(None) => {}
            other => self.view.overlay = other,
        }
        self.say(problem);
    }
}
