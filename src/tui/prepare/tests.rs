mod arrivals;

use super::*;
use crate::history::Cell;
use crate::quantity::Axis;
use crate::tui::sample;
use crate::tui::scene::ViewId;
use crate::tui::source::SourceKind;

/// What the difference view shows of block 3 where the lanes have these values of every quantity.
fn difference(first: Option<f32>, other: Option<f32>, quantity: Quantity) -> (Cell, f32) {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &sample::header(&[("a", 6), ("b", 6)]));
    scene.take(0, &sample::step(0, 1, 2.3, 8, |_, _| first));
    scene.take(0, &sample::step(1, 1, 2.3, 8, |_, _| other));
    scene.view.shown = ViewId::new("difference");
    scene.view.quantity = quantity;
    prepare(&mut scene, &sample::theme(), Rect::new(0, 0, 80, 24));
    (scene.cache.ratio(1, 3, 0), scene.scales.difference(quantity).high)
}

#[test]
fn every_quantity_is_compared_as_a_ratio_or_as_a_difference() {
    for &quantity in sample::measured() {
        let is_log = quantity.definition().axis == Axis::Log;
        let (cell, reach) = difference(Some(0.5), Some(0.25), quantity);
        let Cell::Value(value) = cell else { panic!("{quantity}: {cell:?}") };
        let wanted = if is_log { 0.5_f32.log10() } else { -0.25 };
        assert!((value - wanted).abs() < 1e-4 && value.abs() <= reach, "{quantity}: {value} within {reach}");
        assert!(is_log || reach < 0.5, "{quantity}: {reach} is too wide");
        let by_zero =
            if is_log { [Cell::Infinite, Cell::Zero, Cell::Nan] } else { [0.25, -0.25, 0.0].map(Cell::Value) };
        let pairs = [(0.0, 0.25), (0.25, 0.0), (0.0, 0.0)];
        let found = pairs.map(|(first, other)| difference(Some(first), Some(other), quantity).0);
        assert_eq!(found, by_zero, "{quantity}");
        assert_eq!(difference(None, Some(0.25), quantity).0, Cell::Absent, "{quantity}");
        assert_eq!(difference(Some(f32::NAN), None, quantity).0, Cell::Nan, "{quantity}");
    }
    assert_eq!(difference(Some(0.0), Some(0.0), Quantity::DeadFraction), (Cell::Value(0.0), 1.0));
}
