//! Refuses runs that would not fit into the available memory before their weights are initialized: otherwise the system
//! would end the process, and others with it, in the middle of the first step.

use std::ops::Add;

use thiserror::Error;

use super::footprint::Footprint;
use crate::available_memory;
use crate::config::RunConfig;
use crate::number;

/// How a run is handled that is estimated to take more memory than is available.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Oversize {
    /// It is refused before its weights are initialized.
    #[default]
    Refused,
    /// The same, but a run with this footprint ends before it starts.
    RefusedInPlaceOf(Footprint),
    /// It is prepared anyway.
    Allowed,
}

/// A run that does not fit into the available memory.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {}", self.problem())]
#[non_exhaustive]
pub struct TooLarge {
    /// The setting to change.
    key: &'static str,
    /// Number of lanes, and the sum of their footprints.
    lanes: usize,
    total: Footprint,
    /// Available bytes.
    available: u64,
    /// A value of the setting that should fit; `None` if lanes have different values.
    instead: Option<usize>,
}

impl TooLarge {
    fn problem(&self) -> String {
        let Self { lanes, total, available, instead, key } = self;
        let (all, available) = (number::memory(total.bytes()), number::memory(*available));
        let [weights, activations] = [total.weights, total.activations].map(number::memory);
        let parameters = number::amount(total.parameters);
        let of_lanes = if *lanes == 1 { String::new() } else { format!(" of {lanes} lanes") };
        let others =
            ["width", "depth", "batch"].into_iter().filter(|other| other != key).collect::<Vec<_>>().join(" or ");
        let remedy = match instead {
            Some(instead) => format!("write {instead}, or a smaller {others}"),
            None => format!("write less, or a smaller {others}"),
        };
        format!(
            "the run would take about {all} of memory, {weights} for {parameters} parameters{of_lanes} with their gradients \
             and copies and {activations} for activations, and {available} are free: {remedy}"
        )
    }
}

impl Oversize {
    /// Whether a run with these footprints may be prepared.
    pub(super) fn judge(self, run: &RunConfig, lanes: &[Footprint]) -> Result<(), TooLarge> {
        let replaced = match self {
            Self::Allowed => return Ok(()),
            Self::Refused => 0,
            Self::RefusedInPlaceOf(other) => other.bytes().min(available_memory::held()),
        };
        let Some(available) = available_memory::in_bytes() else { return Ok(()) };
        fits(run, lanes, Room { available, replaced })
    }
}

/// Bytes that are available now, and those that a run frees before this one starts.
#[derive(Clone, Copy)]
struct Room {
    available: u64,
    replaced: u64,
}

fn fits(run: &RunConfig, lanes: &[Footprint], room: Room) -> Result<(), TooLarge> {
    let total = lanes.iter().copied().fold(Footprint::default(), Footprint::add);
    let most = room.available.saturating_add(room.replaced);
    // The other run still exists while the weights are initialized.
    let is_drawn = total.drawn() <= room.available;
    if total.bytes() <= most && is_drawn {
        return Ok(());
    }
    let available = if is_drawn { most } else { room.available };
    let share = available as f64 / total.bytes().max(1) as f64;
    let (key, instead) = if total.weights < total.activations && run.batch > 1 {
        ("batch", Some(run.batch as f64 * share))
    } else {
        // Parameters grow with the square of the width.
        let width = run.lanes.first().map(|lane| lane.width);
        let width = width.filter(|width| run.lanes.iter().all(|lane| lane.width == *width));
        ("width", width.map(|width| width as f64 * share.sqrt()))
    };
    // The width is a power of two: estimates are rough, and heads and groups must divide it.
    let instead = instead.map(|value| 1_usize << (value.max(1.0) as usize).ilog2());
    Err(TooLarge { key, lanes: lanes.len(), total, available, instead })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LaneConfig;

    const GIB: u64 = 1 << 30;

    fn of(weights: u64, activations: u64) -> Footprint {
        Footprint { parameters: weights / 16, weights, activations }
    }

    fn refused(lanes: &[Footprint], room: Room) -> Option<String> {
        let lane = LaneConfig { width: 512, ..LaneConfig::default() };
        let run = RunConfig { lanes: vec![lane; lanes.len()], ..RunConfig::default() };
        fits(&run, lanes, room).err().map(|error| error.to_string())
    }

    #[test]
    fn lanes_count_together_and_the_refusal_says_what_is_needed_what_is_there_and_what_to_write() {
        let room = Room { available: 8 * GIB, replaced: 0 };
        assert_eq!(refused(&[of(6 * GIB, GIB)], room), None);
        assert_eq!(
            refused(&[of(6 * GIB, GIB); 2], room).as_deref(),
            Some(
                "width: the run would take about 14.0 GiB of memory, 12.0 GiB for 805 M parameters of 2 lanes with their \
                 gradients and copies and 2.0 GiB for activations, and 8.0 GiB are free: write 256, or a smaller depth or \
                 batch"
            )
        );
        let activations = refused(&[of(GIB, 30 * GIB)], room).expect("too large");
        assert!(activations.starts_with("batch: ") && activations.contains("write 16, or a smaller width or depth"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_does_not_fit_is_refused_alone_and_in_the_place_of_another_and_allowed_where_that_is_forced() {
        let run = RunConfig::default();
        let (small, large) = (of(1 << 20, 0), of(1 << 60, 1 << 60));
        for judge in [Oversize::Refused, Oversize::RefusedInPlaceOf(large), Oversize::Allowed] {
            assert_eq!(judge.judge(&run, &[small]), Ok(()));
            assert_eq!(judge.judge(&run, &[large, small]).is_ok(), judge == Oversize::Allowed);
        }
    }

    #[test]
    fn a_run_in_the_place_of_another_has_its_memory_but_for_the_weights_that_are_drawn_while_it_is_there() {
        let room = Room { available: 2 * GIB, replaced: 6 * GIB };
        assert_eq!(refused(&[of(6 * GIB, GIB)], room), None);
        assert!(refused(&[of(8 * GIB, GIB)], room).is_some_and(|words| words.contains("and 8.0 GiB are free")));
        let large = Footprint { parameters: GIB, ..of(7 * GIB, 0) };
        assert!(refused(&[large], room).is_some_and(|words| words.contains("and 2.0 GiB are free")));
    }
}
