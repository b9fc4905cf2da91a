"""Checks of arguments, shared by the modules that compute.

Each check returns the argument in the one form the mathematics uses, or raises an error that names
the argument, what came, and what was expected.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_WORDS = {0: "a non-negative integer", 1: "a positive integer"}


def numeric_array(
    name: str, value: ArrayLike, *, ndim: int | tuple[int, ...], layouts: str | None = None
) -> np.ndarray:
    """Return `value` as an array of numbers with an allowed number of axes (no copy if it is one).

    Parameters
    ----------
    name : str
        The argument's name, for the error message.
    value : array_like
        Booleans, integers, real or complex numbers.
    ndim : int or tuple of int
        Allowed number(s) of axes.
    layouts : str, optional
        What these axes are, for the error message.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError
        If it holds no numbers (objects, text, dates) or is a masked array, whose mask NumPy's
        arithmetic would silently drop here.
    ValueError
        If it is ragged or has another number of axes.

    Examples
    --------
    >>> numeric_array("x", [1, 2], ndim=1).shape
    (2,)
    >>> numeric_array("x", [[1, 2]], ndim=1)
    Traceback (most recent call last):
    ...
    ValueError: x must have 1 axis, got 2 (shape (1, 2))
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, got a masked array: fill its gaps first")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a rectangular array of numbers: {error}") from None
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} must hold numbers, got dtype {array.dtype}")
    allowed = ndim if isinstance(ndim, tuple) else (ndim,)
    if array.ndim not in allowed:
        axes = " or ".join(map(str, allowed)) + (" axis" if allowed == (1,) else " axes")
        wanted, got = f"have {axes}", str(array.ndim)
        if layouts is not None:
            wanted = f"be {layouts}"
            got = f"an array with {array.ndim} {'axis' if array.ndim == 1 else 'axes'}"
        raise ValueError(f"{name} must {wanted}, got {got} (shape {array.shape})")
    return array


def result_dtype(*arrays: np.ndarray) -> np.dtype:
    """Return the dtype of a sum of products of `arrays`.

    Real and complex arrays follow ``numpy.result_type`` (float32 with float32 stays float32, with
    float64 or int64 it gives float64). Booleans and integers of any size give int64, as in
    ``numpy.sum``, so that a sum over uint8 pixels does not wrap round at 256.

    Examples
    --------
    >>> result_dtype(np.zeros(2, np.float32), np.zeros(2, np.float32))
    dtype('float32')
    >>> result_dtype(np.zeros(2, np.uint8), np.zeros(2, np.int16))
    dtype('int64')
    """
    dtypes = {array.dtype for array in arrays}
    if all(dtype.kind in "biu" for dtype in dtypes):
        return np.dtype(np.int64)
    return np.dtype(np.result_type(*dtypes).type)  # in native byte order


def integer(name: str, value: Any, *, minimum: int = 1) -> int:
    """Return `value` as an int of at least `minimum`.

    Raises
    ------
    TypeError
        If it is not an integer (True and 1.0 are not).
    ValueError
        If it is less than `minimum`.

    Examples
    --------
    >>> integer("stride", 0)
    Traceback (most recent call last):
    ...
    ValueError: stride must be a positive integer, got 0
    """
    if type(value) is int and value >= minimum:
        return value
    wanted = _WORDS.get(minimum, f"an integer of at least {minimum}")
    try:
        number = operator.index(value)
    except TypeError:  # an array has an index only if it is a single whole number
        number = None
    if number is None or isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be {wanted}, got {value!r}")
    if number < minimum:
        raise ValueError(f"{name} must be {wanted}, got {number}")
    return number


def integer_pair(name: str, value: Any, *, minimum: int = 1) -> tuple[int, int]:
    """Return a number, or a pair (rows, columns), as a pair of ints.

    Raises
    ------
    TypeError, ValueError
        As `integer`; also if a sequence has not two entries.

    Examples
    --------
    >>> integer_pair("stride", 2), integer_pair("stride", (2, 1))
    ((2, 2), (2, 1))
    """
    if not is_sequence(value):
        number = integer(name, value, minimum=minimum)
        return number, number
    if len(value) != 2:
        raise ValueError(f"{name} must be a number or a pair (rows, columns), got {value!r}")
    first, second = (integer(name, entry, minimum=minimum) for entry in value)
    return first, second


def is_sequence(value: Any) -> bool:
    """Tell whether `value` is a tuple, a list or an array of several entries, not text.

    Examples
    --------
    >>> is_sequence((1, 2)), is_sequence(3), is_sequence("same")
    (True, False, False)
    """
    return isinstance(value, (tuple, list)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def choice(name: str, value: Any, options: Sequence[str]) -> str:
    """Return `value` if it is one of `options`.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> choice("mode", "some", ("full", "valid"))
    Traceback (most recent call last):
    ...
    ValueError: mode must be 'full' or 'valid', got 'some'
    """
    if isinstance(value, str) and value in options:
        return value
    *head, last = (repr(option) for option in options)
    wanted = f"{', '.join(head)} or {last}" if head else last
    raise ValueError(f"{name} must be {wanted}, got {value!r}")
