"""E3.5: which network is it? Permuted pixels, shifted images, and an interval over seeds.

The accuracies are drawn for each learner, at the levels that small networks reach on digits.
"""

from __future__ import annotations

from collections.abc import Callable
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
            spread = 25 if by_shifting > 100 else 6
            for seed in range(5):
                plain[row, seed] = level + draw.integer(-15, 15)
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


def _near(values: Array, wanted: Any) -> bool:
    return bool((np.abs(values - np.array(wanted, dtype=float)) <= CLOSE).all())


def _judge(case: Case, output: Array) -> str:
    if output.shape != (3,):
        return "three numbers are asked for, [row, low, high]"
    row, *interval = _reference(*case.args)
    if output[0] != row:
        return "another row has the network with convolutions and no pooling"
    return "" if _near(output[1:], interval) else "the row is right, the interval is another one"


def _part(interval: bool) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        row, *right = _reference(*case.args)
        found = output.shape == (3,) and output[0] == row
        return bool(found and (_near(output[1:], right) or not interval))

    return holds


# Wrong rows, with whatever interval, and wrong intervals of the right row.


def _of_row(at: int) -> Callable[..., list[float]]:
    """Answer for another network: 0 is the dense one, 2 that with pooling."""

    def answer(plain: Array, permuted: Array, shifted: Array, t: float) -> list[float]:
        row = _rows(plain, permuted, shifted)[at]
        return [row, *_interval(plain[row] - shifted[row], t)]

    return answer


def _took_row(at: int) -> Callable[[Case, Array], bool]:
    def explains(case: Case, output: Array) -> bool:
        plain, permuted, shifted, t = case.args
        _, *right = _reference(plain, permuted, shifted, t)
        chosen = output.shape == (3,) and output[0] == _rows(plain, permuted, shifted)[at]
        return bool(chosen) and not _near(output[1:], right)

    return explains


Slip = Callable[[Array, Array, Array, float], Any]


def _of_loss(slip: Callable[[Array, float], Any]) -> Slip:
    """Make a wrong interval of one from the five losses."""
    return lambda plain, permuted, shifted, t: slip(plain - shifted, t)


def _with_row(slip: Slip) -> Callable[..., list[float]]:
    """Answer with the right row, and with what `slip` makes of its numbers."""

    def answer(plain: Array, permuted: Array, shifted: Array, t: float) -> list[float]:
        row = _rows(plain, permuted, shifted)[1]
        return [row, *slip(plain[row], permuted[row], shifted[row], t)]

    return answer


def _idea(slug: str, title: str, hint: str, *answers: Callable[..., list[float]]) -> Misconception:
    def explains(case: Case, output: Array) -> bool:
        return output.shape == (3,) and any(_near(output, one(*case.args)) for one in answers)

    return Misconception(slug, title, hint, answers, explains)


def _around(values: Array, half: float) -> tuple[float, float]:
    return float(values.mean() - half), float(values.mean() + half)


def _unpaired(plain: Array, permuted: Array, shifted: Array, t: float) -> tuple[float, float]:
    half = t * np.sqrt((plain.var(ddof=1) + shifted.var(ddof=1)) / 5)
    return _around(plain - shifted, half)


def _ends_apart(plain: Array, permuted: Array, shifted: Array, t: float) -> tuple[float, float]:
    """Subtract two intervals: the largest and the smallest difference that they allow."""
    (low, high), (least, most) = _interval(plain, t), _interval(shifted, t)
    return low - most, high - least


def _ends_alike(plain: Array, permuted: Array, shifted: Array, t: float) -> tuple[float, float]:
    """Subtract two intervals end by end; the smaller difference comes first."""
    (low, high), (least, most) = _interval(plain, t), _interval(shifted, t)
    return min(low - least, high - most), max(low - least, high - most)


def _turned(low: float, high: float) -> tuple[float, float]:
    return -high, -low


# Right answers by other ways.


def _seed_by_seed(plain, permuted, shifted, t):
    networks = []
    for row in range(3):
        by_permuting = [p - q for p, q in zip(plain[row], permuted[row], strict=True)]
        by_shifting = [p - q for p, q in zip(plain[row], shifted[row], strict=True)]
        harmed_by_both = sum(by_permuting) / 5 > 2 and sum(by_shifting) / 5 > 8
        if harmed_by_both:
            mean = sum(by_shifting) / 5
            s = (sum((d - mean) ** 2 for d in by_shifting) / 4) ** 0.5
            networks.append((row, mean - t * s / 5**0.5, mean + t * s / 5**0.5))
    return networks[0]


def _rounded(plain, permuted, shifted, t):
    loss = plain - shifted
    row = int(((plain - permuted).mean(1) * loss.mean(1)).argmax())
    half = t * np.std(loss[row], ddof=1) / 5**0.5
    return [row, round(loss[row].mean() - half, 2), round(loss[row].mean() + half, 2)]


EXERCISE = Exercise(
    id="E3.5",
    title="Which network is it?",
    solution=my_finding,
    reference=_reference,
    judge=_judge,
    given=_given,
    output="vector",
    also_right=(_seed_by_seed, _rounded),
    parts=(
        Part("the network", 1, _part(interval=False)),
        Part("the interval of its loss", 2, _part(interval=True)),
    ),
    misconceptions=(
        Misconception(
            "convolution-alone-is-invariant",
            "You took the network that a shift does not harm: convolution alone gives no "
            "invariance.",
            "A convolution is equivariant: move the image, and its feature map moves as well. "
            "What do dense layers make of features in other places? Which of the three networks "
            "does not ask where a feature is?",
            (_of_row(2),),
            _took_row(2),
        ),
        Misconception(
            "dense-network-taken",
            "You took the dense network: permuted pixels do that row no harm.",
            "A convolution looks at neighbours, and a permutation tears neighbours apart. Which "
            "network would not even notice, if it was trained on such images?",
            (_of_row(0),),
            _took_row(0),
        ),
        _idea(
            "rows-from-one",
            "The rows were counted from 1.",
            "The first row is row 0, as in plain[0].",
            lambda *args: np.add(_reference(*args), [1, 0, 0]).tolist(),
        ),
        _idea(
            "sign-turned",
            "That is shifted minus plain: a gain, with its sign turned.",
            "A loss is what is missing afterwards: plain minus shifted. Is it positive here?",
            _with_row(_of_loss(lambda d, t: _turned(*_interval(d, t)))),
            _with_row(_of_loss(lambda d, t: _interval(-d, t)[::-1])),
        ),
        _idea(
            "ends-swapped",
            "The ends of the interval are exchanged.",
            "[row, low, high]: the smaller end comes first.",
            _with_row(_of_loss(lambda d, t: _interval(d, t)[::-1])),
        ),
        _idea(
            "spread-of-single-runs",
            "That is where single runs lie; the interval of their mean is narrower.",
            "The mean of five runs varies less than one run does. By which root is s divided?",
            _with_row(_of_loss(lambda d, t: _around(d, t * d.std(ddof=1)))),
            _with_row(_of_loss(lambda d, t: _around(d, d.std(ddof=1)))),
            _with_row(_of_loss(lambda d, t: _around(d, 2 * d.std(ddof=1)))),
            _with_row(_of_loss(lambda d, t: _around(d, t * d.std()))),
            _with_row(_of_loss(lambda d, t: (d.min(), d.max()))),
        ),
        _idea(
            "divided-by-five",
            "The standard deviation has n in its divisor, where n - 1 belongs.",
            "np.std divides by n unless it is told otherwise: its argument ddof is what is taken "
            "off. Five numbers and their own mean leave four.",
            _with_row(_of_loss(lambda d, t: _around(d, t * d.std() / 5**0.5))),
        ),
        _idea(
            "factor-of-many-runs",
            "The factor is that of very many runs, or is missing.",
            "With five runs s is itself uncertain, and the interval wider: take t as given.",
            _with_row(_of_loss(lambda d, t: _around(d, 1.96 * d.std(ddof=1) / 5**0.5))),
            _with_row(_of_loss(lambda d, t: _around(d, 2 * d.std(ddof=1) / 5**0.5))),
            _with_row(_of_loss(lambda d, t: _around(d, d.std(ddof=1) / 5**0.5))),
            _with_row(_of_loss(lambda d, t: _around(d, 1.96 * d.std() / 5**0.5))),
        ),
        _idea(
            "root-forgotten",
            "s was divided by 5, not by the root of 5.",
            "Variances of independent runs add up, so the mean of n has the variance s² / n. "
            "What is its standard deviation?",
            _with_row(_of_loss(lambda d, t: _around(d, t * d.std(ddof=1) / 5))),
            _with_row(_of_loss(lambda d, t: _around(d, t * d.var(ddof=1) / 5))),
            _with_row(_of_loss(lambda d, t: _around(d, t * d.var(ddof=1) / 5**0.5))),
        ),
        _idea(
            "pairs-torn-apart",
            "The seeds were not taken in pairs.",
            "The same trained network made both numbers of a column. Take the five differences "
            "first; then their mean and their standard deviation.",
            _with_row(_unpaired),
            _with_row(_ends_apart),
            _with_row(_ends_alike),
        ),
        _idea(
            "accuracy-for-loss",
            "That is the interval of an accuracy, not of a loss.",
            "What the shift costs is a difference of two accuracies of one network.",
            _with_row(lambda p, _, s, t: _interval(s, t)),
            _with_row(lambda p, _, s, t: _interval(p, t)),
        ),
        _idea(
            "loss-by-permuting",
            "That is the loss by permuted pixels.",
            "The interval is asked for the shift: which two arrays does that need?",
            _with_row(lambda p, q, s, t: _interval(p - q, t)),
            _with_row(lambda p, q, s, t: _interval(q - s, t)),
        ),
        _idea(
            "other-unit",
            "The loss is not in percentage points.",
            "From 96 % to 50 % are 46 percentage points: a plain difference.",
            _with_row(lambda p, _, s, t: _interval(100 * (p - s) / p, t)),
            _with_row(lambda p, _, s, t: _interval((p - s) / p, t)),
            _with_row(lambda p, _, s, t: _interval((p - s) / 100, t)),
        ),
        _idea(
            "mean-alone",
            "An interval has two ends; these are one number, or a number and a half-width.",
            "Subtract t s / sqrt(5) from the mean for the one end, add it for the other.",
            _with_row(_of_loss(lambda d, t: _around(d, 0.0))),
            _with_row(_of_loss(lambda d, t: (d.mean(), t * d.std(ddof=1) / 5**0.5))),
            _with_row(_of_loss(lambda d, t: (d.mean(), d.std(ddof=1)))),
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
