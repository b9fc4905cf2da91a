"""What a training is given, checked before it begins: images with labels, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import choice, integer, numeric_array
from cnncourse.networks.schedules import Schedule
from cnncourse.networks.warping import share_of_warp

WATCHED = ("loss", "accuracy")


@dataclass(frozen=True)
class Images:
    """Images with their labels, checked.

    Attributes
    ----------
    images : (N, C, H, W) ndarray of float
    labels : (N,) ndarray of int64
    """

    images: np.ndarray
    labels: np.ndarray

    @classmethod
    def checked(cls, name: str, images: ArrayLike, labels: ArrayLike) -> Images:
        """Return them as arrays, or say what is wrong with them.

        Raises
        ------
        TypeError, ValueError
            If they do not fit together, or are not finite; `name` says whose they are.
        """
        values = numeric_array(f"{name}images", images, ndim=4, layouts="(N, C, H, W)")
        if values.dtype.kind != "f":
            raise TypeError(
                f"{name}images must hold floating numbers, such as ink from 0 to 1, "
                f"got {values.dtype}: divide by the full ink first"
            )
        named = numeric_array(f"{name}labels", labels, ndim=1)
        if named.dtype.kind not in "iu" or len(named) != len(values):
            raise ValueError(
                f"{name}labels must be {len(values)} whole numbers, one for each image, "
                f"got {named.dtype} {named.shape}"
            )
        if len(values) == 0:
            raise ValueError(f"{name}images must be some, got none")
        if not np.isfinite(values).all():
            raise ValueError(f"{name}images must be finite, got a NaN or an infinity")
        return cls(values, named.astype(np.int64))


@dataclass(frozen=True)
class Plan:
    """The numbers of a training, checked; see `fit`."""

    epochs: int
    batch: int
    seed: int
    schedule: Schedule
    shift: int
    warp: float
    patience: int | None
    watch: str

    def __post_init__(self) -> None:
        integer("epochs", self.epochs)
        integer("batch", self.batch)
        integer("seed", self.seed, minimum=0)
        if not isinstance(self.schedule, Schedule):
            raise TypeError(f"schedule must be a Schedule(...), got {self.schedule!r}")
        integer("shift", self.shift, minimum=0)
        share_of_warp(self.warp)
        if self.patience is not None:
            integer("patience", self.patience)
        choice("watch", self.watch, WATCHED)
