"""E6.5: what layers of both frameworks make of a picture, argument by argument, or their refusal.

Everyone has another picture, another kernel and other channels; the lines stay.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part

LINES = 8
Row = list[int]
FAILS: Row = [0, 0, 0, 0]


def my_predictions(H, W, C, F, k):
    """Predict the shape that each of eight layers gives, and what it learns, or that it fails.

    The cell above shows your numbers. A picture of H rows, W columns and C channels goes into
    each layer, to torch in the shape (N, C, H, W), to Keras in (N, H, W, C).
      line 1 : torch.nn.MaxPool2d(k)
      line 2 : torch.nn.MaxPool2d(k, stride=2, ceil_mode=True)
      line 3 : torch.nn.MaxPool2d(k, padding=k // 2 + 1)
      line 4 : torch.nn.Conv2d(C, F, k, stride=2, padding="same")
      line 5 : torch.nn.Conv2d(F, C, k)
      line 6 : torch.nn.Conv2d(C, F, k, stride=2, bias=False)
      line 7 : keras.layers.Conv2D(F, k, strides=2, padding="same")
      line 8 : keras.layers.MaxPool2D(k, padding="same")
    Put a list of eight rows in place of the dots, four whole numbers for each line: the shape of
    its output without N, in the order of its framework, and how many numbers it can learn,
    weights and biases together. A line that ends in an error, be it when the layer is made or
    when it gets the picture, has the row [0, 0, 0, 0].

    Example: torch.nn.ReLU() would have the row [C, H, W, 0], with your numbers for the letters.
    Work all of them out first; then try what you can in your framework.
    """
    error = [0, 0, 0, 0]
    half = [(H - k) // 2 + 1, (W - k) // 2 + 1]  # places of a window, 2 pixels apart, that fit
    return [
        [C, (H - k) // k + 1, (W - k) // k + 1, 0],  # a pool's stride is its window, if not said
        [C, -(-(H - k) // 2) + 1, -(-(W - k) // 2) + 1, 0],  # the last window may stick out
        error,  # padding of more than half a window
        error,  # "same" only goes with stride 1 in torch
        error,  # this layer wants F channels
        [F, *half, F * C * k * k],  # no biases
        [-(-H // 2), -(-W // 2), F, F * C * k * k + F],  # n / stride, rounded up
        [-(-H // k), -(-W // k), C, 0],  # the same rule: here, too, the stride is the window
    ]


def _given(draw: Draw) -> dict[str, Any]:
    """Draw sizes at which every rounding, default and order of axes shows."""
    k = draw.pick((3, 5))
    # Even, so that an odd window and stride 2 leave a pixel over; no multiple of the window.
    sizes = [n for n in range(20, 65, 2) if n % k]
    H, W = next((a, b) for a, b in pairwise(draw.shuffled(sizes)) if a // k != b // k)
    return {"H": H, "W": W, "C": draw.integer(2, 3), "F": draw.integer(12, 32), "k": k}


def _starts(n: int, k: int, s: int, before: int = 0, after: int = 0) -> int:
    """Count the windows of k places that fit, by trying every start."""
    return len([a for a in range(-before, n, s) if a + k <= n + after])


def _table(H: int, W: int, C: int, F: int, k: int) -> list[Row]:
    taps = prod((F, C, k, k))  # as many as the weights' array has numbers

    def both(count: Callable[[int], int]) -> Row:
        return [count(H), count(W)]

    return [
        [C, *both(lambda n: _starts(n, k, k)), 0],
        [C, *both(lambda n: _starts(n, k, 2, after=1)), 0],
        FAILS,
        FAILS,
        FAILS,
        [F, *both(lambda n: _starts(n, k, 2)), taps],
        [*both(lambda n: len(range(0, n, 2))), F, taps + F],
        [*both(lambda n: len(range(0, n, k))), C, 0],
    ]


def _judge(case: Case, output: Array) -> str:
    right = np.array(_table(*case.args))
    if output.shape != right.shape:
        return "eight rows of four numbers are asked for"
    wrong = [str(line + 1) for line in range(LINES) if (output[line] != right[line]).any()]
    if not wrong:
        return ""
    return (
        f"line {wrong[0]} is not right"
        if len(wrong) == 1
        else f"lines {_listed(wrong)} are not right"
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


def _lines(*numbers: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        right = np.array(_table(*case.args))
        return output.shape == right.shape and all(
            (output[number - 1] == right[number - 1]).all() for number in numbers
        )

    return holds


# Wrong ideas: what each makes of a line, by its number. A line that is the idea's is a sign of it.

Idea = Callable[[int, int, int, int, int], dict[int, Row]]


def _explains(*ideas: Idea) -> Callable[[Case, Array], bool]:
    def explains(case: Case, output: Array) -> bool:
        right = _table(*case.args)
        if output.shape != (LINES, 4):
            return False
        return any(
            row != right[line - 1] and output[line - 1].tolist() == row
            for idea in ideas
            for line, row in idea(*case.args).items()
        )

    return explains


def _answer(idea: Idea) -> Callable[..., list[Row]]:
    """Give all rows, those of the idea's lines as the idea has them."""

    def answer(H: int, W: int, C: int, F: int, k: int) -> list[Row]:
        wrong = idea(H, W, C, F, k)
        return [wrong.get(i + 1, row) for i, row in enumerate(_table(H, W, C, F, k))]

    return answer


def _misconception(slug: str, title: str, hint: str, *ideas: Idea) -> Misconception:
    return Misconception(slug, title, hint, tuple(map(_answer, ideas)), _explains(*ideas))


def _places(n: int, k: int, s: int) -> int:
    return (n - k) // s + 1


def _up(n: int, s: int) -> int:
    return -(-n // s)


def _channels_last(line: int) -> Idea:
    """Write a row of torch in Keras's order."""

    def idea(*args: int) -> dict[int, Row]:
        a, b, c, learned = _table(*args)[line - 1]
        return {line: [b, c, a, learned]}

    return idea


def _channels_first(line: int) -> Idea:
    def idea(*args: int) -> dict[int, Row]:
        a, b, c, learned = _table(*args)[line - 1]
        return {line: [c, a, b, learned]}

    return idea


def _learning(line: int, count: Callable[..., int]) -> Idea:
    """Keep the shape of a row and count what it learns in another way."""

    def idea(H: int, W: int, C: int, F: int, k: int) -> dict[int, Row]:
        shape = _table(H, W, C, F, k)[line - 1][:3]
        return {line: [*shape, count(H, W, C, F, k)]}

    return idea


def _too_far_out(stride: Callable[[int], int]) -> Idea:
    """Let the pool of line 3 run with its padding."""

    def idea(H: int, W: int, C: int, F: int, k: int) -> dict[int, Row]:
        more = 2 * (k // 2 + 1)
        return {3: [C, *(_places(n + more, k, stride(k)) for n in (H, W)), 0]}

    return idea


# Right answers by other ways.


def _by_cases(H, W, C, F, k):
    def size(rule):
        return [rule(H), rule(W)]

    bias, weights = F, F * C * k**2
    return np.array(
        [
            [C, *size(lambda n: n // k), 0],
            [C, *size(lambda n: (n - k + 1) // 2 + 1), 0],
            [0] * 4,
            [0] * 4,
            [0] * 4,
            [F, *size(lambda n: len(range(0, n - k + 1, 2))), weights],
            [*size(lambda n: (n + 1) // 2), F, weights + bias],
            [*size(lambda n: (n + k - 1) // k), C, 0],
        ]
    )


def _as_decimals(H, W, C, F, k):
    rows = np.zeros((8, 4))
    rows[0] = C, np.floor(H / k), np.floor(W / k), 0
    rows[1] = C, np.ceil((H - k) / 2) + 1, np.ceil((W - k) / 2) + 1, 0
    rows[5] = F, np.floor((H - k) / 2) + 1, np.floor((W - k) / 2) + 1, F * C * k * k
    rows[6] = np.ceil(H / 2), np.ceil(W / 2), F, F * (C * k * k + 1)
    rows[7] = np.ceil(H / k), np.ceil(W / k), C, 0
    return rows


EXERCISE = Exercise(
    id="E6.5",
    title="Shape or error?",
    solution=my_predictions,
    reference=_table,
    judge=_judge,
    given=_given,
    output="matrix",
    parts=(
        Part("pooling in PyTorch", 1, _lines(1, 2, 3)),
        Part("convolution in PyTorch", 1, _lines(4, 5, 6)),
        Part("Keras", 1, _lines(7, 8)),
    ),
    also_right=(_by_cases, _as_decimals),
    misconceptions=(
        _misconception(
            "default-stride",
            "A pool was given stride 1, or 2, where no stride is said.",
            "A convolution moves on by one pixel unless told otherwise. A pool, in both "
            "frameworks, moves on by its own size, so that its windows lie side by side.",
            lambda H, W, C, F, k: {
                1: [C, _places(H, k, 1), _places(W, k, 1), 0],
                8: [H, W, C, 0],
            },
            lambda H, W, C, F, k: {
                1: [C, _places(H, k, 2), _places(W, k, 2), 0],
                8: [_up(H, 2), _up(W, 2), C, 0],
            },
        ),
        _misconception(
            "bias-counted",
            "A layer without biases was counted with them.",
            "bias=False (use_bias=False in Keras) leaves the weights alone: one for each input "
            "channel and tap of each output channel.",
            _learning(6, lambda H, W, C, F, k: F * C * k * k + F),
            _learning(6, lambda H, W, C, F, k: F * C * k * k + 1),
        ),
        _misconception(
            "bias-forgotten",
            "The biases of a convolution were not counted, or not as one for each output channel.",
            "Both frameworks give a convolution biases unless you say not to. How many sums of "
            "products does it compute at each pixel?",
            _learning(7, lambda H, W, C, F, k: F * C * k * k),
            _learning(7, lambda H, W, C, F, k: F * C * k * k + 1),
            _learning(7, lambda H, W, C, F, k: F * C * k * k + C),
        ),
        _misconception(
            "torch-same-with-stride",
            'Line 4 was taken to run: "same" in torch goes with stride 1 only.',
            'In torch "same" means an output as large as the picture, and it is refused at every '
            "stride but 1. Which stride has this line?",
            lambda H, W, C, F, k: {4: [F, _up(H, 2), _up(W, 2), F * C * k * k + F]},
            lambda H, W, C, F, k: {4: [F, H, W, F * C * k * k + F]},
            lambda H, W, C, F, k: {4: [F, _places(H, k, 2), _places(W, k, 2), F * C * k * k + F]},
        ),
        _misconception(
            "same-keeps-the-size",
            '"same" was taken to keep the size at stride 2.',
            "In Keras it makes ceil(n / stride) outputs: the size of the input only at stride 1.",
            lambda H, W, C, F, k: {7: [H, W, F, F * C * k * k + F]},
        ),
        _misconception(
            "keras-refuses",
            "A line of Keras was taken to fail that runs.",
            'Keras allows "same" with every stride, and pads unevenly where it has to. It is torch '
            "that refuses that.",
            lambda H, W, C, F, k: {7: FAILS},
            lambda H, W, C, F, k: {8: FAILS},
        ),
        _misconception(
            "padding-over-half",
            "Line 3 was taken to run: its padding is more than half the window.",
            "A pool of torch takes at most k // 2 places of padding. How many does this line ask "
            "for?",
            _too_far_out(lambda k: k),
            _too_far_out(lambda k: 1),
        ),
        _misconception(
            "channels-not-looked-at",
            "Line 5 was taken to run, but it is made for pictures of F channels.",
            "torch.nn.Conv2d is told the input's channels first, then the output's. How many has "
            "your picture? (Keras looks at the picture, and is told the output's alone.)",
            lambda H, W, C, F, k: {
                5: [C, _places(H, k, 1), _places(W, k, 1), F * C * k * k + C],
            },
            lambda H, W, C, F, k: {
                5: [F, _places(H, k, 1), _places(W, k, 1), F * C * k * k + F],
            },
        ),
        _misconception(
            "order-of-axes",
            "Channels are not where that framework has them.",
            "torch's pictures are N, C, H, W, and so are its outputs; Keras's are N, H, W, C.",
            *map(_channels_first, (7, 8)),
            *map(_channels_last, (1, 2, 6)),
        ),
        _misconception(
            "ceil-mode-forgotten",
            "ceil_mode=True was not heeded: the last window may stick out.",
            "With ceil_mode the number of steps is rounded up. How many pixels are left over "
            "behind the last window that fits?",
            lambda H, W, C, F, k: {2: [C, _places(H, k, 2), _places(W, k, 2), 0]},
        ),
        _misconception(
            "rounded-up",
            "A size was rounded up where windows have to lie inside.",
            "Without padding and without ceil_mode, what is left over at the end is lost.",
            lambda H, W, C, F, k: {1: [C, _up(H, k), _up(W, k), 0]},
            lambda H, W, C, F, k: {6: [F, _up(H - k, 2) + 1, _up(W - k, 2) + 1, F * C * k * k]},
        ),
        _misconception(
            "same-without-padding",
            'With "same" the output was counted as without padding.',
            "Zeros are added until the last pixels have a window, too: n / stride, rounded up.",
            lambda H, W, C, F, k: {
                7: [_places(H, k, 2), _places(W, k, 2), F, F * C * k * k + F],
            },
            lambda H, W, C, F, k: {8: [H // k, W // k, C, 0]},
        ),
        _misconception(
            "pool-learns",
            "A pool was counted with weights.",
            "A maximum has nothing that training could change.",
            *(_learning(line, lambda H, W, C, F, k: k * k) for line in (1, 2, 8)),
            *(_learning(line, lambda H, W, C, F, k: C * k * k) for line in (1, 2, 8)),
        ),
        _misconception(
            "weights-miscounted",
            "The weights of a convolution were not counted as one for each pair of channels and "
            "each of its k x k taps.",
            "Each of the F output channels has its own kernel for each of the C input channels. "
            "All places of the picture share them.",
            *(
                _learning(line, lambda H, W, C, F, k, b=biases: F * k * k + b * F)
                for line, biases in ((6, 0), (7, 1))
            ),
            *(
                _learning(line, lambda H, W, C, F, k, b=biases: F * C * k + b * F)
                for line, biases in ((6, 0), (7, 1))
            ),
            *(
                _learning(line, lambda H, W, C, F, k, b=biases: C * k * k + b * F)
                for line, biases in ((6, 0), (7, 1))
            ),
        ),
    ),
    hints=(
        "For each line write down what is not said in it: the stride of a pool, the padding of a "
        "convolution, whether there is a bias.",
        "Three lines fail: one asks for more padding than a pool takes, one for a padding that "
        "torch has at stride 1 only, one was made for a picture with another number of channels.",
        "Without padding (n - k) // s + 1 windows fit, rounded up with ceil_mode; with Keras's "
        '"same" there are n / s, rounded up. A bias is one number for each output channel.',
    ),
)
