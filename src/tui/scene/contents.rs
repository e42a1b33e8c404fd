//! Which views have anything to show of the runs that are looked at.

use super::{LaneRef, Mode, Scene};
use crate::event::{Denoising, FilterShades, Histograms, Samples, TensorNorms};
use crate::layer::LayerKind;
use crate::units::Step;

/// Whatever the step.
const EVER: Step = Step(u64::MAX);

impl Mode {
    /// Whether the view has anything to show; every view does before the first step, which may still bring it.
    #[must_use]
    pub fn has_contents(self, scene: &Scene) -> bool {
        if scene.last_step().is_none() {
            return true;
        }
        let any = |has: fn(&LaneRef<'_>) -> bool| scene.lanes().any(|lane| has(&lane));
        match self {
            Self::Heatmaps | Self::Profile | Self::Loss => true,
            Self::Difference => scene.lanes().count() > 1,
            Self::Anatomy => any(|lane| lane.header.layers.layers.iter().any(|layer| layer.kind == LayerKind::Block)),
            Self::Histogram => any(|lane| lane.history.snapshot::<Histograms>(EVER).is_some()),
            Self::Layers => any(|lane| lane.history.snapshot::<TensorNorms>(EVER).is_some()),
            Self::Filters => any(|lane| lane.history.snapshot::<FilterShades>(EVER).is_some()),
            Self::Denoising => any(|lane| lane.history.snapshot::<Denoising>(EVER).is_some()),
            Self::Samples => any(|lane| lane.history.snapshot::<Samples>(EVER).is_some()),
        }
    }
}
