"""A picture to filter: the learner's own, by the name of its file, or the one that is shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from cnncourse._arrays import FloatArray, integer
from cnncourse.data.photographs import photograph

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp")
# So many names of a folder's pictures are given where one of them was not found.
NAMED = 8
# How much red, green and blue add to brightness, as in ITU-R BT.601 and in Pillow.
BRIGHTNESS = (0.299, 0.587, 0.114)


def picture(file: str | Path | None = None, largest: int = 256) -> FloatArray:
    """Read a picture as brightnesses: your own, or without a name the shipped photograph.

    Colours become grey (29.9 % red, 58.7 % green, 11.4 % blue). A picture of more rows or columns
    than `largest` is reduced, its proportions kept. It is turned as the camera says it was held.
    Where it is transparent, it is white.

    Parameters
    ----------
    file : str or Path, optional
        Name of a PNG, JPEG or other image file; a name without a folder is looked for beside the
        notebook. ``~`` is your home folder.
    largest : int, default 256
        Most rows and columns, pixels.

    Returns
    -------
    (H, W) float64 ndarray
        Brightness, 0 black to 255 white.

    Raises
    ------
    FileNotFoundError
        If there is no such file; says which pictures there are in its folder.
    ValueError
        If it is a folder, or holds no picture that can be read, or `largest` is not positive.
    TypeError
        If `file` is no name, or `largest` no whole number.

    Examples
    --------
    >>> picture().shape, float(picture().min()), float(picture().max())
    ((128, 128), 3.0, 253.0)
    >>> picture(largest=32).shape
    (32, 32)
    """
    largest = integer("largest", largest)
    if file is None:
        return _grey(Image.fromarray(photograph()), largest)
    if not isinstance(file, str | Path):
        raise TypeError(f"file must be the name of a picture's file, got {type(file).__name__}")
    path = Path(file).expanduser()
    if path.is_dir():
        raise ValueError(f"file must be a picture, got the folder {str(file)!r}")
    try:
        with Image.open(path) as image:
            return _grey(ImageOps.exif_transpose(image), largest)
    except FileNotFoundError:
        raise FileNotFoundError(_not_found(path)) from None
    except UnidentifiedImageError:
        raise ValueError(
            f"file must be a picture such as a PNG or a JPEG, got {str(file)!r}, "
            "which holds something else"
        ) from None
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError(f"file {str(file)!r} cannot be read as a picture: {error}") from error


def _grey(image: Image.Image, largest: int) -> FloatArray:
    """Brightnesses from 0 to 255, in at most so many rows and columns."""
    grey = _brightness(image)
    rate = largest / max(grey.shape)
    if rate < 1:
        rows, columns = (max(1, round(side * rate)) for side in grey.shape)
        # A mean of all pixels that fall into one, so that nothing is skipped over.
        small = Image.fromarray(grey.astype(np.float32))
        grey = np.asarray(small.resize((columns, rows), Image.Resampling.BOX), dtype=float)
    return grey


def _brightness(image: Image.Image) -> FloatArray:
    if image.mode.startswith(("I", "F")):  # whole numbers of 16 bits, as scanners write them
        return np.clip(np.asarray(image, dtype=float) / 257, 0.0, 255.0)
    if image.mode == "L" and "transparency" not in image.info:
        return np.asarray(image, dtype=float)
    flat = Image.new("RGBA", image.size, "white")
    flat.alpha_composite(image.convert("RGBA"))
    return np.asarray(flat, dtype=float)[..., :3] @ np.array(BRIGHTNESS)


def _not_found(path: Path) -> str:
    folder = path.parent if str(path.parent) != "." else Path.cwd()
    if not folder.is_dir():
        return f"there is no folder {str(folder)!r}"
    names = sorted(f.name for f in folder.iterdir() if f.suffix.lower() in SUFFIXES)
    if not names:
        return f"there is no {path.name!r} in the folder {str(folder)!r}, and no other picture"
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    listed = ", ".join(names[:NAMED])
    return f"there is no {path.name!r} in the folder {str(folder)!r}, but {listed}{more}"
