"""The explorer of padding and stride as a widget; its numbers come from `padding_model`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from cnncourse.explore.base import Explorer
from cnncourse.explore.padding_model import (
    PaddingState,
    clamped,
    describe,
    geometry,
    padding_of,
    place_of,
    size_pair,
)
from cnncourse.explore.padding_picture import picture
from cnncourse.plots.picture import Picture
from cnncourse.shapes import Pair

_SIZES = ("n", "kernel_size", "stride", "dilation")


class _Checked(traitlets.TraitType):
    """A trait whose values a function checks, and brings into one form."""

    def __init__(self, check: Callable[[str, Any], Any], default: Any) -> None:
        self.check = check
        super().__init__(default_value=default)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return `value` as the trait keeps it, or raise TraitError."""
        try:
            return self.check(str(self.name), value)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from error


class PaddingExplorer(Explorer, module="padding", title="Padding explorer"):
    """Step a window over a padded input and see which output cell it makes, and how many there are.

    All pairs are (rows, columns); a single number stands for both.

    Parameters
    ----------
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    n : (int, int)
        Input size, pixels, 1 to 24.
    kernel_size : (int, int)
        Taps, 1 to 7.
    stride : (int, int)
        Pixels from window to window, 1 to 6.
    dilation : (int, int)
        Pixels from tap to tap, 1 to 4.
    padding : str or ((int, int), (int, int))
        "valid", "same" (TensorFlow's rule), "torch_same" (PyTorch's, which refuses a stride),
        "half" (the floor of half the kernel at each end), "full", or pixels 0 to 24 as
        ((top, bottom), (left, right)); a number or a pair of numbers is understood too.
    window : (int, int)
        Output cell whose window is marked; it stays within the output when that shrinks.
    counts : bool
        Show how many windows use each pixel.

    Raises
    ------
    traitlets.TraitError
        If a value is not as above.

    Examples
    --------
    >>> explorer = PaddingExplorer(n=(6, 7), stride=2, padding=(1, (0, 1)))
    >>> explorer.stride, explorer.padding
    ((2, 2), ((1, 1), (0, 1)))
    """

    n = _Checked(size_pair, (7, 7)).tag(sync=True)
    kernel_size = _Checked(size_pair, (3, 3)).tag(sync=True)
    stride = _Checked(size_pair, (1, 1)).tag(sync=True)
    dilation = _Checked(size_pair, (1, 1)).tag(sync=True)
    padding = _Checked(padding_of, "same").tag(sync=True)
    window = _Checked(place_of, (0, 0)).tag(sync=True)
    counts = traitlets.Bool(False).tag(sync=True)

    def state(self) -> PaddingState:
        """What the learner has chosen so far."""
        return self._chosen(PaddingState)

    def describe(self) -> str:
        """The picture in words."""
        return describe(self.state())

    def picture(self) -> Picture:
        """The picture, still."""
        return picture(self.state())

    @traitlets.validate("window")
    def _window_in_the_output(self, proposal: Any) -> Pair:
        window: Pair = proposal.value
        size = geometry(self.state()).size
        if clamped(window, size) != window and "window" not in self._sent:
            raise traitlets.TraitError(
                f"window must be a cell of the output of {size[0]} x {size[1]}, got {window}"
            )
        return clamped(window, size)

    @traitlets.observe(*_SIZES, "padding")
    def _stay_in_the_output(self, change: object) -> None:
        self.window = clamped(self.window, geometry(self.state()).size)


def padding(
    n: int | Pair = 7,
    kernel_size: int | Pair = 3,
    *,
    stride: int | Pair = 1,
    padding: Any = "same",
    dilation: int | Pair = 1,
    **state: Any,
) -> PaddingExplorer:
    """Explore stride, padding and dilation with sizes of your own (lecture eq. 7 and after).

    Parameters
    ----------
    n, kernel_size, stride, padding, dilation, **state
        As the attributes of `PaddingExplorer`.

    Returns
    -------
    PaddingExplorer

    Raises
    ------
    traitlets.TraitError
        If a value is not one that the explorer can show.

    Examples
    --------
    >>> padding(8, kernel_size=(3, 2), stride=2, padding="valid").describe()[:60]
    'Rows: input 8, padding 0 before and 0 after, kernel 3, strid'
    """
    return PaddingExplorer(
        n=n, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation, **state
    )
