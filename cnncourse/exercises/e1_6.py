"""E1.6: two filters in a row are one, whose kernel is the convolution of both."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy import convolve as full  # bound here: a learner may overwrite np.convolve

from cnncourse.exercises.comparing import close, size_of_terms
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part, Probe


def my_single_kernel(u, v):
    """Give the one kernel that does in one go what u and then v do in two.

    u, v : arrays of m >= 1 and k >= 1 numbers, two kernels (no unit). A signal is convolved
        in full with u, and the result in full with v, eq. (2) twice.
    Return the array w for which one full convolution of the signal with w gives the same,
    for every signal. It holds no more numbers than it needs.

    np.convolve, or your own my_convolution, may be used here.

    Example: u = [1, 2], v = [3, 4] -> [3, 10, 8].
    """
    # Brackets may be moved: (x * u) * v = x * (u * v). So the kernel that does both is the
    # full convolution of the two; its last tap is as old as both last taps together.
    return np.convolve(u, v)


def _impulse_response(u: Array, v: Array) -> Array:
    """Answer by another way: send an impulse through both filters, tap by tap."""
    after_u = {a: float(tap) for a, tap in enumerate(u)}
    after_both = np.zeros(len(u) + len(v) - 1)
    for a, value in after_u.items():
        for b, tap in enumerate(v):
            after_both[a + b] += value * tap
    return after_both


def _padded(values: Array, length: int) -> Array:
    return np.append(values, np.zeros(length - len(values)))


def _sum_of(u: Array, v: Array, length: int) -> Array:
    return _padded(u, max(length, len(u)))[:length] + _padded(v, max(length, len(v)))[:length]


def _product_of(u: Array, v: Array, length: int) -> Array:
    return _padded(u, max(length, len(u)))[:length] * _padded(v, max(length, len(v)))[:length]


def _crop(u: Array, v: Array, length: int, *, centred: bool = False) -> Array:
    start = (len(u) + len(v) - 1 - length) // 2 if centred else 0
    return full(u, v)[start : start + length]


def _valid(u: Array, v: Array) -> Array:
    short, long = sorted((len(u), len(v)))
    return full(u, v)[short - 1 : long]


def _if_numpy_can(operation: Callable[[Array, Array], Array], u: Array, v: Array) -> Array | None:
    """Do what a plain u + v or u * v does: it fails unless the lengths are equal or one is 1."""
    return operation(u, v) if len(u) == len(v) or 1 in (len(u), len(v)) else None


def _rescaled(u: Array, v: Array) -> Array:
    return full(u, v) / full(u, v).sum()


def _cases(draw: Draw) -> list[Case]:
    def case(m: int, k: int, note: str = "random numbers", decimals: int = 0) -> Case:
        while True:
            u, v = draw.numbers(m, decimals=decimals), draw.numbers(k, decimals=decimals)
            # A sum of 0 would leave the idea "divide by the sum" without an answer.
            if abs(u.sum() * v.sum()) > 0.5 and abs(u.sum() * v.sum() - 1) > 0.1:
                return Case((u, v), note)

    return [
        Case((np.array([3.0]), np.array([2.0])), "one tap each"),
        Case((np.array([1.0, 2.0]), np.array([3.0, 4.0])), "the example of the task"),
        case(1, 3, "one tap and three"),
        case(3, 1, "three taps and one"),
        Case((np.array([0.0, 1.0]), np.array([1.0, 2.0])), "the first only delays, by a sample"),
        Case((np.array([1.0, 3.0]), np.array([2.0, 0.0])), "a last tap that is 0"),
        case(2, 3),
        case(3, 3, "two kernels of one length"),
        Case((np.array([1, 3]), np.array([0.5, 0.3, 0.2])), "whole numbers and decimals"),
        Case((np.array([0.5, -1.25, 2.0]), np.array([2, -1])), "decimals and whole numbers"),
        Case((np.array([2.0, 5.0, 2.0, 1.0]), np.array([3.0, 1.0, 3.0])), "taps that come twice"),
        Case(
            (np.array([0.0, 3.0, 0.0, 2.0, 0.0]), np.array([1.0, 0.0, 2.0])),
            "zeros inside and at both ends",
        ),
        Case(
            (np.array([0.0137, 1 / 30, -0.002]), np.array([0.04, 1 / 3])),
            "small numbers with many decimals",
        ),
        Case((np.array([1200.0, -3400.0, 560.0]), np.array([310.0, -95.0])), "large numbers"),
        case(4, 4, "two kernels of one length"),
        case(4, 2, decimals=1),
        case(2, 5, decimals=1),
        case(5, 4),
        case(13, 9, "two long kernels"),
    ]


def _length(case: Case, output: Array) -> bool:
    u, v = case.args
    return output.shape == (len(u) + len(v) - 1,)


# Right answers by other ways than the solution's and the reference's.


def _by_fourier(u, v):
    size = len(u) + len(v) - 1
    return np.fft.irfft(np.fft.rfft(u, size) * np.fft.rfft(v, size), size)


def _impulse_through_both(u, v):
    impulse = [1.0]
    return np.convolve(np.convolve(impulse, u), v).tolist()


EXERCISE = Exercise(
    id="E1.6",
    title="Two filters as one",
    solution=my_single_kernel,
    reference=_impulse_response,
    cases=_cases,
    also_right=(_by_fourier, _impulse_through_both),
    probe=Probe("u", "v", (np.array([2.0, 4.0, 3.0]), np.array([0.5, 0.3])), ("a",)),
    parts=(
        Part("as many taps as needed", 1, _length),
        Part(
            "the same result as both filters in a row",
            2,
            lambda case, output: close(
                output, full(*case.args), scale=size_of_terms(full, *case.args)
            ),
        ),
    ),
    misconceptions=(
        Misconception(
            "added",
            "The kernels were added.",
            "A sum of kernels is two filters side by side, their outputs added. Here the second "
            "filter works on what the first one gave.",
            (
                lambda u, v: _sum_of(u, v, max(len(u), len(v))),
                lambda u, v: _sum_of(u, v, min(len(u), len(v))),
                lambda u, v: _sum_of(u, v, len(u) + len(v) - 1),
                lambda u, v: _if_numpy_can(np.add, u, v),
            ),
        ),
        Misconception(
            "multiplied",
            "The kernels were multiplied tap by tap.",
            "Send an impulse through u: you get u. Now send that through v: every tap of u starts "
            "a copy of v. (Products tap by tap belong to the frequency responses.)",
            (
                lambda u, v: _product_of(u, v, max(len(u), len(v))),
                lambda u, v: _product_of(u, v, min(len(u), len(v))),
                lambda u, v: _product_of(u, v, len(u) + len(v) - 1),
                lambda u, v: _if_numpy_can(np.multiply, u, v),
            ),
        ),
        Misconception(
            "averaged",
            "The kernels were averaged.",
            "An average of kernels is half of each filter, side by side. Here the second filter "
            "works on what the first one gave.",
            (
                lambda u, v: _sum_of(u, v, max(len(u), len(v))) / 2,
                lambda u, v: _sum_of(u, v, min(len(u), len(v))) / 2,
                lambda u, v: _sum_of(u, v, len(u) + len(v) - 1) / 2,
            ),
        ),
        Misconception(
            "cropped",
            "Taps are missing: the kernel was cropped.",
            "How old is the oldest sample that the second filter's output still feels? It came "
            "through the last tap of u, then through the last tap of v.",
            (
                lambda u, v: _crop(u, v, max(len(u), len(v))),
                lambda u, v: _crop(u, v, max(len(u), len(v)), centred=True),
                lambda u, v: _crop(u, v, len(u)),
                lambda u, v: _crop(u, v, len(v)),
                lambda u, v: _crop(u, v, len(u), centred=True),
                lambda u, v: full(u, v)[:-1],
                _valid,
            ),
        ),
        Misconception(
            "correlation",
            "One of the kernels was flipped: that is their cross-correlation.",
            "Send an impulse through u: u comes out, the right way round. No flip beyond that of "
            "eq. (2) is needed.",
            (
                lambda u, v: full(u, v[::-1]),
                lambda u, v: full(u[::-1], v),
            ),
        ),
        Misconception(
            "both-flipped",
            "The kernel is the wrong way round.",
            "Its first tap is for the newest sample. Through which taps of u and v does the "
            "newest sample go?",
            (lambda u, v: full(u, v)[::-1],),
        ),
        Misconception(
            "concatenated",
            "The kernels were put one behind the other.",
            "One behind the other in time is not one behind the other in an array: every tap of "
            "u starts a whole copy of v, and the copies overlap and add.",
            (
                lambda u, v: np.concatenate([u, v]),
                lambda u, v: np.concatenate([v, u]),
            ),
        ),
        Misconception(
            "products-not-added",
            "All products are there, but those that belong together were not added.",
            "The product of tap a of u and tap b of v has the age a + b. Several pairs have the "
            "same age: add them up.",
            (lambda u, v: np.outer(u, v).ravel(), lambda u, v: np.outer(v, u).ravel()),
        ),
        Misconception(
            "rescaled",
            "The kernel was divided by its sum.",
            "If u doubles every signal and v triples it, what should both together do?",
            (_rescaled,),
        ),
    ),
    hints=(
        "Let an impulse through: what does u make of it, and what does v make of that?",
        "Every tap of u starts a copy of v, scaled by that tap and delayed by its place. Add "
        "the copies.",
        "Convolution is associative: (x * u) * v = x * (u * v).",
    ),
)
