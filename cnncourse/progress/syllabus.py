"""The lessons that there are."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Parameters
    ----------
    number : str
        "01".
    title : str
    file : str
        Its notebook, from the course's folder.
    minutes : int
        How long it takes, the exercises not counted.
    """

    number: str
    title: str
    file: str
    minutes: int


LESSONS = (
    Lesson("00", "Start here", "notebooks/00_start_here.ipynb", 35),
    Lesson("01", "Spaceship smoothing", "notebooks/01_spaceship_smoothing.ipynb", 75),
    Lesson("02", "Two-dimensional convolution", "notebooks/02_convolution_2d.ipynb", 90),
    Lesson("03", "Why convolution", "notebooks/03_why_convolution.ipynb", 75),
    Lesson("04", "Pooling and invariance", "notebooks/04_pooling_invariance.ipynb", 75),
    Lesson("05", "Channels, stride and padding", "notebooks/05_stride_and_padding.ipynb", 100),
    Lesson("06", "TensorFlow and PyTorch", "notebooks/06_tensorflow_and_pytorch.ipynb", 75),
    Lesson("07", "Inside a trained network", "notebooks/07_inside_a_trained_network.ipynb", 150),
    Lesson("08", "Looking back", "notebooks/08_looking_back.ipynb", 25),
)
"""In the order of the course; the first asks the concept test before it, the last the one after."""


def lesson_of(subject: str) -> str:
    """Read the lesson from the id of an exercise or a prediction; "" if there is none in it.

    Examples
    --------
    >>> lesson_of("E1.2"), lesson_of("P12.3"), lesson_of("C3")
    ('01', '12', '')
    """
    found = re.fullmatch(r"[A-Z](\d{1,2})\.\d+", subject)
    return f"{int(found[1]):02}" if found else ""
