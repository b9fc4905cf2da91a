"""Which input cells and kernel taps made an output of the learner's own function.

A function that is linear in its input and in its kernel, one at a time, is known by its answers to
unit impulses: f(x, w) = sum_p sum_q x[p] w[q] f(impulse at p, impulse at q).
"""

from __future__ import annotations

import base64
import operator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncourse._sums import Index, place
from cnncourse.cards import GREEN, GREY, ORANGE, card, paragraph, prose
from cnncourse.exercises.explain_probing import CannotDraw, Questions, Status, impulses, probe_of
from cnncourse.exercises.explain_taps import Taps
from cnncourse.exercises.explain_words import Words, output, rule, size
from cnncourse.exercises.finding import before_running
from cnncourse.exercises.formatting import format_value
from cnncourse.exercises.model import Exercise, Probe
from cnncourse.exercises.registry import EXERCISES, get
from cnncourse.records import record

if TYPE_CHECKING:
    from cnncourse.plots import Picture

_COLOURS = {"same": GREEN, "different": ORANGE}


@dataclass(frozen=True, eq=False)
class Explanation:
    """What made an output, in words and as a picture; it shows itself in a notebook.

    Parameters
    ----------
    exercise : Exercise
    index : tuple of int
        The output in question.
    status : {"same", "different", "not linear", "error", "not attempted"}
        Whether the output is made of the right products; else why that cannot be told.
    message : str
        What differs, in a sentence or two; or why there is no picture.
    right : Taps
        How the right answer makes its outputs.
    yours : Taps or None
        How the learner's function does, if it could be told.
    """

    exercise: Exercise
    index: Index
    status: Status
    message: str
    right: Taps
    yours: Taps | None = None

    @cached_property
    def picture(self) -> Picture | None:
        """The products of both, drawn side by side; None if yours could not be told."""
        if self.yours is None:
            return None
        from cnncourse.plots import taps  # matplotlib takes a second to load

        probe = probe_of(self.exercise)
        where = output(self.index)
        sides = {
            f"{title} {where}": side.links(self.index) if side.has(self.index) else None
            for title, side in (("Your", self.yours), (f"{rule(probe).capitalize()}:", self.right))
        }
        kernel = self.right.kernel if probe.kernel else None
        return taps(self.right.signal, kernel, sides, names=(probe.signal, probe.kernel))

    def _sums(self) -> list[tuple[str, str]]:
        if self.yours is None:
            return []
        return Words(probe_of(self.exercise), self.yours, self.right, self.index).sums()

    def _heading(self) -> str:
        call = f"{self.exercise.stub_name}({', '.join(self.exercise.arguments)}){place(self.index)}"
        return f"{self.exercise.id}: what made {call}"

    def __repr__(self) -> str:
        lines = [self._heading()]
        if self.yours is not None:
            args = probe_of(self.exercise).args
            for name, value in zip(self.exercise.arguments, args, strict=True):
                lines.append(paragraph(format_value(value), f"{name} ="))
        lines += [paragraph(text, f"{label}:") for label, text in self._sums()]
        return "\n".join([*lines, paragraph(self.message)])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        heading = f"<strong>{escape(self._heading())}</strong>"
        body = f"<p style='margin:6px 0 0'>{prose(self.message)}</p>"
        data: dict[str, Any] = {"text/plain": repr(self)}
        if self.picture is not None:
            png = data["image/png"] = self.picture.png()
            address = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
            body += (
                f"<img alt='{escape(self.picture.alt)}' src='{address}' "
                "style='margin:8px 0 0;max-width:100%;width:48rem'>"
            )
        data["text/html"] = card(_COLOURS.get(self.status, GREY), heading, body)
        return data


def explain(exercise_id: str, function: Any, *index: int) -> Explanation:
    """Show which input cells and kernel taps made an output of your function.

    Your function is tried on impulses, and what they show is drawn beside what the equation says,
    with the products in numbers for a small example.

    Parameters
    ----------
    exercise_id : str
        The exercise, "E1.2".
    function : callable
        Your function itself, not the result of a call.
    *index : int
        Which output, counted from 0: one number for each axis.

    Returns
    -------
    Explanation

    Raises
    ------
    ValueError, TypeError
        If there is no such exercise, or its outputs are no sums of products, or `index` does not
        say which output.

    Examples
    --------
    >>> def my_convolution(x, w):
    ...     n, m = len(x), len(w)
    ...     return [sum(x[i + j] * w[j] for j in range(m)) for i in range(n - m + 1)]
    >>> explain("E1.2", my_convolution, 1)
    E1.2: what made my_convolution(x, w)[1]
      x =       [2, 4, 3, 5, 1]
      w =       [0.5, 0.3, 0.2]
      Yours:    x[1]·w[0] + x[2]·w[1] + x[3]·w[2] = 4·0.5 + 3·0.3 + 5·0.2 = 3.9
      Equation: x[0]·w[1] + x[1]·w[0] = 2·0.3 + 4·0.5 = 2.6
      Your output [1] takes ... Your kernel is not flipped. ...
    """
    exercise = get(exercise_id)
    if exercise.probe is None:
        known = ", ".join(e.id for e in EXERCISES.values() if e.probe is not None)
        raise ValueError(
            f"exercise_id must be one of {known}, whose outputs are sums of products; got "
            f"{exercise.id!r}"
        )
    found = trace(exercise, function, *index)
    if found.status != "not attempted":
        record("explain", exercise.id)
    return found


def trace(exercise: Exercise, function: Any, *index: int) -> Explanation:
    """Do the work of `explain` for any exercise that has a probe.

    Raises
    ------
    ValueError, TypeError
        If `index` does not say which output.
    """
    probe = probe_of(exercise)
    where = _index(probe, index)
    # Computed first, so that nothing a learner's function does to NumPy can reach it.
    answer = exercise.reference or exercise.solution
    right = impulses(exercise, lambda args: np.array(answer(*args), dtype=float))
    try:
        unfit = before_running(exercise, function, "explain", *probe.index)
        if unfit is not None:
            raise CannotDraw(unfit)
        yours, remark = Questions(exercise, function, where).taps()
    except CannotDraw as reason:
        return Explanation(exercise, where, reason.status, reason.message, right)
    words = Words(probe, yours, right, where)
    if words.mine is None and words.theirs is None:
        raise ValueError(
            f"index must be that of an output: your function returns {size(yours.shape)} here, "
            f"the right one {size(right.shape)}, got {place(where)}"
        )
    message = " ".join([*words.sentences(), *remark])
    status: Status = "same" if words.agrees else "different"
    return Explanation(exercise, where, status, message, right, yours)


def _index(probe: Probe, index: tuple[Any, ...]) -> Index:
    names = ", ".join(probe.index)
    for value in index:
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"index ({names}) must hold whole numbers, got {value!r}")
    where = tuple(operator.index(value) for value in index)
    if len(where) != len(probe.index):
        asked = f"{len(probe.index)} ({names})" if names else "0, the output being one number"
        raise ValueError(f"index must hold as many numbers as there are axes, {asked}, got {where}")
    if any(value < 0 for value in where):
        raise ValueError(f"index ({names}) counts from 0, got {where}")
    return where
