"""Answers to E6.5 as learners might find them, right and wrong."""

import math
from fractions import Fraction

import numpy as np

from cnncourse.exercises.e6_5 import EXERCISE


def on_paper(H, W, C, F, k):
    weights = F * C * k * k
    return [
        [C, H // k, W // k, 0],
        [C, math.ceil((H - k) / 2) + 1, math.ceil((W - k) / 2) + 1, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [F, (H - k) // 2 + 1, (W - k) // 2 + 1, weights],
        [math.ceil(H / 2), math.ceil(W / 2), F, weights + F],
        [math.ceil(H / k), math.ceil(W / k), C, 0],
    ]


def starts_counted(H, W, C, F, k):
    def fit(n, s, more=0):
        return sum(1 for a in range(0, n, s) if a + k <= n + more)

    table = np.zeros((8, 4), dtype=int)
    table[0] = C, fit(H, k), fit(W, k), 0
    table[1] = C, fit(H, 2, 1), fit(W, 2, 1), 0
    table[5] = F, fit(H, 2), fit(W, 2), np.ones((F, C, k, k)).sum()
    table[6] = len(range(0, H, 2)), len(range(0, W, 2)), F, F + np.ones((k, k, C, F)).sum()
    table[7] = len(range(0, H, k)), len(range(0, W, k)), C, 0
    return table


def in_fractions(H, W, C, F, k):
    return [[Fraction(number) for number in row] for row in on_paper(H, W, C, F, k)]


def in_float32(H, W, C, F, k):
    return np.array(on_paper(H, W, C, F, k), dtype=np.float32)


def as_tuples(H, W, C, F, k):
    return tuple(tuple(row) for row in on_paper(H, W, C, F, k))


def tensor(H, W, C, F, k):
    """Ask torch for its lines, and the rule for Keras's."""
    import torch

    def row(make):
        try:
            layer = make()
            shape = layer(torch.zeros(1, C, H, W)).shape[1:]
        except (RuntimeError, ValueError):
            return [0, 0, 0, 0]
        return [*shape, sum(p.numel() for p in layer.parameters())]

    nn = torch.nn
    return torch.tensor(
        [
            row(lambda: nn.MaxPool2d(k)),
            row(lambda: nn.MaxPool2d(k, stride=2, ceil_mode=True)),
            row(lambda: nn.MaxPool2d(k, padding=k // 2 + 1)),
            row(lambda: nn.Conv2d(C, F, k, stride=2, padding="same")),
            row(lambda: nn.Conv2d(F, C, k)),
            row(lambda: nn.Conv2d(C, F, k, stride=2, bias=False)),
            [-(-H // 2), -(-W // 2), F, F * C * k * k + F],
            [-(-H // k), -(-W // k), C, 0],
        ]
    )


# Wrong ones.


def with_lines(lines):
    """Make an answer of which some lines, counted from 1, are another one's."""

    def answer(H, W, C, F, k):
        rows = on_paper(H, W, C, F, k)
        for number, row in lines(H, W, C, F, k).items():
            rows[number - 1] = row
        return rows

    return answer


def named(name, lines):
    answer = with_lines(lines)
    answer.__name__ = name
    return answer


def w(F, C, k):
    return F * C * k * k


def out(n, k, s):
    return (n - k) // s + 1


def up(n, s):
    return -(-n // s)


PREDICTIONS = {
    "pools_move_by_one": (
        "default-stride",
        lambda H, W, C, F, k: {1: [C, out(H, k, 1), out(W, k, 1), 0], 8: [H, W, C, 0]},
    ),
    "torch_pool_moves_by_one": (
        "default-stride",
        lambda H, W, C, F, k: {1: [C, out(H, k, 1), out(W, k, 1), 0]},
    ),
    "keras_pool_moves_by_two": (
        "default-stride",
        lambda H, W, C, F, k: {8: [up(H, 2), up(W, 2), C, 0]},
    ),
    "bias_of_a_layer_without": (
        "bias-counted",
        lambda H, W, C, F, k: {6: [F, out(H, k, 2), out(W, k, 2), w(F, C, k) + F]},
    ),
    "keras_without_biases": (
        "bias-forgotten",
        lambda H, W, C, F, k: {7: [up(H, 2), up(W, 2), F, w(F, C, k)]},
    ),
    "one_bias_for_all": (
        "bias-forgotten",
        lambda H, W, C, F, k: {7: [up(H, 2), up(W, 2), F, w(F, C, k) + 1]},
    ),
    "same_runs_in_torch": (
        "torch-same-with-stride",
        lambda H, W, C, F, k: {4: [F, up(H, 2), up(W, 2), w(F, C, k) + F]},
    ),
    "same_means_same": (
        "same-keeps-the-size",
        lambda H, W, C, F, k: {7: [H, W, F, w(F, C, k) + F]},
    ),
    "same_never_runs": ("keras-refuses", lambda H, W, C, F, k: {7: [0, 0, 0, 0]}),
    "pool_never_runs": ("keras-refuses", lambda H, W, C, F, k: {8: [0] * 4}),
    "much_padding_runs": (
        "padding-over-half",
        lambda H, W, C, F, k: {
            3: [C, out(H + 2 * (k // 2 + 1), k, k), out(W + 2 * (k // 2 + 1), k, k), 0]
        },
    ),
    "much_padding_runs_step_by_step": (
        "padding-over-half",
        lambda H, W, C, F, k: {3: [C, H + 2, W + 2, 0]},
    ),
    "channels_do_not_matter": (
        "channels-not-looked-at",
        lambda H, W, C, F, k: {5: [C, out(H, k, 1), out(W, k, 1), w(F, C, k) + C]},
    ),
    "outputs_come_first": (
        "channels-not-looked-at",
        lambda H, W, C, F, k: {5: [F, out(H, k, 1), out(W, k, 1), w(F, C, k) + F]},
    ),
    "keras_like_torch": (
        "order-of-axes",
        lambda H, W, C, F, k: {
            7: [F, up(H, 2), up(W, 2), w(F, C, k) + F],
            8: [C, up(H, k), up(W, k), 0],
        },
    ),
    "torch_like_keras": (
        "order-of-axes",
        lambda H, W, C, F, k: {
            1: [H // k, W // k, C, 0],
            2: [up(H - k, 2) + 1, up(W - k, 2) + 1, C, 0],
            6: [out(H, k, 2), out(W, k, 2), F, w(F, C, k)],
        },
    ),
    "ceil_mode_not_seen": (
        "ceil-mode-forgotten",
        lambda H, W, C, F, k: {2: [C, out(H, k, 2), out(W, k, 2), 0]},
    ),
    "pool_rounded_up": (
        "rounded-up",
        lambda H, W, C, F, k: {1: [C, up(H, k), up(W, k), 0]},
    ),
    "convolution_rounded_up": (
        "rounded-up",
        lambda H, W, C, F, k: {6: [F, up(H - k, 2) + 1, up(W - k, 2) + 1, w(F, C, k)]},
    ),
    "same_pool_rounded_down": (
        "same-without-padding",
        lambda H, W, C, F, k: {8: [H // k, W // k, C, 0]},
    ),
    "same_without_zeros": (
        "same-without-padding",
        lambda H, W, C, F, k: {7: [out(H, k, 2), out(W, k, 2), F, w(F, C, k) + F]},
    ),
    "weights_in_a_pool": (
        "pool-learns",
        lambda H, W, C, F, k: {1: [C, H // k, W // k, k * k]},
    ),
    "weights_in_a_pool_for_each_channel": (
        "pool-learns",
        lambda H, W, C, F, k: {8: [up(H, k), up(W, k), C, C * k * k]},
    ),
    "one_kernel_for_all_inputs": (
        "weights-miscounted",
        lambda H, W, C, F, k: {
            6: [F, out(H, k, 2), out(W, k, 2), F * k * k],
            7: [up(H, 2), up(W, 2), F, F * k * k + F],
        },
    ),
    "kernels_of_one_row": (
        "weights-miscounted",
        lambda H, W, C, F, k: {6: [F, out(H, k, 2), out(W, k, 2), F * C * k]},
    ),
    "everything_runs": (
        "torch-same-with-stride",
        lambda H, W, C, F, k: {
            3: [C, out(H + 3, k, k), out(W + 3, k, k), 7],
            4: [F, H, W, w(F, C, k) + F],
            5: [1, 2, 3, 4],
        },
    ),
    "rows_for_columns": (
        None,
        lambda H, W, C, F, k: {1: [C, W // k, H // k, 0]},
    ),
    "weights_at_every_pixel": (
        None,
        lambda H, W, C, F, k: {
            6: [F, out(H, k, 2), out(W, k, 2), w(F, C, k) * out(H, k, 2) * out(W, k, 2)]
        },
    ),
    "off_by_one": (None, lambda H, W, C, F, k: {2: [C, H // 2 + 1, W // 2 + 1, 0]}),
    "one_row_wrong": (None, lambda H, W, C, F, k: {6: [1, 1, 1, 1]}),
    "nothing_runs": (
        "keras-refuses",
        lambda H, W, C, F, k: {line: [0, 0, 0, 0] for line in range(1, 9)},
    ),
}


def shapes_alone(H, W, C, F, k):
    return [row[:3] for row in on_paper(H, W, C, F, k)]


def seven_rows(H, W, C, F, k):
    return on_paper(H, W, C, F, k)[:7]


def errors_as_minus_one(H, W, C, F, k):
    return [row if any(row) else [-1] * 4 for row in on_paper(H, W, C, F, k)]


def table_turned(H, W, C, F, k):
    return np.array(on_paper(H, W, C, F, k)).T


def numbers_of_the_example(H, W, C, F, k):
    return [[C, H, W, 0]] * 8


def half_a_pixel(H, W, C, F, k):
    return np.array(on_paper(H, W, C, F, k)) + 0.5


def nearly(H, W, C, F, k):
    """One weight more in hundreds is one too many."""
    rows = np.array(on_paper(H, W, C, F, k), dtype=float)
    rows[6, 3] += 0.001
    return rows


RIGHT = [
    *EXERCISE.also_right,
    on_paper,
    starts_counted,
    in_fractions,
    in_float32,
    as_tuples,
    tensor,
]
WRONG = {
    **{named(name, lines): slug for name, (slug, lines) in PREDICTIONS.items()},
    shapes_alone: None,
    seven_rows: None,
    errors_as_minus_one: None,
    table_turned: None,
    numbers_of_the_example: None,
    half_a_pixel: None,
    nearly: None,
}
