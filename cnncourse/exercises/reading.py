"""Turns whatever a learner's function returned into a plain float64 array, or says why it cannot.

The copy is made at once and by strict rules, so that later changes of the output and operators that
the output may bring along (``__eq__``, ``__array_function__``) have no part in the comparison.
"""

from __future__ import annotations

import array
import contextlib
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from itertools import islice
from numbers import Number, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 100_000
"""How many numbers an output may hold: many times what any right one here does."""


@dataclass(frozen=True)
class Reading:
    """A learner's output as numbers.

    Parameters
    ----------
    array : ndarray or None
        float64; None if the output does not hold numbers in the asked form.
    problem : str
        What is wrong with the output's form, as a sentence about "it"; "" if nothing.
    kind : str
        Which problem: "none", "container", "dtype", "shape" or "".
    integers : bool
        Whether the output's type can hold whole numbers only.
    """

    array: NDArray[np.float64] | None
    problem: str = ""
    kind: str = ""
    integers: bool = False


class _Unreadable(Exception):
    def __init__(self, kind: str, problem: str) -> None:
        super().__init__(problem)
        self.kind = kind
        self.problem = problem


_DIMENSIONS = {"integer": 0, "number": 0, "vector": 1, "matrix": 2, "stack": 3, "weights": 4}
_ASKED = {
    "integer": "one whole number",
    "number": "one number",
    "vector": "a 1-D array of numbers",
    "matrix": "a 2-D array of numbers",
    "stack": "a 3-D array of numbers",
    "weights": "a 4-D array of numbers",
}


def read_output(value: Any, output: str) -> Reading:
    """Read `value` as an "integer", a "number", a "vector", a "matrix", a "stack" or "weights".

    Lists, tuples, arrays of any real type, and tensors of PyTorch and TensorFlow are taken as they
    are; so are exact numbers (fractions.Fraction, decimal.Decimal) in a list.

    Examples
    --------
    >>> read_output([1, 2.5], "vector").array.tolist()
    [1.0, 2.5]
    >>> read_output({1, 2}, "vector").problem
    'it returned a set, not a 1-D array of numbers'
    """
    try:
        numbers, integers = _numbers(value, _ASKED[output])
        _check_dimensions(numbers, output)
    except _Unreadable as error:
        return Reading(None, error.problem, error.kind)
    except RecursionError:
        return Reading(None, "it returned a list in lists in lists, too deep to read", "container")
    return Reading(numbers, integers=integers)


def read_answer(value: Any, output: str) -> Reading:
    """Read an answer that is a value: as `read_output`, and one number may stand in brackets.

    Examples
    --------
    >>> read_answer([4.7], "number").array.tolist()
    4.7
    """
    reading = read_output(value, output)
    if reading.kind == "shape" and _DIMENSIONS[output] == 0:
        for form in ("vector", "matrix"):
            other = read_output(value, form)
            if other.array is not None and other.array.size == 1:
                return Reading(other.array.reshape(()), integers=other.integers)
    return reading


def _check_dimensions(numbers: NDArray[np.float64], output: str) -> None:
    if numbers.ndim == _DIMENSIONS[output]:
        return
    asked = _ASKED[output]
    if numbers.ndim == 0:
        raise _Unreadable("shape", f"it returned a single number, not {asked}")
    if _DIMENSIONS[output] == 0:
        raise _Unreadable(
            "shape", f"it returned an array of shape {numbers.shape}; return the number itself"
        )
    raise _Unreadable("shape", f"it returned an array of shape {numbers.shape}, not {asked}")


def _numbers(value: Any, asked: str) -> tuple[NDArray[np.float64], bool]:
    """Read numbers out of `value`; the flag tells whether its type allows whole ones only."""
    if value is None:
        raise _Unreadable("none", "it returned nothing (None)")
    if isinstance(value, (bool, np.bool_)):
        raise _Unreadable("dtype", f"it returned {bool(value)}, a truth value, not {asked}")
    if isinstance(value, int):
        return np.array(_exact(value, asked)), True
    if isinstance(value, (float, complex, np.generic)):
        return _plain(np.array(value), asked)
    if isinstance(value, np.flatiter):  # kernel.flat: all numbers of an array, row by row
        _refuse_many(len(value))
        value = value.copy()
    if isinstance(value, np.ndarray):
        # The base class's own view: a subclass may have replaced everything else.
        _refuse_many(np.ndarray.view(value, np.ndarray).size)
    if isinstance(value, np.ma.MaskedArray) and np.ma.getmaskarray(value).any():
        raise _Unreadable("container", "it returned a masked array, in which numbers are missing")
    if isinstance(value, np.ndarray):
        if value.dtype == object:  # exact numbers, as from np.zeros(n, dtype=object)
            items = np.ndarray.tolist(value)
            return _from_list(items, asked) if value.ndim else _numbers(items, asked)
        return _plain(np.ndarray.view(value, np.ndarray), asked)
    if isinstance(value, (array.array, memoryview)):
        return _plain(np.asarray(value), asked)
    if isinstance(value, Number):
        return np.array(_exact(value, asked)), False
    tensor = _from_framework(value)
    if tensor is not None:
        return _plain(tensor, asked)
    if isinstance(value, (list, tuple, range)):
        return _from_list(list(islice(value, MOST + 1)), asked)
    raise _Unreadable("container", f"it returned {_what(value)}, not {asked}")


def _refuse_many(count: int) -> None:
    """Refuse what would take long to read, before that is begun."""
    if count > MOST:
        problem = f"it returned more than {MOST} numbers; no right answer here has so many"
        raise _Unreadable("shape", problem)


def _plain(values: NDArray[Any], asked: str) -> tuple[NDArray[np.float64], bool]:
    _refuse_many(values.size)
    kind = values.dtype.kind
    if kind in "iuf":
        return np.array(values, dtype=np.float64), kind in "iu"
    if kind == "c":
        raise _Unreadable(
            "dtype",
            "it returned complex numbers"
            + ("; their imaginary parts are 0, so .real is all you need" if _real(values) else ""),
        )
    shown = {"b": "truth values (True, False)", "U": "text", "S": "text", "O": "Python objects"}
    what = shown.get(kind, f"values of type {values.dtype}")
    raise _Unreadable("dtype", f"it returned {what} (dtype {values.dtype}), not numbers")


def _real(values: NDArray[Any]) -> bool:
    scale = max(1.0, float(np.abs(values).max(initial=0.0)))
    return bool((np.abs(values.imag) <= 1e-9 * scale).all())


def _exact(value: Any, asked: str) -> float:
    """Read a Fraction, a Decimal or another number class that can be made a float."""
    if isinstance(value, Real) or not isinstance(value, complex):
        try:
            return float(value)
        except OverflowError:
            problem = "it returned a number that is too large: floats end at 1.8e308"
            raise _Unreadable("dtype", problem) from None
        except (TypeError, ValueError):
            pass
    real = asked if asked.startswith("one") else f"{asked} that are real"
    raise _Unreadable("dtype", f"it returned {_what(value)}, not {real}")


def _from_framework(value: Any) -> NDArray[Any] | None:
    """Give the numbers of a tensor, if `value` is one; neither framework is imported here."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        _refuse_many(value.numel())
        # A conjugate, and its negative imaginary part, are worked out only when asked for.
        plain = value.detach().cpu().resolve_conj().resolve_neg()
        return np.asarray((plain.float() if plain.dtype == torch.bfloat16 else plain).numpy())
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and isinstance(value, (tensorflow.Tensor, tensorflow.Variable)):
        return np.asarray(value.numpy())
    return None


def _from_list(items: list[Any], asked: str) -> tuple[NDArray[np.float64], bool]:
    _refuse_many(len(items))
    if items and set(map(type, items)) <= {float, int, np.float64}:  # all at once is quicker
        with contextlib.suppress(OverflowError):
            return np.array(items, dtype=np.float64), False
    parts: list[NDArray[np.float64]] = []
    count = 0
    for item in items:
        if item is None:
            raise _Unreadable("dtype", "it returned a list in which some items are None")
        if isinstance(item, str):
            raise _Unreadable("dtype", "it returned a list of text, not of numbers")
        numbers, _ = _numbers(item, asked)
        count += max(numbers.size, 1)
        _refuse_many(count)
        parts.append(numbers)
    if len({part.shape for part in parts}) > 1:
        raise _Unreadable("shape", "it returned a list whose items have different lengths")
    # A list of Python's whole numbers cuts nothing off: only arrays do.
    return (np.stack(parts) if parts else np.zeros(0)), False


def _what(value: Any) -> str:
    if isinstance(value, Coroutine):
        value.close()  # else Python complains that nobody awaited it
        return "a coroutine (is it an async def?)"
    if isinstance(value, type) or callable(value):
        return "a function (is a pair of brackets missing?)"
    name = type(value).__name__[:60]
    known = {"str": "text", "dict": "a dictionary", "set": "a set", "frozenset": "a set"}
    if name in ("generator", "map", "filter", "zip", "enumerate", "reversed"):
        return f"a {name}, whose values have not been computed yet (list(...) does that)"
    return known.get(name, f"an object of type {name}")
