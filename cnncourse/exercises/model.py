"""What an exercise is made of: cases, parts with points, misconceptions, a ladder of hints.

Nothing here runs a learner's code; see ``running`` for that and ``judging`` for the verdict.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.readymade import ReadyMade

Array = NDArray[np.float64]
OutputKind = Literal["vector", "matrix", "stack", "weights", "integer", "number"]


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


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
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
        Bears the stub's name; its docstring is the task, its body the annotated solution. Of an
        exercise with `given` the stub's name is a variable, the function's arguments are the
        numbers given, and the body ends in its only ``return``, which gives the answer.
    cases : callable or None
        ``cases(draw)`` gives the cases, smallest first. With `given` it may be left out: there is
        one case, the numbers given.
    reference : callable or None
        The right answer, written in another way than `solution`; None if many answers are right.
    judge : callable or None
        ``judge(case, output)`` gives "" for a right output, else a sentence saying what is wrong.
        None: the output is compared with `reference`.
    output : {"vector", "matrix", "stack", "weights", "integer", "number"}
        What the learner's function has to return (or, with `given`, the learner's answer to be);
        a stack is an array of three dimensions, one map for each channel, weights are of four.
    forbidden : tuple of ReadyMade
        Ready-made functions that would do the work.
    hints : tuple of three str
        The ladder, from a nudge to nearly the answer.
    error_hints : mapping of str to str
        What an exception that stopped the function points to: "IndexError" -> where to think again.
    also_right : tuple of functions
        Right answers written in other ways, with the stub's signature.
    given : callable or None
        ``given(draw)`` draws the numbers and arrays of a task that is answered by a value, by name,
        in the order of the solution's arguments. The right answer is exact with two decimals.
        None for a task that is answered by a function.
    broken : function or None
        For a repair exercise: the program with its bug, shown under the stub's name; its docstring
        is the task.
    probe : Probe or None
        For `explain`; None where a function's output is not a sum of products.
    """

    id: str
    title: str
    solution: Callable[..., Any]
    parts: tuple[Part, ...]
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, str, str]
    cases: Callable[[Draw], list[Case]] | None = None
    output: OutputKind = "vector"
    reference: Callable[..., Any] | None = None
    judge: Callable[[Case, Array], str] | None = None
    forbidden: tuple[ReadyMade, ...] = ()
    error_hints: Mapping[str, str] = field(default_factory=dict, hash=False)
    also_right: tuple[Callable[..., Any], ...] = ()
    given: Callable[[Draw], Mapping[str, Any]] | None = None
    broken: Callable[..., Any] | None = None
    probe: Probe | None = None

    def __post_init__(self) -> None:
        if self.reference is None and self.judge is None:
            raise ValueError(f"{self.id}: an exercise needs a reference or a judge")
        if self.given is not None and self.broken is not None:
            raise ValueError(f"{self.id}: a program to repair is not answered by a value")
        if self.given is None and self.cases is None:
            raise ValueError(f"{self.id}: an exercise without given numbers needs cases")

    def draw_cases(self, draw: Draw) -> list[Case]:
        """Draw the cases, smallest first; with given numbers there is one, if no others are set.

        Raises
        ------
        ValueError
            If the numbers given are not called as the solution's arguments.
        """
        if self.cases is not None:
            return self.cases(draw)
        assert self.given is not None
        values = self.given(draw)
        if tuple(values) != self.arguments:
            raise ValueError(f"{self.id}: given {tuple(values)}, but solution{self.arguments}")
        return [Case(tuple(values.values()))]

    @property
    def stub_name(self) -> str:
        """Name of the function that the learner writes, or of the variable with the answer."""
        return self.solution.__name__

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the stub's arguments, or of the numbers given."""
        return tuple(inspect.signature(self.solution).parameters)

    @property
    def max_points(self) -> int:
        """Points of all parts together."""
        return sum(part.points for part in self.parts)

    @cached_property
    def stub_source(self) -> str:
        """Source of the stub cell, for the learner to change.

        The task as a docstring, ending in NotImplementedError; for a repair the broken program;
        for an answer by a value the task as a comment, ending in ``name = ...``.
        """
        if self.given is not None:
            task = inspect.cleandoc(self.solution.__doc__ or "").split("\n")
            comment = [f"# {line}".rstrip() for line in task]
            return "\n".join([*comment, f"{self.stub_name} = ..."]) + "\n"
        if self.broken is not None:
            lines, _ = _source(self.broken)
            first = lines[0].replace(f"def {self.broken.__name__}(", f"def {self.stub_name}(", 1)
            return "\n".join([first, *lines[1:]]) + "\n"
        lines, body = _source(self.solution)
        return "\n".join([*lines[: body[0].end_lineno], "    raise NotImplementedError"]) + "\n"

    @cached_property
    def solution_source(self) -> str:
        """Source of the annotated solution, without the task; it needs only NumPy as np.

        For an answer by a value it starts with the line that fetches the numbers by `given`.
        """
        lines, body = _source(self.solution)
        head, tail = lines[: body[0].lineno - 1], lines[body[0].end_lineno :]
        if self.given is None:
            return "\n".join([*head, *tail]) + "\n"
        answer = body[-1].lineno - 1 - len(lines)  # counted from the end, as the head goes
        tail[answer] = tail[answer].replace("return ", f"{self.stub_name} = ", 1)
        names = ", ".join(self.arguments) + ("," if len(self.arguments) == 1 else "")
        start = f'{names} = given("{self.id}")'
        return "\n".join([start, *textwrap.dedent("\n".join(tail)).split("\n")]) + "\n"


def _source(function: Callable[..., Any]) -> tuple[list[str], list[ast.stmt]]:
    """Give the lines of a function and its statements, of which the first is the docstring."""
    source = inspect.getsource(function)
    parsed = ast.parse(source).body[0]
    assert isinstance(parsed, ast.FunctionDef)
    return source.rstrip().split("\n"), parsed.body
