"""E4.1: the layers of one network, counted in both terminologies. Everyone counts another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse.exercises.comparing import as_written
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part

CONVOLUTION, DETECTOR, POOLING, DENSE = 1, 2, 3, 4


def my_counts(steps):
    """Count the layers of a network in both ways (the lecture's "Components of CNN").

    The cell above shows your network:
    steps : its steps, first to last, in numbers: 1 is a convolution, 2 a ReLU (the detector
        stage), 3 a max pooling, 4 a dense layer's matrix product with its bias.
    Put three whole numbers in place of the dots, [c, s, w]:
      c : layers in the complex terminology, in which a layer starts with a convolution or a
          matrix product, and the detector and the pooling that follow are stages of it,
      s : layers in the simple terminology, in which every step is a layer,
      w : how many of the layers counted in s have no weights to learn.

    Example: steps = [1, 2, 3, 4] -> [2, 4, 2].
    """
    # A complex layer starts at each step that mixes its inputs with learned weights.
    starts = np.isin(steps, [1, 4])
    # The other steps, detectors and poolings, are fixed functions: nothing in them is learned.
    return [starts.sum(), len(steps), (~starts).sum()]


def _given(draw: Draw) -> dict[str, Any]:
    """Draw a network: convolutions with ReLU, some with pooling, then one dense layer or more."""
    # So few poolings that no wrong count happens to be a right one.
    convolutions = draw.integer(5, 6)
    dense = draw.integer(2, convolutions - 3)
    poolings = draw.integer(2, convolutions - 1 - dense)
    pooled = draw.shuffled(range(convolutions))[:poolings]
    steps = []
    for number in range(convolutions):
        steps += [CONVOLUTION, DETECTOR, *([POOLING] if number in pooled else [])]
    steps += [DENSE, DETECTOR] * (dense - 1) + [DENSE]
    return {"steps": np.array(steps)}


def _numbers(steps: Array) -> tuple[int, int, int, int]:
    """Count convolutions, detectors, poolings and dense layers."""
    c, r, p, d = (int((steps == kind).sum()) for kind in range(CONVOLUTION, DENSE + 1))
    return c, r, p, d


def _counts(steps: Array) -> list[int]:
    """Go along the network and open a new complex layer where one starts."""
    layers: list[list[int]] = []
    for step in steps.tolist():
        if step in (CONVOLUTION, DENSE):
            layers.append([])
        layers[-1].append(step)
    return [len(layers), sum(map(len, layers)), sum(len(stages) - 1 for stages in layers)]


def _idea(count: Callable[[int, int, int, int], list[int]]) -> Callable[[Array], list[int]]:
    """Make a wrong answer of how many convolutions, ReLUs, poolings and dense layers there are."""
    return lambda steps: count(*_numbers(steps))


def _number(place: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        return output.shape == (3,) and as_written(output[place], _counts(*case.args)[place])

    return holds


# Right answers by other ways.


def _by_subtraction(steps):
    learned = sum(1 for step in steps if step not in (2, 3))
    return learned, len(steps), len(steps) - learned


def _by_counting_each(steps):
    _, convolutions, relus, pools, dense = np.bincount(steps, minlength=5)
    return np.array([convolutions + dense, convolutions + relus + pools + dense, relus + pools])


EXERCISE = Exercise(
    id="E4.1",
    title="Layers, counted in both ways",
    solution=my_counts,
    reference=_counts,
    given=_given,
    also_right=(_by_subtraction, _by_counting_each),
    parts=(
        Part("complex layers", 1, _number(0)),
        Part("simple layers", 1, _number(1)),
        Part("layers without weights", 1, _number(2)),
    ),
    misconceptions=(
        Misconception(
            "counted-as-weighted",
            "Some layers that learn nothing were counted as if they had weights.",
            "A ReLU cuts off what is negative, a pooling takes the largest value of its window. "
            "Which number in them could training change?",
            (
                _idea(lambda c, r, p, d: [c + d, c + r + p + d, p]),
                _idea(lambda c, r, p, d: [c + d, c + r + p + d, r]),
                _idea(lambda c, r, p, d: [c + d, c + r + p + d, 0]),
            ),
        ),
        Misconception(
            "weighted-counted",
            "The last number counts the layers that have weights.",
            "It asks for those without. With your first two numbers, how are they left over?",
            (
                _idea(lambda c, r, p, d: [c + d, c + r + p + d, c + d]),
                _idea(lambda c, r, p, d: [c + d, c + r + p + d, c]),
            ),
        ),
        Misconception(
            "stages-apart",
            "In the complex count, stages were counted as layers of their own.",
            "In the complex terminology one layer has up to three stages: convolution, detector, "
            "pooling. At which steps does a new layer start?",
            (
                _idea(lambda c, r, p, d: [c + d + p, c + r + p + d, r + p]),
                _idea(lambda c, r, p, d: [c + d + r, c + r + p + d, r + p]),
                _idea(lambda c, r, p, d: [c + d + p, c + r + p + d, p]),
            ),
        ),
        Misconception(
            "one-terminology",
            "Both counts are the same number: one terminology was used twice.",
            "A box that holds convolution, ReLU and pooling is one layer for some books, three "
            "for others. The first number counts boxes, the second what is in them.",
            (
                _idea(lambda c, r, p, d: [c + r + p + d, c + r + p + d, r + p]),
                _idea(lambda c, r, p, d: [c + d, c + d, r + p]),
                _idea(lambda c, r, p, d: [c + d, c + d, 0]),
            ),
        ),
        Misconception(
            "swapped",
            "The two counts are the wrong way round.",
            "Complex layers hold several steps each. Which terminology gives fewer layers, then?",
            (_idea(lambda c, r, p, d: [c + r + p + d, c + d, r + p]),),
        ),
        Misconception(
            "closed-by-pooling",
            "A complex layer was counted only where there is a pooling.",
            "Pooling is a stage that may be missing. What does every complex layer start with?",
            (
                _idea(lambda c, r, p, d: [p + d, c + r + p + d, r + p]),
                _idea(lambda c, r, p, d: [p, c + r + p + d, r + p]),
                _idea(lambda c, r, p, d: [p + 1, c + r + p + d, r + p]),
            ),
        ),
        Misconception(
            "dense-left-out",
            "The dense layers were not counted as layers.",
            "A dense layer mixes its inputs with learned weights, as a convolution does, only "
            "without sharing them.",
            (
                _idea(lambda c, r, p, d: [c, c + r + p + d, r + p]),
                _idea(lambda c, r, p, d: [c, c + r + p, r + p]),
                _idea(lambda c, r, p, d: [c, 2 * c + p, c + p]),
                _idea(lambda c, r, p, d: [c + 1, c + r + p + 1, r + p]),
            ),
        ),
        Misconception(
            "steps-left-out",
            "In the simple count, steps are missing.",
            "In the simple terminology every step is a layer, with weights or without. How many "
            "numbers are in the row?",
            (
                _idea(lambda c, r, p, d: [c + d, c + p + d, p]),
                _idea(lambda c, r, p, d: [c + d, c + p + d, r + p]),
                _idea(lambda c, r, p, d: [c + d, c + r + d, r]),
                _idea(lambda c, r, p, d: [c + d, c + r + d, r + p]),
            ),
        ),
        Misconception(
            "always-three",
            "Every complex layer was taken to have all its stages.",
            "Detector and pooling may be missing: look which steps really follow each 1 and 4.",
            (
                _idea(lambda c, r, p, d: [c + d, 3 * (c + d), 2 * (c + d)]),
                _idea(lambda c, r, p, d: [c + d, 3 * c + d, 2 * c]),
                _idea(lambda c, r, p, d: [c + d, 3 * c + 2 * d, 2 * c + d]),
                _idea(lambda c, r, p, d: [c + d, 3 * c + r - c + d, r + c]),
            ),
        ),
        Misconception(
            "input-counted",
            "The input was counted as a layer.",
            "The input is what the first layer works on; no step makes it.",
            (
                _idea(lambda c, r, p, d: [c + d + 1, c + r + p + d + 1, r + p]),
                _idea(lambda c, r, p, d: [c + d + 1, c + r + p + d + 1, r + p + 1]),
            ),
        ),
        Misconception(
            "one-too-many",
            "One layer without weights too many: the input, or a ReLU that is not in the row.",
            "Every layer of the simple count stands in the row. What comes after the last matrix "
            "product?",
            (_idea(lambda c, r, p, d: [c + d, c + r + p + d + 1, r + p + 1]),),
        ),
    ),
    hints=(
        "Put a bar before each 1 and each 4 in the row: between two bars stands one complex layer.",
        "The first number counts the bars, the second the steps. For the third, ask of each step "
        "what training could change in it.",
        "Convolutions and matrix products have weights: as many as there are complex layers. All "
        "other steps have none.",
    ),
)
