//! The published parameter counts of the architectures, and that each of them learns.

use burn::module::Module;
use burn::prelude::Device;
use burn::tensor::{Tensor, TensorData};
use nablatop::backend::device;
use nablatop::config::{Backend, BranchScale, FamilySettings, Form, Init, LaneConfig, Model, Norm, Wiring};
use nablatop::data::Shape;
use nablatop::layer::LayerTable;
use nablatop::probe::{ParameterMap, Taps};
use nablatop::stack::residual_connection::BlockMode;
use nablatop::stack::{ConvNet, Pass, Stack, Task, preresnet, resnet, vgg};
use nablatop::units::LayerId;

const IMAGENET: Task = Task { shape: Shape { channels: 3, height: 224, width: 224 }, classes: 1000 };
const CIFAR: Task = Task { shape: Shape { channels: 3, height: 32, width: 32 }, classes: 10 };
const SMALL: Task = Task { shape: Shape { channels: 1, height: 16, width: 16 }, classes: 3 };

fn build(lane: &LaneConfig, task: Task, device: &Device) -> ConvNet {
    let build = match lane.model() {
        Model::Vgg => vgg,
        Model::Resnet => resnet,
        _ => preresnet,
    };
    build(lane, task, 1, device)
}

/// The layers with their parameters; nothing is drawn and no memory taken.
fn table(lane: &LaneConfig, task: Task) -> LayerTable {
    let model = build(lane, task, &device(Backend::Flex).autodiff());
    ParameterMap::new(&model, &model.layers()).table().clone()
}

fn parameters(lane: &LaneConfig, task: Task) -> u64 {
    table(lane, task).layers.iter().map(nablatop::layer::Layer::parameter_count).sum()
}

fn lane(model: Model, form: Form, depth: usize, width: usize) -> LaneConfig {
    let family = match model {
        Model::Vgg => FamilySettings::Vgg { form },
        Model::Resnet => FamilySettings::Resnet { form },
        other => other.into(),
    };
    LaneConfig { family, depth, width, ..LaneConfig::of(model, Wiring::Residual) }
}

#[test]
fn parameter_counts_are_the_published_ones() {
    let imagenet = [(18, 11.69), (34, 21.80), (50, 25.56), (101, 44.55), (152, 60.19)];
    for (depth, millions) in imagenet {
        let found = parameters(&lane(Model::Resnet, Form::Imagenet, depth, 64), IMAGENET) as f64 / 1e6;
        assert!((found - millions).abs() < 0.005, "resnet {depth}: {found} M");
    }
    for (depth, millions) in [(16, 138.36), (19, 143.67)] {
        let vgg = LaneConfig { wiring: Wiring::Plain, norm: Norm::None, ..lane(Model::Vgg, Form::Imagenet, depth, 64) };
        let found = parameters(&vgg, IMAGENET) as f64 / 1e6;
        assert!((found - millions).abs() < 0.005, "vgg {depth}: {found} M");
    }
    // WRN-16-8 and WRN-28-10.
    for (depth, factor, millions) in [(16, 8, 10.96), (28, 10, 36.48)] {
        let found = parameters(&lane(Model::Resnet, Form::Wide, depth, 16 * factor), CIFAR) as f64 / 1e6;
        assert!((found - millions).abs() < 0.005, "wide {depth}-{factor}: {found} M");
    }
    for (depth, count) in [(20, 269_722), (56, 853_018), (110, 1_727_962), (1202, 19_421_274)] {
        assert_eq!(parameters(&lane(Model::Resnet, Form::Cifar, depth, 16), CIFAR), count, "resnet {depth}");
    }
}

#[test]
fn floating_point_operations_are_the_published_ones() {
    // Multiplications with additions, as the papers count them: 15.3 and 19.6 thousand millions for VGG-16 and -19, 3.6
    // and 11.3 for ResNet-34 and -152 (3.8 for -50 with the stride in its first 1×1; 4.1 with it in the 3×3).
    let giga = |model, depth, wiring| {
        let lane = LaneConfig { wiring, ..lane(model, Form::Imagenet, depth, 64) };
        table(&lane, IMAGENET).layers.iter().filter_map(|layer| layer.flops).sum::<u64>() as f64 / 2e9
    };
    for (model, depth, wiring, published, tolerance) in [
        (Model::Vgg, 16, Wiring::Plain, 15.5, 0.05),
        (Model::Vgg, 19, Wiring::Plain, 19.6, 0.05),
        (Model::Resnet, 34, Wiring::Residual, 3.67, 0.05),
        (Model::Resnet, 50, Wiring::Residual, 4.1, 0.05),
        (Model::Resnet, 152, Wiring::Residual, 11.5, 0.1),
    ] {
        let found = giga(model, depth, wiring);
        assert!((found - published).abs() < tolerance, "{model} {depth}: {found}");
    }
}

fn pictures(device: &Device) -> Tensor<2> {
    let numbers = SMALL.shape.numbers();
    let values: Vec<f32> = (0..4 * numbers).map(|index| (index as f32 * 0.37).sin()).collect();
    Tensor::from_data(TensorData::new(values, [4, numbers]), device)
}

#[test]
fn a_block_of_branch_scale_zero_is_the_identity_bit_for_bit() {
    let device = device(Backend::Flex);
    let off = Taps::off();
    for model in [Model::Resnet, Model::Preresnet] {
        let depth = if model == Model::Resnet { 20 } else { 29 };
        let lane = LaneConfig { branch_scale: BranchScale::Constant(0.0), ..lane(model, Form::Cifar, depth, 2) };
        let net = build(&lane, SMALL, &device);
        // The second block keeps its shape; what comes out of the first has no negative numbers in a resnet.
        let x = net.stem.forward(pictures(&device).reshape([4, 1, 16, 16]), Pass::of(&off));
        let x = net.blocks[0].forward(x, Pass::of(&off), LayerId(1), BlockMode::Kept);
        let y = net.blocks[1].forward(x.clone(), Pass::of(&off), LayerId(2), BlockMode::Kept);
        assert_eq!(x.into_data(), y.into_data(), "{model}");
    }
}

#[test]
fn batch_normalization_goes_by_the_batch_in_training_and_by_its_running_statistics_in_evaluation() {
    let device = device(Backend::Flex).autodiff();
    let net = build(&lane(Model::Resnet, Form::Cifar, 8, 2), SMALL, &device);
    let (x, off) = (pictures(&device), Taps::off());
    let alone = |net: &ConvNet, x: Tensor<2>| net.forward(x.narrow(0, 0, 1), Pass::of(&off)).into_data();
    let first = |net: &ConvNet, x: Tensor<2>| net.forward(x, Pass::of(&off)).narrow(0, 0, 1).into_data();
    assert_ne!(alone(&net, x.clone()), first(&net, x.clone()), "in training an example depends on its batch");
    let net = net.valid();
    let x = x.inner();
    let (alone, first) = (alone(&net, x.clone()), first(&net, x));
    alone.assert_approx_eq::<f32>(&first, burn::tensor::Tolerance::relative(1e-5));
}

#[test]
fn every_depth_has_the_blocks_and_shapes_that_its_family_promises() {
    for (model, form, depth, blocks) in [
        (Model::Vgg, Form::Cifar, 11, 7),
        (Model::Vgg, Form::Cifar, 22, 18),
        (Model::Resnet, Form::Cifar, 20, 9),
        (Model::Resnet, Form::Imagenet, 18, 8),
        (Model::Resnet, Form::Imagenet, 50, 16),
        (Model::Preresnet, Form::Cifar, 164, 54),
    ] {
        for wiring in [Wiring::Plain, Wiring::Residual] {
            let lane = LaneConfig { wiring, ..lane(model, form, depth, 2) };
            let device = device(Backend::Flex);
            let net = build(&lane, CIFAR, &device);
            assert_eq!((net.blocks.len(), lane.blocks()), (blocks, blocks), "{model} {depth}");
            let x = Tensor::zeros([2, 3 * 32 * 32], &device);
            assert_eq!(net.forward(x, Pass::of(&Taps::off())).dims(), [2, 10], "{model} {depth}");
        }
    }
}

#[test]
fn delta_orthogonal_kernels_keep_the_norm_of_what_they_see() {
    let lane = LaneConfig { init: Init::DeltaOrthogonal(1.0), ..lane(Model::Resnet, Form::Cifar, 8, 8) };
    let device = device(Backend::Flex);
    let net = build(&lane, SMALL, &device);
    let values: Vec<f32> = (0..2 * 8 * 6 * 6).map(|index| (index as f32 * 0.37).sin()).collect();
    let x = Tensor::<4>::from_data(TensorData::new(values, [2, 8, 6, 6]), &device);
    let y = net.blocks[0].steps[1].convolution.forward(x.clone());
    let norm = |x: Tensor<4>| x.square().sum().sqrt().into_scalar::<f32>();
    assert!((norm(y) / norm(x) - 1.0).abs() < 1e-5);
}
