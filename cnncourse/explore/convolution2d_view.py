"""The explorer of 2-D convolution as a widget; its numbers come from `convolution2d_model`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse.conv import MODES
from cnncourse.explore.arrays import LARGEST_NUMBER
from cnncourse.explore.base import nearest
from cnncourse.explore.convolution2d_model import (
    BOUNDARIES,
    IMAGES,
    KERNELS,
    LARGEST,
    LARGEST_KERNEL,
    LETTER,
    Convolution2dState,
    is_small,
    output,
    output_shape,
    paddings,
)
from cnncourse.explore.convolution2d_picture import picture
from cnncourse.explore.convolution2d_words import describe, torch_line
from cnncourse.explore.inputs import Number, Whole
from cnncourse.explore.traits import Image, Kernel, PictureExplorer
from cnncourse.plots.picture import Picture
from cnncourse.shapes import Pair


class Convolution2dExplorer(PictureExplorer, module="convolution2d", title="Convolution explorer"):
    """Move a kernel over an image and see its taps, the products, their sum, and the whole output.

    Everything is drawn and computed in the browser; what the learner chooses arrives here when a
    change has ended, and can be set from here too.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) array_like, optional
        Up to 256 x 256; a larger one is reduced, and the explorer says so. A small image of digits
        by default.
    kernel : (kH, kW) array_like or str, optional
        Up to 7 x 7, or a name: corner, shift, identity, box, box 5, gaussian, gaussian 5,
        gaussian 7, sharpen, edges, sobel x, sobel y, prewitt x, prewitt y, laplacian, emboss,
        motion blur.
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    image, kernel : read-only ndarray
        To change one, assign another array, or a kernel's name.
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
        Output cell that the window makes; it stays within the output when that shrinks.
    pinned : bool
        The window stays where it is when the pointer moves over it.
    colours : {"signed", "grey"}
        Of the output of a picture.

    Raises
    ------
    traitlets.TraitError
        If a value is not as above, not finite, or larger than a million in size.

    Examples
    --------
    >>> explorer = Convolution2dExplorer([[1, 2], [3, 4]], [[0, 1]], mode="full")
    >>> explorer.output().tolist()
    [[0.0, 1.0, 2.0], [0.0, 3.0, 4.0]]
    >>> explorer.torch_line()
    'F.conv2d(x, k.flip(2, 3), padding=(0, 1))'
    """

    image = Image(ndim=2, largest=LARGEST).tag(sync=True)
    kernel = Kernel(KERNELS, LARGEST_KERNEL).tag(sync=True)
    flip = traitlets.Bool(True).tag(sync=True)
    mode = traitlets.Enum(MODES, default_value="same").tag(sync=True)
    boundary = traitlets.Enum(BOUNDARIES, default_value="zeros").tag(sync=True)
    swap = traitlets.Bool(False).tag(sync=True)
    bias = Number(0.0, min=-LARGEST_NUMBER, max=LARGEST_NUMBER).tag(sync=True)
    relu = traitlets.Bool(False).tag(sync=True)
    row = Whole(0).tag(sync=True)
    column = Whole(0).tag(sync=True)
    pinned = traitlets.Bool(False).tag(sync=True)
    colours = traitlets.Enum(("signed", "grey"), default_value="signed").tag(sync=True)

    _kernels = traitlets.Dict().tag(sync=True)
    _images = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        image: ArrayLike | None = None,
        kernel: ArrayLike | str | None = None,
        **state: Any,
    ) -> None:
        super().__init__(
            **state,
            image=LETTER if image is None else image,
            kernel="corner" if kernel is None else kernel,
            _kernels={name: known.tolist() for name, known in KERNELS.items()},
            _images={name: known.tolist() for name, known in IMAGES.items()},
        )
        if kernel is None and not is_small(self.image):
            self.kernel = "sobel x"
        # Where there is something to see.
        start = (2, 2) if image is None else _strongest(self.state())
        for name, at, size in zip(("row", "column"), start, self._rows_and_columns(), strict=True):
            if name not in state:
                setattr(self, name, nearest(at, 0, size - 1))

    def state(self) -> Convolution2dState:
        """What the learner has chosen so far."""
        return self._chosen(Convolution2dState)

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

    def _rows_and_columns(self) -> Pair:
        return output_shape(self.state())

    @traitlets.validate("row", "column")
    def _place_in_the_output(self, proposal: Any) -> int:
        name = proposal.trait.name
        size = self._rows_and_columns()[name == "column"]
        return self._within(name, proposal.value, 0, size - 1)

    @traitlets.observe("image", "kernel", "flip", "mode", "swap")
    def _stay_in_the_output(self, change: object) -> None:
        rows, columns = self._rows_and_columns()
        self.row = nearest(self.row, 0, rows - 1)
        self.column = nearest(self.column, 0, columns - 1)


def convolution2d(
    image: ArrayLike | None = None, kernel: ArrayLike | str | None = None, **state: Any
) -> Convolution2dExplorer:
    """Explore the convolution of an image with a kernel; arguments as `Convolution2dExplorer`.

    Lecture eq. (3) to (5).

    Raises
    ------
    traitlets.TraitError
        If a value is not one that the explorer can show.

    Examples
    --------
    >>> explorer = convolution2d(kernel="sobel x", flip=False)
    >>> explorer.kernel[1].tolist()
    [-2.0, 0.0, 2.0]
    """
    return Convolution2dExplorer(image, kernel, **state)


def _strongest(state: Convolution2dState) -> Pair:
    """Row and column of the output whose window lies on the image and answers most strongly."""
    inner = np.abs(output(replace(state, mode="valid", bias=0.0, relu=False, swap=False)))
    (above, _), (before, _) = paddings(state)
    rows, columns = state.image.shape
    if inner.size == 0:
        return rows // 2, columns // 2
    row, column = np.unravel_index(int(inner.argmax()), inner.shape)
    return int(row) + above, int(column) + before
