"""Answers to predictions, in words and numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse.predictions.model import Prediction, near


def shown(value: float, tolerance: float = 0.0) -> str:
    """Write a number with a true minus sign, and no more decimals than `tolerance` allows.

    Examples
    --------
    >>> shown(13.199999999), shown(-1.1973, 0.06), shown(-0.0), shown(1 / 3)
    ('13.2', '−1.2', '0', '0.333333')
    """
    if tolerance:
        decimals = max(0, math.ceil(-math.log10(tolerance)))
        text = f"{value:.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:.6g}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def list_of(values: ArrayLike, tolerance: float = 0.0) -> str:
    """Write an array with one or two axes, rows in brackets of their own.

    Examples
    --------
    >>> list_of([0, 0.5]), list_of([[1, 2], [3, 4]])
    ('(0, 0.5)', '(1, 2), (3, 4)')
    """
    rows = np.atleast_2d(np.asarray(values, dtype=float))
    return ", ".join("(" + ", ".join(shown(v, tolerance) for v in row) + ")" for row in rows)


def answer_in_words(prediction: Prediction, answer: Any, tolerance: float = 0.0) -> str:
    """Write an answer to a prediction, with its unit: what was predicted, or what came out."""
    if prediction.kind == "choice":
        return prediction.option(answer).text
    unit = f" {prediction.unit}" if prediction.unit else ""
    if prediction.kind == "number":
        return shown(float(answer), tolerance) + unit
    return list_of(np.reshape(answer, prediction.shape), tolerance) + unit


def remark(prediction: Prediction, answer: float, computed: float) -> str:
    """Say how a wrong number differs from the right one."""
    tolerance = prediction.tolerance
    if "sign" in prediction.remarks and near(-answer, computed, tolerance):
        return "The size is right, the sign is not."
    size = "large" if abs(answer) > abs(computed) else "small"
    factor = _factor(answer, computed, tolerance) if "factor" in prediction.remarks else 0
    if factor:
        return f"It is too {size} by a factor of {factor}."
    unit = f" {prediction.unit}" if prediction.unit else ""
    direction = "more" if answer > computed else "less"
    return f"It is {shown(abs(answer - computed), tolerance)}{unit} {direction} than that."


def _factor(answer: float, computed: float, tolerance: float) -> int:
    """The whole number, 2 to 1000, by which the two differ; 0 if there is none."""
    small, large = sorted((abs(answer), abs(computed)))
    if small <= tolerance or answer * computed < 0:
        return 0
    factor = round(large / small)
    times = float(factor) if abs(answer) > abs(computed) else 1 / factor
    # What counts as right for the number itself counts for its multiple, too.
    fits = abs(abs(answer) - times * abs(computed)) <= times * tolerance
    return factor if 2 <= factor <= 1000 and fits else 0
