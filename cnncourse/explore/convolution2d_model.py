"""What the explorer of 2-D convolution shows, in numbers: no widget and no drawing here.

`cnncourse.conv` computes the outputs; `Window` takes one of them apart. The browser repeats both
(static/convolution2d_math.js), and the tests hold it to these numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnncourse import _blocks
from cnncourse._arrays import FloatArray
from cnncourse.conv import convolve2d, cross_correlate2d
from cnncourse.kernels import KERNELS_2D
from cnncourse.shapes import Pair

BOUNDARIES = tuple(_blocks.BOUNDARIES)

LARGEST = (256, 256)
LARGEST_KERNEL = (7, 7)
SMALL = 12
"""Most rows and columns of an image that is shown in numbered cells."""

OWN = "own"
"""Name of a kernel that the learner has made."""

LETTER = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 5, 6, 7, 8, 9, 0, 0],
        [0, 5, 0, 0, 0, 0, 0, 0],
        [0, 5, 6, 7, 0, 0, -4, 0],
        [0, 5, 0, 0, 0, -4, 0, 0],
        [0, 5, 0, 0, -4, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
    ],
    dtype=float,
)
"""An F and a stroke of negative numbers: neither looks the same when turned."""


def binomial(size: int) -> FloatArray:
    """The bell of `size` x `size` binomial coefficients, with sum 1.

    Examples
    --------
    >>> (16 * binomial(3)).tolist()
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    row = np.ones(1)
    for _ in range(size - 1):
        row = np.convolve(row, [0.5, 0.5])
    return np.outer(row, row)


def _named_kernels() -> dict[str, FloatArray]:
    course = {name: np.asarray(kernel, dtype=float) for name, kernel in KERNELS_2D.items()}
    return {
        "corner": np.array([[2.0, 1, 0], [1, 0, 0], [0, 0, -1]]),
        "shift": np.array([[0.0, 0, 0], [0, 0, 1], [0, 0, 0]]),
        "identity": course.pop("identity"),
        "box": course.pop("box"),
        "box 5": np.full((5, 5), 1 / 25),
        "gaussian": course.pop("gaussian"),
        "gaussian 5": binomial(5),
        "gaussian 7": binomial(7),
        "sharpen": course.pop("sharpen"),
        "edges": np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
        **{name.replace("_", " "): kernel for name, kernel in course.items()},
    }


KERNELS = _named_kernels()
"""Kernels to choose by name: those of `cnncourse.kernels` and some more."""


def _impulse() -> FloatArray:
    image = np.zeros(LETTER.shape)
    image[3, 3] = 1
    return image


def _step() -> FloatArray:
    image = np.zeros(LETTER.shape)
    image[:, 4:] = 9
    return image


IMAGES = {"letter": LETTER, "impulse": _impulse(), "step": _step()}
"""Small images to choose by name."""


def kernel_name(kernel: FloatArray) -> str:
    """Name of a kernel among `KERNELS`, or `OWN`.

    Examples
    --------
    >>> kernel_name(KERNELS["sobel x"]), kernel_name(np.ones((2, 2)))
    ('sobel x', 'own')
    """
    found = (name for name, known in KERNELS.items() if np.array_equal(known, kernel))
    return next(found, OWN)


def is_small(image: FloatArray) -> bool:
    """Whether an image is shown in numbered cells."""
    return max(image.shape) <= SMALL


@dataclass(frozen=True)
class Convolution2dState:
    """All that a learner can change.

    `flip` makes it a convolution, otherwise it is a cross-correlation. `swap` lets image and kernel
    change places, as long as the image `is_small`. The window makes output cell (`row`, `column`),
    or the nearest one that there is. `bias` is added to each sum before the ReLU.
    """

    image: FloatArray = field(default_factory=LETTER.copy)
    kernel: FloatArray = field(default_factory=KERNELS["corner"].copy)
    flip: bool = True
    mode: str = "same"
    boundary: str = "zeros"
    swap: bool = False
    bias: float = 0.0
    relu: bool = False
    row: int = 0
    column: int = 0

    @property
    def swapped(self) -> bool:
        """Whether image and kernel have changed places."""
        return self.swap and is_small(self.image)

    @property
    def operands(self) -> tuple[FloatArray, FloatArray]:
        """What is slid over, and what slides."""
        return (self.kernel, self.image) if self.swapped else (self.image, self.kernel)


@dataclass(frozen=True)
class Window:
    """One output taken apart; the three arrays have the shape of what slides.

    The window's first row and column, counted in the input, are `top` and `left`; they may lie
    outside it. `inside` tells which of its cells lie on the input, `samples` holds what stands in
    them, `taps` the kernel as it lies on them, turned or not. The products sum to `total`; the
    bias and the ReLU make it `value`, which stands in the output at (`row`, `column`).
    """

    row: int
    column: int
    top: int
    left: int
    inside: NDArray[np.bool_]
    samples: FloatArray
    taps: FloatArray
    products: FloatArray
    total: float
    value: float


def axis_padding(taps: int, mode: str, *, flip: bool) -> Pair:
    """Samples added before and after an axis, as `cnncourse.conv` does.

    Examples
    --------
    >>> axis_padding(3, "full", flip=True), axis_padding(4, "same", flip=True)
    ((2, 2), (2, 1))
    """
    if mode == "valid":
        return 0, 0
    if mode == "full":
        return taps - 1, taps - 1
    larger, smaller = taps // 2, (taps - 1) // 2
    return (larger, smaller) if flip else (smaller, larger)


def paddings(state: Convolution2dState) -> tuple[Pair, Pair]:
    """Padding of rows and of columns."""
    rows, columns = state.operands[1].shape
    return (
        axis_padding(rows, state.mode, flip=state.flip),
        axis_padding(columns, state.mode, flip=state.flip),
    )


def output_shape(state: Convolution2dState) -> Pair:
    """Rows and columns of the output; 0 if what slides is larger than the padded input."""
    over, sliding = (operand.shape for operand in state.operands)
    rows, columns = (
        max(0, size + sum(pad) - taps + 1)
        for size, pad, taps in zip(over, paddings(state), sliding, strict=True)
    )
    return rows, columns


def sums(state: Convolution2dState) -> FloatArray:
    """The sums of products, bias included, before the ReLU.

    Returns
    -------
    (Ho, Wo) ndarray
        Of `output_shape`.
    """
    shape = output_shape(state)
    if 0 in shape:
        return np.zeros(shape)
    work = convolve2d if state.flip else cross_correlate2d
    return work(*state.operands, mode=state.mode, boundary=state.boundary) + state.bias


def output(state: Convolution2dState) -> FloatArray:
    """The feature map: `sums`, with negative ones replaced by 0 if there is a ReLU."""
    before = sums(state)
    return np.maximum(before, 0.0) if state.relu else before


def window(state: Convolution2dState) -> Window | None:
    """The output cell at (`row`, `column`) taken apart, or None if there is no output."""
    shape = output_shape(state)
    if 0 in shape:
        return None
    over, sliding = state.operands
    row, column = (
        min(max(0, at), size - 1) for at, size in zip((state.row, state.column), shape, strict=True)
    )
    (above, _), (before, _) = paddings(state)
    rows = row - above + np.arange(sliding.shape[0])
    columns = column - before + np.arange(sliding.shape[1])
    sources = (
        _sources(rows, over.shape[0], state.boundary),
        _sources(columns, over.shape[1], state.boundary),
    )
    there = (sources[0] >= 0)[:, None] & (sources[1] >= 0)
    samples = np.where(there, over[np.ix_(*sources)], 0.0)
    taps = sliding[::-1, ::-1] if state.flip else sliding
    products = samples * taps
    total = float(products.sum())
    value = total + state.bias
    on_rows = (rows >= 0) & (rows < over.shape[0])
    on_columns = (columns >= 0) & (columns < over.shape[1])
    return Window(
        row=row,
        column=column,
        top=row - above,
        left=column - before,
        inside=on_rows[:, None] & on_columns,
        samples=samples,
        taps=taps,
        products=products,
        total=total,
        value=max(value, 0.0) if state.relu else value,
    )


def _sources(places: NDArray[np.int64], size: int, boundary: str) -> NDArray[np.int64]:
    """Index of the sample that stands at each place of an axis, -1 for a zero beyond its border."""
    if boundary == "replicate":
        return np.clip(places, 0, size - 1)
    if boundary == "circular":
        return places % size
    if boundary == "reflect":
        period = max(1, 2 * (size - 1))
        return np.minimum(places % period, -places % period)
    return np.where((places >= 0) & (places < size), places, -1)
