"""E3.5: which network is it? Shifted images, permuted pixels, and an interval over seeds.

The accuracies are drawn for each learner, at the levels that the three networks of
``cnncourse.experiments.permutation`` reach on digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part

CLOSE = 0.015  # two decimals, and t with as many as one likes


def my_finding(plain, permuted, shifted, dense, t):
    """Find out which network has a convolution and no pooling, and what a shift costs it.

    The cell above shows your numbers: accuracies in % on test digits of three networks, rows 0, 1
    and 2, each trained from five seeds, the columns. The numbers of a column belong together.
    plain : trained and tested on the digits as they are.
    permuted : trained and tested on digits with their pixels permuted, all in the same way.
    shifted : the networks of `plain`, tested on digits moved by one pixel.
    dense : the row of the network that has dense layers only. The other two begin with the same
        convolution. In one a dense layer follows, with a weight for each place of each feature
        map. In the other only the largest number of each map is kept, for a dense layer.
    t : 2.776, the factor of a 95 % interval from five numbers d: the mean of d, minus and plus
        t s / sqrt(5), where s is their standard deviation (with n - 1 = 4 in the divisor).
    Which row is that of the convolution whose maps a dense layer sees in full? Put three numbers
    in place of the dots, [row, low, high]: that row, and the interval of its loss by the shift,
    plain minus shifted, seed by seed, in percentage points with two decimals.

    Example: row 1, and losses of 40, 42, 41, 43 and 44 points -> [1, 40.04, 43.96].
    """
    loss = plain - shifted
    # Both convolutions move their maps with the digit: they are equivariant. The largest number
    # of a map is the same wherever it stands; a dense layer has other weights at each place.
    others = [row for row in range(3) if row != dense]
    row = max(others, key=lambda network: loss[network].mean())
    # Each seed is a pair of its own: what both numbers of a network share is not in their loss.
    half = t * loss[row].std(ddof=1) / np.sqrt(len(loss[row]))
    return [row, loss[row].mean() - half, loss[row].mean() + half]


T = 2.776


def _given(draw: Draw) -> dict[str, Any]:
    """Draw accuracies whose intervals tell the two convolutions apart, in rows of random order."""
    while True:
        rows = draw.shuffled((0, 1, 2))
        levels = {
            rows[0]: (draw.integer(870, 900), 0, draw.integer(400, 500), 30),
            rows[1]: (draw.integer(880, 915), draw.integer(-4, 10), draw.integer(380, 480), 25),
            rows[2]: (draw.integer(880, 915), draw.integer(60, 120), draw.integer(0, 4), 3),
        }
        plain, permuted, shifted = (np.zeros((3, 5)) for _ in range(3))
        for row, (level, by_permuting, by_shifting, spread) in levels.items():
            for seed in range(5):
                plain[row, seed] = level + draw.integer(-15, 15)
                permuted[row, seed] = plain[row, seed] - by_permuting + draw.integer(-9, 9)
                shifted[row, seed] = plain[row, seed] - by_shifting + draw.integer(-spread, spread)
        arrays = {"plain": plain / 10, "permuted": permuted / 10, "shifted": shifted / 10}
        if _clear(**arrays, dense=rows[0]):
            return {**arrays, "dense": rows[0], "t": T}


def _interval(values: Array, t: float = T) -> tuple[float, float]:
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    half = t * (variance / len(values)) ** 0.5
    return float(mean - half), float(mean + half)


def _rows(plain: Array, shifted: Array, dense: int) -> tuple[int, int]:
    """Give the row of the convolution with a dense layer, and that of the one with pooling."""
    pooled, alone = sorted({0, 1, 2} - {dense}, key=lambda row: (plain - shifted)[row].sum())
    return alone, pooled


def _clear(plain: Array, permuted: Array, shifted: Array, dense: int) -> bool:
    """Whether the intervals leave no doubt which loss is large and which is small."""
    alone, pooled = _rows(plain, shifted, dense)
    permuting = [_interval(row) for row in plain - permuted]
    shifting = [_interval(row) for row in plain - shifted]
    return (
        permuting[dense][0] < 0 < permuting[dense][1]
        and permuting[alone][1] < 3 < permuting[pooled][0]
        and shifting[pooled][1] < 2 < 20 < min(shifting[dense][0], shifting[alone][0])
    )


def _reference(
    plain: Array, permuted: Array, shifted: Array, dense: int, t: float
) -> tuple[float, float, float]:
    alone, _ = _rows(plain, shifted, dense)
    return alone, *_interval(plain[alone] - shifted[alone], t)


def _near(values: Array, wanted: Any) -> bool:
    return bool((np.abs(values - np.array(wanted, dtype=float)) <= CLOSE).all())


def _judge(case: Case, output: Array) -> str:
    if output.shape != (3,):
        return "three numbers are asked for, [row, low, high]"
    row, *interval = _reference(*case.args)
    if output[0] != row:
        return "another row has the convolution without pooling"
    return "" if _near(output[1:], interval) else "the row is right, the interval is another one"


def _part(interval: bool) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        row, *right = _reference(*case.args)
        found = output.shape == (3,) and output[0] == row
        return bool(found and (_near(output[1:], right) or not interval))

    return holds


# Wrong rows, with whatever interval, and wrong intervals of the right row.


def _of_pooled(
    plain: Array, permuted: Array, shifted: Array, dense: int, t: float
) -> tuple[float, float, float]:
    row = _rows(plain, shifted, dense)[1]
    return row, *_interval(plain[row] - shifted[row], t)


def _of_dense(
    plain: Array, permuted: Array, shifted: Array, dense: int, t: float
) -> tuple[float, float, float]:
    return dense, *_interval(plain[dense] - shifted[dense], t)


def _same_row(wrong: Callable[..., tuple[float, float, float]]) -> Callable[[Case, Array], bool]:
    def explains(case: Case, output: Array) -> bool:
        chosen = output.shape == (3,) and output[0] == wrong(*case.args)[0]
        return bool(chosen) and not _near(output[1:], _reference(*case.args)[1:])

    return explains


Slip = Callable[[Array, Array, Array, float], Any]


def _of_loss(slip: Callable[[Array, float], Any]) -> Slip:
    """Make a wrong interval of one from the five losses."""
    return lambda plain, permuted, shifted, t: slip(plain - shifted, t)


def _with_row(slip: Slip) -> Callable[..., list[float]]:
    """Answer with the right row, and with what `slip` makes of its numbers."""

    def answer(plain: Array, permuted: Array, shifted: Array, dense: int, t: float) -> list[float]:
        row, _ = _rows(plain, shifted, dense)
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


def _turned(low: float, high: float) -> tuple[float, float]:
    return -high, -low


# Right answers by other ways.


def _seed_by_seed(plain, permuted, shifted, dense, t):
    for row in range(3):
        losses = [before - after for before, after in zip(plain[row], shifted[row], strict=True)]
        mean = sum(losses) / 5
        if row != dense and mean > 10:
            s = (sum((loss - mean) ** 2 for loss in losses) / 4) ** 0.5
            return [row, mean - t * s / 5**0.5, mean + t * s / 5**0.5]


def _rounded(plain, permuted, shifted, dense, t):
    loss = plain - shifted
    loss_by_permuting = (plain - permuted).mean(axis=1)
    row = int(3 - dense - loss_by_permuting.argmax())  # the rows are 0, 1 and 2
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
            "A convolution is equivariant: move the digit, and its feature maps move as well. "
            "What does a dense layer with a weight for each place make of a moved map? And what "
            "is the largest number of a moved map?",
            (_of_pooled,),
            _same_row(_of_pooled),
        ),
        Misconception(
            "dense-network-taken",
            "That is the row of the network without a convolution.",
            "The number `dense` says which row that is. Two rows are left: what follows their "
            "convolutions?",
            (_of_dense,),
            _same_row(_of_dense),
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
            _with_row(_of_loss(lambda d, t: _around(d, t * d.var(ddof=1) / 5**0.5))),
        ),
        _idea(
            "pairs-torn-apart",
            "The seeds were not taken in pairs.",
            "The same trained network made both numbers of a column. Take the five differences "
            "first; then their mean and their standard deviation.",
            _with_row(_unpaired),
            _with_row(_ends_apart),
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
            "From 90 % to 45 % are 45 percentage points: a plain difference.",
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
        "Leave out the row `dense`. Of the other two networks, which one does not care where in "
        "its feature maps a large number stands?",
        "A convolution moves its maps with the digit. A dense layer meets other weights then, so "
        "that network loses much; the largest number of a map stays what it is.",
        "Take the other row with the larger loss. d = plain[row] - shifted[row] are five numbers: "
        "d.mean() minus and plus t * d.std(ddof=1) / np.sqrt(5).",
    ),
)
