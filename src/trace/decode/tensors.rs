//! A line of kind `tensors`: an array per norm with one number per tensor of the lane.

use super::{Fault, Scanner, lane};
use crate::event::{RunHeader, TensorNorm, TensorRecord};
use crate::grid::{Grid, Value};
use crate::text::clean_message;
use crate::trace::scan;
use crate::units::{LaneId, Step};

/// What an array must be.
const LENGTH: Fault = Fault::Expected("an array of one number per tensor of the lane");

pub(super) fn read(mut scanner: Scanner<'_>, header: &RunHeader) -> Result<TensorRecord, Fault> {
    let (mut id, mut step, mut values) = (None, None, None);
    while let Some(key) = scanner.key()? {
        match key {
            "lane" => id = Some(LaneId(scanner.whole()?)),
            "step" => step = Some(Step(scanner.whole()?)),
            "values" => {
                let lane = lane(header, id.ok_or(Fault::Missing("lane"))?)?;
                let mut grid = Grid::absent(TensorNorm::ALL.len(), lane.layers.tensors());
                rows(&mut scanner, &mut grid)?;
                values = Some(grid);
            }
            "nan" => special(&mut scanner, values.as_mut(), f32::NAN)?,
            "pinf" => special(&mut scanner, values.as_mut(), f32::INFINITY)?,
            "ninf" => special(&mut scanner, values.as_mut(), f32::NEG_INFINITY)?,
            _ => scanner.skip()?,
        }
    }
    Ok(TensorRecord {
        lane: id.ok_or(Fault::Missing("lane"))?,
        step: step.ok_or(Fault::Missing("step"))?,
        values: values.ok_or(Fault::Missing("values"))?,
    })
}

fn rows(scanner: &mut Scanner<'_>, grid: &mut Grid) -> Result<(), Fault> {
    scanner.open()?;
    while let Some(name) = scanner.key()? {
        match row(name) {
            None => scanner.skip()?,
            Some(row) => scanner.row(grid.row_mut(row)).map_err(|fault| match fault {
                scan::Fault::Length(_) => LENGTH,
                expected @ scan::Fault::Expected(_) => expected.into(),
            })?,
        }
    }
    Ok(())
}

/// Puts NaN, +∞ or −∞ where the line lists it.
fn special(scanner: &mut Scanner<'_>, grid: Option<&mut Grid>, value: f32) -> Result<(), Fault> {
    let grid = grid.ok_or(Fault::Missing("values"))?;
    scanner.open()?;
    while let Some(name) = scanner.key()? {
        let mut lost = None;
        scanner.indices(|index| {
            let Some(row) = row(name) else { return };
            match grid.row_mut(row).get_mut(index) {
                Some(cell) => *cell = Value::new(value),
                None => lost = Some(index),
            }
        })?;
        if let Some(index) = lost {
            return Err(Fault::Index { name: clean_message(name), index });
        }
    }
    Ok(())
}

/// Row of the norm of that name; `None` for one of a newer version.
fn row(name: &str) -> Option<usize> {
    TensorNorm::ALL.iter().position(|(_, known)| *known == name)
}
