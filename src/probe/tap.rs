//! The tap: an identity operation in the graph that reads what passes, forward and backward.
//!
//! It moves its tensor on (no copy, no addition, no extra leaf); one pass over the memory each way is all it costs
//! beside Burn's bookkeeping of about 4 µs. Works on flex and ndarray; elsewhere nothing is tapped and the quantities
//! that need it are absent.
//!
//! The backward half runs while Burn holds its graph lock: it reads memory and stores two numbers, nothing else.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

#[allow(deprecated)] // ndarray is offered although Burn deprecates it
use burn::backend::NdArray;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::{Autodiff, Flex, TensorMetadata};
use burn::tensor::Tensor;

use super::cost::Cost;
use super::memory::{Primitive, Readable};
use super::moments::sum_of_squares;
use crate::quantity::Moments;
use crate::units::LayerId;

/// The taps of one forward and backward pass of one lane; clones share what was read.
#[derive(Clone, Debug)]
pub struct Taps {
    board: Option<Arc<Mutex<Board>>>,
}

/// What the taps read.
#[derive(Debug, Default)]
struct Board {
    inputs: Vec<Option<Moments>>,
    signals: Vec<Option<Moments>>,
    gradients: Vec<Option<Moments>>,
    cost: Cost,
}

/// What the taps of one pass read, one entry per layer.
#[derive(Debug, Default)]
pub struct Readings {
    /// x_l.
    pub inputs: Vec<Option<Moments>>,
    /// δ_l.
    pub signals: Vec<Option<Moments>>,
    /// Gradients of the parameters of layers that are one operation; `None` for the others.
    pub gradients: Vec<Option<Moments>>,
    /// What reading cost.
    pub cost: Cost,
}

impl Taps {
    /// Taps that let everything pass unread.
    #[must_use]
    pub fn off() -> Self {
        Self { board: None }
    }

    /// Taps for a stack of this many layers, stem and head included.
    #[must_use]
    pub fn on(layers: usize) -> Self {
        let nothing = vec![None; layers];
        let board = Board { inputs: nothing.clone(), signals: nothing.clone(), gradients: nothing, ..Board::default() };
        Self { board: Some(Arc::new(Mutex::new(board))) }
    }

    /// Reads the input of `layer` as it passes, and on the way back its gradient. The tensor is handed on unchanged.
    ///
    /// # Shapes
    /// Any, usually [B, …].
    #[must_use]
    #[allow(deprecated)] // ndarray, see above
    pub fn input<const D: usize>(&self, layer: LayerId, tensor: Tensor<D>) -> Tensor<D> {
        let Some(tap) = self.tap(layer) else { return tensor };
        if let Ok(primitive) = tensor.clone().try_into_primitive::<Autodiff<Flex>>() {
            drop(tensor);
            return Tensor::from_primitive::<Autodiff<Flex>>(tap.insert::<Flex>(primitive));
        }
        match tensor.clone().try_into_primitive::<Autodiff<NdArray>>() {
            Ok(primitive) => {
                drop(tensor);
                Tensor::from_primitive::<Autodiff<NdArray>>(tap.insert::<NdArray>(primitive))
            }
            Err(_) => tensor,
        }
    }

    /// The tap of a layer, for an operation that reads within itself; `None` when the taps are off.
    pub(crate) fn tap(&self, layer: LayerId) -> Option<Tap> {
        Some(Tap { layer: layer.index(), board: Arc::clone(self.board.as_ref()?) })
    }

    /// Takes what was read; empty when the taps are off.
    #[must_use]
    pub fn take(self) -> Readings {
        let Some(board) = self.board else { return Readings::default() };
        let mut board = board.lock().unwrap_or_else(PoisonError::into_inner);
        Readings {
            inputs: std::mem::take(&mut board.inputs),
            signals: std::mem::take(&mut board.signals),
            gradients: std::mem::take(&mut board.gradients),
            cost: board.cost,
        }
    }
}

/// One tap: where its readings go.
#[derive(Clone, Debug)]
pub(crate) struct Tap {
    layer: usize,
    board: Arc<Mutex<Board>>,
}

impl Tap {
    fn insert<B: Readable>(self, tensor: Primitive<Autodiff<B>>) -> Primitive<Autodiff<B>> {
        let (primitive, guard) = tensor.into_parts();
        self.read_input::<B>(&primitive);
        self.board.lock().unwrap_or_else(PoisonError::into_inner).cost.insert();
        match Backward::<B, 1>::prepare::<NoCheckpointing>(PassOn, [guard]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(self, primitive),
            OpsKind::UnTracked(prepared) => prepared.finish(primitive),
        }
    }

    /// Reads the layer's input.
    pub(crate) fn read_input<B: Readable>(&self, tensor: &Primitive<B>) {
        self.read::<B>(tensor, |board| &mut board.inputs);
    }

    /// Reads the gradient at the layer's input.
    pub(crate) fn read_signal<B: Readable>(&self, tensor: &Primitive<B>) {
        self.read::<B>(tensor, |board| &mut board.signals);
    }

    /// Reads the gradient of one of the layer's parameters; those of one layer add up.
    pub(crate) fn read_gradient<B: Readable>(&self, tensor: &Primitive<B>) {
        self.read::<B>(tensor, |board| &mut board.gradients);
    }

    /// Adds a tensor's statistics to those of the layer.
    fn read<B: Readable>(&self, tensor: &Primitive<B>, slots: impl FnOnce(&mut Board) -> &mut Vec<Option<Moments>>) {
        let start = Instant::now();
        let moments = B::lend(tensor, |floats| Moments {
            sum_of_squares: sum_of_squares(&floats),
            count: tensor.shape().num_elements() as u64,
        });
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(slot), Some(moments)) = (slots(&mut board).get_mut(self.layer), moments) {
            *slot = Some(slot.map_or(moments, |so_far| so_far.and(moments)));
        }
        board.cost.add(start.elapsed());
    }
}

/// The backward half.
#[derive(Debug)]
struct PassOn;

impl<B: Readable> Backward<B, 1> for PassOn {
    type State = Tap;

    fn backward(self, ops: Ops<Tap, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        ops.state.read_signal::<B>(&gradient);
        let [parent] = ops.parents;
        if let Some(parent) = parent {
            grads.register::<B>(parent.id, gradient);
        }
    }
}
