"""What a prediction is made of: a question, and what each wrong answer to it means.

What is right is not stored: `compare` judges by what the code of the lesson computes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Kind = Literal["choice", "number", "sketch"]
Remark = Literal["sign", "factor"]

# Sums of products differ in their last bits from one machine to another; 13.2 is 13.2 all the same.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)  # may hold a list
class Option:
    """One option of a choice, and the computed values for which it is the right one.

    Parameters
    ----------
    slug : str
        Short name, stable over versions.
    text : str
    value : number, bool, str or list of these, optional
        The computed value that makes this option right.
    low, high : float, optional
        Or the range of them, low <= value < high.
    means : str
        What the learner thinks who chooses it, and what is wrong with that; "" for the option that
        the lesson's own numbers make right.

    Examples
    --------
    >>> Option("a", "a hundred times smaller", low=50, high=200).selected_by(101.3)
    True
    >>> Option("b", "13.2 and 12.3 km", value=[13.2, 12.3]).selected_by([13.2, 12.3 + 1e-12])
    True
    """

    slug: str
    text: str
    means: str = ""
    value: Any = None
    low: float = -math.inf
    high: float = math.inf

    def selected_by(self, computed: Any) -> bool:
        """Whether `computed` makes this option the right one."""
        if isinstance(computed, np.ndarray) and computed.ndim == 0:
            computed = computed[()]
        if self.value is not None:
            return _same(self.value, computed)
        return _is_number(computed) and self.low <= float(computed) < self.high


@dataclass(frozen=True, eq=False)  # holds an array
class KnownWrong:
    """A wrong number or array whose thought is known.

    Parameters
    ----------
    slug : str
        Short name of the wrong idea, stable over versions.
    value : float or (...) ndarray
    means : str
        The thought behind it, and what is wrong with it.
    """

    slug: str
    value: NDArray[np.float64]
    means: str


@dataclass(frozen=True)
class Prediction:
    """A question asked before its result is shown.

    Parameters
    ----------
    id : str
        "P1.2".
    lesson : str
        "01".
    kind : {"choice", "number", "sketch"}
    question : str
        `code` stands between backquotes.
    why : str
        Why the right answer is right.
    why_for : tuple of float
        The number, or the cells in order, that `why` explains. With other numbers than the
        lesson's, something else comes out; it is right all the same.
    options : tuple of Option
        For a choice.
    unit : str
        Of a number or of a sketch's cells, "" for none.
    tolerance : float
        Largest difference from the computed number, or from each cell, that counts as right.
    shape : tuple of int
        Of a sketch.
    wrong : tuple of KnownWrong
        Known wrong numbers or arrays.
    remarks : tuple of {"sign", "factor"}
        What to say of a wrong number that is no known one: that its sign is the only fault, or by
        which whole factor it is off.
    """

    id: str
    lesson: str
    kind: Kind
    question: str
    why: str
    options: tuple[Option, ...] = ()
    unit: str = ""
    tolerance: float = 0.0
    shape: tuple[int, ...] = ()
    wrong: tuple[KnownWrong, ...] = ()
    remarks: tuple[Remark, ...] = ()
    why_for: tuple[float, ...] = ()

    def option(self, slug: str) -> Option:
        """The option of that name."""
        return next(option for option in self.options if option.slug == slug)

    def accepts(self, answer: Any) -> bool:
        """Whether `answer` is one that the form of this prediction can give."""
        if self.kind == "choice":
            return any(option.slug == answer for option in self.options)
        size = math.prod(self.shape)
        numbers = [answer] if self.kind == "number" else answer
        return (
            isinstance(numbers, list)
            and len(numbers) == size
            and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)
            and all(abs(n) <= sys.float_info.max for n in numbers)  # nan is refused, too
        )

    def chosen_by(self, computed: Any) -> Option:
        """The one option of a choice that `computed` makes right.

        Raises
        ------
        ValueError
            If no option or more than one is.
        """
        computed = self._real(computed)
        found = [option for option in self.options if option.selected_by(computed)]
        if len(found) != 1:
            raise ValueError(
                f"computed must make exactly one option of {self.id} right, got {computed!r}, "
                f"which makes {[option.slug for option in found] or 'none'} right"
            )
        return found[0]

    def array(self, computed: ArrayLike) -> NDArray[np.floating]:
        """The computed number or array, of this prediction's shape.

        Numbers of less than double precision stay so, and what is left of them by rounding is
        taken for what it is.

        Raises
        ------
        ValueError
            If it has another shape, or holds what is no finite number.
        """
        return self.numbers("computed", self._real(computed))

    def explains(self, computed: Any) -> bool:
        """Whether `why` is about what came out: the slug of an option, or a number or array."""
        if self.kind == "choice":
            return not self.option(computed).means
        explained = np.reshape(self.why_for, self.shape)
        return bool(near(computed, explained, self.tolerance).all())

    def _real(self, computed: Any) -> Any:
        """What was computed; of complex numbers, such as a Fourier transform gives, the real part.

        Raises
        ------
        ValueError
            If the imaginary part is more than rounding.
        """
        try:
            array = np.asarray(computed)
        except (TypeError, ValueError):  # ragged lists
            return computed
        if array.dtype.kind != "c":
            return computed
        if not near(array.imag, 0.0, 0.0).all():
            raise ValueError(f"computed must be real for {self.id}, got {computed!r}")
        return array.real

    def numbers(self, name: str, value: Any) -> NDArray[np.floating]:
        """Read the argument called `name` as finite numbers of this prediction's shape.

        Cells may be true or false, which are 1 and 0; a single number may not.

        Raises
        ------
        ValueError
            If it is something else.
        """
        values = _floats(value, flags=bool(self.shape))
        if values is not None and values.shape == self.shape and np.isfinite(values).all():
            return values
        expected = f"finite numbers of shape {self.shape}" if self.shape else "a finite number"
        shape = f" (shape {values.shape})" if values is not None and values.shape else ""
        raise ValueError(f"{name} must be {expected} for {self.id}, got {value!r}{shape}")

    def right_cells(self, answer: Any, computed: ArrayLike) -> NDArray[np.bool_]:
        """Which cells of the answer (or the one number) are right."""
        right = self.array(computed)
        return near(np.reshape(answer, self.shape), right, self.tolerance)

    def meaning(self, answer: Any) -> KnownWrong | None:
        """The known wrong number or array that the answer equals within the tolerance."""
        values = np.reshape(np.asarray(answer, dtype=float), self.shape)
        return next(
            (w for w in self.wrong if near(values, w.value, self.tolerance).all()),
            None,
        )


def near(a: ArrayLike, b: ArrayLike, tolerance: float) -> NDArray[np.bool_]:
    """Where two arrays differ by `tolerance` at most, but for rounding.

    Examples
    --------
    >>> bool(near(13.25, 13.2, 0.05))
    True
    """
    rounding = max(_rounding(np.asarray(a)), _rounding(np.asarray(b)))
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    slack = rounding * np.maximum(1.0, np.abs(b))
    return np.asarray(np.abs(a - b) <= tolerance + slack)


def _rounding(array: NDArray[Any]) -> float:
    """Relative error that a short sum may have in an array's type."""
    if array.dtype.kind != "f":
        return _ROUNDING
    return max(_ROUNDING, 8 * float(np.finfo(array.dtype).eps))


def _floats(value: Any, *, flags: bool) -> NDArray[np.floating] | None:
    """An array of the numbers in `value`; None if it is ragged or holds anything else.

    NumPy's own conversion makes nan of None, a number of a text that spells one, and 1 of True,
    which only counts as one where `flags` says so.
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind in ("biuf" if flags else "iuf"):
            short = array.dtype.kind == "f" and array.dtype.itemsize < 8
            return array.astype(array.dtype if short else float)
        # Fractions, and integers of more than 64 bits.
        if array.dtype.kind == "O" and all(_is_number(one) for one in array.flat):
            return array.astype(float)
    except (TypeError, ValueError, OverflowError):
        pass
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _same(wanted: Any, computed: Any) -> bool:
    """Whether a computed value is the one wanted, numbers but for rounding."""
    if isinstance(computed, np.ndarray):
        computed = list(computed) if computed.ndim else computed[()]
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        return (
            isinstance(computed, list | tuple)
            and len(computed) == len(wanted)
            and all(_same(w, c) for w, c in zip(wanted, computed, strict=True))
        )
    if isinstance(computed, np.generic) and not isinstance(computed, np.floating):
        computed = computed.item()
    numbers = isinstance(wanted, int | float) and isinstance(computed, Real)
    if numbers and isinstance(wanted, bool) == isinstance(computed, bool):
        return bool(near(computed, wanted, 0.0))
    return type(wanted) is type(computed) and wanted == computed
