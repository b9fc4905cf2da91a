"""The explorer "side by side" as a widget; its numbers come from `side_by_side_model`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse.explore.arrays import Array
from cnncourse.explore.base import Explorer, nearest
from cnncourse.explore.inputs import Whole
from cnncourse.explore.side_by_side_model import EXAMPLES, compare
from cnncourse.explore.side_by_side_picture import picture
from cnncourse.explore.side_by_side_windows import (
    KERAS_PADDINGS,
    LARGEST_DILATION,
    LARGEST_PADDING,
    LARGEST_STRIDE,
    LAYERS,
    MODES,
    PATTERN,
    TAPS,
    WIDTHS,
    SideBySideState,
)
from cnncourse.explore.side_by_side_words import describe
from cnncourse.plots.picture import Picture

_START = SideBySideState()
_CHOICES = ("layer", "stride", "dilation", "keras_padding", "torch_padding", "padding_mode")


class _Numbers(Array):
    """A trait of so many numbers; a whole number stands for as many of the usual ones."""

    def __init__(self, usual: tuple[float, ...], least: int, start: int) -> None:
        self.usual, self.least = usual, least
        default = np.array(usual[:start])
        default.setflags(write=False)
        super().__init__(1, (len(usual),), default_value=default)

    def validate(self, obj: Any, value: Any) -> FloatArray:
        """Return `value` as the trait keeps it, or raise TraitError."""
        wanted = f"{self.name} must be {self.least} to {len(self.usual)} numbers"
        if isinstance(value, int | np.integer) and not isinstance(value, bool):
            if not self.least <= value <= len(self.usual):
                raise traitlets.TraitError(f"{wanted}, got {value}")
            value = self.usual[:value]
        array = super().validate(obj, value)
        if array.size < self.least:
            raise traitlets.TraitError(f"{wanted}, got {array.size}")
        return array


class _PixelsOrSame(Whole):
    """A trait that holds a whole number or "same"."""

    info_text = '"same" or a whole number'

    def validate(self, obj: Any, value: Any) -> Any:
        """Return `value` as the trait keeps it, or raise TraitError."""
        return value if isinstance(value, str) and value == "same" else super().validate(obj, value)


class SideBySideExplorer(Explorer, module="side_by_side", title="Side by side explorer"):
    """Write the same layer in Keras and in PyTorch, and see where the two make other numbers.

    Parameters
    ----------
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    layer : str
        "convolution", "max" or "average": ``Conv1D`` and ``Conv1d``, ``MaxPooling1D`` and
        ``MaxPool1d``, ``AveragePooling1D`` and ``AvgPool1d``; one channel, no bias.
    row : (n,) ndarray
        The input, 2 to 16 numbers; a whole number stands for a row of this width.
    kernel : (k,) ndarray
        The kernel, 1 to 5 numbers, or their number; of pooling, only their number counts.
    stride : int or None
        1 to 6; None leaves it out of both lines.
    dilation : int
        1 to 3; for convolution, and for max pooling of PyTorch.
    keras_padding : str
        "valid" or "same".
    torch_padding : int or str
        0 to 4, or "same".
    padding_mode : str
        "zeros", "reflect", "replicate" or "circular"; for convolution of PyTorch.
    ceil_mode : bool
        For pooling of PyTorch.
    count_include_pad : bool
        For average pooling of PyTorch.
    output : int
        The output that is looked at; it stays within the outputs when there are fewer.

    Raises
    ------
    traitlets.TraitError
        If a value is not as above, not finite, or larger than a million in size.

    Examples
    --------
    >>> explorer = SideBySideExplorer(row=7)
    >>> explorer.verdict()
    'They agree: the same 4 numbers. At width 8 they do not.'
    """

    layer = traitlets.Enum(LAYERS, default_value=_START.layer).tag(sync=True)
    row = _Numbers(PATTERN, WIDTHS[0], len(_START.row)).tag(sync=True)
    kernel = _Numbers(TAPS, 1, len(_START.kernel)).tag(sync=True)
    stride = Whole(_START.stride, min=1, max=LARGEST_STRIDE, allow_none=True).tag(sync=True)
    dilation = Whole(1, min=1, max=LARGEST_DILATION).tag(sync=True)
    keras_padding = traitlets.Enum(KERAS_PADDINGS, default_value="same").tag(sync=True)
    torch_padding = _PixelsOrSame(1, min=0, max=LARGEST_PADDING).tag(sync=True)
    padding_mode = traitlets.Enum(MODES, default_value="zeros").tag(sync=True)
    ceil_mode = traitlets.Bool(False).tag(sync=True)
    count_include_pad = traitlets.Bool(True).tag(sync=True)
    output = Whole(0).tag(sync=True)
    _given = traitlets.Dict().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        given = {
            "row": PATTERN,
            "kernel": TAPS,
            "examples": [[name, asdict(example)] for name, example in EXAMPLES.items()],
        }
        super().__init__(_given=given, **state)
        self._stay_in_the_outputs()

    def state(self) -> SideBySideState:
        """What the learner has chosen so far."""
        return self._chosen(SideBySideState)

    def describe(self) -> str:
        """The picture in words."""
        state = self.state()
        return describe(state, compare(state))

    def verdict(self) -> str:
        """Whether the two agree here, and where not, why."""
        return compare(self.state()).verdict

    def picture(self) -> Picture:
        """Both rows with their windows and outputs, still."""
        return picture(self.state(), f"{self.title}. {self.describe()}")

    def _last(self) -> int:
        now = compare(self.state())
        return max(len(now.keras.outputs), len(now.torch.outputs), 1) - 1

    @traitlets.validate("output")
    def _output_there(self, proposal: Any) -> int:
        return self._within("output", proposal.value, 0, self._last())

    @traitlets.observe("row", "kernel", *_CHOICES, "ceil_mode")
    def _stay_in_the_outputs(self, change: object = None) -> None:
        self.output = nearest(self.output, 0, self._last())


def side_by_side(
    layer: str = "convolution",
    row: int | ArrayLike = 6,
    kernel: int | ArrayLike = 3,
    *,
    stride: int | None = 2,
    dilation: int = 1,
    keras_padding: str = "same",
    torch_padding: int | str = 1,
    **state: Any,
) -> SideBySideExplorer:
    """Compare one layer in Keras and in PyTorch, over a row of numbers (lecture, last slides).

    Parameters
    ----------
    layer, row, kernel, stride, dilation, keras_padding, torch_padding, **state
        As the attributes of `SideBySideExplorer`.

    Returns
    -------
    SideBySideExplorer

    Raises
    ------
    traitlets.TraitError
        If a value is not one that the explorer can show.

    Examples
    --------
    >>> side_by_side("average", [3, 1, 4, 1, 5], stride=1).verdict()
    'They differ in y[0] and y[4], 2 of 5 outputs. PyTorch counts the padding in its mean, Keras \
leaves it out. They agree at no width from 2 to 16.'
    """
    return SideBySideExplorer(
        layer=layer,
        row=row,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        keras_padding=keras_padding,
        torch_padding=torch_padding,
        **state,
    )
