//! What only a diffusion model shows: its gradient by timestep, and what it draws.

use super::opened::in_every_look;
use super::*;
use crate::config::RunConfig;

fn said(scene: &mut Scene, mode: ViewId) -> String {
    scene.view.shown = mode;
    sample::frame(scene, &sample::theme(), 120, 40).content().iter().map(Target::symbol).collect()
}

#[test]
fn both_views_in_three_sizes_and_without_colour_or_unicode() {
    for (name, mode) in [("denoising", ViewId::new("denoising")), ("samples", ViewId::new("samples"))] {
        in_every_look(name, mode, &sample::diffusion(45));
    }
}

#[test]
fn the_record_is_that_of_the_cursors_step_and_a_span_that_is_not_finite_is_seen() {
    let mut scene = sample::diffusion(45);
    assert!(said(&mut scene, ViewId::new("denoising")).contains("at step 41"));
    let shown = said(&mut scene, ViewId::new("denoising"));
    assert!(shown.contains("loss%") && shown.contains("50  25  12  6"), "the losses of the first spans");
    scene.view.cursor.step = Some(Step(1));
    assert!(
        said(&mut scene, ViewId::new("samples")).contains("16 samples 8×8")
            && said(&mut scene, ViewId::new("samples")).contains("step 1 ")
    );
}

#[test]
fn where_there_is_nothing_to_show_it_says_why_and_how_to_get_it() {
    let mut other = sample::conv_net(9);
    assert!(said(&mut other, ViewId::new("denoising")).contains("no timesteps: only diffusion models have them"));
    assert!(said(&mut other, ViewId::new("samples")).contains("no samples: only diffusion models draw them"));
    let mut none = sample::diffusion(0);
    assert!(said(&mut none, ViewId::new("samples")).contains("no sample yet"));
    let mut off = sample::diffusion_with(RunConfig { detail: None, ..RunConfig::default() }, 0);
    assert!(said(&mut off, ViewId::new("samples")).contains("--detail 200 draws them"));
    assert!(said(&mut off, ViewId::new("denoising")).contains("--detail 200 measures them"));
}

#[test]
fn an_empty_pane_names_its_view_and_has_no_legend_of_colours() {
    let mut scene = sample::conv_net(9);
    for (mode, legend) in [
        (ViewId::new("denoising"), "gradient of the loss at these times"),
        (ViewId::new("samples"), "drawn from the same noise"),
    ] {
        let shown = said(&mut scene, mode);
        assert!(shown.contains(&format!("plain  {}", mode.name())), "{shown}");
        assert!(!shown.contains(legend), "{shown}");
    }
}
