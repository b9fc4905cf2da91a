"""Figures of the course: arrays in, a `Picture` with alternative text out."""

from cnncourse.plots.picture import Picture, house_style

__all__ = ["Picture", "house_style"]
