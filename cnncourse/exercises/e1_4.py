"""E1.4: the window length that balances lag against noise."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import ceil, floor, sqrt

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Either, Exercise, Misconception, Part
from cnncourse.exercises.readymade import BEST_LENGTH

Cost = Callable[[float, float, float, int], float]
PRECISE = "a precise sensor: metres, not kilometres"
NOISY = "a noisy sensor: a long average is best"
Length = Callable[[float, float, float, int], int | None]


def my_best_length(velocity, dt, sigma, max_length):
    """Choose the length m of a causal box average, w(a) = 1/m for a = 0 ... m - 1.

    The ship keeps a constant velocity (km/s; it may be negative or 0). Its position is
    measured every `dt` seconds, each time with independent noise of standard deviation
    `sigma` (km; it may be 0). The average of the last m measurements is then wrong by
        RMSE^2 = bias^2 + variance   (km^2),
    bias: how far it lags behind, on average; variance: what is left of the noise.
    Return the whole number m from 1 to max_length that makes the RMSE smallest; if two are
    equally good, either. cnncourse's own best_window_length is not for this one.

    Example: velocity 0.1, dt 1, sigma 0.5, max_length 20 -> 4 (RMSE^2 = 0.15^2 + 0.0625).
    """
    best, smallest = 1, float("inf")
    # Try every length: max_length is small, and no rounding of a formula can go wrong.
    for m in range(1, max_length + 1):
        # The ages 0 ... m - 1 have the mean (m - 1) / 2: so many samples does it lag.
        bias = velocity * dt * (m - 1) / 2
        # Averaging m independent measurements divides the variance, sigma**2, by m.
        mean_square = bias**2 + sigma**2 / m
        if mean_square < smallest:
            best, smallest = m, mean_square
    return best


def _cost(velocity: float, dt: float, sigma: float, m: int) -> float:
    return (velocity * dt * (m - 1) / 2) ** 2 + sigma**2 / m


@lru_cache(maxsize=1024)
def _reference(velocity: float, dt: float, sigma: float, max_length: int) -> int:
    return min(range(1, max_length + 1), key=lambda m: _cost(velocity, dt, sigma, m))


def _least(cost: Cost) -> Callable[[float, float, float, int], Either]:
    """Make the function that finds the lengths of least `cost`; which one of several is open."""

    def best(velocity: float, dt: float, sigma: float, max_length: int) -> Either:
        costs = {m: cost(velocity, dt, sigma, m) for m in range(1, max_length + 1)}
        least = min(costs.values())
        return Either(*(m for m, c in costs.items() if c <= least + 1e-9 * abs(least)))

    return best


def _optimal(case: Case, m: float) -> bool:
    """Whether `m` is a length allowed and no other is better, but for rounding."""
    velocity, dt, sigma, max_length = case.args
    if m != int(m) or not 1 <= m <= max_length:
        return False
    least = _cost(velocity, dt, sigma, _reference(*case.args))
    return _cost(velocity, dt, sigma, int(m)) <= least * (1 + 1e-9)


def _judge(case: Case, output: Array) -> str:
    m, max_length = float(output), case.args[-1]
    if _optimal(case, m):
        return ""
    if m != int(m):
        return f"a length is a whole number of samples, got {m!r}"
    if not 1 <= m <= max_length:
        return f"the length has to lie between 1 and max_length = {max_length}, got {m:g}"
    velocity, dt, sigma, _ = case.args
    best = _reference(*case.args)
    return (
        f"RMSE {sqrt(_cost(velocity, dt, sigma, int(m))):.4g} km with m = {m:g}, "
        f"{sqrt(_cost(velocity, dt, sigma, best)):.4g} km with m = {best}"
    )


def _stationary(velocity: float, dt: float, sigma: float) -> float | None:
    """Real m >= 1 at which m^2 (m - 1) = 2 sigma^2 / (v dt)^2; None if the ship is at rest."""
    if velocity == 0 or sigma == 0:
        return None
    goal = 2 * (sigma / (velocity * dt)) ** 2
    low, high = 1.0, 2.0 + goal
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle**2 * (middle - 1) < goal else (low, middle)
    return low


def _rounded(rounding: Callable[[float], int]) -> Length:
    def length(velocity: float, dt: float, sigma: float, max_length: int) -> int | None:
        real = _stationary(velocity, dt, sigma)
        return None if real is None else min(max(rounding(real), 1), max_length)

    return length


def _cubic(rounding: Callable[[float], int]) -> Length:
    """With a lag of m / 2 the optimum has a formula, m^3 = 2 sigma^2 / (v dt)^2; round it."""

    def length(velocity: float, dt: float, sigma: float, max_length: int) -> int | None:
        if velocity == 0:
            return None
        real = (2 * (sigma / (velocity * dt)) ** 2) ** (1 / 3)
        return min(max(rounding(real), 1), max_length)

    return length


def _half_window(velocity: float, dt: float, sigma: float, max_length: int) -> int:
    lengths = range(1, max_length + 1)
    return min(lengths, key=lambda m: (velocity * dt * m / 2) ** 2 + sigma**2 / m)


def _all_best(velocity: float, dt: float, sigma: float, max_length: int) -> tuple[int, ...]:
    """Give every length that is best: all of them if the ship is at rest and nothing is noisy."""
    if velocity == 0 and sigma == 0:
        return tuple(range(1, max_length + 1))
    return (_reference(velocity, dt, sigma, max_length),)


def _next_to_best(step: int) -> Callable[[float, float, float, int], Either]:
    """Make the function that is off by `step`."""
    return lambda *args: Either(*(m + step for m in _all_best(*args)))


def _shorter_range(velocity: float, dt: float, sigma: float, max_length: int) -> Either | None:
    if max_length == 1:
        return None
    return Either(*_all_best(velocity, dt, sigma, max_length - 1))


def _longer_range(velocity: float, dt: float, sigma: float, max_length: int) -> Either:
    return Either(*_all_best(velocity, dt, sigma, max_length + 1))


def _unlimited(velocity: float, dt: float, sigma: float, max_length: int) -> int | None:
    return None if velocity == 0 else _reference(velocity, dt, sigma, 10 * max_length)


def _over(numerator: float, denominator: float) -> float:
    """Divide as NumPy does, but 0 / 0 too gives infinity, which no minimum takes."""
    return numerator / denominator if denominator else float("inf")


def _clear(args: tuple[float, float, float, int]) -> bool:
    """Whether the best length beats every other by more than rounding could hide."""
    velocity, dt, sigma, max_length = args
    costs = sorted(_cost(velocity, dt, sigma, m) for m in range(1, max_length + 1))
    return len(costs) < 2 or costs[1] > costs[0] * (1 + 1e-4)


def _random_case(draw: Draw, low: int, high: int, sign: int = 1) -> Case:
    """Draw numbers whose best length lies between `low` and `high`, for dt and sigma not 1."""
    while True:
        velocity = draw.integer(2, 60) / 100 * sign
        dt = draw.pick((0.2, 0.5, 2.0, 3.0, 5.0))
        args = (velocity, dt, draw.integer(1, 40) / 10, 40)
        if low <= _reference(*args) <= high and _clear(args) and args[2] != 1.0:
            return Case(args, "random numbers")


def _in_metres(draw: Draw) -> Case:
    """Draw a case whose numbers are those of a slow ship and a precise sensor."""
    velocity, dt, sigma, max_length = _random_case(draw, 4, 9, -1).args
    return Case((velocity / 1000, dt, sigma / 1000, max_length), PRECISE)


def _long(draw: Draw) -> Case:
    """Draw a case whose best length is large, and not the longest allowed one."""
    while True:
        m = draw.integer(61, 90)
        velocity, dt = draw.integer(2, 9) / 100, draw.pick((0.2, 0.5, 2.0))
        args = (velocity, dt, round(velocity * dt * m * sqrt((m - 1) / 2), 1), 200)
        if 61 <= _reference(*args) <= 90 and _clear(args):
            return Case(args, NOISY)


def _narrow(draw: Draw, rule: Length, *, above: bool) -> Case:
    """Draw a case that tells the right answer from `rule`, which fails only now and then.

    With goal = 2 (sigma / (v dt))^2, the lengths m and m + 1 are equally good at the turn,
    goal = m^3 + (m^2 - m) / 2. The real optimum rounds to m for a while above it; the cube root
    of the goal rounds up to m + 1 from m^3 on, below it.
    """
    while True:
        m = draw.integer(2, 4)
        turn = m**3 + (m**2 - m) / 2
        goal = turn + draw.pick((0.3, 0.5, 0.7)) * (m / 4 - 1 / 8 if above else m**3 - turn)
        velocity, dt = draw.pick((-0.5, 0.5, 0.8, 1.5)), draw.pick((0.5, 2.0))
        args = (velocity, dt, round(sqrt(goal / 2) * abs(velocity) * dt, 3), 12)
        if _clear(args) and rule(*args) != _reference(*args):
            return Case(args, "two lengths nearly as good")


def _telling(draw: Draw, one: Length, other: Length, sign: int) -> Case:
    """Draw a case in which two wrong rules give different lengths."""
    while True:
        case = _random_case(draw, 2, 8, sign)
        if one(*case.args) != other(*case.args):
            return case


def _limited(draw: Draw) -> Case:
    """Draw a case in which the best length is the longest allowed one, and no other comes near."""
    while True:
        velocity, dt, sigma, _ = _random_case(draw, 8, 20).args
        args = (velocity, dt, sigma, draw.integer(3, 6))
        if _clear(args):
            return Case(args, "a longer average would be better, but is not allowed")


def _cases(draw: Draw) -> list[Case]:
    return [
        Case((0.1, 1.0, 0.5, 20), "the example of the task"),
        Case((0.0, 1.0, 0.5, 6), "a ship at rest"),
        Case((0.5, 2.0, 0.0, 6), "no noise"),
        Case((-0.1, 1.0, 0.5, 20), "a negative velocity"),
        Case((0.1, 1.0, 0.5, 1), "only one length allowed"),
        Case((0.0, 2.0, 0.0, 5), "at rest, and no noise: every length is as good"),
        _limited(draw),
        _narrow(draw, _rounded(round), above=True),
        _narrow(draw, _rounded(round), above=True),
        _narrow(draw, _cubic(ceil), above=False),
        Case((-0.5, 2.0, 2.06, 12), "a ratio of noise to speed that must not be cut off"),
        _telling(draw, _rounded(floor), _half_window, -1),
        _telling(draw, _rounded(round), _half_window, 1),
        _random_case(draw, 2, 4, -1),
        _random_case(draw, 4, 7),
        _in_metres(draw),
        _random_case(draw, 6, 12),
        _random_case(draw, 8, 16, -1),
        _random_case(draw, 12, 25),
        _random_case(draw, 12, 25, -1),
        _random_case(draw, 20, 39),
        _long(draw),
    ]


def _ordinary(case: Case) -> bool:
    return case.note in ("the example of the task", "random numbers", PRECISE, NOISY)


# Right answers by other ways than the solution's and the reference's.


def _from_the_weights(velocity, dt, sigma, max_length):
    best = None
    for m in range(1, max_length + 1):
        w = np.ones(m) / m
        bias = -velocity * dt * np.sum(np.arange(m) * w)
        variance = sigma**2 * np.sum(w**2)
        if best is None or bias**2 + variance < best[0]:
            best = (bias**2 + variance, m)
    return float(best[1])


def _walks_up_while_better(velocity, dt, sigma, max_length):
    def cost(m):
        return (0.5 * velocity * dt * (m - 1)) ** 2 + sigma * sigma / m

    m = 1
    while m < max_length and cost(m + 1) < cost(m):
        m = m + 1
    return m


EXERCISE = Exercise(
    id="E1.4",
    title="The best window length",
    solution=my_best_length,
    judge=_judge,
    reference=_reference,
    cases=_cases,
    also_right=(_from_the_weights, _walks_up_while_better),
    output="integer",
    forbidden=BEST_LENGTH,
    parts=(
        Part(
            "a moving ship and a noisy sensor",
            2,
            lambda case, m: not _ordinary(case) or _optimal(case, float(m)),
        ),
        Part(
            "special cases: at rest, no noise, backwards, close calls, the limit",
            1,
            lambda case, m: _ordinary(case) or _optimal(case, float(m)),
        ),
    ),
    misconceptions=(
        Misconception(
            "variance-only",
            "Only the noise was made small: the longest window always wins.",
            "A long average is smooth, and late. How far does the ship move while the window "
            "looks back? That distance is the bias.",
            (
                lambda velocity, dt, sigma, max_length: max_length,
                _least(lambda v, dt, s, m: s**2 / m),
            ),
        ),
        Misconception(
            "bias-only",
            "Only the lag was made small: a window of one sample always wins.",
            "One sample does not lag, but keeps all the noise. What does averaging m independent "
            "measurements do to their variance?",
            (
                lambda velocity, dt, sigma, max_length: 1,
                _least(lambda v, dt, s, m: (v * dt * (m - 1) / 2) ** 2 + s**2),
                _least(lambda v, dt, s, m: (v * dt * (m - 1) / 2) ** 2),
            ),
        ),
        Misconception(
            "lag-of-the-window",
            "The lag was taken too long: that of the oldest sample.",
            "The window's samples have the ages 0, 1, ..., m - 1. The average is as old as they "
            "are on average, not as old as the oldest.",
            (
                _least(lambda v, dt, s, m: (v * dt * m) ** 2 + s**2 / m),
                _least(lambda v, dt, s, m: (v * dt * (m - 1)) ** 2 + s**2 / m),
            ),
        ),
        Misconception(
            "lag-half-a-sample-off",
            "The lag is half a sample off.",
            "Take m = 1: the average is the newest measurement itself. By how much does it lag? "
            "Your lag should give that, too.",
            (
                _least(lambda v, dt, s, m: (v * dt * m / 2) ** 2 + s**2 / m),
                _least(lambda v, dt, s, m: (v * dt * (m + 1) / 2) ** 2 + s**2 / m),
                _least(lambda v, dt, s, m: (v * dt * ((m - 1) // 2)) ** 2 + s**2 / m),
                _least(lambda v, dt, s, m: (v * dt * (m // 2)) ** 2 + s**2 / m),
                _cubic(round),
                _cubic(floor),
                _cubic(ceil),
            ),
        ),
        Misconception(
            "dt-forgotten",
            "The time between measurements, dt, plays no part.",
            "The lag is a number of samples. To know how far the ship moved meanwhile, you need "
            "its velocity and the seconds from sample to sample.",
            (
                _least(lambda v, dt, s, m: (v * (m - 1) / 2) ** 2 + s**2 / m),
                _least(lambda v, dt, s, m: (v / dt * (m - 1) / 2) ** 2 + s**2 / m),
            ),
        ),
        Misconception(
            "sigma-for-variance",
            "The noise enters as sigma, where its variance belongs.",
            "Check the units: bias^2 is in km^2. Variances, not standard deviations, are divided "
            "by m when m independent measurements are averaged.",
            (
                _least(lambda v, dt, s, m: (v * dt * (m - 1) / 2) ** 2 + s / m),
                _least(lambda v, dt, s, m: (v * dt * (m - 1) / 2) ** 2 + s / sqrt(m)),
            ),
        ),
        Misconception(
            "rounded-optimum",
            "The optimum of the formula for real m was rounded.",
            "The RMSE rises more steeply on one side of its minimum than on the other, so the "
            "nearest whole number is not always the best. Compare the RMSE of both neighbours.",
            (_rounded(floor), _rounded(ceil), _rounded(round), _rounded(lambda m: floor(m + 0.5))),
        ),
        Misconception(
            "variance-falls-otherwise",
            "The variance of an average does not fall like that.",
            "The average of m independent measurements: each enters with 1/m, so its variance "
            "with 1/m^2, and there are m of them.",
            (
                _least(lambda v, dt, s, m: (v * dt * (m - 1) / 2) ** 2 + (s / m) ** 2),
                _least(lambda v, dt, s, m: (v * dt * (m - 1) / 2) ** 2 + s**2 / sqrt(m)),
                _least(lambda v, dt, s, m: (v * dt * (m - 1) / 2) ** 2 + s**2 / max(m - 1, 1)),
                _least(lambda v, dt, s, m: (v * dt * (m - 1) / 2) ** 2 + _over(s**2, m - 1)),
            ),
        ),
        Misconception(
            "added-without-squares",
            "The bias and the standard deviation were added as they are.",
            "A systematic error and a random one combine like the sides of a right angle: "
            "RMSE^2 = bias^2 + variance.",
            (_least(lambda v, dt, s, m: abs(v * dt * (m - 1) / 2) + s / sqrt(m)),),
        ),
        Misconception(
            "bias-not-squared",
            "The bias enters without its square.",
            "A ship that flies backwards has a negative bias, which is as bad as a positive one; "
            "and km do not add to km^2.",
            (
                _least(lambda v, dt, s, m: v * dt * (m - 1) / 2 + s**2 / m),
                _least(lambda v, dt, s, m: -v * dt * (m - 1) / 2 + s**2 / m),
                _least(lambda v, dt, s, m: abs(v * dt * (m - 1) / 2) + s**2 / m),
            ),
        ),
        Misconception(
            "index-for-length",
            "The result is one too small or too large: a place in a list taken for the length.",
            "If your list starts with m = 1, its place 0 holds the length 1.",
            (_next_to_best(-1), _next_to_best(1)),
        ),
        Misconception(
            "longest-left-out",
            "The longest window allowed was never tried.",
            "In Python, range(1, max_length) ends before max_length.",
            (_shorter_range,),
        ),
        Misconception(
            "limit-ignored",
            "The length exceeds max_length.",
            "The best length of all may be too long to be allowed; then the best of those allowed "
            "is asked for.",
            (_unlimited, _longer_range),
        ),
    ),
    error_hints={
        "ZeroDivisionError": "A ship at rest (velocity 0) and a sensor without noise (sigma 0) are "
        "possible: what is the best length then? A comparison of all lengths by their RMSE needs "
        "no division by either.",
    },
    hints=(
        "Two things go wrong with an average: it is late, and it is still noisy. Write each as a "
        "number of km that depends on m.",
        "The ages in the window are 0 ... m - 1: what is their mean, in samples, and in km? The "
        "variance of a mean of m independent measurements is sigma^2 / m.",
        "Compute bias^2 + sigma^2 / m for every m from 1 to max_length, and keep the m with the "
        "smallest value.",
    ),
)
