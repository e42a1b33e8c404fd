//! Facts about the layer at the cursor that do not change: its stage, its parameters, its cost.

use ratatui::buffer::Buffer;

use super::shown::Shown;
use super::table::Table;
use crate::layer::Layer;
use crate::number;
use crate::tui::scene::LaneRef;

/// One fact: its name, a short name, and its value for a layer.
struct Fact {
    name: &'static str,
    short: &'static str,
    of: fn(&Layer) -> Option<String>,
}

/// In the order of the rows.
const FACTS: [Fact; 3] = [
    Fact { name: "stage", short: "stage", of: |layer| layer.stage.clone() },
    Fact { name: "parameters", short: "params", of: parameters },
    Fact { name: "FLOP/example", short: "FLOP", of: flops },
];

/// Their whole names.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FACTS.iter().map(|fact| fact.name)
}

/// How the facts are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// One row each.
    Rows,
    /// Parameters and FLOP, without the stage.
    Costs,
    /// In the frame, without rows.
    Frame,
}

impl Room {
    /// Number of rows that they take.
    pub(super) fn rows(self, table: &Table<'_>) -> usize {
        match self {
            Self::Rows => FACTS.iter().filter(|fact| is_known(table, fact)).count(),
            Self::Costs => Self::Rows.rows(table) - usize::from(is_known(table, &FACTS[0])),
            Self::Frame => 0,
        }
    }
}

/// Whether a lane of the table has a layer with facts at the cursor.
pub(super) fn are_known(table: &Table<'_>) -> bool {
    FACTS.iter().any(|fact| is_known(table, fact))
}

/// Draws the facts; returns the row after them.
pub(super) fn render(table: &Table<'_>, y: u16, room: Room, buffer: &mut Buffer) -> u16 {
    match room {
        Room::Frame => y,
        Room::Costs | Room::Rows => {
            let facts = FACTS.iter().skip(usize::from(room == Room::Costs)).filter(|fact| is_known(table, fact));
            facts.fold(y, |y, fact| {
                row(table, y, fact, buffer);
                y + 1
            })
        }
    }
}

/// The stage, if it is the same in all lanes of the table.
pub(super) fn stage(table: &Table<'_>) -> Option<String> {
    let mut stages = table.lanes.iter().map(|lane| at_cursor(table, lane).and_then(|layer| layer.stage.clone()));
    let first = stages.next()??;
    stages.all(|stage| stage.as_ref() == Some(&first)).then_some(first)
}

/// The cost of a layer in at most `width` columns, if it is the same in all lanes: its parameters and FLOP, or the
/// parameters alone.
pub(super) fn words(table: &Table<'_>, width: usize) -> Option<String> {
    let costs = |lane: &LaneRef<'_>| {
        let layer = at_cursor(table, lane)?;
        let flops = flops(layer).map(|flops| format!("{flops}{}FLOP", if flops.contains(' ') { "" } else { " " }));
        Some([parameters(layer).map(|parameters| format!("{parameters} parameters")), flops])
    };
    let mut all = table.lanes.iter().map(costs);
    let costs = all.next()??;
    if !all.all(|other| other.as_ref() == Some(&costs)) {
        return None;
    }
    let [both, first] = [2, 1].map(|count| costs.iter().flatten().take(count).cloned().collect::<Vec<_>>().join(", "));
    [both, first].into_iter().find(|words| !words.is_empty() && words.len() <= width)
}

fn row(table: &Table<'_>, y: u16, fact: &Fact, buffer: &mut Buffer) {
    let name = table.dim(fact.name, fact.short);
    let shown = |lane: &LaneRef<'_>| {
        let text = (fact.of)(at_cursor(table, lane)?)?;
        Some(Shown { text, short: None, is_exact: true, role: None })
    };
    table.line(y, &name, shown, buffer);
}

fn is_known(table: &Table<'_>, fact: &Fact) -> bool {
    table.lanes.iter().any(|lane| at_cursor(table, lane).and_then(fact.of).is_some())
}

fn at_cursor<'a>(table: &Table<'_>, lane: &LaneRef<'a>) -> Option<&'a Layer> {
    lane.header.layers.get(lane.layer_at(table.scene.view.cursor.depth))
}

/// Number of trainable parameters; `None` if no tensor is known.
fn parameters(layer: &Layer) -> Option<String> {
    (!layer.parameters.is_empty()).then(|| number::amount(layer.parameter_count()))
}

fn flops(layer: &Layer) -> Option<String> {
    layer.flops.map(number::amount)
}
