"""E7.2: the gradients of a layer with respect to its kernel and its bias, over a batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows  # bound here, see e1_2.py

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import GRADIENTS

Gradients = Callable[[Array, Array, int, int, int], "Array | None"]
Kernel = Callable[[Array, Array, int, int, int], Array]  # (D, C, M, N)


def my_weight_gradients(dZ, V, M, N, s):
    """Find the derivatives of the loss by a layer's weights.

    The layer made Z from V, eq. (7) counted from 0, with a bias b, for each image t of a batch:
        Z[t, i, j, k] = b[i] + sum over l, m, n of V[t, l, j * s + m, k * s + n] * K[i, l, m, n]

    dZ : array (T, D, rows, columns), the derivatives dJ/dZ of the loss by each output.
    V : array (T, C, H, W), the batch of T images that went in, padded already if at all.
    M, N : rows and columns of the kernel. K has the shape (D, C, M, N), b has D numbers.
    s : whole number >= 1, the stride. There are (H - M) // s + 1 rows of outputs, columns alike.

    The loss is that of the whole batch: if it is to be an average, 1/T is in dZ already. Return an
    array of D rows and C * M * N + 1 columns: in row i the derivatives dJ/dK[i], in the order of
    K[i].ravel(), and behind them dJ/db[i]. Ready-made gradients are not for this one.

    Example: V = [[[[3, 4, 5]]]], dZ = [[[[1, 10]]]], M = 1, N = 2, s = 1 -> [[43, 54, 11]].
    """
    T, D, rows, columns = dZ.shape
    C = V.shape[1]
    answer = np.zeros((D, C * M * N + 1))
    for t in range(T):
        for j in range(rows):
            for k in range(columns):
                window = V[t, :, j * s : j * s + M, k * s : k * s + N]
                # A weight is used at every place of every image, and each use counts. The bias is
                # a weight, too: that of an input which is always 1.
                answer[:, :-1] += np.outer(dZ[t, :, j, k], window.ravel())
                answer[:, -1] += dZ[t, :, j, k]
    return answer


def _kernel(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
    """Find dJ/dK tap by tap: a tap saw the images moved, and thinned out by the stride."""
    T, D, rows, columns = dZ.shape
    flat = dZ.transpose(1, 0, 2, 3).reshape(D, -1)
    K = np.empty((D, V.shape[1], M, N))
    for m, n in np.ndindex(M, N):
        seen = V[:, :, m : m + (rows - 1) * s + 1 : s, n : n + (columns - 1) * s + 1 : s]
        K[:, :, m, n] = flat @ seen.transpose(1, 0, 2, 3).reshape(V.shape[1], -1).T
    return K


def _bias(dZ: Array) -> Array:
    return dZ.sum((0, 2, 3))


def _together(kernel: Array, bias: Array) -> Array:
    return np.hstack([kernel.reshape(len(kernel), -1), bias[:, np.newaxis]])


def _reference(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
    return _together(_kernel(dZ, V, M, N, s), _bias(dZ))


def _cases(draw: Draw) -> list[Case]:
    def case(
        T: int, C: int, H: int, W: int, D: int, M: int, N: int, s: int, note: str = ""
    ) -> Case:
        """Draw a case none of whose derivatives by a bias is nearly 0."""
        rows, columns = (H - M) // s + 1, (W - N) // s + 1
        while True:
            dZ = draw.numbers(T * D * rows * columns).reshape(T, D, rows, columns)
            if np.abs(_bias(dZ)).min() > 1:
                V = draw.numbers(T * C * H * W).reshape(T, C, H, W)
                return Case((dZ, V, M, N, s), note or "random numbers")

    V, dZ = np.array([[[[3.0, 4.0, 5.0]]]]), np.array([[[[1.0, 10.0]]]])
    return [
        Case((dZ, V, 1, 2, 1), "the example of the task"),
        Case((dZ, np.array([[[[3.0, 4.0, 5.0, 6.0]]]]), 1, 2, 2), "the example, stride 2"),
        case(1, 1, 3, 4, 1, 2, 3, 1, "one image, one channel in and out"),
        case(2, 1, 2, 3, 1, 1, 2, 1, "two images"),
        case(3, 1, 1, 2, 1, 1, 2, 1, "three images, one place"),
        case(1, 2, 3, 3, 1, 2, 2, 1, "two input channels"),
        case(1, 1, 3, 3, 2, 2, 2, 1, "two output channels"),
        case(2, 2, 4, 3, 3, 2, 2, 1, "two images"),
        case(2, 3, 4, 5, 2, 2, 3, 1, "two images"),
        case(2, 2, 3, 4, 2, 3, 2, 1, "as many channels in as out"),
        case(1, 1, 5, 6, 1, 2, 2, 2, "stride 2"),
        case(2, 2, 5, 7, 3, 3, 2, 2, "two images, stride 2"),
        case(3, 2, 6, 5, 2, 1, 2, 3, "three images, stride 3"),
        case(3, 2, 6, 5, 2, 1, 2, 3, "the same sizes again"),
        case(2, 3, 7, 4, 1, 2, 2, 2, "pixels left over"),
        case(4, 1, 4, 4, 2, 1, 1, 2, "one tap"),
        case(1, 1, 9, 9, 1, 2, 2, 2, "a large image, stride 2"),
    ]


def _columns(case: Case, output: Array, columns: slice) -> bool:
    right = _reference(*case.args)
    return output.shape == right.shape and close(output[:, columns], right[:, columns])


def _one_image(case: Case, output: Array) -> bool:
    """Ask for the kernel's derivatives where there is one image, and no stride."""
    dZ, _, _, _, s = case.args
    return len(dZ) > 1 or s > 1 or _columns(case, output, slice(0, -1))


# Wrong ideas, and right answers by other ways.


def _with_bias(rule: Callable[[Array], Array]) -> Gradients:
    """Find the bias' derivatives by another rule."""
    return lambda dZ, V, M, N, s: _together(_kernel(dZ, V, M, N, s), rule(dZ))


def _with_kernel(rule: Kernel) -> Gradients:
    return lambda dZ, V, M, N, s: _together(rule(dZ, V, M, N, s), _bias(dZ))


def _scaled(kernel: Callable[[Array], float], bias: Callable[[Array], float]) -> Gradients:
    """Divide both by numbers that follow from the shape of dZ."""
    return lambda dZ, V, M, N, s: _together(
        _kernel(dZ, V, M, N, s) / kernel(dZ), _bias(dZ) / bias(dZ)
    )


def _one(dZ: Array) -> float:
    return 1.0


def _images(dZ: Array) -> float:
    return float(len(dZ))


def _places(dZ: Array) -> float:
    return float(dZ[0, 0].size)


def _all_outputs(dZ: Array) -> float:
    return _images(dZ) * _places(dZ)


def _image(which: int) -> Gradients:
    return lambda dZ, V, M, N, s: _reference(dZ[[which]], V[[which]], M, N, s)


def _image_for_kernel(which: int) -> Kernel:
    return lambda dZ, V, M, N, s: _kernel(dZ[[which]], V[[which]], M, N, s)


def _place(which: int, *, each_image: bool = True) -> Kernel:
    """Take one window of each image, or of the last image alone."""

    def kernel(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
        j, k = (0, 0) if which == 0 else (dZ.shape[2] - 1, dZ.shape[3] - 1)
        view = V[:, :, j * s : j * s + M, k * s : k * s + N]
        flow = dZ[:, :, j, k]
        if not each_image:
            view, flow = view[-1:], flow[-1:]
        return np.einsum("ti,tlmn->ilmn", flow, view)

    return kernel


def _place_for_all(which: int) -> Gradients:
    def gradients(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
        return _together(_place(which, each_image=False)(dZ, V, M, N, s), dZ[-1, :, which, which])

    return gradients


def _images_mixed(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
    """Let every image meet every image's derivatives."""
    return _kernel(dZ.sum(0, keepdims=True), V.sum(0, keepdims=True), M, N, s)


def _with_step(step: Callable[[int], tuple[int, int]]) -> Kernel:
    """Find the windows at other steps than the stride."""

    def kernel(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
        down, right = step(s)
        view = windows(V, (M, N), axis=(2, 3))[:, :, ::down, ::right]
        view = view[:, :, : dZ.shape[2], : dZ.shape[3]]
        return np.einsum("tijk,tljkmn->ilmn", dZ, view)

    return kernel


def _flipped(*axes: int) -> Kernel:
    return lambda dZ, V, M, N, s: np.flip(_kernel(dZ, V, M, N, s), axes)


def _moved_on(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
    """Spread the taps by the stride in place of the windows."""
    T, D, rows, columns = dZ.shape
    room = np.pad(V, [(0, 0), (0, 0), (0, s * M + rows), (0, s * N + columns)])
    K = np.empty((D, V.shape[1], M, N))
    for m, n in np.ndindex(M, N):
        seen = room[:, :, m * s : m * s + rows, n * s : n * s + columns]
        K[:, :, m, n] = np.einsum("tijk,tljk->il", dZ, seen)
    return K


def _in_order(*axes: int) -> Gradients:
    """Write the kernel's axes in another order, one row for each of the first."""

    def gradients(dZ: Array, V: Array, M: int, N: int, s: int) -> Array | None:
        kernel = _kernel(dZ, V, M, N, s).transpose(axes)
        return _together(kernel.reshape(dZ.shape[1], -1), _bias(dZ))

    return gradients


def _channels_summed(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
    kernel = _kernel(dZ, V, M, N, s)
    return np.repeat(kernel.sum(1, keepdims=True), kernel.shape[1], axis=1)


def _outputs_summed(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
    kernel = _kernel(dZ, V, M, N, s)
    return np.repeat(kernel.sum(0, keepdims=True), len(kernel), axis=0)


def _bias_first(dZ: Array, V: Array, M: int, N: int, s: int) -> Array:
    return np.roll(_reference(dZ, V, M, N, s), 1, axis=1)


def _by_matrix(dZ, V, M, N, s):
    T, D, rows, columns = dZ.shape
    view = np.lib.stride_tricks.sliding_window_view(V, (M, N), axis=(2, 3))[:, :, ::s, ::s]
    unfolded = view.transpose(0, 2, 3, 1, 4, 5).reshape(T * rows * columns, -1)
    ones = np.ones((len(unfolded), 1))
    return dZ.transpose(1, 0, 2, 3).reshape(D, -1) @ np.hstack([unfolded, ones])


def _by_weights(dZ, V, M, N, s):
    T, D, rows, columns = dZ.shape
    C = V.shape[1]
    answer = []
    for i in range(D):
        answer.append([])
        for l in range(C):  # noqa: E741
            for m in range(M):
                for n in range(N):
                    seen = V[:, l, m : m + rows * s : s, n : n + columns * s : s]
                    answer[i].append(np.sum(seen[:, :rows, :columns] * dZ[:, i]))
        answer[i].append(np.sum(dZ[:, i]))
    return answer


EXERCISE = Exercise(
    id="E7.2",
    title="What the weights should change",
    solution=my_weight_gradients,
    reference=_reference,
    cases=_cases,
    output="matrix",
    forbidden=GRADIENTS,
    also_right=(_by_matrix, _by_weights),
    parts=(
        Part("the kernel's derivatives for one image, at stride 1", 1, _one_image),
        Part(
            "the kernel's derivatives for any batch and stride",
            2,
            lambda case, got: _columns(case, got, slice(0, -1)),
        ),
        Part("the bias' derivatives", 1, lambda case, got: _columns(case, got, slice(-1, None))),
    ),
    misconceptions=(
        Misconception(
            "bias-averaged",
            "The bias' derivatives were averaged.",
            "If b[i] grows by 1, each output of channel i grows by 1, at every place of every "
            "image. How much does the loss grow then?",
            (
                _with_bias(lambda dZ: dZ.mean((0, 2, 3))),
                _with_bias(lambda dZ: dZ.mean((2, 3)).sum(0)),
                _with_bias(lambda dZ: dZ.sum((2, 3)).mean(0)),
            ),
        ),
        Misconception(
            "bias-of-some-outputs",
            "The bias' derivatives count some of the outputs only.",
            "A bias is added to all outputs of its channel: which axes of dZ have to go, so that D "
            "numbers are left?",
            (
                _with_bias(lambda dZ: dZ[-1].sum((1, 2))),
                _with_bias(lambda dZ: dZ[0].sum((1, 2))),
                _with_bias(lambda dZ: dZ[:, :, 0, 0].sum(0)),
                _with_bias(lambda dZ: dZ[:, :, -1, -1].sum(0)),
                _with_bias(lambda dZ: dZ[-1, :, -1, -1]),
            ),
        ),
        Misconception(
            "bias-without-flow",
            "The bias' derivatives do not depend on dZ as they should.",
            "The derivative of an output by its bias is 1, and that is multiplied by dJ/dZ, as "
            "for any other weight. The sum runs over the outputs of channel i alone.",
            (
                _with_bias(lambda dZ: np.zeros(dZ.shape[1])),
                _with_bias(lambda dZ: np.ones(dZ.shape[1])),
                _with_bias(lambda dZ: np.full(dZ.shape[1], _all_outputs(dZ))),
                _with_bias(lambda dZ: np.full(dZ.shape[1], dZ.sum())),
            ),
        ),
        Misconception(
            "mean-over-the-batch",
            "The sum over the images was divided by their number.",
            "The task says that 1/T is in dZ already, if it is wanted. Divided once more, the "
            "steps get smaller with the batch.",
            (_scaled(_images, _images), _scaled(_images, _one)),
        ),
        Misconception(
            "mean-over-places",
            "The sum over the places was divided by their number.",
            "A tap is shared by all places: its derivative adds up what each of them says.",
            (
                _scaled(_places, _places),
                _scaled(_places, _one),
                _scaled(_all_outputs, _all_outputs),
                _scaled(_all_outputs, _one),
            ),
        ),
        Misconception(
            "one-image",
            "Only one image of the batch counts for the kernel.",
            "Every image was seen through the same weights. Is what an image says added, or does "
            "it take the place of what the one before said?",
            (
                _image(-1),
                _image(0),
                _with_kernel(_image_for_kernel(-1)),
                _with_kernel(_image_for_kernel(0)),
            ),
        ),
        Misconception(
            "one-place",
            "Only one place of each map counts for the kernel.",
            "Each output says how its window should have been weighted: add them all up. Is there "
            "a place where = should be +=?",
            (
                _with_kernel(_place(-1)),
                _with_kernel(_place(0)),
                _with_kernel(_place(-1, each_image=False)),
                _place_for_all(-1),
            ),
        ),
        Misconception(
            "images-mixed",
            "Images were put together before they met their derivatives.",
            "The sum of products is not the product of sums: image t goes with dZ[t] alone.",
            (
                _with_kernel(_images_mixed),
                _with_kernel(lambda dZ, V, M, N, s: _kernel(dZ[::-1], V, M, N, s)),
                _with_kernel(lambda dZ, V, M, N, s: _images_mixed(dZ, V, M, N, s) / len(dZ)),
            ),
        ),
        Misconception(
            "stride-missing",
            "The stride is missing: the windows lie side by side, as at stride 1.",
            "Output (0, 1) read the window that begins in column s. Which one do you multiply its "
            "derivative by?",
            (
                _with_kernel(_with_step(lambda s: (1, 1))),
                _with_kernel(_with_step(lambda s: (s, 1))),
                _with_kernel(_with_step(lambda s: (1, s))),
                _with_kernel(_moved_on),
            ),
        ),
        Misconception(
            "wrong-way-round",
            "The kernel's derivatives are the wrong way round.",
            "The tap (m, n) met V[j * s + m, k * s + n]: both indices go up together, as in the "
            "forward sum. Nothing is flipped here; that is for the gradient of the input.",
            (
                _with_kernel(_flipped(2, 3)),
                _with_kernel(_flipped(2)),
                _with_kernel(_flipped(3)),
            ),
        ),
        Misconception(
            "other-order",
            "The right numbers stand in another order.",
            "Row i belongs to output channel i. In it come the input channels, of each the rows of "
            "its kernel, of each of those the taps; the bias stands last.",
            (
                _in_order(0, 2, 3, 1),
                _in_order(0, 1, 3, 2),
                _in_order(1, 0, 2, 3),
                _in_order(2, 3, 1, 0),
                _bias_first,
            ),
        ),
        Misconception(
            "channels-mixed",
            "Input channels or output channels were added up.",
            "K[i, l] led from input channel l to output channel i and to no other: only V[:, l] "
            "and dZ[:, i] have a part in its derivatives.",
            (_with_kernel(_channels_summed), _with_kernel(_outputs_summed)),
        ),
    ),
    error_hints={
        "ValueError": "Compare shapes: a window V[t, :, j * s : j * s + M, k * s : k * s + N] has "
        "C * M * N numbers, dZ[t, :, j, k] has D of them, the answer D rows.",
        "IndexError": "dZ has the axes image, output channel, row, column, V the axes image, input "
        "channel, row, column.",
    },
    hints=(
        "One image, one channel, two taps, three pixels: write Z[0] and Z[1] as sums. In which of "
        "them does K[0] stand, and what is it multiplied by?",
        "Every output used K[i] once, on its window: dJ/dK[i] is the sum, over all images and "
        "places, of dZ[t, i, j, k] times that window. For b[i] the window is the number 1.",
        "Begin with zeros; for all t, j, k add np.outer(dZ[t, :, j, k], window.ravel()) to all "
        "columns but the last, and dZ[t, :, j, k] to the last one.",
    ),
)
