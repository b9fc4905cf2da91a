"""Ready-made functions that would do an exercise's work, recognised when they are really called.

The source text is not looked at: a comment that names ``np.convolve`` accuses nobody, and
``from numpy import convolve as c`` deep inside a helper does not go unnoticed. What cannot be seen:
a function written in C that is called by C code alone (``map(torch.conv1d, ...)``), or in another
thread.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from cnncourse.exercises.deadline import call_within
from cnncourse.exercises.places import Line, is_library, line_of

# Between the learner's function and the check that called it.
_CARRIERS = ("cnncourse.exercises.running", "cnncourse.exercises.deadline", __name__)


@dataclass(frozen=True)
class ReadyMade:
    """Functions of one library: `names` in any module whose name starts with `module`.

    The name "my_*" stands for all that start so.
    """

    module: str
    names: frozenset[str]
    shown: str

    def covers(self, module: str, name: str) -> bool:
        """Whether the function `name` of `module` is one of these."""
        inside = module == self.module or module.startswith(self.module + ".")
        return inside and (name in self.names or (name.startswith("my_") and "my_*" in self.names))


def _of(module: str, names: str, shown: str = "") -> ReadyMade:
    return ReadyMade(module, frozenset(names.split()), shown or module)


_SCIPY_MATRICES = _of("scipy.linalg", "toeplitz convolution_matrix matmul_toeplitz")
_OWN_SOLUTIONS = _of("cnncourse.exercises", "my_*")  # every solution is called so

CONVOLUTIONS = (
    # correlate2 is the C function behind np.correlate.
    _of("numpy", "convolve correlate correlate2 polymul", "np"),
    _of(
        "scipy.signal",
        "convolve correlate fftconvolve oaconvolve convolve2d correlate2d lfilter filtfilt "
        "sosfilt sosfiltfilt upfirdn savgol_filter sepfir2d",
    ),
    _of("scipy.ndimage", "convolve correlate convolve1d correlate1d uniform_filter1d"),
    _SCIPY_MATRICES,
    _of("torch", "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_tbc"),
    _of("tensorflow", "conv1d conv2d convolution conv1d_transpose conv2d_transpose"),
    _of("keras", "conv conv_transpose depthwise_conv"),
    _of(
        "cnncourse",
        "convolve1d cross_correlate1d convolve2d cross_correlate2d conv2d toeplitz_matrix "
        "convolve2d_commuted riemann_convolution smooth",
    ),
    _OWN_SOLUTIONS,
)
POOLINGS = (
    _of(
        "torch",
        "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d adaptive_max_pool1d "
        "adaptive_max_pool2d adaptive_avg_pool1d adaptive_avg_pool2d lp_pool1d lp_pool2d",
    ),
    _of("tensorflow", "max_pool max_pool1d max_pool2d avg_pool avg_pool1d avg_pool2d pool"),
    _of("keras", "max_pool average_pool adaptive_max_pool adaptive_average_pool"),
    _of(
        "scipy.ndimage",
        "maximum_filter maximum_filter1d grey_dilation uniform_filter uniform_filter1d "
        "generic_filter generic_filter1d",
    ),
    _of("skimage", "block_reduce"),
    _of("cnncourse", "pool2d adaptive_pool2d global_pool2d", "cnncourse.pooling"),
    _OWN_SOLUTIONS,
)
# Only what no ready-made convolution calls in its turn: scipy.signal.convolve calls correlate.
CORRELATIONS = (
    _of("scipy.signal", "correlate2d"),
    _of("torch", "conv1d conv2d conv3d"),
    _of("tensorflow", "conv1d conv2d convolution"),
    _of("keras", "conv depthwise_conv"),
    _of("cnncourse", "cross_correlate1d cross_correlate2d conv2d", "cnncourse.conv"),
    _OWN_SOLUTIONS,
)
SOLUTIONS = (_OWN_SOLUTIONS,)
SMOOTHING = (_of("cnncourse", "smooth", "cnncourse.smoothing"), _OWN_SOLUTIONS)
BEST_LENGTH = (_of("cnncourse", "best_window_length", "cnncourse.smoothing"), _OWN_SOLUTIONS)
SIZES = (
    _of("cnncourse", "conv_output_size pool_output_size same_padding", "cnncourse.shapes"),
    _OWN_SOLUTIONS,
)
# What carries weights and pictures from one framework to the other in one call.
LAYOUTS = (
    _of(
        "cnncourse",
        "channels_last channels_first kernel_to_keras kernel_to_torch flatten_order to_keras "
        "to_torch transposed_kernel_to_keras transposed_kernel_to_torch",
        "cnncourse.frameworks",
    ),
    _OWN_SOLUTIONS,
)
PADDINGS = (
    _of("cnncourse", "same_padding", "cnncourse.shapes"),
    _of("cnncourse", "torch_padding keras_padding functional_pad", "cnncourse.frameworks"),
    _OWN_SOLUTIONS,
)
# What leads a gradient back through a layer in one call; a plain convolution is only part of that.
GRADIENTS = (
    _of(
        "torch",
        "conv_transpose1d conv_transpose2d conv1d_input conv2d_input conv1d_weight conv2d_weight "
        "max_unpool1d max_unpool2d fold grad backward vjp jacobian",
    ),
    _of("tensorflow", "conv1d_transpose conv2d_transpose conv2d_backprop_input gradient"),
    _of("keras", "conv_transpose"),
    _of(
        "cnncourse",
        "conv2d_input_gradient conv2d_kernel_gradient pool2d_input_gradient backward",
        "cnncourse.gradients",
    ),
    _OWN_SOLUTIONS,
)
TOEPLITZ = (
    _SCIPY_MATRICES,
    _of("cnncourse", "toeplitz_matrix doubly_block_toeplitz", "cnncourse.conv"),
    _OWN_SOLUTIONS,
)


@dataclass(frozen=True)
class Use:
    """A ready-made function that was called, and the learner's line that led to it."""

    name: str
    line: Line | None


class Watch:
    """Notes the first forbidden function called by this thread while it is entered.

    Examples
    --------
    >>> import numpy as np
    >>> with Watch(CONVOLUTIONS) as watch:
    ...     _ = np.convolve([1, 2], [3, 4])
    >>> watch.use.name
    'np.convolve'
    """

    def __init__(self, forbidden: Iterable[ReadyMade]) -> None:
        self._forbidden = tuple(forbidden)
        self._names = frozenset[str]().union(*(rule.names for rule in self._forbidden))
        self._before: Any = None
        self.use: Use | None = None

    def __enter__(self) -> Watch:
        self._before = sys.getprofile()
        if self._forbidden:
            sys.setprofile(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        if sys.getprofile() is self._before:
            return
        if self._before is None or callable(self._before):
            sys.setprofile(self._before)
        else:  # cProfile shows itself here, and is switched on again in a way of its own
            sys.setprofile(None)
            self._before.enable()

    def _event(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "call":
            name = frame.f_code.co_name
            if self.use is None and (name in self._names or name.startswith("my_")):
                self._note(str(frame.f_globals.get("__name__", "")), name, frame)
        elif event == "c_call":
            name = getattr(arg, "__name__", "")
            if name in self._names and self.use is None:
                self._note(_home(arg), name, frame)

    def _note(self, module: str, name: str, frame: FrameType) -> None:
        for rule in self._forbidden:
            if rule.covers(module, name) and not _called_by_a_check(frame.f_back):
                shown = {"correlate2": "correlate"}.get(name, name)
                self.use = Use(f"{rule.shown}.{shown}", _caller(frame))
                return


def _home(function: Any) -> str:
    """Name of the module that a function written in C belongs to."""
    module = getattr(function, "__module__", None)
    if isinstance(module, str):
        return module
    # torch keeps its functions as methods of a class of its own.
    owner = getattr(function, "__self__", None)
    return str(getattr(owner, "__module__", "")) if isinstance(owner, type) else ""


def _called_by_a_check(frame: FrameType | None) -> bool:
    """Whether the course's own exercises made the call: inside of a check within the check."""
    while frame is not None and is_library(frame.f_code.co_filename):
        if frame.f_code is call_within.__code__:
            return False
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("cnncourse.exercises.") and module not in _CARRIERS:
            return True
        frame = frame.f_back
    return False


def _caller(frame: FrameType | None) -> Line | None:
    """Find the learner's line, or None if the forbidden function itself was handed in."""
    while frame is not None and is_library(frame.f_code.co_filename):
        if frame.f_code is call_within.__code__:
            return None
        frame = frame.f_back
    return None if frame is None else line_of(frame.f_code.co_filename, frame.f_lineno)
