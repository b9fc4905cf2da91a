"""How sure one can say to be of a prediction: five levels, as probabilities and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncourse.forms import Choice


@dataclass(frozen=True)
class Level:
    """One level in words.

    Parameters
    ----------
    words : str
        What one says to be: "fairly sure".
    which : str
        How one speaks of the predictions made at this level: "of which you were fairly sure".
    """

    words: str
    which: str


LEVELS: Mapping[float, Level] = {
    0.25: Level("mostly guessing", "at which you were mostly guessing"),
    0.50: Level("could be", "of which you said “could be”"),
    0.75: Level("fairly sure", "of which you were fairly sure"),
    0.90: Level("sure", "of which you were sure"),
    0.99: Level("certain", "of which you were certain"),
}
"""The levels by probability, the lowest first."""


def percent(sure: float) -> str:
    """Write a level as a share of hundred.

    Examples
    --------
    >>> percent(0.75)
    '75 %'
    """
    return f"{100 * sure:.0f} %"


def sure_in_words(sure: float) -> str:
    """Write how sure someone is.

    Examples
    --------
    >>> sure_in_words(0.75)
    'fairly sure (75 %)'
    """
    return f"{LEVELS[sure].words} ({percent(sure)})"


def is_level(sure: Any) -> bool:
    """Whether something is one of the levels, whatever it is.

    Examples
    --------
    >>> is_level(0.5), is_level(0.6), is_level([0.5])
    (True, False, False)
    """
    return isinstance(sure, Real) and sure in LEVELS


def level(sure: Any) -> float:
    """Return the level that `sure` is.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        # Single precision has no 0.9; what it has instead is meant.
        found = round(float(sure), 6) if isinstance(sure, Real | Decimal) else None
    except (ValueError, OverflowError):  # a signalling nan; larger than any float
        found = None
    if found is None or not is_level(found):
        levels = ", ".join(f"{one:g}" for one in LEVELS)
        raise ValueError(f"sure must be one of {levels}, got {sure!r}")
    return found


def key(sure: float) -> str:
    """The level as the form knows it; ``float(key)`` is the level again."""
    return f"{sure:.2f}"


def question() -> Choice:
    """The field of a form that asks how sure one is."""
    # Forms load the widgets; an outcome without a form needs none.
    from cnncourse.forms import Choice

    return Choice(
        "sure",
        "How sure are you?",
        {key(sure): percent(sure) for sure in LEVELS},
        notes={key(sure): one.words for sure, one in LEVELS.items()},
        inline=True,
        missing="Say how sure you are, too: it shows you later how far to trust yourself.",
    )
