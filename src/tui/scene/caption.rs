//! The caption: what to look for in the heatmaps. It is the sentence of a preset that is shown, that of the default
//! run, or the meaning of the quantity in view.

use std::sync::OnceLock;

use super::Scene;
use crate::config::draft::Draft;
use crate::config::{LaneConfig, Model, RunConfig, Wiring};
use crate::event::{LaneEnd, Outcome};
use crate::preset::PRESETS;
use crate::profile::Profile;

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
    /// The caption as one sentence; `None` if captions are hidden.
    #[must_use]
    pub(crate) fn caption(&self) -> Option<String> {
        if self.view.captions_hidden {
            return None;
        }
        let config = self.config().filter(|_| self.runs.len() == 1);
        if self.view.quantity.is_signal()
            && let Some(config) = config
        {
            let known = presets().iter().find(|known| known.lanes == config.lanes && known.config.data == config.data);
            if let Some(known) = known.filter(|_| !self.is_a_lane_lost()) {
                return Some(known.about.clone());
            }
            if is_plain_beside_residual(config) && self.first_vanishes_and_second_stays() {
                let words = "plain goes dark towards block 1: the gradient vanishes on its way back, and the early blocks \
                             cannot learn; x + F(x) keeps residual bright";
                return Some(words.to_owned());
            }
        }
        let quantity = self.view.quantity.definition();
        Some(format!("{}: {}", quantity.name.replace('_', " "), quantity.meaning))
    }
}

/// Share of the signal below which early layers are dark on the colour scale.
const DARK: f64 = 1e-2;
/// Share of the signal from which they are bright.
const LIT: f64 = 0.1;

impl Scene {
    /// Whether the sentence is true of what is shown: less than [`DARK`] of the first lane's signal arrives at block 1,
    /// at least [`LIT`] of the second's, and neither has a special value. Before anything was measured it is assumed to
    /// be true.
    fn first_vanishes_and_second_stays(&self) -> bool {
        let holds = |lane: usize, holds: fn(f64) -> bool| {
            let signal = self.cache.signals.get(lane).filter(|signal| **signal != Profile::default());
            signal.is_none_or(|signal| signal.first_last.is_some_and(holds))
        };
        holds(0, |left| left < DARK) && holds(1, |left| left >= LIT) && !self.is_a_lane_lost()
    }

    fn is_a_lane_lost(&self) -> bool {
        let lost = |end: &LaneEnd| matches!(end.outcome, Outcome::Diverged | Outcome::Failed(_));
        self.lanes().any(|lane| lane.history.end().is_some_and(lost))
    }
}

/// The default run, whatever its depth and width.
fn is_plain_beside_residual(config: &RunConfig) -> bool {
    let usual = RunConfig::default().lanes;
    let kinds = |lanes: &[LaneConfig]| -> Vec<(Model, Wiring)> {
        lanes.iter().map(|lane| (lane.model(), lane.wiring)).collect()
    };
    kinds(&config.lanes) == kinds(&usual)
        && config.lanes.iter().zip(&usual).all(|(lane, usual)| (lane.init, lane.norm) == (usual.init, usual.norm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::quantity::Quantity;
    use crate::tui::sample;
    use crate::tui::source::SourceKind;
    use crate::units::{LaneId, Step};

    fn of(config: &RunConfig) -> Scene {
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &sample::header_of(config, 3));
        scene
    }

    #[test]
    fn every_preset_says_its_sentence_and_the_default_run_has_one() {
        assert_eq!(presets().len(), PRESETS.len());
        for known in presets() {
            assert_eq!(of(&known.config).caption(), Some(known.about.clone()));
        }
        let mut config = RunConfig::default();
        config.lanes.iter_mut().for_each(|lane| lane.depth = 20);
        let mut scene = of(&config);
        assert!(scene.caption().is_some_and(|words| words.contains("vanishes")));
        // The sentence is said where it is true of what is shown, and only there.
        let signal = |factor: f32| Profile::of(&(0..20).map(|block| Some(factor.powi(20 - block))).collect::<Vec<_>>());
        for (plain, residual, is_true) in [
            (0.4, 1.1, true),
            (1.1, 1.1, false),
            (0.9, 1.1, false),
            (0.4, 0.4, false),
            (f32::NAN, 1.1, false),
            (0.4, f32::NAN, false),
        ] {
            scene.cache.signals = vec![signal(plain), signal(residual)];
            let words = scene.caption().expect("a heatmap");
            assert_eq!(words.starts_with("plain goes dark"), is_true, "{plain} {residual}: {words}");
            assert!(is_true || words.starts_with("signal relative: "), "{words}");
        }
        scene.cache.signals = vec![signal(0.4), signal(1.1)];
        let mut lost = scene.clone();
        let end = LaneEnd { lane: LaneId(0), step: Step(9), outcome: Outcome::Diverged };
        lost.take(0, &Event::LaneEnded(end));
        assert!(lost.caption().is_some_and(|words| words.starts_with("signal relative: ")));
        scene.view.quantity = Quantity::WeightNorm;
        assert!(scene.caption().is_some_and(|words| words.starts_with("weight norm: ")));
        scene.view.captions_hidden = true;
        assert_eq!(scene.caption(), None);
    }
}
