"""The Toeplitz explorer as a widget; its numbers come from `toeplitz_model`."""

from __future__ import annotations

from math import prod
from typing import Any

import traitlets
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse.conv import MODES
from cnncourse.explore.arrays import Array
from cnncourse.explore.base import Explorer
from cnncourse.explore.inputs import Whole, numbers
from cnncourse.explore.toeplitz_model import (
    LARGEST_KERNEL,
    LARGEST_SIGNAL,
    NO_WEIGHT,
    ToeplitzModel,
    ToeplitzState,
)
from cnncourse.explore.toeplitz_picture import picture
from cnncourse.plots.picture import Picture

# Numbers that are all different where they are few, of both signs, and easy to multiply.
KERNELS = {1: [2, 1, -1], 2: [[2, 1], [-1, 3]]}
SIGNALS = {
    1: [1, 3, 0, 2, -2, 4, 1, 2],
    2: [[1, 0, 2, 3], [2, 1, -1, 0], [0, 4, 1, 2], [3, 1, 0, 1]],
}
# The first row in which the whole kernel lies on the demonstration's input.
ROWS = {1: 4, 2: 12}


class _SignalOrImage(Array):
    """A trait that holds an array of one axis or of two, each of limited size."""

    def __init__(self, largest: dict[int, tuple[int, ...]], **kwargs: Any) -> None:
        super().__init__(1, largest[1], **kwargs)
        self._by_axes = {axes: Array(axes, sizes) for axes, sizes in largest.items()}

    def validate(self, obj: Any, value: Any) -> FloatArray:
        array = self._numbers(value)
        one = self._by_axes.get(array.ndim)
        if one is None:
            raise traitlets.TraitError(
                f"{self.name} must have one axis or two, got shape {array.shape}"
            )
        one.name = self.name
        return one.validate(obj, array)


class ToeplitzExplorer(Explorer, module="toeplitz", title="Toeplitz explorer"):
    """See a convolution as a matrix: its rows make the outputs, its diagonals hold the weights.

    Parameters
    ----------
    weights : (m,) or (kH, kW) array_like, optional
        Kernel, up to 7 weights or 3 x 3.
    signal : (n,) or (H, W) array_like, optional
        Input with as many axes, up to 12 samples or 5 x 5 pixels.
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    weights, signal : ndarray
        As above.
    row : int
        Row of the matrix that is looked at: the number of an output.
    weight : int
        Flat index of the weight whose cells are lit up, -1 for none.
    mode : str
        Which outputs are kept: "full", "same" or "valid".

    Raises
    ------
    traitlets.TraitError
        If an array is empty, too large, not finite or has other axes than the other one, or a
        number lies outside its range.

    Examples
    --------
    >>> explorer = ToeplitzExplorer([1, 10], [1, 2, 3], row=1)
    >>> explorer.describe()
    'T has 4 rows and 3 columns. 4 times 3 is 12 cells: 6 hold one of the 2 weights, 6 (50.0 %) are
    zero. Row 1 times the input is s[1] = 10·1 + 1·2 = 12.'
    """

    weights = _SignalOrImage(LARGEST_KERNEL).tag(sync=True)
    signal = _SignalOrImage(LARGEST_SIGNAL).tag(sync=True)
    row = Whole(0).tag(sync=True)
    weight = Whole(NO_WEIGHT).tag(sync=True)
    mode = traitlets.Enum(MODES, default_value="full").tag(sync=True)

    _limits = traitlets.Dict().tag(sync=True)

    def __init__(
        self, weights: ArrayLike | None = None, signal: ArrayLike | None = None, **state: Any
    ) -> None:
        given = weights if weights is not None else signal
        name = "signal" if weights is None else "weights"
        axes = 1 if given is None else _axes(name, given)
        if weights is None and signal is None:
            state = {"row": ROWS[axes], **state}
        limits = {"weights": LARGEST_KERNEL[axes], "signal": LARGEST_SIGNAL[axes]}
        super().__init__(
            weights=KERNELS[axes] if weights is None else weights,
            signal=SIGNALS[axes] if signal is None else signal,
            _limits=limits,
            **state,
        )

    def state(self) -> ToeplitzState:
        """What the learner has chosen so far."""
        return self._chosen(ToeplitzState)

    def describe(self) -> str:
        """The picture in words."""
        return ToeplitzModel(self.state()).describe()

    def picture(self) -> Picture:
        """The matrix with the chosen row framed."""
        return picture(self.state())

    @traitlets.validate("weights", "signal")
    def _as_many_axes(self, proposal: Any) -> FloatArray:
        # At the start, and in a message of the browser, both are set before either is looked at.
        name = proposal.trait.name
        other = "weights" if name == "signal" else "signal"
        axes = len(self._limits["weights"])
        if proposal.value.ndim != axes:
            raise traitlets.TraitError(
                f"{name} must have as many axes as {other}, {axes}, got shape "
                f"{proposal.value.shape}; for other axes make another explorer"
            )
        return proposal.value

    @traitlets.validate("row")
    def _row_of_the_matrix(self, proposal: Any) -> int:
        return self._within("row", proposal.value, 0, self._rows() - 1)

    @traitlets.validate("weight")
    def _weight_of_the_kernel(self, proposal: Any) -> int:
        return self._within("weight", proposal.value, NO_WEIGHT, self.weights.size - 1)

    @traitlets.observe("weights", "signal")
    def _positions_that_are_left(self, change: object) -> None:
        self.row = min(self.row, self._rows() - 1)
        if self.weight >= self.weights.size:
            self.weight = NO_WEIGHT

    def _rows(self) -> int:
        pairs = zip(self.weights.shape, self.signal.shape, strict=True)
        return prod(k + n - 1 for k, n in pairs)


def _axes(name: str, value: ArrayLike) -> int:
    """How many axes the explorer is made for; 1 if it has a number that the traits refuse."""
    try:
        axes = numbers(name, value).ndim
    except ValueError as error:
        raise traitlets.TraitError(str(error)) from error
    return axes if axes in KERNELS else 1


def toeplitz(
    weights: ArrayLike | None = None, signal: ArrayLike | None = None, **state: Any
) -> ToeplitzExplorer:
    """Explore a convolution as a matrix; arguments as `ToeplitzExplorer`.

    Raises
    ------
    traitlets.TraitError
        If a value is not one that the explorer can show.

    Examples
    --------
    >>> toeplitz([[1, 2], [3, 4]], [[5, 6]], row=4).describe().split(". ")[-1]
    'Row 4 times the input is S[1, 1] = 4·5 + 3·6 = 38.'
    """
    return ToeplitzExplorer(weights, signal, **state)
