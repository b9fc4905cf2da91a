"""Padding in Keras's words where they give the same windows, in layers of its own where not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from cnncourse.frameworks.graph import Node
from cnncourse.frameworks.keras_writing import Held, Writer
from cnncourse.frameworks.layers import Convolution, Padding, Pads, Pooling
from cnncourse.frameworks.padding import torch_padding
from cnncourse.frameworks.sizes import resolved_padding

Word = Literal["valid", "same"]


def resolved(layer: Convolution | Pooling, sizes: Sequence[int]) -> Pads:
    """Return a layer's padding in cells."""
    pads = resolved_padding(tuple(sizes), layer.size, layer.stride, layer.dilation, layer.padding)
    assert pads is not None  # all sizes are known
    return pads


def last_cells(
    layer: Convolution | Pooling, sizes: Sequence[int], windows: Sequence[int]
) -> list[int]:
    """How far beyond the input's last cell the last window of each axis goes (negative: not)."""
    axes = zip(
        sizes,
        windows,
        layer.size,
        layer.stride,
        layer.dilation,
        resolved(layer, sizes),
        strict=True,
    )
    return [(m - 1) * s + d * (k - 1) + 1 - n - pad[0] for n, m, k, s, d, pad in axes]


def keras_word(
    layer: Convolution | Pooling, sizes: Sequence[int], windows: Sequence[int]
) -> Word | None:
    """Keras's word that gives these windows, or None."""
    ends = last_cells(layer, sizes, windows)
    used = tuple(
        (before, max(0, end)) for (before, _), end in zip(resolved(layer, sizes), ends, strict=True)
    )
    if all(pair == (0, 0) for pair in used):
        return "valid"
    numbers = (tuple(sizes), layer.size, layer.stride, "same")
    counts = tuple(-(-n // s) for n, s in zip(sizes, layer.stride, strict=True))
    same = torch_padding(*numbers, dilation=layer.dilation) == used and counts == tuple(windows)
    return "same" if same else None


def put_padding(
    writer: Writer, node: Node, x: Held, pads: Pads, mode: str = "constant", value: float = 0.0
) -> Held:
    """Pad or crop a channels-last tensor, by Keras's layers where they do."""
    pads = tuple(pads)
    if mode == "constant":
        crops = tuple((max(0, -before), max(0, -after)) for before, after in pads)
        x = cropped(writer, node, x, crops)
        pads = tuple((max(0, before), max(0, after)) for before, after in pads)
    if all(pair == (0, 0) for pair in pads):
        return x
    shape = (x.shape[0], *(n + sum(pair) for n, pair in zip(x.shape[1:], pads, strict=True)))
    part = "" if isinstance(node.layer, Padding) else "padding"
    if mode == "constant" and value == 0:
        layer = writer.layer(node, f"ZeroPadding{len(pads)}D", part=part, padding=_pairs(pads))
    else:
        layer = writer.layer(node, "BorderPadding", part=part, pads=pads, mode=mode, value=value)
    return writer.run(layer, x, shape, x.order)


def cropped(writer: Writer, node: Node, x: Held, crops: Pads) -> Held:
    """Crop a channels-last tensor."""
    if all(pair == (0, 0) for pair in crops):
        return x
    part = "" if isinstance(node.layer, Padding) else "cropping"
    layer = writer.layer(node, f"Cropping{len(crops)}D", part=part, cropping=_pairs(crops))
    shape = (x.shape[0], *(n - sum(pair) for n, pair in zip(x.shape[1:], crops, strict=True)))
    return writer.run(layer, x, shape, x.order)


def _pairs(pads: Pads) -> Any:
    """Pairs as one writes them in Keras: shorter where both ends, or all axes, have the same."""
    if len(pads) == 1:
        return pads[0][0] if pads[0][0] == pads[0][1] else pads[0]
    if any(before != after for before, after in pads):
        return pads
    return pads[0][0] if len(set(pads)) == 1 else tuple(before for before, _ in pads)
