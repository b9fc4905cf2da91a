"""What an exercise is made of: cases, parts with points, misconceptions, a ladder of hints.

Nothing here runs a learner's code; see ``running`` for that and ``judging`` for the verdict.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.readymade import ReadyMade

Array = NDArray[np.float64]
OutputKind = Literal["vector", "matrix", "integer", "number"]


@dataclass(frozen=True)
class Case:
    """One call of the learner's function: its arguments and what is special about them.

    Parameters
    ----------
    args : tuple
        The arguments, in the order of the stub's signature. Never handed out: each call gets
        its own copies.
    note : str
        What the case is about, in a few words ("a kernel longer than the signal").
    """

    args: tuple[Any, ...]
    note: str = ""


class Either:
    """Outputs that a wrong idea may give equally well (a tie); the first stands for all.

    Examples
    --------
    >>> Either(3, 5).outputs
    (3, 5)
    """

    def __init__(self, *outputs: Any) -> None:
        self.outputs = outputs


@dataclass(frozen=True)
class Part:
    """A share of the points, given if `holds(case, output)` is true in every case."""

    title: str
    points: int
    holds: Callable[[Case, Array], bool]


@dataclass(frozen=True)
class Misconception:
    """A known wrong idea, recognised by what it gives.

    Parameters
    ----------
    slug : str
        Short name, stable over versions: "correlation".
    title : str
        One sentence that says what happened: "The kernel was not flipped."
    hint : str
        Where to think again, without the code.
    variants : tuple of callables
        Wrong implementations with the stub's signature. A variant returns None where the idea
        gives no answer (a window longer than the signal, say): such a case neither speaks for
        the misconception nor against it. It returns `Either` where it leaves a choice.
    explains : callable or None
        ``explains(case, output)`` for an exercise with many right answers, where no single wrong
        output stands for the idea. None: the output must equal that of one and the same variant.
    """

    slug: str
    title: str
    hint: str
    variants: tuple[Callable[..., Any], ...]
    explains: Callable[[Case, Array], bool] | None = None


@dataclass(frozen=True)
class Probe:
    """How `explain` may ask a function which inputs made an output.

    Parameters
    ----------
    signal, kernel : str
        Names of the two arguments in which the right answer is linear, one at a time; `kernel`
        may be "" where there is one only.
    args : tuple
        Arguments, in the stub's order, of the small example that is shown.
    index : tuple of str
        What the axes of the output are called: ("i", "j").
    """

    signal: str
    kernel: str
    args: tuple[Any, ...]
    index: tuple[str, ...]


@dataclass(frozen=True)
class Exercise:
    """A task, the cases that test it, and what is known about wrong answers to it.

    Parameters
    ----------
    id : str
        "E1.2".
    title : str
        A few words for the card.
    solution : function
        Bears the stub's name; its docstring is the task, its body the annotated solution.
    cases : callable
        ``cases(draw)`` gives the cases, smallest first.
    reference : callable or None
        The right answer, written in another way than `solution`; None if many answers are right.
    judge : callable or None
        ``judge(case, output)`` gives "" for a right output, else a sentence saying what is wrong.
        None: the output is compared with `reference`.
    output : {"vector", "matrix", "integer", "number"}
        What the learner's function has to return (or, with `given`, the learner's answer to be).
    forbidden : tuple of ReadyMade
        Ready-made functions that would do the work.
    hints : tuple of three str
        The ladder, from a nudge to nearly the answer.
    error_hints : mapping of str to str
        What an exception that stopped the function points to: "IndexError" -> where to think again.
    also_right : tuple of functions
        Right answers written in other ways, with the stub's signature.
    given : callable or None
        ``given(draw)`` draws the numbers and arrays of a task that is answered by a value, by name;
        None for a task that is answered by a function. `cases` then follow from what is given.
    broken : function or None
        For a repair exercise: the program with its bug, under the stub's name.
    probe : Probe or None
        For `explain`; None where a function's output is not a sum of products.
    """

    id: str
    title: str
    solution: Callable[..., Any]
    cases: Callable[[Draw], list[Case]]
    parts: tuple[Part, ...]
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, str, str]
    output: OutputKind = "vector"
    reference: Callable[..., Any] | None = None
    judge: Callable[[Case, Array], str] | None = None
    forbidden: tuple[ReadyMade, ...] = ()
    error_hints: Mapping[str, str] = field(default_factory=dict, hash=False)
    also_right: tuple[Callable[..., Any], ...] = ()
    given: Callable[[Draw], Mapping[str, Any]] | None = None
    broken: Callable[..., Any] | None = None
    probe: Probe | None = None

    @property
    def stub_name(self) -> str:
        """Name of the function that the learner writes."""
        return self.solution.__name__

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the stub's arguments."""
        return tuple(inspect.signature(self.solution).parameters)

    @property
    def max_points(self) -> int:
        """Points of all parts together."""
        return sum(part.points for part in self.parts)

    @cached_property
    def stub_source(self) -> str:
        """Source of the stub cell: the task as a docstring, ending in NotImplementedError."""
        lines, docstring = self._source()
        return "\n".join([*lines[: docstring.end_lineno], "    raise NotImplementedError"]) + "\n"

    @cached_property
    def solution_source(self) -> str:
        """Source of the annotated solution, without the task; it needs only NumPy as np."""
        lines, docstring = self._source()
        return "\n".join([*lines[: docstring.lineno - 1], *lines[docstring.end_lineno :]]) + "\n"

    def _source(self) -> tuple[list[str], ast.stmt]:
        source = inspect.getsource(self.solution)
        function = ast.parse(source).body[0]
        assert isinstance(function, ast.FunctionDef)
        return source.rstrip().split("\n"), function.body[0]
