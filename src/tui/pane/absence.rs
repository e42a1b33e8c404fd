//! Why a quantity has no values, in a few words: the stacks do not have it, it is never measured, or nothing has
//! arrived yet.

use crate::config::{Activation, LaneConfig, LongSkips, Model, NormOrder, RunConfig};
use crate::measurement::Measurement;
use crate::quantity::Quantity;
use crate::tui::scene::Scene;

/// Why no lane has had values of a quantity; at most 18 columns.
pub(in crate::tui) fn why_none(quantity: Quantity, scene: &Scene) -> &'static str {
    let runs: Option<Vec<&RunConfig>> = scene.configs().collect();
    // The reason must hold for every lane of every run.
    let known = runs.and_then(|runs| {
        let mut reasons = runs.iter().flat_map(|run| run.lanes.iter().map(|lane| never(quantity, run, lane)));
        let first = reasons.next()??;
        reasons.all(|reason| reason.is_some()).then_some(first)
    });
    match known {
        Some(reason) => reason,
        None if scene.has_ended() => "none in this run",
        None => "no values yet",
    }
}

/// Why a lane with these settings never has values of it.
fn never(quantity: Quantity, run: &RunConfig, lane: &LaneConfig) -> Option<&'static str> {
    let is_plain = !lane.wiring.has_skip();
    let is_behind_sums = lane.model() == Model::Transformer && lane.order_of_norms() == NormOrder::Post;
    match quantity {
        Quantity::GainNorm => (!lane.normalizes()).then_some("no normalization"),
        Quantity::GainActivation => (lane.activation == Activation::Identity).then_some("φ(x) = x"),
        Quantity::GainOther if is_plain => Some("no scale s"),
        Quantity::GainOther => (!lane.scales_branches()).then_some("s = 1"),
        Quantity::BranchRatio if !is_plain && is_behind_sums => Some("N after the sum"),
        Quantity::IdentityNorm | Quantity::ChannelCosine | Quantity::BranchRatio => is_plain.then_some("no skip"),
        Quantity::LongSkipNorm => {
            let has_any = lane.family.diffusion().is_some_and(|settings| settings.long_skips == LongSkips::On);
            (!has_any).then_some("no long skip")
        }
        Quantity::DeadFraction => (lane.activation != Activation::Relu).then_some("φ is never 0"),
        Quantity::Saturation => match lane.activation {
            Activation::Tanh | Activation::Sigmoid => None,
            _ => Some("φ has no flat part"),
        },
        _ => None,
    }
    .or_else(|| match quantity.definition().measured_with {
        Measurement::Costly if run.detail.is_none() => Some("needs --detail"),
        Measurement::Histograms if run.detail.is_none() && run.histograms.is_none() => Some("none are counted"),
        Measurement::Layers | Measurement::Histograms | Measurement::Costly => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DiffusionSettings, FamilySettings, Wiring};
    use crate::event::{Event, LaneEnd, Outcome};
    use crate::tui::sample;
    use crate::tui::source::SourceKind;
    use crate::units::{LaneId, Step};

    fn scene(config: &RunConfig) -> Scene {
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &sample::header_of(config, 3));
        scene
    }

    #[test]
    fn what_the_settings_rule_out_is_said_and_all_else_waits_for_the_end() {
        let mut scene = scene(&RunConfig { detail: None, ..RunConfig::default() });
        let said = |scene: &Scene| {
            let all = [Quantity::GainNorm, Quantity::Saturation, Quantity::Shatter, Quantity::BranchRatio];
            all.map(|quantity| why_none(quantity, scene))
        };
        assert_eq!(said(&scene), ["no normalization", "φ has no flat part", "needs --detail", "no values yet"]);
        for lane in 0..2 {
            let end = LaneEnd { lane: LaneId(lane), step: Step(3), outcome: Outcome::Completed };
            scene.take(0, &Event::LaneEnded(end));
        }
        assert_eq!(said(&scene)[3], "none in this run");
    }

    #[test]
    fn only_a_u_net_with_long_skips_has_their_channel() {
        let reason = |family: FamilySettings| {
            let lanes = vec![LaneConfig { family, ..LaneConfig::new(Wiring::Residual) }];
            why_none(Quantity::LongSkipNorm, &scene(&RunConfig { lanes, ..RunConfig::default() }))
        };
        let diffusion = DiffusionSettings { long_skips: LongSkips::Off, ..DiffusionSettings::default() };
        assert_eq!(reason(FamilySettings::default()), "no long skip");
        assert_eq!(reason(diffusion.into()), "no long skip");
        assert_eq!(reason(Model::Diffusion.into()), "no values yet");
    }

    #[test]
    fn a_sum_that_is_normalized_has_no_branch_ratio_and_a_plain_transformer_no_skip() {
        let reason = |wiring| {
            let lanes = vec![LaneConfig::of(Model::Transformer, wiring)];
            why_none(Quantity::BranchRatio, &scene(&RunConfig { lanes, ..RunConfig::default() }))
        };
        let said = [Wiring::DeepNorm, Wiring::Plain, Wiring::Residual].map(reason);
        assert_eq!(said, ["N after the sum", "no skip", "no values yet"]);
    }
}
