"""Answers to E6.3 as learners might write them, right and wrong."""

import math

import numpy as np

from cnncourse.exercises.e6_3 import EXERCISE


def by_the_guide(size, kernel, strides):
    """Go by the two cases of TensorFlow's guide."""
    sides = []
    for axis in (1, 0):
        n, k, s = size[axis], kernel[axis], strides[axis]
        along = max(k - s, 0) if n % s == 0 else max(k - n % s, 0)
        sides += [along // 2, along - along // 2]
    return tuple(sides)


def with_ceil(size, kernel, strides):
    H, W = size
    rows, columns = math.ceil(H / strides[0]), math.ceil(W / strides[1])
    high = max(0, (rows - 1) * strides[0] + kernel[0] - H)
    wide = max(0, (columns - 1) * strides[1] + kernel[1] - W)
    return [wide // 2, math.ceil(wide / 2), high // 2, math.ceil(high / 2)]


def in_arrays(size, kernel, strides):
    n, k, s = (np.array(pair) for pair in (size, kernel, strides))
    total = np.maximum(((n + s - 1) // s - 1) * s + k - n, 0)
    before = total // 2
    return np.array([before[1], total[1] - before[1], before[0], total[0] - before[0]])


def by_trying(size, kernel, strides):
    pads = []
    for n, k, s in zip(size, kernel, strides, strict=True):
        total = 0
        while n + total < k or (n + total - k) // s + 1 < math.ceil(n / s):
            total += 1
        pads.insert(0, [total // 2, total - total // 2])
    return pads[0] + pads[1]


def as_decimals(size, kernel, strides):
    pads = []
    for n, k, s in [*zip(size, kernel, strides, strict=True)][::-1]:
        total = np.clip((np.ceil(n / s) - 1) * s + k - n, 0, None)
        pads.extend([np.floor(total / 2), np.ceil(total / 2)])
    return pads


def named(size, kernel, strides):
    def one(n, k, s):
        over = k - (n % s if n % s else s)
        return divmod(over, 2) if over > 0 else (0, 0)

    (left, odd), (top, odd_row) = (one(*numbers) for numbers in [*zip(size, kernel, strides)][::-1])  # noqa: B905
    return left, left + odd, top, top + odd_row


def tensor(size, kernel, strides):
    import torch

    n, k, s = (torch.tensor(pair) for pair in (size, kernel, strides))
    total = (((n + s - 1) // s - 1) * s + k - n).clamp(min=0).flip(0)
    return torch.stack([total // 2, total - total // 2], dim=1).flatten()


# Wrong ones.


def halves(total):
    return [total // 2, total - total // 2]


def along(rule, size, kernel, strides):
    rows, columns = (rule(*numbers) for numbers in zip(size, kernel, strides, strict=True))
    return [*columns, *rows]


def missing(n, k, s):
    return max((-(-n // s) - 1) * s + k - n, 0)


def half_a_kernel(size, kernel, strides):
    return kernel[1] // 2, kernel[1] // 2, kernel[0] // 2, kernel[0] // 2


def half_a_kernel_less_one(size, kernel, strides):
    kH, kW = kernel
    return [(kW - 1) // 2] * 2 + [(kH - 1) // 2] * 2


def more_in_front(size, kernel, strides):
    return along(lambda n, k, s: halves(missing(n, k, s))[::-1], size, kernel, strides)


def rounded_up_in_front(size, kernel, strides):
    def rule(n, k, s):
        before = math.ceil(missing(n, k, s) / 2)
        return before, missing(n, k, s) - before

    return along(rule, size, kernel, strides)


def as_numpy_pads(size, kernel, strides):
    left, right, top, bottom = by_the_guide(size, kernel, strides)
    return top, bottom, left, right


def before_then_after(size, kernel, strides):
    left, right, top, bottom = by_the_guide(size, kernel, strides)
    return left, top, right, bottom


def rows_before_then_after(size, kernel, strides):
    left, right, top, bottom = by_the_guide(size, kernel, strides)
    return [top, left, bottom, right]


def of_stride_one(size, kernel, strides):
    return along(lambda n, k, s: halves(k - 1), size, kernel, strides)


def kept_size(size, kernel, strides):
    """Ask for as many outputs as there are pixels."""
    return along(lambda n, k, s: halves((n - 1) * s + k - n), size, kernel, strides)


def kernel_less_stride(size, kernel, strides):
    return along(lambda n, k, s: halves(max(k - s, 0)), size, kernel, strides)


def rounded_down(size, kernel, strides):
    def rule(n, k, s):
        outputs = n // s
        return halves(max((outputs - 1) * s + k - n, 0))

    return along(rule, size, kernel, strides)


def odd_one_lost(size, kernel, strides):
    return along(lambda n, k, s: [missing(n, k, s) // 2] * 2, size, kernel, strides)


def odd_one_doubled(size, kernel, strides):
    return along(lambda n, k, s: [(missing(n, k, s) + 1) // 2] * 2, size, kernel, strides)


def all_behind(size, kernel, strides):
    return along(lambda n, k, s: (0, missing(n, k, s)), size, kernel, strides)


def all_on_both_sides(size, kernel, strides):
    return along(lambda n, k, s: [missing(n, k, s)] * 2, size, kernel, strides)


def cut_off(size, kernel, strides):
    def rule(n, k, s):
        return halves((math.ceil(n / s) - 1) * s + k - n)

    return along(rule, size, kernel, strides)


def without_a_sign(size, kernel, strides):
    def rule(n, k, s):
        return halves(abs((math.ceil(n / s) - 1) * s + k - n))

    return along(rule, size, kernel, strides)


def rows_twice(size, kernel, strides):
    return halves(missing(size[0], kernel[0], strides[0])) * 2


def first_stride_only(size, kernel, strides):
    s = strides[0]
    return along(lambda n, k, _: halves(missing(n, k, s)), size, kernel, strides)


def strides_exchanged(size, kernel, strides):
    return by_the_guide(size, kernel, (strides[1], strides[0]))


def odd_sizes_only(size, kernel, strides):
    """Take every size for odd: right for k = 3 at stride 2 if it is."""
    return along(lambda n, k, s: halves(max(k - n % s, 0)), size, kernel, strides)


def two_numbers(size, kernel, strides):
    return missing(size[0], kernel[0], strides[0]), missing(size[1], kernel[1], strides[1])


def as_pairs(size, kernel, strides):
    left, right, top, bottom = by_the_guide(size, kernel, strides)
    return (left, right), (top, bottom)


def with_channels(size, kernel, strides):
    return (*by_the_guide(size, kernel, strides), 0, 0)


def not_rounded(size, kernel, strides):
    return along(lambda n, k, s: [missing(n, k, s) / 2] * 2, size, kernel, strides)


def no_padding(size, kernel, strides):
    return 0, 0, 0, 0


def only_the_example(size, kernel, strides):
    return 0, 1, 1, 1


def in_words(size, kernel, strides):
    return "same"


def one_too_many(size, kernel, strides):
    return along(lambda n, k, s: halves(missing(n, k, s) + 1), size, kernel, strides)


def for_three_taps(size, kernel, strides):
    return by_the_guide(size, (3, 3), strides)


def reversed_numbers(size, kernel, strides):
    return by_the_guide(size, kernel, strides)[::-1]


def wrong_names(size, kernel, strides):
    return by_the_guide((height, width), kernel, strides)  # noqa: F821


RIGHT = [
    *EXERCISE.also_right,
    by_the_guide,
    with_ceil,
    in_arrays,
    by_trying,
    as_decimals,
    named,
    tensor,
]
WRONG = {
    half_a_kernel: "symmetric",
    half_a_kernel_less_one: "symmetric",
    more_in_front: "extra-pixel-first",
    rounded_up_in_front: "extra-pixel-first",
    as_numpy_pads: "order-of-axes",
    before_then_after: "order-of-axes",
    rows_before_then_after: "order-of-axes",
    of_stride_one: "stride-forgotten",
    kept_size: "stride-forgotten",
    kernel_less_stride: "for-multiples-only",
    rounded_down: "outputs-rounded-down",
    odd_one_lost: "odd-pixel-lost",
    odd_one_doubled: "odd-pixel-lost",
    all_behind: "not-shared-out",
    all_on_both_sides: "not-shared-out",
    cut_off: "below-zero",
    without_a_sign: "below-zero",
    rows_twice: "one-axis-for-both",
    first_stride_only: "one-axis-for-both",
    strides_exchanged: "one-axis-for-both",
    odd_sizes_only: None,
    two_numbers: None,
    as_pairs: None,
    with_channels: None,
    not_rounded: None,
    no_padding: None,
    only_the_example: None,
    in_words: None,
    one_too_many: None,
    for_three_taps: None,
    reversed_numbers: None,
    wrong_names: None,
}
