"""The project: a network learns shapes that somebody drew, and is judged on what it never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cnncourse._arrays import integer
from cnncourse._intervals import wilson_interval
from cnncourse._words import counted
from cnncourse.data.drawings import Drawings
from cnncourse.data.strokes import SIDE
from cnncourse.inside.shifting import shifted
from cnncourse.networks.fitting import fit
from cnncourse.networks.history import History
from cnncourse.networks.learners import NumpyLearner
from cnncourse.networks.optimisers import Adam
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.schedules import Schedule
from cnncourse.networks.sequential import Sequential

SHIFTS = ((-2, 0), (2, 0), (0, -2), (0, 2))
"""(down, right) in pixels, of the first four moved copies."""

TURNS = (-30, -15, 15, 30)
"""Degrees, of the other four; positive ones turn to the left."""

COVER = 7
"""Side of the squares that are covered one at a time, pixels: 4 x 4 of them tile a drawing."""

GREY = 0.5
"""Ink in a covered square: no ink would leave an empty square as it is."""

Images = NDArray[np.float64]


class Evidence(NamedTuple):
    """What a report on a network is made of, drawing by drawing; E7.7 says what each array is."""

    labels: NDArray[np.int64]
    writers: NDArray[np.int64]
    learned: NDArray[np.bool_]
    said: NDArray[np.int64]
    moved: NDArray[np.int64]
    covered: NDArray[np.int64]
    inked: NDArray[np.bool_]


def shapes_network(labels: int, seed: int = 0) -> Sequential:
    """Return a small network for drawings of 28 x 28 pixels, its weights drawn.

    Examples
    --------
    >>> network = shapes_network(4)
    >>> network.forward(np.zeros((2, 1, 28, 28))).shape
    (2, 4)
    """
    random = np.random.default_rng(integer("seed", seed, minimum=0))
    options: dict[str, Any] = {"padding": 1, "random": random, "dtype": float}
    return Sequential(
        [
            Convolution(1, 6, 4, stride=2, **options),
            ReLU(),
            Convolution(6, 12, 3, **options),
            Pool(2),
            ReLU(),
            Convolution(12, 16, 3, **options),
            ReLU(),
            Flatten(),
            Dense(16 * 7 * 7, integer("labels", labels, minimum=2), random=random, dtype=float),
        ]
    )


@dataclass(frozen=True, eq=False)  # holds arrays
class LearnedShapes:
    """A network that learned shapes, and the drawings it was tested with.

    Attributes
    ----------
    network : Sequential
    history : History
    learn, test : Drawings
    """

    network: Sequential
    history: History
    learn: Drawings
    test: Drawings

    def __str__(self) -> str:
        right = round(self.network.accuracy(self.learn.inputs, self.learn.labels) * len(self.learn))
        tested = round(self.network.accuracy(self.test.inputs, self.test.labels) * len(self.test))
        low, high = wilson_interval(tested, len(self.test))
        return (
            f"of {len(self.learn)} drawings that it learned from it reads {right}\n"
            f"of {len(self.test)} others {tested}: "
            f"{100 * low:.0f} to {100 * high:.0f} % of all there could be, if these are typical"
        )

    def confusions(self) -> NDArray[np.int64]:
        """Return how often each label of the test (row) was taken for each (column)."""
        count = len(self.test.label_names)
        said = _said(self.network, self.test.inputs.astype(float))
        found = np.bincount(self.test.labels * count + said, minlength=count * count)
        return found.reshape(count, count)

    def evidence(self) -> Evidence:
        """Return what E7.7 makes a report of, for the drawings learned from and the others."""
        parts = (self.learn, self.test)
        images = np.concatenate([part.inputs for part in parts]).astype(float)
        copies = [_said(self.network, copy) for copy in _moved(images)]
        covers = [_said(self.network, copy) for copy in _covered(images)]
        tiles = SIDE // COVER
        squares = images.reshape(-1, tiles, COVER, tiles, COVER).max(axis=(2, 4)) > 0
        return Evidence(
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.writers for part in parts]),
            np.repeat([True, False], [len(part) for part in parts]),
            _said(self.network, images),
            np.stack(copies, axis=1),
            np.stack(covers, axis=1),
            squares.reshape(len(images), -1),
        )

    def report(self, my_report: Callable[..., Any]) -> str:
        """Say in words what a function for E7.7 finds about this network, and what is weak in it.

        Parameters
        ----------
        my_report : function
            An answer to E7.7. If it is not written yet, or gives no nine numbers, that is said.
        """
        if not set(self.test.writers) - set(self.learn.writers):
            return (
                "Nobody in the test is new to the network, so there is nothing to report on new\n"
                "people. Let somebody else draw, or draw with your other hand under another name."
            )
        try:
            numbers = np.asarray(my_report(*self.evidence()), dtype=float)
        except NotImplementedError:
            return "Not written yet: this is what my_report of E7.7 is for."
        if numbers.shape != (9,) or not np.isfinite(numbers).all():
            return f"A report has nine numbers; my_report gave {numbers.tolist()}."
        return "\n".join([*self._in_words(numbers), "", *self._weak(numbers)])

    def _in_words(self, numbers: NDArray[np.float64]) -> list[str]:
        n, right, baseline, low, high, shown, said, moved, empty = numbers
        names = self.test.label_names
        known = all(0 <= place < len(names) for place in (shown, said))
        mistake = f"{names[int(shown)]} read as {names[int(said)]}" if known else "none"
        return [
            f"drawings by new people: {n:.0f}, of which it reads {_percent(right)}",
            f"95 % interval: {_percent(low)} to {_percent(high)}",
            f"always the same answer would be right for {_percent(baseline)}",
            f"commonest mistake: {mistake}",
            f"shifted by 2 pixels or turned by 15 or 30 degrees: {_percent(moved)}",
            f"a grey square where nothing is drawn changes {_percent(empty)} of the answers",
        ]

    def _weak(self, numbers: NDArray[np.float64]) -> list[str]:
        n, right, baseline, low, _, _, _, moved, empty = numbers
        counts = np.bincount(self.learn.labels, minlength=len(self.learn.label_names))
        found = []
        if set(self.test.writers) & set(self.learn.writers):
            found.append(
                "Some writers are in both parts: take new people alone, or split by writer."
            )
        if n < FEWEST:
            found.append(f"{n:.0f} drawings are few: an interval needs {FEWEST} to be of use.")
        if low <= baseline:
            found.append("It is not shown to be better than always giving the same answer.")
        if moved < low:
            found.append(
                "Moved or turned, drawings are read less often: learn from such, too, by\n"
                "  learn_shapes(..., turn=30)."
            )
        if empty > 0.1:
            found.append("It also looks where nothing is drawn: see its pictures of section 4.")
        if counts.max() > 1.5 * counts.min():
            found.append("It learned from far more drawings of one label than of another.")
        if len(set(self.test.writers)) < 5:
            found.append(
                f"{_people(self.test)} in the test: the interval takes drawings of one hand for\n"
                "  independent, and is too narrow."
            )
        if not found:
            return ["Weak points of the usual kinds: none found."]
        return ["Weak points:", *(f"- {words}" for words in found)]


FEWEST = 30
"""Drawings of a test below which its interval is too wide to tell much."""


def learn_shapes(
    learn: Drawings, test: Drawings, *, seed: int = 0, epochs: int = 20, turn: float = 0
) -> LearnedShapes:
    """Train a network on drawings.

    Parameters
    ----------
    learn, test : Drawings
        As `Drawings.split` gives them; the test does not enter the training in any way.
    seed : int, default 0
        Of first weights, order, shifts and turns.
    epochs : int, default 20
    turn : float, default 0
        If more than 0, it also learns from two copies of each drawing, turned at random by at most
        so many degrees.

    Returns
    -------
    LearnedShapes

    Raises
    ------
    ValueError
        If both have other labels, or there is nothing to learn from or to test with.

    Examples
    --------
    >>> from cnncourse.data import drawings
    >>> learn, test = drawings.synthetic(each=2, writers=3).split()
    >>> len(learn_shapes(learn, test, epochs=1).history.losses)
    1
    """
    if learn.label_names != test.label_names:
        raise ValueError(
            f"learn and test must have the same labels, got {learn.label_names} and "
            f"{test.label_names}"
        )
    if not len(learn) or not len(test):
        raise ValueError(f"learn and test must hold drawings, got {len(learn)} and {len(test)}")
    if turn < 0:
        raise ValueError(f"turn must be at least 0 degrees, got {turn!r}")
    network = shapes_network(len(learn.label_names), seed)
    images, labels = learn.inputs.astype(float), learn.labels
    if turn:
        random = np.random.default_rng([seed, 1])
        copies = [_turned(images, random.uniform(-turn, turn, len(images))) for _ in range(2)]
        images, labels = np.concatenate([images, *copies]), np.tile(labels, 3)
    learner = NumpyLearner(network, Adam(0.004, decay=0.01))
    options: dict[str, Any] = {"epochs": epochs, "batch": 16, "seed": seed, "shift": 2}
    history = fit(learner, images, labels, schedule=Schedule("cosine", warm_up=1), **options)
    return LearnedShapes(network, history, learn, test)


def _said(network: Sequential, images: Images) -> NDArray[np.int64]:
    return network.scores(images).argmax(axis=1)


def _moved(images: Images) -> list[Images]:
    moved = [shifted(images, down, right) for down, right in SHIFTS]
    return moved + [_turned(images, np.full(len(images), float(turn))) for turn in TURNS]


def _turned(images: Images, degrees: NDArray[np.float64]) -> Images:
    """Each image turned about its middle, brightness between pixels by bilinear means."""
    turned = np.empty_like(images)
    for image, angle, into in zip(images[:, 0], degrees, turned[:, 0], strict=True):
        ndimage.rotate(image, angle, reshape=False, order=1, output=into)
    return turned


def _covered(images: Images) -> list[Images]:
    copies = []
    for top in range(0, SIDE, COVER):
        for left in range(0, SIDE, COVER):
            copy = images.copy()
            copy[:, :, top : top + COVER, left : left + COVER] = GREY
            copies.append(copy)
    return copies


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _people(drawings: Drawings) -> str:
    return counted(len(np.unique(drawings.writers)), "writer")
