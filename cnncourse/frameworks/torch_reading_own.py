"""What our own torch modules mean, as layers: the way back of `to_torch`.

Only those are here of which a trace of their `forward` would lose something (what they do in
training) or find operations that Keras has no layers for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnncourse.frameworks.layers import (
    BatchNormalisation,
    Dropout,
    JointSoftmax,
    Slope,
    Standardising,
    Upsampling,
)
from cnncourse.frameworks.torch_reading_activations import activation, rectified
from cnncourse.frameworks.torch_signals import Reading, Signal, reads_module


@reads_module("FrozenBatchNorm1d", "FrozenBatchNorm2d", "FrozenBatchNorm3d")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    learned = [p for p in (m.weight, m.bias) if p is not None and p.requires_grad]
    if learned:
        read.refuse(
            "it learns a scale or a shift while it keeps its stored statistics, which no layer of "
            "Keras does"
        )
    layer = BatchNormalisation(
        axis=1,
        channels=m.num_features,
        epsilon=float(m.eps),
        momentum=float(m.momentum),
        scale=m.weight is not None,
        shift=m.bias is not None,
        frozen=True,
    )
    weights = {"mean": m.running_mean, "variance": m.running_var, "scale": m.weight}
    made = read.emit(layer, input, weights={**weights, "shift": m.bias})
    read.nodes[-1] = replace(read.nodes[-1], trainable=False)
    return made


@reads_module("SharedDropout")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return read.emit(Dropout(rate=float(m.p), shared=tuple(m.shared)), input)


@reads_module("Standardise")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    weights = {"centre": m.centre, "scale": m.scale, "offset": m.offset}
    return read.emit(Standardising(shape=tuple(m.centre.shape)), input, weights=weights)


@reads_module("SoftmaxOver")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return read.emit(JointSoftmax(axes=tuple(m.dims)), input)


@reads_module("SlopeOver")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return read.emit(Slope(shape=tuple(m.weight.shape)), input, weights={"slope": m.weight})


@reads_module("Repeat")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return read.emit(Upsampling(factors=tuple(m.factors), kind="nearest"), input)


@reads_module("ClippedReLU")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    top = {} if m.max_value is None else {"top": m.max_value}
    return rectified(read, input, m.negative_slope, m.threshold, **top)


@reads_module("SparsePlus")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return activation(read, input, "sparse_plus")


@reads_module("SparseSigmoid")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return activation(read, input, "sparse_sigmoid")


@reads_module("Squareplus")
def _(read: Reading, m: Any, input: Signal) -> Signal:
    return activation(read, input, "squareplus", b=float(m.b))
