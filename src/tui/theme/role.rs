//! Roles of colours. Colours are chosen by role, never by name.

use ratatui::style::{Color, Modifier};

/// The role of something on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Words and numbers.
    Text,
    /// Emphasized text.
    Strong,
    /// Secondary text: labels, units.
    Dim,
    /// Frames and axes.
    Frame,
    /// The program's name, keys.
    Accent,
    /// Everything works.
    Good,
    /// A warning.
    Warning,
    /// An error.
    Bad,
    /// One lane, everywhere.
    Lane(usize),
    /// The theory of a lane: its colour, fainter.
    Theory(usize),
    /// The cursor's cross and the labels at it.
    Cursor,
    /// At least one NaN.
    Nan,
    /// At least one ±∞, no NaN.
    Infinite,
    /// Exactly zero.
    Zero,
    /// No value in this layer.
    Absent,
}

/// The look of a role with each kind of colour.
pub(super) struct Look {
    pub(super) dark: Option<(u8, u8, u8)>,
    pub(super) light: Option<(u8, u8, u8)>,
    /// On a dark and on a light background.
    pub(super) sixteen: [Color; 2],
    pub(super) modifier: Modifier,
    pub(super) without_colour: Modifier,
    /// With 16 colours on a light background.
    pub(super) light16: Modifier,
}

const fn look(dark: (u8, u8, u8), light: (u8, u8, u8), dark16: Color, light16: Color) -> Look {
    Look {
        dark: Some(dark),
        light: Some(light),
        sixteen: [dark16, light16],
        modifier: Modifier::empty(),
        without_colour: Modifier::empty(),
        light16: Modifier::empty(),
    }
}

impl Look {
    const fn bold(self) -> Self {
        Self { modifier: Modifier::BOLD, ..self }
    }

    const fn underlined_on_white(self) -> Self {
        Self { light16: Modifier::UNDERLINED, ..self }
    }

    const fn without_colour(self, modifier: Modifier) -> Self {
        Self { without_colour: modifier, ..self }
    }
}

/// Eight lanes, distinguished by hue and by brightness; the first two, blue and orange, also for colour-blind readers.
/// Five of the 16 colours are readable on white: the others are underlined.
const LANES: [Look; 8] = [
    look((97, 175, 255), (0, 92, 184), Color::LightBlue, Color::Blue),
    look((255, 176, 92), (176, 88, 0), Color::Yellow, Color::Red),
    look((205, 147, 255), (130, 40, 190), Color::LightMagenta, Color::Magenta),
    look((102, 217, 158), (0, 120, 70), Color::LightGreen, Color::Black),
    look((255, 130, 150), (190, 30, 80), Color::LightRed, Color::DarkGray),
    look((90, 220, 230), (0, 115, 130), Color::LightCyan, Color::Blue).underlined_on_white(),
    look((232, 224, 110), (120, 105, 0), Color::LightYellow, Color::Red).underlined_on_white(),
    look((200, 205, 215), (85, 90, 100), Color::Gray, Color::Magenta).underlined_on_white(),
];

/// A typical dark and a typical light background.
const DARK: (u8, u8, u8) = (16, 18, 24);
const LIGHT: (u8, u8, u8) = (255, 255, 255);

fn lane_look(lane: usize) -> Look {
    let [first, ..] = &LANES;
    let Look { dark, light, sixteen, light16, .. } = *LANES.get(lane % LANES.len()).unwrap_or(first);
    Look { dark, light, sixteen, light16, modifier: Modifier::empty(), without_colour: Modifier::empty() }
}

/// A third of the way from a colour to the background.
const fn faint((r, g, b): (u8, u8, u8), ground: (u8, u8, u8)) -> (u8, u8, u8) {
    const fn mix(colour: u8, ground: u8) -> u8 {
        ((2 * colour as u16 + ground as u16) / 3) as u8
    }
    (mix(r, ground.0), mix(g, ground.1), mix(b, ground.2))
}

/// The terminal's own colour of text.
const OWN: Look = Look { dark: None, light: None, ..look((0, 0, 0), (0, 0, 0), Color::Reset, Color::Reset) };

impl Role {
    pub(super) fn look(self) -> Look {
        match self {
            // The terminal's own colour is right on every background.
            Self::Text => OWN,
            Self::Strong => OWN.bold(),
            Self::Dim => {
                look((136, 141, 153), (100, 104, 114), Color::Gray, Color::DarkGray).without_colour(Modifier::DIM)
            }
            Self::Frame => {
                look((78, 82, 92), (176, 180, 188), Color::DarkGray, Color::Gray).without_colour(Modifier::DIM)
            }
            Self::Accent => look((97, 175, 255), (0, 92, 184), Color::LightBlue, Color::Blue).bold(),
            Self::Good => look((115, 218, 130), (16, 124, 40), Color::LightGreen, Color::Blue).bold(),
            Self::Warning => look((245, 190, 80), (150, 92, 0), Color::LightYellow, Color::Magenta).bold(),
            Self::Bad => look((255, 95, 90), (200, 20, 20), Color::LightRed, Color::Red).bold(),
            Self::Lane(lane) => lane_look(lane),
            Self::Theory(lane) => {
                let lane = lane_look(lane);
                let (dark, light) = (lane.dark.map(|c| faint(c, DARK)), lane.light.map(|c| faint(c, LIGHT)));
                Look { dark, light, ..lane }.without_colour(Modifier::DIM)
            }
            Self::Cursor => look((255, 255, 255), (0, 0, 0), Color::White, Color::Black).bold(),
            Self::Nan => look((230, 40, 45), (215, 20, 30), Color::Red, Color::Red),
            Self::Infinite => look((255, 120, 200), (205, 40, 140), Color::LightMagenta, Color::Magenta),
            Self::Zero => look((150, 160, 180), (90, 100, 120), Color::Gray, Color::DarkGray),
            Self::Absent => {
                look((126, 131, 143), (104, 108, 118), Color::Gray, Color::DarkGray).without_colour(Modifier::DIM)
            }
        }
    }
}
