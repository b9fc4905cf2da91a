"""Answers to E4.6 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e4_6 import EXERCISE


def with_the_package(image, detector):
    from cnncourse.conv import cross_correlate2d

    return np.maximum.reduce([cross_correlate2d(image, np.rot90(detector, t)) for t in range(4)])


def all_loops(image, detector):
    k = len(detector)
    out = []
    for i in range(len(image) - k + 1):
        row = []
        for j in range(len(image[0]) - k + 1):
            answers = [0, 0, 0, 0]
            for m in range(k):
                for n in range(k):
                    pixel = image[i + m][j + n]
                    answers[0] += pixel * detector[m][n]
                    answers[1] += pixel * detector[n][k - 1 - m]
                    answers[2] += pixel * detector[k - 1 - m][k - 1 - n]
                    answers[3] += pixel * detector[k - 1 - n][m]
            row.append(max(answers))
        out.append(row)
    return out


def in_float32(image, detector):
    k = detector.shape[0]
    image, turned = np.asarray(image, np.float32), np.asarray(detector, np.float32)
    best = np.full((image.shape[0] - k + 1, image.shape[1] - k + 1), -np.inf, np.float32)
    for _ in range(4):
        response = np.zeros_like(best)
        for m in range(k):
            for n in range(k):
                part = image[m : m + best.shape[0], n : n + best.shape[1]]
                response += turned[m, n] * part
        best = np.maximum(best, response)
        turned = np.rot90(turned)
    return best


def turned_the_other_way(image, detector):
    windows = np.lib.stride_tricks.sliding_window_view(image, detector.shape)
    turned = [np.rot90(detector, -t) for t in range(4)]
    return np.sort([np.einsum("ijmn,mn->ij", windows, d) for d in turned], axis=0)[-1]


def by_transposing_and_flipping(image, detector):
    windows = np.lib.stride_tricks.sliding_window_view(image, detector.shape)
    four = np.stack([detector, detector.T[::-1], detector[::-1, ::-1], detector.T[:, ::-1]])
    return np.tensordot(windows, four, axes=([2, 3], [1, 2])).max(axis=-1)


def by_convolution(image, detector):
    # Turning by 180 degrees, which makes a convolution of it, is one of the four turns anyway.
    k = len(detector)
    rows, columns = image.shape[0] - k + 1, image.shape[1] - k + 1
    best = None
    for t in range(4):
        kernel = np.rot90(detector, t)
        out = [
            [(image[i : i + k, j : j + k] * kernel[::-1, ::-1]).sum() for j in range(columns)]
            for i in range(rows)
        ]
        best = np.array(out) if best is None else np.maximum(best, out)
    return best


def pooled_in_pairs(image, detector):
    k = len(detector)
    windows = np.lib.stride_tricks.sliding_window_view(image, (k, k))
    a, b, c, d = ((windows * np.rot90(detector, t)).sum((-1, -2)) for t in range(4))
    return np.where(np.maximum(a, b) > np.maximum(c, d), np.maximum(a, b), np.maximum(c, d))


def tensor(image, detector):
    import torch

    x = torch.tensor(np.asarray(image, dtype=float))[None, None]
    kernels = np.stack([np.rot90(detector, t) for t in range(4)])[:, None].astype(float)
    return torch.nn.functional.conv2d(x, torch.tensor(kernels))[0].max(dim=0).values


def _maps(image, detectors):
    k = len(detectors[0])
    windows = np.lib.stride_tricks.sliding_window_view(image, (k, k))
    return np.stack([(windows * d).sum((2, 3)) for d in detectors])


def _turns(detector):
    return [np.rot90(detector, t) for t in range(4)]


def _best_of(image, detectors):
    return _maps(image, detectors).max(axis=0)


def two_by_two_places(image, detector):
    best = _best_of(image, _turns(detector))
    return np.lib.stride_tricks.sliding_window_view(best, (2, 2)).max((2, 3))


def two_by_two_side_by_side(image, detector):
    best = _best_of(image, _turns(detector))
    rows, columns = best.shape[0] // 2, best.shape[1] // 2
    return best[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2).max((1, 3))


def one_detector_over_places(image, detector):
    response = _maps(image, [detector])[0]
    rows, columns = response.shape[0] - 1, response.shape[1] - 1
    return np.array(
        [[response[i : i + 2, j : j + 2].max() for j in range(columns)] for i in range(rows)]
    ).reshape(rows, columns)


def best_place_of_each(image, detector):
    return _maps(image, _turns(detector)).max(axis=(1, 2))[None]


def best_of_all_everywhere(image, detector):
    maps = _maps(image, _turns(detector))
    return np.full(maps.shape[1:], maps.max())


def along_rows(image, detector):
    return _maps(image, _turns(detector)).max(axis=1)


def along_columns(image, detector):
    return _maps(image, _turns(detector)).max(axis=-1)


def average_of_four(image, detector):
    return _maps(image, _turns(detector)).mean(axis=0)


def added_up(image, detector):
    return sum(_maps(image, _turns(detector)))


def detector_added_up(image, detector):
    return _maps(image, [sum(_turns(detector))])[0]


def one_detector(image, detector):
    return _maps(image, [detector])[0]


def quarter_turn_only(image, detector):
    return _best_of(image, [detector, np.rot90(detector)])


def half_turn_only(image, detector):
    return _best_of(image, [detector, np.rot90(detector, 2)])


def range_of_three(image, detector):
    return _best_of(image, [np.rot90(detector, t) for t in range(3)])


def range_from_one(image, detector):
    return _best_of(image, [np.rot90(detector, t) for t in range(1, 4)])


def flips(image, detector):
    return _best_of(image, [detector, np.flipud(detector), np.fliplr(detector), np.flip(detector)])


def transposed_for_turned(image, detector):
    turned = np.flip(detector)
    return _best_of(image, [detector, detector.T, turned, turned.T])


def transposed_only(image, detector):
    return _best_of(image, [detector, detector.T])


def upside_down(image, detector):
    return _best_of(image, [detector, detector[::-1]])


def eight_positions(image, detector):
    return _best_of(image, [*_turns(detector), *_turns(np.fliplr(detector))])


def relu_behind(image, detector):
    return np.clip(_best_of(image, _turns(detector)), 0, None)


def started_with_zeros(image, detector):
    maps = _maps(image, _turns(detector))
    best = np.zeros(maps.shape[1:])
    for one in maps:
        best = np.maximum(best, one)
    return best


def started_at_minus_thousand(image, detector):
    maps = _maps(image, _turns(detector))
    best = -1000 * np.ones(maps.shape[1:])
    for one in maps:
        best = np.where(one > best, one, best)
    return best


def furthest_from_zero(image, detector):
    maps = _maps(image, _turns(detector))
    most, least = maps.max(0), maps.min(0)
    return np.where(-least > most, least, most)


def absolute_answers(image, detector):
    return np.abs(_maps(image, _turns(detector))).max(0)


def number_of_the_winner(image, detector):
    return np.argmax(_maps(image, _turns(detector)), axis=0)


def angle_of_the_winner(image, detector):
    return 90 * np.argmax(_maps(image, _turns(detector)), axis=0)


def smallest_answer(image, detector):
    return np.min(_maps(image, _turns(detector)), axis=0)


def turned_images_not_turned_back(image, detector):
    return np.max([_maps(np.rot90(image, t), [detector])[0] for t in range(4)], axis=0)


def all_four_maps(image, detector):
    return _maps(image, _turns(detector))


def side_by_side(image, detector):
    return np.hstack(_maps(image, _turns(detector)))


def padded_to_the_size_of_the_image(image, detector):
    return _best_of(np.pad(image, ((0, len(detector) - 1),) * 2), _turns(detector))


def best_window(image, detector):
    k = len(detector)
    windows = np.lib.stride_tricks.sliding_window_view(image, (k, k))
    return windows.max((2, 3))


def average_response(image, detector):
    return _best_of(image, _turns(detector)) / detector.size


def last_place_forgotten(image, detector):
    return _best_of(image, _turns(detector))[:-1, :-1]


def turned_over(image, detector):
    return _best_of(image, _turns(detector)).T


def whole_image_upside_down(image, detector):
    return _best_of(image[::-1], _turns(detector))


def turns_its_argument(image, detector):
    best = _best_of(image, _turns(detector))
    detector[:] = np.rot90(detector).copy()
    return best


def second_largest(image, detector):
    return np.sort(_maps(image, _turns(detector)), axis=0)[-2]


def zeros(image, detector):
    k = len(detector)
    return np.zeros((image.shape[0] - k + 1, image.shape[1] - k + 1))


RIGHT = [
    *EXERCISE.also_right,
    with_the_package,
    all_loops,
    in_float32,
    turned_the_other_way,
    by_transposing_and_flipping,
    by_convolution,
    pooled_in_pairs,
    tensor,
]
WRONG = {
    two_by_two_places: "over-places",
    two_by_two_side_by_side: "over-places",
    one_detector_over_places: "over-places",
    best_place_of_each: "over-places",
    best_of_all_everywhere: "over-places",
    along_rows: "over-one-axis-of-places",
    along_columns: "over-one-axis-of-places",
    average_of_four: "averaged",
    added_up: "averaged",
    detector_added_up: "averaged",
    one_detector: "two-turns",
    quarter_turn_only: "two-turns",
    half_turn_only: "two-turns",
    range_of_three: "two-turns",
    range_from_one: "two-turns",
    flips: "mirrored",
    transposed_for_turned: "mirrored",
    transposed_only: "mirrored",
    upside_down: "mirrored",
    eight_positions: "with-mirror-images",
    relu_behind: "started-at-zero",
    started_with_zeros: "started-at-zero",
    started_at_minus_thousand: "started-at-zero",
    absolute_answers: "largest-size",
    furthest_from_zero: "largest-size",
    number_of_the_winner: "which-detector",
    angle_of_the_winner: "which-detector",
    smallest_answer: "smallest",
    turned_images_not_turned_back: "image-turned",
    all_four_maps: None,
    side_by_side: None,
    padded_to_the_size_of_the_image: None,
    best_window: None,
    average_response: None,
    last_place_forgotten: None,
    turned_over: None,
    whole_image_upside_down: None,
    turns_its_argument: None,
    second_largest: None,
    zeros: None,
}
