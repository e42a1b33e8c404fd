//! What is told of a lane beside its steps, now and then: histograms, tensors, filters, and of a diffusion model what
//! denoising time makes of it and what it draws. Each kind in bounded memory.

use std::mem::size_of;
use std::sync::Arc;

use super::LaneHistory;
use crate::event::{
    DenoisingRecord, FilterRecord, HistogramRecord, MOST_FILTERS, SamplesRecord, TensorNorm, TensorRecord,
};
use crate::grid::Value;
use crate::histogram::BINS;
use crate::history::Share;
use crate::history::decimated::Decimated;
use crate::layer::LayerTable;
use crate::units::Step;

/// Bytes for histograms.
const HISTOGRAM_BUDGET: usize = 8 << 20;
/// Bytes of one layer of a histogram: two signs of counts.
const HISTOGRAM_LAYER_BYTES: usize = 2 * BINS * size_of::<u64>();
/// Bytes for what is known of tensors.
const TENSOR_BUDGET: usize = 4 << 20;
/// Bytes for filters.
const FILTER_BUDGET: usize = 1 << 20;
/// Bytes of the largest that there usually are: 7×7 of three colours.
const FILTER_BYTES: usize = MOST_FILTERS * 3 * 7 * 7;
/// Bytes of a lane for what is told of denoising time, and of one layer there: ten spans.
const DENOISING_BUDGET: usize = 2 << 20;
const DENOISING_LAYER_BYTES: usize = 10 * size_of::<Value>();
/// Bytes of a lane for pictures that it draws, and of sixteen of 32² pixels in three colours.
const SAMPLES_BUDGET: usize = 8 << 20;
const SAMPLES_BYTES: usize = 16 * 3 * 32 * 32;

/// Records of each kind.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::history) struct Beside {
    pub(in crate::history) histograms: Decimated<HistogramRecord>,
    pub(in crate::history) denoising: Decimated<DenoisingRecord>,
    pub(in crate::history) samples: Decimated<SamplesRecord>,
    pub(in crate::history) tensors: Decimated<TensorRecord>,
    pub(in crate::history) filters: Decimated<FilterRecord>,
}

impl Beside {
    pub(super) fn new(layers: &LayerTable, share: Share) -> Self {
        Self {
            histograms: Decimated::new(share, HISTOGRAM_BUDGET, HISTOGRAM_LAYER_BYTES * layers.len()),
            tensors: Decimated::new(
                share,
                TENSOR_BUDGET,
                TensorNorm::ALL.len() * size_of::<Value>() * layers.tensors(),
            ),
            filters: Decimated::new(share, FILTER_BUDGET, FILTER_BYTES),
            denoising: Decimated::new(share, DENOISING_BUDGET, DENOISING_LAYER_BYTES * layers.len()),
            samples: Decimated::new(share, SAMPLES_BUDGET, SAMPLES_BYTES),
        }
    }
}

/// Each the newest at or before a step, of those that are still held.
impl LaneHistory {
    /// How the gradients were spread.
    #[must_use]
    pub fn histogram(&self, step: Step) -> Option<&Arc<HistogramRecord>> {
        self.beside.histograms.at(step)
    }

    /// What was known of the tensors.
    #[must_use]
    pub fn tensors(&self, step: Step) -> Option<&Arc<TensorRecord>> {
        self.beside.tensors.at(step)
    }

    /// The filters of the first convolution.
    #[must_use]
    pub fn filters(&self, step: Step) -> Option<&Arc<FilterRecord>> {
        self.beside.filters.at(step)
    }

    /// How loss and gradients were spread over denoising time.
    #[must_use]
    pub fn denoising(&self, step: Step) -> Option<&Arc<DenoisingRecord>> {
        self.beside.denoising.at(step)
    }

    /// What the lane drew.
    #[must_use]
    pub fn samples(&self, step: Step) -> Option<&Arc<SamplesRecord>> {
        self.beside.samples.at(step)
    }
}
