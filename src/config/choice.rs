//! The values that a setting can take, each read from and written as the word that the user types.

use std::fmt;
use std::str::FromStr;

use super::spelling::not_one_of;

/// An enum of plain words, with `Display`, `FromStr` and the list of its words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// The words that the user may type.
            pub const WORDS: &[&str] = &[$($word),+];
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),+ })
            }
        }

        impl FromStr for $name {
            type Err = String;
            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err(not_one_of(other, Self::WORDS)),
                }
            }
        }

        serialized_as_word!($name);
    };
}

/// Serializes a value as the word that the user types.
macro_rules! serialized_as_word {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

mod diffusion;
mod init;
mod transformer;

pub use diffusion::{LongSkips, NoiseSchedule};
pub use init::Init;
pub use transformer::{NormOrder, Positions};

words! {
    /// Family of a stack.
    Model {
        /// Chain of linear maps.
        Mlp = "mlp",
        /// Chain of 3×3 convolutions (Simonyan & Zisserman 2015).
        Vgg = "vgg",
        /// Residual nets for pictures (He et al. 2016).
        Resnet = "resnet",
        /// The same with full pre-activation (He et al. 2016, Identity Mappings).
        Preresnet = "preresnet",
        /// Gated skips (Srivastava et al. 2015).
        Highway = "highway",
        /// Concatenating skips (Huang et al. 2017).
        Dense = "dense",
        /// Decoder of characters (Vaswani et al. 2017).
        Transformer = "transformer",
        /// U-Net that finds the noise in pictures (Ho et al. 2020).
        Diffusion = "diffusion",
    }
}

words! {
    /// The pictures for which the stem and the head of a convolutional net are made.
    Form {
        /// Pictures of 32².
        Cifar = "cifar",
        /// Pictures of 224².
        Imagenet = "imagenet",
        /// Pictures of 32² with few blocks of many channels (Zagoruyko & Komodakis 2016); only residual nets have it.
        Wide = "wide",
    }
}

words! {
    /// How a block joins its branch to its input.
    Wiring {
        /// x ← F(x).
        Plain = "plain",
        /// x ← x + s·F(x).
        Residual = "residual",
        /// x ← x + α·F(x), α learned from 0.
        ReZero = "rezero",
        /// x ← x + α·F(x), α learned from 1/√D.
        SkipInit = "skipinit",
        /// x ← x + λ ⊙ F(x), λ learned per unit from a small number.
        LayerScale = "layerscale",
        /// x ← x + α·F(x), F starting at 0, with learned shifts.
        Fixup = "fixup",
        /// x ← N(κ·x + F(x)).
        DeepNorm = "deepnorm",
        /// x ← x + F(x), or x, drawn per step.
        StochasticDepth = "stochastic-depth",
        /// x ← x + F(x) with 1/√l on what block l normalizes.
        NormScaling = "norm-scaling",
        /// H ← A H + b ⊗ F(aᵀ H): n streams, their mixing learned.
        HyperConnections = "hyper-connections",
        /// The same with A doubly stochastic.
        ConstrainedHyperConnections = "constrained-hyper-connections",
    }
}

impl Wiring {
    /// Whether there is a path around the branch.
    #[must_use]
    pub fn has_skip(self) -> bool {
        self != Self::Plain
    }

    /// The default name of a lane: its wiring, shortened where it would not fit above a heatmap.
    #[must_use]
    pub(crate) fn lane_name(self) -> String {
        match self {
            Self::ConstrainedHyperConnections => "constrained-hyper".to_owned(),
            wiring => wiring.to_string(),
        }
    }

    /// The number of streams between blocks: 4 with hyper-connections, the number that their papers use.
    #[must_use]
    pub(crate) fn streams(self) -> usize {
        match self {
            Self::HyperConnections | Self::ConstrainedHyperConnections => 4,
            _ => 1,
        }
    }
}

words! {
    /// φ.
    Activation {
        /// max(x, 0).
        Relu = "relu",
        /// tanh x.
        Tanh = "tanh",
        /// 1/(1 + e⁻ˣ).
        Sigmoid = "sigmoid",
        /// x·Φ(x).
        Gelu = "gelu",
        /// max(x, 0) + 0.01·min(x, 0) (Maas et al. 2013).
        LeakyRelu = "leaky-relu",
        /// max(x, 0) + exp(min(x, 0)) − 1 (Clevert et al. 2015).
        Elu = "elu",
        /// λ·(max(x, 0) + α·(exp(min(x, 0)) − 1)): keeps mean 0 and variance 1 (Klambauer et al. 2017).
        Selu = "selu",
        /// x·σ(x) (Hendrycks & Gimpel 2016; Ramachandran et al. 2017).
        Silu = "silu",
        /// x.
        Identity = "identity",
    }
}

words! {
    /// The normalization before φ.
    Norm {
        /// No normalization.
        None = "none",
        /// Over the features of each example.
        Layer = "layer",
        /// Over the batch, per feature.
        Batch = "batch",
        /// Over groups of features or channels of each example.
        Group = "group",
        /// By the root mean square of each example's features.
        Rms = "rms",
    }
}

words! {
    /// The order of N, φ and the weights.
    Order {
        /// Before the weights: W φ(N(x)).
        Pre = "pre",
        /// After the weights: φ(N(W x)).
        Post = "post",
    }
}

words! {
    /// Whether blocks have a bias.
    Bias {
        /// W φ(x) + b.
        On = "on",
        /// W φ(x).
        Off = "off",
    }
}

words! {
    /// Update rule.
    Optimizer {
        /// Stochastic gradient descent with momentum.
        Sgd = "sgd",
        /// Kingma & Ba 2014.
        Adam = "adam",
        /// Loshchilov & Hutter 2017.
        AdamW = "adamw",
        /// Tieleman & Hinton 2012.
        RmsProp = "rmsprop",
    }
}

words! {
    /// Whether cheap activations are kept for the backward pass or recomputed.
    CheckpointActivations {
        /// Cheap activations are recomputed, which takes less memory.
        On = "on",
        /// All activations are kept.
        Off = "off",
    }
}

words! {
    /// The Burn backend that computes.
    Backend {
        /// `burn-flex`, the default.
        Flex = "flex",
        /// `burn-ndarray`.
        Ndarray = "ndarray",
    }
}

/// s in x + s·F(x).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum BranchScale {
    /// The same number at every depth.
    Constant(f64),
    /// 1/√D.
    InverseSqrtDepth,
    /// 1/D.
    InverseDepth,
}

impl BranchScale {
    /// s for a stack of `depth` blocks.
    #[must_use]
    pub fn at(self, depth: usize) -> f64 {
        match self {
            Self::Constant(scale) => scale,
            Self::InverseSqrtDepth => 1.0 / (depth as f64).sqrt(),
            Self::InverseDepth => 1.0 / depth as f64,
        }
    }
}

impl fmt::Display for BranchScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(scale) => scale.fmt(f),
            Self::InverseSqrtDepth => f.write_str("1/sqrt(depth)"),
            Self::InverseDepth => f.write_str("1/depth"),
        }
    }
}

impl FromStr for BranchScale {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "1/sqrt(depth)" => Ok(Self::InverseSqrtDepth),
            "1/depth" => Ok(Self::InverseDepth),
            number => match number.parse::<f64>() {
                Ok(scale) if scale.is_finite() => Ok(Self::Constant(scale)),
                _ => Err(format!("'{number}' is not a branch scale: write a number, 1/sqrt(depth) or 1/depth")),
            },
        }
    }
}

serialized_as_word!(BranchScale);

/// How long a run lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Length {
    /// A number of steps.
    Steps(u64),
    /// A number of passes over the training data.
    Epochs(u64),
}
