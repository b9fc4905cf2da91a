"""The files of drawings: a PNG each, in a folder for each label, as image data sets often lie.

A file is written under another name first and takes its own in one step, so it is there as a whole
or not at all; its name is never given twice, so nothing is written over. What is put away moves to
another folder, and nothing is deleted. A learner may look at the files, copy them, or move one to
the folder of another label: the folder tells what it shows, a text inside the file who drew it.
"""

from __future__ import annotations

import contextlib
import os
import unicodedata
import uuid
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from cnncourse._folder import VARIABLE, data_folder
from cnncourse.data.strokes import INK, SIDE

AWAY = "put_away"
"""Folder for drawings that were put away; no label can be called so."""

MOST_LETTERS, MOST_SIGNS = 20, 40
"""Of a label; of a writer's name."""

# Windows opens a device in place of a file so named.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
SOFTWARE = "cnncourse drawing 1"
"""What a drawing's file says of itself."""

_BINARY = getattr(os, "O_BINARY", 0)

_IN_MEMORY: dict[str, Kept] = {}


@dataclass(frozen=True, eq=False)  # holds an array
class Kept:
    """One drawing: (28, 28) uint8 of ink, what it shows, who drew it."""

    pixels: NDArray[np.uint8]
    label: str
    writer: str


def label_of(text: str) -> str:
    """Return a label as its folder is called.

    Raises
    ------
    TypeError, ValueError
        If it is none.

    Examples
    --------
    >>> label_of(" Circle ")
    'circle'
    >>> label_of("../x")
    Traceback (most recent call last):
    ...
    ValueError: label must be 1 to 20 letters, digits, spaces and hyphens, got '../x'
    """
    if not isinstance(text, str):
        raise TypeError(f"label must be a text, got {type(text).__name__}")
    label = unicodedata.normalize("NFC", text.strip().lower())
    allowed = all(sign.isalnum() or sign in " -" for sign in label)
    if not (allowed and 1 <= len(label) <= MOST_LETTERS and label[0].isalnum()):
        raise ValueError(
            f"label must be 1 to {MOST_LETTERS} letters, digits, spaces and hyphens, got {text!r}"
        )
    if label in _DEVICES:
        raise ValueError(f"label {text!r} cannot be the name of a folder on every system")
    return label


def writer_of(text: str) -> str:
    """Return a writer's name without spaces around it.

    Raises
    ------
    TypeError, ValueError
        If it is none.

    Examples
    --------
    >>> writer_of(" Ada ")
    'Ada'
    """
    if not isinstance(text, str):
        raise TypeError(f"writer must be a text, got {type(text).__name__}")
    writer = unicodedata.normalize("NFC", text.strip())
    if not (1 <= len(writer) <= MOST_SIGNS and writer.isprintable()):
        raise ValueError(f"writer must be 1 to {MOST_SIGNS} signs in one line, got {text!r}")
    return writer


def folder() -> Path | None:
    """Return where the drawings lie, beside the records; None if they are in memory only."""
    try:
        place = data_folder(os.environ.get(VARIABLE, ""))
    except Exception as error:
        raise OSError(f"no folder for drawings can be found ({error})") from error
    return None if place is None else place / "drawings"


def keep(drawing: Kept) -> str:
    """Write a drawing and come back when the disk has it; return its name, "label/file".

    Raises
    ------
    OSError
        If that cannot be done.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    name = f"{drawing.label}/{stamp}-{uuid.uuid4().hex[:8]}.png"
    place = folder()
    if place is None:
        _IN_MEMORY[name] = drawing
        return name
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_encoded(drawing))
            file.flush()
            os.fsync(file.fileno())
        os.rename(unfinished, path)
    except BaseException:  # a full disk, a stop: nothing half done stays
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise
    _settle(path.parent)
    return name


def _settle(place: Path) -> None:
    """Have the disk take the folder's new entry; not every system lets one open a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _encoded(drawing: Kept) -> bytes:
    about = PngInfo()
    about.add_itxt("Author", drawing.writer)
    about.add_itxt("Title", drawing.label)
    about.add_text("Software", SOFTWARE)
    content = BytesIO()
    # Dark ink on white paper, as one wants to look at it.
    Image.fromarray(np.uint8(INK) - drawing.pixels).save(content, "PNG", pnginfo=about)
    return content.getvalue()


def put_away(name: str) -> None:
    """Move a drawing to where `read` does not look.

    Raises
    ------
    TypeError
        If `name` is no text.
    FileNotFoundError
        If there is no such drawing.
    OSError
        If it cannot be moved.
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be a text, got {type(name).__name__}")
    place = folder()
    if place is None:
        if _IN_MEMORY.pop(name, None) is None:
            raise FileNotFoundError(f"there is no drawing {name!r}")
        return
    label, _, file = name.partition("/")
    source = place / label_of(label) / Path(file).name
    if not source.is_file():
        raise FileNotFoundError(f"there is no drawing {name!r} in {place}")
    target = place / AWAY / label
    target.mkdir(parents=True, exist_ok=True)
    os.rename(source, target / source.name)


def read() -> tuple[list[Kept], list[str]]:
    """Return all drawings by label and age, and the names of files that hold none.

    Raises
    ------
    OSError
        If the folder is there and cannot be read: it is not the same as an empty one.
    """
    place = folder()
    if place is None:
        return [_IN_MEMORY[name] for name in sorted(_IN_MEMORY)], []
    kept: list[Kept] = []
    passed: list[str] = []
    labels = [entry for entry in _entries(place) if entry.is_dir() and entry.name != AWAY]
    for path in (path for label in labels for path in _entries(label)):
        if path.name.startswith(".") or not path.is_file():
            continue
        try:
            kept.append(_decoded(path))
        except Exception:  # whatever Pillow says of a damaged file, or of none of ours
            passed.append(f"{path.parent.name}/{path.name}")
    return kept, passed


def _entries(place: Path) -> list[Path]:
    """What lies in a folder, sorted; nothing if there is none."""
    try:
        return sorted(place.iterdir())
    except FileNotFoundError:
        return []


def _decoded(path: Path) -> Kept:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # refused by its size
        opened = Image.open(path, formats=("PNG",))
    with opened as image:
        # The size first: a huge picture must not be read as a whole to be passed over.
        if image.size != (SIDE, SIDE) or image.mode != "L":
            raise ValueError(f"{path} is no drawing of the course")
        image.load()
        if image.info.get("Software") != SOFTWARE:
            raise ValueError(f"{path} was not drawn with the course")
        pixels = np.uint8(INK) - np.asarray(image, np.uint8)
        writer = str(image.info.get("Author", "unknown"))
    if not pixels.any():
        raise ValueError(f"{path} holds no ink")
    return Kept(pixels, label_of(path.parent.name), writer_of(writer))
