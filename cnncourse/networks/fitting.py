"""Training: the same loop for a network in NumPy and one in torch.

The order of the images, their shifts and warps follow from the seed and the number of the epoch
alone, so a training that was interrupted goes on from its last whole epoch as if it had never
stopped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse.data.bars import Bar
from cnncourse.networks.checkpoints import (
    WrongCheckpoint,
    damage_told,
    differences,
    fingerprint,
    read_checkpoint,
    write_checkpoint,
)
from cnncourse.networks.history import History
from cnncourse.networks.learners import Learner, below
from cnncourse.networks.plans import Images, Plan
from cnncourse.networks.schedules import Schedule
from cnncourse.networks.warping import warped

LEARNER_METHODS = ("step", "test", "pace", "describe", "weights", "load_weights", "state")


def fit(
    learner: Learner,
    images: ArrayLike,
    labels: ArrayLike,
    *,
    epochs: int,
    batch: int = 64,
    seed: int = 0,
    schedule: Schedule | None = None,
    shift: int = 0,
    warp: float = 0.0,
    held_out: tuple[ArrayLike, ArrayLike] | None = None,
    patience: int | None = None,
    watch: str = "loss",
    checkpoint: str | PathLike[str] | None = None,
    label: str = "Training",
) -> History:
    """Train a network to recognise images.

    Parameters
    ----------
    learner : Learner
        ``NumpyLearner(network, optimiser)`` or ``TorchLearner(model, optimiser)``; it is changed.
    images : (N, C, H, W) array_like of float
    labels : (N,) array_like of int
        Classes, from 0.
    epochs : int
        Passes through the images, each in another order.
    batch : int, default 64
        Images a step; the last step of a pass takes what is left.
    seed : int, default 0
        Of orders, shifts and warps. The first weights are the caller's.
    schedule : Schedule, optional
        Of the learning rate; constant if not given.
    shift : int, default 0
        Pixels by which images are moved at most, anew in each pass.
    warp : float, default 0
        Share by which they are stretched, slanted and turned at most, anew in each pass; see
        `warping.warped`.
    held_out : (images, labels), optional
        Looked at after each epoch, never learned from.
    patience : int, optional
        Stop after so many epochs without a better one, and take the weights of the best epoch in
        any case. Then the images held out have chosen the weights, and flatter them a little.
    watch : {"loss", "accuracy"}, default "loss"
        What of the images held out tells which epoch is better.
    checkpoint : path, optional
        File to write at the start and after each epoch, and to go on from if it is there and of
        this training: same settings, images, kind of network and optimiser. Its weights then take
        the place of the learner's, whatever those are, and the bar says so: for another start, name
        another file. Whether it had been interrupted, or was done, makes no difference to the
        weights in the end, to the bit.
    label : str, default "Training"
        For the progress bar.

    Returns
    -------
    History

    Raises
    ------
    TypeError, ValueError
        If an argument is no such thing; the message has its name.
    WrongCheckpoint
        If there is another file in the checkpoint's place, which is left as it is.
    FloatingPointError
        If the loss is no longer finite: the learning rate is too large.
    KeyboardInterrupt
        If a notebook's stop button or Ctrl-C was pressed. The network stays as the last step left
        it, and the message says how to go on.

    Examples
    --------
    >>> from cnncourse.networks.learners import NumpyLearner
    >>> from cnncourse.networks.optimisers import Momentum
    >>> from cnncourse.networks.parts import Dense, Flatten
    >>> from cnncourse.networks.sequential import Sequential
    >>> random = np.random.default_rng(0)
    >>> images = random.random((40, 1, 2, 2))
    >>> labels = (images[:, 0, 0, 0] > images[:, 0, 1, 1]).astype(int)
    >>> network = Sequential([Flatten(), Dense(4, 2, random=random)])
    >>> history = fit(NumpyLearner(network, Momentum(0.5)), images, labels, epochs=20, batch=10)
    >>> history.epochs, network.accuracy(images, labels) > 0.9
    (20, True)
    """
    missing = [name for name in LEARNER_METHODS if not callable(getattr(learner, name, None))]
    if missing:
        raise TypeError(
            "learner must be NumpyLearner(network, optimiser) or TorchLearner(model, optimiser), "
            f"got {type(learner).__name__}"
        )
    plan = Plan(epochs, batch, seed, schedule or Schedule(), shift, warp, patience, watch)
    seen = Images.checked("", images, labels)
    kept = None
    if held_out is not None:
        if not isinstance(held_out, tuple) or len(held_out) != 2:
            raise TypeError("held_out must be a pair (images, labels)")
        kept = Images.checked("held-out ", *held_out)
    elif patience is not None:
        raise ValueError("patience needs held_out: images that tell when to stop")
    training = _Training(learner, plan, seen, kept, checkpoint)
    with Bar(label, epochs) as bar:
        try:
            training.run(bar)
        except KeyboardInterrupt as stop:  # a notebook's stop button, or Ctrl-C
            stop.add_note(training.how_to_go_on())
            raise
        finally:
            learner.pace(1)
    return training.history


class _Training:
    """A training under way: history, best weights so far, and the file they are kept in."""

    def __init__(
        self,
        learner: Learner,
        plan: Plan,
        seen: Images,
        kept: Images | None,
        checkpoint: str | PathLike[str] | None,
    ) -> None:
        self.learner, self.plan, self.seen, self.kept = learner, plan, seen, kept
        self.history = History()
        self.best_epoch = 0
        self.best_weights: Mapping[str, np.ndarray] = {}
        self.origin = ""
        self.path = None if checkpoint is None else _place(checkpoint)
        if self.path is not None:
            self.settings = self._settings()
            if not self._go_on(self.path):
                # Who is stopped within the first epoch goes on from the same first weights, too.
                self._keep(self.path)

    def run(self, bar: Bar) -> None:
        """Do the epochs that are left."""
        bar.update(self.history.epochs, ", ".join(filter(None, [self.origin, self._words()])))
        while self.history.epochs < self.plan.epochs and not self.history.stopped:
            start = time.perf_counter()
            loss = self._epoch(self.history.epochs, bar)
            self.history.losses.append(loss)
            self._look()
            self.history.seconds.append(time.perf_counter() - start)
            if self.path is not None:
                self._keep(self.path)
            bar.update(self.history.epochs, self._words())
        if self.best_epoch:
            self.learner.load_weights(self.best_weights)
            self.history.best = self.best_epoch

    def how_to_go_on(self) -> str:
        """Return what somebody who has stopped the training wants to know."""
        done = f"{self.history.epochs} of {self.plan.epochs} epochs were done"
        if self.path is None:
            return f"{done}. The network keeps what it learned; checkpoint= keeps it in a file."
        if self.history.epochs == 0:
            return (
                f"{done}, and the first weights are kept in {self.path}. Run the same cell again "
                "to begin anew from them."
            )
        return f"{done}, and are kept in {self.path}. Run the same cell again to go on from there."

    def _epoch(self, epoch: int, bar: Bar) -> float:
        random = np.random.default_rng([self.plan.seed, epoch])
        count, size = len(self.seen.labels), self.plan.batch
        order, total = random.permutation(count), 0.0
        for start in range(0, count, size):
            chosen = order[start : start + size]
            # The rate of a step is that of its middle.
            moment = epoch + (start + len(chosen) / 2) / count
            self.learner.pace(self.plan.schedule.share(moment, self.plan.epochs))
            moved = warped(self.seen.images[chosen], self.plan.shift, self.plan.warp, random)
            loss = self.learner.step(moved, self.seen.labels[chosen])
            if not np.isfinite(loss):
                raise FloatingPointError(
                    f"the loss is {loss} in epoch {epoch + 1}: take a smaller learning rate"
                )
            total += loss * len(chosen)
            bar.update(epoch + (start + len(chosen)) / count)
        return total / count

    def _look(self) -> None:
        """Look at the images held out; note the best epoch, and whether it is time to stop."""
        if self.kept is None:
            return
        loss, accuracy = self.learner.test(self.kept.images, self.kept.labels)
        history, patience = self.history, self.plan.patience
        history.held_out_losses.append(loss)
        history.accuracies.append(accuracy)
        if patience is None:
            return
        watched = {"loss": history.held_out_losses, "accuracy": [-a for a in history.accuracies]}
        values = watched[self.plan.watch]
        if not self.best_epoch or values[-1] < values[self.best_epoch - 1]:
            self.best_epoch, self.best_weights = history.epochs, self.learner.weights()
        history.stopped = history.epochs - self.best_epoch >= patience

    def _words(self) -> str:
        history = self.history
        if not history.losses:
            return ""
        text = f"epoch {history.epochs}: loss {history.losses[-1]:.3f}"
        if history.accuracies:
            text += f", {100 * history.accuracies[-1]:.1f} % recognised"
        return text

    def _settings(self) -> dict[str, Any]:
        """Return what must be alike for a training to go on, as JSON has it."""
        held_out = self.kept
        settings = {
            "plan": asdict(self.plan),
            "learner": self.learner.describe(),
            "images": fingerprint(self.seen.images, self.seen.labels),
            "held_out": held_out and fingerprint(held_out.images, held_out.labels),
        }
        return json.loads(json.dumps(settings))  # tuples come back from a file as lists

    def _keep(self, path: Path) -> None:
        note = {
            "settings": self.settings,
            "history": asdict(self.history),
            "best_epoch": self.best_epoch,
        }
        arrays = {f"now/{name}": a for name, a in self.learner.state().items()}
        arrays |= {f"best/{name}": a for name, a in self.best_weights.items()}
        write_checkpoint(path, note, arrays)

    def _go_on(self, path: Path) -> bool:
        """Take up the training that a file keeps; False if there is no such file."""
        found = read_checkpoint(path)
        if found is None:
            return False
        note, arrays = found
        with damage_told(path):
            changed = differences(note["settings"], self.settings)
        if changed:
            raise WrongCheckpoint(
                f"checkpoint {path} is of another training: {'; '.join(changed)}. It is left as "
                "it is: choose another name, or delete it if you no longer need it"
            )
        with damage_told(path):
            self.history = History.from_dict(note["history"])
            self.best_epoch, self.best_weights = int(note["best_epoch"]), below("best/", arrays)
            if not 0 <= self.best_epoch <= self.history.epochs:
                raise ValueError(f"its best epoch is {self.best_epoch}")
            self._words()
            if self.best_epoch:
                _check_alike(self.best_weights, self.learner.weights())
            self.learner.load_state(below("now/", arrays))
        self.origin = f"taken from {path}"
        return True


def _check_alike(stored: Mapping[str, np.ndarray], mine: Mapping[str, np.ndarray]) -> None:
    shapes = [{name: values.shape for name, values in some.items()} for some in (stored, mine)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"its best weights are {shapes[0]}, not {shapes[1]}")


def _place(checkpoint: str | PathLike[str]) -> Path:
    try:
        path = Path(checkpoint).expanduser()
    except TypeError:
        raise TypeError(f"checkpoint must be a file's name, got {checkpoint!r}") from None
    if not path.parent.is_dir():
        raise FileNotFoundError(f"checkpoint must lie in a folder that exists, got {path}")
    return path
