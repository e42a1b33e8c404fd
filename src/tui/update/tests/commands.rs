//! The command line.

use super::*;

#[test]
fn commands_do_what_keys_do_and_unknown_words_get_a_suggestion() {
    let mut scene = sample::demo(60);
    command(&mut scene, "quantity gain");
    assert_eq!(scene.view.quantity, crate::quantity::Quantity::Gain);
    command(&mut scene, "view difference");
    assert_eq!(scene.view.shown, ViewId::new("difference"));
    command(&mut scene, "goto 1,2");
    assert_eq!(scene.cursor_step(), Some(Step(12)));
    command(&mut scene, "layer 17");
    assert_eq!(scene.lanes().next().map(|lane| lane.layer_at(scene.view.cursor.depth).0), Some(17));
    assert!(matches!(command(&mut scene, "lr 1e-4"), Some(Effect::Control(Control::SetLearningRate(_)))));
    let set = command(&mut scene, "set width 128");
    assert!(matches!(set, Some(Effect::Prepare(config)) if config.lanes[1].width == 128));
    assert_eq!(command(&mut scene, "quit"), Some(Effect::Quit));
    for (line, says) in [
        ("qantity gain", "did you mean 'quantity'?"),
        ("quantity gian", "did you mean 'gain'?"),
        ("view profle", "did you mean 'profile'?"),
        ("set widht 3", "did you mean 'width'?"),
        ("set width", "set KEY VALUE"),
        ("depth 0", "not a whole number from 1 to 10000: write"),
        ("goto", "write: goto STEP"),
        ("goto now", "is not a step: write a whole number"),
        ("goto 5,000", "there is no step 5,000: the cursor is on step 60"),
        ("goto 0", "there is no step 0: the cursor is on step 1"),
        ("layer 99", "there is no block 99: the cursor is on head"),
        ("lr nan", "is not a learning rate"),
        ("speed 4", "no playhead"),
        ("help me", "takes nothing"),
    ] {
        assert_eq!(command(&mut scene, line), None, "{line}");
        assert!(notice(&scene).contains(says), "{line}: {}", notice(&scene));
    }
    assert_eq!(command(&mut scene, "   "), None);
}

#[test]
fn a_suggestion_stands_within_the_first_60_columns() {
    let mut scene = sample::demo(20);
    for (line, near) in [
        ("set depht 3", "depth"),
        ("set weight-deca 0", "weight-decay"),
        ("set activation identiy", "identity"),
        ("quantity update_rato", "update_ratio"),
        ("view differnce", "difference"),
        ("qantity gain", "quantity"),
    ] {
        assert_eq!(command(&mut scene, line), None, "{line}");
        let start: String = notice(&scene).chars().take(60).collect();
        assert!(start.contains(&format!("did you mean '{near}'?")), "{line}: {}", notice(&scene));
    }
}

#[test]
fn a_step_or_layer_that_is_there_needs_no_words() {
    let mut scene = sample::demo(20);
    for line in ["goto 1", "goto 20", "layer 0", "layer stem", "layer head", "layer 50"] {
        command(&mut scene, line);
        assert_eq!(notice(&scene), "", "{line}");
    }
}

#[test]
fn tab_completes_commands_and_their_words() {
    let mut scene = sample::demo(3);
    for (typed, completed) in [
        ("qua", "quantity "),
        ("view pro", "view profile "),
        ("set act", "set activation "),
        ("set model tr", "set model transformer "),
    ] {
        scene.view.overlay = Overlay::Command(tui_input::Input::new(typed.to_owned()));
        act(&mut scene, Action::Complete);
        assert!(matches!(&scene.view.overlay, Overlay::Command(input) if input.value() == completed), "{typed}");
    }
}

#[test]
fn log_names_a_folder_of_a_live_run_alone() {
    let mut scene = sample::demo(3);
    assert_eq!(command(&mut scene, "log runs/a b"), Some(Effect::Log("runs/a b".into())));
    assert_eq!(command(&mut scene, "log"), None);
    assert_eq!(notice(&scene), "write: log DIR");
    let mut traces = replay();
    assert_eq!(command(&mut traces, "log x"), None);
    assert!(notice(&traces).starts_with("this is already a trace"));
}
