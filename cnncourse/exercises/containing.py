"""Puts back what a learner's function changed in the process besides its result.

Put back are: the working folder, NumPy's and Python's random state, NumPy's error handling and
print options, warning filters, the recursion limit, whether garbage is collected, the context of
``decimal``, functions that trace (``sys.settrace``, ``threading.settrace``, ``setprofile``), signal
handlers, open figures, and the names in ``MODULES``. Not put back are the settings of frameworks
(the default dtype, device and random state of torch and TensorFlow), environment variables,
``sys.path``, files, and names in other modules.
"""

from __future__ import annotations

import builtins
import contextlib
import decimal
import gc
import math
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from operator import is_
from types import ModuleType
from typing import Any

import numpy as np
from numpy import fft, linalg
from numpy import random as numpy_random

# Bound here: a learner's function may overwrite those of builtins.
_all, _len, _map = all, len, map

Names = list[tuple[ModuleType, dict[str, Any]]]
MODULES = (np, fft, linalg, numpy_random, math, builtins)
_CONTEXT = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps")


@contextlib.contextmanager
def contained() -> Iterator[None]:
    """Put back, at the end, the settings that a function may have changed.

    Inside, exit() and quit() raise SystemExit and do nothing else.

    Examples
    --------
    >>> with contained():
    ...     sys.setrecursionlimit(5000)
    >>> sys.getrecursionlimit() == 5000
    False
    """
    saved = _settings()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), np.printoptions():
            warnings.simplefilter("ignore")
            with _displays_off(), _exits_off():
                yield
    finally:
        for put, value in saved:
            # One that cannot be put back (a folder removed meanwhile) keeps no other from it.
            with contextlib.suppress(Exception):
                put(value)


def names_now() -> Names:
    """Note what the names of the watched modules stand for."""
    return [(module, dict(vars(module))) for module in MODULES]


def put_back(names: Names) -> None:
    """Undo what a learner's `np.abs = ...` or `builtins.sum = ...` did."""
    for module, before in names:
        now = module.__dict__
        if _len(now) == _len(before) and _all(_map(is_, now.values(), before.values())):
            continue  # nothing has changed, as a rule: thousands of calls ask that
        for name, value in before.items():
            # Not now.get(name): each call would be an event for whoever watches for calls.
            if name not in now or now[name] is not value:
                setattr(module, name, value)


def _settings() -> list[tuple[Callable[[Any], object], Any]]:
    """List the settings of just now, each with the function that puts it back."""
    context = decimal.getcontext()
    saved: list[tuple[Callable[[Any], object], Any]] = [
        (np.random.set_state, np.random.get_state()),  # noqa: NPY002 - learners use it
        (random.setstate, random.getstate()),
        (sys.setrecursionlimit, sys.getrecursionlimit()),
        (_collect_garbage, gc.isenabled()),
        (_use_context, (context, context.copy())),
        (_trace, sys.gettrace()),
        (threading.setprofile, threading.getprofile()),
        (threading.settrace, threading.gettrace()),
    ]
    with contextlib.suppress(OSError):  # the folder that the kernel works in may be gone
        saved.append((os.chdir, os.getcwd()))
    if threading.current_thread() is threading.main_thread():  # others may not set them
        handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
        saved.append((_handle_signals, handlers))
    return saved


def _collect_garbage(on: bool) -> None:
    (gc.enable if on else gc.disable)()


def _use_context(contexts: tuple[decimal.Context, decimal.Context]) -> None:
    """Take up the same object again, which others may hold, with its earlier values."""
    context, before = contexts
    for name in _CONTEXT:
        setattr(context, name, getattr(before, name))
    decimal.setcontext(context)


def _trace(function: Any) -> None:
    # Setting even the same one again would replace a debugger's quick way by a slow one.
    if sys.gettrace() is not function:
        sys.settrace(function)


def _handle_signals(handlers: dict[signal.Signals, Any]) -> None:
    for number, handler in handlers.items():
        # None: set by a program written in C, out of Python's reach.
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)


def _shell() -> Any:
    """Give the running IPython; None elsewhere."""
    ipython = sys.modules.get("IPython")  # a program that never loaded it does not run in it
    return ipython.get_ipython() if ipython else None


@contextlib.contextmanager
def _exits_off() -> Iterator[None]:
    """Let exit() and quit() do no more than sys.exit() does.

    IPython's own end the kernel after the cell, and raise nothing; Python's close the keyboard.
    """

    def leave(*_: object, **__: object) -> None:
        raise SystemExit

    shell = _shell()
    with contextlib.ExitStack() as stack:
        for name in ("exit", "quit"):
            if hasattr(builtins, name):  # IPython takes them out, and has its own in the notebook
                stack.enter_context(_replaced(builtins, name, leave))
        if shell is not None:
            stack.enter_context(_replaced(shell, "ask_exit", leave))
            stack.enter_context(_replaced(shell, "keepkernel_on_exit", None))
        yield


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Set an attribute of an object itself, and take it away again or put back what it was."""
    own, before = name in vars(owner), vars(owner).get(name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if own:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


@contextlib.contextmanager
def _displays_off() -> Iterator[None]:
    """Keep figures and displays, one for each call of the function, out of the notebook."""
    shell = _shell()
    publisher = shell.display_pub if shell else None
    before = _open_figures()
    if shell:
        from IPython.core.displaypub import CapturingDisplayPublisher

        shell.display_pub = CapturingDisplayPublisher()
    try:
        yield
    finally:
        if shell:
            shell.display_pub = publisher
        for figure in _open_figures() - before:
            sys.modules["matplotlib.pyplot"].close(figure)


def _open_figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()
