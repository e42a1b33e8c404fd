//! The table of quantities: each has one value per layer and measured step.
//!
//! A quantity is a pure function of a layer's raw statistics ([`LayerSample`]), which the probe reads from the model.
//! To add one, write its file in `quantity/` and its row in the table below.
//!
//! ```
//! use nablatop::quantity::{LayerSample, Moments, Quantity};
//!
//! let mut sample = LayerSample::default();
//! sample.signal = Some(Moments { sum_of_squares: 9.0, count: 4 });
//! let definition = Quantity::SignalNorm.definition();
//! assert_eq!((definition.estimate)(&sample), Some(3.0), "{}", definition.formula);
//! assert_eq!((Quantity::GradNorm.definition().estimate)(&sample), None, "no gradient was read");
//! ```

mod definition;
pub(crate) mod rows;
mod sample;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use definition::Axis;
pub(crate) use definition::Definition;
pub(crate) use sample::Share;
pub use sample::{Factors, LayerSample, Moments, StepKind};

/// One row per quantity: variant, file, in the order in which the screen cycles them.
macro_rules! quantities {
    ($($variant:ident => $file:ident),+ $(,)?) => {
        $(#[doc(hidden)] pub mod $file;)+

        /// A measured quantity; see its `Definition`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Quantity {
            $(#[doc = concat!("See `quantity/", stringify!($file), ".rs`.")] $variant),+
        }

        impl Quantity {
            /// All quantities, in the order of the screen and the trace.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Name, formula, meaning, estimator.
            #[must_use]
            pub fn definition(self) -> &'static Definition {
                match self {
                    $(Self::$variant => &$file::DEFINITION),+
                }
            }
        }
    };
}

quantities! {
    SignalRelative => signal_relative,
    SignalNorm => signal_norm,
    Gain => gain,
    GradNorm => grad_norm,
    GradRms => grad_rms,
    ActRms => act_rms,
    WeightNorm => weight_norm,
    UpdateRatio => update_ratio,
    IdentityNorm => identity_norm,
    BranchNorm => branch_norm,
    ChannelCosine => channel_cosine,
    LongSkipNorm => long_skip_norm,
    BranchRatio => branch_ratio,
    GainActivation => gain_activation,
    GainWeight => gain_weight,
    GainNorm => gain_norm,
    GainOther => gain_other,
    DeadFraction => dead_fraction,
    Saturation => saturation,
    Distance => distance,
    GradSnr => grad_snr,
    Coherence => coherence,
    Shatter => shatter,
    StableRank => stable_rank,
}

/// The first quantity of the heatmaps: it distinguishes a dying stack from one that has converged.
impl Default for Quantity {
    fn default() -> Self {
        Self::SignalRelative
    }
}

impl Quantity {
    /// Whether it is the signal, absolute or relative to the head's: the line is fitted to its fall over the depth.
    #[must_use]
    pub fn is_signal(self) -> bool {
        matches!(self, Self::SignalNorm | Self::SignalRelative)
    }

    /// Whether it is a factor, for which 1 means no change: its colours diverge from 1.
    #[must_use]
    pub fn is_factor(self) -> bool {
        matches!(self, Self::Gain | Self::GainActivation | Self::GainWeight | Self::GainNorm | Self::GainOther)
    }

    /// Name in code, trace and export.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// The quantity of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|quantity| quantity.name() == name)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| de::Error::custom(format!("unknown quantity '{name}'")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for &quantity in Quantity::ALL {
            assert_eq!(Quantity::named(quantity.name()), Some(quantity));
        }
    }
}
