"""Pooling against NumPy, SciPy, scikit-image and torch.

Batches of feature maps and large images, on one thread each. "numpy" reduces a sliding-window view.
SciPy's filters compute every place, so they run at stride 1 only; scikit-image's block_reduce
runs where the windows do not overlap. Run: python benchmarks/bench_pooling.py [--quick]
"""

from _timing import Race, parse_quick, torch_on_one_thread  # sets the threads NumPy will take

# isort: split
import numpy as np
from scipy import ndimage
from skimage.measure import block_reduce

from cnncourse.pooling import adaptive_pool2d, global_pool2d, pool2d

torch = torch_on_one_thread()
rng = np.random.default_rng(0)

# N, C, H = W, window, stride, padding
CASES = [
    (64, 32, 28, 2, 2, 0),
    (32, 64, 28, 3, 2, 1),
    (32, 64, 28, 3, 1, 0),
    (1, 16, 512, 2, 2, 0),
    (1, 16, 512, 3, 1, 0),
    (1, 1, 2048, 5, 1, 0),
]
QUICK = CASES[:4]
REDUCE = {"max": np.max, "average": np.mean, "l2": lambda v, axis: np.sqrt(np.sum(v * v, axis))}


def torch_pool(x, kind, k, s, p):
    if torch is None or (kind == "l2" and p):  # torch's L2 pooling takes no padding
        return None
    tensor, functional = torch.from_numpy(x), torch.nn.functional
    if kind == "max":
        return lambda: functional.max_pool2d(tensor, k, s, p)
    if kind == "average":
        return lambda: functional.avg_pool2d(tensor, k, s, p)
    return lambda: functional.lp_pool2d(tensor, 2, k, s)


def scipy_pool(x, kind, k, s, p):
    if s != 1 or p or kind == "l2":
        return None
    ours = {"max": ndimage.maximum_filter, "average": ndimage.uniform_filter}[kind]
    inside = slice(k // 2, k // 2 + x.shape[2] - k + 1)
    return lambda: ours(x, size=(1, 1, k, k))[..., inside, inside]


def numpy_pool(x, kind, k, s, p):
    if p:
        return None
    view = np.lib.stride_tricks.sliding_window_view(x, (k, k), (2, 3))[:, :, ::s, ::s]
    return lambda: REDUCE[kind](view, axis=(4, 5))


def skimage_pool(x, kind, k, s, p):
    if s != k or p:
        return None
    return lambda: block_reduce(x, (1, 1, k, k), REDUCE[kind])


def bench_windows(kind, dtype, quick):
    race = Race(
        f"{kind} pooling, {dtype}",
        ours="pool2d",
        rivals=["torch", "numpy", "ndimage", "skimage"],
        quick=quick,
    )
    for n, c, size, k, s, p in QUICK if quick else CASES:
        x = rng.standard_normal((n, c, size, size)).astype(dtype)
        calls = {
            "pool2d": lambda x=x, k=k, s=s, p=p: pool2d(x, k, kind=kind, stride=s, padding=p),
            "torch": torch_pool(x, kind, k, s, p),
            "numpy": numpy_pool(x, kind, k, s, p),
            "ndimage": scipy_pool(x, kind, k, s, p),
            "skimage": skimage_pool(x, kind, k, s, p),
        }
        race.run(f"{n} x {c} x {size} x {size}, k = {k}, s = {s}, p = {p}", calls)
    race.close(f"{kind} pooling, {dtype}", "torch")
    return race


def bench_adaptive(kind, dtype, quick):
    race = Race(f"Adaptive {kind} pooling, {dtype}", ours="ours", rivals=["torch"], quick=quick)
    functional = torch.nn.functional
    theirs = {"max": functional.adaptive_max_pool2d, "average": functional.adaptive_avg_pool2d}
    for n, c, size, wanted in ((32, 64, 28, 7), (8, 64, 57, 6), (32, 64, 28, 1)):
        x = rng.standard_normal((n, c, size, size)).astype(dtype)
        tensor = torch.from_numpy(x)
        ours = global_pool2d if wanted == 1 else adaptive_pool2d
        options = (x,) if wanted == 1 else (x, wanted)
        calls = {
            "ours": lambda f=ours, o=options: f(*o, kind=kind),
            "torch": lambda t=tensor, m=wanted: theirs[kind](t, m),
        }
        race.run(f"{n} x {c} x {size} x {size} -> {wanted} x {wanted}", calls)
    race.close(f"adaptive {kind} pooling, {dtype}", "torch")


def close_all(races):
    """Take all cases together, as the limit is meant."""
    together = races[0]
    together.ratios = [line for race in races for line in race.ratios]
    together.close("all of pool2d against torch", "torch", mean=0.5)
    together.close("all of pool2d against NumPy", "numpy", worst=1.0)


if __name__ == "__main__":
    quick = parse_quick(__doc__)
    races = [
        bench_windows(kind, dtype, quick)
        for dtype in ("float32", "float64")
        for kind in ("max", "average", "l2")
    ]
    if torch is not None:
        for kind in ("max", "average"):
            bench_adaptive(kind, "float32", quick)
    close_all(races)
