"""Other numbers for each student: which variant of an exercise holds, and how it is drawn.

The numbers of an exercise follow from its id and a seed alone, on every platform and with every
version of NumPy and of Python from 3.2 on. The text ``"E1.0: ann@example.org"`` seeds Python's
``random.Random``, and ``Draw`` makes numbers of what its method ``random()`` gives. Python promises
for both, seeding and ``random()``, that they will not change (library reference, "random", section
"Notes on Reproducibility"); no generator of NumPy takes part. Two exercises with one seed are drawn
independently, as their ids differ. If a draw leaves two ideas with one answer, the next numbers of
the same sequence are drawn, so the final ones follow from the seed, too.
"""

from __future__ import annotations

import os
import unicodedata
from typing import Any

import numpy as np

from cnncourse.exercises.evidence import Trial, draw_trial
from cnncourse.exercises.model import Exercise

VARIABLE = "CNNCOURSE_VARIANT"
"""Environment variable that holds the seed where none is set in the notebook."""

_chosen: str | None = None
_shown: dict[tuple[str, str | None], None] = {}  # in the order of showing


def set_variant(seed: int | str | None) -> None:
    """Choose the numbers of all exercises that have variants, for the rest of the session.

    The same seed gives the same numbers everywhere, today and in later versions. Each student of a
    class can have other numbers with, say, the e-mail address as the seed.

    Parameters
    ----------
    seed : int, str or None
        Capital letters, and blanks at both ends, make no difference; 7 and "7" are the same. None
        takes the choice back: then the environment variable CNNCOURSE_VARIANT decides, and without
        it everyone has the same numbers.

    Raises
    ------
    TypeError, ValueError
        If `seed` is something else, or empty.

    Examples
    --------
    >>> set_variant("ann@example.org")
    >>> set_variant(None)
    """
    global _chosen
    _chosen = None if seed is None else _text(seed, "seed")


def current_variant(seed: int | str | None = None) -> str | None:
    """Say which variant holds: `seed`, else the one set, else the environment's; None: everyone's.

    Examples
    --------
    >>> current_variant(" Ann@Example.org "), current_variant(7)
    ('ann@example.org', '7')
    """
    if seed is not None:
        return _text(seed, "seed")
    if _chosen is not None:
        return _chosen
    value = os.environ.get(VARIABLE, "")
    return _text(value, VARIABLE) if value.strip() else None


def given_trial(exercise: Exercise, variant: str | None) -> Trial:
    """Draw the numbers of one variant, the right answer and that of each wrong idea.

    Parameters
    ----------
    exercise : Exercise
        One that is answered by a value.
    variant : str or None
        As `current_variant` gives it.
    """
    return draw_trial(exercise, exercise.id if variant is None else f"{exercise.id}: {variant}")


def note_shown(exercise: Exercise, variant: str | None) -> None:
    """Note that the learner has seen these numbers."""
    _shown.pop((exercise.id, variant), None)
    _shown[exercise.id, variant] = None


def other_variants(exercise: Exercise, variant: str | None) -> list[str | None]:
    """List the variants, seen last, that an answer may belong to by mistake: everyone's, too."""
    seen = [shown for name, shown in _shown if name == exercise.id and shown is not None][-10:]
    return [other for other in [*reversed(seen), None] if other != variant]


def _text(seed: Any, name: str) -> str:
    if isinstance(seed, bool) or not isinstance(seed, (int, str, np.integer)):
        raise TypeError(f"{name} must be a whole number, a text or None, got {type(seed).__name__}")
    try:
        text = str(seed)
    except ValueError:  # Python writes out some thousand digits, no more
        raise ValueError(f"{name} must have at most 4000 digits, got more") from None
    # One name typed on two keyboards may differ in how an accent is stored, or be no valid text.
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    text = unicodedata.normalize("NFKC", text).casefold().strip()
    if not text:
        raise ValueError(f"{name} must not be empty")
    return text
