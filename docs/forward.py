"""Recomputes the loss of a dumped step in NumPy: a forward pass of each family, in f64, without any code of nablatop.

    nablatop run --headless --log run --model resnet --depth 8 --steps 3 --dump 3:step.safetensors
    python3 forward.py step.safetensors LANE

It covers these forms: mlp, highway and vgg without normalization; resnet (cifar, post-activation), preresnet and dense with
batch normalization; transformer (layer normalization before its sub-layers, learned positions); diffusion (group
normalization). Activations are relu and gelu. Lanes are residual with branch scale 1, except that vgg is plain; mlp may also
have hyper-connections.
"""
import json
import math
import sys

import numpy as np

if len(sys.argv) != 3:
    sys.exit(f"usage: {sys.argv[0]} STEP.safetensors LANE")
raw, lane = open(sys.argv[1], "rb").read(), sys.argv[2]
start = 8 + int.from_bytes(raw[:8], "little")
header = json.loads(raw[8:start])
about = json.loads(header["__metadata__"]["nablatop"])
lanes = {settings["name"]: settings for settings in about["lanes"]}
if lane not in lanes:
    sys.exit(f"no lane {lane}: it is one of {', '.join(lanes)}")
settings = lanes[lane]


def not_covered():
    """A sentence on the first setting of the lane that these equations do not cover, or None."""
    model = settings["model"]
    wanted = {"wiring": "plain" if model == "vgg" else "residual", "branch_scale": "1"}
    wanted |= {"norm": {"mlp": "none", "highway": "none", "vgg": "none", "transformer": "layer", "diffusion": "group"}.get(model, "batch")}
    wanted |= {"mlp": {"order": "pre"}, "resnet": {"form": "cifar"}, "vgg": {"form": "cifar", "depth": 11}}.get(model, {})
    wanted |= {"transformer": {"norm_order": "pre", "positions": "learned"}, "diffusion": {"long_skips": "on"}}.get(model, {})
    if model == "mlp" and settings["wiring"] == "hyper-connections":
        wanted["wiring"] = "hyper-connections"
    for key, value in wanted.items():
        if str(settings[key]) != str(value):
            return f"lane {lane} has {key} {settings[key]}, which is not covered: use {model} with {key} {value}"
    if settings["activation"] not in ("relu", "gelu"):
        return f"activation {settings['activation']} is not covered: use relu or gelu"


def tensor(name):
    (a, b), kind = header[name]["data_offsets"], {"F32": "<f4", "I64": "<i8"}[header[name]["dtype"]]
    values = np.frombuffer(raw[start + a:start + b], kind).reshape(header[name]["shape"])
    return values.astype("f8" if kind == "<f4" else "i8")


def has(path):
    return f"{lane}/param/{path}" in header


def param(path):
    return tensor(f"{lane}/param/{path}")


def count(prefix):
    """Number of entries in a list of modules, such as blocks."""
    starts = [name.split("/param/")[1] for name in header if name.startswith(f"{lane}/param/{prefix}.")]
    return 1 + max(int(name[len(prefix) + 1:].split(".")[0]) for name in starts)


def relu(x):
    return np.maximum(x, 0)


def gelu(x):
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


if not_covered():
    sys.exit(not_covered())
phi = {"relu": relu, "gelu": gelu}[settings["activation"]]


def affine(path, x):
    y = x @ param(f"{path}.weight")
    return y + param(f"{path}.bias") if has(f"{path}.bias") else y


def convolve(path, x, stride=1):
    """[B, in, H, W] -> [B, out, H / stride, W / stride], padded with zeros."""
    w = param(f"{path}.weight")
    k, margin = w.shape[2], w.shape[2] // 2
    x = np.pad(x, ((0, 0), (0, 0), (margin, margin), (margin, margin)))
    rows, columns = (x.shape[2] - k) // stride + 1, (x.shape[3] - k) // stride + 1
    y = np.zeros((x.shape[0], w.shape[0], rows, columns))
    for i in range(k):
        for j in range(k):
            shifted = x[:, :, i:i + stride * (rows - 1) + 1:stride, j:j + stride * (columns - 1) + 1:stride]
            y += np.einsum("bchw,oc->bohw", shifted, w[:, :, i, j])
    return y + param(f"{path}.bias")[:, None, None] if has(f"{path}.bias") else y


def normalize(path, x):
    """Normalizes as in training: batch normalization uses the mean and variance of the batch itself."""
    if has(f"{path}.Batch.gamma"):
        path, axes, shape = f"{path}.Batch", (0, 2, 3), (-1, 1, 1)
    elif has(f"{path}.Group.gamma"):
        path, shape = f"{path}.Group", (-1, 1, 1)
        channels = x.shape[1]
        power = channels & -channels
        groups = max(1, min(32, power // 2 if power == channels else power))
        parts = x.reshape(x.shape[0], groups, -1)
        parts = (parts - parts.mean(2, keepdims=True)) / np.sqrt(parts.var(2, keepdims=True) + 1e-5)
        return parts.reshape(x.shape) * param(f"{path}.gamma").reshape(shape) + param(f"{path}.beta").reshape(shape)
    elif has(f"{path}.Layer.gamma"):
        path, axes, shape = f"{path}.Layer", -1, (-1,)
    else:
        return x
    x = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + 1e-5)
    return x * param(f"{path}.gamma").reshape(shape) + param(f"{path}.beta").reshape(shape)


def halved(x, pick):
    b, c, h, w = x.shape
    return pick(x.reshape(b, c, h // 2, 2, w // 2, 2), (3, 5))


def picture(x, channels=1):
    side = math.isqrt(x.shape[1] // channels)
    return x.reshape(x.shape[0], channels, side, side)


def cross_entropy(logits, classes):
    logits, classes = logits.reshape(-1, logits.shape[-1]), classes.reshape(-1)
    return (np.logaddexp.reduce(logits, axis=1) - logits[range(len(classes)), classes]).mean()


def streams(l):
    """The matrices A, a and b of a block's hyper-connections: H <- A H + b F(a H)."""
    return [param(f"blocks.{l}.joint.streams.{name}") for name in ("mixing", "reading", "writing")]


def mlp(x):
    x = affine("stem", x)
    several = settings["wiring"] == "hyper-connections"
    x = np.array([x] * len(streams(0)[1])) if several else x  # H, [n, B, width]
    for l in range(count("blocks")):
        if several:
            mixing, reading, writing = streams(l)
            branch = affine(f"blocks.{l}", phi(np.tensordot(reading, x, 1)))
            x = np.tensordot(mixing, x, 1) + np.multiply.outer(writing, branch)
        else:
            x = x + affine(f"blocks.{l}", phi(x))
    return affine("head", x.sum(0) if several else x)


def highway(x):
    x = affine("stem", x)
    for l in range(count("blocks")):
        gate = sigmoid(affine(f"blocks.{l}.gate", x))
        x = gate * phi(affine(f"blocks.{l}.transform", x)) + (1 - gate) * x
    return affine("head", x)


def vgg(x):
    pooled = {11: [0, 2, 4, 6]}[settings["depth"]]  # a pooling follows these blocks, and the stem
    x = halved(phi(convolve("stem.step.convolution", picture(x))), np.max)
    for l in range(count("blocks")):
        x = phi(convolve(f"blocks.{l}.steps.0.convolution", x))
        x = halved(x, np.max) if l in pooled else x
    return affine("head.output", x.mean((2, 3)))


def resnet(x):
    x = phi(normalize("stem.step.norm", convolve("stem.step.convolution", picture(x))))
    for l in range(count("blocks")):
        path = f"blocks.{l}.steps"
        out, into = param(f"{path}.0.convolution.weight").shape[:2]
        stride = 1 if out == into else 2
        y = phi(normalize(f"{path}.0.norm", convolve(f"{path}.0.convolution", x, stride)))
        y = normalize(f"{path}.1.norm", convolve(f"{path}.1.convolution", y))
        around = np.pad(x[:, :, ::stride, ::stride], ((0, 0), (0, out - into), (0, 0), (0, 0)))
        x = phi(around + y)
    return affine("head.output", x.mean((2, 3)))


def preresnet(x):
    x = convolve("stem.step.convolution", picture(x))
    blocks = count("blocks")
    for l in range(blocks):
        path, stride = f"blocks.{l}.steps", 2 if l > 0 and l % (blocks // 3) == 0 else 1
        y = x
        for k in range(3):  # the 3x3 convolution in the middle has the stride
            y = convolve(f"{path}.{k}.convolution", phi(normalize(f"{path}.{k}.norm", y)), stride if k == 1 else 1)
        projection = f"blocks.{l}.shortcut.projection.convolution"
        x = (convolve(projection, x, stride) if has(f"{projection}.weight") else x) + y
    x = phi(normalize("head.norm", x))
    return affine("head.output", x.mean((2, 3)))


def dense(x):
    x = convolve("stem", picture(x))
    for l in range(count("blocks")):
        y = convolve(f"blocks.{l}.convolution", phi(normalize(f"blocks.{l}.norm", x)))
        is_transition = param(f"blocks.{l}.convolution.weight").shape[2] == 1
        x = halved(y, np.mean) if is_transition else np.concatenate([x, y], 1)
    x = phi(normalize("head.norm", x))
    return affine("head.output", x.mean((2, 3)))


def transformer(ids):
    characters = param("stem.characters")
    length, width = ids.shape[1], characters.shape[1]
    x = math.sqrt(width) * (characters[ids] + param("stem.positions")[:length])
    heads = settings["heads"]
    hidden = np.where(np.tri(length), 0, -np.inf)
    for l in range(count("blocks")):
        path = f"blocks.{l}.attention"
        y = normalize(f"{path}_norm", x)
        split = lambda z: z.reshape(len(ids), length, heads, width // heads).transpose(0, 2, 1, 3)
        q, k, v = (split(affine(f"{path}.{name}", y)) for name in ("query", "key", "value"))
        scores = q @ k.transpose(0, 1, 3, 2) / math.sqrt(width // heads) + hidden
        shares = np.exp(scores - np.logaddexp.reduce(scores, axis=3, keepdims=True))
        x = x + affine(f"{path}.output", (shares @ v).transpose(0, 2, 1, 3).reshape(x.shape))
        path = f"blocks.{l}.feed_forward"
        x = x + affine(f"{path}.down", phi(affine(f"{path}.up", normalize(f"{path}_norm", x))))
    return affine("head.output", normalize("head.norm", x))


def diffusion(x, times):
    angles = times[:, None] * 1e4 ** (-np.arange(16) / 15)
    embedding = np.concatenate([np.sin(angles), np.cos(angles)], 1)
    time = phi(affine("stem.clock.second", phi(affine("stem.clock.first", embedding))))
    x, saved, blocks = convolve("stem.convolution", x), [], count("blocks")
    n = (blocks - 2) // 6
    for l in range(blocks):
        if 0 < l <= 3 * n:
            saved.append(x)
        if l in (n, 2 * n):
            x = halved(x, np.mean)
        if l in (4 * n + 2, 5 * n + 2):
            x = x.repeat(2, 2).repeat(2, 3)
        if l >= 3 * n + 2:
            x = np.concatenate([x, saved.pop()], 1)
        path = f"blocks.{l}"
        y = convolve(f"{path}.first.convolution", phi(normalize(f"{path}.first.norm", x)))
        y = y + affine(f"{path}.time", time)[:, :, None, None]
        y = convolve(f"{path}.second.convolution", phi(normalize(f"{path}.second.norm", y)))
        x = (convolve(f"{path}.projection", x) if has(f"{path}.projection.weight") else x) + y
    return convolve("head.step.convolution", phi(normalize("head.step.norm", x)))


def loss():
    x, y = tensor("batch/x"), tensor("batch/y")
    if settings["model"] == "diffusion":
        return ((diffusion(x, tensor("batch/t")) - y) ** 2).mean()
    return cross_entropy(globals()[settings["model"]](x), y)


if __name__ == "__main__":
    print(loss())
