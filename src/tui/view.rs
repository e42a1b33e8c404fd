//! The table of views. Everything about a view is in its own file as one [`definition::ViewDefinition`]; a new view
//! also needs a row in this table.

mod anatomy;
mod denoising;
mod difference;
mod filters;
mod heatmaps;
mod histogram;
mod layers;
mod loss;
mod profile;
mod samples;

pub(super) mod definition;
pub(super) mod legend;
pub(super) mod placement;

use definition::ViewDefinition;

use super::scene::{Scene, ViewId};

/// All views, in the order of `v`; the first nine have the digits as keys.
pub(super) static VIEWS: [&ViewDefinition; 10] = [
    &heatmaps::VIEW,
    &difference::VIEW,
    &profile::VIEW,
    &loss::VIEW,
    &anatomy::VIEW,
    &histogram::VIEW,
    &layers::VIEW,
    &filters::VIEW,
    &denoising::VIEW,
    &samples::VIEW,
];

/// The definition of a view; for an unknown name, the first one.
pub(super) fn find(id: ViewId) -> &'static ViewDefinition {
    VIEWS.iter().find(|view| view.id == id).copied().unwrap_or(VIEWS[0])
}

/// The view on the screen.
pub(super) fn in_view(scene: &Scene) -> &'static ViewDefinition {
    find(scene.view.shown)
}

/// The view with a name.
pub(super) fn named(name: &str) -> Option<ViewId> {
    VIEWS.iter().map(|view| view.id).find(|id| id.name() == name)
}

/// The names of all views.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    VIEWS.iter().map(|view| view.id.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glossary::{GlossaryEntry, Home};

    #[test]
    fn every_view_has_a_name_of_its_own_and_says_what_it_shows() {
        assert_eq!(VIEWS[0].id, ViewId::HOME);
        for (index, view) in VIEWS.iter().enumerate() {
            assert!(VIEWS[..index].iter().all(|other| other.id != view.id), "{}", view.id.name());
            assert!(!view.help.is_empty() && !view.help.ends_with('.'), "{}", view.id.name());
            assert_eq!(named(view.id.name()), Some(view.id));
        }
    }

    #[test]
    fn every_term_with_a_view_of_its_own_names_one_of_the_table() {
        for entry in GlossaryEntry::all() {
            let Home::View(view) = entry.term().home else { continue };
            assert!(named(view).is_some(), "{view}");
        }
    }
}
