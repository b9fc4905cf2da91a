"""Explorers: figures of the lecture that the learner moves.

Each is an anywidget whose ECMAScript module computes and draws in the browser, with a model in
plain Python beside it and a still picture for places where no widget can live.

``EXPLORERS`` holds them by name; each, called without arguments, gives a demonstration.
"""

from collections.abc import Callable
from typing import Any

from cnncourse.explore.padding_view import PaddingExplorer, padding
from cnncourse.explore.pooling_view import PoolingExplorer, pooling
from cnncourse.explore.smoothing_view import SmoothingExplorer, smoothing

EXPLORERS: dict[str, Callable[..., Any]] = {
    "padding": padding,
    "pooling": pooling,
    "smoothing": smoothing,
}

__all__ = [
    "EXPLORERS",
    "PaddingExplorer",
    "PoolingExplorer",
    "SmoothingExplorer",
    "padding",
    "pooling",
    "smoothing",
]
