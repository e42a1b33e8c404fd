//! The kept snapshots of a lane, by kind, in bounded memory.

use std::sync::Arc;

use super::super::decimated::Decimated;
use super::super::share::Share;
use crate::event::{Dated, Memory, Snapshot, SnapshotKind, SnapshotOf};
use crate::layer::LayerTable;
use crate::units::Step;

/// Snapshots of each kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Snapshots {
    /// One entry per kind, in the order of [`SnapshotKind::ALL`].
    kinds: Vec<Decimated>,
}

impl Snapshots {
    pub(super) fn new(layers: &LayerTable, share: Share) -> Self {
        let kinds = SnapshotKind::ALL.iter().map(|kind| {
            let Memory { budget, each } = kind.memory(layers);
            Decimated::new(share, budget, each)
        });
        Self { kinds: kinds.collect() }
    }

    pub(super) fn push(&mut self, snapshot: &Arc<Snapshot>) {
        self.kinds[snapshot.payload.kind() as usize].push(snapshot);
    }

    /// All kept snapshots; those of one kind are in the order of their steps.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Snapshot>> {
        self.kinds.iter().flat_map(Decimated::iter)
    }

    /// The newest kept snapshot of a kind at or before a step.
    pub(super) fn at<T: SnapshotOf>(&self, step: Step) -> Option<Dated<'_, T>> {
        self.kinds[T::KIND as usize].at(step)?.dated()
    }
}
