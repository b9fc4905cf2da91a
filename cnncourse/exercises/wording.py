"""The sentences of a check: short, kind, precise. Code stands between backquotes."""

from __future__ import annotations

import dis
import inspect
from types import CodeType
from typing import Any

import numpy as np

from cnncourse._words import counted
from cnncourse.exercises.comparing import first_difference
from cnncourse.exercises.formatting import format_pair
from cnncourse.exercises.model import Array, Exercise
from cnncourse.exercises.places import Line
from cnncourse.exercises.reading import Reading
from cnncourse.exercises.readymade import Use
from cnncourse.exercises.running import Failure, Slow

PASSED = "All cases agree, drawn afresh for this check. Well done."
MENDED = "Mended: all cases agree, drawn afresh for this check. Well done."
RIGHT_VALUE = "That is the right answer. Well done."
ROUNDED = "Close, but rounded too far: give the answer with all its decimals."
PRINTS = "Your function prints while it works. That does no harm; here it was kept back."
CUT = (
    "The decimals are cut off: your output array can hold whole numbers only. Make it with "
    "`np.zeros(...)`, whose numbers are floats, not with `dtype=int` or `zeros_like` of an array "
    "of whole numbers."
)


def not_a_function(exercise: Exercise, value: Any, tool: str = "check", *index: str) -> str:
    """Say what came in place of a function."""
    if value is None:
        what = "nothing (None)"
    elif isinstance(value, np.ndarray):
        what = "an array, the result of a call perhaps,"
    else:
        name = type(value).__name__
        what = f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
    call = ", ".join([f'"{exercise.id}"', exercise.stub_name, *index])
    return (
        f"`{tool}` got {what} where it needs your function. Give it the name alone, without "
        f"brackets after it: `{tool}({call})`."
    )


def empty(exercise: Exercise) -> str:
    """Say that the body does nothing yet."""
    return f"`{exercise.stub_name}` is still empty. Write your code, run its cell, then check."


def as_it_came(exercise: Exercise) -> str:
    """Say that the program to repair is still the broken one."""
    return (
        f"`{exercise.stub_name}` is as it came: it runs, but not all it gives is right. Try it on "
        "the example of the task, mend it, run its cell, then this one."
    )


def stub(exercise: Exercise, function: Any, line: Line | None) -> str:
    """Say that the stub still raises NotImplementedError."""
    name = exercise.stub_name
    if _is_untouched(function):
        return (
            f"Put your code in place of `raise NotImplementedError` in `{name}`, run that cell, "
            "then this one."
        )
    where = f" in line {line.number}" if line is not None else ""
    return (
        f"`{name}` still runs into `raise NotImplementedError`{where}. Take that line out once "
        "your code returns a result."
    )


def _is_untouched(function: Any) -> bool:
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return False
    work = {"RESUME", "NOP", "RAISE_VARARGS", "LOAD_GLOBAL", "LOAD_CONST", "PUSH_NULL"}
    return set(code.co_names) == {"NotImplementedError"} and all(
        step.opname in work for step in dis.get_instructions(code)
    )


def wrong_arguments(exercise: Exercise, function: Any, signature: inspect.Signature) -> str:
    """Say that the function cannot be called as the task does."""
    name = getattr(function, "__name__", "your function")
    wanted = ", ".join(exercise.arguments)
    has = ", ".join(signature.parameters) or "nothing"
    many = len(exercise.arguments)
    return (
        f"`{name}` cannot be called with {many} argument{'s' if many > 1 else ''} ({wanted}): it "
        f"takes {has}. Keep the first line of the task: `def {exercise.stub_name}({wanted}):`."
    )


def ready_made(exercise: Exercise, use: Use) -> str:
    """Say that a ready-made function did the work."""
    if use.name.startswith("cnncourse.exercises."):
        return "That is the course's own solution at work. The points are for yours."
    where = f", in {_where(use.line)}" if use.line is not None else ""
    return (
        f"`{use.name}` was called{where}. This task is to write out what it does, so let "
        f"`{exercise.stub_name}` do without it, even for a comparison."
    )


def _where(line: Line) -> str:
    return f"line {line.number}: `{line.text}`" if line.text else f"line {line.number}"


def time_up(what: Failure, needed: int | None = None) -> str:
    """Say that the function did not come to an end, or is too slow for so many calls."""
    if what.slow is not None:
        return _too_slow(what.slow, needed)
    where = f" It was stopped in {_where(what.line)}." if what.line is not None else ""
    return (
        f"The function did not come to an end within the time limit: a loop that never ends?{where}"
    )


def _too_slow(slow: Slow, needed: int | None) -> str:
    one = slow.calls == 1
    of = f"call{'' if one else 's'}" if needed is None else f"of {needed} calls"
    done = f"{slow.calls} {of} {'was' if one else 'were'} done"
    return (
        f"Each call takes about {slow.each:.2g} s: {done} when the time limit of {slow.limit:g} s "
        "had passed. What takes so long?"
    )


def unsteady(function: Any, first: str, second: str) -> str:
    """Say that one input got two answers, and point to what can be seen of the reason."""
    start = f"Called twice with the same input, it answered {first} and then {second}."
    code, defaults = getattr(function, "__code__", None), getattr(function, "__defaults__", None)
    if any(isinstance(value, (list, dict, set, np.ndarray)) for value in defaults or ()):
        return (
            f"{start} A default argument that is a list or an array is made once and kept from "
            "call to call: create it inside the function."
        )
    if isinstance(code, CodeType) and any(
        s.opname == "STORE_GLOBAL" for s in dis.get_instructions(code)
    ):
        return f"{start} It keeps something in a global variable from call to call."
    return (
        f"{start} Does it use random numbers, or keep something from call to call (a variable "
        "outside of the function)?"
    )


def changed(name: str) -> str:
    """Say that an argument was changed."""
    return (
        f"Your function changes its input `{name}`: whoever calls it finds other numbers there "
        f"afterwards. Work on a copy, `{name}.copy()`, or make a new array."
    )


def failure(exercise: Exercise, what: Failure) -> str:
    """Say why a call gave nothing."""
    name, where = exercise.stub_name, ""
    if what.line is not None:
        where = f" in {_where(what.line)}"
    if what.kind == "recursion":
        return f"`{name}` calls itself without end{where}."
    if what.kind == "keyboard":
        return f"`{name}` asks for keyboard input{where}. Take what it needs from its arguments."
    if what.kind == "exit":
        return f"`{name}` ends the whole program{where}. Use `return` to leave a function."
    return f"It stopped with an error{where} ({what.error})."


def unreadable(reading: Reading, *, printed: bool) -> str:
    """Say what is wrong with the form of the output."""
    if printed:
        return (
            "It printed its result, but returned nothing. `print` shows a value to you; `return` "
            "hands it on."
        )
    if reading.kind == "none":
        return "It returned nothing (None). Does every way through it end in `return ...`?"
    return _sentence(reading.problem)


def not_finite(output: Array) -> str:
    """Say that the output holds NaN or infinity."""
    if np.isnan(output).any():
        return "The output holds NaN, not a number: was 0 divided by 0, or a cell never filled?"
    return "The output holds infinity: was something divided by 0?"


def wrong_shape(output: Array, expected: Array) -> str:
    """Say that the output has another length or shape."""
    if output.ndim == 1:
        verb = "is" if len(expected) == 1 else "are"
        numbers = counted(len(output), "number")
        return f"The output has {numbers}, where {len(expected)} {verb} expected."
    return f"The output has the shape {output.shape}, where {expected.shape} is expected."


def other_exercise(other: Exercise) -> str:
    """Say that the function seems to belong elsewhere."""
    return f"You gave `{other.stub_name}`, the function of {other.id}."


def judged(complaint: str) -> str:
    """Make a judge's complaint a sentence."""
    return _sentence(complaint)


def values(output: Array, expected: Array, scale: float | None = None) -> str:
    """Point to the first number that is off."""
    where = first_difference(output, expected, scale=scale)
    if where is None:
        return "The number is not the expected one."
    right, got = format_pair(expected[where], output[where])
    index = ", ".join(str(i) for i in where)
    return f"The first number that is off is at index [{index}]: {got}, where {right} is expected."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


# Answers that are values


def no_answer(exercise: Exercise) -> str:
    """Say that the variable does not hold an answer yet."""
    return (
        f"Put your answer in place of the dots, `{exercise.stub_name} = ...`, run that cell, then "
        "this one."
    )


def number_in_quotes(exercise: Exercise, value: str) -> str:
    """Say that the number is text."""
    number = value.strip().replace(",", ".")
    return (
        f"`{exercise.stub_name}` is text. Leave out the quotation marks: "
        f"`{exercise.stub_name} = {_cut(number)}`."
    )


def not_a_value(exercise: Exercise, value: Any, reading: Reading) -> str:
    """Say what came in place of numbers."""
    name = exercise.stub_name
    if callable(value):
        return f"`{name}` is a function. This exercise asks for {_asked(exercise)}: what it gives."
    return f"`{name}` holds {reading.problem.removeprefix('it returned ')}."


def _asked(exercise: Exercise) -> str:
    kinds = {"integer": "a whole number", "number": "a number", "vector": "a row of numbers"}
    return kinds.get(exercise.output, "a table of numbers")


def answer_of_other_shape(exercise: Exercise, value: Any, reading: Reading) -> str:
    """Say that there are more numbers than one, or fewer dimensions than asked."""
    name = exercise.stub_name
    pair = type(value) is tuple and len(value) == 2 and all(type(v) is int for v in value)
    if exercise.output in ("number", "integer") and pair:
        whole, decimals = value
        return (
            f"`{name}` holds two numbers, {whole} and {decimals}. A decimal comma separates two "
            f"numbers in Python; the point is a point: `{name} = {whole}.{decimals}`."
        )
    what = reading.problem.removeprefix("it returned ").partition(";")[0].partition(", not")[0]
    return f"`{name}` holds {what}, and {_asked(exercise)} is asked for."


def no_reading(exercise: Exercise, what: Failure) -> str:
    """Say that the value could not be read."""
    if what.kind == "time":
        return f"`{exercise.stub_name}` could not be read within the time limit."
    return f"`{exercise.stub_name}` could not be read as {_asked(exercise)} ({what.error})."


def answer_not_finite(exercise: Exercise, answer: Array) -> str:
    """Say that the answer holds NaN or infinity."""
    what = "NaN, not a number" if np.isnan(answer).any() else "infinity"
    return f"`{exercise.stub_name}` holds {what}: was something divided by 0?"


def other_numbers(exercise: Exercise, variant: str | None) -> str:
    """Say that the answer belongs to the numbers of another variant."""
    whose = "everyone's numbers" if variant is None else f'the numbers of variant "{_cut(variant)}"'
    return (
        f"That is right for {whose}, but others hold now. Run the cell with "
        f'`given("{exercise.id}")` once more, and work with what it shows.'
    )


def other_value(exercise: Exercise) -> str:
    """Say that the answer is not the right one, without giving that."""
    return (
        "That is not the answer, and no slip that this check knows. Go through the steps once "
        f'more; `hint("{exercise.id}")` helps.'
    )


def _cut(text: str) -> str:
    line = " ".join(text.replace("`", "'").split())
    return line if len(line) <= 40 else line[:37] + "..."
