//! The layout: a rectangle for everything on the screen, computed from the size of the terminal and the scene, for
//! every size.
//!
//! ```text
//! header
//! panes              of the view
//! caption            (from 30 rows up)
//! legend             (if its colours are used)
//! notice             (from 28 rows up; below that, in place of the legend)
//! footer
//! ```

use ratatui::layout::Rect;

use super::pane::Panes;
use super::pane::split::{split_bottom, split_top};
use super::region::caption;
use super::scene::Scene;
use super::view;

/// Minimum number of columns for a picture.
pub(crate) const LEAST_COLUMNS: u16 = 60;
/// Minimum number of rows for a picture.
pub(crate) const LEAST_ROWS: u16 = 18;
/// Minimum number of rows for a notice with a line of its own.
const NOTICE_ROWS: u16 = 28;
/// Minimum number of rows for a caption.
const CAPTION_ROWS: u16 = 30;
/// Minimum number of rows for a caption of two lines.
const TALL_ROWS: u16 = 36;

/// All regions of the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// First line.
    pub(crate) header: Rect,
    /// The panes of the view.
    pub(crate) panes: Panes,
    /// The caption; empty if there is no room or no sentence.
    pub(crate) caption: Rect,
    /// Colour bar and special glyphs.
    pub(crate) legend: Rect,
    /// One sentence for the user.
    pub(crate) notice: Rect,
    /// Keys.
    pub(crate) footer: Rect,
}

impl Layout {
    /// The regions of a scene on a terminal of this size; `None` when it is too small.
    #[must_use]
    pub(crate) fn new(area: Rect, scene: &Scene) -> Option<Self> {
        if area.width < LEAST_COLUMNS || area.height < LEAST_ROWS {
            return None;
        }
        let view = view::in_view(scene);
        let (header, rest) = split_top(area, 1);
        let (rest, footer) = split_bottom(rest, 1);
        let has_legend = view.has_legend(scene);
        // On a low terminal messages replace the legend, or use its row if the view has none.
        let (rest, notice) = split_bottom(rest, u16::from(area.height >= NOTICE_ROWS || !has_legend));
        let (rest, legend) = split_bottom(rest, u16::from(has_legend));
        let most = match area.height {
            ..CAPTION_ROWS => 0,
            CAPTION_ROWS..TALL_ROWS => 1,
            TALL_ROWS.. => 2,
        };
        let (body, caption) = split_bottom(rest, caption::rows(scene, area.width).min(most));
        let notice = [notice, legend, footer].into_iter().find(|line| !line.is_empty()).unwrap_or(footer);
        Some(Self { header, panes: view.panes(body, scene), caption, legend, notice, footer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::sample;
    use crate::tui::scene::ViewId;
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
                assert!(layout.panes.heatmaps().len() >= count.min(fitting), "{count} lanes at {width}×{height}");
                let mut panes: Vec<Rect> = layout.panes.heatmaps().iter().map(|pane| pane.frame).collect();
                panes.extend([layout.panes.loss, layout.panes.profile, layout.panes.inspector].into_iter().flatten());
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
            assert_eq!(layout.panes.heatmaps().len(), 2);
            assert_eq!(layout.panes.heatmaps()[0].frame.y, layout.panes.heatmaps()[1].frame.y);
        }
    }

    #[test]
    fn diagrams_and_what_stands_beside_them_never_overlap_and_all_lanes_can_be_reached() {
        for (width, height) in [(60, 18), (80, 24), (120, 40), (200, 60), (300, 90)] {
            for count in [0, 1, 2, 8] {
                let mut scene = lanes(count);
                scene.view.shown = ViewId::new("anatomy");
                scene.view.first_lane = 99;
                let layout = Layout::new(Rect::new(0, 0, width, height), &scene).expect("large enough");
                assert_eq!(layout.panes.lanes_in_view().end, count);
                let mut panes: Vec<Rect> = layout.panes.of_lanes.iter().map(|diagram| diagram.frame).collect();
                panes.extend([layout.panes.profile, layout.panes.inspector].into_iter().flatten());
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
        assert!(layout.panes.heatmaps().len() < 8);
        assert_eq!(layout.panes.heatmaps().last().map(|pane| pane.lane), Some(7));
    }
}
