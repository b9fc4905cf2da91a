"""The equivariance explorer as a widget; its numbers come from `equivariance_model`."""

from __future__ import annotations

from typing import Any

import traitlets
from numpy.typing import ArrayLike

from cnncourse.explore.base import nearest
from cnncourse.explore.equivariance_model import (
    BOUNDARIES,
    LARGEST_IMAGE,
    LARGEST_KERNEL,
    POOLINGS,
    EquivarianceState,
    demonstration,
    output_shape,
)
from cnncourse.explore.equivariance_moves import ENTERING, FACTORS, LARGEST_SHIFT, MOVES
from cnncourse.explore.equivariance_picture import picture
from cnncourse.explore.equivariance_words import describe
from cnncourse.explore.inputs import Whole
from cnncourse.explore.traits import Image, Kernel, PictureExplorer
from cnncourse.kernels import KERNELS_2D
from cnncourse.plots.picture import Picture

# What the number of outputs depends on.
_SHAPING = ("image", "kernel", "move", "angle", "boundary", "stride", "pooling")


class EquivarianceExplorer(PictureExplorer, module="equivariance", title="Equivariance explorer"):
    """Compare f(g(x)) with g(f(x)) for a convolutional layer f and a motion g of the picture x.

    Parameters
    ----------
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    image : (H, W) ndarray
        The picture x, 40 x 40 at most; a larger one, or one in colours, is reduced, and the
        explorer says so.
    kernel : (kH, kW) ndarray
        7 x 7 at most; cross-correlated, not flipped. It can be set by name: identity, box,
        gaussian, sobel x, sobel y, prewitt x, prewitt y, laplacian, sharpen, emboss, motion blur.
    move : str
        The motion g: "shift", "rotate" or "scale".
    down, right : int
        The shift, pixels, -12 to 12; negative ones go up and to the left.
    entering : str
        What a shift lets in: "circular" the opposite side, "zeros" zeros.
    angle : int
        The turn, counter-clockwise, 0 to 359 degrees; exact for right angles.
    factor : float
        The scaling, 2 or 0.5.
    boundary : str
        Padding of f: "zeros", "circular", or "valid" for none.
    stride : int
        1 or 2.
    relu : bool
        Whether a ReLU follows the convolution.
    pooling : str
        "none", or "max" or "average" over 2 x 2 with stride 2, behind the ReLU.
    row, column : int
        The output that is looked at; it stays within the outputs when there are fewer.

    Raises
    ------
    traitlets.TraitError
        If a value is not as above, not finite, or larger than a million in size.

    Examples
    --------
    >>> explorer = EquivarianceExplorer(boundary="circular")
    >>> "equal everywhere" in explorer.describe()
    True
    """

    image = Image(2, LARGEST_IMAGE).tag(sync=True)
    kernel = Kernel(KERNELS_2D, LARGEST_KERNEL).tag(sync=True)
    move = traitlets.Enum(MOVES, default_value="shift").tag(sync=True)
    down = Whole(3, min=-LARGEST_SHIFT, max=LARGEST_SHIFT).tag(sync=True)
    right = Whole(5, min=-LARGEST_SHIFT, max=LARGEST_SHIFT).tag(sync=True)
    entering = traitlets.Enum(ENTERING, default_value="circular").tag(sync=True)
    angle = Whole(90, min=0, max=359).tag(sync=True)
    factor = traitlets.Enum(FACTORS, default_value=2.0).tag(sync=True)
    boundary = traitlets.Enum(BOUNDARIES, default_value="zeros").tag(sync=True)
    stride = Whole(1, min=1, max=2).tag(sync=True)
    relu = traitlets.Bool(False).tag(sync=True)
    pooling = traitlets.Enum(POOLINGS, default_value="none").tag(sync=True)
    row = Whole(2).tag(sync=True)
    column = Whole(12).tag(sync=True)
    _kernels = traitlets.Dict().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        start = {"image": demonstration(), "kernel": "sobel_x"}
        kernels = {name: kernel.tolist() for name, kernel in KERNELS_2D.items()}
        super().__init__(_kernels=kernels, **{**start, **state})

    def state(self) -> EquivarianceState:
        """What the learner has chosen so far."""
        return self._chosen(EquivarianceState)

    def describe(self) -> str:
        """The picture in words."""
        return describe(self.state())

    def picture(self) -> Picture:
        """Both ways round the square, and the residual."""
        return picture(self.state(), f"{self.title}. {self.describe()}")

    @traitlets.validate("row", "column")
    def _place_in_the_output(self, proposal: Any) -> int:
        name = proposal.trait.name
        size = output_shape(self.state())[name == "column"]
        return self._within(name, proposal.value, 0, size - 1)

    @traitlets.observe(*_SHAPING)
    def _stay_in_the_output(self, change: object) -> None:
        rows, columns = output_shape(self.state())
        self.row = nearest(self.row, 0, rows - 1)
        self.column = nearest(self.column, 0, columns - 1)


def equivariance(
    image: ArrayLike | None = None, kernel: ArrayLike | str | None = None, **state: Any
) -> EquivarianceExplorer:
    """Show whether convolving with `kernel` and moving `image` commute.

    Parameters
    ----------
    image, kernel, **state
        As the attributes of `EquivarianceExplorer`.

    Raises
    ------
    traitlets.TraitError
        If a value is not one that the explorer can show.

    Examples
    --------
    >>> equivariance(kernel="box", move="rotate", angle=90).describe().split(". ")[2]
    'f(g(x)) and g(f(x)) are equal everywhere'
    """
    given = {"image": image, "kernel": kernel}
    arrays = {name: value for name, value in given.items() if value is not None}
    return EquivarianceExplorer(**arrays, **state)
