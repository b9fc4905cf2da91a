"""Drawings to learn from: a learner's own, which are kept, and made-up ones by made-up hands."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse._arrays import choice, integer, numeric_array
from cnncourse.data import drawing_files
from cnncourse.data.drawing_files import Kept, label_of, writer_of
from cnncourse.data.strokes import INK, SHAPES, SIDE, Hand

ENOUGH = 15
"""So many drawings of a label are enough for a project of one's own."""


@dataclass(frozen=True, eq=False)  # holds arrays
class Drawings:
    """Drawings with what they show and who drew them.

    Attributes
    ----------
    images : (N, 28, 28) uint8 ndarray
        Ink, 0 (none) to 255 (full).
    labels : (N,) int ndarray
        What each shows, as a place in `label_names`.
    writers : (N,) int ndarray
        Who drew it, as a place in `writer_names`.
    label_names, writer_names : tuple of str
    told : str
        Where they come from, in a sentence.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    writers: NDArray[np.int64]
    label_names: tuple[str, ...]
    writer_names: tuple[str, ...]
    told: str = ""

    def __len__(self) -> int:
        return len(self.labels)

    def __str__(self) -> str:
        counts = np.bincount(self.labels, minlength=len(self.label_names))
        listed = ", ".join(f"{n} {name}" for n, name in zip(counts, self.label_names, strict=True))
        hands = len(np.unique(self.writers))
        words = f"{len(self)} drawings by {hands} writer{'' if hands == 1 else 's'}"
        return "\n".join(filter(None, [self.told, f"{words}: {listed}" if len(self) else words]))

    @property
    def inputs(self) -> NDArray[np.float32]:
        """The images as a network takes them: (N, 1, 28, 28) float32, ink from 0 to 1."""
        return (self.images[:, None] / np.float32(INK)).astype(np.float32)

    def take(self, chosen: ArrayLike) -> Drawings:
        """Return some of them.

        Parameters
        ----------
        chosen : (N,) array_like of bool, or array_like of int
        """
        index = np.asarray(chosen)
        return replace(
            self, images=self.images[index], labels=self.labels[index], writers=self.writers[index]
        )

    def split(
        self, share: float = 1 / 3, seed: int = 0, by: str = "writer"
    ) -> tuple[Drawings, Drawings]:
        """Return drawings to learn from, and others to test with.

        Parameters
        ----------
        share : float, default 1/3
            Of the writers, or of each label's drawings, that are held out; at least one is, and at
            least one is not.
        seed : int, default 0
            Of the choice.
        by : {"writer", "drawing"}, default "writer"
            Hold out all drawings of some writers, or some drawings of each label, whoever drew
            them. The first tells how well drawings of new people are recognised, the second how
            well more drawings of these people are.

        Raises
        ------
        ValueError
            If `share` is not between 0 and 1, or there are not two writers, or not two drawings
            of each label, to part.

        Examples
        --------
        >>> learn, test = synthetic().split()
        >>> len(learn), len(test), bool(set(learn.writers) & set(test.writers))
        (240, 120, False)
        """
        if not 0 < share < 1:
            raise ValueError(f"share must lie between 0 and 1, got {share!r}")
        random = np.random.default_rng(integer("seed", seed, minimum=0))
        if choice("by", by, ("writer", "drawing")) == "writer":
            held = np.isin(self.writers, _some("writers", np.unique(self.writers), share, random))
        else:
            held = np.zeros(len(self), bool)
            for label in np.unique(self.labels):
                own = np.flatnonzero(self.labels == label)
                held[_some(f"drawings of {self.label_names[label]!r}", own, share, random)] = True
        return self.take(~held), self.take(held)


def _some(
    what: str, of: NDArray[np.int64], share: float, random: np.random.Generator
) -> NDArray[np.int64]:
    if len(of) < 2:
        raise ValueError(f"there must be two {what} or more to hold some out, got {len(of)}")
    count = min(max(1, round(share * len(of))), len(of) - 1)
    return random.permutation(of)[:count]


def keep(image: ArrayLike, label: str, writer: str = "me") -> str:
    """Keep a drawing, in a file of its own that is never written over.

    Parameters
    ----------
    image : (28, 28) array_like
        Ink, 0 (none) to 255 (full).
    label : str
        What it shows: 1 to 20 letters, digits, spaces and hyphens; capitals do not matter.
    writer : str, default "me"
        Who drew it, in at most 40 signs.

    Returns
    -------
    name : str
        For `put_away`.

    Raises
    ------
    TypeError, ValueError
        If an argument is no such thing.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> from cnncourse.data.strokes import inked
    >>> name = keep(inked([[(5, 5), (20, 22)]]), "line", "Ada")
    >>> len(load()), load().label_names, load().writer_names
    (1, ('line',), ('Ada',))
    >>> put_away(name)
    >>> len(load())
    0
    """
    ink = numeric_array("image", image, ndim=2)
    if ink.shape != (SIDE, SIDE) or ink.dtype.kind not in "biuf":
        raise ValueError(f"image must be {SIDE} x {SIDE} real numbers, got {ink.dtype} {ink.shape}")
    if not (np.isfinite(ink).all() and 0 <= ink.min() and ink.max() <= INK):
        raise ValueError(f"image must hold ink from 0 to {INK}")
    pixels = np.floor(ink + 0.5).astype(np.uint8)
    if not pixels.any():
        raise ValueError("image must hold some ink: there is none")
    return drawing_files.keep(Kept(pixels, label_of(label), writer_of(writer)))


def put_away(name: str) -> None:
    """Put a drawing away, so that `load` no longer gives it; its file moves to "put_away".

    Raises
    ------
    FileNotFoundError
        If there is no such drawing.
    OSError
        If it cannot be moved.
    """
    drawing_files.put_away(name)


def folder() -> Path | None:
    """Return where drawings are kept, a folder each label; None if in memory only."""
    return drawing_files.folder()


def load(labels: Sequence[str] | None = None) -> Drawings:
    """Return the drawings that were kept, oldest first within a label.

    Files that hold no drawing of the course are passed over, and counted in ``told``.

    Parameters
    ----------
    labels : sequence of str, optional
        Of these alone, in this order; of all labels there are, sorted, if not given.
    """
    kept, passed = drawing_files.read()
    known = sorted({drawing.label for drawing in kept})
    names = tuple(known if labels is None else (label_of(label) for label in labels))
    kept = [drawing for drawing in kept if drawing.label in names]
    writers = sorted({drawing.writer for drawing in kept})
    place = drawing_files.folder()
    told = f"Your drawings, kept in {'memory only' if place is None else place}."
    if passed:
        told += f" Passed over: {', '.join(passed[:3])}{' ...' if len(passed) > 3 else ''}."
    return Drawings(
        np.array([drawing.pixels for drawing in kept], np.uint8).reshape(-1, SIDE, SIDE),
        np.array([names.index(drawing.label) for drawing in kept], np.int64),
        np.array([writers.index(drawing.writer) for drawing in kept], np.int64),
        names,
        tuple(writers),
        told,
    )


@functools.cache
def _made(each: int, writers: int, seed: int) -> NDArray[np.uint8]:
    images = []
    for writer in range(writers):
        hand = Hand(np.random.default_rng([seed, writer]))
        for label, shape in enumerate(SHAPES):
            for number in range(each):
                random = np.random.default_rng([seed, writer, label, number])
                images.append(hand.draw(shape, random))
    found = np.array(images)
    found.setflags(write=False)
    return found


def synthetic(each: int = 10, writers: int = 9, seed: int = 0) -> Drawings:
    """Return made-up drawings of circles, crosses, lines and triangles, as by several hands.

    Every writer has habits: the size, the slant, the width of the pen, a hand that shakes more or
    less, a cross as a plus or as an x, outlines that are closed or not.

    Parameters
    ----------
    each : int, default 10
        Drawings of a shape by each writer.
    writers : int, default 9
    seed : int, default 0

    Examples
    --------
    >>> print(synthetic())
    Made-up drawings, by made-up hands.
    360 drawings by 9 writers: 90 circle, 90 cross, 90 line, 90 triangle
    """
    each, writers = integer("each", each), integer("writers", writers)
    images = _made(each, writers, integer("seed", seed, minimum=0))
    return Drawings(
        images.copy(),
        np.tile(np.repeat(np.arange(len(SHAPES)), each), writers),
        np.repeat(np.arange(writers), each * len(SHAPES)),
        SHAPES,
        tuple(f"hand {number + 1}" for number in range(writers)),
        "Made-up drawings, by made-up hands.",
    )


def for_project() -> Drawings:
    """Return the learner's own drawings if they are enough for a project, else made-up ones.

    Enough are 15 of each of two labels or more, by two writers or more, since drawings of one
    writer cannot tell how those of others are read; labels with fewer are left out.

    Examples
    --------
    >>> print(for_project().told)
    Made-up drawings, by made-up hands. Your own will take their place once you have 15 of each of
    two labels; so far none.
    """
    own = load()
    counts = np.bincount(own.labels, minlength=len(own.label_names))
    enough = [name for name, n in zip(own.label_names, counts, strict=True) if n >= ENOUGH]
    if len(enough) < 2:
        so_far = ", ".join(f"{n} {name}" for n, name in zip(counts, own.label_names, strict=True))
        made = synthetic()
        words = (
            f"{made.told} Your own will take their place once you have {ENOUGH} of each of\n"
            f"two labels; so far {so_far or 'none'}."
        )
        return replace(made, told=words)
    found = load(enough)
    if len(np.unique(found.writers)) < 2:
        words = (
            f"{synthetic().told} Yours are enough, but all by {found.writer_names[0]!r}: have\n"
            "somebody else draw some, or draw with your other hand, under another name."
        )
        return replace(synthetic(), told=words)
    left = [name for name in own.label_names if name not in enough]
    if left:
        words = f"{found.told} Left out, fewer than {ENOUGH}: {', '.join(left)}."
        return replace(found, told=words)
    return found
