"""Layers that learn, in NumPy: each computes its output, and sends gradients back through itself.

All of them keep, from the last forward step, what their backward step needs. Arrays are
(N, C, H, W) in front of the flattening and (N, features) behind it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse._arrays import integer, integer_pair
from cnncourse.conv import conv2d
from cnncourse.gradients import (
    conv2d_input_gradient,
    conv2d_kernel_gradient,
    pool2d_input_gradient,
)
from cnncourse.pooling import pool2d
from cnncourse.shapes import Pair


class Part:
    """A layer.

    Attributes
    ----------
    parameters, gradients : dict of str to ndarray
        What is learned, and the derivative of the loss with respect to it after `backward`.
    """

    def __init__(self) -> None:
        self.parameters: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}
        self._seen: np.ndarray | None = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the layer's output Z for its input x."""
        raise NotImplementedError

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Take dJ/dZ, note dJ/d(parameter) in `gradients`, and return dJ/dx.

        Parameters
        ----------
        gradient : ndarray of the last output's shape
        to_input : bool, default True
            False where nobody asks for dJ/dx, as in a network's first layer: None is returned.

        Raises
        ------
        RuntimeError
            If there was no forward step.
        """
        raise NotImplementedError

    def _input(self) -> np.ndarray:
        if self._seen is None:
            raise RuntimeError(f"{type(self).__name__} must go forward before it goes backward")
        return self._seen


class Convolution(Part):
    """A convolutional layer, eq. 6 and 7, with a bias for each output channel.

    Parameters
    ----------
    channels_in, channels_out : int
    size : int or (rows, columns)
        Of the kernel.
    stride, padding
        As in `conv.conv2d`.
    random : numpy.random.Generator
        Draws the kernel: normal, of variance 2 / (C_in * rows * columns), which keeps the size of
        what passes through ReLUs (He et al. 2015, doi:10.1109/ICCV.2015.123). Biases start at 0.
    dtype : dtype, default float32
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        size: int | Pair,
        *,
        stride: int | Pair = 1,
        padding: Any = 0,
        random: np.random.Generator,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        shape = (
            integer("channels_out", channels_out),
            integer("channels_in", channels_in),
            *integer_pair("size", size),
        )
        spread = np.sqrt(2 / np.prod(shape[1:]))
        self.parameters = {
            "kernel": (random.standard_normal(shape) * spread).astype(dtype),
            "bias": np.zeros(shape[0], dtype),
        }
        self.options = {"stride": stride, "padding": padding}

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Cross-correlate with the kernels, add the biases."""
        self._seen = x
        return conv2d(x, self.parameters["kernel"], self.parameters["bias"], **self.options)

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Two correlations: one with the input, one (transposed) with the kernel."""
        x, kernel = self._input(), self.parameters["kernel"]
        self.gradients = {
            "kernel": conv2d_kernel_gradient(gradient, x, kernel.shape, **self.options),
            "bias": gradient.sum(axis=(0, 2, 3)),
        }
        if not to_input:
            return None
        return conv2d_input_gradient(gradient, kernel, x.shape, **self.options)


class ReLU(Part):
    """max(0, x)."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Cut off what is negative."""
        self._seen = np.maximum(x, 0)
        return self._seen

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Pass what reached a positive output; at 0 the derivative is taken as 0."""
        return gradient * (self._input() > 0) if to_input else None


class Pool(Part):
    """Pooling, by maximum or mean.

    Parameters
    ----------
    size, stride, padding, kind
        As in `pooling.pool2d`.
    """

    def __init__(
        self,
        size: int | Pair,
        *,
        stride: int | Pair | None = None,
        padding: Any = 0,
        kind: str = "max",
    ) -> None:
        super().__init__()
        self.size = size
        self.options: dict[str, Any] = {"stride": stride, "padding": padding, "kind": kind}

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Summarise each window."""
        self._seen = x
        self._summaries = pool2d(x, self.size, **self.options)
        return self._summaries

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Hand each window's gradient to the pixel that won, or to all in equal shares."""
        x = self._input()
        if not to_input:
            return None
        if self._lie_side_by_side() and _are_plain(gradient, x, self._summaries):
            size = integer_pair("size", self.size)
            return _to_first_maxima(gradient, x, self._summaries, size)
        return pool2d_input_gradient(gradient, x, self.size, **self.options)

    def _lie_side_by_side(self) -> bool:
        """Whether windows of a maximum neither overlap nor leave gaps nor reach beyond the edge."""
        stride, padding = self.options["stride"], self.options["padding"]
        touch = stride is None or integer_pair("stride", stride) == integer_pair("size", self.size)
        return self.options["kind"] == "max" and touch and isinstance(padding, int) and not padding


def _are_plain(gradient: np.ndarray, x: np.ndarray, maxima: np.ndarray) -> bool:
    """Whether all are arrays of one float type, shapes fit, and no maximum is NaN."""
    return (
        isinstance(gradient, np.ndarray)
        and isinstance(x, np.ndarray)
        and x.dtype == gradient.dtype
        and x.dtype in (np.float32, np.float64)
        and gradient.shape == maxima.shape
        and maxima.size > 0
        and not np.isnan(maxima.max())
    )


def _to_first_maxima(
    gradient: np.ndarray, x: np.ndarray, maxima: np.ndarray, size: Pair
) -> np.ndarray:
    """Return what `pool2d_input_gradient` does, faster where windows lie side by side.

    The maxima are known from the forward step, so no pixel has to be compared with another. Bits
    are multiplied by 0 or 1, not numbers: 0 times infinity would be NaN.
    """
    whole = np.int32 if x.itemsize == 4 else np.int64
    bits = np.ascontiguousarray(gradient).view(whole)
    out = np.zeros(x.shape, whole)
    (rows, columns), (height, width) = size, maxima.shape[-2:]
    free = np.ones(maxima.shape, bool)  # windows whose maximum has not come yet
    for row in range(rows):
        for column in range(columns):
            tap = (
                ...,
                slice(row, height * rows, rows),
                slice(column, width * columns, columns),
            )
            first = (x[tap] == maxima) & free
            free ^= first
            np.multiply(bits, first, out=out[tap])
    return out.view(x.dtype)


class Flatten(Part):
    """(N, C, H, W) to (N, C * H * W), channel by channel."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Put the numbers of each image in a row."""
        self._seen = x
        return x.reshape(len(x), -1)

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Put them back."""
        return gradient.reshape(self._input().shape) if to_input else None


class Dense(Part):
    """x W^T + b.

    Parameters
    ----------
    features_in, features_out : int
    random : numpy.random.Generator
        Draws W, (features_out, features_in): normal, of variance 2 / features_in.
    dtype : dtype, default float32
    """

    def __init__(
        self,
        features_in: int,
        features_out: int,
        *,
        random: np.random.Generator,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        shape = integer("features_out", features_out), integer("features_in", features_in)
        self.parameters = {
            "kernel": (random.standard_normal(shape) * np.sqrt(2 / shape[1])).astype(dtype),
            "bias": np.zeros(shape[0], dtype),
        }

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Multiply, add."""
        self._seen = x
        return x @ self.parameters["kernel"].T + self.parameters["bias"]

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Sum over the batch what each example says of W and b."""
        self.gradients = {"kernel": gradient.T @ self._input(), "bias": gradient.sum(axis=0)}
        return gradient @ self.parameters["kernel"] if to_input else None
