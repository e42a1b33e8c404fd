//! Distributions of the initial weights, some with a number behind a colon.

use std::fmt;
use std::str::FromStr;

use crate::config::spelling::not_one_of;

/// Distribution of the initial weights; biases are U(±1/√fan_in) for `default` and 0 otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Init {
    /// U(±1/√fan_in), the frameworks' default.
    Default,
    /// N(0, 2/fan_in).
    Kaiming,
    /// N(0, 2/(fan_in + fan_out)).
    Xavier,
    /// gain × a random orthogonal matrix.
    Orthogonal(f64),
    /// The same at the centre of a convolution's kernel, 0 around it.
    DeltaOrthogonal(f64),
    /// Orthogonal, scaled layer by layer until the output of each has variance 1 (Mishkin & Matas 2015).
    Lsuv,
    /// Kaiming, scaled down with depth: the last weight of every branch and the head are 0 (Zhang et al. 2019).
    Fixup,
    /// N(0, std²).
    Normal(f64),
}

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Kaiming => f.write_str("kaiming"),
            Self::Xavier => f.write_str("xavier"),
            Self::Orthogonal(gain) if *gain == 1.0 => f.write_str("orthogonal"),
            Self::Orthogonal(gain) => write!(f, "orthogonal:{gain}"),
            Self::DeltaOrthogonal(gain) if *gain == 1.0 => f.write_str("delta-orthogonal"),
            Self::DeltaOrthogonal(gain) => write!(f, "delta-orthogonal:{gain}"),
            Self::Lsuv => f.write_str("lsuv"),
            Self::Fixup => f.write_str("fixup"),
            Self::Normal(std) => write!(f, "normal:{std}"),
        }
    }
}

impl FromStr for Init {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        const WORDS: &[&str] = &[
            "default",
            "kaiming",
            "xavier",
            "orthogonal",
            "orthogonal:GAIN",
            "delta-orthogonal",
            "delta-orthogonal:GAIN",
            "lsuv",
            "fixup",
            "normal:STD",
        ];
        match word.split_once(':') {
            None if word == "default" => Ok(Self::Default),
            None if word == "kaiming" => Ok(Self::Kaiming),
            None if word == "xavier" => Ok(Self::Xavier),
            None if word == "orthogonal" => Ok(Self::Orthogonal(1.0)),
            None if word == "lsuv" => Ok(Self::Lsuv),
            None if word == "fixup" => Ok(Self::Fixup),
            None if word == "delta-orthogonal" => Ok(Self::DeltaOrthogonal(1.0)),
            Some(("delta-orthogonal", gain)) => positive(gain).map(Self::DeltaOrthogonal),
            Some(("orthogonal", gain)) => positive(gain).map(Self::Orthogonal),
            Some(("normal", std)) => positive(std).map(Self::Normal),
            _ => Err(not_one_of(word, WORDS)),
        }
    }
}

serialized_as_word!(Init);

fn positive(number: &str) -> Result<f64, String> {
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err(format!("'{number}' is not a number above 0: write e.g. 1")),
    }
}
