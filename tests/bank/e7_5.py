"""Answers to E7.5 as learners might find them, right and wrong."""

from fractions import Fraction

import numpy as np
from scipy import signal

from cnncourse.exercises.e7_5 import EXERCISE


def made_by(image, first, second):
    edges = [np.maximum(signal.correlate2d(image, kernel, mode="valid"), 0) for kernel in first]
    return np.array(
        [
            sum(signal.correlate2d(e, k, mode="valid") for e, k in zip(edges, one, strict=True))
            for one in second
        ]
    )


def nearest(made, maps):
    return [int(((made - one) ** 2).sum(axis=(1, 2)).argmin()) for one in maps]


def with_scipy(image, first, second, maps):
    return nearest(made_by(image, first, second), maps)


def with_the_package(image, first, second, maps):
    from cnncourse.conv import conv2d

    edges = np.maximum(conv2d(image[None], first[:, None]), 0)
    return nearest(conv2d(edges, second), maps)


def by_correlation_of_the_maps(image, first, second, maps):
    made = made_by(image, first, second)
    table = np.corrcoef(maps.reshape(6, -1), made.reshape(6, -1))[:6, 6:]
    return table.argmax(axis=1)


def by_three_places(image, first, second, maps):
    made = made_by(image, first, second)
    here = [(i, j) for i in range(0, 11, 2) for j in range(0, 11, 2)]
    answer = []
    for one in maps:
        for n in range(6):
            if all(abs(one[at] - made[n][at]) < 1e-9 for at in here):
                answer.append(n)
    return answer


def as_an_assignment(image, first, second, maps):
    from scipy.optimize import linear_sum_assignment

    made = made_by(image, first, second)
    costs = np.abs(maps[:, None] - made).sum(axis=(2, 3))
    return linear_sum_assignment(costs)[1]


def as_fractions(image, first, second, maps):
    return [Fraction(n) for n in with_scipy(image, first, second, maps)]


def as_floats(image, first, second, maps):
    return tuple(float(n) for n in with_scipy(image, first, second, maps))


def tensor(image, first, second, maps):
    import torch

    def layer(x, kernels):
        return torch.nn.functional.conv2d(x, torch.tensor(np.array(kernels)))

    edges = torch.relu(layer(torch.tensor(np.array(image))[None, None], first[:, None]))
    made = layer(edges, second)
    return torch.cdist(torch.tensor(np.array(maps)).flatten(1), made[0].flatten(1)).argmin(dim=1)


def for_each_filter_its_map(image, first, second, maps):
    made = made_by(image, first, second)
    return [int(np.abs(maps - one).sum(axis=(1, 2)).argmin()) for one in made]


def from_one(image, first, second, maps):
    return [n + 1 for n in with_scipy(image, first, second, maps)]


def from_one_and_the_other_way(image, first, second, maps):
    return [n + 1 for n in for_each_filter_its_map(image, first, second, maps)]


def as_they_come(image, first, second, maps):
    return [0, 1, 2, 3, 4, 5]


def from_the_end(image, first, second, maps):
    return range(5, -1, -1)


def weights_against_largest(image, first, second, maps):
    """Give the map with the largest number the filter with the largest weight, and so on."""
    largest = second.reshape(6, -1).max(axis=1).tolist()
    bar = [any(not channel.any() for channel in one) for one in second]
    order = sorted(range(6), key=lambda n: (largest[n], n if bar[n] else -n))
    ranks = maps.reshape(6, -1).max(axis=1).argsort().argsort()
    return [order[rank] for rank in ranks]


def pictures_over_the_image(image, first, second, maps):
    made = [signal.correlate2d(image, one.sum(axis=0), mode="valid")[:11, :11] for one in second]
    table = np.corrcoef(maps.reshape(6, -1), np.array(made).reshape(6, -1))
    return table[:6, 6:].argmax(axis=1)


def strongest_channel_over_the_image(image, first, second, maps):
    made = []
    for one in second:
        channel = one[np.abs(one).sum(axis=(1, 2)).argmax()]
        made.append(signal.correlate2d(image, channel, mode="valid")[:11, :11].ravel())
    table = np.corrcoef(maps.reshape(6, -1), np.array(made))
    return table[:6, 6:].argmax(axis=1)


def pair_of(second, change):
    for n in range(6):
        for m in range(n):
            if np.array_equal(change(second[n]), second[m]):
                return n, m
    raise ValueError("no such pair")


def bars(second):
    return pair_of(second, lambda one: one[::-1].transpose(0, 2, 1))


def swap(answer, *pairs):
    other = {}
    for n, m in pairs:
        other |= {n: m, m: n}
    return [other.get(n, n) for n in answer]


def upright_bar_for_upright_stripes(image, first, second, maps):
    return swap(with_scipy(image, first, second, maps), bars(second))


def bars_by_eye(image, first, second, maps):
    """Give the upright bar to the map that answers to stripes that stand, from what is seen."""
    answer = np.array(with_scipy(image, first, second, maps))
    upright = next(n for n in bars(second) if second[n][0].any())
    lying = next(n for n in bars(second) if n != upright)
    # Where stripes stand each row of the image is like the next one.
    stands = np.array([[np.ptp(image[i : i + 4, j : j + 4], 0).max() for j in range(11)]
                       for i in range(11)]) == 0  # fmt: skip
    places = np.flatnonzero(np.isin(answer, bars(second)))
    bright = max(places, key=lambda at: maps[at][stands].sum())
    other = next(at for at in places if at != bright)
    answer[bright], answer[other] = upright, lying
    return answer


def bars_and_turned(image, first, second, maps):
    turned = pair_of(second, lambda one: one[:, ::-1, ::-1])
    return swap(with_scipy(image, first, second, maps), bars(second), turned)


def second_layer_convolves(image, first, second, maps):
    edges = [np.maximum(signal.correlate2d(image, kernel, mode="valid"), 0) for kernel in first]
    made = [
        sum(signal.convolve2d(e, k, mode="valid") for e, k in zip(edges, one, strict=True))
        for one in second
    ]
    return nearest(np.array(made), maps)


def turned_and_negative(image, first, second, maps):
    turned = pair_of(second, lambda one: one[:, ::-1, ::-1])
    negative = pair_of(second, np.negative)
    return swap(with_scipy(image, first, second, maps), turned, negative)


def dark_for_bright(image, first, second, maps):
    return swap(with_scipy(image, first, second, maps), pair_of(second, np.negative))


def image_inverted(image, first, second, maps):
    """Take the negative for the filter whose maps are upside down."""
    made = made_by(image, first, second)
    answer = nearest(made, maps)
    pair = pair_of(second, np.negative)
    for at, n in enumerate(answer):
        if n in pair:
            answer[at] = nearest(-made, maps)[at]
    return answer


def no_idea_of_any_pair(image, first, second, maps):
    """Exchange all three pairs: the bars are told first."""
    turned = pair_of(second, lambda one: one[:, ::-1, ::-1])
    negative = pair_of(second, np.negative)
    return swap(with_scipy(image, first, second, maps), bars(second), turned, negative)


def two_exchanged(image, first, second, maps):
    """Exchange two filters that are no pair."""
    n = bars(second)[0]
    m = pair_of(second, np.negative)[0]
    return swap(with_scipy(image, first, second, maps), (n, m))


def one_filter_for_a_pair(image, first, second, maps):
    n, m = pair_of(second, lambda one: one[:, ::-1, ::-1])
    return [n if found == m else found for found in with_scipy(image, first, second, maps)]


def always_the_first(image, first, second, maps):
    return [0] * 6


def five_of_six(image, first, second, maps):
    return with_scipy(image, first, second, maps)[:5]


def a_table(image, first, second, maps):
    return np.eye(6)[with_scipy(image, first, second, maps)]


def a_pair_for_each(image, first, second, maps):
    return [[at, n] for at, n in enumerate(with_scipy(image, first, second, maps))]


def numbers_of_the_weights(image, first, second, maps):
    """Count weights in place of filters: each filter has 18."""
    return [18 * n for n in with_scipy(image, first, second, maps)]


RIGHT = [
    *EXERCISE.also_right,
    with_scipy,
    with_the_package,
    by_correlation_of_the_maps,
    by_three_places,
    as_an_assignment,
    as_fractions,
    as_floats,
    tensor,
]
WRONG = {
    for_each_filter_its_map: "maps-of-filters",
    from_one: "counted-from-one",
    from_one_and_the_other_way: "counted-from-one",
    as_they_come: "not-matched",
    from_the_end: "not-matched",
    weights_against_largest: "by-brightness",
    pictures_over_the_image: "picture-on-image",
    strongest_channel_over_the_image: "picture-on-image",
    upright_bar_for_upright_stripes: "weight-picture",
    bars_by_eye: "weight-picture",
    bars_and_turned: "weight-picture",
    no_idea_of_any_pair: "weight-picture",
    second_layer_convolves: "flipped",
    turned_and_negative: "flipped",
    dark_for_bright: "sign-overlooked",
    image_inverted: "sign-overlooked",
    two_exchanged: None,
    one_filter_for_a_pair: None,
    always_the_first: None,
    five_of_six: None,
    a_table: None,
    a_pair_for_each: None,
    numbers_of_the_weights: None,
}
