"""A network in NumPy alone: parts in a row, a loss, and the gradients of all that is learned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import integer, numeric_array
from cnncourse.networks.new_files import write_new
from cnncourse.networks.parts import Part
from cnncourse.networks.structure import NOTE, note_of


def cross_entropy(scores: ArrayLike, labels: ArrayLike) -> tuple[float, np.ndarray]:
    """Mean of -log softmax(scores)[label] over the batch, and its gradient.

    With p = softmax(scores) the derivative by score k is (p[k] - [k is the label]) / N.

    Parameters
    ----------
    scores : (N, classes) array_like of float
    labels : (N,) array_like of int

    Returns
    -------
    loss : float
        In nats.
    gradient : (N, classes) ndarray

    Raises
    ------
    ValueError
        If shapes do not fit, or a label is no class.

    Examples
    --------
    Three equal scores: the loss is log 3.

    >>> loss, gradient = cross_entropy([[0.0, 0.0, 0.0]], [2])
    >>> round(loss, 4), gradient.round(2).tolist()
    (1.0986, [[0.33, 0.33, -0.67]])
    """
    scores = numeric_array("scores", scores, ndim=2)
    labels = numeric_array("labels", labels, ndim=1)
    count, classes = scores.shape
    if labels.shape != (count,) or labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be {count} whole numbers, got {labels.dtype} {labels.shape}")
    if count == 0 or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}, one for each of some scores")
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_share = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(count)
    gradient = np.exp(log_share)
    gradient[rows, labels] -= 1
    return float(-log_share[rows, labels].mean()), gradient / count


class Sequential:
    """Parts one behind the other.

    Parameters
    ----------
    parts : sequence of Part

    Examples
    --------
    >>> from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
    >>> random = np.random.default_rng(0)
    >>> network = Sequential(
    ...     [Convolution(1, 4, 3, random=random), ReLU(), Pool(2), Flatten()]
    ...     + [Dense(36, 10, random=random)]
    ... )
    >>> network.forward(np.zeros((5, 1, 8, 8), np.float32)).shape
    (5, 10)
    >>> sum(values.size for values in network.parameters.values())
    410

    A slice is a network of the same parts, not of copies: run up to a part, and back from one.

    >>> len(network), network[:3].forward(np.zeros((5, 1, 8, 8), np.float32)).shape
    (5, (5, 4, 3, 3))
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = list(parts)
        wrong = [type(part).__name__ for part in self.parts if not isinstance(part, Part)]
        if wrong or not self.parts:
            raise TypeError(f"parts must be one Part or more, got {wrong or 'none'}")

    def __len__(self) -> int:
        return len(self.parts)

    @overload
    def __getitem__(self, chosen: int) -> Part: ...

    @overload
    def __getitem__(self, chosen: slice) -> Sequential: ...

    def __getitem__(self, chosen: int | slice) -> Part | Sequential:
        found = self.parts[chosen]
        return Sequential(found) if isinstance(found, list) else found

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Send a batch through all parts."""
        for part in self.parts:
            x = part.forward(x)
        return x

    def backward(self, gradient: np.ndarray, *, to_input: bool = False) -> np.ndarray | None:
        """Send dJ/d(output) back; every part notes the gradients of its parameters.

        Parameters
        ----------
        gradient : ndarray of the last output's shape
        to_input : bool, default False
            Return dJ/d(input), for pictures of what the network looks at.
        """
        flow: np.ndarray | None = gradient
        for number, part in reversed(list(enumerate(self.parts))):
            assert flow is not None
            flow = part.backward(flow, to_input=to_input or number > 0)
        return flow

    def loss(self, x: np.ndarray, labels: np.ndarray) -> float:
        """Cross-entropy of a batch; afterwards `gradients` holds its derivatives."""
        value, gradient = cross_entropy(self.forward(x), labels)
        self.backward(gradient)
        return value

    def scores(self, x: np.ndarray, *, batch: int = 256) -> np.ndarray:
        """Send many images through, some at a time."""
        step = integer("batch", batch)
        return np.concatenate(
            [self.forward(x[start : start + step]) for start in range(0, len(x), step)]
        )

    def accuracy(self, x: np.ndarray, labels: np.ndarray) -> float:
        """Share of images whose largest score is that of their label."""
        return float(np.mean(self.scores(x).argmax(axis=1) == labels))

    def _named(self) -> Iterator[tuple[str, Part, str]]:
        for number, part in enumerate(self.parts):
            for name in part.parameters:
                yield f"{number}.{name}", part, name

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """All that is learned, the arrays themselves, under "part.name" as torch names them."""
        return {full: part.parameters[name] for full, part, name in self._named()}

    @property
    def gradients(self) -> dict[str, np.ndarray]:
        """The loss's derivatives after a backward step, under the same names."""
        return {full: part.gradients[name] for full, part, name in self._named()}

    def load(self, parameters: Mapping[str, ArrayLike]) -> None:
        """Take other values.

        Parameters
        ----------
        parameters : mapping from str to array_like
            All of this network's, in their shapes; what `numpy.load` gives for a saved file.

        Raises
        ------
        ValueError
            If a name is missing or unknown, or a shape differs; nothing is changed then.
        """
        mine = self.parameters
        given = sorted(set(parameters) - {NOTE})  # a file tells of the parts, too
        if sorted(mine) != given:
            raise ValueError(f"parameters must be {sorted(mine)}, got {given}")
        new = {name: np.asarray(parameters[name]) for name in mine}
        for name, values in new.items():
            if values.shape != mine[name].shape:
                raise ValueError(
                    f"parameter {name} must have the shape {mine[name].shape}, got {values.shape}"
                )
        for name, values in new.items():
            mine[name][...] = values

    def save(self, file: str | PathLike[str]) -> None:
        """Write the network to a new ``.npz`` file: what it learned, and of which parts it is.

        `networks.load_network` makes it again, `networks.save_networks` writes several moments of a
        training.

        Raises
        ------
        ValueError
            If it learned something that is not finite, which no file is to hold.
        FileExistsError
            If there is one already; it is left as it is.
        OSError
            If it cannot be written; then there is no such file.
        """
        write_new(file, self.parameters, {NOTE: note_of(self.parts)})
