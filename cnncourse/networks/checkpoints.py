"""A training's state in one file: an ``.npz`` of arrays with a text in JSON, and no pickle.

A file is written under another name beside its own, and renamed when it is whole: whoever stops the
program at any moment finds the old checkpoint or the new one, never half of one.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

FORMAT = "cnncourse checkpoint 1"
"""Its number goes up when older versions cannot read the file."""

NOTE = "checkpoint"
"""Name of the text among the arrays."""


class WrongCheckpoint(ValueError):
    """A file is no checkpoint, or one of another training; it is left as it is."""


def write_checkpoint(path: Path, note: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a checkpoint over the last one.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    note : mapping
        For JSON: numbers come back as they were.
    arrays : mapping from str to ndarray
        None of objects.

    Raises
    ------
    OSError
        If it cannot be written; an old file is left as it was then.
    """
    text = np.array(json.dumps({"format": FORMAT, **note}))
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            np.savez(file, allow_pickle=False, **{NOTE: text}, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def read_checkpoint(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
    """Return a checkpoint's note and arrays, or None if there is no such file.

    Raises
    ------
    WrongCheckpoint
        If it is another kind of file, or damaged.
    """
    if not os.path.lexists(path):
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        note = json.loads(str(arrays.pop(NOTE)))
        if note["format"] != FORMAT:
            raise ValueError(f"its format is {note['format']!r}, not {FORMAT!r}")
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise WrongCheckpoint(
            f"checkpoint must name a new file or a checkpoint of this training; {path} is "
            f"something else, and is left as it is ({type(error).__name__}: {error})"
        ) from error
    return note, arrays


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Turn what broken contents give rise to into a `WrongCheckpoint` that names the file."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise WrongCheckpoint(
            f"checkpoint {path} is damaged, and is left as it is: choose another name "
            f"({type(error).__name__}: {error})"
        ) from error


def fingerprint(*arrays: np.ndarray) -> str:
    """Return 16 hexadecimal digits that change with any number, shape or type.

    Examples
    --------
    >>> fingerprint(np.arange(3)) == fingerprint(np.arange(3)[None])
    False
    """
    made = hashlib.sha256()
    for array in arrays:
        made.update(f"{array.dtype.str}{array.shape}".encode())
        made.update(np.ascontiguousarray(array).data)
    return made.hexdigest()[:16]


def differences(stored: Mapping[str, Any], now: Mapping[str, Any], within: str = "") -> list[str]:
    """Return a sentence for each setting that is not what it was.

    Examples
    --------
    >>> differences({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}})
    ['b.c was 2, is 3']
    """
    found = []
    for name in sorted({*stored, *now}):
        old, new = stored.get(name), now.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += differences(old, new, f"{within}{name}.")
        elif old != new:
            found.append(f"{within}{name} was {old!r}, is {new!r}")
    return found
