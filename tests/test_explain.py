"""explain: which inputs made an output of a learner's function, and how that is said and drawn."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from numpy import convolve

from cnncourse import records
from cnncourse.exercises import EXERCISES, check, explain
from cnncourse.exercises.explain import trace
from cnncourse.exercises.model import Exercise, Probe
from cnncourse.plots import taps

IMAGE = np.array([[2.0, 4, 3, 1], [5, 1, 2, 6], [0, 3, 7, 2], [1, 5, 2, 8], [4, 2, 6, 3]])
KERNEL = np.array([[1.0, 2], [0, -1], [3, 1]])


def convolved(image, kernel, stride=1):
    """Valid positions of eq. (4), of every `stride`-th row and column."""
    (H, W), (h, w) = image.shape, kernel.shape
    out = np.zeros(((H - h) // stride + 1, (W - w) // stride + 1))
    for i, j in np.ndindex(*out.shape):
        for m, n in np.ndindex(h, w):
            cell = image[i * stride + h - 1 - m, j * stride + w - 1 - n]
            out[i, j] += cell * kernel[m, n]
    return out


def exercise_2d(reference=convolved, kernel=KERNEL):
    """Make an exercise of two dimensions, on an image that is not square."""

    def my_map(image, kernel):
        """Task."""

    return Exercise(
        id="E9.1",
        title="A map",
        solution=my_map,
        reference=reference,
        cases=lambda draw: [],
        parts=(),
        misconceptions=(),
        hints=("", "", ""),
        output="matrix",
        probe=Probe("image", "kernel", (IMAGE, kernel), ("i", "j")),
    )


def in_2d(function, *index, **how):
    return trace(exercise_2d(**how), function, *index)


# What the answers of one dimension are said to be.


def test_the_right_answer_is_made_as_the_equation_says():
    for t in range(7):
        found = explain("E1.2", convolve, t)
        assert found.status == "same"
        assert found.message == f"Your output [{t}] is made as the equation says."
        expected = {((a,), (t - a,)): 1.0 for a in range(5) if 0 <= t - a < 3}
        assert found.yours.links((t,)) == expected == found.right.links((t,))


@pytest.mark.parametrize("exercise_id", [i for i, e in EXERCISES.items() if e.probe is not None])
def test_every_probe_shows_the_right_answers_as_right(exercise_id):
    exercise = EXERCISES[exercise_id]
    right = exercise.reference(*exercise.probe.args)
    for function in (exercise.solution, *exercise.also_right):
        for index in np.ndindex(*np.shape(right)):
            found = trace(exercise, function, *index)
            assert found.status == "same", found
            assert found.yours.value(index) == pytest.approx(float(right[index]))


def test_a_kernel_that_is_not_flipped():
    found = explain("E1.2", lambda x, w: convolve(x, w[::-1]), 2)
    assert found.status == "different"
    assert found.message == (
        "Your output [2] takes w[0] with x[0]; the equation takes w[2] with x[0]. "
        "Your kernel is not flipped."
    )
    assert "2·0.5 + 4·0.3 + 3·0.2 = 2.8" in repr(found)
    assert "2·0.2 + 4·0.3 + 3·0.5 = 3.1" in repr(found)


def test_a_kernel_that_is_not_flipped_shows_at_an_end_too():
    """One product alone does not tell the direction; the other outputs do."""
    found = explain("E1.2", lambda x, w: convolve(x, w[::-1]), 0)
    assert found.message.endswith("Your kernel is not flipped.")


def test_deep_learnings_convolution_is_not_flipped_and_has_moved():
    found = explain("E1.2", lambda x, w: np.correlate(x, w, "valid"), 1)
    assert "Your kernel is not flipped. Besides, it belongs at [3]" in found.message
    assert "returns 3 numbers, where 7 are expected" in found.message


@pytest.mark.parametrize("crop", [1, 2])
def test_cropped_outputs_have_moved(crop):
    found = explain("E1.2", lambda x, w: convolve(x, w)[crop:], 1)
    assert f"That is output [{1 + crop}] of the equation: your outputs have moved." in found.message
    assert f"returns {7 - crop} numbers, where 7 are expected" in found.message


def test_an_output_that_is_missing_is_drawn_as_missing():
    found = explain("E1.2", lambda x, w: convolve(x, w)[:5], 6)
    assert found.status == "different"
    assert found.message == (
        "Your function has no output [6]. Your function returns 5 numbers, where 7 are expected."
    )
    assert "there is no such output" in found.picture.alt


def test_an_output_too_many_is_drawn_alone():
    found = explain("E1.2", lambda x, w: np.append(convolve(x, w), x[0] * w[0]), 7)
    assert found.message.startswith("There should be no output [7].")
    assert "Right, The equation: output [7] there is no such output." in found.picture.alt


def test_a_left_out_and_an_extra_product():
    def without_the_last_tap(x, w):
        return convolve(x, [*w[:-1], 0])

    found = explain("E1.2", without_the_last_tap, 3)
    assert found.message == "Your output [3] leaves out x[1]·w[2]."
    swapped = replace(EXERCISES["E1.2"], reference=without_the_last_tap)
    found = trace(swapped, convolve, 3)
    assert found.message == "Your output [3] takes x[1]·w[2], which the equation does not."


def test_a_product_taken_twice_and_one_with_the_other_sign():
    assert explain("E1.2", lambda x, w: 2 * convolve(x, w), 0).message == (
        "Your output [0] takes 2·x[0]·w[0]; the equation takes x[0]·w[0]."
    )
    found = explain("E1.2", lambda x, w: -convolve(x, w), 0)
    assert "takes −x[0]·w[0]; the equation takes x[0]·w[0]" in found.message
    assert "−x[0]·w[0] = −1·2·0.5 = −1" in found.picture.alt


def test_an_output_that_is_always_0():
    found = explain("E1.2", lambda x, w: 0 * convolve(x, w), 1)
    assert found.message == (
        "Your output [1] is 0, whatever the input; the equation takes x[0]·w[1], x[1]·w[0]."
    )


def test_two_taps_that_meet_one_cell():
    """A circular convolution of a kernel longer than the signal."""

    def circular(x, w):
        return [sum(x[(t - b) % 2] * w[b] for b in range(3)) for t in range(4)]

    probe = Probe("x", "w", (np.array([2.0, 4.0]), np.array([1.0, 3.0, 5.0])), ("t",))
    found = trace(replace(EXERCISES["E1.2"], probe=probe), circular, 0)
    assert "takes w[0] and w[2] with x[0]; the equation takes w[0] with x[0]" in found.message
    assert found.yours.value((0,)) == 2 * 1 + 4 * 3 + 2 * 5


def test_one_right_output_of_a_wrong_function_points_to_a_wrong_one():
    found = explain("E1.2", lambda x, w: [*convolve(x, w)[:6], 0.0], 2)
    assert found.message == (
        "Your output [2] is made as the equation says. Others are not: look at [6]."
    )
    found = explain("E1.2", lambda x, w: convolve(x, w)[:6], 2)
    assert found.message.endswith("Your function returns 6 numbers, where 7 are expected.")


def test_factors_where_only_the_input_is_linear():
    found = explain("E1.3", lambda x, w: convolve(x, w)[: len(x)], 1)
    assert found.message == (
        "Your output [1] takes 0.3·x[0]; the task asks for 0.375·x[0]. "
        "Your factors add up to 0.8, those of the task to 1."
    )
    assert "0.375·x[0] + 0.625·x[1] = 0.375·2 + 0.625·4 = 3.25" in repr(found)


def test_a_matrix_whose_cells_are_taps():
    found = explain("E1.5", lambda w, n: EXERCISES["E1.5"].reference(w[::-1], n), 2, 0)
    assert found.message.startswith("Your output [2, 0] takes w[0]; the task asks for w[2].")
    empty = explain("E1.5", EXERCISES["E1.5"].reference, 0, 3)
    assert empty.status == "same" and "no products: 0" in repr(empty)


def test_numbers_in_reverse_order():
    found = explain("E0.1", lambda w: np.roll(w, 1), 2)
    assert "takes w[1]; the task asks for w[0]" in found.message


def test_an_output_that_is_one_number():
    def my_sum(x, w):
        """Task."""

    exercise = replace(
        EXERCISES["E1.2"],
        solution=my_sum,
        reference=lambda x, w: x[::-1] @ w,
        output="number",
        probe=Probe("x", "w", (np.array([2.0, 4.0]), np.array([0.5, 0.3])), ()),
    )
    assert trace(exercise, lambda x, w: x[1] * w[0] + x[0] * w[1]).status == "same"
    found = trace(exercise, lambda x, w: x @ w)
    assert found.message.startswith("Your output takes w[0] with x[0]; the equation takes w[1]")
    with pytest.raises(ValueError, match="0, the output being one number, got"):
        trace(exercise, lambda x, w: x @ w, 0)


# Two dimensions.


def test_every_output_of_two_dimensions():
    for index in np.ndindex(3, 3):
        found = in_2d(lambda image, kernel: convolved(image, kernel), *index)
        assert found.status == "same"
        cells = {cell for cell, _ in found.yours.links(index)}
        i, j = index
        assert cells == {(i + m, j + n) for m in range(3) for n in range(2)}


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (lambda k: k[::-1, ::-1], "Your kernel is not flipped."),
        (lambda k: k[:, ::-1], "Your kernel is flipped from top to bottom only."),
        (lambda k: k[::-1], "Your kernel is flipped from left to right only."),
        (lambda k: k.T, "Your kernel is transposed: its rows do the work of columns."),
        (lambda k: k.T[::-1], "Your kernel is transposed, and turned"),
    ],
)
@pytest.mark.parametrize("square", [False, True])
def test_kernels_that_lie_another_way(turn, said, square):
    kernel = KERNEL[1:] if square else KERNEL
    found = in_2d(lambda i, k: convolved(i, turn(k)), 1, 1, kernel=kernel)
    assert found.status == "different" and said in found.message, found


def test_a_flip_where_the_equation_has_none():
    def correlated(image, kernel):
        return convolved(image, kernel[::-1, ::-1])

    found = in_2d(convolved, 0, 2, reference=correlated)
    assert "Your kernel is flipped; that of the equation is not." in found.message


def test_outputs_that_are_transposed_or_cropped():
    found = in_2d(lambda i, k: convolved(i, k).T, 1, 2)
    assert "That is output [2, 1] of the equation" in found.message
    found = in_2d(lambda i, k: convolved(i, k)[1:, 1:], 0, 1)
    assert "That is output [1, 2] of the equation" in found.message
    assert "returns 2 × 2 numbers, where 3 × 3 are expected" in found.message


def test_a_stride_used_for_the_size_but_not_the_index():
    def reference(image, kernel):
        return convolved(image, kernel, stride=2)

    found = in_2d(lambda i, k: convolved(i, k)[:2, :2], 1, 0, reference=reference)
    assert "Each tap meets a cell that is (−1, +0) from where it should be." in found.message


def test_cells_that_are_off_by_one():
    def moved(image, kernel):
        return convolved(np.pad(image, ((1, 0), (0, 0)))[:-1], kernel)

    found = in_2d(moved, 0, 0)
    assert "Each tap meets a cell that is (−1, +0)" in found.message
    assert "takes kernel[1, 1] with image[0, 0]; the equation takes kernel[2, 1]" in found.message


# What can go wrong.


def test_an_untouched_stub_is_not_attempted_and_nothing_is_recorded():
    def my_convolution(x, w):
        raise NotImplementedError

    before = len(records.events("explain"))
    found = explain("E1.2", my_convolution, 2)
    assert found.status == "not attempted" and found.picture is None
    assert "Put your code in place of" in found.message
    assert "Put your code in place of" in found._repr_mimebundle_()["text/html"]
    assert len(records.events("explain")) == before


def test_what_was_explained_is_recorded():
    before = len(records.events("explain"))
    explain("e1.2", convolve, 2)
    explain("E1.2", lambda x, w: 1 / 0, 2)
    assert [e.subject for e in records.events("explain")[before:]] == ["E1.2", "E1.2"]


@pytest.mark.parametrize(
    ("function", "status", "said"),
    [
        (lambda x, w: 1 / 0, "error", "ZeroDivisionError"),
        (lambda x, w: [None][0], "error", "It returned nothing (None)."),
        (lambda x, w: print(x), "error", "`return` hands it on"),
        (lambda x, w: "text", "error", "It returned text"),
        (lambda x, w: np.outer(x, w), "error", "shape (5, 3)"),
        (lambda x, w: convolve(x, w) / 0.0 * 0, "error", "NaN"),
        (lambda x, w: np.abs(convolve(x, w)), "not linear", "times -1"),
        (lambda x, w: np.maximum(convolve(x, w), 0), "not linear", "times -1"),
        (lambda x, w: convolve(x, w) + 1, "not linear", "every number of x doubled"),
        (lambda x, w: convolve(x, w**2), "not linear", "every number of w doubled"),
        (lambda x, w: convolve(x, w) ** 3, "not linear", "doubled"),
        (lambda x, w: np.sort(convolve(x, w)), "not linear", ""),
        (lambda x, w: np.maximum.accumulate(convolve(x, w)), "not linear", ""),
        (lambda x, w: convolve(x[x != 0], w), "not linear", "numbers in the same places"),
        (lambda x, w: convolve(x, w / w.sum()), "not linear", "every number of w doubled"),
        (lambda x: x, "error", "cannot be called with 2 arguments"),
        ([1, 2], "error", "`explain` got a list where it needs your function"),
        (None, "error", "`explain` got nothing (None) where it needs your function"),
    ],
)
def test_functions_that_cannot_be_drawn(function, status, said):
    found = explain("E1.2", function, 2)
    assert found.status == status and said in found.message, found
    assert found.picture is None and found.yours is None
    assert set(found._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert "E1.2: what made my_convolution(x, w)[2]" in repr(found)


def passing(x, w):
    pass


def dotted(x, w): ...


def described(x, w):
    """Convolve."""


@pytest.mark.parametrize("function", [passing, described, dotted])
def test_an_empty_body_is_not_attempted_as_for_a_check(function):
    before = len(records.events("explain"))
    found, checked = explain("E1.2", function, 2), check("E1.2", function)
    assert (found.status, found.message) == ("not attempted", checked.message)
    assert "still empty" in found.message
    assert len(records.events("explain")) == before


def test_the_name_alone_is_asked_for_with_the_index():
    call = '`explain("E1.2", my_convolution, t)`'
    assert explain("E1.2", np.ones(3), 2).message.endswith(f"without brackets after it: {call}.")


def test_a_median_is_not_a_sum():
    """It doubles and turns its sign as a sum does."""
    found = explain("E1.3", lambda x, w: [np.median(x)] * 5, 0)
    assert found.status == "not linear" and "With the sum of both, x = " in found.message


def test_decimals_of_single_precision_are_fine():
    assert explain("E1.2", lambda x, w: convolve(x, w).astype(np.float32), 3).status == "same"


def test_a_function_that_remembers():
    calls = []

    def growing(x, w):
        calls.append(0)
        return convolve(x, w) * len(calls)

    found = explain("E1.2", growing, 2)
    assert found.status == "error" and "Called twice with the same input" in found.message


def test_a_function_that_changes_its_input_is_drawn_all_the_same():
    def changing(x, w):
        s = convolve(x, w)
        x[:] = 0
        return s

    found = explain("E1.2", changing, 2)
    assert found.status == "same" and "changes its input `x`" in found.message
    assert EXERCISES["E1.2"].probe.args[0].tolist() == [2, 4, 3, 5, 1]


def test_nan_elsewhere_does_not_hide_the_output():
    found = explain("E1.2", lambda x, w: [np.nan, *convolve(x, w)[1:]], 2)
    assert found.status == "same"


def test_an_endless_loop_is_stopped(monkeypatch):
    monkeypatch.setattr("cnncourse.exercises.explain_probing.TIME_LIMIT", 0.3)

    def endless(x, w):
        while True:
            pass

    found = explain("E1.2", endless, 2)
    assert found.status == "error" and "did not come to an end" in found.message


def test_numpy_is_put_back():
    before = np.convolve

    def vandal(x, w):
        np.convolve = None
        return convolve(x, w)

    assert explain("E1.2", vandal, 2).status == "same"
    assert np.convolve is before


@pytest.mark.parametrize(
    ("index", "error", "said"),
    [
        ((), ValueError, r"as there are axes, 1 \(t\), got \(\)"),
        ((1, 2), ValueError, r"1 \(t\), got \(1, 2\)"),
        ((-1,), ValueError, r"counts from 0, got \(-1,\)"),
        ((1.0,), TypeError, "whole numbers, got 1.0"),
        ((True,), TypeError, "whole numbers, got True"),
        (("2",), TypeError, "whole numbers, got '2'"),
        ((7,), ValueError, r"returns 7 numbers here, the right one 7 numbers, got \[7\]"),
    ],
)
def test_indices_that_name_no_output(index, error, said):
    with pytest.raises(error, match=said):
        explain("E1.2", convolve, *index)


def test_numpys_whole_numbers_are_indices():
    assert explain("E1.2", convolve, np.int64(2)).index == (2,)


def test_exercises_without_products_name_those_with_some():
    with pytest.raises(ValueError, match=r"exercise_id must be one of E0.1, .*E1.2.*; got 'E1.4'"):
        explain("E1.4", max, 1)
    with pytest.raises(ValueError, match="no probe"):
        trace(EXERCISES["E1.4"], max, 1)


# The picture.


def test_the_picture_says_in_words_what_it_shows():
    picture = explain("E1.2", lambda x, w: convolve(x, w[::-1]), 1).picture
    assert picture.alt == (
        "Left, Your output [1] x[0]·w[1] + x[1]·w[2] = 2·0.3 + 4·0.2 = 1.4. "
        "Right, The equation: output [1] x[0]·w[1] + x[1]·w[0] = 2·0.3 + 4·0.5 = 2.6."
    )


@pytest.mark.parametrize(
    ("factor", "written"),
    [
        (0.9996, "0.9996·x[0]·w[0] = 0.9996·2·0.5 = 0.9996"),
        (0.99998, "0.99998·x[0]·w[0] = 0.99998·2·0.5 = 1"),
        (1 / 3.1, "0.3226·x[0]·w[0] = 0.3226·2·0.5 = 0.3226"),
        (-2.0, "−2·x[0]·w[0] = −2·2·0.5 = −2"),
        (-0.99998, "−0.99998·x[0]·w[0] = −0.99998·2·0.5 = −1"),
        (1 + 1e-7, "x[0]·w[0] = 2·0.5 = 1"),
    ],
)
def test_card_and_picture_write_the_same_sum(factor, written):
    found = explain("E1.2", lambda x, w: factor * convolve(x, w), 0)
    assert f"Yours:    {written}\n" in repr(found)
    assert f"Your output [0] {written}." in found.picture.alt
    in_numbers = texts(found.picture.figure.axes[0])[-1]
    assert in_numbers.replace("\u00a0", " ") == written.partition(" = ")[2]


def test_more_products_than_there_is_room_for_are_counted_in_card_and_picture():
    found = in_2d(lambda i, k: np.full((2, 2), i.sum() * k.sum()), 0, 0)
    said = "120 products, which add up to 402"
    assert said in repr(found) and said in found.picture.alt


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_cells_bear_the_tap_they_meet():
    yours, right = explain("E1.2", lambda x, w: convolve(x, w[::-1]), 2).picture.figure.axes
    labels = [text for text in texts(yours) if text.startswith("w[")]
    assert labels == ["w[0]", "w[1]", "w[2]"]
    assert [text for text in texts(right) if text.startswith("w[")] == labels[::-1]
    assert texts(right)[-1] == "2·0.2 + 4·0.3 + 3·0.5 =\u00a03.1"
    assert len(yours.lines) == 6  # each link is a coloured line on a black one


def test_links_of_the_equation_cross_and_those_without_a_flip_do_not():
    def ends(axes):
        drawn = sorted({(line.get_xdata()[0], line.get_xdata()[1]) for line in axes.lines})
        return [tap for _, tap in drawn]

    yours, right = explain("E1.2", lambda x, w: convolve(x, w[::-1]), 2).picture.figure.axes
    assert ends(yours) == sorted(ends(yours)) and ends(right) == sorted(ends(right))[::-1]


def test_a_cell_has_the_colour_of_its_tap():
    right = in_2d(convolved, 1, 1).picture.figure.axes[1]
    faces = {(p.get_x(), p.get_y()): p.get_facecolor() for p in right.patches}
    first_tap, its_cell = (-1.0, 6.3), (2 - 2.0, 3.0)  # kernel[0, 0] meets image[3, 2]
    assert faces[first_tap] == faces[its_cell]
    assert len(set(faces.values())) == 7  # white and one colour for each of six taps


def test_every_cell_and_tap_has_its_number():
    yours = in_2d(convolved, 0, 0).picture.figure.axes[0]
    numbers = [int(t.replace("−", "-")) for t in texts(yours) if t.lstrip("−").isdigit()]
    for value in [*IMAGE.ravel(), *KERNEL.ravel()]:
        numbers.remove(int(value))
    assert sorted(numbers) == sorted([0, 1, 2, 3, 0, 1, 2, 3, 4, 0, 1, 0, 1, 2])  # indices


def test_many_products_are_counted_and_many_taps_in_a_cell_too():
    links = {((0,), (q,)): 1.0 for q in range(13)}
    picture = taps([2], np.arange(13), {"A": links, "B": {}})
    assert "13 products, which add up to 156" in picture.alt and "B no products: 0" in picture.alt
    assert "13 taps" in texts(picture.figure.axes[0])


@pytest.mark.parametrize(
    ("signal", "kernel", "sides", "said"),
    [
        ([1], [1], {"A": {}}, "two ways to make the output, got 1"),
        (np.ones((2, 2, 2)), None, {"A": {}, "B": {}}, "one or two dimensions"),
        ([1, 2], [[1]], {"A": {}, "B": {}}, "got 1 and 2"),
    ],
)
def test_what_cannot_be_drawn(signal, kernel, sides, said):
    with pytest.raises(ValueError, match=said):
        taps(signal, kernel, sides)


def test_a_notebook_shows_message_and_picture():
    data = explain("E1.2", lambda x, w: convolve(x, w[::-1]), 2)._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert "Your kernel is not flipped." in data["text/html"]
    assert "<img alt='Left, Your output [2]" in data["text/html"]


def test_the_same_call_draws_the_same_picture():
    def once():
        return in_2d(lambda i, k: convolved(i, k.T), 1, 1)._repr_mimebundle_()

    assert once() == once()


def test_matplotlib_is_loaded_for_the_picture_only():
    program = (
        "import sys; from cnncourse.exercises import explain;"
        "print(explain('E1.2', lambda x, w: 'text', 2).status, 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert done.stdout.decode().split() == ["error", "False"]
