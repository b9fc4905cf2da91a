"""The connections explorer as a widget; its numbers come from `connections_model`."""

from __future__ import annotations

from typing import Any

import traitlets

from cnncourse.explore.base import Explorer
from cnncourse.explore.connections_model import (
    KINDS,
    MOST_DEPTH,
    MOST_STRIDE,
    MOST_UNITS,
    MOST_WIDTH,
    NO_WEIGHT,
    PADDINGS,
    ConnectionsModel,
    ConnectionsState,
)
from cnncourse.explore.connections_picture import picture
from cnncourse.explore.inputs import Whole
from cnncourse.plots.picture import Picture

_SIZES = ("units", "width", "depth", "stride", "padding")


class ConnectionsExplorer(Explorer, module="connections", title="Connections explorer"):
    """See which units are connected, what each sees of the input, and what that costs.

    Parameters
    ----------
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    kind : str
        "dense", "local" (sparse, without sharing) or "convolution" (sparse, weights shared).
    units : int
        Inputs, 1 to 16.
    width : int
        Kernel width k, 1 to 7.
    depth : int
        Layers above the input, 1 to 4; those into which the kernel does not fit are left out.
    stride : int
        Step from window to window, 1 to 3.
    padding : str
        "same" or "valid".
    layer, unit : int
        The unit looked at; layer 0 is the input.
    weight : int
        Place in the kernel whose weight is lit up, -1 for none.

    Raises
    ------
    traitlets.TraitError
        If a value lies outside its range.

    Examples
    --------
    >>> explorer = ConnectionsExplorer(units=8, width=3, depth=1, layer=1, unit=4)
    >>> explorer.describe()
    'A stack of 1 convolutional layer, weights shared, over 8 inputs, kernel width 3, stride 1,
    padding same. Units, from the input up: 8, 8. h1[4] sees 3 of 8 inputs, x[3] to x[5]. Its
    receptive field is 1 + 2·1 = 3 wide, starts at 3, and jumps by 1. Connections and parameters:
    dense 64 and 64; local 22 and 22; convolution 22 and 3.'
    """

    kind = traitlets.Enum(KINDS, default_value="convolution").tag(sync=True)
    units = Whole(9, min=1, max=MOST_UNITS).tag(sync=True)
    width = Whole(3, min=1, max=MOST_WIDTH).tag(sync=True)
    depth = Whole(2, min=1, max=MOST_DEPTH).tag(sync=True)
    stride = Whole(1, min=1, max=MOST_STRIDE).tag(sync=True)
    padding = traitlets.Enum(PADDINGS, default_value="same").tag(sync=True)
    layer = Whole(2).tag(sync=True)
    unit = Whole(4).tag(sync=True)
    weight = Whole(NO_WEIGHT).tag(sync=True)

    _most = traitlets.Dict().tag(sync=True)
    _only_input: tuple[int, int] | None = None

    def __init__(self, **state: Any) -> None:
        most = {
            "units": MOST_UNITS,
            "width": MOST_WIDTH,
            "depth": MOST_DEPTH,
            "stride": MOST_STRIDE,
        }
        super().__init__(**self._started(state), _most=most)

    def _started(self, state: dict[str, Any]) -> dict[str, Any]:
        """`state`, with the middle unit of the last layer if none is named."""
        if "layer" in state or "unit" in state:
            return state
        sizes = {name: state[name] for name in _SIZES if name in state}
        try:
            top = ConnectionsModel(ConnectionsState(**sizes)).sizes
        except (TypeError, ValueError):
            return state  # the traits say what is wrong
        return {**state, "layer": len(top) - 1, "unit": top[-1] // 2}

    def state(self) -> ConnectionsState:
        """What the learner has chosen so far."""
        return self._chosen(ConnectionsState)

    def describe(self) -> str:
        """The picture in words."""
        return ConnectionsModel(self.state()).describe()

    def picture(self) -> Picture:
        """The layers, with what the chosen unit sees."""
        return picture(self.state())

    @traitlets.validate("layer")
    def _layer_there(self, proposal: Any) -> int:
        return self._within("layer", proposal.value, 0, len(self._layers()) - 1)

    @traitlets.validate("unit")
    def _unit_there(self, proposal: Any) -> int:
        sizes = self._layers()
        return self._within("unit", proposal.value, 0, sizes[min(self.layer, len(sizes) - 1)] - 1)

    @traitlets.validate("weight")
    def _weight_there(self, proposal: Any) -> int:
        return self._within("weight", proposal.value, NO_WEIGHT, self.width - 1)

    @traitlets.observe(*_SIZES, "layer")
    def _positions_that_are_left(self, change: Any) -> None:
        sizes = self._layers()
        # Who had only the input to choose from, and has not chosen since, gets a unit on top again.
        if self._only_input == (self.layer, self.unit) and len(sizes) > 1:
            self._only_input = None
            self.layer, self.unit = len(sizes) - 1, sizes[-1] // 2
            return
        self.layer = min(self.layer, len(sizes) - 1)
        self.unit = min(self.unit, sizes[self.layer] - 1)
        if self.weight >= self.width:
            self.weight = NO_WEIGHT
        self._only_input = (self.layer, self.unit) if len(sizes) == 1 else None

    def _layers(self) -> list[int]:
        names = {name: getattr(self, name) for name in _SIZES}
        return ConnectionsModel(ConnectionsState(**names)).sizes


def connections(**state: Any) -> ConnectionsExplorer:
    """Explore who is connected to whom; arguments as `ConnectionsExplorer`.

    Raises
    ------
    traitlets.TraitError
        If a value lies outside its range.

    Examples
    --------
    >>> explorer = connections(units=5, depth=1)
    >>> explorer.layer, explorer.unit
    (1, 2)
    """
    return ConnectionsExplorer(**state)
