"""Answers to E7.6 as learners might write them, right and wrong."""

from itertools import combinations, permutations

import numpy as np

from cnncourse.exercises.e7_6 import EXERCISE


def moved(images, down, right):
    out = np.zeros(images.shape)
    H, W = images.shape[2:]
    into = slice(max(down, 0), H + min(down, 0)), slice(max(right, 0), W + min(right, 0))
    out_of = slice(max(-down, 0), H + min(-down, 0)), slice(max(-right, 0), W + min(-right, 0))
    out[:, :, into[0], into[1]] = images[:, :, out_of[0], out_of[1]]
    return out


def said_of(predict, images, shifts, move=moved):
    return np.array([predict(move(images, d, r)).argmax(axis=1) for d, r in shifts])


def accuracy_of(predict, images, labels):
    return np.mean(predict(images).argmax(axis=1) == labels)


def all_pairs(said):
    return np.mean([a == b for a, b in combinations(said, 2)])


def by_slices(predict, images, labels, shifts):
    return [accuracy_of(predict, images, labels), all_pairs(said_of(predict, images, shifts))]


def both_orders(predict, images, labels, shifts):
    said = said_of(predict, images, shifts.tolist())
    same = [a == b for a, b in permutations(said, 2)]
    return accuracy_of(predict, images, labels), np.mean(same)


def mean_of_the_images(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    S = len(shifts)
    shares = [(np.equal.outer(s, s).sum() - S) / (S * (S - 1)) for s in said.T]
    return np.array([accuracy_of(predict, images, labels), np.mean(shares)])


def roll_and_wipe(predict, images, labels, shifts):
    said = []
    for down, right in shifts:
        x = np.roll(images, (down, right), axis=(2, 3))
        if down > 0:
            x[:, :, :down] = 0
        if down < 0:
            x[:, :, down:] = 0
        if right > 0:
            x[..., :right] = 0
        if right < 0:
            x[..., right:] = 0
        said.append(np.argmax(predict(x), 1))
    agree = total = 0
    for a, b in combinations(said, 2):
        agree += int((a == b).sum())
        total += len(a)
    return [float((np.argmax(predict(images), 1) == labels).sum()) / len(labels), agree / total]


def by_matrices(predict, images, labels, shifts):
    H, W = images.shape[2:]

    def move(x, down, right):
        return np.eye(H, k=-down) @ x @ np.eye(W, k=right)

    return [
        accuracy_of(predict, images, labels),
        all_pairs(said_of(predict, images, shifts, move)),
    ]


def with_scipy(predict, images, labels, shifts):
    from scipy.ndimage import shift

    said = [
        predict(shift(images.astype(float), (0, 0, d, r), order=0)).argmax(-1) for d, r in shifts
    ]
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def all_copies_in_one_call(predict, images, labels, shifts):
    copies = np.concatenate([images, *(moved(images, d, r) for d, r in shifts)])
    said = predict(copies).argmax(axis=1).reshape(len(shifts) + 1, len(images))
    return [(said[0] == labels).mean(), all_pairs(said[1:])]


def in_float32(predict, images, labels, shifts):
    result = by_slices(predict, images.astype(np.float32), labels, shifts)
    return np.array(result, dtype=np.float32)


def in_lists(predict, images, labels, shifts):
    from fractions import Fraction

    said = [predict(moved(images, *s)).argmax(1).tolist() for s in shifts]
    pairs = [x == y for a, b in combinations(said, 2) for x, y in zip(a, b, strict=True)]
    hits = [
        int(np.argmax(row)) == label for row, label in zip(predict(images), labels, strict=True)
    ]
    return [Fraction(sum(hits), len(hits)), Fraction(sum(pairs), len(pairs))]


def tensor(predict, images, labels, shifts):
    import torch

    said = torch.stack(
        [torch.tensor(predict(moved(images, d, r))).argmax(dim=1) for d, r in shifts]
    )
    a, b = torch.triu_indices(len(shifts), len(shifts), offset=1)
    hits = torch.tensor(predict(images)).argmax(dim=1) == torch.tensor(labels)
    return torch.stack([hits.double().mean(), (said[a] == said[b]).double().mean()])


def accuracy_under_moves(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    return [accuracy_of(predict, images, labels), np.mean(said == labels)]


def both_right(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    both = [(a == labels) & (b == labels) for a, b in combinations(said, 2)]
    return [accuracy_of(predict, images, labels), np.mean(both)]


def accuracy_twice(predict, images, labels, shifts):
    return [accuracy_of(predict, images, labels)] * 2


def equal_scores(predict, images, labels, shifts):
    scores = [predict(moved(images, d, r)) for d, r in shifts]
    same = [(a == b).all(axis=1) for a, b in combinations(scores, 2)]
    return [accuracy_of(predict, images, labels), np.mean(same)]


def close_scores(predict, images, labels, shifts):
    scores = [predict(moved(images, d, r)) for d, r in shifts]
    same = [np.isclose(a, b) for a, b in combinations(scores, 2)]
    return [accuracy_of(predict, images, labels), np.mean(same)]


def in_a_circle(predict, images, labels, shifts):
    said = said_of(predict, images, shifts, lambda x, d, r: np.roll(x, (d, r), (2, 3)))
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def padded_with_the_border(predict, images, labels, shifts):
    H, W = images.shape[2:]
    wide = np.pad(images, ((0, 0), (0, 0), (H, H), (W, W)), mode="edge")
    said = [predict(wide[:, :, H - d : 2 * H - d, W - r : 2 * W - r]).argmax(1) for d, r in shifts]
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def right_and_down(predict, images, labels, shifts):
    said = said_of(predict, images, [(d, r) for r, d in shifts])
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def window_goes_down(predict, images, labels, shifts):
    """The image goes up when the window goes down."""
    H, W = images.shape[2:]
    wide = np.pad(images, ((0, 0), (0, 0), (H, H), (W, W)))
    said = [predict(wide[:, :, H + d : 2 * H + d, W + r : 2 * W + r]).argmax(1) for d, r in shifts]
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def columns_only(predict, images, labels, shifts):
    said = said_of(predict, images, [(0, r) for _, r in shifts])
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def rows_only(predict, images, labels, shifts):
    said = said_of(predict, images, [(d, 0) for d, _ in shifts])
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def minus_signs_dropped(predict, images, labels, shifts):
    said = said_of(predict, images, np.abs(shifts))
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def negative_moves_left_out(predict, images, labels, shifts):
    said = said_of(predict, images, np.maximum(shifts, 0))
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def moves_on_and_on(predict, images, labels, shifts):
    said, copies = [], images
    for d, r in shifts:
        copies = moved(copies, d, r)
        said.append(predict(copies).argmax(1))
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def against_the_images(predict, images, labels, shifts):
    here = predict(images).argmax(1)
    return [np.mean(here == labels), np.mean(said_of(predict, images, shifts) == here)]


def unmoved_not_counted(predict, images, labels, shifts):
    here = predict(images).argmax(1)
    others = [s for s in shifts if s.any()]
    return [np.mean(here == labels), np.mean(said_of(predict, images, others) == here)]


def against_the_first(predict, images, labels, shifts):
    first, *others = said_of(predict, images, shifts)
    return [accuracy_of(predict, images, labels), np.mean(np.array(others) == first)]


def against_the_one_before(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    return [accuracy_of(predict, images, labels), 1 - np.mean(np.diff(said, axis=0) != 0)]


def with_itself(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    same = [a == b for a in said for b in said]
    return [accuracy_of(predict, images, labels), np.mean(same)]


def pairs_once_divided_by_all(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    agree = sum((a == b).mean() for a, b in combinations(said, 2))
    return [accuracy_of(predict, images, labels), agree / len(shifts) ** 2]


def pairs_once_divided_by_twice(predict, images, labels, shifts):
    said, S = said_of(predict, images, shifts), len(shifts)
    agree = sum((a == b).mean() for a, b in combinations(said, 2))
    return [accuracy_of(predict, images, labels), agree / (S * (S - 1))]


def divided_by_the_moves(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    agree = sum((a == b).mean() for a, b in combinations(said, 2))
    return [accuracy_of(predict, images, labels), agree / len(shifts)]


def all_copies_alike(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    return [accuracy_of(predict, images, labels), np.mean(np.ptp(said, axis=0) == 0)]


def whole_batches(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    same = [np.array_equal(a, b) for a, b in combinations(said, 2)]
    return [accuracy_of(predict, images, labels), np.mean(same)]


def any_two_alike(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    alike = [len(set(column)) < len(column) for column in said.T.tolist()]
    return [accuracy_of(predict, images, labels), np.mean(alike)]


def most_frequent(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    shares = [np.unique(s, return_counts=True)[1].max() / len(s) for s in said.T]
    return [accuracy_of(predict, images, labels), np.mean(shares)]


def differences_counted(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    changed = [a != b for a, b in combinations(said, 2)]
    return [accuracy_of(predict, images, labels), np.mean(changed)]


def accuracy_over_copies(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    return [np.mean(said == labels), all_pairs(said)]


def consistency_first(predict, images, labels, shifts):
    return by_slices(predict, images, labels, shifts)[::-1]


def in_percent(predict, images, labels, shifts):
    return 100 * np.array(by_slices(predict, images, labels, shifts))


def summed_agreements(predict, images, labels, shifts):
    said = said_of(predict, images, shifts)
    agree = sum((a == b).sum() for a, b in combinations(said, 2))
    return [accuracy_of(predict, images, labels), agree]


def consistency_only(predict, images, labels, shifts):
    return by_slices(predict, images, labels, shifts)[1]


def smallest_score(predict, images, labels, shifts):
    said = np.array([predict(moved(images, d, r)).argmin(axis=1) for d, r in shifts])
    return [np.mean(predict(images).argmin(axis=1) == labels), all_pairs(said)]


def one_class_for_all(predict, images, labels, shifts):
    said = [np.argmax(predict(moved(images, d, r))) for d, r in shifts]
    same = [a == b for a, b in combinations(said, 2)]
    return [accuracy_of(predict, images, labels), np.mean(same)]


def along_the_images(predict, images, labels, shifts):
    said = np.array([predict(moved(images, d, r)).argmax(axis=0) for d, r in shifts])
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def moves_the_scores(predict, images, labels, shifts):
    scores = predict(images)
    said = [np.roll(scores, r, axis=1).argmax(axis=1) for _, r in shifts]
    return [accuracy_of(predict, images, labels), all_pairs(said)]


def product_of_both(predict, images, labels, shifts):
    accuracy, consistency = by_slices(predict, images, labels, shifts)
    return [accuracy, accuracy * consistency]


def first_image_only(predict, images, labels, shifts):
    _, consistency = by_slices(predict, images[:1], labels[:1], shifts)
    return [accuracy_of(predict, images, labels), consistency]


def rounded(predict, images, labels, shifts):
    return np.round(by_slices(predict, images, labels, shifts), 2)


def wipes_the_images(predict, images, labels, shifts):
    result = by_slices(predict, images, labels, shifts)
    images[:] = 0
    return result


def ones(predict, images, labels, shifts):
    return [1, 1]


RIGHT = [
    *EXERCISE.also_right,
    by_slices,
    both_orders,
    mean_of_the_images,
    roll_and_wipe,
    by_matrices,
    with_scipy,
    all_copies_in_one_call,
    in_float32,
    in_lists,
    tensor,
]
WRONG = {
    accuracy_under_moves: "accuracy-for-consistency",
    both_right: "accuracy-for-consistency",
    accuracy_twice: "accuracy-for-consistency",
    equal_scores: "scores-compared",
    close_scores: "scores-compared",
    in_a_circle: "wrapped",
    padded_with_the_border: "border-repeated",
    right_and_down: "axes-swapped",
    window_goes_down: "other-direction",
    columns_only: "one-axis-only",
    rows_only: "one-axis-only",
    minus_signs_dropped: "one-sign-only",
    negative_moves_left_out: "one-sign-only",
    moves_on_and_on: "moves-add-up",
    against_the_images: "with-the-unmoved",
    unmoved_not_counted: "with-the-unmoved",
    against_the_first: "not-all-pairs",
    against_the_one_before: "not-all-pairs",
    with_itself: "pairs-miscounted",
    pairs_once_divided_by_all: "pairs-miscounted",
    pairs_once_divided_by_twice: "pairs-miscounted",
    divided_by_the_moves: "pairs-miscounted",
    all_copies_alike: "all-at-once",
    whole_batches: "all-at-once",
    any_two_alike: "all-at-once",
    most_frequent: "majority",
    differences_counted: "changes-counted",
    accuracy_over_copies: "accuracy-of-copies",
    consistency_first: "order-of-the-two",
    in_percent: "not-a-share",
    summed_agreements: "not-a-share",
    consistency_only: None,
    smallest_score: None,
    one_class_for_all: None,
    along_the_images: None,
    moves_the_scores: None,
    product_of_both: None,
    first_image_only: None,
    rounded: None,
    wipes_the_images: None,
    ones: None,
}
