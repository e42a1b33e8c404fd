//! How a value leaves the graph: taps in the forward pass for activations and signals, visits of the module for
//! parameters, gradients and updates.
//!
//! ```text
//! x_l ──tap l──► block l ──► x_{l+1}     forward:  ‖x_l‖² is read, x_l passes on untouched
//!     ◄── δ_l ──         ◄── δ_{l+1}     backward: ‖δ_l‖² is read, δ_l passes on untouched
//! ```
//!
//! Observing never changes a run: a tap passes on the very tensor that it received.
//!
//! One step of a linear map, observed:
//!
//! ```
//! use burn::module::{Module, Param};
//! use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
//! use burn::prelude::Device;
//! use burn::tensor::Tensor;
//! use nablatop::layer::{Layer, LayerKind};
//! use nablatop::probe::{Observer, ProbedOptimizer, Scope};
//! use nablatop::quantity::Quantity;
//! use nablatop::units::LayerId;
//!
//! #[derive(Module, Debug)]
//! struct Net {
//!     head: Param<Tensor<2>>,
//! }
//!
//! let device = Device::flex().autodiff();
//! let mut net = Net { head: Param::from_tensor(Tensor::ones([2, 1], &device)) };
//! let mut observer = Observer::new(&net, &[Layer::new("head", LayerKind::Head)], &device);
//! let mut optimizer: ModuleOptimizer = ProbedOptimizer::new(SgdConfig::new().build(), observer.probe()).into();
//!
//! let mut step = observer.begin(Scope::Layers);
//! let x = Tensor::<2>::from_floats([[3.0, 4.0]], &device);
//! let loss = step.taps().input(LayerId(0), x).matmul(net.head.val()).sum();
//! let gradients = GradientsParams::from_grads(loss.backward(), &net);
//! step.gradients(&observer, &net, &gradients);
//! net = optimizer.step(0.1, net, gradients);
//! let observation = observer.finish(step, &net);
//!
//! assert_eq!(observation.global_grad_norm, Some(5.0));
//! let update_ratio = Quantity::UpdateRatio.definition().estimate;
//! assert!(update_ratio(&observation.samples[0]).is_some_and(|ratio| (ratio - 0.5 / 2.0_f64.sqrt()).abs() < 1e-6));
//! ```

mod cost;
mod counting;
mod dead_units;
pub(crate) mod dispatch;
mod filters;
mod gather;
pub(crate) mod memory;
mod moments;
mod observation;
mod observer;
mod optimizer;
mod overhead;
mod parameters;
mod previous;
pub(crate) mod reading;
mod reduction;
pub(crate) mod tap;

pub use cost::Cost;
pub use counting::count;
pub use dead_units::DeadUnits;
pub use filters::Filters;
pub use gather::Matrix;
pub use observation::{CostlyStatistics, Observation, evaluate};
pub use observer::{ObservedStep, Observer, Scope};
pub use optimizer::{OptimizerProbe, ProbedOptimizer};
pub use parameters::{ParameterMap, Snapshot};
pub use reading::LayerReading;
pub use tap::{Readings, Taps, joint};
