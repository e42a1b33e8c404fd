//! The tap: an identity operation in the graph that reads the passing tensor, forward and backward.
//!
//! It moves its tensor on (no copy, no addition, no extra leaf); it costs one pass over the memory in each direction
//! and about 4 µs of Burn's bookkeeping. It works on flex and ndarray; on other backends nothing is tapped and the
//! quantities that need it are absent.
//!
//! The backward half runs while Burn holds its graph lock: it reads memory and stores two numbers, nothing else.

use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use burn::backend::Autodiff;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::retro_forward::RetroForward;
use burn::backend::autodiff::checkpoint::state::BackwardStates;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::tensor::Tensor;

use super::cost::Cost;
use super::dispatch::on_known_backend;
use super::memory::{Primitive, Readable};
use super::reading::{Channel, LayerReading};
use crate::config::Activation;
use crate::quantity::StepKind;
use crate::units::LayerId;

/// The taps of one forward and backward pass of one lane; clones share what was read.
#[derive(Clone, Debug)]
pub struct Taps {
    board: Option<Arc<Mutex<TapReadings>>>,
}

/// What the taps read.
#[derive(Debug, Default)]
struct TapReadings {
    layers: Vec<LayerReading>,
    cost: Cost,
}

/// The readings of all taps of one pass.
#[derive(Debug, Default)]
pub struct Readings {
    /// One entry per layer.
    pub layers: Vec<LayerReading>,
    /// What reading cost.
    pub(crate) cost: Cost,
}

impl Taps {
    /// Taps that read nothing.
    #[must_use]
    pub fn off() -> Self {
        Self { board: None }
    }

    /// Taps for a stack of this many layers, stem and head included.
    #[must_use]
    pub fn on(layers: usize) -> Self {
        let layers = std::iter::repeat_with(LayerReading::default).take(layers).collect();
        Self { board: Some(Arc::new(Mutex::new(TapReadings { layers, cost: Cost::default() }))) }
    }

    /// The same, and every δ_l is kept element by element.
    #[must_use]
    pub(crate) fn keeping(layers: usize) -> Self {
        let layers = std::iter::repeat_with(LayerReading::keeping).take(layers).collect();
        Self { board: Some(Arc::new(Mutex::new(TapReadings { layers, cost: Cost::default() }))) }
    }

    /// Reads the input of `layer` as it passes, and its gradient δ_l on the way back.
    ///
    /// This and all other taps return the tensor unchanged; it can have any shape, usually [B, …].
    #[must_use]
    pub fn input<const D: usize>(&self, layer: LayerId, tensor: Tensor<D>) -> Tensor<D> {
        self.pass(layer, BackwardReading::Input, tensor)
    }

    /// Reads the signal behind one op of the layer's branch; it is placed at the op's input.
    #[must_use]
    pub fn step<const D: usize>(&self, layer: LayerId, kind: StepKind, tensor: Tensor<D>) -> Tensor<D> {
        self.pass(layer, BackwardReading::Step(kind), tensor)
    }

    /// The same for an op with several input tensors, such as queries, keys and values: the signals behind them count
    /// as one.
    #[must_use]
    pub fn beside<const D: usize>(&self, layer: LayerId, kind: StepKind, tensor: Tensor<D>) -> Tensor<D> {
        self.pass(layer, BackwardReading::Beside(kind), tensor)
    }

    /// Reads the signal through the skip connection; it is placed at the connection's beginning.
    #[must_use]
    pub fn skip<const D: usize>(&self, layer: LayerId, tensor: Tensor<D>) -> Tensor<D> {
        self.pass(layer, BackwardReading::Channel(Channel::Identity), tensor)
    }

    /// Compares the signal through the branch with that through the skip connection; it is placed at the branch's
    /// beginning, before the taps of its ops.
    ///
    /// It is a [`joint`] of the graph even when the taps are off.
    #[must_use]
    pub fn branch<const D: usize>(&self, layer: LayerId, tensor: Tensor<D>) -> Tensor<D> {
        insert(self.tap(layer).map(|tap| (tap, BackwardReading::Channel(Channel::Branch))), tensor)
    }

    /// Reads the signal through a long skip connection, around the block and its neighbours; it is placed at the
    /// connection's beginning, after the tap of the input.
    ///
    /// It is a [`joint`] of the graph even when the taps are off.
    #[must_use]
    pub fn long_skip<const D: usize>(&self, layer: LayerId, tensor: Tensor<D>) -> Tensor<D> {
        insert(self.tap(layer).map(|tap| (tap, BackwardReading::LongSkip)), tensor)
    }

    /// Records that stochastic depth skips the block in this pass, so that only its identity is computed.
    pub fn left_out(&self, layer: LayerId) {
        let Some(tap) = self.tap(layer) else { return };
        tap.look(|reading| reading.is_left_out = true);
    }

    /// Reads s·F(x).
    pub fn branch_output<const D: usize>(&self, layer: LayerId, tensor: &Tensor<D>) {
        let Some(tap) = self.tap(layer) else { return };
        on_known_backend!(tensor, |tensor: B, _C| tap.look(|reading| reading.branch::<B>(tensor.primitive())));
    }

    /// Reads φ(x), shape [B, units] or [B, T, units], or [B, channels, H, W], where a channel is a unit.
    pub fn hidden<const D: usize>(&self, layer: LayerId, activation: Activation, tensor: &Tensor<D>) {
        let Some(tap) = self.tap(layer) else { return };
        on_known_backend!(tensor, |tensor: B, _C| tap
            .look(|reading| reading.hidden::<B>(activation, tensor.primitive())));
    }

    fn pass<const D: usize>(&self, layer: LayerId, way: BackwardReading, tensor: Tensor<D>) -> Tensor<D> {
        match self.tap(layer) {
            Some(tap) => insert(Some((tap, way)), tensor),
            None => tensor,
        }
    }

    /// The tap of a layer, for an operation that reads its own tensors; `None` if the taps are off.
    pub(crate) fn tap(&self, layer: LayerId) -> Option<Tap> {
        Some(Tap { layer: layer.index(), board: Arc::clone(self.board.as_ref()?) })
    }

    /// Returns what was read; empty if the taps are off.
    #[must_use]
    pub fn take(self) -> Readings {
        let Some(board) = self.board else { return Readings::default() };
        let mut board = board.lock().unwrap_or_else(PoisonError::into_inner);
        Readings { layers: std::mem::take(&mut board.layers), cost: board.cost }
    }
}

/// What a tap that is an operation of its own reads in the backward pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BackwardReading {
    /// δ_l; in the forward pass x_l.
    Input,
    Step(StepKind),
    Beside(StepKind),
    Channel(Channel),
    LongSkip,
}

/// One tap with the place where its readings are stored.
#[derive(Clone, Debug)]
pub(crate) struct Tap {
    layer: usize,
    board: Arc<Mutex<TapReadings>>,
}

/// The same tensor after an operation of its own: the gradients of all its uses are added here before they meet other
/// gradients. A tap on one of several paths then leaves the rounding unchanged.
#[must_use]
pub fn joint<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    insert(None, tensor)
}

/// A tap, and what it reads in the backward pass.
type Reader = (Tap, BackwardReading);

/// The tensor after an operation that passes it on and lets a tap read it.
fn insert<const D: usize>(reader: Option<Reader>, tensor: Tensor<D>) -> Tensor<D> {
    on_known_backend!(tensor, |primitive: B, C| {
        drop(tensor);
        Tensor::from_primitive::<Autodiff<B, C>>(operation::<B, C>(reader, primitive))
    });
    tensor
}

fn operation<B: Readable, C: CheckpointStrategy>(
    reader: Option<Reader>,
    tensor: Primitive<Autodiff<B>>,
) -> Primitive<Autodiff<B>> {
    if let Some((tap, way)) = &reader {
        if *way == BackwardReading::Input {
            tap.look(|reading| reading.input::<B>(tensor.primitive()));
        }
        tap.board.lock().unwrap_or_else(PoisonError::into_inner).cost.insert();
    }
    let again = RecomputedForward::<B> { input: tensor.id(), backend: PhantomData };
    let prepared = Backward::<B, 1>::prepare::<C>(TapBackward, [tensor.node()]);
    let kind = prepared.memory_bound().retro_forward(again).parents([&tensor]).stateful();
    let primitive = tensor.into_primitive();
    match kind {
        OpsKind::Tracked(prepared) => prepared.finish(reader, primitive),
        OpsKind::UnTracked(prepared) => prepared.finish(primitive),
    }
}

impl Tap {
    /// Lets `work` read tensors of the layer.
    pub(crate) fn look(&self, work: impl FnOnce(&mut LayerReading)) {
        let start = Instant::now();
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reading) = board.layers.get_mut(self.layer) {
            work(reading);
        }
        board.cost.add(start.elapsed());
    }
}

/// The forward half where activations are recomputed: its input is its output.
#[derive(Debug)]
struct RecomputedForward<B> {
    input: NodeId,
    backend: PhantomData<B>,
}

impl<B: Readable> RetroForward for RecomputedForward<B> {
    fn forward(&self, states: &mut BackwardStates, output: NodeId) {
        let passed = states.get_state::<Primitive<B>>(&self.input);
        states.save(output, passed);
    }
}

/// The backward half.
#[derive(Debug)]
struct TapBackward;

impl<B: Readable> Backward<B, 1> for TapBackward {
    type State = Option<Reader>;

    fn backward(self, ops: Ops<Option<Reader>, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        if let Some((tap, way)) = ops.state {
            tap.look(|reading| match way {
                BackwardReading::Input => reading.signal::<B>(&gradient),
                BackwardReading::Step(kind) => reading.step::<B>(kind, &gradient),
                BackwardReading::Beside(kind) => reading.beside::<B>(kind, &gradient),
                BackwardReading::Channel(channel) => reading.channel::<B>(channel, &gradient),
                BackwardReading::LongSkip => reading.long_skip::<B>(&gradient),
            });
        }
        let [parent] = ops.parents;
        if let Some(parent) = parent {
            grads.register::<B>(parent.id, gradient);
        }
    }
}
