"""The explorer of 2-D convolution as a widget; its numbers come from `convolution2d_model`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnncourse.explore.base import Array, Explorer, FloatArray, fitted_picture
from cnncourse.explore.convolution2d_model import (
    BOUNDARIES,
    IMAGES,
    KERNELS,
    LARGEST,
    LARGEST_KERNEL,
    LETTER,
    MODES,
    Convolution2dState,
    is_small,
    output,
    paddings,
)
from cnncourse.explore.convolution2d_picture import picture
from cnncourse.explore.convolution2d_words import describe, torch_line
from cnncourse.plots.picture import Picture
from cnncourse.shapes import Pair


class Convolution2dExplorer(Explorer, module="convolution2d", title="Convolution explorer"):
    """Move a kernel over an image and see its taps, the products, their sum, and the whole output.

    Everything is drawn and computed in the browser; what the learner chooses arrives here when a
    change has ended, and can be set from here too.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) array_like, optional
        Up to 256 x 256; a larger one is reduced, and the explorer says so. A small image of digits
        by default.
    kernel : (kH, kW) array_like or str, optional
        Up to 7 x 7, or a name from `KERNELS`.
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    image, kernel : read-only ndarray
        To change one, assign another array.
    flip : bool
        Convolution, which turns the kernel; otherwise cross-correlation, which does not.
    mode : {"same", "valid", "full"}
    boundary : {"zeros", "reflect", "replicate", "circular"}
    swap : bool
        Image and kernel change places, if the image has at most 12 x 12 pixels.
    bias : float
        Added to each sum of products.
    relu : bool
        Negative outputs become 0.
    row, column : int
        Output cell that the window makes; beyond the output, the nearest one.
    pinned : bool
        The window stays where it is when the pointer moves over it.
    colours : {"signed", "grey"}
        Of the output of a picture.

    Raises
    ------
    ValueError
        If the image or the kernel is not as above.

    Examples
    --------
    >>> explorer = Convolution2dExplorer([[1, 2], [3, 4]], [[0, 1]], mode="full")
    >>> explorer.output().tolist()
    [[0.0, 1.0, 2.0], [0.0, 3.0, 4.0]]
    >>> explorer.torch_line()
    'F.conv2d(x, k.flip(2, 3), padding=(0, 1))'
    """

    image = Array(ndim=2, largest=LARGEST).tag(sync=True)
    kernel = Array(ndim=2, largest=LARGEST_KERNEL).tag(sync=True)
    flip = traitlets.Bool(True).tag(sync=True)
    mode = traitlets.Enum(MODES, default_value="same").tag(sync=True)
    boundary = traitlets.Enum(BOUNDARIES, default_value="zeros").tag(sync=True)
    swap = traitlets.Bool(False).tag(sync=True)
    bias = traitlets.Float(0.0).tag(sync=True)
    relu = traitlets.Bool(False).tag(sync=True)
    row = traitlets.Int(0, min=0).tag(sync=True)
    column = traitlets.Int(0, min=0).tag(sync=True)
    pinned = traitlets.Bool(False).tag(sync=True)
    colours = traitlets.Enum(("signed", "grey"), default_value="signed").tag(sync=True)

    _kernels = traitlets.Dict().tag(sync=True)
    _images = traitlets.Dict().tag(sync=True)
    _notice = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        image: ArrayLike | None = None,
        kernel: ArrayLike | str | None = None,
        **state: Any,
    ) -> None:
        shown, notice = fitted_picture("image", LETTER if image is None else image, LARGEST)
        if kernel is None:
            kernel = "corner" if is_small(shown) else "sobel x"
        super().__init__(
            **{"row": 2, "column": 2, **state},
            image=shown,
            kernel=_kernel(kernel),
            _notice=notice,
            _kernels={name: known.tolist() for name, known in KERNELS.items()},
            _images={name: known.tolist() for name, known in IMAGES.items()},
        )
        if image is not None and not {"row", "column"} & state.keys():
            # Where there is something to see.
            self.row, self.column = _strongest(self.state())

    def state(self) -> Convolution2dState:
        """What the learner has chosen so far."""
        return Convolution2dState(
            image=self.image,
            kernel=self.kernel,
            flip=self.flip,
            mode=self.mode,
            boundary=self.boundary,
            swap=self.swap,
            bias=self.bias,
            relu=self.relu,
            row=self.row,
            column=self.column,
        )

    def output(self) -> FloatArray:
        """The output that is shown, as an array."""
        return output(self.state())

    def torch_line(self) -> str:
        """The expression of torch that gives the output; see `convolution2d_words.torch_line`."""
        return torch_line(self.state())

    def describe(self) -> str:
        """The picture in words."""
        return describe(self.state())

    def picture(self) -> Picture:
        """Input, kernel and output, with the window and what it makes."""
        return picture(self.state(), self.title)

    @traitlets.validate("bias")
    def _bias_finite(self, proposal: Any) -> float:
        if not math.isfinite(proposal.value):
            raise traitlets.TraitError(f"bias must be a finite number, got {proposal.value}")
        return float(proposal.value)


def convolution2d(
    image: ArrayLike | None = None, kernel: ArrayLike | str | None = None, **state: Any
) -> Convolution2dExplorer:
    """Explore the convolution of an image with a kernel; see `Convolution2dExplorer`.

    Lecture eq. (3) to (5).

    Examples
    --------
    >>> explorer = convolution2d(kernel="sobel x", flip=False)
    >>> explorer.kernel[1].tolist()
    [-2.0, 0.0, 2.0]
    """
    return Convolution2dExplorer(image, kernel, **state)


def _kernel(kernel: ArrayLike | str) -> ArrayLike:
    if not isinstance(kernel, str):
        return kernel
    name = kernel.replace("_", " ")
    if name not in KERNELS:
        raise ValueError(f"kernel must be an array or one of {', '.join(KERNELS)}, got {kernel!r}")
    return KERNELS[name]


def _strongest(state: Convolution2dState) -> Pair:
    """Row and column of the output whose window lies on the image and answers most strongly."""
    inner = np.abs(output(replace(state, mode="valid", bias=0.0, relu=False, swap=False)))
    (above, _), (before, _) = paddings(state)
    rows, columns = state.image.shape
    if inner.size == 0:
        return rows // 2, columns // 2
    row, column = np.unravel_index(int(inner.argmax()), inner.shape)
    return int(row) + above, int(column) + before
