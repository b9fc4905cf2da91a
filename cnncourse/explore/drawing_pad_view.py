"""The drawing pad: a learner draws, says what it is, and it is kept in a file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from cnncourse._arrays import FloatArray
from cnncourse.data import drawings
from cnncourse.data.drawing_files import label_of, writer_of
from cnncourse.data.strokes import INK, RADIUS, SHAPES, SIDE
from cnncourse.explore.arrays import Array
from cnncourse.explore.base import Explorer
from cnncourse.explore.numbers import percent
from cnncourse.plots.picture import Picture, in_house_style

LABELS = (2, 8)
"""Least and most labels."""

REMEMBERED = 400
"""So many answered requests are told to the browser, which has long forgotten the older ones."""


class Paper(Array):
    """A trait that holds a drawing: (28, 28) of ink from 0 to 255."""

    def __init__(self) -> None:
        blank = np.zeros((SIDE, SIDE))
        blank.setflags(write=False)
        super().__init__(2, (SIDE, SIDE), INK, default_value=blank)

    def validate(self, obj: Any, value: Any) -> FloatArray:
        """Return `value` as the trait keeps it, or raise TraitError."""
        array = super().validate(obj, value)
        if array.shape != (SIDE, SIDE) or array.min() < 0:
            raise traitlets.TraitError(
                f"image must be {SIDE} x {SIDE} of ink from 0 to {INK}, got shape {array.shape}"
            )
        return array


class DrawingPad(Explorer, module="drawing_pad", title="Drawing pad"):
    """Paper of 28 x 28 pixels, a pen, and labels; what is drawn is kept for the project.

    A drawing that waits to be kept, since a cell runs, stays in the browser until Python has it on
    the disk: `cnncourse.data.drawings` says where. Give each who draws a name of their own.

    Parameters
    ----------
    labels : sequence of str
        What there is to draw: 2 to 8 different ones, each of 1 to 20 letters, digits, spaces and
        hyphens; capitals do not matter.
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    image : (28, 28) ndarray
        Ink on the paper, 0 to 255.
    label : str
        What the next drawing shows.
    writer : str
        Who draws it.
    turns : bool
        Whether the next label takes its turn after each drawing.

    Raises
    ------
    TypeError, ValueError
        If the labels are not as above.
    traitlets.TraitError
        If a value of the state is not.

    Examples
    --------
    >>> DrawingPad(label="line").describe().split(". ")[1]
    'The next drawing is a line by me'
    """

    image = Paper().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    writer = traitlets.Unicode("me").tag(sync=True)
    turns = traitlets.Bool(True).tag(sync=True)
    _about = traitlets.Dict().tag(sync=True)
    _outbox: traitlets.List[Any] = traitlets.List().tag(sync=True)
    _counts: traitlets.List[Any] = traitlets.List().tag(sync=True)
    _done: traitlets.List[Any] = traitlets.List().tag(sync=True)
    _problem = traitlets.Unicode("").tag(sync=True)

    def __init__(self, labels: Sequence[str] = SHAPES, **state: Any) -> None:
        self._labels = _checked(labels)
        # What became of each request: the name under which a drawing is kept, "" if under none.
        self._answers: dict[str, str] = {}
        place, misplaced = _place()
        counts, unread = self._counted()
        about = {
            "labels": list(self._labels),
            "enough": drawings.ENOUGH,
            "radius": RADIUS,
            "where": place,
        }
        state = {"label": self._labels[0], **state}
        super().__init__(_about=about, _counts=counts, _problem=misplaced or unread, **state)
        self.observe(self._answer, "_outbox")

    @traitlets.validate("label")
    def _label_known(self, proposal: Any) -> str:
        label = proposal.value.strip().lower()
        if label not in self._labels:
            raise traitlets.TraitError(
                f"label must be one of {', '.join(self._labels)}, got {proposal.value!r}"
            )
        return str(label)

    @traitlets.validate("writer")
    def _writer_named(self, proposal: Any) -> str:
        try:
            return writer_of(proposal.value)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error

    def _counted(self) -> tuple[list[int], str]:
        """How many are kept of each label, and why that is not known, if it is not."""
        try:
            found = drawings.load(self._labels)
        except OSError as error:
            return [0] * len(self._labels), f"The drawings kept so far cannot be read: {error}."
        return [int(n) for n in np.bincount(found.labels, minlength=len(self._labels))], ""

    def _answer(self, change: Any) -> None:
        """Do what the browser asks for, each request once; what fails is asked for again."""
        if not self._outbox:  # the browser has heard the answers: nothing is new
            return
        problem = ""
        for request in self._outbox:
            try:
                name = request["id"]
                if name not in self._answers:
                    self._answers[name] = self._do(request)
            except OSError as error:
                problem = f"It could not be kept ({error}). It stays here, and is tried again."
            except Exception as error:  # no request of this pad: it would be no better next time
                self._answers[str(_id_of(request))] = ""
                problem = f"It could not be kept ({error})."
        counts, unread = self._counted()
        with self.hold_sync():
            self._problem = problem or unread
            self._counts = counts
            self._done = list(self._answers)[-REMEMBERED:]

    def _do(self, request: Mapping[str, str]) -> str:
        if request["do"] == "put away":
            kept = self._answers.get(request["of"], "")
            if kept:
                drawings.put_away(kept)
            return ""
        pixels = np.frombuffer(bytes.fromhex(request["ink"]), np.uint8).reshape(SIDE, SIDE)
        return drawings.keep(pixels, request["label"], request["writer"])

    def describe(self) -> str:
        """What is on the paper, and how many drawings are kept."""
        lines = [
            f"{label}: {count} of {drawings.ENOUGH}"
            for label, count in zip(self._labels, self._counts, strict=True)
        ]
        return (
            f"The paper has {SIDE} × {SIDE} pixels, "
            f"{percent(float((self.image > 0).mean()))} of them inked. The next drawing is a "
            f"{self.label} by {self.writer}. Kept: {', '.join(lines)}."
        )

    def picture(self) -> Picture:
        """The paper, and how many drawings are kept."""
        return _picture(self.image, self._labels, self._counts, f"{self.title}. {self.describe()}")


def _checked(labels: Sequence[str]) -> tuple[str, ...]:
    if isinstance(labels, str) or not isinstance(labels, Iterable):
        raise TypeError(f"labels must be a list of texts, got {labels!r}")
    found = tuple(label_of(label) for label in labels)
    least, most = LABELS
    if not least <= len(found) <= most or len(set(found)) < len(found):
        raise ValueError(f"labels must be {least} to {most} different ones, got {list(labels)}")
    return found


def _place() -> tuple[str, str]:
    """Say where drawings are kept, and what is wrong with that place, if anything."""
    try:
        place = drawings.folder()
        if place is not None:
            with contextlib.suppress(FileNotFoundError):  # made with the first drawing
                os.scandir(place).close()
    except OSError as error:
        return "", f"Drawings cannot be kept: {error}."
    if place is None:
        return "Kept in memory only, until the kernel ends (CNNCOURSE_DATA=off).", ""
    return f"Each is kept as a picture of its own in {place}", ""


def _id_of(request: Any) -> Any:
    return request.get("id", "") if isinstance(request, Mapping) else request


@in_house_style
def _picture(image: FloatArray, labels: Sequence[str], counts: Sequence[int], alt: str) -> Picture:
    """Draw the paper and a bar for each label."""
    figure = Figure(figsize=(6.4, 2.5))
    paper, bars = figure.subplots(1, 2, width_ratios=[1, 1.5])
    paper.imshow(image, cmap="gray_r", vmin=0, vmax=INK, interpolation="nearest")
    paper.set(xticks=[], yticks=[])
    paper.set_title("Paper")
    for side in paper.spines.values():
        side.set_visible(True)
    places = np.arange(len(labels))
    bars.barh(places, counts, color="#0072B2")
    bars.axvline(drawings.ENOUGH, color="#6E6E6E", linestyle=(0, (4, 2)), linewidth=1.5)
    bars.set_yticks(places, labels)
    bars.set_xlim(0, max(drawings.ENOUGH + 1, *counts))
    bars.invert_yaxis()
    bars.set_xlabel(f"drawings kept (dashed: {drawings.ENOUGH} are enough)")
    return Picture(figure, alt)


def drawing_pad(labels: Sequence[str] = SHAPES, **state: Any) -> DrawingPad:
    """Draw shapes and keep them for the project.

    Parameters
    ----------
    labels, **state
        As the parameters of `DrawingPad`.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If they cannot be used.

    Examples
    --------
    >>> drawing_pad(["left", "right"], writer="Ada")
    DrawingPad(image=<28 x 28 array>, label='left', turns=True, writer='Ada')
    """
    return DrawingPad(labels, **state)
