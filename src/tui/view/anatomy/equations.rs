//! The equations below the diagram: the branch as the product of its factors, the gain from both channels.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::block::{Anatomy, Change};
use super::shape::{BranchOp, Skip};
use super::symbol::symbol;
use crate::number;
use crate::tui::pane::frame::fit;
use crate::tui::theme::{Role, Theme};

/// Two lines for a block, fewer if less is known.
pub(super) fn lines<'a>(anatomy: &Anatomy, theme: &Theme, lane: usize, width: u16) -> Vec<Line<'a>> {
    let (strong, dim) = (theme.lane(lane), theme.style(Role::Dim));
    if let Some(why) = &anatomy.why_nothing {
        return vec![Line::styled(why.clone(), theme.style(Role::Warning))];
    }
    let Some(gain) = anatomy.gain else {
        let words = match anatomy.signal {
            [_, Some(0.0)] => "no gain: the signal is 0",
            [Some(_), _] => "no gain: no signal behind it",
            _ => "no signal here",
        };
        return vec![Line::styled(words, dim)];
    };
    let gain = named("gain", gain, strong, dim);
    let long_skip = anatomy.long_skip_gain().map(|long_skip| (1, named("long skip", long_skip, strong, dim)));
    match anatomy.skip {
        Skip::Missing if long_skip.is_some() => {
            let words = Line::styled("no skip connection around the block itself", dim);
            let branch = anatomy.branch_gain();
            let branch = branch.map(|branch| product(named("branch", branch, strong, dim), anatomy, theme, width));
            let sum = fit([(0, gain)].into_iter().chain(long_skip).chain([(2, words)]).collect(), width);
            branch.into_iter().chain([sum]).collect()
        }
        Skip::Missing | Skip::Unknown => {
            let is_known = anatomy.skip == Skip::Missing;
            let words = if is_known { "no skip connection around the block" } else { "skip connection: not measured" };
            vec![product(gain, anatomy, theme, width), Line::styled(words, dim)]
        }
        Skip::Around => {
            let skip = anatomy.skip_gain();
            let branch = anatomy.branch_gain();
            let mut parts = vec![(0, gain)];
            parts.extend(skip.map(|skip| (2, named("skip", skip, strong, dim))));
            parts.extend(branch.map(|branch| (3, named("branch", branch, strong, dim))));
            parts.extend(long_skip);
            parts.extend(anatomy.cosine.map(|cosine| {
                let value = Span::styled(format!("{cosine:.2}"), strong);
                let mut words = Line::from(vec![Span::styled("cosine ", dim), value]);
                if cosine < 0.0 && anatomy.change() == Change::Loses {
                    words.push_span(Span::styled(" they cancel", theme.style(Role::Warning)));
                }
                (1, words)
            }));
            let sum = fit(parts, width);
            let branch = branch.map(|branch| product(named("branch", branch, strong, dim), anatomy, theme, width));
            branch.into_iter().chain([sum]).collect()
        }
    }
}

fn named<'a>(name: &'static str, factor: f64, strong: Style, dim: Style) -> Line<'a> {
    Line::from(vec![Span::styled(format!("{name} "), dim), Span::styled(number::factor(factor), strong)])
}

/// `gain ×0.41 = W 0.58 · φ′ 0.71`, without the numbers if they do not fit; only the gain if the block is a single box.
fn product<'a>(line: Line<'a>, anatomy: &Anatomy, theme: &Theme, width: u16) -> Line<'a> {
    let dim = theme.style(Role::Dim);
    // The factors are in backward order, as the signal passes them.
    let factors: Vec<_> = anatomy.parts.iter().rev().filter(|(part, _)| *part != BranchOp::Whole).collect();
    let (mut whole, mut short) = (line.clone(), line);
    for (index, (part, factor)) in factors.into_iter().enumerate() {
        let symbol = symbol(*part, anatomy, theme);
        let joint = if index == 0 { " = " } else { theme.glyph(" · ", " * ") };
        short.push_span(Span::styled(format!("{joint}{symbol}"), dim));
        whole.push_span(Span::styled(format!("{joint}{symbol} "), dim));
        let value = factor.map(number::factor).unwrap_or_default();
        whole.push_span(Span::styled(value.trim_start_matches('×').to_owned(), theme.style(Role::Text)));
    }
    if whole.width() <= usize::from(width) { whole } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::sample;

    /// The lines of the sample's plain or residual block with a long skip that leaves at its input.
    fn with_a_long_skip(lane: usize) -> String {
        let scene = sample::anatomy(5);
        let lanes: Vec<_> = scene.lanes().collect();
        let mut anatomy = Anatomy::at_cursor(&scene, &lanes[lane]);
        anatomy.long_skip = anatomy.signal[1].map(|signal| signal * 3.0);
        let shown = lines(&anatomy, &sample::theme(), lane, 120);
        shown.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_long_skip_is_a_third_channel_and_the_factors_are_those_of_the_branch() {
        let plain = with_a_long_skip(0);
        assert!(plain.contains("branch ×") && plain.contains("long skip ×3.00"), "{plain}");
        assert!(!plain.contains("nothing goes around it"), "{plain}");
        let [product, sum] = plain.lines().collect::<Vec<_>>()[..] else { panic!("two lines: {plain}") };
        assert!(product.starts_with("branch ×") && product.contains(" = ") && sum.starts_with("gain ×"), "{plain}");
        let residual = with_a_long_skip(1);
        assert!(residual.contains("skip ×1.00") && residual.contains("long skip ×3.00"), "{residual}");
    }
}
