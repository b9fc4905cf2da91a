"""Answers to E0.1 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e0_1 import EXERCISE


def by_slice(w):
    return w[::-1]


def by_loop(w):
    out = []
    for value in w:
        out.insert(0, value)
    return out


def by_reversed(w):
    return list(reversed(w))


def by_numpy(w):
    return np.flip(w).astype(np.float32)


def unchanged(w):
    return w


def copied(w):
    return list(w)


def sorted_up(w):
    return sorted(w)


def sorted_down(w):
    return np.sort(w)[::-1]


def signs_turned(w):
    return -w


def rolled(w):
    return np.roll(w, 1)


def ends_swapped(w):
    out = w.copy()
    out[0], out[-1] = w[-1], w[0]
    return out


def overwritten_copy(w):
    out = w.copy()
    for i in range(len(out)):
        out[i] = out[-1 - i]
    return out


def last_missing(w):
    return w[:0:-1]


def first_missing(w):
    return w[-2::-1]


def every_second(w):
    return w[::-2]


def only_last(w):
    return w[-1]


def as_column(w):
    return w[::-1].reshape(-1, 1)


def zeros(w):
    return np.zeros(len(w))


def reversed_object(w):
    return reversed(list(w))


def whole_numbers(w):
    return w[::-1].astype(int)


def text(w):
    return str(w)[::-1]


def without_zeros(w):
    return [value for value in w[::-1] if value]


def looked_up_by_value(w):
    values = list(w)
    return [values[len(w) - 1 - values.index(value)] for value in values]


def each_value_once(w):
    return list(dict.fromkeys(w[::-1].tolist()))


def rounded(w):
    return np.round(w[::-1], 1)


def kept_small(w):
    return np.clip(w[::-1], -9, 9)


def at_most_eight(w):
    return w[:8][::-1]


_ROOM = {}


def room_kept_for_each_length(w):
    return _ROOM.setdefault(len(w), w[::-1].copy())


RIGHT = [
    *EXERCISE.also_right,
    by_slice,
    by_loop,
    by_reversed,
    by_numpy,
]
WRONG = {
    unchanged: "unchanged",
    copied: "unchanged",
    sorted_up: "sorted",
    sorted_down: "sorted",
    signs_turned: "negated",
    rolled: "rotated",
    ends_swapped: "first-and-last-swapped",
    overwritten_copy: "overwritten",
    last_missing: None,
    first_missing: None,
    every_second: None,
    only_last: None,
    as_column: None,
    zeros: None,
    reversed_object: None,
    whole_numbers: None,
    text: None,
    without_zeros: None,
    looked_up_by_value: None,
    each_value_once: None,
    rounded: None,
    kept_small: None,
    at_most_eight: None,
    room_kept_for_each_length: None,
}
