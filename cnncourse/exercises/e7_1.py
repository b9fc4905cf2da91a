"""E7.1: the gradient of a layer with respect to its input, backwards through eq. (6) and (7).

That pixels which no window reaches are forgotten was a bug of Torch 7 itself: "gradInput has the
wrong size: 31x31 instead of 32x32" (github.com/torch/DEPRECEATED-torch7-distro, issue 20, 2012).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import GRADIENTS

Gradient = Callable[[Array, Array, int, int, int, int], "Array | None"]


def my_input_gradient(dZ, K, s, p, H, W):
    """Lead the gradient of a layer's output back to its input.

    The layer made Z from V, eq. (7) counted from 0, with P the padded input:
        Z[i, j, k] = sum over l, m, n of P[l, j * s + m, k * s + n] * K[i, l, m, n]

    dZ : array (D, rows, columns), the derivatives dJ/dZ of the loss by each output.
    K : array (D, C, M, N), the kernel: output channel, input channel, row, column.
    s : whole number >= 1, the stride of both axes.
    p : whole number >= 0, rows and columns of zeros on each of the four sides of V.
    H, W : rows and columns of V. There are (H + 2p - M) // s + 1 rows of outputs, columns alike;
        pixels that no window reaches have the derivative 0.

    Return the array (C, H, W) of the derivatives dJ/dV. Use loops if you like, or a convolution
    of one map with one kernel; ready-made gradients are not for this one.

    Example: dZ = [[[2, 30]]], K = [[[[1, 4]]]], p = 0. Stride 1, H = 1, W = 3 -> [[[2, 38, 120]]]:
    the middle pixel is in both windows. Stride 2, W = 5 -> [[[2, 8, 30, 120, 0]]].
    """
    D, C, M, N = K.shape
    dP = np.zeros((C, H + 2 * p, W + 2 * p))
    for i in range(D):
        for j in range(dZ.shape[1]):
            for k in range(dZ.shape[2]):
                # What was read through a tap is given back through it, and added: windows overlap,
                # and each input channel is read by every output channel.
                dP[:, j * s : j * s + M, k * s : k * s + N] += dZ[i, j, k] * K[i]
    # The zeros of the padding are no pixels. (dP[:, p:-p, p:-p] would be empty for p = 0.)
    return dP[:, p : p + H, p : p + W]


def _dilated(dZ: Array, s: int) -> Array:
    """Put s - 1 zeros between neighbouring outputs."""
    D, rows, columns = dZ.shape
    spread = np.zeros((D, (rows - 1) * s + 1, (columns - 1) * s + 1))
    spread[:, ::s, ::s] = dZ
    return spread


def _slid(maps: Array, K: Array, before: tuple[int, int], after: tuple[int, int]) -> Array | None:
    """Cross-correlate maps (D, h, w) with K (D, C, M, N), with zeros around them."""
    wide = np.pad(maps, [(0, 0), *zip(before, after, strict=True)])
    if wide.shape[1] < K.shape[2] or wide.shape[2] < K.shape[3]:
        return None
    view = windows(wide, K.shape[2:], axis=(1, 2))
    return np.tensordot(K, view, axes=([0, 2, 3], [0, 3, 4]))


def _full(maps: Array, K: Array) -> Array:
    """Cross-correlate at every place where a tap meets a map."""
    reach = K.shape[2] - 1, K.shape[3] - 1
    full = _slid(maps, K, reach, reach)
    assert full is not None
    return full


def _cropped(grown: Array, before: int, H: int, W: int) -> Array:
    """Cut H x W pixels from `before` on, with zeros where there are none."""
    room = [(0, max(0, before + n - have)) for n, have in zip((H, W), grown.shape[1:], strict=True)]
    return np.pad(grown, [(0, 0), *room])[:, before : before + H, before : before + W]


def _flipped(K: Array) -> Array:
    return K[:, :, ::-1, ::-1]


def _grown(dZ: Array, K: Array, s: int) -> Array:
    """Compute the full convolution: of all pixels that a window reaches, padding included."""
    return _full(_dilated(dZ, s), _flipped(K))


def _reference(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
    """Answer by another way: zeros between the outputs, then a full convolution."""
    return _cropped(_grown(dZ, K, s), p, H, W)


def _cases(draw: Draw) -> list[Case]:
    def case(
        C: int, H: int, W: int, D: int, M: int, N: int, s: int = 1, p: int = 0, note: str = ""
    ) -> Case:
        """Draw a case whose derivatives do not all cancel to nearly 0."""
        rows, columns = (H + 2 * p - M) // s + 1, (W + 2 * p - N) // s + 1
        while True:
            dZ = draw.numbers(D * rows * columns).reshape(D, rows, columns)
            K = draw.numbers(D * C * M * N).reshape(D, C, M, N)
            args = (dZ, K, s, p, H, W)
            if np.abs(_reference(*args)).max() > 10:
                return Case(args, note or "random numbers")

    two, four = np.array([[[2.0, 30.0]]]), np.array([[[[1.0, 4.0]]]])
    return [
        Case((two, four, 1, 0, 1, 3), "the example of the task"),
        Case((two, four, 2, 0, 1, 5), "the example, stride 2"),
        case(1, 3, 4, 1, 2, 3, note="one channel in, one out"),
        case(1, 3, 3, 2, 2, 2, note="two output channels"),
        case(3, 3, 2, 1, 2, 1, note="three input channels"),
        case(2, 3, 4, 2, 2, 2, note="two channels in, two out"),
        case(2, 4, 3, 3, 2, 3, note="two channels in, three out"),
        case(1, 4, 3, 2, 3, 2, 1, 1, "padding 1"),
        case(2, 2, 3, 2, 1, 2, 1, 1, "padding 1"),
        case(1, 5, 7, 1, 3, 3, 2, 0, "stride 2, overlapping windows"),
        case(2, 4, 7, 2, 2, 3, 2, 0, "stride 2"),
        case(2, 6, 5, 1, 3, 2, 2, 0, "stride 2, pixels that no window reaches"),
        case(2, 5, 7, 3, 2, 3, 3, 0, "stride 3, pixels that no window reaches"),
        case(3, 5, 4, 2, 3, 3, 2, 1, "stride 2, padding 1"),
        case(3, 5, 4, 2, 3, 3, 2, 1, "the same sizes again"),
        case(2, 5, 6, 3, 4, 3, 2, 2, "stride 2, padding 2"),
        case(1, 4, 5, 1, 1, 1, 2, 0, "one tap, stride 2"),
        case(2, 3, 2, 2, 2, 1, 1, 2, "padding 2, windows of nothing but padding"),
        case(1, 3, 4, 2, 2, 2, 3, 1, "stride 3, padding 1"),
        case(1, 9, 3, 1, 2, 2, 2, 0, "a tall input, stride 2"),
        case(2, 1, 1, 2, 3, 2, 1, 2, "one pixel, padding 2"),
        case(1, 5, 1, 1, 2, 2, 2, 2, "one column, stride 2, padding 2"),
    ]


def _shape(case: Case, output: Array) -> bool:
    _, K, _, _, H, W = case.args
    return output.shape == (K.shape[1], H, W)


def _plain(case: Case, output: Array) -> bool:
    """Ask for the values where there is neither a stride nor a padding."""
    _, _, s, p, _, _ = case.args
    return (s, p) != (1, 0) or close(output, _reference(*case.args))


def _adjoint(case: Case, output: Array) -> bool:
    """Try inputs that were never mentioned: the sums of Z times dZ and of V times dV are equal."""
    dZ, K, s, p, H, W = case.args
    C = K.shape[1]
    if output.shape != (C, H, W):
        return False
    for power in (1, 2, 3):
        V = (np.arange(C * H * W).reshape(C, H, W) * 37 % 11 - 5.0) ** power
        view = windows(np.pad(V, [(0, 0), (p, p), (p, p)]), K.shape[2:], axis=(1, 2))[:, ::s, ::s]
        products = np.einsum("ljkmn,ilmn,ijk->ijk", view, K, dZ)
        scale = float(np.abs(V).max() * np.abs(output).sum())
        if abs(products.sum() - (V * output).sum()) > 1e-5 * scale:
            return False
    return True


# Wrong ideas, and right answers by other ways.


def _with_kernel(change: Callable[[Array], Array]) -> Gradient:
    """Change the kernel before the rest is done as it should be."""
    return lambda dZ, K, s, p, H, W: _reference(dZ, change(K), s, p, H, W)


def _in_place_of_full(more: Callable[[int], int], *, at_corner: bool = False) -> Gradient:
    """Pad the outputs by less than "full" does."""

    def gradient(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array | None:
        taps = K.shape[2], K.shape[3]
        before = more(taps[0]), more(taps[1])
        found = _slid(_dilated(dZ, s), _flipped(K), before, before)
        if found is None or not at_corner:
            return found
        return _cropped(found, 0, H, W)

    return gradient


def _swapped_channels(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array | None:
    """Take K[l, i] for K[i, l]: an error unless there are as many channels in as out."""
    if K.shape[0] != K.shape[1]:
        return None
    return _reference(dZ, K.swapaxes(0, 1), s, p, H, W)


def _reshaped_channels(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
    """Reshape to (C, D, M, N), which has the right shape and other numbers in most places."""
    D, C, M, N = K.shape
    return _reference(dZ, K.reshape(C, D, M, N).swapaxes(0, 1), s, p, H, W)


def _one_output_channel(which: int) -> Gradient:
    return lambda dZ, K, s, p, H, W: _reference(dZ[[which]], K[[which]], s, p, H, W)


def _scaled(factor: Callable[[Array, Array], float]) -> Gradient:
    return lambda dZ, K, s, p, H, W: _reference(dZ, K, s, p, H, W) * factor(dZ, K)


def _by_cover(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
    """Divide by the number of windows that a pixel is in."""
    counts = _grown(np.ones((1, *dZ.shape[1:])), np.ones((1, 1, *K.shape[2:])), s)
    counts = np.maximum(_cropped(counts, p, H, W), 1)
    return _reference(dZ, K, s, p, H, W) / counts


def _overwritten(
    dZ: Array, K: Array, s: int, p: int, H: int, W: int, *, channels_too: bool
) -> Array:
    """Let each window's share take the place of what was there."""
    _, C, M, N = K.shape
    dP = np.zeros((C, H + 2 * p, W + 2 * p))
    if channels_too:  # the last output channel comes last, in all loops that make sense
        dZ, K = dZ[-1:], K[-1:]
    shares = np.tensordot(dZ, K, axes=([0], [0]))  # (rows, columns, C, M, N)
    for j, k in np.ndindex(*dZ.shape[1:]):
        dP[:, j * s : j * s + M, k * s : k * s + N] = shares[j, k]
    return dP[:, p : p + H, p : p + W]


def _at_strides(step: Callable[[int], tuple[int, int]]) -> Gradient:
    """Put the windows back at other steps than they were taken at."""

    def gradient(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
        down, right = step(s)
        D, rows, columns = dZ.shape
        spread = np.zeros((D, (rows - 1) * down + 1, (columns - 1) * right + 1))
        spread[:, ::down, ::right] = dZ
        return _cropped(_full(spread, _flipped(K)), p, H, W)

    return gradient


def _repeated(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
    """Fill the places between the outputs with copies of them."""
    wide = np.repeat(np.repeat(dZ, s, axis=1), s, axis=2)
    return _cropped(_full(wide, _flipped(K)), p, H, W)


def _repeated_short(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
    rows, columns = ((n - 1) * s + 1 for n in dZ.shape[1:])
    wide = np.repeat(np.repeat(dZ, s, axis=1), s, axis=2)[:, :rows, :columns]
    return _cropped(_full(wide, _flipped(K)), p, H, W)


def _zeros_short(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
    """Put s zeros between neighbours in place of s - 1."""
    return _cropped(_full(_dilated(dZ, s + 1 if s > 1 else 1), _flipped(K)), p, H, W)


def _taps_spread(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
    """Put the zeros between the taps."""
    D, C, M, N = K.shape
    wide = np.zeros((D, C, (M - 1) * s + 1, (N - 1) * s + 1))
    wide[:, :, ::s, ::s] = _flipped(K)
    return _cropped(_full(dZ, wide), p, H, W)


def _small(dZ: Array, K: Array, s: int) -> Array:
    return _full(dZ, _flipped(K))


def _reached(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array | None:
    """Return as many pixels as windows reach, less the padding on all sides."""
    grown = _grown(dZ, K, s)
    rows, columns = (n - 2 * p for n in grown.shape[1:])
    return grown[:, p : p + rows, p : p + columns] if min(rows, columns) > 0 else None


def _reached_behind(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
    """Put the zeros of the pixels that are left over before the first row and column."""
    grown = _grown(dZ, K, s)
    missing = [n + 2 * p - have for n, have in zip((H, W), grown.shape[1:], strict=True)]
    moved = np.pad(grown, [(0, 0), (missing[0], 0), (missing[1], 0)])
    return moved[:, p : p + H, p : p + W]


def _uncropped(dZ: Array, K: Array, s: int, p: int, H: int, W: int) -> Array:
    return _cropped(_grown(dZ, K, s), 0, H + 2 * p, W + 2 * p)


def _by_gathering(dZ, K, s, p, H, W):
    D, C, M, N = K.shape
    dV = np.zeros((C, H, W))
    for a in range(H):
        for b in range(W):
            for j in range(dZ.shape[1]):
                for k in range(dZ.shape[2]):
                    m, n = a + p - j * s, b + p - k * s  # the tap that output (j, k) used here
                    if 0 <= m < M and 0 <= n < N:
                        dV[:, a, b] += dZ[:, j, k] @ K[:, :, m, n]
    return dV


def _tap_by_tap(dZ, K, s, p, H, W):
    D, C, M, N = K.shape
    dP = np.zeros((C, H + 2 * p, W + 2 * p))
    rows, columns = dZ.shape[1:]
    for m in range(M):
        for n in range(N):
            flow = np.einsum("ijk,il->ljk", dZ, K[:, :, m, n])
            dP[:, m : m + rows * s : s, n : n + columns * s : s][:, :rows, :columns] += flow
    return dP[:, p : p + H, p : p + W]


EXERCISE = Exercise(
    id="E7.1",
    title="Back to the input",
    solution=my_input_gradient,
    reference=_reference,
    cases=_cases,
    output="stack",
    forbidden=GRADIENTS,
    also_right=(_by_gathering, _tap_by_tap),
    parts=(
        Part("one derivative for each pixel of each channel", 1, _shape),
        Part("stride 1, no padding", 1, _plain),
        Part("the adjoint test: the sum of Z · dZ is that of V · dV", 2, _adjoint),
    ),
    misconceptions=(
        Misconception(
            "valid-for-full",
            "The kernel was laid only where it lies inside of dZ (or of dZ and a narrow border).",
            "The corner pixel is in one window alone, and has a derivative, too. Wherever one tap "
            "meets an output there is something to give back: that is the full convolution.",
            (
                _in_place_of_full(lambda taps: 0),
                _in_place_of_full(lambda taps: 0, at_corner=True),
                _in_place_of_full(lambda taps: taps // 2),
                _in_place_of_full(lambda taps: taps // 2, at_corner=True),
            ),
        ),
        Misconception(
            "kernel-not-flipped",
            "The kernel is the wrong way round.",
            "The first window's first tap is on the first pixel: that pixel gets dZ[i, 0, 0] times "
            "K[i, l, 0, 0]. Backwards, the sign of m changes: what was slid unflipped is convolved "
            "with the flipped kernel.",
            (_with_kernel(_flipped),),
        ),
        Misconception(
            "one-axis-flipped",
            "The kernel is the wrong way round along one of its axes.",
            "Rows and columns are turned round alike. A kernel of 2 x 2 taps with four different "
            "numbers shows which is not.",
            (_with_kernel(lambda K: K[:, :, ::-1]), _with_kernel(lambda K: K[:, :, :, ::-1])),
        ),
        Misconception(
            "channels-not-exchanged",
            "The two channel axes of the kernel have changed places, or should have.",
            "K[i, l] led from input channel l to output channel i. On the way back, dZ[i] comes in "
            "and dV[l] goes out: which of the two is summed over?",
            (
                _swapped_channels,
                _reshaped_channels,
                _with_kernel(lambda K: K[:, ::-1]),
                _with_kernel(lambda K: K[::-1]),
            ),
        ),
        Misconception(
            "one-output-channel",
            "Only one output channel gives its derivatives back.",
            "An input channel is read by every output channel. Is what comes back added up, or "
            "does the last one take the place of the others?",
            (_one_output_channel(-1), _one_output_channel(0)),
        ),
        Misconception(
            "overwritten",
            "Where windows overlap, the last one has taken the place of the others.",
            "A pixel in two windows changes two outputs: both changes count. Is there a place "
            "where = should be +=?",
            (
                lambda dZ, K, s, p, H, W: _overwritten(dZ, K, s, p, H, W, channels_too=False),
                lambda dZ, K, s, p, H, W: _overwritten(dZ, K, s, p, H, W, channels_too=True),
            ),
        ),
        Misconception(
            "strides-zeros-missing",
            "The stride is missing: the windows lie side by side, as at stride 1.",
            "Output (0, 1) read pixels from column s on. For a full convolution there have to be "
            "s - 1 zeros between neighbouring outputs.",
            (
                _at_strides(lambda s: (1, 1)),
                lambda dZ, K, s, p, H, W: _small(dZ, K, s),
                _taps_spread,
            ),
        ),
        Misconception(
            "stride-of-one-axis",
            "The stride works along one axis only.",
            "j and k are both multiplied by s.",
            (_at_strides(lambda s: (s, 1)), _at_strides(lambda s: (1, s))),
        ),
        Misconception(
            "filled-otherwise",
            "The places between the outputs hold something else than s - 1 zeros.",
            "Windows that were never computed have no derivative. Between two outputs that are s "
            "pixels apart there are s - 1 such places.",
            (_repeated, _repeated_short, _zeros_short),
        ),
        Misconception(
            "padding-not-cropped",
            "The padding is still there, or was cut off at the wrong end.",
            "The derivatives by the zeros around V are computed on the way, but nobody asks for "
            "them. Where in the padded array does pixel (0, 0) lie?",
            (
                _uncropped,
                lambda dZ, K, s, p, H, W: _cropped(_grown(dZ, K, s), 0, H, W),
                lambda dZ, K, s, p, H, W: _cropped(_grown(dZ, K, s), 2 * p, H, W),
                lambda dZ, K, s, p, H, W: _grown(dZ, K, s),
            ),
        ),
        Misconception(
            "left-over-pixels",
            "The pixels that no window reaches are missing, or are at the wrong end.",
            "If the stride does not come out even, the last rows and columns are in no window. "
            "Their derivative is 0, and they are there: the answer is as large as V.",
            (_reached, _reached_behind),
        ),
        Misconception(
            "averaged",
            "The shares were divided: that is an average, not a sum.",
            "A derivative adds up all ways from the pixel to the loss. In how many windows a pixel "
            "is changes how many terms there are, and nothing else.",
            (
                _by_cover,
                _scaled(lambda dZ, K: 1 / len(dZ)),
                _scaled(lambda dZ, K: 1 / K[0, 0].size),
                _scaled(lambda dZ, K: 1 / dZ[0].size),
            ),
        ),
        Misconception(
            "input-channels-mixed",
            "All input channels have the same derivatives.",
            "Each input channel has kernels of its own, K[:, l]. Which axes may be summed over?",
            (
                _with_kernel(lambda K: np.repeat(K.sum(1, keepdims=True), K.shape[1], axis=1)),
                _with_kernel(lambda K: np.repeat(K[:, :1], K.shape[1], axis=1)),
            ),
        ),
    ),
    error_hints={
        "ValueError": "Compare shapes: a window of the padded input, dP[:, j * s : j * s + M, "
        "k * s : k * s + N], and K[i] have the same three axes. (With p = 0, p:-p is empty.)",
        "IndexError": "K has the output channel first, then the input channel. dZ has one map for "
        "each output channel.",
    },
    hints=(
        "One row, two taps, three pixels: write Z[0] and Z[1] as sums. In which of them does the "
        "middle pixel stand, and with which weight?",
        "Go through the outputs. Z[i, j, k] read a window of the padded input through K[i]: so it "
        "hands dZ[i, j, k] * K[i] back to that window, and windows that overlap add up.",
        "Begin with zeros of shape (C, H + 2p, W + 2p), add dZ[i, j, k] * K[i] to [:, j * s : "
        "j * s + M, k * s : k * s + N] for all i, j, k, and cut the padding off at the end.",
    ),
)
