//! What is measured of a lane at some steps, beside the values of its layers: histograms, tensors, filters, and what
//! only a diffusion model has. It is one kind of event with a payload; each payload describes itself.
//!
//! A new kind is a file with its payload, which implements [`SnapshotPayload`], and its lines here: the module, its export
//! and a row of the table. In a trace its fields follow `kind`, `lane` and `step`, through serde.
//!
//! ```
//! use nablatop::event::{Payload, Samples, Snapshot};
//! use nablatop::units::{LaneId, Step};
//!
//! let picture = Samples { channels: 1, height: 2, width: 2, pixels: vec![0, 85, 170, 255] };
//! let snapshot = Snapshot { lane: LaneId(0), step: Step(200), payload: Payload::Samples(picture) };
//! let samples = snapshot.dated::<Samples>().expect("a snapshot of this kind");
//! assert_eq!((samples.step, samples.count()), (Step(200), 1));
//! assert_eq!(snapshot.payload.kind().name(), "samples");
//! ```

mod denoising;
mod filters;
mod histograms;
mod samples;
mod tensors;

use std::ops::Deref;

use serde::Serialize;

pub use denoising::{Denoising, TimeSpan};
pub use filters::{FULL_SHADE, FilterShades, MOST_FILTERS};
pub use histograms::Histograms;
pub use samples::Samples;
pub use tensors::{TensorNorm, TensorNorms};

use super::header::LaneHeader;
use super::snapshot_payload::{Memory, SnapshotPayload};
use crate::layer::LayerTable;
use crate::units::{LaneId, Step};

/// A payload with its lane and step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The lane.
    pub lane: LaneId,
    /// The step.
    pub step: Step,
    /// The measured payload.
    pub payload: Payload,
}

/// Relates the type of a payload to its kind; the table below implements it.
pub trait SnapshotOf: SnapshotPayload {
    /// Its kind.
    const KIND: SnapshotKind;

    /// The payload, if it is of this kind.
    fn of(payload: &Payload) -> Option<&Self>;
}

/// One row per kind: variant, name in traces, payload.
macro_rules! snapshots {
    ($($variant:ident $name:literal $payload:ty),+ $(,)?) => {
        /// The kinds of snapshots.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum SnapshotKind {
            $(#[doc = concat!("`", $name, "` in traces.")] $variant,)+
        }

        impl SnapshotKind {
            /// All kinds, in the order of the table.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in traces.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The memory that its payloads take in the history of a lane.
            pub(crate) fn memory(self, layers: &LayerTable) -> Memory {
                match self {
                    $(Self::$variant => <$payload as SnapshotPayload>::memory(layers),)+
                }
            }

            /// Reads a payload from the JSON object of a line.
            pub(crate) fn parse(self, line: &[u8]) -> serde_json::Result<Payload> {
                Ok(match self {
                    $(Self::$variant => Payload::$variant(serde_json::from_slice(line)?),)+
                })
            }
        }

        /// The measured payload.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum Payload {
            $(#[doc = concat!("`", $name, "` in traces.")] $variant($payload),)+
        }

        $(impl SnapshotOf for $payload {
            const KIND: SnapshotKind = SnapshotKind::$variant;

            fn of(payload: &Payload) -> Option<&Self> {
                #[allow(irrefutable_let_patterns)] // of a table with one row
                if let Payload::$variant(payload) = payload { Some(payload) } else { None }
            }
        })+

        impl Payload {
            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> SnapshotKind {
                match self {
                    $(Self::$variant(_) => SnapshotKind::$variant,)+
                }
            }

            /// Completes a payload that was read, with what the header says about its lane.
            ///
            /// # Errors
            /// The expectation that the payload violates, if it cannot belong to this lane.
            pub(crate) fn fit(&mut self, lane: &LaneHeader) -> Result<(), &'static str> {
                match self {
                    $(Self::$variant(payload) => payload.fit(lane),)+
                }
            }
        }
    };
}

snapshots! {
    Histogram "histogram" Histograms,
    Tensors "tensors" TensorNorms,
    Filters "filters" FilterShades,
    Denoising "denoising" Denoising,
    Samples "samples" Samples,
}

impl SnapshotKind {
    /// The kind of that name in traces.
    #[must_use]
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// A payload of one kind with its step, borrowed from a history.
#[derive(Debug)]
#[non_exhaustive]
pub struct Dated<'a, T> {
    /// The step on which it was measured.
    pub step: Step,
    /// The payload.
    pub payload: &'a T,
}

impl<T> Clone for Dated<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Dated<'_, T> {}

impl<T> Deref for Dated<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.payload
    }
}

impl Snapshot {
    /// The payload with its step, if it is of this kind.
    #[must_use]
    pub fn dated<T: SnapshotOf>(&self) -> Option<Dated<'_, T>> {
        Some(Dated { step: self.step, payload: T::of(&self.payload)? })
    }
}
