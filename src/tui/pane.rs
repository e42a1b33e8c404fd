//! The panes of a view: a rectangle for each visible lane and for each chart, and the step axis that they share.
//!
//! ```text
//! ┌ lane ┐┌ lane ┐                  lanes: labels at the left, the picture at the right
//! ┌ loss ┐┌ profile ┐┌ inspector ┐  charts that several views share
//! ```
//!
//! The files below draw panes that several views share, and their parts.

pub(super) mod absence;
pub(super) mod cell;
pub(super) mod ends;
pub(super) mod frame;
pub(super) mod heatmap;
pub(super) mod inspector;
pub(super) mod loss;
pub(super) mod pictures;
pub(super) mod profile;
pub(super) mod record;
pub(super) mod rho;
pub(super) mod split;
pub(super) mod stages;
pub(super) mod step_chart;
pub(super) mod steps;

use std::ops::Range;

use ratatui::layout::Rect;

use super::axis::StepAxis;
use super::scene::Scene;
use super::theme::Theme;

/// Columns of a chart for its frame and the numbers of its axis.
const CHART_FRAME: u16 = 9;

/// One lane's pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pane {
    /// Index of its lane in [`Scene::lanes`].
    pub(crate) lane: usize,
    /// The pane with its frame.
    pub(crate) frame: Rect,
    /// The names of layers, or a table.
    pub(crate) labels: Rect,
    /// The cells; empty if the view has none.
    pub(crate) picture: Rect,
}

/// Everything that is needed to draw one lane's pane.
#[derive(Clone, Copy)]
pub(super) struct LanePane<'a> {
    pub(super) scene: &'a Scene,
    pub(super) theme: &'a Theme,
    pub(super) pane: &'a Pane,
    pub(super) axis: &'a StepAxis,
}

/// What the columns and rows of a view mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Axes {
    /// Columns are steps, rows are layers.
    StepsAndLayers,
    /// Columns are steps.
    Steps,
    /// Neither steps nor layers.
    #[default]
    Other,
}

/// The panes of one view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Panes {
    /// The area of all panes.
    pub(crate) area: Rect,
    /// Lanes with a pane of their own in this view, visible or scrolled away.
    pub(crate) lanes: Range<usize>,
    /// Panes of the visible lanes.
    pub(crate) of_lanes: Vec<Pane>,
    /// What their columns and rows mean.
    pub(crate) axes: Axes,
    /// Loss chart with its frame.
    pub(crate) loss: Option<Rect>,
    /// Depth profile with its frame.
    pub(crate) profile: Option<Rect>,
    /// ρ over steps, with its frame.
    pub(crate) rho: Option<Rect>,
    /// Values at the cursor, with its frame.
    pub(crate) inspector: Option<Rect>,
}

impl Panes {
    /// Panes whose pictures are layers by steps.
    #[must_use]
    pub(crate) fn heatmaps(&self) -> &[Pane] {
        if self.axes == Axes::StepsAndLayers { &self.of_lanes } else { &[] }
    }

    /// Panes with steps from left to right, and something other than layers from top to bottom.
    #[must_use]
    pub(crate) fn strips(&self) -> &[Pane] {
        if self.axes == Axes::Steps { &self.of_lanes } else { &[] }
    }

    /// Lanes whose panes are visible.
    #[must_use]
    pub(crate) fn lanes_in_view(&self) -> Range<usize> {
        match (self.of_lanes.first(), self.of_lanes.last()) {
            (Some(first), Some(last)) => first.lane..last.lane + 1,
            _ => 0..0,
        }
    }

    /// The step axis of all panes: as wide as the narrowest picture over steps, or as the first chart.
    #[must_use]
    pub(crate) fn step_axis(&self, scene: &Scene) -> StepAxis {
        let pictures = self.heatmaps().iter().chain(self.strips()).map(|pane| pane.picture);
        let narrowest = pictures.filter(|picture| !picture.is_empty()).map(|picture| picture.width).min();
        let chart = self.loss.or(self.rho).unwrap_or(self.area);
        let columns = narrowest.unwrap_or_else(|| chart.width.saturating_sub(CHART_FRAME));
        match &scene.view.steps {
            Some(steps) => StepAxis::of(columns, steps),
            None => whole_axis(columns, scene),
        }
    }
}

/// The axis with all steps: those that can still come, or all that there were.
pub(super) fn whole_axis(columns: u16, scene: &Scene) -> StepAxis {
    if let Some(last) = scene.last_step().filter(|_| scene.has_ended()) {
        return StepAxis::filled(columns, last.0);
    }
    let last = scene.last_step().map_or(0, |step| step.0);
    // If the run is shorter than the picture is wide, its end is at the right edge from the beginning.
    let is_short = |total: &u64| (1..=u64::from(columns)).contains(total) && last <= *total;
    match scene.total_steps().filter(is_short) {
        Some(total) => StepAxis::filled(columns, total),
        None => StepAxis::whole(columns, scene.newest().map_or(0, |step| step.0)),
    }
}
