"""E7.5: which filter made which feature map? Everyone has a network of their own.

The filters come in three pairs, one for each way to misread a picture of weights: two bars that
stand for stripes across them, one pattern and the same turned by 180 degrees, one and its negative.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Either, Exercise, Misconception, Part

MANY = 6
SIDE = 7  # of each quarter of the picture
Change = Callable[[Array], Array]


def my_filters(image, first, second, maps):
    """Match feature maps with the filters that made them.

    A network of two layers looks at a picture of bright and dark stripes and some dots:
      image : (14, 14) numbers, from 0, dark, to 9, bright.
      first : (2, 2, 2), the kernels of layer 1, behind which there is a ReLU. Its channel 0 answers
          where it is dark above and bright below, channel 1 where it is dark on the left and
          bright on the right.
      second : (6, 2, 3, 3), the six filters of layer 2: the weights of each for both channels of
          layer 1. Behind it there is no ReLU. Neither layer flips, pads or has a bias.
      maps : (6, 11, 11), the feature maps of layer 2, in another order than its filters.
    Put a list of six whole numbers in place of the dots: for map 0, map 1, ... map 5 the number of
    the filter that made it. Filters, too, are counted from 0.

    Example: [3, 0, ...] says that filter 3 made map 0, and filter 0 made map 1.
    Draw all of it and match the maps by eye first; then let the computer see whether you are right.
    """
    windows = np.lib.stride_tricks.sliding_window_view
    # What a filter of layer 2 looks at is no picture, it is where layer 1 found which edges.
    edges = np.maximum(np.einsum("ijab,cab->cij", windows(image, (2, 2)), first), 0)
    made = np.einsum("cijab,ncab->nij", windows(edges, (3, 3), axis=(1, 2)), second)
    return [int(np.abs(made - one).sum(axis=(1, 2)).argmin()) for one in maps]


_FIRST = np.array([[[-1.0, -1.0], [1.0, 1.0]], [[-1.0, 1.0], [-1.0, 1.0]]])


def _picture(draw: Draw) -> Array:
    """Draw a quarter of stripes that lie, one of stripes that stand, and two of fainter dots."""
    stripes = np.zeros((SIDE, SIDE))
    stripes[1::2] = draw.integer(8, 9)
    dots = (
        np.array([draw.pick((0, 0, 0, *range(1, 6))) for _ in range(SIDE**2)], dtype=float)
        for _ in range(2)
    )
    quarters = draw.shuffled([stripes, stripes.T, *(some.reshape(SIDE, SIDE) for some in dots)])
    return np.block([quarters[:2], quarters[2:]])


def _filters(draw: Draw) -> list[Array]:
    """Draw three pairs of filters that are easily taken for each other."""
    nothing, bar = np.zeros((3, 3)), np.zeros((3, 3))
    bar[:, 1] = draw.integer(2, 4)
    pattern = draw.numbers(18, size=4).reshape(2, 3, 3)
    half = draw.numbers(18, size=2).reshape(2, 3, 3)
    even = half + _turned(half)
    return [
        np.stack([bar, nothing]),  # upright, of edges that lie: wants stripes that lie
        np.stack([nothing, bar.T]),
        pattern,
        _turned(pattern),
        even,
        -even,
    ]


def _given(draw: Draw) -> dict[str, Any]:
    """Draw a network, and an order of the maps that is not its own inverse."""
    image, filters = _picture(draw), np.stack(draw.shuffled(_filters(draw)))
    while True:
        order = draw.shuffled(range(MANY))
        if any(order[order[n]] != n for n in range(MANY)):
            break
    made = _maps(image, _FIRST, filters)
    return {"image": image, "first": _FIRST, "second": filters, "maps": made[order] + 0.0}


def _slid(planes: Array, kernels: Array) -> Array:
    """Add up, tap by tap, what each of N kernels (N, C, h, w) makes of planes (C, H, W)."""
    rows, columns = (n - k + 1 for n, k in zip(planes.shape[1:], kernels.shape[2:], strict=True))
    total = np.zeros((len(kernels), rows, columns))
    for c, a, b in np.ndindex(kernels.shape[1:]):
        pixels = planes[c, a : a + rows, b : b + columns]
        total += kernels[:, c, a, b, np.newaxis, np.newaxis] * pixels
    return total


def _maps(image: Array, first: Array, second: Array) -> Array:
    edges = _slid(image[np.newaxis], first[:, np.newaxis])
    return _slid(edges.clip(min=0), second)


def _reference(image: Array, first: Array, second: Array, maps: Array) -> list[int]:
    made = [one.tolist() for one in _maps(image, first, second)]
    return [made.index(one) for one in (maps + 0.0).tolist()]


def _judge(case: Case, output: Array) -> str:
    if output.shape != (MANY,):
        return "six numbers are asked for, one for each map"
    if sorted(output.tolist()) != list(range(MANY)):
        return "each of the filters 0 to 5 made one map, so that each number comes once"
    wrong = [f"map {n}" for n in np.flatnonzero(output != _reference(*case.args))]
    return f"not from that filter: {', '.join(wrong)}" if wrong else ""


# The three pairs: what makes one filter of its twin.


def _turned(weights: Array) -> Array:
    return weights[:, ::-1, ::-1]


def _across(weights: Array) -> Array:
    """Exchange the channels, and rows with columns: edges that lie with edges that stand."""
    return weights[::-1].transpose(0, 2, 1)


def _negative(weights: Array) -> Array:
    return -weights


_PAIRS: tuple[Change, ...] = (_across, _turned, _negative)


def _twins(second: Array, change: Change) -> dict[int, int]:
    """Give the two filters of a pair, each with the other."""
    return {
        n: m
        for (n, one), (m, other) in product(enumerate(second), repeat=2)
        if n != m and np.array_equal(change(one), other)
    }


def _pair(change: Change) -> Callable[[Case, Array], bool]:
    """Make a part of the points: both filters of a pair are at their maps."""

    def holds(case: Case, output: Array) -> bool:
        right, twins = _reference(*case.args), _twins(case.args[2], change)
        return output.shape == (MANY,) and all(
            output[n] == right[n] for n in range(MANY) if right[n] in twins
        )

    return holds


# Wrong ideas


def _exchanged(*changes: Change) -> Callable[..., list[int]]:
    """Take the filters of these pairs for each other."""

    def wrong(image: Array, first: Array, second: Array, maps: Array) -> list[int]:
        twins: dict[int, int] = {}
        for change in changes:
            twins |= _twins(second, change)
        return [twins.get(n, n) for n in _reference(image, first, second, maps)]

    return wrong


def _takes_for_each_other(change: Change) -> Callable[[Case, Array], bool]:
    """Whether this pair is exchanged, and no filter is elsewhere than at its own or its twin's."""

    def explains(case: Case, output: Array) -> bool:
        if output.shape != (MANY,):
            return False
        own, *others = (_twins(case.args[2], one) for one in _from(change))
        twins = own | others[0] | others[1]
        return all(
            got == own[n] if n in own else got in (n, twins[n])
            for n, got in zip(_reference(*case.args), output.tolist(), strict=True)
        )

    return explains


def _from(change: Change) -> list[Change]:
    """List the pairs, this one first."""
    return [change, *(one for one in _PAIRS if one is not change)]


def _by_rank(weigh: Change, brighten: Change) -> Callable[..., Either]:
    """Match in the order of two numbers; of two equal filters either may come first."""

    def wrong(image: Array, first: Array, second: Array, maps: Array) -> Either:
        weights = weigh(second.reshape(MANY, -1)).tolist()
        ranks = np.argsort(brighten(maps.reshape(MANY, -1)))
        bars = (second == 0).all(axis=(2, 3)).any(axis=1).astype(int)
        answers = []
        for ways in product((1, -1), repeat=2):  # two pairs have equal weights
            keys = [(weights[n], ways[bars[n]] * n) for n in range(MANY)]
            answer = np.zeros(MANY, dtype=int)
            answer[ranks] = sorted(range(MANY), key=keys.__getitem__)
            answers.append(answer)
        return Either(*answers)

    return wrong


def _most_alike(made: Array, maps: Array) -> list[int]:
    """Give each map the one that correlates best with it."""
    table = np.corrcoef(made.reshape(MANY, -1), maps.reshape(MANY, -1))
    return [int(row[:MANY].argmax()) for row in table[MANY:]]


def _picture_on_image(image: Array, first: Array, second: Array, maps: Array) -> list[int]:
    """Slide the picture of a filter's weights over the image itself."""
    pictures = second.sum(axis=1)
    made = _slid(image[np.newaxis], pictures[:, np.newaxis])
    return _most_alike(made[:, :-1, :-1], maps)


def _channel_on_image(image: Array, first: Array, second: Array, maps: Array) -> list[int]:
    largest = np.abs(second).sum(axis=(2, 3)).argmax(axis=1)
    pictures = second[np.arange(MANY), largest]
    made = _slid(image[np.newaxis], pictures[:, np.newaxis])
    return _most_alike(made[:, :-1, :-1], maps)


def _inverse(*args: Array) -> list[int]:
    right = _reference(*args)
    return [right.index(n) for n in range(MANY)]


# Right answers by other ways.


def _pixel_by_pixel(image, first, second, maps):
    edges = np.zeros((2, 13, 13))
    for c in range(2):
        for i in range(13):
            for j in range(13):
                edges[c, i, j] = max((image[i : i + 2, j : j + 2] * first[c]).sum(), 0)
    answer = []
    for one in maps:
        for n in range(6):
            if all(
                (edges[:, i : i + 3, j : j + 3] * second[n]).sum() == one[i, j]
                for i in range(11)
                for j in range(11)
            ):
                answer.append(n)
    return answer


def _solved_for_the_filter(image, first, second, maps):
    # A map and what it was made of tell its filter: E2.5 and E7.4, backwards.
    edges = np.array([np.zeros((13, 13)), np.zeros((13, 13))])
    for a in range(2):
        for b in range(2):
            edges += first[:, a, b, None, None] * image[a : a + 13, b : b + 13]
    edges[edges < 0] = 0
    X = np.array([edges[:, i : i + 3, j : j + 3].ravel() for i in range(11) for j in range(11)])
    answer = []
    for one in maps:
        weights = np.linalg.lstsq(X, one.ravel(), rcond=None)[0]
        answer.append(int(((second.reshape(6, -1) - weights) ** 2).sum(axis=1).argmin()))
    return np.array(answer)


EXERCISE = Exercise(
    id="E7.5",
    title="Which filter made this map?",
    solution=my_filters,
    reference=_reference,
    judge=_judge,
    given=_given,
    output="vector",
    also_right=(_pixel_by_pixel, _solved_for_the_filter),
    parts=(
        Part("the two bars", 1, _pair(_across)),
        Part("the pattern and the same turned by 180 degrees", 1, _pair(_turned)),
        Part("the filter and its negative", 1, _pair(_negative)),
    ),
    misconceptions=(
        Misconception(
            "maps-of-filters",
            "The list is the other way round: it says for each filter which map it made.",
            "Entry 0 belongs to map 0 and holds the number of a filter.",
            (_inverse,),
        ),
        Misconception(
            "counted-from-one",
            "Filters were counted from 1.",
            "The first filter is second[0], and the last one second[5].",
            (
                lambda *args: [n + 1 for n in _reference(*args)],
                lambda *args: [n + 1 for n in _inverse(*args)],
            ),
        ),
        Misconception(
            "not-matched",
            "The maps were taken to be in the order of the filters, or in the opposite one.",
            "They have been shuffled: look for what is special in a map, and which filter would "
            "make it.",
            (lambda *args: list(range(MANY)), lambda *args: list(range(MANY))[::-1]),
        ),
        Misconception(
            "by-brightness",
            "Bright maps were given to filters of large weights, and dark ones to small.",
            "How bright a map is depends on the picture, too: a large weight answers nothing where "
            "layer 1 found no such edge. Look at where a map is bright, not at how bright.",
            (_by_rank(lambda weights: weights.max(axis=1), lambda maps: maps.max(axis=1)),),
        ),
        Misconception(
            "picture-on-image",
            "The weights of layer 2 were laid on the image itself.",
            "They are not multiplied with pixels. What does layer 2 get to see?",
            (_picture_on_image, _channel_on_image),
        ),
        Misconception(
            "weight-picture",
            "A picture of the weights was taken for the picture that the filter wants to see.",
            "An upright bar of weights in channel 0 adds up three edges, one above the other, each "
            "of which lies: dark above, bright below. Which stripes have such edges?",
            (_exchanged(_across), _exchanged(_across, _turned, _negative)),
            _takes_for_each_other(_across),
        ),
        Misconception(
            "flipped",
            "A filter was taken for the one that is turned by 180 degrees.",
            "These layers do not flip: the weight at the upper left meets what lies at the upper "
            "left of the window.",
            (_exchanged(_turned), _exchanged(_turned, _negative)),
            _takes_for_each_other(_turned),
        ),
        Misconception(
            "sign-overlooked",
            "A filter was taken for its negative: bright is where it should be dark.",
            "Where a filter finds edges at its positive weights its map is bright, and where it "
            "finds them at its negative weights the map is dark.",
            (_exchanged(_negative),),
            _takes_for_each_other(_negative),
        ),
    ),
    hints=(
        "Find the two maps that hardly answer to one kind of stripes: which two filters look at "
        "one kind of edges only?",
        "Do what the network does: layer 1 at every place, then the ReLU, then one filter of layer "
        "2 at every place of both its channels. Which map is that?",
        "edges = np.maximum(..., 0) has the shape (2, 13, 13). For filter n, the number at place "
        "(i, j) is (edges[:, i : i + 3, j : j + 3] * second[n]).sum(): compare it with maps[:, i, "
        "j] at some places.",
    ),
)
