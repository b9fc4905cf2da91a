"""Answers to E0.1 as learners might write them, right and wrong."""

import numpy as np


def flipped(w):
    return np.flip(w)


def as_list(w):
    return list(reversed(w))


def by_loop(w):
    backwards = np.zeros(len(w))
    for place in range(len(w)):
        backwards[len(w) - 1 - place] = w[place]
    return backwards


def by_index(w):
    return w[np.arange(len(w) - 1, -1, -1)]


def single_precision(w):
    return w[::-1].astype(np.float32)


def of_torch(w):
    import torch

    return torch.flip(torch.as_tensor(w.copy()), (0,))


def as_it_is(w):
    return w


def copied(w):
    return w.copy()


def twice(w):
    return w[::-1][::-1]


def rising(w):
    return np.sort(w)


def falling(w):
    return sorted(w, reverse=True)


def minus(w):
    return -w


def minus_backwards(w):
    return -w[::-1]


def last_to_front(w):
    return np.roll(w, 1)


def first_to_back(w):
    return np.append(w[1:], w[0])


def ends_swapped(w):
    swapped = w.copy()
    swapped[0], swapped[-1] = w[-1], w[0]
    return swapped


def without_the_first(w):
    return w[:0:-1]


def without_the_last(w):
    return w[-2::-1]


def every_second(w):
    return w[::-2]


def doubled(w):
    return np.concatenate([w[::-1], w])


def reciprocal(w):
    return 1 / w


def overwritten(w):
    w = w.copy()
    for place in range(len(w)):
        w[place] = w[len(w) - 1 - place]  # the second half reads what the first half wrote
    return w


RIGHT = [flipped, as_list, by_loop, by_index, single_precision, of_torch]

WRONG = {
    as_it_is: "unchanged",
    copied: "unchanged",
    twice: "unchanged",
    rising: "sorted",
    falling: "sorted",
    minus: "negated",
    minus_backwards: "negated",
    last_to_front: "rotated",
    first_to_back: "rotated",
    ends_swapped: "first-and-last-swapped",
    without_the_first: None,
    without_the_last: None,
    every_second: None,
    doubled: None,
    reciprocal: None,
    overwritten: "overwritten",
}
