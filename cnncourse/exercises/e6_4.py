"""E6.4: what padding does to a maximum and to an average, in both frameworks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import POOLINGS


def my_pools(x, k, s, p):
    """Pool a padded picture in three ways.

    x : array (H, W) of floats; they may be negative.
    k : whole number, the windows have k x k places. s : the stride, >= 1.
    p : whole number from 0 to k // 2: so many places of padding on each of the four sides.
    Along an axis of n pixels there are (n + 2 p - k) // s + 1 windows, at least one; the first
    starts at the first place of the padding, the next ones s further on.

    Return an array (3, rows, columns), three numbers for each window:
      [0] its largest pixel, as torch.nn.MaxPool2d(k, s, p) and Keras have it,
      [1] the average over all its k * k places, with 0 in the padding, as
          torch.nn.AvgPool2d(k, s, p) has it,
      [2] the average over its pixels alone, as Keras has it, and torch.nn.AvgPool2d with
          count_include_pad=False.
    Ready-made poolings are not for this one.

    Example: x = [[-4, -8]], k = 2, s = 1, p = 1: the top left window holds one pixel, -4, and
    three places of padding: -4 is the largest, -1 and -4 are its averages.
    """
    rows, columns = ((n + 2 * p - k) // s + 1 for n in x.shape)
    # NaN, not a number, marks the places of the padding: no pixel can be mistaken for it.
    padded = np.pad(x.astype(float), p, constant_values=np.nan)
    Z = np.empty((3, rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = padded[i * s : i * s + k, j * s : j * s + k]
            pixels = window[~np.isnan(window)]
            Z[:, i, j] = pixels.max(), pixels.sum() / k**2, pixels.mean()
    return Z


def _pixels(x: Array, k: int, s: int, p: int) -> list[list[list[float]]]:
    """Give the pixels of each window, row by row, by asking every place whether it is one."""
    H, W = x.shape
    rows, columns = (len(range(-p, n + p - k + 1, s)) for n in (H, W))
    return [
        [
            [
                float(x[a, b])
                for a in range(i * s - p, i * s - p + k)
                for b in range(j * s - p, j * s - p + k)
                if 0 <= a < H and 0 <= b < W
            ]
            for j in range(columns)
        ]
        for i in range(rows)
    ]


def _reference(x: Array, k: int, s: int, p: int) -> Array:
    places = _pixels(x, k, s, p)
    summaries: tuple[Callable[[list[float]], float], ...] = (
        max,
        lambda pixels: sum(pixels) / (k * k),
        lambda pixels: sum(pixels) / len(pixels),
    )
    return np.array(
        [[[summary(pixels) for pixels in row] for row in places] for summary in summaries]
    )


def _cases(draw: Draw) -> list[Case]:
    def case(H: int, W: int, k: int, s: int, p: int, note: str = "", sign: int = 0) -> Case:
        x = draw.numbers(H * W).reshape(H, W)
        return Case((sign * np.abs(x) if sign else x, k, s, p), note or "random numbers")

    return [
        Case((np.array([[-4.0, -8.0]]), 2, 1, 1), "the example of the task"),
        case(1, 1, 3, 1, 1, "one pixel, below 0", -1),
        case(3, 3, 1, 1, 0, "windows of one pixel"),
        case(4, 6, 2, 2, 0, "windows side by side, no padding"),
        case(3, 4, 3, 1, 1, "all pixels below 0", -1),
        case(4, 3, 3, 1, 1, "all pixels above 0", 1),
        Case(
            (np.array([[0.0, 3.0, 0.0], [5.0, 0.0, 2.0], [0.0, -4.0, 0.0]]), 3, 1, 1),
            "pixels that are 0",
        ),
        case(4, 4, 2, 2, 1, "the corners hold one pixel each", -1),
        Case(
            (-1e30 * np.array([[3.0, 2.0, 7.0], [5.0, 8.0, 4.0]]), 3, 2, 1), "very negative pixels"
        ),
        case(5, 6, 3, 2, 1),
        case(5, 6, 3, 2, 1, "the same sizes again"),
        case(6, 5, 4, 1, 2),
        case(5, 7, 4, 3, 2),
        case(7, 4, 5, 2, 2),
        case(6, 7, 3, 3, 1, "pixels left over"),
        case(8, 5, 2, 3, 1, "a stride longer than the window"),
        case(2, 3, 4, 1, 2, "windows larger than the picture"),
    ]


def _row(number: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        right = _reference(*case.args)
        scale = float(np.abs(case.args[0]).max())
        return output.shape == right.shape and close(output[number], right[number], scale=scale)

    return holds


# Wrong ideas, and right answers by other ways.

Pools = Callable[[Array, int, int, int], Array | None]
Sides = tuple[int, int]


def _placed(x: Array, sides: tuple[Sides, Sides], fill: float) -> Array:
    """Pad with a number; np.pad would take most of a check's time."""
    (top, bottom), (left, right) = sides
    H, W = x.shape
    padded = np.full((top + H + bottom, left + W + right), fill)
    padded[top : top + H, left : left + W] = x
    return padded


def _cut(padded: Array, k: int, s: int) -> Array:
    return windows(padded, (k, k))[::s, ::s]


def _inside(n: int, k: int, s: int, side: Sides) -> Array:
    """Count the pixels along an axis that each window holds."""
    starts = np.arange(-side[0], n + side[1] - k + 1, s)
    return np.maximum(np.minimum(starts + k, n) - np.maximum(starts, 0), 0)


def _stack(
    x: Array, k: int, s: int, sides: tuple[Sides, Sides], fill: float = -np.inf
) -> Array | None:
    """Pool with so much padding on each side, and another number in it for the maximum."""
    down, across = (_inside(n, k, s, side) for n, side in zip(x.shape, sides, strict=True))
    counts = np.outer(down, across)
    if counts.size == 0 or (counts == 0).any():
        return None
    sums = _cut(_placed(x, sides, 0.0), k, s).sum((2, 3))
    largest = _cut(_placed(x, sides, fill), k, s).max((2, 3))
    return np.array([largest, sums / k**2, sums / counts])


def _with_edge(x: Array, k: int, s: int, p: int) -> Array:
    repeated = _cut(np.pad(x, p, mode="edge"), k, s)
    return np.array([repeated.max((2, 3)), *2 * [repeated.mean((2, 3))]])


def _right(x: Array, k: int, s: int, p: int) -> Array:
    Z = _stack(x, k, s, ((p, p), (p, p)))
    assert Z is not None  # the task promises windows that hold pixels
    return Z


def _filled(fill: float) -> Pools:
    return lambda x, k, s, p: _stack(x, k, s, ((p, p), (p, p)), fill=fill)


def _rows_of(*numbers: int) -> Pools:
    """Put some of the three answers in place of others."""
    return lambda x, k, s, p: _right(x, k, s, p)[list(numbers)]


def _on_sides(sides: Callable[[int], tuple[Sides, Sides]]) -> Pools:
    return lambda x, k, s, p: _stack(x, k, s, sides(p))


def _divided(count: Callable[[int, Array, Array], Array]) -> Pools:
    """Divide the last average by another count of pixels, found from rows and columns outside."""

    def pools(x: Array, k: int, s: int, p: int) -> Array | None:
        down, across = (k - _inside(n, k, s, (p, p)) for n in x.shape)
        counts = count(k, down[:, None], across[None, :]) * np.ones((len(down), len(across)))
        if (counts <= 0).any():
            return None
        Z = _right(x, k, s, p)
        Z[2] = Z[1] * k**2 / counts
        return Z

    return pools


def _zeros_left_out(x: Array, k: int, s: int, p: int) -> Array | None:
    counts = (_cut(_placed(x, ((p, p), (p, p)), 0.0), k, s) != 0).sum((2, 3))
    if (counts == 0).any():
        return None
    Z = _right(x, k, s, p)
    Z[2] = Z[1] * k**2 / counts
    return Z


def _one_padding(fill: float, *rows: int) -> Pools:
    """Let what stands in the padding reach some of the answers."""

    def pools(x: Array, k: int, s: int, p: int) -> Array:
        down, across = (_inside(n, k, s, (p, p)) < k for n in x.shape)
        touched = np.logical_or.outer(down, across)
        Z = _right(x, k, s, p)
        for row in rows:
            Z[row][touched] = fill
        return Z

    return pools


def _by_bounds(x, k, s, p):
    H, W = x.shape
    tops, lefts = range(-p, H + p - k + 1, s), range(-p, W + p - k + 1, s)
    parts = [[x[max(a, 0) : a + k, max(b, 0) : b + k] for b in lefts] for a in tops]
    return [
        [[part.max() for part in row] for row in parts],
        [[part.sum() / (k * k) for part in row] for row in parts],
        [[part.mean() for part in row] for row in parts],
    ]


def _by_three_paddings(x, k, s, p):
    view = np.lib.stride_tricks.sliding_window_view
    low, zero, ones = (
        view(np.pad(values, p, constant_values=fill), (k, k))[::s, ::s]
        for values, fill in ((x, -np.inf), (x, 0), (np.ones(x.shape), 0))
    )
    total = zero.sum(axis=(2, 3))
    return np.stack([low.max(axis=(2, 3)), total / k**2, total / ones.sum(axis=(2, 3))])


EXERCISE = Exercise(
    id="E6.4",
    title="Padding in a pool",
    solution=my_pools,
    reference=_reference,
    cases=_cases,
    output="stack",
    forbidden=POOLINGS,
    parts=(
        Part("the largest pixel", 1, _row(0)),
        Part("the average over all places", 1, _row(1)),
        Part("the average over pixels alone", 1, _row(2)),
    ),
    also_right=(_by_bounds, _by_three_paddings),
    misconceptions=(
        Misconception(
            "zero-padded-maximum",
            "At the border of a negative picture the maximum is 0: the padding won.",
            "The slide speaks of zeros, but neither framework lets padding win. Which number can "
            "stand there that every pixel beats?",
            (_filled(0.0),),
        ),
        Misconception(
            "not-low-enough",
            "A number in the padding is low, but not low enough: in some pictures it wins.",
            "A pixel may be less than -1, than -100, than -1e9. Which number is less than all?",
            tuple(
                _filled(-number)
                for number in (1.0, 10.0, 99.0, 100.0, 255.0, 999.0, 1e3, 1e4, 1e6, 1e9)
            ),
        ),
        Misconception(
            "padding-never-counted",
            "Both averages are those over pixels alone.",
            "For answer 1 the padding's zeros are numbers as any: they are added up, and they are "
            "counted. That is torch's AvgPool2d as it comes.",
            (_rows_of(0, 2, 2),),
        ),
        Misconception(
            "padding-always-counted",
            "Both averages are those over all places.",
            "For answer 2 the corner of the example holds one pixel: its average is that pixel. "
            "By how many is the sum to be divided?",
            (_rows_of(0, 1, 1),),
        ),
        Misconception(
            "averages-exchanged",
            "The two averages have changed places.",
            "torch counts the padding unless you say count_include_pad=False; Keras never does.",
            (_rows_of(0, 2, 1),),
        ),
        Misconception(
            "some-sides-only",
            "The padding is not on all four sides alike.",
            "p places above and below, p on the left and on the right. A padding behind only moves "
            "all windows.",
            (
                _on_sides(lambda p: ((0, p), (0, p))),
                _on_sides(lambda p: ((p, 0), (p, 0))),
                _on_sides(lambda p: ((0, 2 * p), (0, 2 * p))),
                _on_sides(lambda p: ((2 * p, 0), (2 * p, 0))),
                _on_sides(lambda p: ((p, p), (0, 0))),
                _on_sides(lambda p: ((0, 0), (p, p))),
            ),
        ),
        Misconception(
            "no-padding",
            "There is no padding.",
            "There should be (n + 2 p - k) // s + 1 windows along an axis, and the first of them "
            "starts p places outside of the picture.",
            (_on_sides(lambda p: ((0, 0), (0, 0))),),
        ),
        Misconception(
            "padded-twice",
            "There is twice as much padding.",
            "p places on each side, so n + 2 p along an axis, not n + 4 p.",
            (_on_sides(lambda p: ((2 * p, 2 * p), (2 * p, 2 * p))),),
        ),
        Misconception(
            "one-axis-counted",
            "At the border the pixels are counted along one axis only, or not rightly in the "
            "corners.",
            "A window with one row and one column outside has (k - 1) * (k - 1) pixels: the place "
            "in the corner is outside by both.",
            (
                _divided(lambda k, down, across: k * (k - down)),
                _divided(lambda k, down, across: k * (k - across)),
                _divided(lambda k, down, across: k * k - k * down - k * across),
            ),
        ),
        Misconception(
            "zeros-left-out",
            "Pixels that are 0 were taken for padding.",
            "A pixel may be 0, after a ReLU half of them are, and it counts. What else tells "
            "whether a place is in the picture?",
            (_zeros_left_out,),
        ),
        Misconception(
            "edge-repeated",
            "The padding repeats the picture's edge.",
            "That does the maximum no harm, but the averages count some pixels twice. Padding has "
            "no pixels: 0 for answer 1, nothing for answer 2.",
            (_with_edge,),
        ),
        Misconception(
            "one-padding-for-all",
            "What stands in the padding for one answer reached another one.",
            "-inf is right for a maximum; an average with -inf in it is -inf, and NaN makes NaN of "
            "every number it meets. Each answer needs a padding of its own.",
            (
                _one_padding(-np.inf, 1, 2),
                _one_padding(-np.inf, 1),
                _one_padding(np.nan, 0, 1, 2),
                _one_padding(np.nan, 1),
                _one_padding(np.nan, 0),
                _one_padding(np.nan, 0, 1),
            ),
        ),
        Misconception(
            "other-stride",
            "The windows are not s places apart.",
            "Both frameworks take the window's size for the stride if none is given; here it is "
            "given. Which place does the second window start at?",
            (
                lambda x, k, s, p: _right(x, k, 1, p),
                lambda x, k, s, p: _right(x, k, k, p),
            ),
        ),
    ),
    error_hints={
        "IndexError": "Windows at the border reach out of the picture: pad it first, or cut them "
        "off where it ends.",
        "ValueError": "A window of the padded picture is never empty. Does your slice start below "
        "0? Python counts that from the end.",
        "ZeroDivisionError": "Every window holds a pixel. How did you count them?",
    },
    hints=(
        "Write down the four places of the top left window in the example. Which of them is a "
        "pixel, and which would win if the padding were zeros?",
        "For the maximum and for the last average you have to know which places are padding. A "
        "second array, 1 at pixels and 0 in the padding, padded and cut as the picture, tells.",
        "Maximum: pad with -np.inf. Averages: pad with 0, add up, and divide by k * k or by the "
        "sum of the second array's window.",
    ),
)
