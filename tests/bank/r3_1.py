"""Repairs of R3.1 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.r3_1 import EXERCISE


def wiped_by_conditions(image, down, right):
    moved = np.roll(image, (down, right), axis=(0, 1))
    if down > 0:
        moved[:down] = 0
    elif down < 0:
        moved[down:] = 0
    if right > 0:
        moved[:, :right] = 0
    elif right < 0:
        moved[:, right:] = 0
    return moved


def wiped_from_the_height(image, down, right):
    height, width = image.shape
    moved = np.roll(image, (down, right), axis=(0, 1))
    moved[: max(down, 0)] = 0
    moved[max(height + min(down, 0), 0) :] = 0
    moved[:, : max(right, 0)] = 0
    moved[:, max(width + min(right, 0), 0) :] = 0
    return moved


def by_a_mask(image, down, right):
    rows = np.arange(image.shape[0])[:, None] - down
    columns = np.arange(image.shape[1]) - right
    inside = (rows >= 0) & (rows < image.shape[0]) & (columns >= 0) & (columns < image.shape[1])
    return np.where(inside, np.roll(image, (down, right), (0, 1)), 0)


def by_matrices(image, down, right):
    height, width = image.shape
    return np.eye(height, k=-down) @ image @ np.eye(width, k=right)


def with_lists(image, down, right):
    rows = [[float(value) for value in row] for row in image]
    black = [0.0] * len(rows[0])

    def move(items, by, blank):
        n = len(items)
        if by >= 0:
            return ([blank] * by + items)[:n]
        return (items + [blank] * -by)[-n:]

    rows = move(rows, down, black)
    return [move(row, right, 0.0) for row in rows]


def in_float32(image, down, right):
    return wiped_by_conditions(image.astype(np.float32), down, right)


def step_by_step(image, down, right):
    moved = np.array(image, dtype=float)
    for _ in range(abs(down)):
        if down > 0:
            moved = np.vstack([np.zeros((1, moved.shape[1])), moved[:-1]])
        else:
            moved = np.vstack([moved[1:], np.zeros((1, moved.shape[1]))])
    for _ in range(abs(right)):
        blank = np.zeros((moved.shape[0], 1))
        moved = np.hstack([blank, moved[:, :-1]] if right > 0 else [moved[:, 1:], blank])
    return moved


def padded_and_rolled(image, down, right):
    height, width = image.shape
    p, q = abs(down), abs(right)
    wide = np.pad(image, ((p, p), (q, q)))
    return np.roll(wide, (down, right), (0, 1))[p : p + height, q : q + width]


def by_scipy(image, down, right):
    from scipy.ndimage import shift

    return shift(image.astype(float), (down, right), order=0, cval=0.0)


def turned_round(image, down, right):
    """Mend the negative moves by moving the mirrored image."""

    def along_rows(x, by):
        if by < 0:
            return along_rows(x[::-1], -by)[::-1]
        moved = np.roll(x, by, axis=0)
        moved[:by] = 0
        return moved

    return along_rows(along_rows(image, down).T, right).T


def tensor(image, down, right):
    import torch

    moved = torch.roll(torch.tensor(image), (down, right), (0, 1))
    rows, columns = slice(None, down), slice(None, right)
    moved[rows if down >= 0 else slice(down, None)] = 0
    moved[:, columns if right >= 0 else slice(right, None)] = 0
    return moved


def rolled_axis_by_axis(image, down, right):
    """Changes what was right, and leaves the bug."""
    moved = np.roll(np.roll(image, down, axis=0), right, axis=1)
    moved[:down, :] = 0
    moved[:, :right] = 0
    return moved


def rows_mended(image, down, right):
    moved = np.roll(image, (down, right), axis=(0, 1))
    if down >= 0:
        moved[:down] = 0
    else:
        moved[down:] = 0
    moved[:, :right] = 0
    return moved


def columns_mended(image, down, right):
    moved = np.roll(image, (down, right), axis=(0, 1))
    moved[:down] = 0
    if right >= 0:
        moved[:, :right] = 0
    else:
        moved[:, right:] = 0
    return moved


def rolled(image, down, right):
    return np.roll(image, (down, right), axis=(0, 1))


def wiped_if_positive(image, down, right):
    moved = np.roll(image, (down, right), axis=(0, 1))
    if down > 0:
        moved[:down] = 0
    if right > 0:
        moved[:, :right] = 0
    return moved


def no_move_is_negative(image, down, right):
    moved = np.roll(image, (down, right), axis=(0, 1))
    if down > 0:
        moved[:down] = 0
    else:
        moved[down:] = 0
    if right > 0:
        moved[:, :right] = 0
    else:
        moved[:, right:] = 0
    return moved


def no_move_is_negative_in_rows(image, down, right):
    moved = np.roll(image, (down, right), axis=(0, 1))
    moved[slice(0, down) if down > 0 else slice(down, None)] = 0
    moved[:, slice(0, right) if right >= 0 else slice(right, None)] = 0
    return moved


def sizes_of_the_moves(image, down, right):
    moved = np.roll(image, (down, right), axis=(0, 1))
    moved[: abs(down)] = 0
    moved[:, : abs(right)] = 0
    return moved


def one_row_too_many(image, down, right):
    moved = np.roll(image, (down, right), axis=(0, 1))
    height, width = image.shape
    moved[slice(0, down) if down >= 0 else slice(max(0, height + down - 1), height)] = 0
    moved[:, slice(0, right) if right >= 0 else slice(max(0, width + right - 1), width)] = 0
    return moved


def last_row_only(image, down, right):
    moved = np.roll(image, (down, right), axis=(0, 1))
    moved[slice(0, down) if down >= 0 else slice(-1, None)] = 0
    moved[:, slice(0, right) if right >= 0 else slice(-1, None)] = 0
    return moved


def never_up(image, down, right):
    down, right = max(0, down), max(0, right)
    moved = np.roll(image, (down, right), axis=(0, 1))
    moved[:down] = 0
    moved[:, :right] = 0
    return moved


def negative_left_as_it_is(image, down, right):
    if down < 0 or right < 0:
        return image
    return rolled_axis_by_axis(image, down, right)


def the_other_way(image, down, right):
    return wiped_by_conditions(image, -down, -right)


def always_down(image, down, right):
    return rolled_axis_by_axis(image, abs(down), abs(right))


def columns_for_rows(image, down, right):
    return wiped_by_conditions(image, right, down)


def once_round(image, down, right):
    height, width = image.shape
    moved = np.roll(image, (down, right), axis=(0, 1))
    moved[: down % height if down >= 0 else 0] = 0
    moved[height - (-down) % height if down < 0 else height :] = 0
    moved[:, : right % width if right >= 0 else 0] = 0
    moved[:, width - (-right) % width if right < 0 else width :] = 0
    return moved


def nearest(image, down, right):
    rows = np.clip(np.arange(image.shape[0]) - down, 0, image.shape[0] - 1)
    columns = np.clip(np.arange(image.shape[1]) - right, 0, image.shape[1] - 1)
    return image[np.ix_(rows, columns)]


def cut_off(image, down, right):
    height, width = image.shape
    return image[max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)]


def slices_that_end_at_zero(image, down, right):
    out = np.zeros(image.shape)
    if down >= 0:
        out[down:] = image[:-down]
    else:
        out[:down] = image[-down:]
    return out


def half_by_slices(image, down, right):
    """Fails where the image moves farther than it is large: a slice that ends below 0."""
    height, width = image.shape
    out = np.zeros(image.shape)
    rows = slice(down, height) if down >= 0 else slice(0, height + down)
    columns = slice(right, width) if right >= 0 else slice(0, width + right)
    out[rows, columns] = image[: height - down, : width - right][max(0, -down) :, max(0, -right) :]
    return out


def as_a_fraction_of_a_pixel(image, down, right):
    return (wiped_by_conditions(image, down, right) + image) / 2


def wipes_the_original(image, down, right):
    moved = wiped_by_conditions(image, down, right)
    image[:] = 0
    return moved


def nothing_returned(image, down, right):
    wiped_by_conditions(image, down, right)


def nan_for_zero(image, down, right):
    inside = wiped_by_conditions(np.ones(image.shape), down, right)
    return np.where(inside > 0, wiped_by_conditions(image, down, right), np.nan)


RIGHT = [
    *EXERCISE.also_right,
    wiped_by_conditions,
    wiped_from_the_height,
    by_a_mask,
    by_matrices,
    with_lists,
    in_float32,
    step_by_step,
    padded_and_rolled,
    by_scipy,
    turned_round,
    tensor,
]
WRONG = {
    rolled_axis_by_axis: "still-there",
    rows_mended: "one-direction-mended",
    columns_mended: "one-direction-mended",
    rolled: "nothing-wiped",
    wiped_if_positive: "nothing-wiped",
    no_move_is_negative: "no-move-wiped",
    no_move_is_negative_in_rows: "no-move-wiped",
    sizes_of_the_moves: "wrong-side-wiped",
    one_row_too_many: "one-row-off",
    last_row_only: "one-row-off",
    never_up: "negative-not-moved",
    negative_left_as_it_is: "negative-not-moved",
    the_other_way: "other-direction",
    always_down: "other-direction",
    columns_for_rows: "axes-swapped",
    once_round: "far-moves-come-round",
    nearest: "edges-repeated",
    cut_off: None,
    slices_that_end_at_zero: None,
    half_by_slices: None,
    as_a_fraction_of_a_pixel: None,
    wipes_the_original: None,
    nothing_returned: None,
    nan_for_zero: None,
}
