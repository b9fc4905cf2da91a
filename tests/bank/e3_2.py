"""Answers to E3.2 as learners might write them, right and wrong."""

from fractions import Fraction

import numpy as np

from cnncourse.exercises.e3_2 import EXERCISE


def one_sum_at_a_time(height, width, kernel_height, kernel_width, channels_in, channels_out):
    dense = local = 0
    for _ in range((height - kernel_height + 1) * (width - kernel_width + 1) * channels_out):
        dense += height * width * channels_in + 1
        local += kernel_height * kernel_width * channels_in + 1
    return [dense, local, (kernel_height * kernel_width * channels_in + 1) * channels_out]


def by_arrays(height, width, kernel_height, kernel_width, channels_in, channels_out):
    rows, columns = height - kernel_height + 1, width - kernel_width + 1
    kernel = np.zeros((channels_out, channels_in, kernel_height, kernel_width))
    bias = np.zeros(channels_out)
    places = rows * columns
    local = places * (kernel.size + bias.size)
    dense = (height * width * channels_in + 1) * places * channels_out
    return np.array([dense, local, kernel.size + bias.size])


def in_float32(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    return np.array(by_arrays(*sizes), dtype=np.float32)


def as_fractions(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    return [Fraction(int(count)) for count in by_arrays(*sizes)]


def from_the_convolution(height, width, kernel_height, kernel_width, channels_in, channels_out):
    convolution = channels_out * (channels_in * kernel_height * kernel_width + 1)
    places = (height - kernel_height + 1) * (width - kernel_width + 1)
    dense = channels_out * (channels_in * height * width + 1) * places
    return dense, places * convolution, convolution


def of_torch(height, width, kernel_height, kernel_width, channels_in, channels_out):
    import torch

    conv = torch.nn.Conv2d(channels_in, channels_out, (kernel_height, kernel_width), device="meta")
    places = (height - kernel_height + 1) * (width - kernel_width + 1)
    inputs = height * width * channels_in
    dense = torch.nn.Linear(inputs, places * channels_out, device="meta")
    shared = sum(p.numel() for p in conv.parameters())
    return [sum(p.numel() for p in dense.parameters()), places * shared, shared]


def bias_for_each_output(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, convolution = from_the_convolution(*sizes)
    outputs = (height - kernel_height + 1) * (width - kernel_width + 1) * channels_out
    return [dense, local, convolution - channels_out + outputs]


def bias_for_each_pixel(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, convolution = from_the_convolution(*sizes)
    return [dense, local, convolution - channels_out + height * width]


def slid_over_the_image(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, _ = from_the_convolution(*sizes)
    return [dense, local, local]


def times_height_and_width(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, convolution = from_the_convolution(*sizes)
    return [dense, local, convolution * height * width]


def work_of_the_convolution(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, _ = from_the_convolution(*sizes)
    places = (height - kernel_height + 1) * (width - kernel_width + 1)
    return [dense, local, places * channels_out * channels_in * kernel_height * kernel_width]


def local_means_small(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, _, convolution = from_the_convolution(*sizes)
    return [dense, convolution, convolution]


def weights_only(height, width, kernel_height, kernel_width, channels_in, channels_out):
    outputs = (height - kernel_height + 1) * (width - kernel_width + 1) * channels_out
    window = kernel_height * kernel_width * channels_in
    return [height * width * channels_in * outputs, window * outputs, window * channels_out]


def convolution_without_bias(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, convolution = from_the_convolution(*sizes)
    return [dense, local, convolution - channels_out]


def biases_by_channel(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    return [count + channels_out for count in weights_only(*sizes)]


def one_bias_a_layer(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    return [count + 1 for count in weights_only(*sizes)]


def kernel_by_kernel(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, _ = from_the_convolution(*sizes)
    return [dense, local, channels_in * channels_out * (kernel_height * kernel_width + 1)]


def flat_kernel(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, _ = from_the_convolution(*sizes)
    return [dense, local, channels_out * (kernel_height * kernel_width + 1)]


def grey_image(height, width, kernel_height, kernel_width, channels_in, channels_out):
    return from_the_convolution(height, width, kernel_height, kernel_width, 1, channels_out)


def one_map(height, width, kernel_height, kernel_width, channels_in, channels_out):
    return from_the_convolution(height, width, kernel_height, kernel_width, channels_in, 1)


def one_kernel(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, _ = from_the_convolution(*sizes)
    return [dense, local, kernel_height * kernel_width * channels_in + 1]


def padded_to_the_same_size(height, width, kernel_height, kernel_width, channels_in, channels_out):
    outputs = height * width * channels_out
    window = kernel_height * kernel_width * channels_in
    return [
        (height * width * channels_in + 1) * outputs,
        (window + 1) * outputs,
        (window + 1) * channels_out,
    ]


def one_place_short(height, width, kernel_height, kernel_width, channels_in, channels_out):
    outputs = (height - kernel_height) * (width - kernel_width) * channels_out
    window = kernel_height * kernel_width * channels_in
    return [
        (height * width * channels_in + 1) * outputs,
        (window + 1) * outputs,
        (window + 1) * channels_out,
    ]


def dense_to_channels(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    _, local, convolution = from_the_convolution(*sizes)
    return [(height * width * channels_in + 1) * channels_out, local, convolution]


def square_kernel(height, width, kernel_height, kernel_width, channels_in, channels_out):
    outputs = (height - kernel_height + 1) * (width - kernel_width + 1) * channels_out
    window = kernel_height**2 * channels_in
    return [
        (height * width * channels_in + 1) * outputs,
        (window + 1) * outputs,
        (window + 1) * channels_out,
    ]


def in_and_out_swapped(height, width, kernel_height, kernel_width, channels_in, channels_out):
    return from_the_convolution(
        height, width, kernel_height, kernel_width, channels_out, channels_in
    )


def nearly(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, convolution = from_the_convolution(*sizes)
    return [dense, local, convolution + 0.001]


def one_more_in_the_dense_layer(
    height, width, kernel_height, kernel_width, channels_in, channels_out
):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    dense, local, convolution = from_the_convolution(*sizes)
    return [dense + 1, local, convolution]


def other_order(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    return from_the_convolution(*sizes)[::-1]


def added_up(height, width, kernel_height, kernel_width, channels_in, channels_out):
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    return sum(from_the_convolution(*sizes))


def only_the_convolution(height, width, kernel_height, kernel_width, channels_in, channels_out):
    return [(kernel_height * kernel_width * channels_in + 1) * channels_out]


def right_for_the_example(height, width, kernel_height, kernel_width, channels_in, channels_out):
    return [78, 30, 5]


def one_channel_only(height, width, kernel_height, kernel_width, channels_in, channels_out):
    if channels_in > 1 or channels_out > 1:
        raise ValueError("one channel, please")
    sizes = height, width, kernel_height, kernel_width, channels_in, channels_out
    return from_the_convolution(*sizes)


def printed(height, width, kernel_height, kernel_width, channels_in, channels_out):
    print(from_the_convolution(height, width, kernel_height, kernel_width, 1, 1))


RIGHT = [
    *EXERCISE.also_right,
    one_sum_at_a_time,
    by_arrays,
    in_float32,
    as_fractions,
    from_the_convolution,
    of_torch,
]
WRONG = {
    bias_for_each_output: "bias-for-each-place",
    bias_for_each_pixel: "bias-for-each-place",
    slid_over_the_image: "not-shared",
    times_height_and_width: "not-shared",
    work_of_the_convolution: "not-shared",
    local_means_small: "local-shared",
    weights_only: "biases-forgotten",
    convolution_without_bias: "biases-forgotten",
    biases_by_channel: "bias-shared-too-far",
    one_bias_a_layer: "bias-shared-too-far",
    kernel_by_kernel: "bias-for-each-slice",
    flat_kernel: "input-channels-forgotten",
    grey_image: "input-channels-forgotten",
    one_map: "output-channels-forgotten",
    one_kernel: "output-channels-forgotten",
    padded_to_the_same_size: "places-miscounted",
    one_place_short: "places-miscounted",
    dense_to_channels: "dense-output-too-small",
    square_kernel: "one-side-of-the-kernel",
    in_and_out_swapped: None,
    nearly: None,
    one_more_in_the_dense_layer: None,
    other_order: None,
    added_up: None,
    only_the_convolution: None,
    right_for_the_example: None,
    one_channel_only: None,
    printed: None,
}
