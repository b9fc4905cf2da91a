"""E5.4: how often each pixel is visited, with padding and stride."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS


def my_visits(H, W, k, p, s):
    """Count for each pixel of an image how many outputs look at it.

    H, W : rows and columns of the image, whole numbers >= 1.
    k : the kernel has k x k taps, k >= 1.
    p : rows and columns of zeros added on each of the four sides, 0 <= p < k. The padded
        image is at least as large as the kernel.
    s : stride in pixels, >= 1, the same for rows and columns.
    The kernel takes all its places inside of the padded image, from the top left corner on in
    steps of s. Each place makes one output, which looks at the k x k cells under the kernel.

    Return an array (H, W), for the pixels of the image itself: how many outputs look at each.

    Example: H = 2, W = 3, k = 2, p = 0, s = 1 -> [[1, 2, 1],
                                                   [1, 2, 1]].
    With p = k - 1 ("full") and s = 1 each pixel is visited k * k times.
    """
    visits = np.zeros((H + 2 * p, W + 2 * p))
    # Do what the layer does: put the kernel on each place, and mark what lies under it.
    for top in range(0, H + 2 * p - k + 1, s):
        for left in range(0, W + 2 * p - k + 1, s):
            visits[top : top + k, left : left + k] += 1
    # The zeros around the image were visited, too; they were not asked for.
    return visits[p : p + H, p : p + W]


def _starts(n: int, k: int, p: int, s: int) -> range:
    """Give the pixels where the kernel begins; the padding has negative ones."""
    return range(-p, n + p - k + 1, s)


def _from_starts(n: int, k: int, starts: Iterable[int]) -> Array:
    """Count along one axis the starts in (i - k, i], for each pixel i."""
    kept = tuple(starts)
    return np.array([sum(start <= i < start + k for start in kept) for i in range(n)])


def _both(counts: Callable[[int, int, int, int], Array | None]) -> Callable[..., Array | None]:
    """Make counts along one axis those of an image."""

    def visits(H: int, W: int, k: int, p: int, s: int) -> Array | None:
        rows, columns = counts(H, k, p, s), counts(W, k, p, s)
        return None if rows is None or columns is None else np.outer(rows, columns)

    return visits


def _no_padding(n: int, k: int, p: int, s: int) -> Array:
    return _from_starts(n, k, _starts(n, k, 0, s))


def _size(n: int, k: int, p: int, s: int) -> int:
    return len(_starts(n, k, p, s))


def _inside(n: int, k: int, p: int, s: int) -> Array:
    """Count for each place the cells of the image, not of the padding, under the kernel."""
    return np.array([sum(0 <= a + b < n for b in range(k)) for a in _starts(n, k, p, s)])


def _nearest_edge(H: int, W: int, k: int, p: int, s: int) -> Array:
    """Let the nearer edge alone decide: a corner counts as an edge does."""
    rows, columns = _along(H, k, p, s), _along(W, k, p, s)
    return np.minimum.outer(rows, columns) * max(rows.max(), columns.max())


def _no_edges(H: int, W: int, k: int, p: int, s: int) -> Array:
    return np.full((H, W), float(k * k))


def _largest(H: int, W: int, k: int, p: int, s: int) -> Array:
    """Give every pixel the largest count there is."""
    return np.full((H, W), float(_along(H, k, p, s).max() * _along(W, k, p, s).max()))


def _along(n: int, k: int, p: int, s: int) -> Array:
    """Count the visits along one axis: the starts in (i - k, i], pixel by pixel."""
    return _from_starts(n, k, _starts(n, k, p, s))


def _reference(H: int, W: int, k: int, p: int, s: int) -> Array:
    """Answer by another way: rows and columns are counted apart, and multiply."""
    return np.outer(_along(H, k, p, s), _along(W, k, p, s))


def _cases(draw: Draw) -> list[Case]:
    return [
        Case((2, 3, 2, 0, 1), "the example of the task"),
        Case((1, 3, 1, 0, 1), "one tap"),
        Case((1, 2, 3, 1, 1), "an image smaller than the kernel"),
        Case((3, 4, 2, 1, 1), "full padding"),
        Case((1, 2, 4, 3, 1), "a large kernel, full padding"),
        Case((2, 1, 4, 3, 2), "a large kernel, full padding, stride 2"),
        Case((4, 3, 3, 0, 1), "no padding"),
        Case((4, 5, 3, 1, 1), "same padding"),
        Case((4, 3, 2, 0, 2), "stride 2"),
        Case((5, 4, 3, 2, 1), "full padding"),
        Case((4, 5, 3, 0, 2), "stride 2"),
        Case((5, 6, 3, 1, 2), "stride 2, same padding"),
        Case((7, 5, 2, 1, 3), "a stride larger than the kernel"),
        Case((6, 8, 4, 1, 1), "an even kernel"),
        Case((7, 6, 5, 2, 2), "stride 2, a large kernel"),
        Case((draw.integer(8, 10), 7, 3, 1, 2), "stride 2"),
        Case((8, draw.integer(9, 11), 4, 2, 3), "stride 3"),
    ]


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


EXERCISE = Exercise(
    id="E5.4",
    title="How often is a pixel seen?",
    solution=my_visits,
    reference=_reference,
    cases=_cases,
    output="matrix",
    forbidden=SOLUTIONS,
    parts=(
        Part("every pixel at stride 1", 1, lambda case, got: case.args[4] > 1 or _right(case, got)),
        Part("every pixel at any stride", 1, _right),
    ),
    misconceptions=(
        Misconception(
            "corners-as-the-middle",
            "Every pixel is counted like one in the middle.",
            "Which places of the kernel hold the pixel in the top left corner? Without padding "
            "there is one.",
            (_no_edges, _largest),
        ),
        Misconception(
            "corners-as-edges",
            "A corner is counted like the edges beside it.",
            "In a corner the kernel lacks places in two directions. Along the row there is a "
            "number of places, and to each of them belongs one for every place down the column.",
            (
                _nearest_edge,
                lambda H, W, k, p, s: np.minimum.outer(_along(H, k, p, s), _along(W, k, p, s)) ** 2,
            ),
        ),
        Misconception(
            "added-directions",
            "Rows and columns were added.",
            "A place of the kernel is a row together with a column: with 2 possible rows and 3 "
            "possible columns there are how many places?",
            (
                lambda H, W, k, p, s: np.add.outer(_along(H, k, p, s), _along(W, k, p, s)),
                lambda H, W, k, p, s: np.add.outer(_along(H, k, p, s), _along(W, k, p, s)) - 1,
            ),
        ),
        Misconception(
            "one-direction",
            "Only one direction was counted.",
            "The kernel moves along the rows and down the columns, and has k x k taps.",
            (
                lambda H, W, k, p, s: np.outer(np.ones(H), _along(W, k, p, s)),
                lambda H, W, k, p, s: np.outer(_along(H, k, p, s), np.ones(W)),
                lambda H, W, k, p, s: np.outer(np.full(H, k), _along(W, k, p, s)),
                lambda H, W, k, p, s: np.outer(_along(H, k, p, s), np.full(W, k)),
            ),
        ),
        Misconception(
            "padding-ignored",
            "The places where the kernel sticks out into the padding are missing.",
            "With p rows of zeros above the image the first place begins p rows above it. The "
            "pixels under the rest of the kernel are seen from there, too.",
            (_both(_no_padding),),
        ),
        Misconception(
            "padding-on-one-side",
            "The padding is on two sides only.",
            "There are p rows of zeros above the image and p below it, p columns on its left and "
            "p on its right.",
            (
                _both(lambda n, k, p, s: _from_starts(n, k, range(-p, n - k + 1, s))),
                _both(lambda n, k, p, s: _from_starts(n, k, range(0, n + p - k + 1, s))),
            ),
        ),
        Misconception(
            "padding-counted-too",
            "The zeros around the image have counts, too.",
            "The question is how often the pixels of the image are seen: an array (H, W). Cut off "
            "what belongs to the padding.",
            (
                lambda H, W, k, p, s: np.outer(
                    _along(H + 2 * p, k, 0, s), _along(W + 2 * p, k, 0, s)
                ),
            ),
        ),
        Misconception(
            "not-cut-in-the-middle",
            "The counts are cut out at the wrong place.",
            "In the padded image the first pixel of the image is at [p, p].",
            (
                lambda H, W, k, p, s: np.outer(
                    _along(H + 2 * p, k, 0, s), _along(W + 2 * p, k, 0, s)
                )[:H, :W],
                lambda H, W, k, p, s: np.outer(
                    _along(H + 2 * p, k, 0, s), _along(W + 2 * p, k, 0, s)
                )[2 * p :, 2 * p :],
            ),
        ),
        Misconception(
            "outputs-counted",
            "That is how many pixels each output looks at, not how many outputs look at a pixel.",
            "An output looks at k x k cells, each of them. Turn the question round: choose a pixel "
            "and count the places of the kernel that hold it.",
            (
                lambda H, W, k, p, s: np.full((_size(H, k, p, s), _size(W, k, p, s)), float(k * k)),
                _both(lambda n, k, p, s: _inside(n, k, p, s)),
            ),
        ),
        Misconception(
            "stride-ignored",
            "The stride is not counted.",
            "With a stride of s the kernel has fewer places: some pixels are seen less often, and "
            "some perhaps not at all.",
            (_both(lambda n, k, p, s: _along(n, k, p, 1)),),
        ),
        Misconception(
            "size-only",
            "There are as many places as a stride of s leaves, but they lie side by side.",
            "The place number j begins at the row j * s of the padded image.",
            (_both(lambda n, k, p, s: _from_starts(n, k, range(-p, _size(n, k, p, s) - p))),),
        ),
        Misconception(
            "last-place-missing",
            "The last places, on the right and at the bottom, are missing.",
            "On 3 pixels a kernel of 2 taps has 2 places, 0 and 1: the last one is H + 2p - k, and "
            "range stops before its second number.",
            (
                _both(lambda n, k, p, s: _from_starts(n, k, range(-p, n + p - k, s))),
                _both(lambda n, k, p, s: _from_starts(n, k, _starts(n, k, p, s)[:-1])),
            ),
        ),
        Misconception(
            "kernel-sticks-out",
            "There are places where the kernel sticks out of the padded image.",
            "The last place is the one at which the kernel's last row lies on the last row of the "
            "padded image.",
            (
                _both(lambda n, k, p, s: _from_starts(n, k, range(-p, n + p, s))),
                _both(lambda n, k, p, s: _from_starts(n, k, range(-p, n, s))),
                _both(lambda n, k, p, s: _from_starts(n, k, range(-p, n + p - k + 2, s))),
            ),
        ),
    ),
    error_hints={
        "IndexError": "H may differ from W: which of the two belongs to rows? And the padded image "
        "has H + 2p rows.",
        "ValueError": "Compare shapes: the padded image is (H + 2p, W + 2p), the answer (H, W). "
        "With p = 0, a slice [p:-p] is empty.",
    },
    hints=(
        "Take one row of 4 pixels and a kernel of 2 taps. Which outputs look at the first pixel, "
        "which at the second?",
        "Start from zeros in the size of the padded image, and go through all places of the "
        "kernel: each adds 1 to the k x k cells under it.",
        "The places begin at range(0, H + 2 * p - k + 1, s) and the same with W. At the end cut "
        "off the padding: visits[p : p + H, p : p + W].",
    ),
)
