"""Arrays and pictures as an explorer takes them: checked, packed for the browser, made to fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse.explore.inputs import numbers

LARGEST_NUMBER = 1e6
"""Numbers of a state lie between this and its negative, so that they fit into cells and words."""

GREY_WEIGHTS = (0.299, 0.587, 0.114)
"""Share of red, green and blue in the luma of ITU-R BT.601."""


class Array(traitlets.TraitType):
    """A trait that holds finite numbers in a read-only float64 array.

    It reaches the browser in binary: ``{"shape": [..], "dtype": "u1" or "f8", "data": bytes}``.

    Parameters
    ----------
    ndim : int
        Number of axes.
    largest : tuple of int
        Most entries along each axis; the least is one.
    most : float
        Largest size of an entry.
    **kwargs
        As for any trait; ``allow_none=True`` lets it be None.
    """

    info_text = "an array of finite numbers"

    def __init__(
        self, ndim: int, largest: tuple[int, ...], most: float = LARGEST_NUMBER, **kwargs: Any
    ) -> None:
        if len(largest) != ndim:
            raise ValueError(f"largest must hold {ndim} numbers, got {largest}")
        self.largest, self.most = largest, most
        default = None if kwargs.get("allow_none") else np.zeros((1,) * ndim)
        if default is not None:
            default.setflags(write=False)
        super().__init__(default_value=kwargs.pop("default_value", default), **kwargs)
        self.tag(to_json=_packed_or_none, from_json=_unpacked)

    def validate(self, obj: Any, value: Any) -> FloatArray:
        """Return `value` as the trait keeps it, or raise TraitError."""
        array = self._numbers(value)
        fits = array.ndim == len(self.largest) and all(
            1 <= size <= most for size, most in zip(array.shape, self.largest, strict=True)
        )
        if not fits:
            wanted = " x ".join(f"1 to {most}" for most in self.largest)
            raise traitlets.TraitError(f"{self.name} must be {wanted}, got shape {array.shape}")
        try:
            check_numbers(str(self.name), array, self.most)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error
        array.setflags(write=False)
        return array

    def _numbers(self, value: Any) -> FloatArray:
        try:
            return np.array(numbers(str(self.name), value), dtype=np.float64)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error


def check_numbers(name: str, value: ArrayLike, most: float = LARGEST_NUMBER) -> None:
    """Refuse numbers that an explorer cannot show.

    Raises
    ------
    ValueError
        If one is not finite, or larger than `most` in size.

    Examples
    --------
    >>> check_numbers("bias", 1e7)
    Traceback (most recent call last):
    ...
    ValueError: bias must lie between -1000000 and 1000000, got 10000000.0
    """
    array = np.asarray(value)
    for bad, wanted in (
        (~np.isfinite(array), "be finite"),
        ((array < -most) | (array > most), f"lie between -{most:.0f} and {most:.0f}"),
    ):
        if bad.any():
            at = tuple(int(i) for i in np.argwhere(bad)[0])
            raise ValueError(f"{name} must {wanted}, got {array[at]}{f' at {at}' if at else ''}")


def packed(value: ArrayLike) -> dict[str, Any]:
    r"""An array as the browser gets it: bytes if all its numbers fit into bytes, else float64.

    Examples
    --------
    >>> packed([[1, 255]])
    {'shape': [1, 2], 'dtype': 'u1', 'data': b'\x01\xff'}
    """
    array = np.ascontiguousarray(value, dtype="<f8")
    whole = (
        array.size and (array == np.round(array)).all() and 0 <= array.min() <= array.max() <= 255
    )
    # A negative zero is no byte.
    kind = "u1" if whole and not np.signbit(array).any() else "f8"
    data = array.astype(f"<{kind}").tobytes()
    return {"shape": list(np.shape(value)), "dtype": kind, "data": data}


def _packed_or_none(value: ArrayLike | None, widget: Any) -> dict[str, Any] | None:
    return None if value is None else packed(value)


def _unpacked(value: Any, widget: Any) -> Any:
    """What came from the browser as an array; what is none as it came, for the trait to refuse."""
    try:
        if value["dtype"] in ("u1", "f8"):
            return np.frombuffer(value["data"], f"<{value['dtype']}").reshape(value["shape"])
    except (KeyError, TypeError, ValueError):
        pass
    return value


def fitted_picture(
    name: str, value: ArrayLike, largest: tuple[int, int], most: float = LARGEST_NUMBER
) -> tuple[FloatArray, str]:
    """A picture small enough to be drawn, and what was done to it.

    Parameters
    ----------
    name : str
        Of the argument, for errors.
    value : (H, W) or (H, W, 3) array_like
        Colours are mixed to grey with `GREY_WEIGHTS`.
    largest : (int, int)
        Most rows and columns. A larger picture is replaced by averages of square blocks, rounded
        if it held whole numbers.
    most : float
        Largest size of a value.

    Returns
    -------
    picture : (rows, columns) ndarray
    notice : str
        A sentence, or "" if the picture was small enough.

    Raises
    ------
    ValueError
        If it is no such array, is empty, or holds a value that is not finite or too large.

    Examples
    --------
    >>> fitted_picture("image", [[0, 2, 4, 6]], (1, 2))
    (array([[1., 5.]]), 'The image of 1 x 4 pixels is shown as 1 x 2: averages of 2 x 2 pixels.')
    """
    array = numbers(name, value)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or not array.size:
        raise ValueError(f"{name} must be (rows, columns) or (rows, columns, 3), got {array.shape}")
    check_numbers(name, array, most)
    whole = array.dtype.kind in "biu"
    grey = array.astype(np.float64) if array.ndim == 2 else array @ np.asarray(GREY_WEIGHTS)
    factor = max(-(-size // room) for size, room in zip(grey.shape, largest, strict=True))
    if factor == 1:
        return (np.round(grey) if whole else grey), ""
    small = _block_averages(grey, factor)
    notice = (
        f"The {name} of {grey.shape[0]} x {grey.shape[1]} pixels is shown as {small.shape[0]} x "
        f"{small.shape[1]}: averages of {factor} x {factor} pixels."
    )
    return (np.round(small) if whole else small), notice


def _block_averages(grey: FloatArray, factor: int) -> FloatArray:
    """Averages of blocks of `factor` x `factor` pixels, smaller ones at the far edges."""
    for axis in (0, 1):
        starts = np.arange(0, grey.shape[axis], factor)
        counts = np.diff([*starts, grey.shape[axis]])
        sums = np.add.reduceat(grey, starts, axis=axis)
        grey = sums / np.expand_dims(counts, 1 - axis)
    return grey
