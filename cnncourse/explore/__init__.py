"""Explorers: figures of the lecture that the learner moves.

Each is an anywidget whose ECMAScript module computes and draws in the browser, with a model in
plain Python beside it and a still picture for places where no widget can live.
"""

from cnncourse.explore.smoothing_view import SmoothingExplorer

__all__ = ["SmoothingExplorer"]
