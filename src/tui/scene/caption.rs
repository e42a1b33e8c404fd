//! What to look for in the heatmaps: the preset's sentence where a run is one, that of the default run, or what the
//! quantity in view tells.

use std::sync::OnceLock;

use super::{Mode, Scene};
use crate::config::draft::Draft;
use crate::config::{LaneConfig, Model, RunConfig, Wiring};
use crate::preset::PRESETS;

/// A preset's lanes and data with its sentence.
struct Known {
    lanes: Vec<LaneConfig>,
    config: RunConfig,
    about: String,
}

/// All presets as runs; a broken one, which a test would find, is left out.
fn presets() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let known = PRESETS.iter().filter_map(|preset| {
            let mut draft = Draft::new();
            preset.write(&mut draft).ok()?;
            let config = draft.finish().ok()?;
            Some(Known { lanes: config.lanes.clone(), config, about: preset.about() })
        });
        known.collect()
    })
}

impl Scene {
    /// One sentence, where there is a heatmap of layers that it could speak of.
    #[must_use]
    pub fn caption(&self) -> Option<String> {
        if !matches!(self.view.mode, Mode::Heatmaps | Mode::Difference) || self.view.captions_hidden {
            return None;
        }
        let config = self.config().filter(|_| self.runs.len() == 1);
        if self.view.quantity.is_signal()
            && let Some(config) = config
        {
            let known = presets().iter().find(|known| known.lanes == config.lanes && known.config.data == config.data);
            if let Some(known) = known {
                return Some(known.about.clone());
            }
            if is_plain_beside_residual(config) && self.first_lane_vanishes() {
                let words = "plain goes dark towards block 1: the gradient vanishes on its way back and early blocks \
                             cannot learn; x + F(x) keeps residual lit";
                return Some(words.to_owned());
            }
        }
        let quantity = self.view.quantity.definition();
        Some(format!("{}: {}", quantity.name.replace('_', " "), quantity.meaning))
    }
}

/// Factor per block below which a signal visibly fades over a few blocks.
const FADING: f64 = 0.95;

impl Scene {
    /// Whether the first lane's signal shrinks on its way back; before it was measured, that is what is expected.
    fn first_lane_vanishes(&self) -> bool {
        let fit = self.picture.signals.first().and_then(|signal| signal.fit.as_ref());
        fit.is_none_or(|fit| fit.rho < FADING)
    }
}

/// The default run, whatever its depth and width.
fn is_plain_beside_residual(config: &RunConfig) -> bool {
    let usual = RunConfig::default().lanes;
    let kinds =
        |lanes: &[LaneConfig]| -> Vec<(Model, Wiring)> { lanes.iter().map(|lane| (lane.model, lane.wiring)).collect() };
    kinds(&config.lanes) == kinds(&usual)
        && config.lanes.iter().zip(&usual).all(|(lane, usual)| (lane.init, lane.norm) == (usual.init, usual.norm))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{Event, RunHeader};
    use crate::quantity::Quantity;
    use crate::tui::sample;
    use crate::tui::source::SourceKind;

    fn of(config: RunConfig) -> Scene {
        let mut scene = Scene::new(SourceKind::Live);
        let Event::RunStarted(header) = sample::header(&[("plain", 3), ("residual", 3)]) else { panic!("a header") };
        scene.take(0, &Event::RunStarted(Arc::new(RunHeader { config: Some(config), ..(*header).clone() })));
        scene
    }

    #[test]
    fn every_preset_says_its_sentence_and_the_default_run_has_one() {
        assert_eq!(presets().len(), PRESETS.len());
        for known in presets() {
            assert_eq!(of(known.config.clone()).caption(), Some(known.about.clone()));
        }
        let mut config = RunConfig::default();
        config.lanes.iter_mut().for_each(|lane| lane.depth = 20);
        let mut scene = of(config);
        assert!(scene.caption().is_some_and(|words| words.contains("vanishes")));
        // A first lane that keeps its signal, such as a shallow one or one of selu, is not said to lose it.
        let kept: Vec<Option<f32>> = (0..20).map(|block| Some(1.1_f32.powi(20 - block))).collect();
        scene.picture.signals = vec![crate::profile::Profile::of(&kept)];
        assert!(scene.caption().is_some_and(|words| words.starts_with("signal relative: ")));
        scene.view.quantity = Quantity::WeightNorm;
        assert!(scene.caption().is_some_and(|words| words.starts_with("weight norm: ")));
        scene.view.captions_hidden = true;
        assert_eq!(scene.caption(), None);
    }
}
