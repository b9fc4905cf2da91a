"""Small Keras layers for what torch has and Keras has not.

They are what `to_keras` puts into a model where no layer of Keras computes the same. All are
registered, so that a model which holds them is saved and loaded as any other; before such a model
is loaded, in a new process, this module must have been imported. It imports Keras when it is
loaded, and is therefore itself only imported inside functions.

Shapes are Keras's: (N, *spatial, C). The sizes of the spatial axes must be known.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

Shape = tuple[int | None, ...]


def _pairs(pads: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    """Return pairs of int: what was saved comes back as lists."""
    return tuple((int(before), int(after)) for before, after in pads)


def _ints(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(int(number) for number in numbers)


class _Windowed(keras.layers.Layer):
    """What the layers with windows share: `size`, `strides` and `dilation`, one entry an axis."""

    def __init__(self, size: Sequence[int], strides: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.size, self.strides = _ints(size), _ints(strides)

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same layer again."""
        return {**super().get_config(), "size": self.size, "strides": self.strides}


@keras.saving.register_keras_serializable(package="cnncourse")
class BorderPadding(keras.layers.Layer):
    """More cells around the spatial axes: a constant, or cells of the input.

    Parameters
    ----------
    pads : pairs of int
        (before, after) for each spatial axis; negative where cells are cropped (not of a constant).
    mode : {"constant", "reflect", "replicate", "circular"}
        As in `torch.nn.functional.pad`.
    value : float, default 0
        The constant; -inf before a maximum.
    """

    def __init__(self, pads: Sequence[Sequence[int]], mode: str, value: float = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.pads, self.mode, self.value = _pairs(pads), mode, float(value)

    def _cells(self, n: int, before: int, after: int) -> np.ndarray:
        """Return which of n cells stands at each position of the padded axis."""
        positions = np.arange(-before, n + after)
        if self.mode == "circular":
            return positions % n
        if self.mode == "replicate":
            return positions.clip(0, n - 1)
        turn = 2 * (n - 1)
        return (n - 1) - np.abs((n - 1) - positions % turn) if turn else 0 * positions

    def call(self, inputs: Any) -> Any:
        """Pad a batch."""
        if self.mode == "constant":
            pads = ((0, 0), *self.pads, (0, 0))
            return ops.pad(inputs, pads, constant_values=ops.cast(self.value, inputs.dtype))
        for axis, (before, after) in enumerate(self.pads, start=1):
            if (before, after) != (0, 0):
                cells = self._cells(inputs.shape[axis], before, after)
                inputs = ops.take(inputs, cells, axis=axis)
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of what comes out."""
        first, *spatial, last = input_shape
        sums = (None if n is None else n + sum(p) for n, p in zip(spatial, self.pads, strict=True))
        return (first, *sums, last)

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same layer again."""
        # Infinity is no number in JSON.
        own = {"pads": self.pads, "mode": self.mode, "value": repr(self.value)}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="cnncourse")
class BorderAveragePooling(_Windowed):
    """Average pooling whose divisor is that of torch at a padded border.

    Parameters
    ----------
    size, strides : tuples of int
        One entry for each spatial axis.
    pads : pairs of int
        (before, after) cells of zeros.
    overhang : tuple of int
        So many more after these, which a last window needs to be whole: they never count.
    counts_padding : bool
        Whether the cells of `pads` count in the divisor.
    """

    def __init__(
        self,
        size: Sequence[int],
        strides: Sequence[int],
        pads: Sequence[Sequence[int]],
        overhang: Sequence[int],
        counts_padding: bool,
        **kwargs: Any,
    ):
        super().__init__(size, strides, **kwargs)
        self.pads, self.overhang = _pairs(pads), _ints(overhang)
        self.counts_padding = counts_padding

    def _counts(self, axis: int, n: int) -> np.ndarray:
        """Return how many cells of an axis of n each window counts."""
        before, after = self.pads[axis]
        counted = np.full(before + n + after + self.overhang[axis], float(self.counts_padding))
        counted[before : before + n] = 1.0
        counted[before + n + after :] = 0.0
        windows = np.lib.stride_tricks.sliding_window_view(counted, self.size[axis])
        return windows.sum(axis=-1)[:: self.strides[axis]]

    def call(self, inputs: Any) -> Any:
        """Pool a batch."""
        rank = len(self.size)
        share = np.ones((1,) * (rank + 2))
        for axis, k in enumerate(self.size):
            counts = self._counts(axis, inputs.shape[1 + axis])
            share = share * np.expand_dims(
                k / counts, [i for i in range(rank + 2) if i != axis + 1]
            )
        pads = [(b, a + over) for (b, a), over in zip(self.pads, self.overhang, strict=True)]
        padded = ops.pad(inputs, ((0, 0), *pads, (0, 0)))
        means = ops.average_pool(padded, self.size, self.strides, data_format="channels_last")
        return means * ops.convert_to_tensor(share, dtype=inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same layer again."""
        own = {
            "pads": self.pads,
            "overhang": self.overhang,
            "counts_padding": self.counts_padding,
        }
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="cnncourse")
class DilatedMaxPooling(_Windowed):
    """Max pooling ("valid") whose windows take every d-th cell.

    Parameters
    ----------
    size, strides, dilation : tuples of int
        One entry for each spatial axis.
    """

    def __init__(
        self, size: Sequence[int], strides: Sequence[int], dilation: Sequence[int], **kwargs: Any
    ):
        super().__init__(size, strides, **kwargs)
        self.dilation = _ints(dilation)

    def call(self, inputs: Any) -> Any:
        """Pool a batch: the largest over one axis, then over the next."""
        steps = zip(self.size, self.strides, self.dilation, strict=True)
        for axis, (k, s, d) in enumerate(steps, start=1):
            windows = (inputs.shape[axis] - d * (k - 1) - 1) // s + 1
            before = (slice(None),) * axis
            cells = [
                inputs[(*before, slice(i * d, i * d + (windows - 1) * s + 1, s))] for i in range(k)
            ]
            inputs = cells[0]
            for other in cells[1:]:
                inputs = ops.maximum(inputs, other)
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same layer again."""
        return {**super().get_config(), "dilation": self.dilation}


@keras.saving.register_keras_serializable(package="cnncourse")
class L2Pooling(_Windowed):
    """The root of the sum of squares in each window ("valid"): `torch.nn.LPPool2d(2, ...)`.

    Parameters
    ----------
    size, strides : tuples of int
        One entry for each spatial axis.
    """

    def call(self, inputs: Any) -> Any:
        """Pool a batch."""
        means = ops.average_pool(
            ops.square(inputs), self.size, self.strides, data_format="channels_last"
        )
        return ops.sqrt(means * int(np.prod(self.size)))


@keras.saving.register_keras_serializable(package="cnncourse")
class AdaptiveWindowPooling(keras.layers.Layer):
    """Adaptive pooling to any number of windows, also one, and also more than there are cells.

    The i-th of m windows over n cells is floor(i n / m) up to ceil((i + 1) n / m). Keras 3.15 has
    adaptive layers too, but TensorFlow ends the whole process where one of their windows, of
    ceil(n / m) + 1 cells, is longer than the axis: with a single window, say.

    Parameters
    ----------
    kind : {"max", "average"}
    sizes : tuple of int
        Windows on each spatial axis.
    """

    def __init__(self, kind: str, sizes: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.kind, self.sizes = kind, _ints(sizes)

    def call(self, inputs: Any) -> Any:
        """Pool a batch, one axis after the other."""
        reduce = ops.max if self.kind == "max" else ops.mean
        for axis, m in enumerate(self.sizes, start=1):
            n = inputs.shape[axis]
            if m == n:
                continue
            before = (slice(None),) * axis
            windows = [inputs[(*before, slice(i * n // m, -((i + 1) * n // -m)))] for i in range(m)]
            pooled = [reduce(window, axis=axis, keepdims=True) for window in windows]
            inputs = ops.concatenate(pooled, axis=axis)
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same layer again."""
        return {**super().get_config(), "kind": self.kind, "sizes": self.sizes}


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "celu": lambda x, alpha: keras.activations.celu(x, alpha),
    "clip": lambda x, low, high: ops.clip(x, low, high),
    "gelu_tanh": lambda x: keras.activations.gelu(x, approximate=True),
    "hard_shrink": lambda x, lambd: keras.activations.hard_shrink(x, lambd),
    "log_softmax": lambda x, axis: keras.activations.log_softmax(x, axis),
    "soft_shrink": lambda x, lambd: keras.activations.soft_shrink(x, lambd),
    "squareplus": lambda x, b: keras.activations.squareplus(x, b),
}
"""Activations that no layer of Keras has with their options, by their names in `layers`."""


@keras.saving.register_keras_serializable(package="cnncourse")
class ActivationFunction(keras.layers.Layer):
    """An activation with options that Keras has as a function alone.

    Parameters
    ----------
    function : str
        One of `FUNCTIONS`.
    options : dict
        Its options.
    """

    def __init__(self, function: str, options: dict[str, float], **kwargs: Any):
        super().__init__(**kwargs)
        if function not in FUNCTIONS:
            raise ValueError(f"function must be one of {sorted(FUNCTIONS)}, not {function!r}")
        self.function, self.options = function, dict(options)

    def call(self, inputs: Any) -> Any:
        """Apply it to a batch."""
        return FUNCTIONS[self.function](inputs, **self.options)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of what comes out: that of what comes in."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same layer again."""
        return {**super().get_config(), "function": self.function, "options": self.options}
