"""Explorers: figures of the lecture that the learner moves.

Each is an anywidget whose ECMAScript module computes and draws in the browser, with a model in
plain Python beside it and a still picture for places where no widget can live.

``EXPLORERS`` holds them by name; each, called without arguments, gives a demonstration.
"""

from collections.abc import Callable
from typing import Any

from cnncourse.explore.connections_view import ConnectionsExplorer, connections
from cnncourse.explore.padding_view import PaddingExplorer, padding
from cnncourse.explore.pooling_view import PoolingExplorer, pooling
from cnncourse.explore.smoothing_view import SmoothingExplorer, smoothing
from cnncourse.explore.toeplitz_view import ToeplitzExplorer, toeplitz

EXPLORERS: dict[str, Callable[..., Any]] = {
    "connections": connections,
    "padding": padding,
    "pooling": pooling,
    "smoothing": smoothing,
    "toeplitz": toeplitz,
}

__all__ = [
    "ConnectionsExplorer",
    "EXPLORERS",
    "PaddingExplorer",
    "PoolingExplorer",
    "SmoothingExplorer",
    "ToeplitzExplorer",
    "connections",
    "padding",
    "pooling",
    "smoothing",
    "toeplitz",
]
