"""Gradients of convolution and pooling against torch and plain NumPy.

The gradient of max pooling must find each window's largest pixel. "backward" is torch's backward
step alone, which need not: its forward step has told it the places, and its time is not counted.
"torch" is forward and backward by autograd, which so does the same work as ours. "numpy" is a
tensor product with the whole sliding-window view (kernel), and argmax with np.add.at (max pooling).
Run: python benchmarks/bench_gradients.py [--quick]
"""

from _timing import Race, parse_quick, torch_on_one_thread  # sets the threads NumPy will take

# isort: split
import numpy as np

from cnncourse._blocks import pad_image
from cnncourse.gradients import (
    conv2d_input_gradient,
    conv2d_kernel_gradient,
    pool2d_input_gradient,
)
from cnncourse.shapes import conv_output_size, pool_output_size

torch = torch_on_one_thread()
rng = np.random.default_rng(0)

# N, C_in, H = W, C_out, kernel, padding; each at stride 1 and 2
LAYERS = [(64, 1, 28, 32, 5, 0), (32, 64, 28, 64, 3, 1), (1, 3, 512, 16, 5, 2)]
# N, C, H = W, window, stride, padding
POOLS = [
    (64, 32, 28, 2, 2, 0),
    (32, 64, 28, 3, 2, 1),
    (32, 64, 28, 3, 1, 0),
    (1, 16, 512, 2, 2, 0),
    (1, 16, 512, 3, 1, 0),
    (1, 1, 2048, 5, 1, 0),
]


def random(shape, dtype):
    return rng.standard_normal(shape).astype(dtype)


def numpy_kernel_gradient(flow, x, k, s, p):
    padded = pad_image(x, ((p, p), (p, p)))
    view = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))[:, :, ::s, ::s]
    return lambda: np.tensordot(flow, view, axes=((0, 2, 3), (0, 2, 3)))


def bench_layers(dtype, quick):
    to_kernel = Race(
        f"Kernel gradient, {dtype}", ours="ours", rivals=["torch", "numpy"], quick=quick
    )
    cases = [(*layer, s) for layer in LAYERS for s in (1, 2)]
    drawn = []
    for n, c, size, o, k, p, s in cases:
        out = conv_output_size(size, k, stride=s, padding=p)
        arrays = (
            random((n, o, out, out), dtype),
            random((n, c, size, size), dtype),
            random((o, c, k, k), dtype),
        )
        drawn.append(arrays)
    name = "{} x {} x {} -> {}, k = {}, p = {}, s = {}".format
    for case, (flow, x, kernel) in zip(cases, drawn, strict=True):
        k, p, s = case[4:]
        calls = {
            "ours": lambda f=flow, x=x, w=kernel, s=s, p=p: conv2d_kernel_gradient(
                f, x, w.shape, stride=s, padding=p
            ),
            "numpy": numpy_kernel_gradient(flow, x, k, s, p),
        }
        if torch is not None:
            flow, x = torch.from_numpy(flow), torch.from_numpy(x)
            calls["torch"] = lambda f=flow, x=x, w=kernel, s=s, p=p: torch.nn.grad.conv2d_weight(
                x, w.shape, f, s, p
            )
        to_kernel.run(name(*case), calls)
    to_kernel.close(f"kernel gradient, {dtype}", "torch", mean=2)

    to_input = Race(f"Input gradient, {dtype}", ours="ours", rivals=["torch"], quick=quick)
    for case, (flow, x, kernel) in zip(cases, drawn, strict=True):
        k, p, s = case[4:]
        calls = {
            "ours": lambda f=flow, x=x, w=kernel, s=s, p=p: conv2d_input_gradient(
                f, w, x.shape, stride=s, padding=p
            )
        }
        if torch is not None:
            flow, kernel = torch.from_numpy(flow), torch.from_numpy(kernel)
            calls["torch"] = lambda f=flow, x=x, w=kernel, s=s, p=p: torch.nn.grad.conv2d_input(
                x.shape, w, f, s, p
            )
        to_input.run(name(*case), calls)
    to_input.close(f"input gradient, {dtype}", "torch", mean=3)


def torch_pool_calls(flow, x, kind, k, s, p):
    """Return torch's calls: forward and backward, and for max pooling backward alone."""
    functional = torch.nn.functional
    forward = {
        "max": lambda v: functional.max_pool2d(v, k, s, p),
        "average": lambda v: functional.avg_pool2d(v, k, s, p),
        "l2": lambda v: functional.lp_pool2d(v, 2, k, s),
    }[kind]
    flow, leaf = torch.from_numpy(flow), torch.from_numpy(x).requires_grad_()

    def both():
        leaf.grad = None
        forward(leaf).backward(flow)
        return leaf.grad

    calls = {"torch": both}
    if kind == "max":
        plain = leaf.detach()
        _, places = functional.max_pool2d(plain, k, s, p, return_indices=True)
        backward = torch.ops.aten.max_pool2d_with_indices_backward
        calls["backward"] = lambda: backward(
            flow, plain, [k, k], [s, s], [p, p], [1, 1], False, places
        )
    return calls


def numpy_max_gradient(flow, x, k, s):
    view = np.lib.stride_tricks.sliding_window_view(x, (k, k), (2, 3))[:, :, ::s, ::s]
    n, c, i, j = np.ogrid[tuple(slice(size) for size in flow.shape)]

    def call():
        place = view.reshape(*flow.shape, k * k).argmax(axis=-1)
        out = np.zeros_like(x)
        np.add.at(out, (n, c, i * s + place // k, j * s + place % k), flow)
        return out

    return call


def bench_pools(kind, dtype, quick):
    rivals = ["backward", "torch", "numpy"] if kind == "max" else ["torch"]
    race = Race(f"{kind} pooling's gradient, {dtype}", ours="ours", rivals=rivals, quick=quick)
    for n, c, size, k, s, p in POOLS[:4] if quick else POOLS:
        if kind == "l2" and p:  # torch's L2 pooling takes no padding
            continue
        x = random((n, c, size, size), dtype)
        out = pool_output_size(size, k, stride=s, padding=p)
        flow = random((n, c, out, out), dtype)
        calls = {
            "ours": lambda f=flow, x=x, k=k, s=s, p=p: pool2d_input_gradient(
                f, x, k, kind=kind, stride=s, padding=p
            )
        }
        if torch is not None:
            calls |= torch_pool_calls(flow, x, kind, k, s, p)
        if kind == "max" and not p:
            calls["numpy"] = numpy_max_gradient(flow, x, k, s)
        race.run(f"{n} x {c} x {size} x {size}, k = {k}, s = {s}, p = {p}", calls)
    race.close(f"{kind} pooling's gradient, {dtype}, against forward and backward", "torch")
    race.close(f"{kind} pooling's gradient, {dtype}, against backward alone", "backward", mean=5)


if __name__ == "__main__":
    quick = parse_quick(__doc__)
    for dtype in ("float32", "float64"):
        bench_layers(dtype, quick)
        for kind in ("max", "average", "l2"):
            bench_pools(kind, dtype, quick)
