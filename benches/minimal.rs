//! The reference of the benchmarks: a plain Burn training loop that imports nothing from nablatop. It must not change.

use burn::module::{Module, Param};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::prelude::Device;
use burn::tensor::{Distribution, Int, Tensor, activation, module};

#[derive(Module, Debug)]
pub(crate) struct Layer {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

#[derive(Module, Debug)]
pub(crate) struct Net {
    stem: Layer,
    blocks: Vec<Layer>,
    head: Layer,
}

impl Layer {
    fn new(fan_in: usize, fan_out: usize, bound: f64, device: &Device) -> Self {
        let uniform = Distribution::Uniform(-bound, bound);
        let weight = Param::from_tensor(Tensor::random([fan_in, fan_out], uniform, device));
        Self { weight, bias: Param::from_tensor(Tensor::random([fan_out], uniform, device)) }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        module::linear(x, self.weight.val(), Some(self.bias.val()))
    }
}

impl Net {
    pub(crate) fn new(features: usize, width: usize, depth: usize, classes: usize, device: &Device) -> Self {
        // Small enough that nothing overflows at any depth: a comparison with NaN would not be fair.
        let blocks = (0..depth).map(|_| Layer::new(width, width, 0.01, device)).collect();
        Self { stem: Layer::new(features, width, 0.1, device), blocks, head: Layer::new(width, classes, 0.1, device) }
    }

    pub(crate) fn step(
        self,
        optimizer: &mut ModuleOptimizer,
        lr: f64,
        inputs: &Tensor<2>,
        classes: &Tensor<1, Int>,
    ) -> Self {
        let mut x = self.stem.forward(inputs.clone());
        for block in &self.blocks {
            x = x.clone() + block.forward(activation::relu(x));
        }
        let logits = activation::log_softmax(self.head.forward(x), 1);
        let loss = logits.gather(1, classes.clone().unsqueeze_dim(1)).mean().neg();
        std::hint::black_box(loss.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &self);
        optimizer.step(lr, self, gradients)
    }
}
