"""E3.5: which network is it? Permuted pixels, shifted images, and an interval over seeds.

The accuracies are drawn for each learner, at the levels that small networks reach on digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part

CLOSE = 0.015  # two decimals, and t with as many as one likes


def my_finding(plain, permuted, shifted, t):
    """Find out which network has convolutions and no pooling, and what a shift costs it.

    The cell above shows your numbers: accuracies in % on test images. Three networks, rows 0, 1
    and 2, were each trained from five seeds, the columns:
    plain : trained and tested on the images as they are.
    permuted : trained and tested on images with their pixels permuted, all in the same way.
    shifted : trained on the images as they are, tested on shifted ones. The seeds of a column
        belong together.
    t : 2.776, the factor of a 95 % interval from five numbers d: the mean of d, plus and minus
        t s / sqrt(5), where s is their standard deviation (with n - 1 = 4 in the divisor).
    One network is dense; one has convolutions, then dense layers; one has convolutions, then a
    maximum of each feature map over all places. In which row is the second one? Put three numbers
    in place of the dots, [row, low, high]: its row, and the interval of its loss by the shift,
    plain minus shifted, seed by seed, in percentage points with two decimals.
    """
    cost_of_permuting = (plain - permuted).mean(axis=1)
    cost_of_shifting = (plain - shifted).mean(axis=1)
    # A dense layer has no neighbours to lose: it learns from permuted pixels as well as ever.
    dense = np.argmin(np.abs(cost_of_permuting))
    # Of the other two, only the maximum over all places makes features' places unimportant.
    # A convolution moves its features with the image, and a dense layer expects them in place.
    row = max({0, 1, 2} - {dense}, key=lambda network: cost_of_shifting[network])
    # Each seed is its own pair: what differs from seed to seed in both cancels.
    loss = plain[row] - shifted[row]
    half = t * loss.std(ddof=1) / np.sqrt(len(loss))
    return [row, loss.mean() - half, loss.mean() + half]


T = 2.776


def _given(draw: Draw) -> dict[str, Any]:
    """Draw accuracies whose intervals tell the networks apart, in a random order of the rows."""
    while True:
        levels = (
            (draw.integer(940, 960), 0, draw.integer(380, 480)),
            (draw.integer(955, 975), draw.integer(30, 60), draw.integer(300, 420)),
            (draw.integer(930, 955), draw.integer(140, 260), draw.integer(-2, 12)),
        )
        plain, permuted, shifted = (np.zeros((3, 5)) for _ in range(3))
        for row, network in enumerate(draw.shuffled((0, 1, 2))):
            level, by_permuting, by_shifting = levels[network]
            spread = 40 if by_shifting > 100 else 6
            for seed in range(5):
                plain[row, seed] = level + draw.integer(-12, 12)
                permuted[row, seed] = plain[row, seed] - by_permuting + draw.integer(-9, 9)
                shifted[row, seed] = plain[row, seed] - by_shifting + draw.integer(-spread, spread)
        arrays = {"plain": plain / 10, "permuted": permuted / 10, "shifted": shifted / 10}
        if _clear(**arrays):
            return {**arrays, "t": T}


def _interval(values: Array, t: float = T) -> tuple[float, float]:
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    half = t * (variance / len(values)) ** 0.5
    return float(mean - half), float(mean + half)


def _rows(plain: Array, permuted: Array, shifted: Array) -> tuple[int, int, int]:
    """Give the rows of the dense network, of that with convolutions alone, of that with pooling."""
    by_permuting = np.abs((plain - permuted).mean(axis=1))
    by_shifting = (plain - shifted).mean(axis=1)
    dense = int(by_permuting.argmin())
    pooled, alone = sorted({0, 1, 2} - {dense}, key=lambda row: by_shifting[row])
    return dense, alone, pooled


def _clear(plain: Array, permuted: Array, shifted: Array) -> bool:
    """Whether only the dense network's loss by permuting may be 0, and both large ones are sure."""
    dense, alone, pooled = _rows(plain, permuted, shifted)
    permuting = [_interval(row) for row in plain - permuted]
    shifting = [_interval(row) for row in plain - shifted]
    return (
        permuting[dense][0] < 0 < permuting[dense][1]
        and min(permuting[alone][0], permuting[pooled][0]) > 1
        and min(shifting[dense][0], shifting[alone][0]) > 10
        and shifting[pooled][1] < 5
        and plain.max() < 99.5
    )


def _reference(plain: Array, permuted: Array, shifted: Array, t: float) -> list[float]:
    _, alone, _ = _rows(plain, permuted, shifted)
    return [alone, *_interval(plain[alone] - shifted[alone], t)]


def _is(output: Array, answer: Any) -> bool:
    wanted = np.array(answer, dtype=float)
    return output.shape == wanted.shape and bool((np.abs(output - wanted) <= CLOSE).all())


def _judge(case: Case, output: Array) -> str:
    return "" if _is(output, _reference(*case.args)) else "the answer is another one"


def _idea(slug: str, title: str, hint: str, *variants: Any) -> Misconception:
    def explains(case: Case, output: Array) -> bool:
        return any(_is(output, variant(*case.args)) for variant in variants)

    return Misconception(slug, title, hint, variants, explains)


def _of_row(at: int):
    """Answer for the row of another network: 0 the dense one, 2 that with pooling."""

    def answer(plain: Array, permuted: Array, shifted: Array, t: float) -> list[float]:
        row = _rows(plain, permuted, shifted)[at]
        return [row, *_interval(plain[row] - shifted[row], t)]

    return answer


EXERCISE = Exercise(
    id="E3.5",
    title="Which network is it?",
    solution=my_finding,
    reference=_reference,
    judge=_judge,
    given=_given,
    output="vector",
    parts=(
        Part(
            "the network",
            1,
            lambda case, out: out.shape == (3,) and bool(out[0] == _reference(*case.args)[0]),
        ),
        Part("the interval of its loss", 2, lambda case, out: not _judge(case, out)),
    ),
    misconceptions=(
        _idea(
            "convolution-alone-is-invariant",
            "You took the network that a shift does not harm. Convolution alone gives no "
            "invariance.",
            "A convolution is equivariant: move the image, and its feature map moves as well. "
            "What do dense layers make of features in other places? Which network does not ask "
            "where a feature is?",
            _of_row(2),
        ),
    ),
    hints=(
        "Permuted pixels have lost their neighbours, but no information. Which network never "
        "used neighbours?",
        "That leaves two rows. One of them takes the maximum over all places: does it matter to "
        "that one where a feature is?",
        "For the other row d = plain[row] - shifted[row], five numbers: d.mean() minus and plus "
        "t * d.std(ddof=1) / np.sqrt(5).",
    ),
)
