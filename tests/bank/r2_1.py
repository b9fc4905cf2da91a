"""Repairs of R2.1 as learners might make them, right and wrong."""

import numpy as np
from scipy import ndimage, signal

from cnncourse import conv
from cnncourse.exercises.r2_1 import EXERCISE


def full_of(image, kernel):
    """Do what the program does before its bug: the full correlation."""
    (H, W), (h, w) = image.shape, kernel.shape
    full = np.zeros((H + h - 1, W + w - 1))
    for m in range(h):
        for n in range(w):
            full[m : m + H, n : n + W] += kernel[h - 1 - m, w - 1 - n] * image
    return full


def cut(image, kernel, top, left):
    return full_of(image, kernel)[top : top + image.shape[0], left : left + image.shape[1]]


def half_of_the_size(image, kernel):
    h, w = kernel.shape
    return cut(image, kernel, h // 2, w // 2)


def where_the_middle_went(image, kernel):
    h, w = kernel.shape
    a, b = (h - 1) // 2, (w - 1) // 2
    return cut(image, kernel, h - 1 - a, w - 1 - b)


def one_more_if_even(image, kernel):
    h, w = kernel.shape
    top, left = (h - 1) // 2, (w - 1) // 2
    if h % 2 == 0:
        top += 1
    left += 1 - w % 2
    return cut(image, kernel, top, left)


def rounded_up(image, kernel):
    return cut(image, kernel, *(int(np.ceil((size - 1) / 2)) for size in kernel.shape))


def looked_up(image, kernel):
    """Find the middle tap in the turned kernel by marking it."""
    mark = np.zeros(kernel.shape)
    mark[(kernel.shape[0] - 1) // 2, (kernel.shape[1] - 1) // 2] = 1
    (top, left), *_ = np.argwhere(mark[::-1, ::-1])
    return cut(image, kernel, top, left)


def padded_to_an_odd_size(image, kernel):
    h, w = kernel.shape
    odd = np.zeros((h + 1 - h % 2, w + 1 - w % 2))
    odd[-h:, -w:] = kernel
    return cut(image, odd, odd.shape[0] // 2, odd.shape[1] // 2)


def cut_from_the_end(image, kernel):
    (H, W), (h, w) = image.shape, kernel.shape
    full = full_of(image, kernel)
    below, right = (h - 1) // 2, (w - 1) // 2
    return full[full.shape[0] - below - H : full.shape[0] - below, -W - right : -right or None]


def image_padded_first(image, kernel):
    h, w = kernel.shape
    padded = np.pad(image, [((h - 1) // 2, h // 2), ((w - 1) // 2, w // 2)])
    return np.einsum(
        "ijmn,mn->ij", np.lib.stride_tricks.sliding_window_view(padded, (h, w)), kernel
    )


def pixel_by_pixel(image, kernel):
    (H, W), (h, w) = image.shape, kernel.shape
    a, b = (h - 1) // 2, (w - 1) // 2
    out = []
    for i in range(H):
        row = []
        for j in range(W):
            total = 0.0
            for m in range(h):
                for n in range(w):
                    if 0 <= i + m - a < H and 0 <= j + n - b < W:
                        total += image[i + m - a, j + n - b] * kernel[m, n]
            row.append(total)
        out.append(row)
    return out


def in_float32(image, kernel):
    return half_of_the_size(image.astype(np.float32), kernel).astype(np.float32)


def by_the_course(image, kernel):
    return conv.cross_correlate2d(image, kernel, mode="same")


def by_scipy(image, kernel):
    return signal.correlate2d(image, kernel, mode="same")


def by_ndimage(image, kernel):
    image, kernel = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    room = max(kernel.shape)
    out = ndimage.correlate(
        np.pad(image, room),
        kernel,
        mode="constant",
        origin=[size % 2 - 1 for size in kernel.shape],
    )
    return out[room:-room, room:-room]


def tensor(image, kernel):
    import torch

    x = torch.tensor(np.array(image, dtype=float))[None, None]
    k = torch.tensor(np.array(kernel, dtype=float))[None, None]
    return torch.nn.functional.conv2d(x, k, padding="same")[0, 0]


def names_changed(picture, weights):
    H, W = picture.shape
    h, w = weights.shape
    turned = weights[::-1, ::-1]
    all_of_it = np.zeros((H + h - 1, W + w - 1))
    for m in range(h):
        for n in range(w):
            all_of_it[m : m + H, n : n + W] += turned[m, n] * picture
    top, left = (h - 1) // 2, (w - 1) // 2
    return all_of_it[top : top + H, left : left + W]


def numpy_way_of_same(image, kernel):
    return (
        signal.correlate(image, kernel, mode="same")
        if (kernel.shape[0] <= image.shape[0] and kernel.shape[1] <= image.shape[1])
        else cut(image, kernel, (kernel.shape[0] - 1) // 2, (kernel.shape[1] - 1) // 2)
    )


def rounded_down_by_int(image, kernel):
    return cut(image, kernel, *(int((size - 1) / 2) for size in kernel.shape))


def rows_only(image, kernel):
    return cut(image, kernel, kernel.shape[0] // 2, (kernel.shape[1] - 1) // 2)


def columns_only(image, kernel):
    h, w = kernel.shape
    return cut(image, kernel, (h - 1) // 2, w // 2)


def one_too_far(image, kernel):
    h, w = kernel.shape
    room = np.pad(full_of(image, kernel), 1)
    top, left = h // 2 + 2 - h % 2, w // 2 + 2 - w % 2
    return room[top : top + image.shape[0], left : left + image.shape[1]]


def the_other_way(image, kernel):
    h, w = kernel.shape
    room = np.pad(full_of(image, kernel), 1)
    top, left = (h - 1) // 2 + h % 2, (w - 1) // 2 + w % 2
    return room[top : top + image.shape[0], left : left + image.shape[1]]


def always_one_more(image, kernel):
    h, w = kernel.shape
    room = np.pad(full_of(image, kernel), 1)
    top, left = (h - 1) // 2 + 2, (w - 1) // 2 + 2
    return room[top : top + image.shape[0], left : left + image.shape[1]]


def half_and_rounded_up(image, kernel):
    h, w = kernel.shape
    room = np.pad(full_of(image, kernel), 1)
    top, left = (h + 1) // 2 + 1, (w + 1) // 2 + 1
    return room[top : top + image.shape[0], left : left + image.shape[1]]


def turning_taken_out(image, kernel):
    h, w = kernel.shape
    return cut(image, kernel[::-1, ::-1], (h - 1) // 2, (w - 1) // 2)


def turning_taken_out_and_cut_moved(image, kernel):
    h, w = kernel.shape
    return cut(image, kernel[::-1, ::-1], h // 2, w // 2)


def convolution_of_the_course(image, kernel):
    return conv.convolve2d(image, kernel, mode="same")


def rows_turned_only(image, kernel):
    h, w = kernel.shape
    return cut(image, kernel[:, ::-1], h // 2, w // 2)


def columns_turned_only(image, kernel):
    h, w = kernel.shape
    return cut(image, kernel[::-1], (h - 1) // 2, (w - 1) // 2)


def height_for_width(image, kernel):
    h, w = kernel.shape
    return cut(image, kernel, w // 2, h // 2)


def rolled_back(image, kernel):
    h, w = kernel.shape
    out = cut(image, kernel, (h - 1) // 2, (w - 1) // 2)
    return np.roll(out, (-(h % 2 == 0), -(w % 2 == 0)), axis=(0, 1))


def moved_back_with_zeros(image, kernel):
    h, w = kernel.shape
    out = cut(image, kernel, (h - 1) // 2, (w - 1) // 2)
    down, across = 1 - h % 2, 1 - w % 2
    return np.pad(out, ((0, down), (0, across)))[down:, across:]


def everything(image, kernel):
    return full_of(image, kernel)


def nothing_but_the_whole(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("the kernel is larger than the image")
    return signal.correlate2d(image, kernel, mode="valid")


def end_not_cut(image, kernel):
    return full_of(image, kernel)[kernel.shape[0] // 2 :, kernel.shape[1] // 2 :]


def twos_only(image, kernel):
    h, w = kernel.shape
    return cut(image, kernel, 1 if h == 2 else (h - 1) // 2, 1 if w == 2 else (w - 1) // 2)


def fours_only(image, kernel):
    return cut(image, kernel, *({4: 2}.get(size, (size - 1) // 2) for size in kernel.shape))


def padded_at_the_wrong_end(image, kernel):
    h, w = kernel.shape
    odd = np.zeros((h + 1 - h % 2, w + 1 - w % 2))
    odd[:h, :w] = kernel
    return cut(image, odd, odd.shape[0] // 2, odd.shape[1] // 2)


def only_if_both_are_even(image, kernel):
    h, w = kernel.shape
    if h % 2 == 0 and w % 2 == 0:
        return cut(image, kernel, h // 2, w // 2)
    return cut(image, kernel, (h - 1) // 2, (w - 1) // 2)


def only_squares(image, kernel):
    h, w = kernel.shape
    if h == w:
        return cut(image, kernel, h // 2, w // 2)
    return cut(image, kernel, (h - 1) // 2, (w - 1) // 2)


def even_kernels_refused(image, kernel):
    if kernel.shape[0] % 2 == 0 or kernel.shape[1] % 2 == 0:
        raise ValueError("the size of the kernel must be odd")
    return half_of_the_size(image, kernel)


def last_row_and_column_dropped(image, kernel):
    h, w = kernel.shape
    return half_of_the_size(image, kernel[: h - 1 + h % 2, : w - 1 + w % 2])


def float_indices(image, kernel):
    h, w = kernel.shape
    return cut(image, kernel, h / 2, w / 2)


def transposed(image, kernel):
    return half_of_the_size(image, kernel).T


def negated(image, kernel):
    return -half_of_the_size(image, kernel)


def mirrored_border(image, kernel):
    h, w = kernel.shape
    padded = np.pad(image, [((h - 1) // 2, h // 2), ((w - 1) // 2, w // 2)], mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (h, w))
    return np.einsum("ijmn,mn->ij", windows, kernel)


def all_zeros(image, kernel):
    return np.zeros(image.shape)


def the_image(image, kernel):
    return image


def rounded(image, kernel):
    return half_of_the_size(image, kernel).round()


def in_place(image, kernel):
    out = half_of_the_size(image, kernel)
    image[:] = out
    return image


RIGHT = [
    *EXERCISE.also_right,
    half_of_the_size,
    where_the_middle_went,
    one_more_if_even,
    rounded_up,
    looked_up,
    padded_to_an_odd_size,
    cut_from_the_end,
    image_padded_first,
    pixel_by_pixel,
    in_float32,
    by_the_course,
    by_scipy,
    by_ndimage,
    tensor,
]
WRONG = {
    names_changed: "still-there",
    rounded_down_by_int: "still-there",
    numpy_way_of_same: "still-there",
    padded_at_the_wrong_end: "still-there",
    rows_only: "one-axis-mended",
    columns_only: "one-axis-mended",
    one_too_far: "moved-the-bug",
    the_other_way: "moved-the-bug",
    half_and_rounded_up: "odd-kernels-changed",
    always_one_more: "odd-kernels-changed",
    turning_taken_out: "not-turned",
    turning_taken_out_and_cut_moved: "not-turned",
    convolution_of_the_course: "not-turned",
    rows_turned_only: "turned-along-one-axis",
    columns_turned_only: "turned-along-one-axis",
    height_for_width: "rows-and-columns-exchanged",
    rolled_back: "moved-after-the-cut",
    moved_back_with_zeros: "moved-after-the-cut",
    everything: "another-size",
    nothing_but_the_whole: "another-size",
    end_not_cut: "another-size",
    twos_only: "one-size-mended",
    fours_only: "one-size-mended",
    only_if_both_are_even: None,
    only_squares: "still-there",
    even_kernels_refused: None,
    last_row_and_column_dropped: None,
    float_indices: None,
    transposed: None,
    negated: None,
    mirrored_border: None,
    all_zeros: None,
    the_image: None,
    rounded: None,
    in_place: None,
}
