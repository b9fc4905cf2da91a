"""Layers as neither framework writes them: what both mean, in one form.

A layer here has hyperparameters only; its weights stand in the node of a graph. Everything is
channels first: a tensor has the axes (N, C, spatial axes ...), a kernel (C_out, C_in / groups,
size ...) as in eq. 6 of the lecture. Sizes, strides and paddings have one entry for each spatial
axis, whose number is the layer's rank.

The rule of layouts: a tensor with three axes or more (the batch counted) is channels first here and
in torch, and channels last in Keras; one with two axes is the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sizes = tuple[int, ...]
Shape = tuple[int | None, ...]
"""Of a tensor, without its batch; None is a size that is open."""
Pads = tuple[tuple[int, int], ...]
"""(before, after) for each spatial axis."""
Same = Literal["same"]
"""TensorFlow's rule (`shapes.same_padding`): with a stride it depends on the input's size."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What all layers are."""


@dataclass(frozen=True, kw_only=True)
class Input(Layer):
    """Where a tensor comes in.

    Attributes
    ----------
    shape : tuple of (int or None)
        Without the batch, channels first.
    """

    shape: Shape


@dataclass(frozen=True, kw_only=True)
class Convolution(Layer):
    """Cross-correlation, eq. 6 and 7. Weights: kernel (C_out, C_in / groups, *size), bias (C_out,).

    Attributes
    ----------
    mode : str
        What stands in the padding: "zeros", "reflect", "replicate" or "circular".
    """

    channels_in: int
    channels_out: int
    size: Sizes
    stride: Sizes
    dilation: Sizes
    padding: Pads | Same
    groups: int = 1
    bias: bool = True
    mode: str = "zeros"

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.size)


@dataclass(frozen=True, kw_only=True)
class TransposedConvolution(Layer):
    """The adjoint of a convolution. Weights: kernel (C_in, C_out / groups, *size), bias (C_out,).

    The whole result has (n - 1) * stride + dilation * (size - 1) + 1 positions on each axis.

    Attributes
    ----------
    crop : pairs of int
        How many of these are dropped at each end. Negative: so many more, which hold the bias.
    """

    channels_in: int
    channels_out: int
    size: Sizes
    stride: Sizes
    dilation: Sizes
    crop: Pads
    groups: int = 1
    bias: bool = True

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.size)


@dataclass(frozen=True, kw_only=True)
class Pooling(Layer):
    """One number for each window of each channel.

    Attributes
    ----------
    kind : {"max", "average", "l2"}
        The largest; the mean; the root of the sum of squares (``torch.nn.LPPool2d(2, ...)``).
    padding : pairs of int, or "same"
        Of a maximum it counts as minus infinity.
    ceil : bool
        Keep a last window that hangs over the end, by the rule of `shapes.pool_output_size`.
    counts_padding : bool
        Of a mean: padded cells count in its divisor (as zeros), those of an overhang never do.
    """

    kind: str
    size: Sizes
    stride: Sizes
    padding: Pads | Same
    dilation: Sizes
    ceil: bool = False
    counts_padding: bool = False

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.size)


@dataclass(frozen=True, kw_only=True)
class AdaptivePooling(Layer):
    """Pooling to a fixed number of windows.

    The i-th of m over n cells goes from floor(i n / m) up to ceil((i + 1) n / m).

    Attributes
    ----------
    kind : {"max", "average"}
    sizes : tuple of (int or None)
        Windows on each axis; None leaves the axis as it is.
    """

    kind: str
    sizes: Shape

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.sizes)


@dataclass(frozen=True, kw_only=True)
class GlobalPooling(Layer):
    """One number for each channel.

    Attributes
    ----------
    kind : {"max", "average"}
    keeps_axes : bool
        The spatial axes stay, with one cell each.
    """

    kind: str
    rank: int
    keeps_axes: bool


@dataclass(frozen=True, kw_only=True)
class Padding(Layer):
    """More cells around the spatial axes, or fewer.

    Attributes
    ----------
    pads : pairs of int
        Negative: so many cells are cropped.
    mode : {"constant", "reflect", "replicate", "circular"}
    value : float
        What the new cells hold, if constant.
    """

    pads: Pads
    mode: str = "constant"
    value: float = 0.0

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.pads)


@dataclass(frozen=True, kw_only=True)
class BatchNormalisation(Layer):
    """(x - mean) / sqrt(variance + epsilon) * scale + shift, each number of one channel.

    Weights: "mean", "variance", and "scale", "shift" where they are there; (channels,) each.

    Attributes
    ----------
    axis : int
        Which axis of the tensor, channels first and the batch counted, has the channels.
    momentum : float
        Share of the newest batch in the running statistics, torch's meaning; Keras's is 1 - this.
    frozen : bool
        The stored statistics are used, and kept, in training too.
    """

    axis: int
    channels: int
    epsilon: float
    momentum: float
    scale: bool = True
    shift: bool = True
    frozen: bool = False


@dataclass(frozen=True, kw_only=True)
class LayerNormalisation(Layer):
    """Mean 0 and variance 1 over some axes of each example. Weights: "scale", "shift".

    Attributes
    ----------
    axes : tuple of int
        Axes of the tensor, channels first and the batch counted, in rising order.
    shape : tuple of int
        Sizes of these axes: the shape of the weights.
    """

    axes: Sizes
    shape: Sizes
    epsilon: float
    scale: bool = True
    shift: bool = True


@dataclass(frozen=True, kw_only=True)
class GroupNormalisation(Layer):
    """Mean 0 and variance 1 over groups of channels of each example. Weights (channels,) each."""

    groups: int
    channels: int
    epsilon: float
    scale: bool = True
    shift: bool = True


@dataclass(frozen=True, kw_only=True)
class Dense(Layer):
    """A matrix and a bias. Weights: kernel (features_out, features_in), bias (features_out,).

    Attributes
    ----------
    axis : int
        Which axis of the tensor, channels first and the batch counted, it acts on.
    """

    features_in: int
    features_out: int
    bias: bool = True
    axis: int = 1


@dataclass(frozen=True, kw_only=True)
class Activation(Layer):
    """A function of each number alone; of "softmax" and "log_softmax", of all along an axis.

    Attributes
    ----------
    name : str
        One of `ACTIVATIONS`.
    options : tuple of (str, float) pairs
        What `ACTIVATIONS` lists for it, all of them, sorted by name. An axis is that of the tensor,
        channels first and the batch counted.
    """

    name: str
    options: tuple[tuple[str, float], ...] = ()


ACTIVATIONS: dict[str, tuple[str, ...]] = {
    "linear": (),
    # x above `threshold`, at most `top` (may be infinite); below it `slope` * (x - threshold)
    "relu": ("slope", "threshold", "top"),
    "elu": ("alpha",),
    "celu": ("alpha",),
    "selu": (),
    "gelu": (),
    "gelu_tanh": (),
    "silu": (),
    "mish": (),
    "sigmoid": (),
    "log_sigmoid": (),
    "tanh": (),
    "softplus": (),
    "softsign": (),
    "exponential": (),
    # clip(x / 6 + 1/2, 0, 1); x times it
    "hard_sigmoid": (),
    "hard_silu": (),
    # clip(x, low, high)
    "clip": ("high", "low"),
    "hard_shrink": ("lambd",),
    "soft_shrink": ("lambd",),
    "tanh_shrink": (),
    "softmax": ("axis",),
    "log_softmax": ("axis",),
    # 0 up to -1, x (or 1) from 1 on; between them (x + 1)**2 / 4 (or (x + 1) / 2)
    "sparse_plus": (),
    "sparse_sigmoid": (),
    # (x + sqrt(x**2 + b)) / 2
    "squareplus": ("b",),
    # x above `threshold`, else `value`
    "threshold": ("threshold", "value"),
}
"""Known activations and the options of each."""


@dataclass(frozen=True, kw_only=True)
class JointSoftmax(Layer):
    """Softmax over several axes at once: all their numbers together sum to 1.

    Attributes
    ----------
    axes : tuple of int
        Axes of the tensor, channels first and the batch counted, in rising order.
    """

    axes: Sizes


@dataclass(frozen=True, kw_only=True)
class Slope(Layer):
    """x, or `slope` * x where it is negative, the slopes learned. Weights: "slope".

    Attributes
    ----------
    shape : tuple of int
        Of the slopes, to be broadcast over a tensor without its batch, channels first: (C, 1, 1) is
        one for each channel.
    """

    shape: Sizes


@dataclass(frozen=True, kw_only=True)
class Dropout(Layer):
    """Nothing, once the network is trained.

    Attributes
    ----------
    whole_channels : bool
        What is dropped in training are whole channels, not numbers.
    shared : tuple of int
        Otherwise: axes (channels first, the batch counted) along which all is dropped or kept
        together; all of them but the batch drop whole examples.
    """

    rate: float
    whole_channels: bool = False
    shared: Sizes = ()


@dataclass(frozen=True, kw_only=True)
class Flatten(Layer):
    """All numbers of an example in one row.

    Attributes
    ----------
    channels_last : bool
        In the order of (spatial axes, C), as Keras does; else of (C, spatial axes), as torch does.
    """

    channels_last: bool


@dataclass(frozen=True, kw_only=True)
class Reshape(Layer):
    """The same numbers in another shape.

    Attributes
    ----------
    shape : tuple of int
        Without the batch, in the arrangement that `channels_last` names; of one entry, a row.
    channels_last : bool
        Read and written as (spatial axes, C), as Keras does; else as (C, spatial axes).
    """

    shape: Sizes
    channels_last: bool


@dataclass(frozen=True, kw_only=True)
class Permute(Layer):
    """Axes in another order.

    Attributes
    ----------
    axes : tuple of int
        Axis of the input that becomes each axis of the output; channels first, the batch counted
        (and first). So it is applied to the channels-first tensor, in either framework.
    """

    axes: Sizes


@dataclass(frozen=True, kw_only=True)
class Upsampling(Layer):
    """Each cell `factors` times.

    Attributes
    ----------
    kind : {"nearest", "bilinear"}
        Bilinear with the centres of the cells aligned, not the corners.
    """

    factors: Sizes
    kind: str = "nearest"

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.factors)


@dataclass(frozen=True, kw_only=True)
class Merge(Layer):
    """Several tensors of one number of axes, element by element; sizes of 1 are stretched.

    Attributes
    ----------
    kind : {"add", "subtract", "multiply", "average", "maximum", "minimum"}
    """

    kind: str


@dataclass(frozen=True, kw_only=True)
class Concatenate(Layer):
    """Several tensors one behind the other.

    Attributes
    ----------
    axis : int
        Channels first, the batch counted.
    """

    axis: int


@dataclass(frozen=True, kw_only=True)
class Rescaling(Layer):
    """x * scale + offset, the same for every number."""

    scale: float
    offset: float


@dataclass(frozen=True, kw_only=True)
class Standardising(Layer):
    """(x - centre) * scale + offset, with fixed numbers, not learned.

    Weights: "centre", "scale", "offset", each of the shape `shape`.

    Attributes
    ----------
    shape : tuple of int
        Of the numbers, to be broadcast over a tensor without its batch, channels first: (C, 1, 1)
        is one for each channel.
    """

    shape: Sizes


@dataclass(frozen=True, kw_only=True)
class Identity(Layer):
    """What comes in."""
