"""Small torch modules for what Keras has and torch has not.

They are what `to_torch` puts into a model where no module of `torch.nn` computes the same. All are
plain classes at the top of this module, so that a model that holds them can be pickled; therefore
this module imports torch when it is loaded, and is itself only imported inside functions.

Shapes are torch's: `(N, C, *spatial)`. "Channels last" means the order of Keras.
"""

# ruff: noqa: D102 (forward and extra_repr are as torch has them)

from collections.abc import Sequence
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _pair_up(pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Return the pairs in the order of `torch.nn.functional.pad`: the last axis first."""
    return [amount for pair in reversed(list(pairs)) for amount in pair]


def _same_pairs(
    sizes: Sequence[int],
    kernel_size: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> list[tuple[int, int]]:
    """Return what "same" adds before and after each axis, as integers that torch can trace.

    An axis of n numbers under windows of k numbers (dilation d) every s numbers gets
    max((ceil(n / s) - 1) s + (k - 1) d + 1 - n, 0) more, half before, the odd one after.
    """
    found = []
    for n, k, s, d in zip(sizes, kernel_size, stride, dilation, strict=True):
        total = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
        found.append((total // 2, total - total // 2))
    return found


class SamePadding(nn.Module):
    """Pad as "same" does, by amounts that follow from the size of each input.

    Parameters
    ----------
    kernel_size, stride, dilation : tuples of int
        One number an axis.
    value : float, default 0
        What is put there; -inf before a maximum.
    """

    def __init__(
        self,
        kernel_size: Sequence[int],
        stride: Sequence[int],
        dilation: Sequence[int] | None = None,
        value: float = 0.0,
    ):
        super().__init__()
        self.kernel_size, self.stride = tuple(kernel_size), tuple(stride)
        self.dilation = tuple(dilation) if dilation else (1,) * len(self.kernel_size)
        self.value = value

    def forward(self, x: Tensor) -> Tensor:
        pairs = _same_pairs(x.shape[2:], self.kernel_size, self.stride, self.dilation)
        return F.pad(x, _pair_up(pairs), value=self.value)

    def extra_repr(self) -> str:
        dilation = f", dilation={self.dilation}" if set(self.dilation) != {1} else ""
        value = f", value={self.value}" if self.value else ""
        return f"kernel_size={self.kernel_size}, stride={self.stride}{dilation}{value}"


class AveragePoolOfInside(nn.Module):
    """Average pooling that leaves padding out of its means, however uneven the padding is.

    `torch.nn.AvgPool2d` pads both sides alike; Keras's "same" puts the odd one after, and divides
    by the number of pixels inside the input. `padding` is "same" (found from each input's size) or
    one pair (before, after) an axis.
    """

    def __init__(
        self,
        kernel_size: Sequence[int],
        stride: Sequence[int],
        padding: str | Sequence[tuple[int, int]] = "same",
    ):
        super().__init__()
        self.kernel_size, self.stride = tuple(kernel_size), tuple(stride)
        self.padding = padding if isinstance(padding, str) else tuple(padding)

    def _pool(self, x: Tensor) -> Tensor:
        pool = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[len(self.kernel_size) - 1]
        return pool(x, self.kernel_size, self.stride)

    def forward(self, x: Tensor) -> Tensor:
        sizes = x.shape[2:]
        if isinstance(self.padding, str):
            pairs = _same_pairs(sizes, self.kernel_size, self.stride, (1,) * len(sizes))
        else:
            pairs = list(self.padding)
        amounts = _pair_up(pairs)
        inside = F.pad(x.new_ones((1, 1, *sizes)), amounts)
        return self._pool(F.pad(x, amounts)) / self._pool(inside)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding!r}"


class FlattenChannelsLast(nn.Module):
    """Flatten `(N, C, *spatial)` with the channel as the fastest index, as Keras does."""

    def forward(self, x: Tensor) -> Tensor:
        return x.movedim(1, -1).flatten(1)


class ReshapeChannelsLast(nn.Module):
    """Reshape in the order of Keras: channels to the end, reshape, channels to the front.

    `shape` is that of one output in Keras, channels last; one -1 stands for what is left.
    """

    def __init__(self, shape: Sequence[int]):
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, x: Tensor) -> Tensor:
        x = x.movedim(1, -1).reshape(x.shape[0], *self.shape)
        return x.movedim(-1, 1)

    def extra_repr(self) -> str:
        return f"shape={self.shape}"


class Reshape(nn.Module):
    """Reshape each of the batch to `shape` (one -1 stands for what is left)."""

    def __init__(self, shape: Sequence[int]):
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], *self.shape)

    def extra_repr(self) -> str:
        return f"shape={self.shape}"


class Permute(nn.Module):
    """Put the axes into the order `dims`; the batch is axis 0."""

    def __init__(self, dims: Sequence[int]):
        super().__init__()
        self.dims = tuple(dims)

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.dims)

    def extra_repr(self) -> str:
        return f"dims={self.dims}"


class LayerNormOver(nn.Module):
    """Layer normalisation over the axes `dims` (the batch is 0), which need not be the last.

    The weight and the bias have one number for each entry of the axes in `dims`, in their order.
    """

    def __init__(
        self,
        normalized_shape: Sequence[int],
        dims: Sequence[int],
        eps: float,
        weight: bool = True,
        bias: bool = True,
    ):
        super().__init__()
        self.normalized_shape, self.dims, self.eps = tuple(normalized_shape), tuple(dims), eps
        self.weight = nn.Parameter(torch.ones(self.normalized_shape)) if weight else None
        self.bias = nn.Parameter(torch.zeros(self.normalized_shape)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        ends = tuple(range(-len(self.dims), 0))
        y = F.layer_norm(
            x.movedim(self.dims, ends), self.normalized_shape, self.weight, self.bias, self.eps
        )
        return y.movedim(ends, self.dims)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, dims={self.dims}, eps={self.eps}"


class SlopeOver(nn.Module):
    """PReLU with a slope for each place: a weight that broadcasts against the input."""

    def __init__(self, shape: Sequence[int]):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(tuple(shape)))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x) - self.weight * F.relu(-x)

    def extra_repr(self) -> str:
        return f"shape={tuple(self.weight.shape)}"


class _Frozen:
    """What a batch normalisation needs to use its stored statistics even while training."""

    def train(self, mode: bool = True) -> Self:
        """Stay in evaluation mode, whatever `mode` is."""
        return super().train(False)  # type: ignore[misc]


class FrozenBatchNorm1d(_Frozen, nn.BatchNorm1d):
    """`BatchNorm1d` that always uses its stored statistics, as in Keras with trainable=False."""


class FrozenBatchNorm2d(_Frozen, nn.BatchNorm2d):
    """`BatchNorm2d` that always uses its stored statistics, as in Keras with trainable=False."""


class FrozenBatchNorm3d(_Frozen, nn.BatchNorm3d):
    """`BatchNorm3d` that always uses its stored statistics, as in Keras with trainable=False."""


class SharedDropout(nn.Module):
    """Dropout with one decision for all entries along the axes `shared` (the batch is 0).

    Over all axes but the batch, shared=(1, 2, 3), it drops whole samples: stochastic depth.
    """

    def __init__(self, p: float, shared: Sequence[int]):
        super().__init__()
        self.p, self.shared = p, tuple(shared)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0.0:
            return x
        shape = [1 if axis in self.shared else size for axis, size in enumerate(x.shape)]
        return x * F.dropout(x.new_ones(shape), self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}, shared={self.shared}"


class Rescale(nn.Module):
    """x * scale + offset, the same two numbers everywhere."""

    def __init__(self, scale: float, offset: float):
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale + self.offset

    def extra_repr(self) -> str:
        return f"scale={self.scale}, offset={self.offset}"


class Standardise(nn.Module):
    """(x - centre) * scale + offset: buffers that broadcast against the input, not learned."""

    def __init__(self, centre: Tensor, scale: Tensor, offset: Tensor):
        super().__init__()
        self.register_buffer("centre", centre)
        self.register_buffer("scale", scale)
        self.register_buffer("offset", offset)

    def forward(self, x: Tensor) -> Tensor:
        moved = x - self.get_buffer("centre")
        return moved * self.get_buffer("scale") + self.get_buffer("offset")


class Repeat(nn.Module):
    """Repeat each pixel `factors` times along the spatial axes."""

    def __init__(self, factors: Sequence[int]):
        super().__init__()
        self.factors = tuple(factors)

    def forward(self, x: Tensor) -> Tensor:
        for axis, factor in enumerate(self.factors, start=2):
            x = x.repeat_interleave(factor, dim=axis)
        return x

    def extra_repr(self) -> str:
        return f"factors={self.factors}"
