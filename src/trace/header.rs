//! The header's line: what the file is, then everything about the run that does not change.
//!
//! Foreign text is made harmless here, once, so that nothing behind the reader has to think of it. What a newer
//! nablatop may have added without a new version is left out with a warning: a quantity alone, or all settings, since one
//! that is not known may change what the others mean.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Warnings;
use super::error::Fault;
use crate::config::RunConfig;
use crate::event::{FORMAT_VERSION, LaneHeader, Machine, RunHeader, Settings};
use crate::quantity::Quantity;
use crate::text::{clean, clean_message};

/// How the first line of a trace begins.
pub(crate) const BEGINNING: &[u8] = b"{\"kind\":\"header\",\"format\":\"nablatop-trace\"";

/// Lanes of a trace at most: a run has 8, and a screen shows as many beside each other.
const MOST_LANES: usize = 1024;
/// Layers, sub-layers and parameters at most: 8 lanes of 10,000 layers with all that a block is made of have half.
const MOST_ROWS: usize = 1_500_000;

/// Value of the field `format`.
pub(super) const FORMAT: &str = "nablatop-trace";

/// What the header's line turned out to be.
pub(super) enum Found {
    /// A header that this version reads.
    Header(Arc<RunHeader>),
    /// A header of a version that it does not.
    Newer(u32),
    /// JSON of another program.
    Foreign,
}

#[derive(Deserialize)]
struct Identity<'a> {
    format: Option<&'a str>,
    version: Option<u32>,
}

/// How many lanes there are, before anything is made of them.
#[derive(Deserialize)]
struct Lanes {
    lanes: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Fields {
    run_id: String,
    #[serde(default)]
    started_at: u64,
    lanes: Vec<LaneHeader>,
    quantities: Vec<String>,
    #[serde(default)]
    steps: Option<u64>,
    #[serde(default, deserialize_with = "crate::event::read_settings")]
    settings: Settings,
    #[serde(default)]
    machine: Machine,
    #[serde(default)]
    data: Option<String>,
}

/// Reads a header's line whose checksum is right.
pub(super) fn read(line: &[u8], warnings: &mut Warnings) -> Result<Found, Fault> {
    let Ok(Identity { format: Some(FORMAT), version: Some(version) }) = serde_json::from_slice(line) else {
        return Ok(Found::Foreign);
    };
    if version > FORMAT_VERSION {
        return Ok(Found::Newer(version));
    }
    // Before anything is made of it: each becomes some 200 bytes.
    if line.split(|byte| *byte == b'{').count() > MOST_ROWS {
        return Err(Fault::Expected("at most 1,500,000 layers, sub-layers and parameters"));
    }
    let Lanes { lanes } = serde_json::from_slice(line)?;
    if lanes.len() > MOST_LANES {
        return Err(Fault::Expected("at most 1,024 lanes"));
    }
    let fields: Fields = serde_json::from_slice(line)?;
    let header = RunHeader {
        data: fields.data.as_deref().map(clean_message),
        version,
        run_id: clean(&fields.run_id),
        started_at: fields.started_at,
        lanes: fields.lanes.into_iter().map(lane).collect(),
        quantities: quantities(&fields.quantities, warnings),
        steps: fields.steps,
        settings: settings(&fields.settings),
        machine: machine(&fields.machine),
    };
    warnings.unknown_setting = RunConfig::read_from(&header).err();
    Ok(Found::Header(Arc::new(header)))
}

fn quantities(names: &[String], warnings: &mut Warnings) -> Vec<Quantity> {
    let mut known = Vec::with_capacity(names.len());
    for name in names {
        match Quantity::named(name) {
            Some(quantity) if known.contains(&quantity) => {}
            Some(quantity) => known.push(quantity),
            None => warnings.unknown_quantity(clean(name)),
        }
    }
    known
}

/// A value may be a path, which may be longer than any name.
fn settings(settings: &Settings) -> Settings {
    settings.iter().map(|(key, value)| (clean(key), clean_message(value))).collect()
}

fn lane(mut lane: LaneHeader) -> LaneHeader {
    lane.name = clean(&lane.name);
    lane.title = clean(&lane.title);
    lane.settings = settings(&lane.settings);
    for layer in &mut lane.layers.layers {
        layer.path = clean(&layer.path);
        layer.stage = layer.stage.as_deref().map(clean);
        for sublayer in &mut layer.sublayers {
            sublayer.path = clean(&sublayer.path);
            sublayer.name = clean(&sublayer.name);
            sublayer.half = sublayer.half.as_deref().map(clean);
        }
        for parameter in &mut layer.parameters {
            parameter.path = clean(&parameter.path);
        }
    }
    lane
}

fn machine(machine: &Machine) -> Machine {
    Machine {
        platform: clean(&machine.platform),
        threads: machine.threads,
        nablatop: clean(&machine.nablatop),
        backend: clean(&machine.backend),
    }
}
