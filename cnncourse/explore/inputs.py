"""What a caller may give an explorer: numbers in any common form, whole numbers, single numbers."""

from __future__ import annotations

import operator
import reprlib
from typing import Any

import numpy as np
import traitlets

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60


def short(value: Any) -> str:
    """`value` in an error message: never long.

    Examples
    --------
    >>> short(True), short(list(range(1000))), short(np.zeros((50, 40)))
    ('True', '[0, 1, 2, 3, 4, 5, ...]', 'an array of shape (50, 40)')
    """
    shape = getattr(value, "shape", ())
    return f"an array of shape {tuple(shape)}" if len(shape) else _short.repr(value)


def numbers(name: str, value: Any) -> np.ndarray:
    """Real numbers as an array, from whatever holds them.

    Parameters
    ----------
    name : str
        Of the argument, for errors.
    value : array_like
        Also a tensor of PyTorch, or a list of them, even if gradients are taken of it, if it lies
        on another device, or if it is of a kind that NumPy lacks, such as bfloat16.

    Returns
    -------
    ndarray
        Of booleans, integers or floats; not always a copy.

    Raises
    ------
    ValueError
        If it holds something else, is ragged, or is masked.

    Examples
    --------
    >>> numbers("kernel", [[1, 2]])
    array([[1, 2]])
    >>> numbers("kernel", "sobel")
    Traceback (most recent call last):
    ...
    ValueError: kernel must be an array of numbers, got 'sobel'
    """
    wanted = f"{name} must be an array of numbers"
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{wanted}, got a masked array: fill its gaps first")
    try:
        array = np.asarray(_plain(value))
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{wanted}: {error}") from error
    # Half precision cannot be compared with large limits; bfloat16, of the package ml_dtypes that
    # TensorFlow and JAX use, is to NumPy no number at all.
    if array.dtype.name in ("float16", "bfloat16"):
        array = array.astype(np.float32)
    if array.dtype.kind not in "biuf":
        got = f"entries of type {array.dtype}" if array.ndim else short(value)
        raise ValueError(f"{wanted}, got {got}")
    return array


def _plain(value: Any) -> Any:
    """`value`, its tensors of PyTorch as arrays of NumPy; torch need not be there to know them."""
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if not hasattr(value, "detach"):
        return value
    tensor = value.detach().cpu()
    try:
        return tensor.numpy()
    except TypeError:  # NumPy has no such kind of number
        return tensor.float().numpy()


class Whole(traitlets.Int):
    """A trait that holds a whole number; True and 1.0 are none."""

    info_text = "a whole number"

    def validate(self, obj: Any, value: Any) -> int:
        """Return `value` as an int, or raise TraitError."""
        kind = str(getattr(value, "dtype", type(value).__name__))
        number = None
        if not kind.endswith(("bool", "bool_")):
            try:
                number = operator.index(value)
            except TypeError:
                pass
        low, high = _limits(self)
        if number is None or not low <= number <= high:
            if self.name is None:  # within a list, whose trait says what is wrong
                self.error(obj, value)
            raise traitlets.TraitError(_refused(self, value))
        return number


class Number(traitlets.Float):
    """A trait that holds a finite number; True is none."""

    info_text = "a number"

    def validate(self, obj: Any, value: Any) -> float:
        """Return `value` as a float, or raise TraitError."""
        try:
            array = numbers(str(self.name), value)
        except ValueError:
            array = np.zeros(0)
        low, high = _limits(self)
        number = float(array) if array.ndim == 0 and array.dtype.kind != "b" else np.nan
        if not (np.isfinite(number) and low <= number <= high):
            raise traitlets.TraitError(_refused(self, value))
        return number


def _limits(trait: Whole | Number) -> tuple[float, float]:
    low, high = trait.min, trait.max
    return -np.inf if low is None else low, np.inf if high is None else high


def _refused(trait: Whole | Number, value: Any) -> str:
    """What the trait takes, and what came."""
    low, high = trait.min, trait.max
    limits = ""
    if low is not None:
        limits = f" of at least {low:.0f}" if high is None else f", {low:.0f} to {high:.0f}"
    return f"{trait.name} must be {trait.info_text}{limits}, got {short(value)}"
