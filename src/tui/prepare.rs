//! Updates everything that the panes show for one area and theme: colour scales, heatmaps, theory, curves. Only what
//! changed since the last frame is computed; the frame equals one computed from scratch.
//!
//! ```
//! use nablatop::tui::prepare::prepare;
//! use nablatop::tui::scene::Scene;
//! use nablatop::tui::source::SourceKind;
//! use nablatop::tui::theme::{Background, Colours, Glyphs, Theme};
//! use ratatui::layout::Rect;
//!
//! let mut scene = Scene::new(SourceKind::Live);
//! let theme = Theme::new(Colours::Indexed, Glyphs::Unicode, Background::Light);
//! prepare(&mut scene, &theme, Rect::new(0, 0, 80, 24));
//! assert!(scene.last_step().is_none(), "preparing a frame adds nothing to the run");
//! ```

mod buckets;
mod curves;
mod prediction;

use ratatui::layout::Rect;

use super::axis::LayerAxis;
use super::layout::Layout;
use super::pane::Panes;
use super::render_cache::{HeatmapKey, RenderCache};
use super::scene::Scene;
use super::theme::Theme;
use super::view;
use crate::quantity::Quantity;
use crate::theory::{self, NotApplicable};

/// Computes what changed since the last frame for a terminal of this size.
pub fn prepare(scene: &mut Scene, theme: &Theme, area: Rect) {
    scene.follow();
    let Some(Layout { panes, .. }) = Layout::new(area, scene) else { return };
    let view = view::in_view(scene);
    let quantity = scene.view.quantity;
    include_range(scene, quantity);
    let coloured = (view.coloured)(scene);
    if coloured != quantity {
        include_range(scene, coloured);
    }
    let mut cache = std::mem::take(&mut scene.cache);
    update_heatmaps(&mut cache, scene, &panes, theme);
    update_theories(&mut cache, scene);
    curves::update(&mut cache, scene, &panes);
    cache.largest_ratio = 0.0;
    if view.compares_lanes {
        cache.largest_ratio = cache.largest_finite_ratio();
        // Two values on the scale differ by no more than its length.
        let most = scene.scales.of(quantity).map_or(f32::INFINITY, |scale| scale.high - scale.low);
        scene.scales.include_difference(quantity, cache.largest_ratio.min(most));
    }
    scene.cache = cache;
}

/// Extends the colour scale of a quantity to the values of all lanes.
fn include_range(scene: &mut Scene, quantity: Quantity) {
    let ranges: Vec<_> = scene.lanes().filter_map(|lane| lane.history.range(quantity)).collect();
    scene.scales.include(quantity, ranges.into_iter());
}

fn update_heatmaps(cache: &mut RenderCache, scene: &Scene, panes: &Panes, theme: &Theme) {
    let axis = panes.step_axis(scene);
    let newest = scene.newest().map_or(0, |step| step.0);
    let mut wanted: Vec<usize> = panes.heatmaps().iter().map(|pane| pane.lane).collect();
    if view::in_view(scene).compares_lanes {
        wanted.insert(0, 0);
    }
    let height = panes.heatmaps().first().map_or(0, |pane| usize::from(pane.picture.height));
    cache.heatmaps.retain(|lane, _| wanted.contains(lane));
    for (index, lane) in scene.lanes().enumerate().filter(|(index, _)| wanted.contains(index)) {
        let pane = panes.heatmaps().iter().find(|pane| pane.lane == index);
        let height = pane.map_or(height, |pane| usize::from(pane.picture.height));
        let layers = LayerAxis::new(lane.history.layers(), &scene.view.depth, height * theme.pixels_per_cell());
        let key = HeatmapKey { quantity: scene.view.quantity, layers, axis, reduce: scene.view.reduce };
        cache.heatmaps.entry(index).or_default().bring_up_to(key, newest, lane.history);
    }
}

fn update_theories(cache: &mut RenderCache, scene: &Scene) {
    for (index, lane) in scene.lanes().enumerate() {
        let known = cache.theories.get(index);
        if known.is_none_or(|known| *known == Err(NotApplicable::NotMeasured)) {
            let theory = theory::of_lane(lane.settings, lane.run.header(), lane.header, lane.history);
            cache.theories.splice(index..cache.theories.len().min(index + 1), [theory]);
        }
    }
}

#[cfg(test)]
mod tests;
