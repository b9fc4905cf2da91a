"""Explorers: figures of the lecture that the learner moves.

Each is an anywidget whose ECMAScript module computes and draws in the browser, with a model in
plain Python beside it and a still picture for places where no widget can live.

``EXPLORERS`` holds them by name; each, called without arguments, gives a demonstration. The drawing
pad is made likewise, but shows no figure of the lecture: it keeps what a learner draws.
"""

from collections.abc import Callable
from typing import Any

from cnncourse.explore.channels_view import ChannelsExplorer, channels
from cnncourse.explore.connections_view import ConnectionsExplorer, connections
from cnncourse.explore.convolution2d_view import Convolution2dExplorer, convolution2d
from cnncourse.explore.drawing_pad_view import DrawingPad, drawing_pad
from cnncourse.explore.equivariance_view import EquivarianceExplorer, equivariance
from cnncourse.explore.layers_view import LayersExplorer, layers
from cnncourse.explore.padding_view import PaddingExplorer, padding
from cnncourse.explore.pooling_view import PoolingExplorer, pooling
from cnncourse.explore.side_by_side_view import SideBySideExplorer, side_by_side
from cnncourse.explore.smoothing_view import SmoothingExplorer, smoothing
from cnncourse.explore.toeplitz_view import ToeplitzExplorer, toeplitz

EXPLORERS: dict[str, Callable[..., Any]] = {
    "channels": channels,
    "connections": connections,
    "convolution2d": convolution2d,
    "equivariance": equivariance,
    "layers": layers,
    "padding": padding,
    "pooling": pooling,
    "side_by_side": side_by_side,
    "smoothing": smoothing,
    "toeplitz": toeplitz,
}

__all__ = [
    "ChannelsExplorer",
    "ConnectionsExplorer",
    "Convolution2dExplorer",
    "DrawingPad",
    "EXPLORERS",
    "EquivarianceExplorer",
    "LayersExplorer",
    "PaddingExplorer",
    "PoolingExplorer",
    "SideBySideExplorer",
    "SmoothingExplorer",
    "ToeplitzExplorer",
    "channels",
    "connections",
    "convolution2d",
    "drawing_pad",
    "equivariance",
    "layers",
    "padding",
    "pooling",
    "side_by_side",
    "smoothing",
    "toeplitz",
]
