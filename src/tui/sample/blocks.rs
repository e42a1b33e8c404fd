//! Blocks whose factors, channels and signals belong together.

use std::sync::Arc;

use super::events::{header, step};
use crate::config::{BranchScale, LaneConfig, Norm, RunConfig, Wiring};
use crate::event::Event;
use crate::quantity::Quantity;
use crate::tui::scene::{Activity, Scene};
use crate::tui::source::SourceKind;

/// A plain and a residual lane of six blocks whose factors, channels, signals and settings belong together.
pub(in crate::tui) fn anatomy(steps: u64) -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    let mut started = header(&[("plain", 6), ("residual", 6)]);
    if let Event::RunStarted(header) = &mut started {
        let residual = LaneConfig {
            norm: Norm::Layer,
            branch_scale: BranchScale::Constant(0.1),
            ..LaneConfig::new(Wiring::Residual)
        };
        let config =
            RunConfig { seed: 7, lanes: vec![LaneConfig::new(Wiring::Plain), residual], ..RunConfig::default() };
        config.write_to(Arc::make_mut(header));
    }
    scene.take(0, &started);
    for at in 1..=steps {
        for lane in 0..2 {
            scene.take(0, &step(lane, at, 2.3, 8, |quantity, layer| anatomy_value(lane, quantity, layer)));
        }
    }
    scene.status.activity = Activity::Live;
    scene
}

fn anatomy_value(lane: u16, quantity: Quantity, layer: usize) -> Option<f32> {
    /// N, φ′, W, s.
    const FACTORS: [[Option<f32>; 4]; 2] =
        [[None, Some(0.71), Some(0.58), None], [Some(2.4), Some(0.72), Some(1.3), Some(0.1)]];
    const COSINE: f32 = 0.2;
    let factors = FACTORS[usize::from(lane)];
    let branch: f32 = factors.into_iter().flatten().product();
    let gain = if lane == 0 { branch } else { (1.0 + branch * branch + 2.0 * COSINE * branch).sqrt() };
    let signal = |layer: usize| 3e-3 * gain.powf(7.0 - layer as f32);
    let block = (1..7).contains(&layer);
    let residual = block && lane == 1;
    match quantity {
        Quantity::SignalNorm => (layer > 0).then(|| signal(layer)),
        Quantity::SignalRelative => (layer > 0).then(|| signal(layer) / signal(7)),
        Quantity::Gain => block.then_some(gain),
        Quantity::ActRms => Some(0.5 + 0.02 * layer as f32),
        Quantity::IdentityNorm => residual.then(|| signal(layer + 1)),
        Quantity::BranchNorm => block.then(|| branch * signal(layer + 1)),
        Quantity::ChannelCosine => residual.then_some(COSINE),
        Quantity::BranchRatio => residual.then_some(0.14),
        Quantity::GainNorm => factors[0].filter(|_| block),
        Quantity::GainActivation => factors[1].filter(|_| block),
        Quantity::GainWeight => factors[2].filter(|_| block),
        Quantity::GainOther => factors[3].filter(|_| block),
        // Only a U-Net has them.
        Quantity::LongSkipNorm => None,
        _ => Some(4.6),
    }
}
