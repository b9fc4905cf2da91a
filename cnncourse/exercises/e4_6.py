"""E4.6: invariance learned by pooling over detectors, not over places (the lecture's "Pooling")."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS

Pool = Callable[[Array], Array]


def my_detector(image, detector):
    """Answer to a pattern at every place, no matter by how many quarter-turns it is turned.

    image : (H, W) array.
    detector : (k, k) array, one pattern; k is at most H and at most W.
    Four detectors look at each place: the given one, and those turned by 90, 180 and 270
    degrees. The response of one of them at place (i, j) is its cross-correlation with the
    image, eq. (5): the sum of image[i + m, j + n] * turned[m, n].
    Return an array of shape (H - k + 1, W - k + 1): at each place the largest of the four.
    np.rot90(detector) turns by 90 degrees; cnncourse.conv.cross_correlate2d is allowed.

    Example: image = [[0, 1, 0], [2, 1, 3]], detector = [[1, 0], [1, 0]] -> [[3, 4]].
    """
    k = len(detector)
    rows, columns = image.shape[0] - k + 1, image.shape[1] - k + 1
    responses = np.zeros((4, rows, columns))
    for turns in range(4):
        turned = np.rot90(detector, turns)
        for i in range(rows):
            for j in range(columns):
                responses[turns, i, j] = (image[i : i + k, j : j + k] * turned).sum()
    # Pool over the first axis, the detectors: each place keeps its own number.
    return responses.max(axis=0)


def _correlated(image: Array, kernel: Array) -> Array:
    """Add up, tap by tap, the image moved by that tap's place."""
    k, columns = kernel.shape
    height, width = image.shape[0] - k + 1, image.shape[1] - columns + 1
    total = np.zeros((height, width))
    for m, n in np.ndindex(k, columns):
        total += kernel[m, n] * image[m : m + height, n : n + width]
    return total


def _turn(kernel: Array, times: int) -> Array:
    """Turn by quarter-turns, cell by cell."""
    for _ in range(times):
        k = len(kernel)
        kernel = np.array([[kernel[n, k - 1 - m] for n in range(k)] for m in range(k)])
    return kernel


def _responses(image: Array, detectors: Sequence[Array]) -> Array:
    return np.stack([_correlated(image, one) for one in detectors])


def _four(detector: Array) -> list[Array]:
    return [_turn(detector, times) for times in range(4)]


def _reference(image: Array, detector: Array) -> Array:
    return _responses(image, _four(detector)).max(0)


def _cases(draw: Draw) -> list[Case]:
    def case(size: tuple[int, int], k: int, note: str = "random numbers") -> Case:
        image = draw.numbers(size[0] * size[1]).reshape(size)
        return Case((image, draw.numbers(k * k, size=4).reshape(k, k)), note)

    corner = np.array([[1.0, 1.0], [1.0, -3.0]])
    scene = np.zeros((4, 9))
    for turns in range(4):
        scene[1:3, 2 * turns : 2 * turns + 2] = np.rot90(corner, turns)
    return [
        Case((np.array([[2.0]]), np.array([[-3.0]])), "one pixel"),
        Case(
            (np.array([[0.0, 1, 0], [2, 1, 3]]), np.array([[1.0, 0], [1, 0]])),
            "the example of the task",
        ),
        Case((np.array([[3, -1, 4], [1, 5, -9]]), np.array([[1, -2], [0, 3]])), "whole numbers"),
        Case((np.ones((3, 4)), -np.array([[1.0, 2], [3, 4]])), "all responses negative"),
        Case(
            (1e15 * np.array([[3.0, 1, 4], [1, 5, 9]]), -np.array([[1.0, 2], [5, 3]])),
            "very negative responses",
        ),
        Case((scene, corner), "one corner in four positions"),
        case((2, 2), 2, "one place"),
        case((3, 5), 2),
        case((5, 3), 3),
        case((4, 4), 2, "a square image"),
        case((4, 6), 3),
        case((5, 5), 3, "a square image"),
        case((6, 5), 2),
        case((6, 7), 4),
        Case(
            (
                np.array([[0.0137, 1 / 30, -0.002], [-0.04, 0.3, 0.011]]),
                np.array([[0.5, -0.1], [0.2, 0.7]]),
            ),
            "small numbers with many decimals",
        ),
        Case(
            (1000 * draw.numbers(20).reshape(4, 5), draw.numbers(4).reshape(2, 2)), "large numbers"
        ),
    ]


def _right(case: Case, output: Array) -> bool:
    return close(output, _reference(*case.args))


def _right_size(case: Case, output: Array) -> bool:
    return output.shape == _reference(*case.args).shape


def _of_one_corner(case: Case, output: Array) -> bool:
    return case.note != "one corner in four positions" or _right(case, output)


# Where a comparison may be started in vain; 0 first.
_STARTS = (0.0, -1.0, -10.0, -100.0, -999.0, -1000.0, -9999.0, -1e4, -1e5, -1e6, -1e9, -1e10)

# Wrong ideas of what is pooled, and of the detectors.


def _pooled(pool: Pool) -> Callable[[Array, Array], Array]:
    return lambda image, detector: pool(_responses(image, _four(detector)))


def _with_detectors(make: Callable[[Array], list[Array]]) -> Callable[[Array, Array], Array]:
    return lambda image, detector: _responses(image, make(detector)).max(0)


def _started_at(start: float) -> Callable[[Array, Array], Array]:
    return _pooled(lambda maps: np.maximum(maps.max(0), start))


def _over_places(
    side: int, step: int, pool: Pool = lambda maps: maps.max(0)
) -> Callable[..., Array | None]:
    """Pool over squares of places first, then over the detectors, or not."""

    def wrong(image: Array, detector: Array) -> Array | None:
        maps = _responses(image, _four(detector))
        _, height, width = maps.shape
        if min(height, width) < side:
            return None
        squares = np.lib.stride_tricks.sliding_window_view(maps, (side, side), axis=(1, 2))
        return pool(squares.max((3, 4))[:, ::step, ::step])

    return wrong


def _unturned_over_places(image: Array, detector: Array) -> Array | None:
    """Pool the given detector's responses over 2 x 2 places: invariance to shifts."""
    response = _correlated(image, detector)
    if min(response.shape) < 2:
        return None
    return np.lib.stride_tricks.sliding_window_view(response, (2, 2)).max((2, 3))


def _turned_images(image: Array, detector: Array) -> Array | None:
    """Turn the image in place of the detector, and leave the maps turned."""
    if image.shape[0] != image.shape[1]:
        return None
    return np.stack([_correlated(_turn(image, t), detector) for t in range(4)]).max(0)


# Right answers by other ways.


def _by_turning_the_image(image, detector):
    k = len(detector)
    best = None
    for turns in range(4):
        turned = np.rot90(image, turns)
        windows = np.lib.stride_tricks.sliding_window_view(turned, (k, k))
        response = np.rot90((windows * detector).sum(axis=(2, 3)), -turns)
        best = response if best is None else np.maximum(best, response)
    return best


def _by_matrix(image, detector):
    k = detector.shape[0]
    windows = np.lib.stride_tricks.sliding_window_view(image, (k, k)).reshape(-1, k * k)
    kernels = np.array([np.rot90(detector, t).ravel() for t in range(4)])
    best = np.max(windows @ kernels.T, axis=1)
    return best.reshape(image.shape[0] - k + 1, -1)


EXERCISE = Exercise(
    id="E4.6",
    title="Invariance learned over detectors",
    solution=my_detector,
    reference=_reference,
    cases=_cases,
    also_right=(_by_turning_the_image, _by_matrix),
    output="matrix",
    forbidden=SOLUTIONS,
    parts=(
        Part("one number for each place", 1, _right_size),
        Part("one corner in four positions gives four equal answers", 1, _of_one_corner),
        Part("the largest of four responses at each place", 1, _right),
    ),
    misconceptions=(
        Misconception(
            "over-places",
            "The maximum was taken over places, not over the detectors.",
            "Pooling over places forgives a shift. Here the place is to stay, and the turn to be "
            "forgiven: over which axis of the stacked responses does the maximum run?",
            (
                _over_places(2, 1),
                _over_places(2, 2),
                _over_places(2, 1, lambda maps: maps[0]),
                _over_places(2, 2, lambda maps: maps[0]),
                _unturned_over_places,
                _pooled(lambda maps: maps.max((1, 2))[None, :]),
                _pooled(lambda maps: maps.max((1, 2))[:, None]),
                _pooled(lambda maps: maps.max((1, 2)).reshape(2, 2)),
                _pooled(lambda maps: np.full(maps.shape[1:], maps.max())),
            ),
        ),
        Misconception(
            "over-one-axis-of-places",
            "The maximum was taken along the rows or the columns of the image.",
            "Stack the four responses in an array of shape (4, rows, columns). Which of its axes "
            "counts the detectors?",
            (
                _pooled(lambda maps: maps.max(1)),
                _pooled(lambda maps: maps.max(2)),
                _pooled(lambda maps: maps.max(2).T),
                _pooled(lambda maps: maps.max(1).T),
            ),
        ),
        Misconception(
            "averaged",
            "The four responses were averaged or added up, where the largest is asked for.",
            "At a place with the pattern one detector answers strongly, and three do not fit. "
            "What is left of the strong answer in an average?",
            (_pooled(lambda maps: maps.mean(0)), _pooled(lambda maps: maps.sum(0))),
        ),
        Misconception(
            "two-turns",
            "Turns are missing: four detectors were asked for.",
            "np.rot90(detector, 2) turns by 180 degrees. Which angles do your detectors have?",
            (
                _with_detectors(lambda d: [d]),
                _with_detectors(lambda d: [d, _turn(d, 1)]),
                _with_detectors(lambda d: [d, _turn(d, 2)]),
                _with_detectors(lambda d: [d, _turn(d, 3)]),
                _with_detectors(lambda d: [_turn(d, t) for t in range(3)]),
                _with_detectors(lambda d: [_turn(d, t) for t in range(1, 4)]),
            ),
        ),
        Misconception(
            "mirrored",
            "The detectors are mirrored, not turned.",
            "A mirrored letter is no turned letter. What does a quarter-turn do to the first row "
            "of an array, and what does `np.flip` or `.T` do?",
            (
                _with_detectors(lambda d: [d, d[::-1], d[:, ::-1], d[::-1, ::-1]]),
                _with_detectors(lambda d: [d, d.T, d[::-1], d[:, ::-1]]),
                _with_detectors(lambda d: [d, d.T, d[::-1, ::-1], d[::-1, ::-1].T]),
                _with_detectors(lambda d: [d, d[::-1]]),
                _with_detectors(lambda d: [d, d[:, ::-1]]),
                _with_detectors(lambda d: [d, d.T]),
            ),
        ),
        Misconception(
            "with-mirror-images",
            "There are more than four detectors: mirror images have joined the turns.",
            "The answer to a mirrored pattern should stay small: it is another pattern. Only the "
            "four turns are asked for.",
            (_with_detectors(lambda d: [*_four(d), *_four(d.T)]),),
        ),
        Misconception(
            "started-at-zero",
            "The maximum was started at 0, or at another number that can be too large.",
            "What should the largest of -7, -3, -9 and -5 be? And of numbers a thousand times as "
            "large?",
            (*(_started_at(start) for start in _STARTS),),
        ),
        Misconception(
            "largest-size",
            "The largest size was taken, without the sign.",
            "A strongly negative response says that here is the opposite of the pattern. Is that "
            "a find?",
            (
                _pooled(lambda maps: np.abs(maps).max(0)),
                # Two responses of one size may differ in sign.
                _pooled(
                    lambda maps: np.where(-maps.min(0) > maps.max(0), maps.min(0), maps.max(0))
                ),
                _pooled(
                    lambda maps: np.where(-maps.min(0) < maps.max(0), maps.max(0), maps.min(0))
                ),
                _pooled(
                    lambda maps: np.take_along_axis(maps, np.abs(maps).argmax(0)[None], axis=0)[0]
                ),
            ),
        ),
        Misconception(
            "which-detector",
            "That is the number of the detector that answered most, not its answer.",
            "`argmax` tells where the largest is. What tells how large it is?",
            (
                _pooled(lambda maps: maps.argmax(0).astype(float)),
                _pooled(lambda maps: 90.0 * maps.argmax(0)),
            ),
        ),
        Misconception(
            "smallest",
            "The smallest of the four was taken.",
            "The detector that fits gives the largest sum of products.",
            (_pooled(lambda maps: maps.min(0)),),
        ),
        Misconception(
            "image-turned",
            "The image was turned, and its answers were not turned back.",
            "Row 0 of a turned image's answer is not row 0 of the image. Turn the detectors, or "
            "turn each answer back.",
            (_turned_images,),
        ),
    ),
    hints=(
        "First the response of one detector alone: an array of shape (H - k + 1, W - k + 1). Then "
        "the same with the detector turned.",
        "Stack the four responses. At each place there are four numbers now, one a detector.",
        "np.max(responses, axis=0), if the first axis counts the detectors.",
    ),
)
