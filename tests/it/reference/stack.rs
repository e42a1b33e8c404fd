//! `stem → x ← [x +] W relu(x) + b … → head`, mean cross-entropy, and its gradient by the chain rule.

use burn::module::Param;
use burn::tensor::Tensor;
use nablatop::config::Wiring;
use nablatop::stack::Mlp;

/// x W + b; also the shape of its gradient.
#[derive(Clone)]
pub(crate) struct Affine {
    /// [in, out], row-major.
    weight: Vec<f64>,
    bias: Vec<f64>,
}

/// A stack.
pub(crate) struct Reference {
    /// Stem, blocks, head.
    layers: Vec<Affine>,
    wiring: Wiring,
}

/// What a backward pass yields.
pub(crate) struct Gradients {
    /// Mean loss.
    pub(crate) loss: f64,
    /// ∂L/∂θ of every layer.
    pub(crate) layers: Vec<Affine>,
    /// ∂L/∂x at the input of block 1 … head.
    signals: Vec<Vec<f64>>,
}

impl Affine {
    fn of(weight: &Param<Tensor<2>>, bias: Option<&Param<Tensor<1>>>) -> Self {
        Self { weight: host(weight), bias: host(bias.expect("the default has biases")) }
    }

    /// With these numbers.
    pub(crate) fn new(weight: Vec<f64>, bias: Vec<f64>) -> Self {
        Self { weight, bias }
    }

    fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// [rows, in] → [rows, out].
    fn forward(&self, x: &[f64]) -> Vec<f64> {
        let inputs = self.weight.len() / self.outputs();
        let mut output = Vec::with_capacity(x.len() / inputs * self.outputs());
        for row in x.chunks_exact(inputs) {
            let mut sums = self.bias.clone();
            for (value, weights) in row.iter().zip(self.weight.chunks_exact(self.outputs())) {
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
            }
            output.extend(sums);
        }
        output
    }

    /// From x and ∂L/∂output: ∂L/∂θ and ∂L/∂x.
    fn backward(&self, x: &[f64], delta: &[f64]) -> (Self, Vec<f64>) {
        let (inputs, outputs) = (self.weight.len() / self.outputs(), self.outputs());
        let mut gradient = Self { weight: vec![0.0; self.weight.len()], bias: vec![0.0; outputs] };
        let mut back = Vec::with_capacity(x.len());
        for (row, delta) in x.chunks_exact(inputs).zip(delta.chunks_exact(outputs)) {
            gradient.bias.iter_mut().zip(delta).for_each(|(sum, delta)| *sum += delta);
            let weights = self.weight.chunks_exact(outputs);
            for ((value, weights), sums) in row.iter().zip(weights).zip(gradient.weight.chunks_exact_mut(outputs)) {
                sums.iter_mut().zip(delta).for_each(|(sum, delta)| *sum += value * delta);
                back.push(weights.iter().zip(delta).map(|(weight, delta)| weight * delta).sum());
            }
        }
        (gradient, back)
    }

    /// Weights, then biases.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &f64> {
        self.weight.iter().chain(&self.bias)
    }
}

impl Reference {
    /// With the numbers of a model.
    pub(crate) fn of(model: &Mlp, wiring: Wiring) -> Self {
        let mut layers = vec![Affine::of(&model.stem.weight, model.stem.bias.as_ref())];
        layers.extend(model.blocks.iter().map(|block| Affine::of(&block.weight, block.bias.as_ref())));
        layers.push(Affine::of(&model.head.weight, model.head.bias.as_ref()));
        Self { layers, wiring }
    }

    /// With these numbers.
    pub(crate) fn new(layers: Vec<Affine>, wiring: Wiring) -> Self {
        Self { layers, wiring }
    }

    /// Stem, blocks, head.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &Affine> {
        self.layers.iter()
    }

    /// All numbers that are trained, in the order of [`Affine::numbers`].
    pub(crate) fn parameters(&mut self) -> impl Iterator<Item = &mut f64> {
        self.layers.iter_mut().flat_map(|layer| layer.weight.iter_mut().chain(&mut layer.bias))
    }

    /// The mean loss of a batch and its gradients.
    pub(crate) fn gradients(&self, inputs: &[f64], classes: &[usize]) -> Gradients {
        let (first, last) = (&self.layers[0], &self.layers[self.layers.len() - 1]);
        let blocks = &self.layers[1..self.layers.len() - 1];
        let mut xs = vec![first.forward(inputs)];
        for block in blocks {
            let x = &xs[xs.len() - 1];
            let branch = block.forward(&relu(x));
            xs.push(if self.is_residual() { sum(x, &branch) } else { branch });
        }
        let top = &xs[blocks.len()];
        let (loss, delta) = cross_entropy(&last.forward(top), classes);
        let (gradient, mut delta) = last.backward(top, &delta);
        let (mut layers, mut signals) = (vec![gradient], vec![delta.clone()]);
        for (block, x) in blocks.iter().zip(&xs).rev() {
            let (gradient, mut branch) = block.backward(&relu(x), &delta);
            branch.iter_mut().zip(x).filter(|(_, x)| **x <= 0.0).for_each(|(branch, _)| *branch = 0.0);
            delta = if self.is_residual() { sum(&delta, &branch) } else { branch };
            layers.push(gradient);
            signals.push(delta.clone());
        }
        layers.push(first.backward(inputs, &delta).0);
        layers.reverse();
        signals.reverse();
        Gradients { loss, layers, signals }
    }

    fn is_residual(&self) -> bool {
        self.wiring == Wiring::Residual
    }
}

impl Gradients {
    /// ‖∂L/∂x‖ of every layer, 0 for the stem.
    pub(crate) fn signals(&self) -> Vec<f64> {
        std::iter::once(0.0).chain(self.signals.iter().map(|signal| norm(signal.iter()))).collect()
    }

    /// ‖∂L/∂θ‖ of every layer.
    pub(crate) fn norms(&self) -> Vec<f64> {
        self.layers.iter().map(|layer| norm(layer.numbers())).collect()
    }

    /// ‖∂L/∂θ‖ over all layers.
    pub(crate) fn global_norm(&self) -> f64 {
        norm(self.norms().iter())
    }
}

/// Mean of −log softmax(logits)[class], and its gradient.
fn cross_entropy(logits: &[f64], classes: &[usize]) -> (f64, Vec<f64>) {
    let (rows, mut loss, mut delta) = (classes.len(), 0.0, Vec::with_capacity(logits.len()));
    for (row, class) in logits.chunks_exact(logits.len() / rows).zip(classes) {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = row.iter().map(|logit| (logit - largest).exp()).sum();
        loss += total.ln() + largest - row[*class];
        delta.extend(row.iter().enumerate().map(|(index, logit)| {
            ((logit - largest).exp() / total - f64::from(u8::from(index == *class))) / rows as f64
        }));
    }
    (loss / rows as f64, delta)
}

fn relu(x: &[f64]) -> Vec<f64> {
    x.iter().map(|value| value.max(0.0)).collect()
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn norm<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    values.map(|value| value * value).sum::<f64>().sqrt()
}

fn host<const D: usize>(parameter: &Param<Tensor<D>>) -> Vec<f64> {
    parameter.val().inner().into_data().convert::<f64>().try_into_vec().expect("floats")
}
