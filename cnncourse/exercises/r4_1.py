"""R4.1: repair a max pooling whose padding wins.

The bug was published: the "same" max pooling of Yet-Another-EfficientDet-Pytorch pads with zeros,
as ``F.pad`` does if not told otherwise; pull request 352 (github.com/zylo117/
Yet-Another-EfficientDet-Pytorch, 2020) put minus infinity there, as TensorFlow does, and 356 took
that back, as not certainly better. PyTorch's documentation long spoke
of zeros, too, where its code never used them (github.com/pytorch/pytorch, issues 33384 and 41294).
The same with a maximum started at 0: github.com/tensorflow/tfjs, pull request 4854.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS

Span = tuple[int, int]


def my_same_max(x, k, s):
    """Mend what stands in the padding."""
    sides = []
    for n in x.shape:
        missing = max((-(-n // s) - 1) * s + k - n, 0)
        sides.append((missing // 2, missing - missing // 2))
    # No number is less than minus infinity, so a pixel always wins against padding.
    padded = np.pad(x, sides, constant_values=-np.inf)
    rows, columns = (-(-n // s) for n in x.shape)
    return np.array(
        [
            [padded[i * s : i * s + k, j * s : j * s + k].max() for j in range(columns)]
            for i in range(rows)
        ]
    )


def _broken(x, k, s):
    """Pool by the maximum with "same" padding. One bug is in here: find it, mend it.

    x : (H, W) array of floats. k : the window is k x k pixels. s : the step, 1 or more.
    Along an axis of n pixels there are ceil(n / s) windows. If they need more pixels than
    there are, the image is padded by as many: half of them in front, rounded down, the rest
    behind. Return the largest pixel of each window; padding is no pixel and never counts.

    Example: x = [[-3, -1], [-2, -4]], k = 2, s = 1 -> [[-1, -1], [-2, -4]].
    """
    sides = []
    for n in x.shape:
        missing = max((-(-n // s) - 1) * s + k - n, 0)  # -(-n // s) rounds up
        sides.append((missing // 2, missing - missing // 2))
    padded = np.pad(x, sides)
    rows, columns = (-(-n // s) for n in x.shape)
    return np.array(
        [
            [padded[i * s : i * s + k, j * s : j * s + k].max() for j in range(columns)]
            for i in range(rows)
        ]
    )


def _spans(n: int, k: int, s: int) -> list[Span]:
    """Give first and last pixel (not with) of each window, within the image."""
    count = -(-n // s)
    before = max((count - 1) * s + k - n, 0) // 2
    return [(max(i * s - before, 0), min(i * s - before + k, n)) for i in range(count)]


def _by_definition(x: Array, k: int, s: int) -> Array:
    rows, columns = (_spans(n, k, s) for n in x.shape)
    return np.array(
        [
            [
                max(float(x[i, j]) for i in range(*down) for j in range(*across))
                for across in columns
            ]
            for down in rows
        ]
    )


def _cases(draw: Draw) -> list[Case]:
    def case(size: tuple[int, int], k: int, s: int, note: str, sign: int = 0) -> Case:
        image = draw.numbers(size[0] * size[1]).reshape(size)
        return Case((sign * np.abs(image) if sign else image, k, s), note)

    mountain = -np.ones((5, 6)) * np.arange(2.0, 8.0)
    mountain[2, 3] = 9.0
    return [
        Case((np.array([[-2.0]]), 2, 1), "one negative pixel"),
        Case((np.array([[-3.0, -1.0], [-2.0, -4.0]]), 2, 1), "the example of the task"),
        Case((np.array([[5.0, 1.0, 4.0], [2.0, 8.0, 3.0]]), 2, 1), "after a ReLU: none negative"),
        Case((mountain, 3, 2), "negative but for one pixel"),
        Case((np.array([[0.0, -3.0], [-4.0, 0.0], [-5.0, -6.0]]), 2, 1), "zeros and negatives"),
        Case((-1e30 * np.array([[3.0, 2.0, 7.0], [5.0, 8.0, 4.0]]), 3, 1), "very negative numbers"),
        Case((np.array([[-0.0137, -1 / 30], [-0.002, -0.4]]), 3, 1), "small negative numbers"),
        case((3, 4), 1, 1, "windows of one pixel", -1),
        case((4, 6), 2, 2, "windows side by side, no padding"),
        case((5, 4), 2, 3, "a step longer than the window", -1),
        case((6, 9), 2, 3, "a step longer than the window, pixels left over"),
        case((4, 6), 1, 3, "a step longer than the window, pixels left over", -1),
        case((3, 5), 2, 2, "padding behind only", -1),
        case((4, 3), 3, 1, "padding on all sides", -1),
        case((5, 7), 3, 2, "overlapping windows", -1),
        case((6, 4), 4, 1, "more padding behind than in front", -1),
        case((7, 5), 5, 2, "large windows", -1),
        case((3, 4), 5, 1, "windows larger than the image", -1),
        case((5, 6), 3, 1, "random numbers"),
        case((6, 7), 3, 2, "random numbers"),
        case((4, 7), 2, 2, "positive numbers", 1),
        case((7, 6), 4, 3, "random numbers"),
    ]


def _right(case: Case, output: Array) -> bool:
    return close(output, _by_definition(*case.args))


def _unpadded_case(case: Case) -> bool:
    """Whether padding makes no difference: there is none, or the pixels are positive."""
    x, k, s = case.args
    return _reaches_out(x, k, s) is False or bool((x >= 0).all())


def _reaches_out(x: Array, k: int, s: int) -> bool:
    return any((-(-n // s) - 1) * s + k > n for n in x.shape)


# Wrong repairs.


def _sides(x: Array, k: int, s: int) -> list[Span]:
    totals = [max((-(-n // s) - 1) * s + k - n, 0) for n in x.shape]
    return [(total // 2, total - total // 2) for total in totals]


def _pooled(
    padded: Array, x: Array, k: int, s: int, summary: Callable[[Array], Any] = np.max
) -> Array:
    rows, columns = (-(-n // s) for n in x.shape)
    return np.array(
        [
            [summary(padded[i * s : i * s + k, j * s : j * s + k]) for j in range(columns)]
            for i in range(rows)
        ]
    )


def _filled(value: float | Callable[[Array], float]) -> Callable[[Array, int, int], Array]:
    """Pad with one number, the same for all images or found in each."""

    def wrong(x: Array, k: int, s: int) -> Array:
        number = value(x) if callable(value) else value
        return _pooled(np.pad(x, _sides(x, k, s), constant_values=number), x, k, s)

    return wrong


def _in_mode(mode: Any) -> Callable[[Array, int, int], Array | None]:
    def wrong(x: Array, k: int, s: int) -> Array | None:
        if mode == "reflect" and min(x.shape) < 2:
            return None
        return _pooled(np.pad(x, _sides(x, k, s), mode=mode), x, k, s)

    return wrong


def _zeros_skipped(x: Array, k: int, s: int) -> Array | None:
    """Leave zeros out of each window, as if they were all padding."""
    padded = np.pad(x, _sides(x, k, s))

    def largest(window: Array) -> float:
        kept = window[window != 0]
        return float(kept.max()) if kept.size else 0.0

    return _pooled(padded, x, k, s, largest)


def _without(x: Array, k: int, s: int) -> Array | None:
    """Leave the padding out: fewer windows."""
    if min(x.shape) < k:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k))[::s, ::s]
    return windows.max((2, 3))


def _split(before: Callable[[int], int]) -> Callable[[Array, int, int], Array | None]:
    """Pad rightly, but with another share in front."""

    def wrong(x: Array, k: int, s: int) -> Array | None:
        sides = [(before(a + b), a + b - before(a + b)) for a, b in _sides(x, k, s)]
        out = _pooled(np.pad(x, sides, constant_values=-np.inf), x, k, s)
        return out if np.isfinite(out).all() else None

    return wrong


def _partly(rows: tuple[float, float], columns: tuple[float, float]) -> Callable[..., Array]:
    """Put minus infinity on some sides only."""

    def wrong(x: Array, k: int, s: int) -> Array:
        down, across = _sides(x, k, s)
        tall = np.pad(x, (down, (0, 0)), constant_values=(rows, (0, 0)))
        wide = np.pad(tall, ((0, 0), across), constant_values=((0, 0), columns))
        return _pooled(wide, x, k, s)

    return wrong


def _if_all_negative(x: Array, k: int, s: int) -> Array:
    return _by_definition(x, k, s) if x.max() < 0 else _STILL(x, k, s)


def _if_any_negative(x: Array, k: int, s: int) -> Array:
    """Turn the signs of images with negative pixels, and back."""
    return _STILL(x, k, s) if x.min() >= 0 else -_filled(0)(-x, k, s)


_STILL = _filled(0.0)
_LESS = -np.inf
_LARGE = (
    *(10.0**digits for digits in (0, 1, 2, 3, 4, 5, 6, 9, 10, 12)),
    *(99.0, 128.0, 255.0, 256.0, 999.0, 9999.0, 99999.0, 999999.0),
    *(2.0**15, 2.0**31, 2.0**31 - 1, 2.0**63),
)


# Right answers by other ways.


def _by_clipping(x, k, s):
    H, W = x.shape
    rows, columns = -(-H // s), -(-W // s)
    top = max((rows - 1) * s + k - H, 0) // 2
    left = max((columns - 1) * s + k - W, 0) // 2
    out = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            a, b = i * s - top, j * s - left
            out[i, j] = x[max(a, 0) : a + k, max(b, 0) : b + k].max()
    return out


def _by_least_pixel(x, k, s):
    counts = [-(-n // s) for n in x.shape]
    totals = [max((c - 1) * s + k - n, 0) for n, c in zip(x.shape, counts, strict=True)]
    padded = np.pad(x, [(t // 2, t - t // 2) for t in totals], constant_values=x.min())
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k))[::s, ::s]
    return windows.max(axis=(2, 3))[: counts[0], : counts[1]]


def _by_edge(x, k, s):
    # A pixel of the edge is in every window that reaches over it: to repeat it changes nothing.
    counts = [-(-n // s) for n in x.shape]
    totals = [max((c - 1) * s + k - n, 0) for n, c in zip(x.shape, counts, strict=True)]
    padded = np.pad(x, [(t // 2, t - t // 2) for t in totals], mode="edge")
    return [
        [padded[i * s : i * s + k, j * s : j * s + k].max() for j in range(counts[1])]
        for i in range(counts[0])
    ]


EXERCISE = Exercise(
    id="R4.1",
    title="Repair: a padding that wins",
    solution=my_same_max,
    broken=_broken,
    reference=_by_definition,
    cases=_cases,
    also_right=(_by_clipping, _by_least_pixel, _by_edge),
    output="matrix",
    forbidden=SOLUTIONS,
    parts=(
        Part(
            "what was right before is right still",
            1,
            lambda case, output: not _unpadded_case(case) or _right(case, output),
        ),
        Part("no padding among the maxima", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "still-there",
            "The bug is still there: at the border of a negative image the maxima are 0.",
            "Pool an image of -1 everywhere. Where does a 0 come from, if no pixel is 0? (After a "
            "ReLU nobody would notice.)",
            (_STILL,),
        ),
        Misconception(
            "not-low-enough",
            "The padding holds another number now; in some images that one wins.",
            "-1, -100 or -1000 can all be larger than a pixel. Which number can not?",
            tuple(_filled(-number) for number in _LARGE),
        ),
        Misconception(
            "made-of-the-image",
            "The padding is made of the image, and so may be larger than a window's own pixels.",
            "A pixel from outside of the window must not count in it. What can stand in the "
            "padding that no pixel is less than?",
            (
                _in_mode("reflect"),
                _in_mode("wrap"),
                _filled(lambda x: float(x.mean())),
                _filled(lambda x: float(np.median(x))),
                _filled(lambda x: float(x[0, 0])),
                _filled(lambda x: float(x.max())),
                _filled(lambda x: float(x.min() + 1)),
                _filled(lambda x: float(-np.abs(x).mean())),
            ),
        ),
        Misconception(
            "always-wins",
            "What stands in the padding wins over every pixel: infinity, a huge number, or NaN.",
            "For a minimum, infinity would be right: it always loses. What always loses against a "
            "maximum's pixels? (NaN never does: it makes NaN of what it meets.)",
            tuple(
                _filled(number) for number in (np.inf, float(np.finfo(float).max), 1e308, 1e9, 1e6)
            )
            + (_filled(lambda x: float(np.abs(x).max())),),
        ),
        Misconception(
            "only-all-negative",
            "Images with no positive pixel are right now, others are as before.",
            "One positive pixel in the middle does not make the border positive. The padding must "
            "lose in every window, whatever is elsewhere.",
            (_if_all_negative,),
        ),
        Misconception(
            "some-sides-only",
            "Some sides are padded rightly, others with zeros still.",
            "An image has four borders, and corners. Look at each.",
            (
                _partly((_LESS, _LESS), (0, 0)),
                _partly((0, 0), (_LESS, _LESS)),
                _partly((_LESS, 0), (_LESS, 0)),
                _partly((0, _LESS), (0, _LESS)),
            ),
        ),
        Misconception(
            "zeros-skipped",
            "Zeros are left out of the windows, and with them pixels that are 0.",
            "A pixel may be 0, and the largest of its window. How can padding be told from it?",
            (_zeros_skipped,),
        ),
        Misconception(
            "signs-lost",
            "The signs are lost: the largest size wins.",
            "Of -3 and -1 the larger is -1. Only the padding needed another number.",
            (
                lambda x, k, s: _STILL(np.abs(x), k, s),
                lambda x, k, s: -_STILL(np.abs(x), k, s),
            ),
        ),
        Misconception(
            "minimum",
            "The smallest pixel is taken, not the largest.",
            "Turning all signs makes a minimum of a maximum. Only what stands in the padding is "
            "wrong.",
            (
                lambda x, k, s: -_STILL(-x, k, s),
                lambda x, k, s: -_by_definition(-x, k, s),
                _if_any_negative,
            ),
        ),
        Misconception(
            "padding-left-out",
            "There is no padding any more, so the output has fewer rows and columns.",
            "The task wants ceil(n / s) windows. The places of the padding are needed, only not "
            "the zeros in them.",
            (_without,),
        ),
        Misconception(
            "padding-moved",
            "The padding never wins now, but it is not where the task puts it.",
            "How the padding is shared out, half in front (rounded down) and the rest behind, was "
            "right.",
            (
                _split(lambda total: total - total // 2),
                _split(lambda total: 0),
            ),
        ),
    ),
    hints=(
        "Try x = np.full((3, 3), -1.0) with k = 3 and s = 1. Which outputs are wrong, and what "
        "is in their windows?",
        "np.pad fills with zeros if nothing else is said. Which number loses against every pixel?",
        "np.pad takes constant_values: -np.inf. (An average would need the number of real pixels "
        "as well.)",
    ),
)
