"""Networks in files: an ``.npz`` of arrays, with their structure as a text in JSON; no pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from cnncourse._arrays import integer
from cnncourse.networks.learners import below
from cnncourse.networks.new_files import write_new
from cnncourse.networks.sequential import Sequential
from cnncourse.networks.structure import FORMAT, NOTE, note_of, parts_of, structure_of


class WrongNetworkFile(ValueError):
    """A file is no network that this package has saved, or damaged; it is left as it is."""


def save_networks(file: str | PathLike[str], networks: Mapping[int, Sequential]) -> None:
    """Write a network as it was after some epochs of its training to a new ``.npz`` file.

    Parameters
    ----------
    file : path
    networks : mapping from int to Sequential
        The epoch, 0 for the first weights, and the network then; all of the same parts.

    Raises
    ------
    TypeError, ValueError
        If `networks` is no such mapping, or a network learned something that is not finite.
    FileExistsError
        If there is such a file already; it is left as it is.
    OSError
        If it cannot be written; then there is no such file.
    """
    found = same_kind(networks)
    last = list(found.values())[-1]
    arrays = {
        f"epoch {epoch}/{name}": values
        for epoch, network in found.items()
        for name, values in network.parameters.items()
    }
    write_new(file, arrays, {NOTE: note_of(last.parts, epochs=list(found))})


def load_networks(file: str | PathLike[str]) -> dict[int, Sequential]:
    """Return a network as it was at each epoch that a file holds.

    Parameters
    ----------
    file : path
        Written by `save_networks`, or by `Sequential.save`, which gives one network, under 0.

    Returns
    -------
    dict of int to Sequential
        Epochs rising.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    WrongNetworkFile
        If it is something else or damaged, or has a part that is not this package's.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from cnncourse.networks.parts import Dense, Flatten
    >>> network = Sequential([Flatten(), Dense(64, 10, random=np.random.default_rng(0))])
    >>> with TemporaryDirectory() as folder:
    ...     network.save(Path(folder, "mine.npz"))
    ...     again = load_networks(Path(folder, "mine.npz"))[0]
    >>> image = np.ones((1, 1, 8, 8), np.float32)
    >>> np.array_equal(network.forward(image), again.forward(image))
    True
    """
    path = Path(file).expanduser()
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            # Numbers of two bytes keep a file small; nothing is computed with them.
            arrays = {
                name: values.astype(np.float32) if values.dtype == np.float16 else values
                for name, values in stored.items()
            }
        return _networks(json.loads(str(arrays.pop(NOTE))), arrays)
    except FileNotFoundError:
        raise
    except KeyError as error:
        raise WrongNetworkFile(
            f"file must be a network that was saved by this package; {path} has no {error}"
        ) from error
    # Whatever a file holds, zlib and NumPy have an error of their own for it.
    except Exception as error:
        raise WrongNetworkFile(
            f"file must be a network that was saved by this package; {path} is not "
            f"({type(error).__name__}: {error})"
        ) from error


def load_network(file: str | PathLike[str], *, epoch: int | None = None) -> Sequential:
    """Return the network that a file holds.

    Parameters
    ----------
    file : path
        As `load_networks` has it.
    epoch : int, optional
        Which of its moments; the last if not given.

    Raises
    ------
    FileNotFoundError, WrongNetworkFile
        As `load_networks`.
    ValueError
        If it holds no such epoch.
    """
    found = load_networks(file)
    wanted = max(found) if epoch is None else integer("epoch", epoch, minimum=0)
    if wanted not in found:
        raise ValueError(f"epoch must be one of {tuple(found)}, got {epoch}")
    return found[wanted]


def same_kind(networks: Mapping[int, Sequential]) -> dict[int, Sequential]:
    """Return networks with their epochs rising.

    Raises
    ------
    TypeError, ValueError
        If they are no mapping of epochs to networks of the same parts.
    """
    if not isinstance(networks, Mapping) or not networks:
        raise TypeError(f"networks must map epochs to networks, got {type(networks).__name__}")
    for network in networks.values():
        if not isinstance(network, Sequential):
            raise TypeError(f"networks must hold Sequentials, got {type(network).__name__}")
    rising = {integer("epoch", n, minimum=0): networks[n] for n in sorted(networks)}
    described = {
        json.dumps([structure_of(one.parts), {k: v.shape for k, v in one.parameters.items()}])
        for one in rising.values()
    }
    if len(described) > 1:
        raise ValueError("networks must be of the same parts, with kernels of the same shapes")
    return rising


def _networks(note: Any, arrays: dict[str, np.ndarray]) -> dict[int, Sequential]:
    if not isinstance(note, dict) or note.get("format") != FORMAT:
        raise ValueError(f"its note has not the format {FORMAT!r}")
    if "epochs" not in note:
        return {0: Sequential(parts_of(note.get("parts"), arrays))}
    epochs = note["epochs"]
    if not isinstance(epochs, list) or not epochs or sorted(set(epochs)) != epochs:
        raise ValueError(f"its epochs must be whole numbers that rise, got {epochs!r}")
    return {
        integer("epoch", epoch, minimum=0): Sequential(
            parts_of(note.get("parts"), below(f"epoch {epoch}/", arrays))
        )
        for epoch in epochs
    }
