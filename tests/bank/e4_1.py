"""Answers to E4.1 as learners might find them, right and wrong."""

from fractions import Fraction

import numpy as np

from cnncourse.exercises.e4_1 import EXERCISE


def _kinds(steps):
    """Count convolutions, ReLUs, poolings and dense layers."""
    return [sum(1 for step in steps if step == kind) for kind in (1, 2, 3, 4)]


def on_paper(steps):
    text = "".join(str(int(step)) for step in steps)
    return text.count("1") + text.count("4"), len(text), text.count("2") + text.count("3")


def by_splitting_the_text(steps):
    text = "".join(str(int(step)) for step in steps).replace("4", "1")
    layers = text.split("1")[1:]
    return [len(layers), len(text), len("".join(layers))]


def in_float32(steps):
    learned = np.count_nonzero((steps == 1) | (steps == 4))
    return np.array([learned, steps.size, steps.size - learned], dtype=np.float32)


def in_fractions(steps):
    c, r, p, d = _kinds(steps)
    return [Fraction(c + d), Fraction(c + d + r + p), Fraction(r + p)]


def in_int8(steps):
    c, r, p, d = _kinds(steps)
    return np.array([c + d, c + d + r + p, r + p], dtype=np.int8)


def with_a_loop(steps):
    boxes = stages = fixed = 0
    for step in steps:
        stages += 1
        if step == 2 or step == 3:
            fixed += 1
        else:
            boxes += 1
    return [boxes, stages, fixed]


def tensor(steps):
    import torch

    return torch.tensor(on_paper(steps))


def only_pooling_without_weights(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, c + r + p + d, p]


def only_relu_without_weights(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, len(steps), r]


def all_weighted(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, len(steps), 0]


def with_weights(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, len(steps), c + d]


def convolutions_at_the_end(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, len(steps), c]


def pooling_is_a_layer(steps):
    c, r, p, d = _kinds(steps)
    return [c + d + p, len(steps), r + p]


def detector_is_a_layer(steps):
    c, r, p, d = _kinds(steps)
    return [c + d + r, len(steps), r + p]


def all_simple(steps):
    c, r, p, d = _kinds(steps)
    return [len(steps), len(steps), r + p]


def all_complex(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, c + d, r + p]


def the_other_way_round(steps):
    c, r, p, d = _kinds(steps)
    return [len(steps), c + d, r + p]


def pooled_blocks(steps):
    c, r, p, d = _kinds(steps)
    return [p + d, len(steps), r + p]


def pooled_blocks_only(steps):
    c, r, p, d = _kinds(steps)
    return [p, len(steps), r + p]


def convolutions_only(steps):
    c, r, p, d = _kinds(steps)
    return [c, len(steps), r + p]


def dense_nowhere(steps):
    c, r, p, d = _kinds(steps)
    return [c, c + r + p, r + p]


def relu_inside_of_the_convolution(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, c + d + p, p]


def pooling_forgotten(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, c + d + r, r]


def three_stages_each(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, 3 * (c + d), 2 * (c + d)]


def pooling_after_every_convolution(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, 3 * c + 2 * d - 1, 2 * c + d - 1]


def input_in_both(steps):
    c, r, p, d = _kinds(steps)
    return [c + d + 1, len(steps) + 1, r + p]


def input_in_all(steps):
    c, r, p, d = _kinds(steps)
    return [c + d + 1, len(steps) + 1, r + p + 1]


def relu_at_the_end(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, len(steps) + 1, r + p + 1]


def one_number(steps):
    return len(steps)


def two_numbers(steps):
    c, r, p, d = _kinds(steps)
    return [c + d, len(steps)]


def four_numbers(steps):
    return _kinds(steps)


def the_steps_themselves(steps):
    return steps


def added_up(steps):
    return [steps.sum(), len(steps), 0]


def in_words(steps):
    return "six, fourteen, eight"


def in_quotes(steps):
    return [str(number) for number in on_paper(steps)]


def with_nan(steps):
    return [*on_paper(steps)[:2], float("nan")]


def zeros(steps):
    return [0, 0, 0]


def in_a_table(steps):
    return [on_paper(steps)]


def one_off(steps):
    c, s, w = on_paper(steps)
    return [c, s - 1, w - 1]


def function_itself(steps):
    return on_paper


RIGHT = [
    *EXERCISE.also_right,
    on_paper,
    by_splitting_the_text,
    in_float32,
    in_fractions,
    in_int8,
    with_a_loop,
    tensor,
]
WRONG = {
    only_pooling_without_weights: "counted-as-weighted",
    only_relu_without_weights: "counted-as-weighted",
    all_weighted: "counted-as-weighted",
    with_weights: "weighted-counted",
    convolutions_at_the_end: "weighted-counted",
    pooling_is_a_layer: "stages-apart",
    detector_is_a_layer: "stages-apart",
    all_simple: "one-terminology",
    all_complex: "one-terminology",
    the_other_way_round: "swapped",
    pooled_blocks: "closed-by-pooling",
    pooled_blocks_only: "closed-by-pooling",
    convolutions_only: "dense-left-out",
    dense_nowhere: "dense-left-out",
    relu_inside_of_the_convolution: "steps-left-out",
    pooling_forgotten: "steps-left-out",
    three_stages_each: "always-three",
    pooling_after_every_convolution: "always-three",
    input_in_both: "input-counted",
    input_in_all: "input-counted",
    relu_at_the_end: "one-too-many",
    one_number: None,
    two_numbers: None,
    four_numbers: None,
    the_steps_themselves: None,
    added_up: None,
    in_words: None,
    in_quotes: None,
    with_nan: None,
    zeros: None,
    in_a_table: None,
    one_off: None,
    function_itself: None,
}
