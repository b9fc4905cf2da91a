"""The explorer of channels as a widget; its numbers come from `channels_model`."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnncourse._arrays import integer, integer_pair
from cnncourse.explore.arrays import Array, fitted_picture
from cnncourse.explore.base import nearest
from cnncourse.explore.channels_model import (
    COLOURS,
    LARGEST_INPUT,
    LARGEST_KERNEL,
    ChannelsState,
    FloatArray,
    demonstration,
    describe,
)
from cnncourse.explore.channels_picture import picture
from cnncourse.explore.inputs import Whole, numbers
from cnncourse.explore.traits import Image, PictureExplorer
from cnncourse.plots.picture import Picture

# Most numbers of the input, since a notebook keeps what an explorer shows: whole numbers up to 255
# take a byte each, others eight.
WHOLE, OTHERS = 8_000, 600

Shape = tuple[int, ...]


class _Channels(Image):
    """A trait that holds channels (C_in, H, W), reduced to what a notebook can keep."""

    def fitted(self, value: ArrayLike) -> tuple[FloatArray, str]:
        """`value` small enough to be kept, and what was done to it, "" if nothing was."""
        array = numbers(str(self.name), value)
        channels, rows, columns = self.largest
        if array.ndim != 3 or not 1 <= len(array) <= channels:
            raise ValueError(
                f"{self.name} must be (C_in, H, W) with 1 to {channels} channels, got shape "
                f"{array.shape}; np.moveaxis(x, -1, 0) brings channels to the front"
            )
        whole = array.size and 0 <= array.min() <= array.max() <= 255
        whole = whole and (array == np.round(array)).all()
        # Averages of whole numbers are rounded: what was reduced once stays as it is.
        kind, most = (np.uint8, WHOLE) if whole else (np.float64, OTHERS)
        side = max(rows, columns)
        if array.size > most:
            # Room for any kernel to move in.
            side = max(int((most / len(array)) ** 0.5), 2 * max(LARGEST_KERNEL[2:]))
        largest = (min(side, rows), min(side, columns))
        fitted = [fitted_picture(f"input {self.name}", one, largest) for one in array.astype(kind)]
        return np.stack([small for small, _ in fitted]), fitted[0][1]


class ChannelsExplorer(PictureExplorer, module="channels", title="Channels explorer", image="x"):
    """Take one output of a layer with several channels apart, down to a single product.

    Parameters
    ----------
    **state
        Any of the attributes below, to start with; `x` and `kernel` only both, `bias` is zeros
        if it is left out. Three channels of a picture, too large for its numbers to be written
        down, are named red, green and blue unless `names` says otherwise.

    Attributes
    ----------
    x : (C_in, H, W) ndarray
        Input V, at most 8 channels of 64 x 64. What is larger than the explorer can keep is
        reduced by averaging blocks, and it says so.
    kernel : (C_out, C_in, kH, kW) ndarray
        Kernel K, at most 8 by 8 channels of 5 x 5, not larger than the input.
    bias : (C_out,) ndarray
        Biases b.
    output, channel : int
        The output channel i and the input channel l that are looked at, counted from 0.
    offset : (int, int)
        Place (m, n) in the kernel.
    place : (int, int)
        Place (j, k) in the output.
    muted : list of int
        Input channels that count as zeros.
    names : list of str
        What the input channels are called; red, green and blue are shown in their colours.

    Raises
    ------
    ValueError
        If one of `x` and `kernel` is missing.
    traitlets.TraitError
        If a value is not as above, not finite, or larger than a million in size.

    Examples
    --------
    >>> explorer = ChannelsExplorer(output=1, channel=2)
    >>> explorer.muted = [0]
    >>> explorer.describe().split(", bias")[0]
    'Output channel 1 at row 1, column 2 is −9: red 0 (muted), green 1, blue −10'
    """

    x = _Channels(ndim=3, largest=LARGEST_INPUT).tag(sync=True)
    kernel = Array(ndim=4, largest=LARGEST_KERNEL).tag(sync=True)
    bias = Array(ndim=1, largest=LARGEST_KERNEL[:1]).tag(sync=True)
    output = Whole(0).tag(sync=True)
    channel = Whole(0).tag(sync=True)
    offset = traitlets.Any((0, 0)).tag(sync=True)
    place = traitlets.Any((0, 0)).tag(sync=True)
    muted = traitlets.List(Whole()).tag(sync=True)
    names = traitlets.List(traitlets.Unicode(), maxlen=LARGEST_INPUT[0]).tag(sync=True)

    def __init__(self, **state: Any) -> None:
        missing = {"x", "kernel"} - state.keys()
        if len(missing) == 1:
            raise ValueError(f"{missing.pop()} must be given: x and kernel belong together")
        if missing:
            x, kernel, bias = demonstration()
            look = {"channel": 1, "offset": (1, 2), "place": (1, 2), "names": list(COLOURS)}
            state = {"x": x, "kernel": kernel, "bias": bias, **look, **state}
        elif "bias" not in state:
            state["bias"] = np.zeros(_length(state["kernel"]))
        super().__init__(**state)
        if "names" not in state and _looks_like_a_photograph(self.x):
            self.names = list(COLOURS)

    def state(self) -> ChannelsState:
        """What the learner has chosen so far."""
        return self._chosen(ChannelsState)

    def describe(self) -> str:
        """The picture in words."""
        return describe(self.state())

    def picture(self) -> Picture:
        """The picture, still."""
        return picture(self.state())

    @traitlets.validate("x", "kernel", "bias")
    def _sizes_fit(self, proposal: Any) -> FloatArray:
        # What is set alone stands beside what is there; what is set together, beside each other.
        named = {"x": self.x, "kernel": self.kernel, "bias": self.bias}
        named[proposal.trait.name] = proposal.value
        _check_sizes(named["x"].shape, named["kernel"].shape, named["bias"].shape)
        value: FloatArray = proposal.value
        return value

    def _ranges(self) -> dict[str, tuple[int, ...]]:
        """How many places each position has."""
        (channels, *sizes), (outputs, _, *taps) = self.x.shape, self.kernel.shape
        made = (sizes[0] - taps[0] + 1, sizes[1] - taps[1] + 1)
        return {
            "output": (outputs,),
            "channel": (channels,),
            "offset": (taps[0], taps[1]),
            "place": made,
        }

    @traitlets.validate("output", "channel", "offset", "place")
    def _position_in_range(self, proposal: Any) -> Any:
        name, value = proposal.trait.name, proposal.value
        sizes = self._ranges()[name]
        try:
            at: tuple[int, ...] = (
                integer_pair(name, value, minimum=0)
                if len(sizes) == 2
                else (integer(name, value, minimum=0),)
            )
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from error
        inside = tuple(
            self._within(name, one, 0, size - 1) for one, size in zip(at, sizes, strict=True)
        )
        return inside if len(inside) == 2 else inside[0]

    @traitlets.validate("muted")
    def _muted_channels_exist(self, proposal: Any) -> list[int]:
        wrong = [number for number in proposal.value if not 0 <= number < len(self.x)]
        if wrong:
            raise traitlets.TraitError(
                f"muted must hold input channels 0 to {len(self.x) - 1}, got {wrong[0]}"
            )
        return sorted(set(proposal.value))

    @traitlets.observe("x", "kernel")
    def _stay_in_range(self, change: object) -> None:
        ranges = self._ranges()
        for name in ("output", "channel"):
            setattr(self, name, nearest(getattr(self, name), 0, ranges[name][0] - 1))
        for name in ("offset", "place"):
            pair = zip(getattr(self, name), ranges[name], strict=True)
            setattr(self, name, tuple(nearest(at, 0, size - 1) for at, size in pair))
        self.muted = [number for number in self.muted if number < len(self.x)]
        # They are those of the channels before.
        colours = self.names == list(COLOURS) and len(self.x) != len(COLOURS)
        if colours or len(self.names) > len(self.x):
            self.names = []


def channels(
    x: ArrayLike | None = None,
    kernel: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    **state: Any,
) -> ChannelsExplorer:
    """Explore lecture eq. (6): how channels make one output, term by term.

    Parameters
    ----------
    x : (C_in, H, W) array_like, optional
        Input V; a small colour picture of numbers by default.
    kernel : (C_out, C_in, kH, kW) array_like, optional
        Kernel K, to be given if `x` is.
    bias : (C_out,) array_like, optional
        Biases b, zeros by default.
    **state
        Further attributes of `ChannelsExplorer`.

    Returns
    -------
    ChannelsExplorer

    Raises
    ------
    ValueError
        If one of `x` and `kernel` is missing.
    traitlets.TraitError
        If a value is not one that the explorer can show.

    Examples
    --------
    >>> channels(np.ones((2, 4, 4)), np.ones((1, 2, 3, 3)), [0.5]).describe()[:52]
    'Output channel 0 at row 0, column 0 is 18.5: channel'
    """
    given = {"x": x, "kernel": kernel, "bias": bias}
    return ChannelsExplorer(
        **{name: value for name, value in given.items() if value is not None}, **state
    )


def _length(kernel: Any) -> int:
    """Output channels of a kernel; 1 if it is none, which its trait will say."""
    try:
        return len(kernel)
    except TypeError:
        return 1


def _check_sizes(x: Shape, kernel: Shape, bias: Shape) -> None:
    """Raise TraitError unless a layer with these shapes has an output."""
    together = "; set both within explorer.hold_trait_notifications()"
    if kernel[1] != x[0]:
        raise traitlets.TraitError(
            f"kernel must have {x[0]} input channels (axis 1) as x has, "
            f"got shape {kernel}{together}"
        )
    if kernel[2] > x[1] or kernel[3] > x[2]:
        raise traitlets.TraitError(
            f"kernel must fit into x, got {kernel[2]} x {kernel[3]} taps "
            f"for {x[1]} x {x[2]} pixels{together}"
        )
    if bias != kernel[:1]:
        raise traitlets.TraitError(
            f"bias must have one entry for each of {kernel[0]} output channels of kernel, "
            f"got shape {bias}{together}"
        )


def _looks_like_a_photograph(x: FloatArray) -> bool:
    return len(x) == len(COLOURS) and x.shape[1] * x.shape[2] > 144 and x.min() >= 0
