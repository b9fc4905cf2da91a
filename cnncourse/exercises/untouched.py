"""Whether an answer is empty, the one that the learner was given, or the one checked before."""

from __future__ import annotations

import dis
import hashlib
import inspect
from bisect import bisect_left
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import numpy as np

_KINDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_IDLE = ("RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST")
_FILLING = ("PUSH_NULL", "NOP", "EXTENDED_ARG", "CACHE")


def is_empty(function: Any) -> bool:
    """Whether the body does nothing: `pass`, `...` or a docstring alone.

    Examples
    --------
    >>> def my_flip(w):
    ...     "Reverse the order of the numbers."
    >>> is_empty(my_flip), is_empty(lambda w: w)
    (True, False)
    """
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or code.co_flags & _KINDS:
        return False
    steps = list(dis.get_instructions(code))
    loads = [s.argval for s in steps if s.opname in ("LOAD_CONST", "RETURN_CONST")]
    return all(step.opname in _IDLE for step in steps) and not (loads and loads[-1] is not None)


def is_copy(function: Any, original: Callable[..., Any]) -> bool:
    """Whether `function` has the code of `original`: comments, docstring and name do not count.

    What Python compiled is compared, so a copy that was laid out in another way is one, too.

    Examples
    --------
    >>> is_copy(lambda x: x + 1, lambda x: x + 1), is_copy(lambda x: x + 1, lambda x: x + 2)
    (True, False)
    """
    if type(function) is not FunctionType or function.__closure__:
        return False
    if function.__defaults__ or function.__kwdefaults__:
        return False
    return _steps(function.__code__) == _steps(original.__code__)


def fingerprint(answer: Any) -> str:
    """Give a short text that is the same for the same code or number; "" for other things.

    It tells whether an answer was checked before, and nothing of what is in it.

    Examples
    --------
    >>> fingerprint(lambda x: x + 1) == fingerprint(lambda x: x + 1)
    True
    >>> fingerprint(lambda x: x + 1) == fingerprint(lambda x: x + 2), fingerprint(object())
    (False, '')
    """
    if type(answer) is FunctionType:
        text = repr((_steps(answer.__code__), answer.__name__))
    elif type(answer) in (int, float, str) or issubclass(type(answer), np.number):
        text = repr(answer)
    else:
        return ""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def _steps(code: CodeType) -> list[Any]:
    """List the steps of a compiled function, with those of the functions inside it.

    A call such as ``np.ones(m)`` is compiled in two ways: where the import stands in the same file
    or cell, the name before the point is known to be a module. They count as one here.
    """
    kept = [step for step in dis.get_instructions(code) if step.opname not in _FILLING]
    offsets = [step.offset for step in kept]
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    steps: list[Any] = [arguments, code.co_argcount, code.co_flags & _KINDS]
    for step in kept:
        value: Any = repr(step.argval)  # 1, 1.0 and True are equal, but not the same constant
        if isinstance(step.argval, CodeType):
            value = _steps(step.argval)
        elif step.opcode in dis.hasjrel or step.opcode in dis.hasjabs:
            value = bisect_left(offsets, step.argval)
        steps.append((step.opname.replace("LOAD_METHOD", "LOAD_ATTR"), value))
    return steps
