"""Answers to E3.4 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e3_4 import EXERCISE


def by_trial(height, width, kernel_height, kernel_width, down, right):
    random = np.random.default_rng(3)
    kernel = random.normal(size=(kernel_height, kernel_width))
    p, q = kernel_height // 2, kernel_width // 2

    def f(x):
        padded = np.pad(x, ((p, p), (q, q)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
        return (windows * kernel).sum(axis=(2, 3))

    def g(x):
        return np.roll(x, (down, right), (0, 1))

    x = random.normal(size=(height, width))
    return (np.abs(f(g(x)) - g(f(x))) > 1e-9).astype(int)


def by_the_course(height, width, kernel_height, kernel_width, down, right):
    from cnncourse.conv import cross_correlate2d

    kernel = np.arange(1.0, 1 + kernel_height * kernel_width).reshape(kernel_height, kernel_width)
    image = np.random.default_rng(5).uniform(1, 2, size=(height, width))
    there = cross_correlate2d(np.roll(image, (down, right), (0, 1)), kernel, mode="same")
    back = np.roll(cross_correlate2d(image, kernel, mode="same"), (down, right), (0, 1))
    return np.where(np.isclose(there, back, rtol=0, atol=1e-9), 0, 1)


def cell_by_cell(height, width, kernel_height, kernel_width, down, right):
    p, q = (kernel_height - 1) // 2, (kernel_width - 1) // 2
    mask = [[0] * width for _ in range(height)]
    for i in range(height):
        for j in range(width):
            above = (i - down) % height
            left = (j - right) % width
            if down and not (p <= i < height - p and p <= above < height - p):
                mask[i][j] = 1
            if right and not (q <= j < width - q and q <= left < width - q):
                mask[i][j] = 1
    return mask


def in_float32(height, width, kernel_height, kernel_width, down, right):
    return np.array(
        cell_by_cell(height, width, kernel_height, kernel_width, down, right), dtype=np.float32
    )


def by_distances(height, width, kernel_height, kernel_width, down, right):
    """Take the distance from the border, before the move and after it."""

    def broken(n, k, by):
        place = np.arange(n)
        distance = np.minimum(place, n - 1 - place)
        return (np.minimum(distance, np.roll(distance, by)) < k // 2) * (by != 0)

    rows, columns = broken(height, kernel_height, down), broken(width, kernel_width, right)
    return np.maximum.outer(rows, columns).astype(np.int8)


def inside_left_over(height, width, kernel_height, kernel_width, down, right):
    def whole(n, k, by):
        fine = np.pad(np.ones(n - k + 1, dtype=int), k // 2)
        return fine * np.roll(fine, by) if by else np.ones(n, dtype=int)

    rows, columns = whole(height, kernel_height, down), whole(width, kernel_width, right)
    return 1 - np.outer(rows, columns)


def tensor(height, width, kernel_height, kernel_width, down, right):
    import torch

    mask = cell_by_cell(height, width, kernel_height, kernel_width, down, right)
    return torch.tensor(mask, dtype=torch.uint8)


def frame(height, width, p, q):
    mask = np.ones((height, width), dtype=int)
    mask[p : height - p, q : width - q] = 0
    return mask


def nothing(height, width, kernel_height, kernel_width, down, right):
    return np.zeros((height, width))


def border_of_the_image(height, width, kernel_height, kernel_width, down, right):
    return frame(height, width, kernel_height // 2, kernel_width // 2)


def border_where_it_moves(height, width, kernel_height, kernel_width, down, right):
    return frame(
        height, width, (kernel_height // 2) * (down > 0), (kernel_width // 2) * (right > 0)
    )


def moved_border_only(height, width, kernel_height, kernel_width, down, right):
    return np.roll(
        frame(height, width, kernel_height // 2, kernel_width // 2), (down, right), (0, 1)
    )


def upper_left_only(height, width, kernel_height, kernel_width, down, right):
    mask = np.zeros((height, width))
    mask[: kernel_height // 2] = 1
    mask[:, : kernel_width // 2] = 1
    return mask


def lower_right_only(height, width, kernel_height, kernel_width, down, right):
    mask = np.zeros((height, width))
    if down:
        mask[height - kernel_height // 2 :] = 1
    if right:
        mask[:, width - kernel_width // 2 :] = 1
    return mask


def two_frames(height, width, kernel_height, kernel_width, down, right):
    mask = frame(height, width, kernel_height // 2, kernel_width // 2)
    return mask | np.roll(mask, (down, right), axis=(0, 1))


def two_frames_if_moved(height, width, kernel_height, kernel_width, down, right):
    if down == right == 0:
        return np.zeros((height, width))
    return two_frames(height, width, kernel_height, kernel_width, down, right)


def band_of_width(width_of):
    def mask(height, width, kernel_height, kernel_width, down, right):
        sizes = 2 * width_of(kernel_height) + 1, 2 * width_of(kernel_width) + 1
        return cell_by_cell(height, width, *sizes, down, right)

    return mask


def whole_kernel(height, width, kernel_height, kernel_width, down, right):
    return band_of_width(lambda k: k)(height, width, kernel_height, kernel_width, down, right)


def kernel_less_one(height, width, kernel_height, kernel_width, down, right):
    return band_of_width(lambda k: k - 1)(height, width, kernel_height, kernel_width, down, right)


def middle_counted(height, width, kernel_height, kernel_width, down, right):
    return band_of_width(lambda k: (k + 1) // 2)(
        height, width, kernel_height, kernel_width, down, right
    )


def one_pixel(height, width, kernel_height, kernel_width, down, right):
    return band_of_width(lambda k: 1)(height, width, kernel_height, kernel_width, down, right)


def rows_that_came_round(height, width, kernel_height, kernel_width, down, right):
    mask = np.zeros((height, width))
    mask[:down] = 1
    mask[:, :right] = 1
    return mask


def came_round_and_border(height, width, kernel_height, kernel_width, down, right):
    mask = frame(height, width, kernel_height // 2, kernel_width // 2)
    mask[:down] = 1
    mask[:, :right] = 1
    return mask


def corners(height, width, kernel_height, kernel_width, down, right):
    rows = cell_by_cell(height, 1, kernel_height, 1, down, 0)
    columns = cell_by_cell(1, width, 1, kernel_width, 0, right)
    return np.array(rows) * np.array(columns)


def either_but_not_both(height, width, kernel_height, kernel_width, down, right):
    mask = frame(height, width, kernel_height // 2, kernel_width // 2)
    return mask ^ np.roll(mask, (down, right), axis=(0, 1))


def difference_of_frames(height, width, kernel_height, kernel_width, down, right):
    mask = frame(height, width, kernel_height // 2, kernel_width // 2)
    return np.abs(mask - np.roll(mask, (down, right), axis=(0, 1)))


def moved_out_of_sight(height, width, kernel_height, kernel_width, down, right):
    def marks(n, k, by):
        if not by:
            return np.zeros(n, dtype=int)
        at_border = np.ones(n, dtype=int)
        at_border[k // 2 : n - k // 2] = 0
        moved = np.zeros(n, dtype=int)
        moved[by:] = at_border[: n - by]
        return at_border | moved

    rows, columns = marks(height, kernel_height, down), marks(width, kernel_width, right)
    return rows[:, None] | columns[None]


def moved_up_and_left(height, width, kernel_height, kernel_width, down, right):
    return cell_by_cell(height, width, kernel_height, kernel_width, -down % height, -right % width)


def height_for_width(height, width, kernel_height, kernel_width, down, right):
    return cell_by_cell(height, width, kernel_width, kernel_height, down, right)


def right_for_down(height, width, kernel_height, kernel_width, down, right):
    return cell_by_cell(height, width, kernel_height, kernel_width, right, down)


def agreeing_places(height, width, kernel_height, kernel_width, down, right):
    return 1 - np.array(cell_by_cell(height, width, kernel_height, kernel_width, down, right))


def everything(height, width, kernel_height, kernel_width, down, right):
    return np.ones((height, width), dtype=int)


def truth_values(height, width, kernel_height, kernel_width, down, right):
    return np.array(cell_by_cell(height, width, kernel_height, kernel_width, down, right)) > 0


def transposed(height, width, kernel_height, kernel_width, down, right):
    mask = cell_by_cell(height, width, kernel_height, kernel_width, down, right)
    return [list(row) for row in zip(*mask, strict=True)]


def flat(height, width, kernel_height, kernel_width, down, right):
    return np.ravel(cell_by_cell(height, width, kernel_height, kernel_width, down, right))


def how_many(height, width, kernel_height, kernel_width, down, right):
    return np.sum(cell_by_cell(height, width, kernel_height, kernel_width, down, right))


def counts_for_marks(height, width, kernel_height, kernel_width, down, right):
    mask = frame(height, width, kernel_height // 2, kernel_width // 2)
    return mask + np.roll(mask, (down, right), axis=(0, 1))


def shape_of_valid(height, width, kernel_height, kernel_width, down, right):
    return np.zeros((height - kernel_height + 1, width - kernel_width + 1))


def slice_with_zero(height, width, kernel_height, kernel_width, down, right):
    """Is wrong for a kernel of one row: mask[-0:] are all rows."""
    mask = np.zeros((height, width), dtype=int)
    p, q = kernel_height // 2, kernel_width // 2
    if down:
        rows = np.zeros(height, dtype=int)
        rows[:p] = rows[-p:] = 1
        mask |= (rows | np.roll(rows, down))[:, None]
    if right:
        columns = np.zeros(width, dtype=int)
        columns[:q] = columns[-q:] = 1
        mask |= columns | np.roll(columns, right)
    return mask


def bands_of_whole_images_only(height, width, kernel_height, kernel_width, down, right):
    """Zero, but for moves in both directions."""
    if down == 0 or right == 0:
        return np.zeros((height, width))
    return cell_by_cell(height, width, kernel_height, kernel_width, down, right)


RIGHT = [
    *EXERCISE.also_right,
    by_trial,
    by_the_course,
    cell_by_cell,
    in_float32,
    by_distances,
    inside_left_over,
    tensor,
]
WRONG = {
    nothing: "zeros-are-content",
    border_of_the_image: "one-way-only",
    border_where_it_moves: "one-way-only",
    moved_border_only: "one-way-only",
    upper_left_only: "one-side-only",
    lower_right_only: "one-side-only",
    two_frames: "no-move-no-break",
    two_frames_if_moved: "no-move-no-break",
    whole_kernel: "other-width",
    kernel_less_one: "other-width",
    middle_counted: "other-width",
    one_pixel: "other-width",
    rows_that_came_round: "what-came-round",
    came_round_and_border: "what-came-round",
    corners: "corners-only",
    either_but_not_both: "both-meet-the-border",
    difference_of_frames: "both-meet-the-border",
    moved_out_of_sight: "not-in-a-circle",
    moved_up_and_left: "moved-backwards",
    height_for_width: "directions-swapped",
    right_for_down: "directions-swapped",
    agreeing_places: "ones-and-zeros-swapped",
    everything: "everything-breaks",
    truth_values: None,
    transposed: None,
    flat: None,
    how_many: None,
    counts_for_marks: None,
    shape_of_valid: None,
    slice_with_zero: None,
    bands_of_whole_images_only: None,
}
