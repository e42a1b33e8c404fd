//! Where the panes stand: rectangles from the size of the terminal and the scene. Pure arithmetic, right at every size.
//!
//! ```text
//! header
//! ┌ lane ┐┌ lane ┐   heatmaps: a grid of 1 … 8 panes that adapts to the terminal
//! ┌ loss ┐┌ profile ┐┌ inspector ┐
//! caption            (from 30 rows up)
//! legend             (where something is drawn in its colours)
//! notice             (from 28 rows up; below, it takes the legend's place)
//! footer
//! ```

mod diagrams;
mod opened;

use std::ops::Range;

use ratatui::layout::Rect;

use super::anatomy::Spacing;
use super::axis::StepAxis;
use super::scene::{Mode, Scene};
use super::view::{self, stages};

/// Columns below which no picture is drawn.
pub const LEAST_COLUMNS: u16 = 60;
/// Rows below which no picture is drawn.
pub const LEAST_ROWS: u16 = 18;
/// Rows from which a notice has a line of its own.
const NOTICE_ROWS: u16 = 28;
/// Rows from which there is room for a caption.
const CAPTION_ROWS: u16 = 30;
/// Rows from which a caption may take two.
const TALL_ROWS: u16 = 40;
/// A heatmap pane is no narrower; the frame and a few labels take 8 of it.
const PANE_COLUMNS: u16 = 20;
/// A heatmap pane is no lower; the frame takes 2 of it.
const PANE_ROWS: u16 = 6;
/// Columns from which the inspector stands beside a chart that fills the body.
const BESIDE_COLUMNS: u16 = 110;
/// Columns of the inspector there at least: whole names and the values of two lanes, or of more with [`VALUE`] each.
const INSPECTOR: u16 = 44;
const INSPECTOR_WITHOUT_VALUES: u16 = 20;
/// Columns of a lane's values there at least, and lanes that have some.
const VALUE: u16 = 9;
const LANES_BESIDE: u16 = 3;
/// Width to height of a picture, in cells twice as high as wide, that the grid of panes aims at.
const ASPECT: f64 = 1.4;

/// One heatmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pane {
    /// Index of its lane in [`Scene::lanes`].
    pub lane: usize,
    /// Frame and all.
    pub frame: Rect,
    /// Names of layers.
    pub labels: Rect,
    /// The cells.
    pub picture: Rect,
}

/// The diagram of one lane's block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagram {
    /// Index of its lane in [`Scene::lanes`].
    pub lane: usize,
    /// Frame and all.
    pub frame: Rect,
    pub(super) spacing: Spacing,
}

/// All panes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// First line.
    pub header: Rect,
    /// Heatmaps in view.
    pub heatmaps: Vec<Pane>,
    /// Blocks taken apart, in view.
    pub diagrams: Vec<Diagram>,
    /// Histograms over the depth.
    pub histograms: Vec<Pane>,
    /// Blocks opened to their layers, in view: the table in place of the labels, strips in place of the picture.
    pub opened: Vec<Pane>,
    /// Filters of first convolutions, in view.
    pub filters: Vec<Pane>,
    /// Gradients over denoising time.
    pub denoising: Vec<Pane>,
    /// Pictures that were drawn.
    pub samples: Vec<Pane>,
    /// Loss chart with its frame.
    pub loss: Option<Rect>,
    /// Depth profile with its frame.
    pub profile: Option<Rect>,
    /// ρ over steps, with its frame.
    pub rho: Option<Rect>,
    /// Values at the cursor, with its frame.
    pub inspector: Option<Rect>,
    /// What to look for; empty where there is no room or no sentence.
    pub caption: Rect,
    /// Colour bar and special glyphs.
    pub legend: Rect,
    /// One sentence for the person.
    pub notice: Rect,
    /// Keys.
    pub footer: Rect,
    /// Lanes that have a pane of their own in this view, shown or scrolled away.
    pub lanes: Range<usize>,
}

impl Layout {
    /// The panes of a scene on a terminal of this size; `None` when it is too small.
    #[must_use]
    pub fn new(area: Rect, scene: &Scene) -> Option<Self> {
        if area.width < LEAST_COLUMNS || area.height < LEAST_ROWS {
            return None;
        }
        let (header, rest) = split_top(area, 1);
        let (rest, footer) = split_bottom(rest, 1);
        let has_legend = view::legend::is_shown(scene);
        // On a low terminal messages stand in place of the legend, or in its row where a view has none.
        let (rest, notice) = split_bottom(rest, u16::from(area.height >= NOTICE_ROWS || !has_legend));
        let (rest, legend) = split_bottom(rest, u16::from(has_legend));
        let most = match area.height {
            ..CAPTION_ROWS => 0,
            CAPTION_ROWS..TALL_ROWS => 1,
            TALL_ROWS.. => 2,
        };
        let (body, caption) = split_bottom(rest, view::caption::rows(scene, area.width).min(most));
        let notice = [notice, legend, footer].into_iter().find(|line| !line.is_empty()).unwrap_or(footer);
        let mut layout = Self { header, caption, legend, notice, footer, ..Self::default() };
        layout.place_panes(body, scene);
        Some(layout)
    }

    /// The axis of steps that all panes share.
    #[must_use]
    pub fn step_axis(&self, scene: &Scene) -> StepAxis {
        let strips = self.opened.iter().filter(|pane| !pane.picture.is_empty());
        let narrowest = self.heatmaps.iter().chain(strips).map(|pane| pane.picture.width).min();
        let chart = self.loss.or(self.rho).unwrap_or(self.header);
        let columns = narrowest.unwrap_or_else(|| chart.width.saturating_sub(9));
        match &scene.view.steps {
            Some(steps) => StepAxis::of(columns, steps),
            None => Self::whole_axis(columns, scene),
        }
    }

    /// The axis with all steps in view: those that can still come, or all there were.
    #[must_use]
    pub fn whole_axis(columns: u16, scene: &Scene) -> StepAxis {
        if let Some(last) = scene.last_step().filter(|_| scene.has_ended()) {
            return StepAxis::filled(columns, last.0);
        }
        let last = scene.last_step().map_or(0, |step| step.0);
        // A run that is shorter than the picture is wide has its end at the right edge from the beginning.
        let is_short = |total: &u64| (1..=u64::from(columns)).contains(total) && last <= *total;
        match scene.total_steps().filter(is_short) {
            Some(total) => StepAxis::filled(columns, total),
            None => StepAxis::whole(columns, scene.newest().map_or(0, |step| step.0)),
        }
    }

    fn place_panes(&mut self, body: Rect, scene: &Scene) {
        let count = scene.lanes().count();
        self.lanes = match scene.view.mode {
            Mode::Difference => 1..count.max(1),
            Mode::Profile | Mode::Loss => 0..0,
            Mode::Heatmaps
            | Mode::Anatomy
            | Mode::Histogram
            | Mode::Layers
            | Mode::Filters
            | Mode::Denoising
            | Mode::Samples => 0..count,
        };
        match scene.view.mode {
            Mode::Heatmaps | Mode::Difference => {
                let charts = (body.height * 9 / 20).clamp(7, 26);
                let (above, below) = split_bottom(body, charts);
                self.place_heatmaps(above, scene);
                self.place_charts(below, scene);
            }
            Mode::Profile => {
                let (charts, inspector) = beside_inspector(body, scene);
                let charts = charts.map(|charts| split_bottom(charts, (charts.height * 2 / 5).clamp(6, 16)));
                (self.profile, self.rho) = charts.unzip();
                self.inspector = inspector;
            }
            Mode::Loss => (self.loss, self.inspector) = beside_inspector(body, scene),
            Mode::Anatomy => self.place_diagrams(body, scene),
            Mode::Histogram => {
                self.place_heatmaps(body, scene);
                self.histograms = std::mem::take(&mut self.heatmaps);
            }
            Mode::Layers => self.place_opened(body, scene),
            Mode::Filters => {
                self.place_heatmaps(body, scene);
                self.filters = std::mem::take(&mut self.heatmaps);
            }
            Mode::Denoising => {
                self.place_heatmaps(body, scene);
                self.denoising = std::mem::take(&mut self.heatmaps);
            }
            Mode::Samples => {
                self.place_heatmaps(body, scene);
                self.samples = std::mem::take(&mut self.heatmaps);
            }
        }
    }

    fn place_heatmaps(&mut self, area: Rect, scene: &Scene) {
        let (columns, rows) = grid(area, self.lanes.len());
        let shown = usize::from(columns * rows).min(self.lanes.len());
        let latest = self.lanes.end.saturating_sub(shown);
        let first = (self.lanes.start + scene.view.first_lane).min(latest);
        let labels = scene.most_layers().to_string().len().max(4) as u16;
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        for (lane, (row, column)) in (first..first + shown).zip(places) {
            let across = part(area.x, area.width, columns, column);
            let down = part(area.y, area.height, rows, row);
            let frame = Rect::new(across.start, down.start, across.end - across.start, down.end - down.start);
            let inner = inside(frame);
            let (labels, picture) = split_left(inner, labels + 1 + stages::columns(scene, frame.width));
            self.heatmaps.push(Pane { lane, frame, labels, picture });
        }
    }

    /// Lanes whose panes are in view.
    #[must_use]
    pub fn shown(&self) -> Range<usize> {
        let grids = self.heatmaps.iter().chain(&self.histograms).chain(&self.opened).chain(&self.filters);
        let grids = grids.chain(&self.denoising).chain(&self.samples);
        let pictures = grids.map(|pane| pane.lane);
        let panes = pictures.chain(self.diagrams.iter().map(|diagram| diagram.lane));
        let (first, last) = (panes.clone().min(), panes.max());
        first.zip(last).map_or(0..0, |(first, last)| first..last + 1)
    }

    fn place_charts(&mut self, area: Rect, scene: &Scene) {
        let inspector = inspector_width(area.width * 2 / 5, scene);
        let (charts, inspector) = split_right(area, inspector);
        let (loss, profile) = split_left(charts, charts.width / 2);
        (self.loss, self.profile, self.inspector) = (Some(loss), Some(profile), Some(inspector));
    }
}

/// A chart that fills the body, with the inspector at its side where there is room.
fn beside_inspector(body: Rect, scene: &Scene) -> (Option<Rect>, Option<Rect>) {
    if body.width < BESIDE_COLUMNS {
        return (Some(body), None);
    }
    let lanes = (scene.lanes().count() as u16).min(LANES_BESIDE);
    let least = INSPECTOR.max(INSPECTOR_WITHOUT_VALUES + lanes * VALUE);
    let (chart, inspector) = split_right(body, inspector_width((body.width / 3).max(least), scene));
    (Some(chart), Some(inspector))
}

/// Wide enough for all lanes, as far as `most` allows.
fn inspector_width(most: u16, scene: &Scene) -> u16 {
    let lanes = scene.lanes().count().clamp(1, 8) as u16;
    (28 + lanes * 12).min(most.max(32))
}

/// Columns and rows of panes: all lanes in the shape nearest to [`ASPECT`], or as many panes as fit.
fn grid(area: Rect, lanes: usize) -> (u16, u16) {
    let most_columns = (area.width / PANE_COLUMNS).max(1);
    let most_rows = (area.height / PANE_ROWS).max(1);
    let shapes = (1..=most_columns.min(8)).flat_map(|columns| (1..=most_rows.min(8)).map(move |rows| (columns, rows)));
    let awkwardness = |&(columns, rows): &(u16, u16)| {
        let panes = usize::from(columns * rows);
        let (width, height) = (f64::from(area.width / columns), f64::from(area.height / rows));
        let shape = (width / (2.0 * height) / ASPECT).ln().abs();
        // A lane out of sight is worse than any shape; an empty place is as bad as a side nearly three times too long.
        10.0 * lanes.saturating_sub(panes) as f64 + 1.0 * panes.saturating_sub(lanes) as f64 + shape
    };
    shapes.min_by(|a, b| awkwardness(a).total_cmp(&awkwardness(b))).unwrap_or((1, 1))
}

/// The `index`-th of `parts` nearly equal parts.
fn part(start: u16, length: u16, parts: u16, index: u16) -> Range<u16> {
    let at = |index: u16| start + (u32::from(length) * u32::from(index) / u32::from(parts.max(1))) as u16;
    at(index)..at(index + 1)
}

/// Without the frame.
pub(super) fn inside(frame: Rect) -> Rect {
    if frame.width < 2 || frame.height < 2 {
        return Rect::new(frame.x, frame.y, 0, 0);
    }
    Rect::new(frame.x + 1, frame.y + 1, frame.width - 2, frame.height - 2)
}

pub(super) fn split_top(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    (Rect { height: rows, ..area }, Rect { y: area.y + rows, height: area.height - rows, ..area })
}

pub(super) fn split_bottom(area: Rect, rows: u16) -> (Rect, Rect) {
    let (above, below) = split_top(area, area.height - rows.min(area.height));
    (above, below)
}

pub(super) fn split_left(area: Rect, columns: u16) -> (Rect, Rect) {
    let columns = columns.min(area.width);
    (Rect { width: columns, ..area }, Rect { x: area.x + columns, width: area.width - columns, ..area })
}

pub(super) fn split_right(area: Rect, columns: u16) -> (Rect, Rect) {
    split_left(area, area.width - columns.min(area.width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::sample;
    use crate::tui::source::SourceKind;

    fn lanes(count: usize) -> Scene {
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &sample::header(&vec![("lane", 50); count]));
        scene
    }

    #[test]
    fn all_lanes_fit_a_usual_terminal_and_panes_never_overlap() {
        for (width, height, fitting) in [(80, 24, 8), (120, 40, 8), (200, 60, 8)] {
            for count in 1..=8 {
                let layout = Layout::new(Rect::new(0, 0, width, height), &lanes(count)).expect("large enough");
                assert!(layout.heatmaps.len() >= count.min(fitting), "{count} lanes at {width}×{height}");
                let mut panes: Vec<Rect> = layout.heatmaps.iter().map(|pane| pane.frame).collect();
                panes.extend([layout.loss, layout.profile, layout.inspector].into_iter().flatten());
                panes.extend([layout.header, layout.legend, layout.footer]);
                for (index, pane) in panes.iter().enumerate() {
                    assert!(panes[index + 1..].iter().all(|other| !pane.intersects(*other)));
                }
            }
        }
    }

    #[test]
    fn two_lanes_stand_side_by_side() {
        for (width, height) in [(60, 18), (80, 24), (120, 40), (200, 60), (300, 40)] {
            let layout = Layout::new(Rect::new(0, 0, width, height), &lanes(2)).expect("large enough");
            assert_eq!(layout.heatmaps.len(), 2);
            assert_eq!(layout.heatmaps[0].frame.y, layout.heatmaps[1].frame.y);
        }
    }

    #[test]
    fn diagrams_and_what_stands_beside_them_never_overlap_and_all_lanes_can_be_reached() {
        for (width, height) in [(60, 18), (80, 24), (120, 40), (200, 60), (300, 90)] {
            for count in [0, 1, 2, 8] {
                let mut scene = lanes(count);
                scene.view.mode = Mode::Anatomy;
                scene.view.first_lane = 99;
                let layout = Layout::new(Rect::new(0, 0, width, height), &scene).expect("large enough");
                assert_eq!(layout.shown().end, count);
                let mut panes: Vec<Rect> = layout.diagrams.iter().map(|diagram| diagram.frame).collect();
                panes.extend([layout.profile, layout.inspector].into_iter().flatten());
                panes.extend([layout.header, layout.legend, layout.footer]);
                for (index, pane) in panes.iter().enumerate() {
                    assert!(panes[index + 1..].iter().all(|other| !pane.intersects(*other)));
                }
            }
        }
    }

    #[test]
    fn lanes_that_do_not_fit_can_be_scrolled_to() {
        let mut scene = lanes(8);
        scene.view.first_lane = 99;
        let layout = Layout::new(Rect::new(0, 0, 60, 18), &scene).expect("large enough");
        assert!(layout.heatmaps.len() < 8);
        assert_eq!(layout.heatmaps.last().map(|pane| pane.lane), Some(7));
    }
}
