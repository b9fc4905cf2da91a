"""The pooling explorer as a widget; its numbers come from `pooling_model`."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnncourse.explore.arrays import Array
from cnncourse.explore.base import Explorer, nearest
from cnncourse.explore.inputs import Whole
from cnncourse.explore.pooling_model import (
    DRAWN,
    KINDS,
    LENGTH,
    MAX_LENGTH,
    MAX_SIZE,
    OWN,
    SEEDS,
    SOURCES,
    WAITING,
    PoolingModel,
    PoolingState,
    output_count,
)
from cnncourse.explore.pooling_picture import picture
from cnncourse.explore.pooling_words import describe
from cnncourse.plots.picture import Picture

_MODEL = PoolingModel()
_DRAWS = np.stack([_MODEL.draws[name] for name in DRAWN])


class PoolingExplorer(Explorer, module="pooling", title="Pooling explorer"):
    """Shift a row of values and see which outputs of pooling stay (book fig. 9.8 and 9.10).

    Parameters
    ----------
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    kind : str
        "max", "average", "l2", or "blur": max pooling at stride 1, then a binomial filter.
    size, stride : int
        Of the windows, 1 to 8.
    shift : int
        How far the row moves to the right, 0 to 8.
    source : str
        The values: "random" (independent), "sparse", "smooth", "steps", or "own".
    seed : int
        Draw of the values, 0 to 9.
    output : int
        The output that is looked at; it stays within the outputs when there are fewer.
    signal : (n,) ndarray
        The own values in sight, 48 at most; setting them makes the values your "own".
    entering : (m,) ndarray
        Own values that wait at the left, 8 at most, the last one beside the row; before them lie
        zeros.

    Raises
    ------
    traitlets.TraitError
        If a value is not as above, not finite, or larger than a million in size.

    Examples
    --------
    >>> explorer = PoolingExplorer(size=2, signal=[0, 3, 0, 5])
    >>> explorer.source, explorer.describe().split(": ")[1].split(".")[0]
    ('own', '1 of 3 outputs keeps its value (33 %)')
    """

    kind = traitlets.Enum(KINDS, default_value="max").tag(sync=True)
    size = Whole(3, min=1, max=MAX_SIZE).tag(sync=True)
    stride = Whole(1, min=1, max=MAX_SIZE).tag(sync=True)
    shift = Whole(1, min=0, max=WAITING).tag(sync=True)
    source = traitlets.Enum(SOURCES, default_value="random").tag(sync=True)
    seed = Whole(0, min=0, max=SEEDS - 1).tag(sync=True)
    output = Whole(7).tag(sync=True)
    signal = Array(1, (MAX_LENGTH,)).tag(sync=True)
    entering = Array(1, (WAITING,)).tag(sync=True)
    _draws = traitlets.Bytes().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        scene = _MODEL.scene(PoolingState())
        given = {"signal", "entering"} & state.keys()
        start = {
            "source": OWN if given else "random",
            "signal": scene[WAITING:],
            "entering": np.zeros(1) if given else scene[:WAITING],
        }
        super().__init__(_draws=_DRAWS.tobytes(), **{**start, **state})
        self._stay_in_the_outputs()
        self.observe(self._values_set, ["signal", "entering"])

    def _values_set(self, change: Any) -> None:
        if not np.array_equal(change["old"], change["new"]):
            self.source = OWN

    def state(self) -> PoolingState:
        """What the learner has chosen so far."""
        return self._chosen(PoolingState)

    def describe(self) -> str:
        """The picture in words."""
        return describe(_MODEL, self.state())

    def picture(self) -> Picture:
        """The rows of values and outputs, and the change against the shift."""
        return picture(_MODEL, self.state(), f"{self.title}. {self.describe()}")

    def _outputs(self) -> int:
        length = self.signal.size if self.source == OWN else LENGTH
        return output_count(length, self.kind, self.size, self.stride)

    @traitlets.validate("output")
    def _output_there(self, proposal: Any) -> int:
        return self._within("output", proposal.value, 0, self._outputs() - 1)

    @traitlets.observe("kind", "size", "stride", "source", "signal")
    def _stay_in_the_outputs(self, change: object = None) -> None:
        self.output = nearest(self.output, 0, self._outputs() - 1)


def pooling(signal: ArrayLike | None = None, **state: Any) -> PoolingExplorer:
    """Show pooling under a shift: of `signal`, or of random values.

    Parameters
    ----------
    signal, **state
        As the attributes of `PoolingExplorer`.

    Raises
    ------
    traitlets.TraitError
        If a value is not one that the explorer can show.

    Examples
    --------
    >>> pooling([0, 3, 0, 5, 0], size=2, stride=2).describe().split(". ")[-1]
    'Output 1 was 5 and is 3.'
    """
    own = {} if signal is None else {"signal": signal}
    return PoolingExplorer(**own, **state)
