//! The form of settings that apply to the lanes: only changed fields are set, so that differences between lanes stay.

use tui_input::{Input, InputRequest};

use super::effect::Effect;
use super::rotation::turned;
use super::{ending, run};
use crate::config::RunConfig;
use crate::config::setting::{self, SETTINGS};
use crate::tui::action::Turn;
use crate::tui::choices::choices;
use crate::tui::scene::{Field, Overlay, Scene, SettingsForm};

/// Opens the form with the settings of the live run.
pub(super) fn open(scene: &mut Scene) {
    let Some(config) = run::config(scene) else { return };
    let field = |setting: &setting::Setting| {
        let before = setting.get(&config);
        Field { key: setting.key, input: Input::new(before.clone()), before, problem: None }
    };
    let fields: Vec<Field> =
        SETTINGS.iter().filter(|setting| config.not_applicable(setting.key).is_none()).map(field).collect();
    // Depth is the setting that users change first.
    let focus = fields.iter().position(|field| field.key == "depth").unwrap_or(0);
    scene.view.overlay = Overlay::Form(SettingsForm { fields, focus, problem: None });
}

/// Moves to the next or previous field.
pub(super) fn focus(form: &mut SettingsForm, turn: Turn) {
    let fields: Vec<usize> = (0..form.fields.len()).collect();
    form.focus = turned(&fields, |field| *field == form.focus, turn).copied().unwrap_or(0);
}

/// Edits the field with the focus; the arrows choose among words if the setting accepts words.
pub(super) fn edit(scene: &mut Scene, request: InputRequest) {
    let Some(mut config) = scene.config().cloned() else { return };
    let Overlay::Form(form) = &mut scene.view.overlay else { return };
    form.problem = None;
    let Some(field) = form.fields.get_mut(form.focus) else { return };
    let words = choices(field.key);
    // A word with a value after its colon, such as a path, is edited: an arrow must not replace it.
    let is_word = !field.input.value().contains(':');
    let turn = match request {
        InputRequest::GoToNextChar if is_word => Some(Turn::Forward),
        InputRequest::GoToPrevChar if is_word => Some(Turn::Back),
        _ => None,
    };
    match turn.and_then(|turn| turned(&words, |word| *word == field.input.value(), turn)) {
        Some(word) => field.input = Input::new((*word).to_owned()),
        None => {
            field.input.handle(request);
        }
    }
    set(&mut config, form);
}

/// Restarts with the changed settings, or shows each error beside its field.
pub(super) fn submit(scene: &mut Scene) -> Option<Effect> {
    let mut config = scene.config().cloned()?;
    let Overlay::Form(form) = &mut scene.view.overlay else { return None };
    set(&mut config, form);
    if let Some(first) = form.fields.iter().position(|field| field.problem.is_some()) {
        form.focus = first;
        return None;
    }
    if let Err(error) = config.check() {
        form.problem = Some(error.to_string());
        return None;
    }
    if scene.config() == Some(&config) {
        scene.view.overlay = Overlay::None;
        scene.say("nothing was changed: the run continues");
        return None;
    }
    // The form closes when the new run starts; if the source refuses, it stays and shows the reason.
    Some(ending::restart(scene, config))
}

/// Sets the changed values; each field stores its error.
fn set(config: &mut RunConfig, form: &mut SettingsForm) {
    let given: Vec<&str> = form.fields.iter().filter(|field| !is_empty(field)).map(|field| field.key).collect();
    for field in &mut form.fields {
        field.problem = set_field(config, field, &given).err();
    }
    // Another family may have no place for a value that was changed beside it.
    for field in form.fields.iter_mut().filter(|field| field.problem.is_none() && field.input.value() != field.before) {
        field.problem = config.not_applicable(field.key);
    }
}

fn is_empty(field: &Field) -> bool {
    field.input.value().trim().is_empty()
}

fn set_field(config: &mut RunConfig, field: &Field, given: &[&str]) -> Result<(), String> {
    if field.input.value() == field.before {
        return Ok(());
    }
    let Some(setting) = setting::find(field.key) else { return Ok(()) };
    if setting.alternative().is_some_and(|other| given.contains(&other)) {
        // An empty number of steps leaves the length to epochs.
        return if is_empty(field) { Ok(()) } else { Err(setting.both_given().problem) };
    }
    config.change(setting, field.input.value()).map_err(|error| error.problem)
}
