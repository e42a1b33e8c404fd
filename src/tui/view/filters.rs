//! The filters of a lane's first convolution as pictures: what each of them answers to in the input, edges and textures
//! once it has learned.
//!
//! ```text
//! ╭─ residual  16 filters 3×3 of 1 colour  step 41 ─╮
//! │ ▀▀▀▀▀▀  ▀▀▀▀▀▀  ▀▀▀▀▀▀  ▀▀▀▀▀▀                  │
//! │ ▀▀▀▀▀▀  ▀▀▀▀▀▀  ▀▀▀▀▀▀  ▀▀▀▀▀▀                  │
//! │ 1       2       3       4                       │
//! ╰─────────────────────────────────────────────────╯
//! ```
//!
//! Each filter is scaled to its largest weight; 0 is middle grey. Weights of three colours are red, green and blue;
//! of any other number their mean is shown. Two weights, one above the other, share a cell where half blocks can be told
//! apart; elsewhere a weight is one or more whole cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::frame::{cut, fit, framed, words};
use super::legend::hidden;
use super::taken::{FILTERS, why_none};
use crate::event::FilterRecord;
use crate::history::Taken;
use crate::layer::{LayerKind, LayerTable};
use crate::number;
use crate::quantity::Cadence;
use crate::tui::layout::{Layout, Pane, inside};
use crate::tui::scene::{LaneRef, Scene};
use crate::tui::schedule;
use crate::tui::theme::{Colours, Role, Theme};

/// Pixels of a weight each way at most: more shows nothing more.
const MOST_PIXELS: usize = 6;
/// Columns between two pictures.
const GAP: usize = 2;
/// Lines between a picture's number and the picture below.
const BLANK: usize = 1;
/// Shades of a weight on a terminal without colours, from the most negative to the most positive.
const SHADES: [&str; 5] = [" ", "░", "▒", "▓", "█"];
const ASCII_SHADES: [&str; 5] = [" ", ".", "-", "%", "@"];

/// The picture of a lane at the cursor's step.
pub(super) fn render(scene: &Scene, theme: &Theme, pane: &Pane, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let record = scene.shown_step(&lane).and_then(|step| lane.history.filters(step)).map(std::sync::Arc::as_ref);
    let inner = inside(pane.frame);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let grid = record.map(|record| Grid::new(record, inner, theme));
    framed(theme, pane.frame, &title(scene, theme, pane, (&lane, record)), buffer);
    let Some(grid) = grid else {
        let lines = if has_filters(&lane.header.layers) {
            why_none(scene, &lane, &FILTERS)
        } else {
            vec!["no filters: its first layer is no convolution".to_owned()]
        };
        for (sentence, row) in lines.into_iter().zip(inner.rows()) {
            let sentence = cut(&Line::styled(sentence, theme.style(Role::Dim)), row.width);
            buffer.set_line(row.x, row.y, &sentence, row.width);
        }
        return;
    };
    for filter in 0..grid.shown() {
        grid.picture(theme, filter, buffer);
    }
    let left_out = grid.record.shape[0] - grid.shown();
    if left_out > 0 {
        let more = format!(" {} {left_out} more ", theme.glyph("↓", "v"));
        let place = (pane.frame.x + 2, pane.frame.bottom().saturating_sub(1));
        words(place, &more, pane.frame.width.saturating_sub(4), theme.style(Role::Dim), buffer);
    }
}

/// Whether a lane's stem has a convolution.
fn has_filters(layers: &LayerTable) -> bool {
    let stem = layers.layers.iter().find(|layer| layer.kind == LayerKind::Stem);
    stem.is_some_and(|stem| stem.parameters.iter().any(|parameter| parameter.shape.len() == 4))
}

/// Pictures in rows, as large as lets all of them be seen, or as many as there is room for.
struct Grid<'a> {
    record: &'a FilterRecord,
    area: Rect,
    /// Pixels of a weight each way.
    zoom: usize,
    /// Pixels in a cell: columns are one wide where two lie above each other, and half of one otherwise.
    per_cell: usize,
    /// Pictures beside each other, and above each other.
    across: usize,
    down: usize,
}

impl<'a> Grid<'a> {
    fn new(record: &'a FilterRecord, area: Rect, theme: &Theme) -> Self {
        let per_cell = theme.pixels_per_cell();
        let with = |zoom: usize| {
            let mut grid = Self { record, area, zoom, per_cell, across: 0, down: 0 };
            let [width, height] = grid.tile();
            grid.across = (usize::from(area.width) + GAP) / (width + GAP);
            grid.down = (usize::from(area.height) + BLANK) / (height + BLANK);
            grid
        };
        let all = (1..=MOST_PIXELS).rev().map(with).find(|grid| grid.across * grid.down >= record.shape[0]);
        all.unwrap_or_else(|| with(1))
    }

    /// Columns and rows of a picture, its number included.
    fn tile(&self) -> [usize; 2] {
        let [_, _, rows, columns] = self.record.shape;
        [columns * self.columns_per_weight(), (rows * self.zoom).div_ceil(self.per_cell) + 1]
    }

    /// A pixel is about square: a cell is twice as high as wide.
    fn columns_per_weight(&self) -> usize {
        self.zoom * 2 / self.per_cell
    }

    fn shown(&self) -> usize {
        self.record.shape[0].min(self.across * self.down)
    }

    fn picture(&self, theme: &Theme, filter: usize, buffer: &mut Buffer) {
        let [width, height] = self.tile();
        let x = self.area.x + ((filter % self.across) * (width + GAP)) as u16;
        let y = self.area.y + ((filter / self.across) * (height + BLANK)) as u16;
        let [_, _, rows, columns] = self.record.shape;
        let is_broken = self.record.broken.contains(&filter);
        for row in 0..height - 1 {
            for column in 0..columns * self.columns_per_weight() {
                let weight = |pixel: usize| {
                    let place = [pixel / self.zoom, column / self.columns_per_weight()];
                    (place[0] < rows).then_some(place)
                };
                let first = row * self.per_cell;
                let pixels = [weight(first), weight(first + self.per_cell - 1)];
                if let Some(cell) = buffer.cell_mut((x + column as u16, y + row as u16)) {
                    self.paint(theme, (filter, is_broken), pixels, cell);
                }
            }
        }
        let (text, role) =
            if is_broken { (format!("{}!", filter + 1), Role::Bad) } else { ((filter + 1).to_string(), Role::Dim) };
        buffer.set_stringn(x, y + height as u16 - 1, text, width.max(2), theme.style(role));
    }

    /// The upper and the lower weight of a cell; nothing below the picture.
    fn paint(
        &self,
        theme: &Theme,
        (filter, is_broken): (usize, bool),
        pixels: [Option<[usize; 2]>; 2],
        cell: &mut ratatui::buffer::Cell,
    ) {
        if is_broken {
            cell.set_symbol(theme.glyph("×", "x")).set_style(theme.style(Role::Bad));
            return;
        }
        let colour = |place: Option<[usize; 2]>| place.map(|place| self.light(filter, place));
        let [upper, lower] = pixels.map(colour);
        match (theme.colours, upper, lower) {
            (_, None, _) => {}
            (Colours::True | Colours::Indexed, Some(upper), lower) if self.per_cell == 2 => {
                let ground = lower.map_or(Color::Reset, |lower| theme.mixed(lower));
                cell.set_symbol("▀").set_style(Style::new().fg(theme.mixed(upper)).bg(ground));
            }
            (_, Some(light), _) => {
                let mean = light.iter().sum::<f32>() / 3.0;
                let level = (mean * SHADES.len() as f32) as usize;
                let level = level.min(SHADES.len() - 1);
                cell.set_symbol(theme.glyph(SHADES[level], ASCII_SHADES[level])).set_style(theme.style(Role::Text));
            }
        }
    }

    /// Red, green, blue, 0 … 1; ½ is a weight of 0.
    fn light(&self, filter: usize, [row, column]: [usize; 2]) -> [f32; 3] {
        let colours = self.record.shape[1];
        let weight = |colour: usize| self.record.at([filter, colour, row, column]).unwrap_or(0.0);
        let weights = if colours == 3 {
            [weight(0), weight(1), weight(2)]
        } else {
            [(0..colours).map(weight).sum::<f32>() / colours.max(1) as f32; 3]
        };
        weights.map(|weight| 0.5 + weight / 2.0)
    }
}

fn title<'a>(
    scene: &Scene,
    theme: &Theme,
    pane: &Pane,
    (lane, record): (&LaneRef<'_>, Option<&FilterRecord>),
) -> Line<'a> {
    let dim = theme.style(Role::Dim);
    let name = Span::styled(scene.lane_name(lane), theme.lane(pane.lane).add_modifier(Modifier::BOLD));
    let mut parts = vec![(0, Line::from(name))];
    if let Some(record) = record {
        let [filters, colours, rows, columns] = record.shape;
        let of = if colours == 1 { "1 colour".to_owned() } else { format!("{colours} colours") };
        parts.push((2, Line::styled(format!("{filters} filters {rows}×{columns} of {of}"), dim)));
        let shown = scene.shown_step(lane).unwrap_or(record.step);
        let older = schedule::of_step(Taken::At(record.step), shown);
        let step = older.map_or_else(|| format!("step {}", number::count(record.step.0)), |words| words.long);
        parts.push((1, Line::styled(step, theme.style(Role::Strong))));
        if !record.broken.is_empty() {
            let words = format!("{} not finite", record.broken.len());
            parts.push((1, Line::styled(words, theme.style(Role::Bad))));
        }
        let every = schedule::words(lane.run.header().config.as_ref(), Cadence::Counted);
        parts.extend(every.map(|every| (3, Line::styled(every.long, dim))));
    }
    fit(parts, pane.frame.width.saturating_sub(6))
}

/// One sentence of what is seen, with the lanes that are not.
pub(super) fn legend<'a>(scene: &Scene, theme: &Theme, layout: &Layout) -> Vec<(u8, Line<'a>)> {
    let dim = theme.style(Role::Dim);
    let records = scene.lanes().filter_map(|lane| lane.history.filters(scene.shown_step(&lane)?).cloned());
    let is_coloured = records.into_iter().any(|record| record.shape[1] == 3);
    let patches = [("-", 0.0), ("0", 0.5), ("+", 1.0)];
    let mut scale = Vec::new();
    for (sign, light) in patches {
        let patch = match theme.colours {
            Colours::True | Colours::Indexed => Span::styled("  ", Style::new().bg(theme.mixed([light; 3]))),
            _ => {
                let level = ((light * SHADES.len() as f32) as usize).min(SHADES.len() - 1);
                Span::styled(theme.glyph(SHADES[level], ASCII_SHADES[level]).repeat(2), theme.style(Role::Text))
            }
        };
        scale.extend([Span::styled(format!("{sign} "), dim), patch, Span::raw(" ")]);
    }
    let what = "what each filter of the first convolution answers to";
    let how = if is_coloured { "weights in red, green, blue" } else { "its weights" };
    let mut parts = vec![(0, Line::from(scale)), (1, Line::styled(what, dim))];
    parts.push((2, Line::styled(format!("{how}, each filter scaled to its largest"), dim)));
    parts.extend(hidden(theme, layout));
    parts
}
