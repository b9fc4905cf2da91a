"""Lesson 02: what may be used, what is read, and tasks whose words must hold."""

import numpy as np
import pytest
from scipy import ndimage, signal

from cnncourse import conv
from cnncourse.exercises import check, get
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.e2_4 import ANGLES, answers, patch
from cnncourse.exercises.planes import circular, full, negative_index, valid
from cnncourse.exercises.running import Runner


def ready_made(exercise_id, function):
    result = check(exercise_id, function, seed=1)
    return result.problem == "ready-made function" and result.points == 0


@pytest.mark.parametrize(
    "function",
    [
        lambda image, kernel: signal.correlate2d(image, kernel, mode="valid"),
        lambda image, kernel: conv.cross_correlate2d(image, kernel),
        lambda image, kernel: conv.conv2d(image[None, None], kernel[None, None])[0, 0],
        lambda image, kernel: get("E2.3").solution(image, kernel),
    ],
    ids=["scipy", "course", "layer", "solution"],
)
def test_ready_made_correlations_are_not_for_e2_3(function):
    assert ready_made("E2.3", function)


@pytest.mark.parametrize(
    "convolve",
    [
        lambda image, kernel: signal.convolve2d(image, kernel),
        lambda image, kernel: signal.convolve(image, kernel, method="direct"),
        lambda image, kernel: signal.fftconvolve(image, kernel),
        lambda image, kernel: ndimage.convolve(image, kernel, mode="constant"),
        conv.convolve2d,
    ],
)
def test_ready_made_convolutions_are_for_e2_3_and_not_for_e2_2(convolve):
    exercise = get("E2.3")
    runner = Runner(lambda image, kernel: convolve(image, kernel), "matrix", exercise.forbidden, 9)
    args = np.arange(12.0).reshape(3, 4), np.ones((2, 2))
    with runner.contained():
        call = runner.call(args)
    assert call.used is None and call.failure is None
    assert ready_made("E2.2", lambda image, kernel: convolve(image * 1.0, kernel * 1.0))


def test_the_flat_view_of_a_kernel_is_an_answer():
    exercise = get("E2.6")

    def with_flat_view(kernel):
        separable = np.linalg.matrix_rank(kernel) == 1
        return exercise.also_right[0](kernel) if separable else kernel.flat

    assert check("E2.6", with_flat_view, seed=1).status == "passed"


def test_examples_of_the_tasks_are_right():
    for exercise_id in ("E2.2", "E2.3", "E2.5", "R2.1"):
        exercise = get(exercise_id)
        cases = exercise.draw_cases(Draw(1))
        example = next(case for case in cases if "example" in case.note)
        assert "Example" in exercise.stub_source
        assert np.allclose(exercise.reference(*example.args), exercise.solution(*example.args))
    image, kernel = np.array([[1, 2], [3, 4]]), np.array([[10, 20], [30, 5]])
    assert full(image, kernel)[1, 1] == get("E2.1").reference(image, kernel, 1, 1) == 165
    image = np.array([[1, 2, 3], [4, 5, 6]])
    assert get("E2.3").reference(image, np.array([[10, 1]])).tolist() == [[12, 23], [45, 56]]
    assert get("E2.5").reference(np.array([[0, 0, 10, 0]]), np.array([[0, 50, 30]])).tolist() == [
        [3, 5]
    ]


def test_edges_are_brighter_on_the_left():
    for angle in ANGLES:
        assert np.allclose(patch(angle) + patch((angle + 180) % 360), 1)
        assert np.allclose(np.rot90(patch(angle)), patch((angle + 90) % 360))
    assert patch(45).tolist() == [[1, 1, 0.5], [1, 0.5, 0], [0.5, 0, 0]]
    kernel = np.array([[1, 0, -1]] * 3)  # the example of the task
    assert max(answers(kernel), key=answers(kernel).get) == 90
    assert answers(kernel)[0] == answers(kernel)[180] == kernel.sum() == 0


def test_sums_in_planes_agree_with_scipy():
    random = np.random.default_rng(3)
    for shape, taps in [((3, 4), (2, 3)), ((2, 5), (4, 1)), ((1, 1), (3, 2)), ((4, 4), (4, 4))]:
        image, kernel = random.normal(size=shape), random.normal(size=taps)
        assert np.allclose(full(image, kernel), signal.convolve2d(image, kernel))
        assert np.allclose(full(image, kernel), full(kernel, image))  # eq. (4)
        size = np.maximum(shape, taps)
        product = np.fft.fft2(image, size) * np.fft.fft2(kernel, size)
        assert np.allclose(circular(image, kernel), np.fft.ifft2(product).real)
    assert np.allclose(
        valid(np.ones((3, 4)), np.ones((2, 2))),
        signal.convolve2d(np.ones((3, 4)), np.ones((2, 2)), "valid"),
    )
    assert valid(np.ones((3, 4)), np.ones((2, 5))) is None
    assert negative_index(np.ones((2, 2)), np.ones((4, 1))) is None


def test_one_kernel_of_e2_6_looks_separable_to_no_exact_comparison():
    cases = get("E2.6").draw_cases(Draw(1))
    kernels = [case.args[0] for case in cases if "decimals" in case.note]

    def found(kernel):
        for m, n in np.ndindex(*kernel.shape):
            u, v, pivot = kernel[:, n], kernel[m], kernel[m, n]
            yield np.array_equal(np.outer(u / pivot, v), kernel)
            yield np.array_equal(np.outer(u, v / pivot), kernel)
            yield np.array_equal(np.outer(u, v) / pivot, kernel)
            yield np.array_equal(np.outer(u, v), kernel * pivot)

    assert any(not any(found(kernel)) for kernel in kernels)
    assert all(np.linalg.matrix_rank(kernel) == 1 for kernel in kernels)
