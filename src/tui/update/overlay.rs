//! The windows on top: help, notes, form, list of quantities, command line, questions.

use ratatui::layout::Rect;
use tui_input::InputRequest;

use super::effect::Effect;
use super::{command, form, picker};
use crate::text;
use crate::tui::action::{Direction, Motion, Turn};
use crate::tui::overlay::{help, notes, scroll};
use crate::tui::scene::{Overlay, Question, Scene, ViewId};

/// Opens the command line, also from the question before a restart, which mentions `:log DIR`.
pub(super) fn open_command(scene: &mut Scene) -> Option<Effect> {
    let before = std::mem::replace(&mut scene.view.overlay, Overlay::Command(tui_input::Input::default()));
    matches!(before, Overlay::Confirm(Question::Restart(_))).then_some(Effect::GiveUp)
}

/// Closes the topmost window; without one, first the notice disappears, then the view returns to the heatmaps.
pub(super) fn close(scene: &mut Scene) -> Option<Effect> {
    match std::mem::take(&mut scene.view.overlay) {
        Overlay::None if scene.status.notice.take().is_none() => scene.view.shown = ViewId::HOME,
        Overlay::Preparing(form) | Overlay::Confirm(Question::Restart(form)) => {
            scene.view.overlay = form.map_or(Overlay::None, |form| Overlay::Form(*form));
            return Some(Effect::GiveUp);
        }
        _ => {}
    }
    None
}

/// Edits the text with the focus.
pub(super) fn edit(scene: &mut Scene, request: InputRequest) {
    match &mut scene.view.overlay {
        Overlay::Command(input) => {
            let was_empty = input.value().is_empty();
            input.handle(request);
            // Deleting in an empty line closes it, as in an editor.
            if was_empty && request == InputRequest::DeletePrevChar {
                scene.view.overlay = Overlay::None;
            }
        }
        Overlay::Form(_) => form::edit(scene, request),
        Overlay::Picker(picker) => picker::edit(picker, request),
        Overlay::None | Overlay::Help { .. } | Overlay::Notes { .. } | Overlay::Preparing(_) | Overlay::Confirm(_) => {}
    }
}

/// Inserts pasted text at the focus, without control characters: its line breaks accept nothing.
pub(super) fn paste(scene: &mut Scene, pasted: &str) {
    for letter in text::clean_message(pasted.trim_end_matches(['\r', '\n'])).chars() {
        edit(scene, InputRequest::InsertChar(letter));
    }
}

/// Moves to the next or previous field or quantity.
pub(super) fn focus(scene: &mut Scene, turn: Turn) {
    match &mut scene.view.overlay {
        Overlay::Form(form) => form::focus(form, turn),
        Overlay::Picker(picker) => picker::focus(picker, turn),
        Overlay::None
        | Overlay::Help { .. }
        | Overlay::Notes { .. }
        | Overlay::Command(_)
        | Overlay::Preparing(_)
        | Overlay::Confirm(_) => {}
    }
}

/// Accepts the form, the chosen quantity or the command line.
pub(super) fn submit(scene: &mut Scene) -> Option<Effect> {
    match &scene.view.overlay {
        Overlay::Command(input) => {
            let line = input.value().to_owned();
            scene.view.overlay = Overlay::None;
            command::run(scene, &line)
        }
        Overlay::Form(_) => form::submit(scene),
        Overlay::Picker(_) => {
            picker::submit(scene);
            None
        }
        Overlay::None | Overlay::Help { .. } | Overlay::Notes { .. } | Overlay::Preparing(_) | Overlay::Confirm(_) => {
            None
        }
    }
}

/// Scrolls the help or the notes.
pub(super) fn scroll(scene: &mut Scene, motion: Motion, area: Rect) {
    let most = match &scene.view.overlay {
        Overlay::Help { .. } => help::most_scroll(scene, area),
        Overlay::Notes { .. } => notes::most_scroll(scene, area),
        Overlay::None
        | Overlay::Form(_)
        | Overlay::Picker(_)
        | Overlay::Command(_)
        | Overlay::Preparing(_)
        | Overlay::Confirm(_) => return,
    };
    let page = scroll::page(area);
    if let Overlay::Help { scroll } | Overlay::Notes { scroll } = &mut scene.view.overlay {
        *scroll = match motion {
            Motion::One(Direction::Up) => scroll.saturating_sub(1),
            Motion::One(_) => *scroll + 1,
            Motion::Ten(Direction::Up) | Motion::Page(Direction::Up) => scroll.saturating_sub(page),
            Motion::Ten(_) | Motion::Page(_) => scroll.saturating_add(page),
            Motion::End(Direction::Up) => 0,
            Motion::End(_) => most,
        }
        .min(most);
    }
}
