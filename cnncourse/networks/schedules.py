"""How the learning rate changes from step to step of a training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse._arrays import choice, integer

KINDS = ("constant", "cosine", "steps")


def positive(name: str, value: Any, *, below: float = math.inf, zero: bool = False) -> float:
    """Return `value` as a float above 0 (or 0, with `zero`) and at most `below`.

    Raises
    ------
    TypeError, ValueError
        If it is no such number; the message has its name.

    Examples
    --------
    >>> positive("rate", -1)
    Traceback (most recent call last):
    ...
    ValueError: rate must be a number above 0, got -1
    """
    wanted = f"{name} must be a number {'of 0 or more' if zero else 'above 0'}"
    wanted += f" and at most {below:g}" if below < math.inf else ""
    if isinstance(value, (bool, str)) or not np.isscalar(value):
        raise TypeError(f"{wanted}, got {value!r}")
    number = float(value)  # type: ignore[arg-type]
    if not (number > 0 or (zero and number == 0)) or number > below or math.isinf(number):
        raise ValueError(f"{wanted}, got {value!r}")
    return number


@dataclass(frozen=True)
class Schedule:
    """Share of the learning rate that is used at each moment.

    Parameters
    ----------
    kind : {"constant", "cosine", "steps"}, default "constant"
        Always all of it; down to 0 along half a cosine (Loshchilov and Hutter 2017,
        arXiv:1608.03983, without restarts); or `factor` times as much after every `every` epochs.
    warm_up : float, default 0
        Epochs in which the rate rises to what `kind` says, in equal steps: large first steps are
        taken along the slopes of random weights.
    every : int, default 10
    factor : float, default 0.5

    Raises
    ------
    TypeError, ValueError
        If an argument is no such value.

    Examples
    --------
    >>> [round(Schedule("cosine", warm_up=1).share(epoch, 10), 3) for epoch in (0.5, 1, 5, 10)]
    [0.497, 0.976, 0.5, 0.0]
    """

    kind: str = "constant"
    warm_up: float = 0.0
    every: int = 10
    factor: float = 0.5

    def __post_init__(self) -> None:
        choice("kind", self.kind, KINDS)
        positive("warm_up", self.warm_up, zero=True)
        integer("every", self.every)
        positive("factor", self.factor, below=1)

    def share(self, epoch: float, epochs: int) -> float:
        """Return the share at some moment.

        Parameters
        ----------
        epoch : float
            Passes through the images so far, with the part of the present one.
        epochs : int
            Passes in all.
        """
        share = 1.0
        if self.kind == "cosine":
            share = (1 + math.cos(math.pi * epoch / epochs)) / 2
        elif self.kind == "steps":
            share = self.factor ** int(epoch // self.every)
        return share * min(1.0, epoch / self.warm_up) if self.warm_up else share
