"""What a training tells about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class History:
    """One entry an epoch.

    Attributes
    ----------
    losses : list of float
        Mean cross-entropy of the training images in nats, each measured just before it was learned
        from.
    held_out_losses, accuracies : list of float
        Mean cross-entropy, and share recognised, of the images held out; empty without any.
    seconds : list of float
        By the clock, from the epoch's first step to its held-out images. The text has none of
        them: it shall be the same each time.
    best : int or None
        Epoch whose weights the network has, counted from 1, where it was stopped early or could
        have been; else None.
    stopped : bool
        Whether it was stopped early.

    Examples
    --------
    >>> print(History([0.5, 0.25], [0.4, 0.3], [0.9, 0.95], [1.0, 1.1]))
    2 epochs: loss 0.5000 -> 0.2500, held out 0.3000; 95.0 % of the images held out recognised
    """

    losses: list[float] = field(default_factory=list)
    held_out_losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    best: int | None = None
    stopped: bool = False

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> History:
        """Make one from what `dataclasses.asdict` has given."""
        return cls(**stored)

    @property
    def epochs(self) -> int:
        """Epochs so far."""
        return len(self.losses)

    @property
    def accuracy(self) -> float | None:
        """Share of the images held out that the network recognises as it is now."""
        if not self.accuracies:
            return None
        return self.accuracies[-1 if self.best is None else self.best - 1]

    def __str__(self) -> str:
        """Say how it went."""
        if not self.losses:
            return "no epoch yet"
        count = f"{self.epochs} epoch{'s' if self.epochs > 1 else ''}"
        text = f"{count}: loss {self.losses[0]:.4f} -> {self.losses[-1]:.4f}"
        if self.accuracy is None:
            return text
        loss = self.held_out_losses[-1 if self.best is None else self.best - 1]
        text += f", held out {loss:.4f}; "
        text += f"{100 * self.accuracy:.1f} % of the images held out recognised"
        if self.best is not None:
            text += f" with the weights of epoch {self.best}"
        return text + ("; stopped early" if self.stopped else "")
