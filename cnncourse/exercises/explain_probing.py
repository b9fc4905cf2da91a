"""Asks a learner's function about impulses, and makes sure that the answers tell all about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from cnncourse._sums import Index
from cnncourse.exercises import wording
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.explain_taps import Taps
from cnncourse.exercises.explain_words import output, size
from cnncourse.exercises.finding import Finding, of_failure, of_form
from cnncourse.exercises.formatting import format_arguments, format_value
from cnncourse.exercises.model import Array, Exercise, Probe
from cnncourse.exercises.running import TIME_LIMIT, Call, Runner

Status = Literal["same", "different", "not linear", "error", "not attempted"]
_NO_PICTURE = "So there are no products to draw."


class CannotDraw(Exception):
    """There is no picture, for a reason that the learner is told."""

    def __init__(self, found: Finding) -> None:
        super().__init__(found.message)
        self.status: Status = "not attempted" if found.status == "not attempted" else "error"
        self.message = found.message


class NotLinear(CannotDraw):
    """The outputs are no sums of products."""

    def __init__(self, message: str) -> None:
        super().__init__(Finding("error", f"{message} {_NO_PICTURE}"))
        self.status = "not linear"


def probe_of(exercise: Exercise) -> Probe:
    """Give the exercise's probe.

    Raises
    ------
    ValueError
        If it has none.
    """
    if exercise.probe is None:
        raise ValueError(f"{exercise.id} has no probe for explain to use")
    return exercise.probe


def _places(exercise: Exercise) -> tuple[int, ...]:
    """Places of signal and kernel among the arguments."""
    probe = probe_of(exercise)
    names = [name for name in (probe.signal, probe.kernel) if name]
    return tuple(exercise.arguments.index(name) for name in names)


def _with(exercise: Exercise, *values: Array) -> tuple[Any, ...]:
    """Give the example's arguments with other values of signal and kernel."""
    args = list(probe_of(exercise).args)
    for at, value in zip(_places(exercise), values, strict=True):
        args[at] = value
    return tuple(args)


def _inputs(exercise: Exercise) -> list[Array]:
    return [np.array(probe_of(exercise).args[at], dtype=float) for at in _places(exercise)]


def impulses(exercise: Exercise, answer: Callable[[tuple[Any, ...]], Array]) -> Taps:
    """Ask for the output of every impulse."""
    signal, *kernels = _inputs(exercise)
    kernel = kernels[0] if kernels else np.array(1.0)
    rows = []
    for p in np.ndindex(*signal.shape):
        for q in np.ndindex(*kernel.shape):
            impulse = np.zeros(signal.shape)
            impulse[p] = 1.0
            tap = np.zeros(kernel.shape)
            tap[q] = 1.0
            rows.append(answer(_with(exercise, impulse, *([tap] if kernels else []))))
    table = np.array(rows)
    return Taps(signal, kernel, table.reshape(*signal.shape, *kernel.shape, *table.shape[1:]))


class Questions:
    """The learner's function, tried on the example, on impulses, and for what is not linear."""

    def __init__(self, exercise: Exercise, function: Any, index: Index) -> None:
        self.exercise, self.function, self.index = exercise, function, index
        self.changed: str | None = None
        self.shape: Index | None = None
        self.runner = Runner(function, exercise.output, (), TIME_LIMIT)

    def taps(self) -> tuple[Taps, list[str]]:
        """Find the products of every output; and remarks."""
        with self.runner.contained():
            inputs = _inputs(self.exercise)
            first = self.ask(_with(self.exercise, *inputs))
            here = first[self.index] if self._inside(first.shape) else None
            found = impulses(self.exercise, self.ask)
            again = self.ask(_with(self.exercise, *inputs))
            if not np.array_equal(first, again, equal_nan=True):
                texts = format_value(first, 8), format_value(again, 8)
                raise CannotDraw(Finding("error", wording.unsteady(self.function, *texts)))
            if here is not None:
                self._look_for_what_is_not_linear(found, float(here))
        return found, [] if self.changed is None else [wording.changed(self.changed)]

    def _inside(self, shape: Index) -> bool:
        return len(shape) == len(self.index) and all(
            i < n for i, n in zip(self.index, shape, strict=True)
        )

    def ask(self, args: tuple[Any, ...]) -> Array:
        """Call the function, or say why no picture can come of it."""
        call = self.runner.call(args)
        if call.reading is None or call.reading.array is None:
            raise self._no_numbers(call, args)
        values = call.reading.array
        if call.changed and self.changed is None:
            self.changed = self.exercise.arguments[call.changed[0]]
        if self.shape is not None and values.shape != self.shape:
            raise NotLinear(
                f"With {self._written(args)} your function returns {size(values.shape)}, with "
                f"other numbers in the same places {size(self.shape)}.",
            )
        self.shape = values.shape
        if self._inside(values.shape) and not np.isfinite(values[self.index]):
            raise self._tried(Finding("error", wording.not_finite(values[self.index])), args)
        return values

    def _no_numbers(self, call: Call, args: tuple[Any, ...]) -> CannotDraw:
        if call.failure is None:
            return CannotDraw(of_form(call))
        found = of_failure(self.exercise, self.function, call.failure)
        own = call.failure.kind in ("stub", "time")  # whatever the input
        return CannotDraw(found) if own else self._tried(found, args)

    def _tried(self, found: Finding, args: tuple[Any, ...]) -> CannotDraw:
        message = f"{found.message} It was tried on {self._written(args)}."
        return CannotDraw(replace(found, message=message))

    def _written(self, args: tuple[Any, ...]) -> str:
        text = format_arguments(self.exercise.arguments, args)
        return f"`{' '.join(text.split()).replace('[ ', '[')}`"  # a table in one line

    def _look_for_what_is_not_linear(self, found: Taps, here: float) -> None:
        """Compare f(2x) with 2 f(x), f(x + y) with f(x) + f(y), and the example with its sum."""
        draw = Draw("explain")
        example = _inputs(self.exercise)
        drawn = [draw.numbers(a.size, decimals=1).reshape(a.shape) for a in example]
        for k in range(len(example)):
            self._compare(drawn, k, example[k])
        total = found.value(self.index)
        if not _equal(total, here):
            raise NotLinear(
                f"With {self._written(probe_of(self.exercise).args)} your {output(self.index)} is "
                f"{format_value(here)}, but the products that impulses show add up to "
                f"{format_value(total)}.",
            )

    def _compare(self, drawn: list[Array], k: int, other: Array) -> None:
        """Compare answers to inputs of which number `k` is doubled, or added to `other`."""
        name = self.exercise.arguments[_places(self.exercise)[k]]

        def answer(value: Array) -> float:
            inputs = [value if i == k else same for i, same in enumerate(drawn)]
            return float(self.ask(_with(self.exercise, *inputs))[self.index])

        once = answer(drawn[k])
        for factor, changed in ((2, "doubled"), (-1, "times -1")):
            times = answer(factor * drawn[k])
            if not _equal(times, factor * once):
                raise NotLinear(
                    f"With {self._written(_with(self.exercise, *drawn))} your "
                    f"{output(self.index)} is {format_value(once)}. With every number of {name} "
                    f"{changed}, a sum of products would be {format_value(factor * once)}, but "
                    f"yours is {format_value(times)}.",
                )
        one, both = answer(other), answer(drawn[k] + other)
        if not _equal(both, once + one):
            raise NotLinear(
                f"With {name} = {format_value(drawn[k])} your {output(self.index)} is "
                f"{format_value(once)}, with {name} = {format_value(other)} it is "
                f"{format_value(one)}. With the sum of both, {name} = "
                f"{format_value(drawn[k] + other)}, a sum of products would be "
                f"{format_value(once + one)}, but yours is {format_value(both)}.",
            )


def _equal(got: float, expected: float) -> bool:
    return abs(got - expected) <= 1e-4 * max(1.0, abs(got), abs(expected))
