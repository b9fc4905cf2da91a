"""The equivariance explorer as a widget; its numbers come from `equivariance_model`."""

from __future__ import annotations

from typing import Any

import traitlets
from numpy.typing import ArrayLike

from cnncourse.explore.base import Array, Explorer, fitted_picture
from cnncourse.explore.equivariance_model import (
    BOUNDARIES,
    LARGEST_IMAGE,
    LARGEST_KERNEL,
    POOLINGS,
    EquivarianceState,
    demonstration,
)
from cnncourse.explore.equivariance_moves import ENTERING, FACTORS, LARGEST_SHIFT, MOVES
from cnncourse.explore.equivariance_picture import picture
from cnncourse.explore.equivariance_words import describe
from cnncourse.kernels import KERNELS_2D
from cnncourse.plots.picture import Picture


class EquivarianceExplorer(Explorer, module="equivariance", title="Equivariance explorer"):
    """Compare f(g(x)) with g(f(x)) for a convolutional layer f and a motion g of the picture x.

    Attributes
    ----------
    image : (H, W) ndarray
        The picture x, 40 x 40 at most.
    kernel : (kH, kW) ndarray
        7 x 7 at most; cross-correlated, not flipped.
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
        The output that is looked at; the last one if there are fewer.

    Examples
    --------
    >>> explorer = EquivarianceExplorer(boundary="circular")
    >>> "equal everywhere" in explorer.describe()
    True
    """

    image = Array(2, LARGEST_IMAGE).tag(sync=True)
    kernel = Array(2, LARGEST_KERNEL).tag(sync=True)
    move = traitlets.Enum(MOVES, default_value="shift").tag(sync=True)
    down = traitlets.Int(3, min=-LARGEST_SHIFT, max=LARGEST_SHIFT).tag(sync=True)
    right = traitlets.Int(5, min=-LARGEST_SHIFT, max=LARGEST_SHIFT).tag(sync=True)
    entering = traitlets.Enum(ENTERING, default_value="circular").tag(sync=True)
    angle = traitlets.Int(90, min=0, max=359).tag(sync=True)
    factor = traitlets.Enum(FACTORS, default_value=2.0).tag(sync=True)
    boundary = traitlets.Enum(BOUNDARIES, default_value="zeros").tag(sync=True)
    stride = traitlets.Int(1, min=1, max=2).tag(sync=True)
    relu = traitlets.Bool(False).tag(sync=True)
    pooling = traitlets.Enum(POOLINGS, default_value="none").tag(sync=True)
    row = traitlets.Int(2, min=0).tag(sync=True)
    column = traitlets.Int(12, min=0).tag(sync=True)
    _notice = traitlets.Unicode("").tag(sync=True)
    _kernels = traitlets.Dict().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        given = state.pop("image", None)
        image, notice = (
            (demonstration(), "")
            if given is None
            else fitted_picture("image", given, LARGEST_IMAGE)
        )
        start = {"image": image, "kernel": KERNELS_2D["sobel_x"]}
        kernels = {name: kernel.tolist() for name, kernel in KERNELS_2D.items()}
        super().__init__(_kernels=kernels, **{**start, **state})
        self._notice = notice
        self.observe(self._image_set, "image")

    def _image_set(self, change: object) -> None:
        self._notice = ""  # it was about the picture before

    def state(self) -> EquivarianceState:
        """What the learner has chosen so far."""
        return EquivarianceState(**{name: getattr(self, name) for name in self.state_names()})

    def describe(self) -> str:
        """The picture in words."""
        return describe(self.state())

    def picture(self) -> Picture:
        """Both ways round the square, and the residual."""
        return picture(self.state(), f"{self.title}. {self.describe()}")


def equivariance(
    image: ArrayLike | None = None, kernel: ArrayLike | None = None, **state: Any
) -> EquivarianceExplorer:
    """Show whether convolving with `kernel` and moving `image` commute; state as keywords."""
    given = {"image": image, "kernel": kernel}
    arrays = {name: value for name, value in given.items() if value is not None}
    return EquivarianceExplorer(**arrays, **state)
