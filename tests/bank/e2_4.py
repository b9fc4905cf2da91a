"""Answers to E2.4 as learners might write them, right and wrong."""

import numpy as np
from scipy import ndimage

from cnncourse.exercises.e2_4 import EXERCISE
from cnncourse.kernels import KERNELS_2D


def table_of_sobel_kernels(angle):
    straight = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])
    diagonal = np.array([[2, 1, 0], [1, 0, -1], [0, -1, -2]])
    return np.rot90(diagonal if angle % 90 else straight, angle // 90)


def written_out(angle):
    return {
        0: [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
        45: [[1, 1, 0], [1, 0, -1], [0, -1, -1]],
        90: [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
        135: [[0, -1, -1], [1, 0, -1], [1, 1, 0]],
        180: [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
        225: [[-1, -1, 0], [-1, 0, 1], [0, 1, 1]],
        270: [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
        315: [[0, 1, 1], [-1, 0, 1], [-1, -1, 0]],
    }[angle]


def steered_sobel(angle):
    """Mix the two Sobel kernels of the course, whose rows count downwards."""
    left = np.radians(angle + 90)
    return np.cos(left) * KERNELS_2D["sobel_x"] - np.sin(left) * KERNELS_2D["sobel_y"]


def steered_scharr_in_float32(angle):
    x = np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]], dtype=np.float32)
    left = np.float32(np.radians(angle + 90))
    return np.cos(left) * x - np.sin(left) * x.T


def steered_and_rounded(angle):
    return np.round(steered_sobel(angle), 3)


def derivative_of_a_gaussian(angle):
    row, column = np.mgrid[-1:2, -1:2]
    left = np.deg2rad(angle + 90)
    along = np.cos(left) * column - np.sin(left) * row
    return along * np.exp(-(row**2 + column**2) / 2)


def kirsch_compass(angle):
    ring = np.roll([5, 5, 5, -3, -3, -3, -3, -3], -(angle // 45))
    kernel = np.zeros((3, 3))
    kernel[[0, 0, 0, 1, 2, 2, 2, 1], [0, 1, 2, 2, 2, 1, 0, 0]] = ring
    return kernel


def robinson_compass(angle):
    ring = np.roll([1, 2, 1, 0, -1, -2, -1, 0], -(angle // 45))
    kernel = np.zeros((3, 3), dtype=int)
    kernel[[0, 0, 0, 1, 2, 2, 2, 1], [0, 1, 2, 2, 2, 1, 0, 0]] = ring
    return kernel.tolist()


def prewitt_compass(angle):
    ring = [1, 1, 1, 1, -1, -1, -1, 1]
    kernel = np.full((3, 3), -2.0)
    kernel[[0, 0, 0, 1, 2, 2, 2, 1], [0, 1, 2, 2, 2, 1, 0, 0]] = np.roll(ring, -(angle // 45))
    return kernel


def matched_to_the_edge(angle):
    """Take the test image itself, without its mean."""
    left = np.deg2rad(angle + 90)
    pixels = np.zeros((3, 3))
    for r in range(3):
        for c in range(3):
            side = np.cos(left) * (c - 1) + np.sin(left) * (1 - r)
            pixels[r, c] = 0.5 if abs(side) < 1e-9 else float(side > 0)
    return pixels - pixels.mean()


def one_sided_difference(angle):
    """Take the middle pixel from its neighbour on the bright side: Roberts' way."""
    kernel = np.zeros((3, 3))
    left = np.deg2rad(angle + 90)
    kernel[1 - round(np.sin(left)), 1 + round(np.cos(left))] = 1
    kernel[1, 1] -= 1
    return kernel


def turned_by_splines(angle):
    start = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])
    return ndimage.rotate(start, angle - 90, reshape=False, order=1)


def very_small(angle):
    return 1e-9 * np.array(written_out(angle))


def very_large(angle):
    return 10**9 * np.array(written_out(angle))


def tensor(angle):
    import torch

    return torch.tensor(written_out(angle), dtype=torch.float16)


def by_branches(angle):
    row, column = np.indices((3, 3)) - 1
    side = -row
    if angle in (45, 90, 135):
        side = -column if angle == 90 else (-row - column if angle == 45 else row - column)
    elif angle in (225, 270, 315):
        side = column if angle == 270 else (row + column if angle == 225 else column - row)
    elif angle == 180:
        side = row
    return side


def angle_of_the_gradient(angle):
    a = np.deg2rad(angle)
    return np.cos(a) * KERNELS_2D["sobel_x"] - np.sin(a) * KERNELS_2D["sobel_y"]


def against_the_gradient(angle):
    return -np.asarray(angle_of_the_gradient(angle))


def bright_on_the_right(angle):
    return -np.array(written_out(angle))


def made_for_convolution(angle):
    return np.array(written_out(angle))[::-1, ::-1]


def rows_counted_upwards(angle):
    left = np.deg2rad(angle + 90)
    row, column = np.indices((3, 3)) - 1
    return np.cos(left) * column + np.sin(left) * row


def clockwise(angle):
    return written_out(-angle % 360)


def diagonals_exchanged(angle):
    return written_out(-angle % 360 if angle % 90 else angle)


def always_the_example(angle):
    return [[1, 0, -1], [1, 0, -1], [1, 0, -1]]


def sobel_of_the_course(angle):
    return KERNELS_2D["sobel_y"]


def straight_ones_only(angle):
    return written_out(angle // 90 * 90)


def eighth_of_a_turn_too_far(angle):
    return written_out((angle + 45) % 360)


def eighth_of_a_turn_short(angle):
    return written_out((angle - 45) % 360)


def bright_side_only(angle):
    return np.maximum(written_out(angle), 0)


def the_test_image(angle):
    return (np.sign(written_out(angle)) + 1) / 2


def weights_that_add_up_to_one(angle):
    return np.array(written_out(angle)) + 1 / 9


def sharpened_too(angle):
    kernel = np.array(written_out(angle))
    kernel[1, 1] = 1
    return kernel


def laplacian(angle):
    return KERNELS_2D["laplacian"]


def line_detector(angle):
    return np.where(np.array(written_out(angle)) == 0, 2, -1)


def blur(angle):
    return KERNELS_2D["gaussian"]


def sharpening(angle):
    return KERNELS_2D["sharpen"]


def emboss(angle):
    return KERNELS_2D["emboss"]


def two_by_two(angle):
    return [[1, -1], [1, -1]]


def five_by_five(angle):
    kernel = np.zeros((5, 5))
    kernel[1:4, 1:4] = written_out(angle)
    return kernel


def row_of_three(angle):
    return [[1, 0, -1]]


def flat_list(angle):
    return np.ravel(written_out(angle))


def nothing_but_zeros(angle):
    return np.zeros((3, 3))


def all_ones(angle):
    return np.ones((3, 3))


def cut_to_whole_numbers(angle):
    left = np.deg2rad(angle + 90)
    row, column = np.indices((3, 3)) - 1
    return (0.7 * (np.cos(left) * column - np.sin(left) * row)).astype(int)


def degrees_for_radians(angle):
    row, column = np.indices((3, 3)) - 1
    return np.cos(angle + 90) * column - np.sin(angle + 90) * row


def signs_where_it_is_straight(angle):
    """Right for rows and columns; the diagonals are left empty."""
    return np.zeros((3, 3)) if angle % 90 else written_out(angle)


def sign_lost_beyond_half_a_turn(angle):
    return written_out(angle % 180)


def answers_across_too(angle):
    kernel = np.array(written_out(angle), dtype=float)
    return kernel + 0.1 * np.array(written_out((angle + 90) % 360))


def not_quite_zero_sum(angle):
    return np.array(written_out(angle)) + 0.001


def infinite(angle):
    return np.array(written_out(angle)) * np.inf


def as_text(angle):
    return str(written_out(angle))


def depends_on_chance(angle):
    return np.array(written_out(angle)) + 1e-3 * np.random.default_rng().normal(size=(3, 3))


RIGHT = [
    *EXERCISE.also_right,
    table_of_sobel_kernels,
    written_out,
    steered_sobel,
    steered_scharr_in_float32,
    steered_and_rounded,
    derivative_of_a_gaussian,
    kirsch_compass,
    robinson_compass,
    prewitt_compass,
    matched_to_the_edge,
    one_sided_difference,
    turned_by_splines,
    very_small,
    very_large,
    tensor,
    by_branches,
]
WRONG = {
    angle_of_the_gradient: "gradient-for-edge",
    against_the_gradient: "gradient-for-edge",
    bright_on_the_right: "sign",
    made_for_convolution: "sign",
    rows_counted_upwards: "upside-down",
    clockwise: "upside-down",
    diagonals_exchanged: "upside-down",
    always_the_example: "angle-ignored",
    sobel_of_the_course: "angle-ignored",
    straight_ones_only: "diagonals-missing",
    eighth_of_a_turn_too_far: "half-a-corner-off",
    eighth_of_a_turn_short: "half-a-corner-off",
    bright_side_only: "not-zero-sum",
    the_test_image: "not-zero-sum",
    weights_that_add_up_to_one: "not-zero-sum",
    sharpened_too: "not-zero-sum",
    not_quite_zero_sum: "not-zero-sum",
    laplacian: "same-on-both-sides",
    line_detector: "same-on-both-sides",
    blur: "same-on-both-sides",
    sharpening: "same-on-both-sides",
    all_ones: "same-on-both-sides",
    nothing_but_zeros: None,
    sign_lost_beyond_half_a_turn: "side-forgotten",
    emboss: None,
    two_by_two: None,
    five_by_five: None,
    row_of_three: None,
    flat_list: None,
    cut_to_whole_numbers: None,
    degrees_for_radians: None,
    signs_where_it_is_straight: None,
    answers_across_too: None,
    infinite: None,
    as_text: None,
    depends_on_chance: None,
}
