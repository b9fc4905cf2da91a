"""Convolution against NumPy, SciPy, scikit-image and torch.

Signals of 10^3 to 10^7 samples, grey images of 64^2 to 2048^2 pixels, and the batches of
convolutional layers, on one thread each. Run: python benchmarks/bench_conv.py [--quick]
"""

from _timing import Race, parse_quick, torch_on_one_thread  # sets the threads NumPy will take

# isort: split
import numpy as np
from scipy import ndimage, signal
from skimage import filters

from cnncourse import conv, kernels

torch = torch_on_one_thread()
rng = np.random.default_rng(0)
DIRECT = ["signal", "ndimage"]


def tensor(array):
    return None if torch is None else torch.from_numpy(np.ascontiguousarray(array))


def torch_conv(x, kernel, **options):
    """Return a call of torch; None without torch or where its columns would not fit in memory."""
    if torch is None or x.shape[0] * kernel[0].size * x[0, 0].size * x.itemsize > 2e9:
        return None
    function = torch.nn.functional.conv2d if x.ndim == 4 else torch.nn.functional.conv1d
    x, kernel = tensor(x), tensor(kernel)
    return lambda: function(x, kernel, **options)


def bench_signals(dtype, quick):
    race = Race(
        f"Signals, {dtype}, full", ours="conv", quick=quick,
        rivals=["np.convolve", "signal", "fftconvolve", "oaconvolve", "torch"],
    )  # fmt: skip
    lengths = (10**3, 10**4, 10**5) if quick else (10**3, 10**4, 10**5, 10**6, 10**7)
    for n in lengths:
        for k in (5, 11, 31, 101, 301, 1001):
            x, w = rng.standard_normal(n).astype(dtype), rng.standard_normal(k).astype(dtype)
            calls = {
                "conv": lambda x=x, w=w: conv.convolve1d(x, w),
                "np.convolve": lambda x=x, w=w: np.convolve(x, w),
                "signal": lambda x=x, w=w: signal.convolve(x, w, method="direct"),
                "fftconvolve": lambda x=x, w=w: signal.fftconvolve(x, w),
                "oaconvolve": lambda x=x, w=w: signal.oaconvolve(x, w),
            }
            if n * k <= 10**7:  # beyond, torch takes a hundred times as long as the others
                calls["torch"] = torch_conv(x[None, None], w[None, None, ::-1], padding=k - 1)
            race.run(f"n = {n:<9} k = {k}", calls, n=n, k=k)
    race.close("short kernels (k = 5)", "np.convolve", mean=1.1, where=lambda t: t["k"] == 5)
    race.close("all kernels", "np.convolve", worst=1.1)
    race.close(
        "n >= 1e5, k = 1001", "np.convolve", worst=0.35,
        where=lambda t: t["n"] >= 10**5 and t["k"] == 1001,
    )  # fmt: skip
    race.close("against SciPy's direct method", "signal", worst=1.0)


def bench_images(dtype, quick):
    race = Race(
        f"Grey images, {dtype}, valid", ours="conv", quick=quick,
        rivals=["torch", "signal", "ndimage", "fftconvolve", "oaconvolve"],
    )  # fmt: skip
    for n in (64, 256, 512) if quick else (64, 128, 256, 512, 1024, 2048):
        for k in (3, 5, 7, 11, 15, 21, 31):
            if n == 2048 and k == 21:
                continue
            x, w = (rng.standard_normal((size, size)).astype(dtype) for size in (n, k))
            inside = slice(k // 2, n - k // 2)
            calls = {
                "conv": lambda x=x, w=w: conv.cross_correlate2d(x, w),
                "fftconvolve": lambda x=x, w=w: signal.fftconvolve(x, w[::-1, ::-1], "valid"),
                "oaconvolve": lambda x=x, w=w: signal.oaconvolve(x, w[::-1, ::-1], "valid"),
                "torch": torch_conv(x[None, None], w[None, None]),
            }
            if (n * k) ** 2 <= 3e8:  # beyond, these take seconds
                calls["signal"] = lambda x=x, w=w: signal.correlate2d(x, w, "valid")
                calls["ndimage"] = lambda x=x, w=w, s=inside: ndimage.correlate(x, w)[s, s]
            race.run(f"{n} x {n}, k = {k}", calls, n=n, k=k)
    large = [lambda t: 256 <= t["n"], lambda t: 256 <= t["n"] and t["k"] >= 15]
    race.close("from 256 x 256 on", "torch", worst=1.2, where=large[0])
    race.close("from 256 x 256 on, k >= 15", "torch", worst=0.3, where=large[1])
    race.close("against SciPy's direct methods", DIRECT, worst=1.0)
    race.close("against the fastest rival", race.rivals)


def bench_sobel(quick):
    race = Race("Sobel, float64", ours="conv", rivals=["skimage", "ndimage"], quick=quick)
    kernel = kernels.KERNELS_2D["sobel_y"]
    for n in (256, 512) if quick else (256, 512, 1024, 2048):
        x = rng.standard_normal((n, n))
        calls = {
            "conv": lambda x=x: conv.cross_correlate2d(x, kernel)[1:-1, 1:-1],
            "skimage": lambda x=x: 4 * filters.sobel_h(x)[2:-2, 2:-2],
            "ndimage": lambda x=x: ndimage.sobel(x, axis=0)[2:-2, 2:-2],
        }
        race.run(f"{n} x {n} (the others use that it separates)", calls)
    race.close("against scikit-image", "skimage")


def bench_batches(dtype, quick):
    race = Race(f"Layers, {dtype}", ours="conv", rivals=["torch", "einsum"], quick=quick)
    for samples, inputs, size, outputs, k in (
        (64, 1, 28, 32, 5),
        (32, 64, 28, 64, 3),
        (1, 3, 512, 16, 5),
    ):
        for stride in (1, 2):
            x = rng.standard_normal((samples, inputs, size, size)).astype(dtype)
            kernel = rng.standard_normal((outputs, inputs, k, k)).astype(dtype)
            view = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))
            view = view[:, :, ::stride, ::stride]
            calls = {
                "conv": lambda x=x, w=kernel, s=stride: conv.conv2d(x, w, stride=s),
                "torch": torch_conv(x, kernel, stride=stride),
                "einsum": lambda v=view, w=kernel: np.einsum(
                    "nchwij,ocij->nohw", v, w, optimize=True
                ),
            }
            shape = f"{samples} x {inputs} x {size} x {size} -> {outputs}, k = {k}, s = {stride}"
            race.run(shape, calls)
    race.close("conv2d", "torch", mean=1.5, worst=2.5)


if __name__ == "__main__":
    quick = parse_quick(__doc__)
    for dtype in ("float32", "float64"):
        bench_batches(dtype, quick)
        bench_images(dtype, quick)
        bench_signals(dtype, quick)
    bench_sobel(quick)
