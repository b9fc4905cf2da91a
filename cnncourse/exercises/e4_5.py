"""E4.5: a head that gives as many numbers for every image size (the lecture's "Pooling")."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import POOLINGS

Span = tuple[int, int]
Rule = Callable[[int, int], list[Span]]


def my_head(maps, m):
    """Make as many numbers of feature maps of every size, for a dense layer to follow.

    maps : (C, H, W) array, C feature maps of one image; H and W differ from image to image.
    m : whole number >= 1, at most H and W. Each map is divided into m x m regions, and each
        region becomes one number, its average. Region row i covers the rows from
        floor(i H / m) up to, not with, ceil((i + 1) H / m); columns alike, with W. So no
        row is left out, and neighbouring regions share one if the cut goes through it.
    Return an array of C m m numbers: map by map, in each the regions row by row.
    Ready-made poolings are not for this one.

    Example: maps = [[[1, 2, 3, 4, 5]] * 4], m = 2 -> [2, 4, 2, 4]: columns 0-2 and 2-4.
    """
    C, H, W = maps.shape
    numbers = []
    for c in range(C):
        for i in range(m):
            # -(-a // b) rounds up, in whole numbers.
            rows = slice(i * H // m, -(-(i + 1) * H // m))
            for j in range(m):
                columns = slice(j * W // m, -(-(j + 1) * W // m))
                # The regions grow with the image; their number does not.
                numbers.append(maps[c, rows, columns].mean())
    return np.array(numbers)


def _spans(n: int, m: int) -> list[Span]:
    """Region i holds each pixel that it touches, if the axis is cut into m equal lengths."""
    touched = [
        [p for p in range(n) if (p + 1) * m > i * n and p * m < (i + 1) * n] for i in range(m)
    ]
    return [(pixels[0], pixels[-1] + 1) for pixels in touched]


def _regions(maps: Array, rows: list[Span], columns: list[Span]) -> list[list[list[Array]]]:
    return [
        [[one[top:bottom, left:right] for left, right in columns] for top, bottom in rows]
        for one in maps
    ]


def _mean(region: Array) -> float:
    return float(region.sum() / region.size)


def _pooled(
    maps: Array,
    m: int,
    rule: Rule = _spans,
    summary: Callable[[Array], float] = _mean,
) -> Array:
    """Summarise the regions as an array of shape (C, rows, columns)."""
    _, height, width = maps.shape
    cells = _regions(maps, rule(height, m), rule(width, m))
    return np.array([[[summary(cell) for cell in row] for row in one] for one in cells])


def _reference(maps: Array, m: int) -> Array:
    return _pooled(maps, m).ravel()


def _cases(draw: Draw) -> list[Case]:
    def case(shape: tuple[int, int, int], m: int, note: str, decimals: int = 0) -> Case:
        while True:
            maps = draw.numbers(int(np.prod(shape)), decimals=decimals).reshape(shape)
            # Averages that all cancel would leave nothing to measure float32's rounding by.
            if np.abs(_reference(maps, m)).max() >= 1:
                return Case((maps, m), note)

    return [
        Case((np.array([[[3.0]]]), 1), "one pixel"),
        Case((np.array([[[1.0, 2.0, 3.0, 4.0, 5.0]] * 4]), 2), "the example of the task"),
        case((1, 2, 3), 1, "one region: the global average"),
        case((2, 2, 2), 2, "one pixel in each region"),
        case((2, 4, 6), 2, "three sizes, one head: the first"),
        case((2, 7, 5), 2, "three sizes, one head: the second"),
        case((2, 9, 12), 2, "three sizes, one head: the third"),
        Case((np.array([[[2, -1, 4], [0, 5, 1]], [[7, 3, 3], [1, -6, 8]]]), 2), "whole numbers"),
        case((3, 3, 4), 1, "one region: the global average", 1),
        case((1, 5, 8), 3, "overlapping regions"),
        case((2, 6, 9), 3, "regions of 2 x 3 pixels"),
        case((3, 7, 4), 3, "overlapping regions", 1),
        case((1, 8, 11), 4, "overlapping columns"),
        case((2, 10, 7), 5, "overlapping columns"),
        Case((np.array([[[0.0137, 1 / 30, -0.002], [-0.04, 0.3, 0.011]]]), 2), "small numbers"),
    ]


def _length(case: Case, output: Array) -> bool:
    maps, m = case.args
    return output.shape == (len(maps) * m * m,)


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


# Other regions than those of the task.


def _floored(n: int, m: int) -> list[Span]:
    return [(i * n // m, (i + 1) * n // m) for i in range(m)]


def _raised(n: int, m: int) -> list[Span]:
    return [(-(-i * n // m), -(-(i + 1) * n // m)) for i in range(m)]


def _split(n: int, m: int) -> list[Span]:
    """Divide as np.array_split does: the first pieces are longer."""
    ends = [0]
    for i in range(m):
        ends.append(ends[-1] + n // m + (i < n % m))
    return list(zip(ends, ends[1:], strict=False))


def _rest_last(n: int, m: int) -> list[Span]:
    return [(i * (n // m), n if i == m - 1 else (i + 1) * (n // m)) for i in range(m)]


def _dropped(n: int, m: int) -> list[Span]:
    return [(i * (n // m), (i + 1) * (n // m)) for i in range(m)]


def _stepped(n: int, m: int) -> list[Span]:
    """Window n - (m - 1) s and step s = n // m: a pooling layer fitted to each size."""
    step = n // m
    return [(i * step, i * step + n - (m - 1) * step) for i in range(m)]


def _windows_of(size: int) -> Rule:
    """Slide a window of one size, side by side, as a pooling layer does."""
    return lambda n, m: [(i, i + size) for i in range(0, n - size + 1, size)]


def _fixed(size: int | None) -> Callable[[Array, int], Array | None]:
    def head(maps: Array, m: int) -> Array | None:
        window = m if size is None else size
        if min(maps.shape[1:]) < window:
            return None
        return _pooled(maps, m, _windows_of(window)).ravel()

    return head


def _by_rule(rule: Rule) -> Callable[[Array, int], Array]:
    return lambda maps, m: _pooled(maps, m, rule).ravel()


def _summarised(summary: Callable[[Array], float]) -> Callable[[Array, int], Array]:
    return lambda maps, m: _pooled(maps, m, summary=summary).ravel()


def _square(side: int) -> Callable[[Array, int], Array]:
    """Take the height for the width, or the other way round."""

    def head(maps: Array, m: int) -> Array | None:
        spans = _spans(maps.shape[side], m)
        cells = _regions(maps, spans, spans)
        if any(cell.size == 0 for one in cells for row in one for cell in row):
            return None
        return np.array([_mean(cell) for one in cells for row in one for cell in row])

    return head  # type: ignore[return-value]


def _picked(maps: Array, m: int) -> Array:
    """Pick the first pixel of each region, as a resizing to m x m does."""
    return _pooled(maps, m, summary=lambda region: float(region[0, 0])).ravel()


def _truncated(maps: Array, m: int) -> Array:
    return maps.ravel()[: len(maps) * m * m]


# Right answers by other ways.


def _by_matrices(maps, m):
    def averaging(n):
        A = np.zeros((m, n))
        for i in range(m):
            A[i, int(np.floor(i * n / m)) : int(np.ceil((i + 1) * n / m))] = 1
        return A / A.sum(axis=1, keepdims=True)

    return (averaging(maps.shape[1]) @ maps @ averaging(maps.shape[2]).T).ravel()


def _by_axes(maps, m):
    for axis in (1, 2):
        n = maps.shape[axis]
        pieces = [
            np.take(maps, range(i * n // m, ((i + 1) * n + m - 1) // m), axis).mean(axis)
            for i in range(m)
        ]
        maps = np.stack(pieces, axis)
    return maps.flatten().tolist()


EXERCISE = Exercise(
    id="E4.5",
    title="A head for every image size",
    solution=my_head,
    reference=_reference,
    cases=_cases,
    also_right=(_by_matrices, _by_axes),
    forbidden=POOLINGS,
    parts=(
        Part("as many numbers for every image size", 1, _length),
        Part("the averages of the regions", 2, _right),
    ),
    misconceptions=(
        Misconception(
            "flattened",
            "The maps were flattened: a larger image gives more numbers.",
            "The dense layer that follows has one weight for each number it gets. How many does "
            "it get from 4 x 6 pixels, and from 9 x 12?",
            (lambda maps, m: maps.ravel(), lambda maps, m: maps.transpose(1, 2, 0).ravel()),
        ),
        Misconception(
            "fixed-window",
            "The pooling window has one size: a larger image still gives more numbers.",
            "What has to stay the same is the number of regions, m x m. How large is one of them, "
            "then, in an image twice as large?",
            (_fixed(2), _fixed(3), _fixed(None)),
        ),
        Misconception(
            "truncated",
            "The list was cut to its length: most of the image is not in it.",
            "Change the last pixel of the last map: does any number of the result change?",
            (
                _truncated,
                lambda maps, m: maps[:, :m, :m].ravel(),
            ),
        ),
        Misconception(
            "picked-pixels",
            "One pixel was picked of each region: a resized image, not a pooled one.",
            "A summary hears all pixels of its region. Which of them change your number?",
            (_picked,),
        ),
        Misconception(
            "global",
            "Each map gave one number: m was taken to be 1.",
            "The global average is the case m = 1. With m = 2 there are four regions in a map, "
            "say its quarters.",
            (
                lambda maps, m: maps.mean((1, 2)),
                lambda maps, m: np.repeat(maps.mean((1, 2)), m * m),
            ),
        ),
        Misconception(
            "pixels-left-out",
            "The regions have the size n // m, so the pixels that remain are in none of them.",
            "Of 7 rows and m = 2, n // m is 3. Where do your two regions end, and which row is "
            "in neither?",
            (_by_rule(_dropped),),
        ),
        Misconception(
            "no-overlap",
            "The regions do not overlap where m does not divide the size.",
            "The task rounds the start of a region down, and its end up. Of 5 columns and m = 2: "
            "from 0 up to, not with, which column goes the first one, and where does the second "
            "start?",
            (_by_rule(_floored), _by_rule(_raised), _by_rule(_split), _by_rule(_rest_last)),
        ),
        Misconception(
            "equal-steps",
            "Window and step were computed for each size, but not as the task says.",
            "One window size and one step do not always fit. Compute each region's start and end "
            "from its own i.",
            (_by_rule(_stepped),),
        ),
        Misconception(
            "channels-mixed",
            "The maps were mixed: each has its own m x m numbers.",
            "One map may tell of edges, another of corners. Which axis of `maps` counts them?",
            (
                lambda maps, m: _pooled(maps, m).mean(0).ravel(),
                lambda maps, m: np.tile(_pooled(maps, m).mean(0).ravel(), len(maps)),
                lambda maps, m: _pooled(maps, m).sum(0).ravel(),
                lambda maps, m: _pooled(maps[:1], m).ravel(),
                lambda maps, m: _pooled(maps[-1:], m).ravel(),
            ),
        ),
        Misconception(
            "other-order",
            "The numbers are right, their order is not.",
            "All regions of map 0 come first, its upper row of regions before the lower one.",
            (
                lambda maps, m: _pooled(maps, m).transpose(1, 2, 0).ravel(),
                lambda maps, m: _pooled(maps, m).transpose(0, 2, 1).ravel(),
                lambda maps, m: _pooled(maps, m).transpose(2, 1, 0).ravel(),
            ),
        ),
        Misconception(
            "not-square",
            "Rows were divided as columns are, or the other way round.",
            "H and W differ. Which of the two divides the rows?",
            (_square(1), _square(2)),
        ),
        Misconception(
            "other-summary",
            "Another summary than the average was taken of each region.",
            "The average of a grey region is its grey, whatever the region's size. Is that so "
            "with yours?",
            (
                _summarised(lambda region: float(region.max())),
                _summarised(lambda region: float(region.sum())),
                _summarised(lambda region: float(np.sqrt((region**2).sum()))),
            ),
        ),
    ),
    hints=(
        "Fix the number of regions, and let their size follow from the image's. Where does region "
        "i of m start, in an axis of n pixels?",
        "Rows: start = i * H // m, end = -(-(i + 1) * H // m), which rounds up. Columns alike.",
        "Three loops, over c, i and j; each appends the mean of maps[c, rows, columns].",
    ),
)
