"""Recomputes gradients and channels of a dumped step in NumPy: the backward pass of the forms of forward.py, in f64, by the
chain rule, without any code of nablatop and without automatic differentiation.

    nablatop run --headless --log run --model resnet --depth 8 --steps 3 --dump 3:step.safetensors
    python3 backward.py step.safetensors LANE

The script prints JSON: `loss`, and lists with an entry per layer (stem, blocks, head; null if the layer has no such value):
    grad_norm        ||dL/d(parameters)||
    signal_norm      ||d_l||, d_l = dL/d(input of block l)
    identity_norm    norm of the part of d_l that comes back around the branch
    branch_norm      norm of the part of d_l that comes back through the branch
    channel_cosine   cosine of the angle between these two parts
    long_skip_norm   norm of the part of d_l that comes back by the long skip that begins at the input
Every function whose name ends in _ returns its value and its backward pass, which maps dL/dy to dL/dx.
"""
import json
import math

import numpy as np

from forward import affine, convolve, count, halved, has, param, phi, picture, relu, settings, sigmoid, streams, tensor

blocks = count("blocks")
squares = np.zeros(blocks + 2)  # sum of the squared gradients of each layer


def note(path, gradient):
    """Adds a gradient to the layer that the parameter belongs to."""
    part = path.split(".")
    layer = int(part[1]) + 1 if part[0] == "blocks" else 0 if part[0] == "stem" else blocks + 1
    squares[layer] += (gradient ** 2).sum()


def affine_(path, x):
    w = param(f"{path}.weight")

    def back(dy):
        rows, dy = x.reshape(-1, w.shape[0]), dy.reshape(-1, w.shape[1])
        note(path, rows.T @ dy)
        if has(f"{path}.bias"):
            note(path, dy.sum(0))
        return (dy @ w.T).reshape(x.shape)
    return affine(path, x), back


def convolve_(path, x, stride=1):
    w = param(f"{path}.weight")
    k, margin = w.shape[2], w.shape[2] // 2

    def back(dy):
        padded = np.pad(x, ((0, 0), (0, 0), (margin, margin), (margin, margin)))
        dx, dw = np.zeros(padded.shape), np.zeros(w.shape)
        rows, columns = dy.shape[2:]
        for i in range(k):
            for j in range(k):
                at = np.s_[:, :, i:i + stride * (rows - 1) + 1:stride, j:j + stride * (columns - 1) + 1:stride]
                dw[:, :, i, j] = np.einsum("bohw,bchw->oc", dy, padded[at])
                dx[at] += np.einsum("bohw,oc->bchw", dy, w[:, :, i, j])
        note(path, dw)
        if has(f"{path}.bias"):
            note(path, dy.sum((0, 2, 3)))
        return dx[:, :, margin:margin + x.shape[2], margin:margin + x.shape[3]]
    return convolve(path, x, stride), back


def normalize_(path, x):
    """y = gamma x^ + beta with x^ = (x - m) / s: dx = (dx^ - mean(dx^) - x^ mean(dx^ x^)) / s."""
    if has(f"{path}.Batch.gamma"):
        path, parts, axes, shape, others = f"{path}.Batch", x.shape, (0, 2, 3), (-1, 1, 1), (0, 2, 3)
    elif has(f"{path}.Group.gamma"):
        channels = x.shape[1]
        power = channels & -channels
        groups = max(1, min(32, power // 2 if power == channels else power))
        path, parts, axes, shape, others = f"{path}.Group", (len(x), groups, -1), (2,), (-1, 1, 1), (0, 2, 3)
    elif has(f"{path}.Layer.gamma"):
        path, parts, axes, shape, others = f"{path}.Layer", x.shape, (-1,), (-1,), tuple(range(x.ndim - 1))
    else:
        return x, lambda dy: dy
    split = x.reshape(parts)
    deviation = np.sqrt(split.var(axes, keepdims=True) + 1e-5)
    hat = (split - split.mean(axes, keepdims=True)) / deviation
    gamma, beta = param(f"{path}.gamma").reshape(shape), param(f"{path}.beta").reshape(shape)

    def back(dy):
        note(path, (dy * hat.reshape(x.shape)).sum(others))
        note(path, dy.sum(others))
        d = (dy * gamma).reshape(parts)
        d = d - d.mean(axes, keepdims=True) - hat * (d * hat).mean(axes, keepdims=True)
        return (d / deviation).reshape(x.shape)
    return hat.reshape(x.shape) * gamma + beta, back


def phi_(x):
    if phi is relu:
        return relu(x), lambda dy: dy * (x > 0)
    below = (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2  # distribution function of the normal distribution
    return x * below, lambda dy: dy * (below + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi))


def doubled(x):
    return x.repeat(2, 2).repeat(2, 3)


def largest_(x):
    """If several values are equally large, as on a flat background, the first receives the gradient."""
    b, c, h, w = x.shape
    windows = x.reshape(b, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(b, c, h // 2, w // 2, 4)
    first = np.eye(4)[windows.argmax(4)]

    def back(dy):
        return (dy[..., None] * first).reshape(b, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(x.shape)
    return halved(x, np.max), back


def averaged_(x):
    return halved(x, np.mean), lambda dy: doubled(dy) / 4


def nearest_(x):
    return doubled(x), lambda dy: halved(dy, np.sum)


def chain(x, *steps):
    """Applies the steps one after the other; the backward pass applies theirs in reverse order."""
    backs = []
    for step in steps:
        x, back = step(x)
        backs.append(back)

    def backward(dy):
        for back in reversed(backs):
            dy = back(dy)
        return dy
    return x, backward


def step_(call, *arguments):
    """A step of a chain for a function with a path: step_(affine_, path)."""
    return lambda x: call(arguments[0], x, *arguments[1:])


def pooled_(x):
    y, back = affine_("head.output", x.mean((2, 3)))
    return y, lambda dy: np.broadcast_to(back(dy)[:, :, None, None], x.shape) / (x.shape[2] * x.shape[3])


# A block returns y and its backward pass, which returns both channels of dL/dx: the one around the branch (None if there is
# no skip connection) and the one through the branch.


def mlp_block(l, x):
    y, through = chain(x, phi_, step_(affine_, f"blocks.{l}"))
    return x + y, lambda dy: (dy, through(dy))


def streams_block(l, x):
    """With hyper-connections x is H, [n, B, width], and the mixing of the streams is the channel around the branch."""
    mixing, reading, writing = streams(l)
    y, branch = chain(np.tensordot(reading, x, 1), phi_, step_(affine_, f"blocks.{l}"))

    def back(dy):
        note(f"blocks.{l}.joint", np.tensordot(dy, x, ((1, 2), (1, 2))))
        note(f"blocks.{l}.joint", np.tensordot(dy, y, 2))
        read = branch(np.tensordot(writing, dy, 1))
        note(f"blocks.{l}.joint", np.tensordot(x, read, 2))
        return np.tensordot(mixing.T, dy, 1), np.multiply.outer(reading, read)
    return np.tensordot(mixing, x, 1) + np.multiply.outer(writing, y), back


def copied_(x):
    n = len(streams(0)[1])
    return np.array([x] * n), lambda dy: dy.sum(0)


def summed_(x):
    return x.sum(0), lambda dy: np.array([dy] * len(x))


def highway_block(l, x):
    h, transform = chain(x, step_(affine_, f"blocks.{l}.transform"), phi_)
    v, gate = affine_(f"blocks.{l}.gate", x)
    t = sigmoid(v)
    return t * h + (1 - t) * x, lambda dy: ((1 - t) * dy, transform(dy * t) + gate(dy * (h - x) * t * (1 - t)))


def vgg_block(l, x):
    steps = [step_(convolve_, f"blocks.{l}.steps.0.convolution"), phi_] + [largest_] * (l in (0, 2, 4, 6))
    y, through = chain(x, *steps)
    return y, lambda dy: (None, through(dy))


def resnet_block(l, x):
    path = f"blocks.{l}.steps"
    out, into = param(f"{path}.0.convolution.weight").shape[:2]
    stride = 1 if out == into else 2
    y, through = chain(x, step_(convolve_, f"{path}.0.convolution", stride), step_(normalize_, f"{path}.0.norm"), phi_,
                       step_(convolve_, f"{path}.1.convolution"), step_(normalize_, f"{path}.1.norm"))
    y, last = phi_(np.pad(x[:, :, ::stride, ::stride], ((0, 0), (0, out - into), (0, 0), (0, 0))) + y)

    def back(dy):
        dy, around = last(dy), np.zeros(x.shape)
        around[:, :, ::stride, ::stride] = dy[:, :into]
        return around, through(dy)
    return y, back


def preresnet_block(l, x):
    path, stride = f"blocks.{l}.steps", 2 if l > 0 and l % (blocks // 3) == 0 else 1
    steps = []
    for k in range(3):
        convolution = step_(convolve_, f"{path}.{k}.convolution", stride if k == 1 else 1)
        steps += [step_(normalize_, f"{path}.{k}.norm"), phi_, convolution]
    y, through = chain(x, *steps)
    projection = f"blocks.{l}.shortcut.projection.convolution"
    i, around = convolve_(projection, x, stride) if has(f"{projection}.weight") else (x, lambda dy: dy)
    return i + y, lambda dy: (around(dy), through(dy))


def dense_block(l, x):
    path = f"blocks.{l}"
    is_transition = param(f"{path}.convolution.weight").shape[2] == 1
    y, through = chain(x, step_(normalize_, f"{path}.norm"), phi_, step_(convolve_, f"{path}.convolution"),
                       *[averaged_] * is_transition)
    if is_transition:
        return y, lambda dy: (None, through(dy))
    there = x.shape[1]
    return np.concatenate([x, y], 1), lambda dy: (dy[:, :there], through(dy[:, there:]))


def attention_(path, x):
    b, length, width = x.shape
    heads = settings["heads"]
    split = lambda z: z.reshape(b, length, heads, width // heads).transpose(0, 2, 1, 3)
    joined = lambda z: z.transpose(0, 2, 1, 3).reshape(x.shape)
    (q, q_back), (k, k_back), (v, v_back) = (affine_(f"{path}.{name}", x) for name in ("query", "key", "value"))
    q, k, v, root = split(q), split(k), split(v), math.sqrt(width // heads)
    scores = q @ k.transpose(0, 1, 3, 2) / root + np.where(np.tri(length), 0, -np.inf)
    shares = np.exp(scores - np.logaddexp.reduce(scores, axis=3, keepdims=True))
    y, y_back = affine_(f"{path}.output", joined(shares @ v))

    def back(dy):
        dy = split(y_back(dy))
        d = dy @ v.transpose(0, 1, 3, 2)
        d = shares * (d - (d * shares).sum(3, keepdims=True)) / root
        turned = lambda z: z.transpose(0, 1, 3, 2)
        return q_back(joined(d @ k)) + k_back(joined(turned(d) @ q)) + v_back(joined(turned(shares) @ dy))
    return y, back


def transformer_block(l, x):
    path = f"blocks.{l}.attention"
    a, a_back = chain(x, step_(normalize_, f"{path}_norm"), step_(attention_, path))
    path = f"blocks.{l}.feed_forward"
    f, f_back = chain(x + a, step_(normalize_, f"{path}_norm"),
                      step_(affine_, f"{path}.up"), phi_, step_(affine_, f"{path}.down"))

    def back(dy):
        df = f_back(dy)
        return dy, a_back(dy + df) + df
    return x + a + f, back


def diffusion_block(l, x, time, saved):
    """Also takes the saved output of the encoder, and returns the gradients of that output and of the timestep."""
    n, path = (blocks - 2) // 6, f"blocks.{l}"
    resize = averaged_ if l in (n, 2 * n) else nearest_ if l in (4 * n + 2, 5 * n + 2) else lambda x: (x, lambda dy: dy)
    z, resized = resize(x)
    there = z.shape[1]
    z = z if saved is None else np.concatenate([z, saved], 1)
    y, first = chain(z, step_(normalize_, f"{path}.first.norm"), phi_, step_(convolve_, f"{path}.first.convolution"))
    e, time_back = affine_(f"{path}.time", time)
    y, second = chain(y + e[:, :, None, None], step_(normalize_, f"{path}.second.norm"), phi_,
                      step_(convolve_, f"{path}.second.convolution"))
    i, around = convolve_(f"{path}.projection", z) if has(f"{path}.projection.weight") else (z, lambda dy: dy)

    def back(dy):
        dh = second(dy)
        channels = around(dy), first(dh)
        left = None if saved is None else sum(channels)[:, there:]
        return [resized(channel[:, :there]) for channel in channels], left, time_back(dh.sum((2, 3)))
    return i + y, back


names = "signal_norm", "identity_norm", "branch_norm", "channel_cosine", "long_skip_norm"
rows = {name: [None] * (blocks + 2) for name in names}
norm = np.linalg.norm


def channels(l, around, through, long_skip=None):
    """Writes the row of a block and returns dL/dx."""
    whole = through
    rows["branch_norm"][l] = norm(through)
    if around is not None:
        whole = whole + around
        rows["identity_norm"][l] = norm(around)
        rows["channel_cosine"][l] = (around * through).sum() / norm(around) / norm(through)
    if long_skip is not None:
        whole = whole + long_skip
        rows["long_skip_norm"][l] = norm(long_skip)
    rows["signal_norm"][l] = norm(whole)
    return whole


def ends(model):
    """The steps before the blocks and after them."""
    plain = [step_(affine_, "stem")], [step_(affine_, "head")]
    last = [step_(normalize_, "head.norm"), phi_, pooled_]
    stem = [step_(convolve_, "stem.step.convolution")]
    if settings["wiring"] == "hyper-connections":
        return plain[0] + [copied_], [summed_] + plain[1]
    return {
        "mlp": plain, "highway": plain,
        "vgg": (stem + [phi_, largest_], [pooled_]),
        "resnet": (stem + [step_(normalize_, "stem.step.norm"), phi_], [pooled_]),
        "preresnet": (stem, last),
        "dense": ([step_(convolve_, "stem")], last),
        "transformer": ([embedded_], [step_(normalize_, "head.norm"), step_(affine_, "head.output")]),
    }[model]


def embedded_(ids):
    characters, positions = param("stem.characters"), param("stem.positions")
    root, length = math.sqrt(characters.shape[1]), ids.shape[1]

    def back(dy):
        one_hot = np.eye(len(characters))[ids.reshape(-1)]
        note("stem", root * one_hot.T @ dy.reshape(-1, dy.shape[2]))
        note("stem", root * dy.sum(0))
    return root * (characters[ids] + positions[:length]), back


def stack():
    """Loss and backward pass of a family whose blocks form a sequence."""
    model = settings["model"]
    before, behind = ends(model)
    x = tensor("batch/x")
    x, stem = chain(picture(x) if model in ("vgg", "resnet", "preresnet", "dense") else x, *before)
    backs = []
    block = "streams" if settings["wiring"] == "hyper-connections" else model
    for l in range(blocks):
        x, back = globals()[f"{block}_block"](l, x)
        backs.append(back)
    logits, head = chain(x, *behind)
    classes, flat = tensor("batch/y").reshape(-1), logits.reshape(-1, logits.shape[-1])
    logarithms = flat - np.logaddexp.reduce(flat, axis=1, keepdims=True)
    d = head(((np.exp(logarithms) - np.eye(flat.shape[1])[classes]) / len(classes)).reshape(logits.shape))
    rows["signal_norm"][blocks + 1] = norm(d)
    for l in reversed(range(blocks)):
        d = channels(l + 1, *backs[l](d))
    stem(d)
    return -logarithms[range(len(classes)), classes].mean()


def u_net():
    """Loss and backward pass of the diffusion model, whose long skips connect encoder and decoder blocks."""
    x, y, times = tensor("batch/x"), tensor("batch/y"), tensor("batch/t")
    angles = times[:, None] * 1e4 ** (-np.arange(16) / 15)
    embedding = np.concatenate([np.sin(angles), np.cos(angles)], 1)
    time, embedding_back = chain(
        embedding, step_(affine_, "stem.clock.first"), phi_, step_(affine_, "stem.clock.second"), phi_)
    x, stem = convolve_("stem.convolution", x)
    n, saved, begins, backs = (blocks - 2) // 6, [], [], []
    for l in range(blocks):
        if 0 < l <= 3 * n:
            saved.append((l, x))
        begin, beside = saved.pop() if l >= 3 * n + 2 else (None, None)
        x, back = diffusion_block(l, x, time, beside)
        backs.append(back)
        begins.append(begin)
    found, head = chain(x, step_(normalize_, "head.step.norm"), phi_, step_(convolve_, "head.step.convolution"))
    d = head(2 * (found - y) / y.size)
    rows["signal_norm"][blocks + 1] = norm(d)
    long_skips, d_time = {}, 0
    for l in reversed(range(blocks)):
        (around, through), left, time_part = backs[l](d)
        long_skips[begins[l]] = left
        d, d_time = channels(l + 1, around, through, long_skips.get(l)), d_time + time_part
    stem(d)
    embedding_back(d_time)
    return ((found - y) ** 2).mean()


loss = u_net() if settings["model"] == "diffusion" else stack()
print(json.dumps({"loss": loss, "grad_norm": list(np.sqrt(squares)), **rows}))
