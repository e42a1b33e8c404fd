//! The list of quantities and views: typing narrows it, Enter shows the chosen entry.

use tui_input::InputRequest;

use super::rotation::turned;
use super::views::show;
use crate::glossary::{GlossaryEntry, Home};
use crate::quantity::Quantity;
use crate::tui::action::Turn;
use crate::tui::scene::{Overlay, Picker, Scene, ViewId};
use crate::tui::view;

/// Opens the list at the current quantity.
pub(super) fn open(scene: &mut Scene) {
    let focus = Quantity::ALL.iter().position(|quantity| *quantity == scene.view.quantity).unwrap_or(0);
    scene.view.overlay = Overlay::Picker(Picker { focus, ..Picker::default() });
}

/// Moves to the next or previous entry found.
pub(super) fn focus(picker: &mut Picker, turn: Turn) {
    let found: Vec<usize> = (0..picker.found().len()).collect();
    picker.focus = turned(&found, |place| *place == picker.focus, turn).copied().unwrap_or(0);
}

/// Searches again and chooses the best match.
pub(super) fn edit(picker: &mut Picker, request: InputRequest) {
    let before = picker.search.value().to_owned();
    picker.search.handle(request);
    if picker.search.value() != before {
        picker.focus = 0;
    }
}

/// Shows the chosen entry; the list stays open if nothing was found.
pub(super) fn submit(scene: &mut Scene) {
    let Overlay::Picker(picker) = &scene.view.overlay else { return };
    let Some(chosen) = picker.chosen() else { return };
    scene.view.overlay = Overlay::None;
    show_entry(scene, chosen);
}

/// Shows a quantity, or the view of a term.
pub(super) fn show_entry(scene: &mut Scene, entry: GlossaryEntry) {
    match entry {
        GlossaryEntry::Quantity(quantity) => show_quantity(scene, quantity),
        GlossaryEntry::Term(term) => {
            let Home::View(view) = term.home else { return };
            if let Some(id) = view::named(view) {
                show(scene, id);
            }
        }
    }
}

fn show_quantity(scene: &mut Scene, chosen: Quantity) {
    scene.view.quantity = chosen;
    if !view::in_view(scene).shows_quantity {
        show(scene, ViewId::HOME);
    }
    if !scene.quantities_with_values().contains(&chosen) {
        scene.say(format!("{chosen} has no values in this run yet"));
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::tui::action::Action;
    use crate::tui::sample;
    use crate::tui::source::SourceKind;
    use crate::tui::update::update;

    fn act(scene: &mut Scene, actions: impl IntoIterator<Item = Action>) {
        for action in actions {
            let _ = update(scene, action, Rect::new(0, 0, 100, 30));
        }
    }

    fn typed(words: &str) -> impl Iterator<Item = Action> {
        words.chars().map(|letter| Action::Edit(InputRequest::InsertChar(letter)))
    }

    #[test]
    fn typing_narrows_the_list_and_enter_shows_what_is_chosen() {
        let mut scene = sample::demo(3);
        act(&mut scene, [Action::OpenPicker].into_iter().chain(typed("gain")).chain([Action::Focus(Turn::Forward)]));
        act(&mut scene, [Action::Submit]);
        assert_eq!(scene.view.quantity, Quantity::GainActivation);
        assert!(matches!(scene.view.overlay, Overlay::None));
    }

    #[test]
    fn what_has_a_view_of_its_own_opens_it_and_a_quantity_comes_back_from_there() {
        let mut scene = sample::demo(3);
        let choose = |scene: &mut Scene, name| {
            act(scene, [Action::OpenPicker].into_iter().chain(typed(name)).chain([Action::Submit]));
            scene.view.shown
        };
        let before = scene.view.quantity;
        assert_eq!(choose(&mut scene, "grad_histogram"), ViewId::new("histogram"));
        assert_eq!(choose(&mut scene, "rho"), ViewId::new("profile"));
        assert_eq!(choose(&mut scene, "loss"), ViewId::new("loss"));
        assert_eq!(scene.view.quantity, before);
        let run = |scene: &mut Scene, line: &str| {
            act(scene, [Action::OpenCommand].into_iter().chain(typed(line)).chain([Action::Submit]));
            scene.view.shown
        };
        assert_eq!(run(&mut scene, "quantity rho"), ViewId::new("profile"));
        assert_eq!(run(&mut scene, "quantity grad_histogram"), ViewId::new("histogram"));
        assert_eq!(choose(&mut scene, "act_rms"), ViewId::new("heatmaps"));
        assert_eq!(scene.view.quantity, Quantity::ActRms);
    }

    #[test]
    fn escape_changes_nothing_and_an_empty_list_has_no_choice() {
        let mut scene = sample::demo(3);
        let before = scene.view.quantity;
        act(&mut scene, [Action::OpenPicker].into_iter().chain(typed("zzz")).chain([Action::Submit]));
        assert!(matches!(scene.view.overlay, Overlay::Picker(_)));
        act(&mut scene, [Action::Close]);
        assert!(matches!(scene.view.overlay, Overlay::None));
        assert_eq!(scene.view.quantity, before);
    }

    #[test]
    fn the_quantities_that_have_no_values_are_passed_over_but_can_be_chosen() {
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &sample::header(&[("plain", 3)]));
        let has = |quantity| matches!(quantity, Quantity::SignalNorm | Quantity::ActRms | Quantity::UpdateRatio);
        scene.take(0, &sample::step(0, 1, 2.3, 5, |quantity, _| has(quantity).then_some(0.0)));
        let mut seen = Vec::new();
        for _ in 0..4 {
            seen.push(scene.view.quantity);
            act(&mut scene, [Action::Quantity(Turn::Forward)]);
        }
        let (signal, scale, ratio) = (Quantity::SignalNorm, Quantity::ActRms, Quantity::UpdateRatio);
        assert_eq!(seen, [Quantity::SignalRelative, signal, scale, ratio]);
        act(&mut scene, [Action::OpenPicker].into_iter().chain(typed("gain_norm")).chain([Action::Submit]));
        assert_eq!(scene.view.quantity, Quantity::GainNorm);
        assert_eq!(scene.status.notice.as_deref(), Some("gain_norm has no values in this run yet"));
    }
}
