"""A new file of arrays, which is there as a whole or not at all, and is never written over."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from os import PathLike
from pathlib import Path

import numpy as np


def write_new(
    file: str | PathLike[str],
    parameters: Mapping[str, np.ndarray],
    texts: Mapping[str, np.ndarray],
) -> None:
    """Write what was learned, and texts about it, to a new ``.npz`` file.

    Parameters
    ----------
    file : path
        "~" is the home folder.
    parameters : mapping from str to ndarray
        Of finite numbers.
    texts : mapping from str to ndarray

    Raises
    ------
    ValueError
        If a number is not finite.
    FileExistsError
        If there is such a file already; it is left as it is.
    OSError
        If it cannot be written; nothing is left of it then.
    """
    path = Path(file).expanduser()
    if os.path.lexists(path):
        raise FileExistsError(f"file must be a new one: {path} is there already")
    for name, values in parameters.items():
        if not np.isfinite(values).all():
            raise ValueError(f"{name} must hold finite numbers, got a NaN or an infinity")
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with open(unfinished, "xb") as target:
            np.savez_compressed(target, allow_pickle=False, **{**texts, **parameters})
            target.flush()
            os.fsync(target.fileno())
        _name(unfinished, path)
    finally:
        with suppress(OSError):
            os.unlink(unfinished)


def _name(unfinished: Path, path: Path) -> None:
    """Give a file its name, unless another came first."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:  # a stick or a share without a second name for a file: take the name first
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        try:
            os.replace(unfinished, path)
        except BaseException:
            path.unlink()
            raise
