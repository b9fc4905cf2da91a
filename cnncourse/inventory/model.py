"""What the concept inventory is made of: items in two parallel forms, options, wrong ideas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FormName = Literal["before", "after"]
FORMS: tuple[FormName, FormName] = ("before", "after")


def form_name(form: object) -> FormName:
    """Return `form` if it names one.

    Raises
    ------
    ValueError
        If it is neither "before" nor "after".
    """
    for name in FORMS:
        if form == name:
            return name
    raise ValueError(f'form must be "before" or "after", got {form!r}')


@dataclass(frozen=True)
class Misconception:
    """A wrong idea, and where the course treats it.

    Parameters
    ----------
    slug : str
        Short name, stable over versions: "no-lag".
    says : str
        The wrong idea as one who holds it would say it, in one sentence.
    rows : tuple of str
        Rows of the map from the lecture to the lessons: "L11".
    exercises : tuple of str
        Exercises that meet it: "E3.3".
    """

    slug: str
    says: str
    rows: tuple[str, ...]
    exercises: tuple[str, ...]


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from.

    Parameters
    ----------
    key : str
        "a", "b", ... in the order in which the options are shown.
    text : str
        What is shown to choose.
    reason : str
        What leads to this answer, and what really happens.
    misconception : str or None
        Slug of the wrong idea behind it; None for the right answer.
    """

    key: str
    text: str
    reason: str
    misconception: str | None

    @property
    def right(self) -> bool:
        """Whether this is the right answer."""
        return self.misconception is None


@dataclass(frozen=True)
class Question:
    """What is given and asked, and the options, exactly one of them right."""

    given: str
    asks: str
    options: tuple[Option, ...]

    @property
    def right(self) -> Option:
        """The right answer."""
        return next(option for option in self.options if option.right)

    def option(self, key: object) -> Option:
        """The option of that key; capital letters will do.

        Raises
        ------
        ValueError
            If there is none.
        """
        wanted = key.strip().lower() if isinstance(key, str) else ""
        for option in self.options:
            if option.key == wanted:
                return option
        keys = ", ".join(f'"{option.key}"' for option in self.options)
        raise ValueError(f"key must be one of {keys}, got {key!r}")

    def having(self, misconception: object) -> Option | None:
        """The option with that wrong idea behind it (None: the right one), if there is one."""
        return next((o for o in self.options if o.misconception == misconception), None)


@dataclass(frozen=True)
class Item:
    """A concept with two parallel questions, one for before the course and one for after it.

    Parameters
    ----------
    id : str
        "C1".
    concept : str
        The concept, in a few words.
    lesson : str
        The lesson that treats it: "03".
    topic : str
        What to look for in that lesson.
    before, after : Question
        Both offer the same wrong ideas.
    """

    id: str
    concept: str
    lesson: str
    topic: str
    before: Question
    after: Question

    def question(self, form: FormName) -> Question:
        """The question of one form."""
        return self.before if form == "before" else self.after

    @property
    def where(self) -> str:
        """Where the course treats the concept: "lesson 03, on equivariance"."""
        return f"lesson {self.lesson}, on {self.topic}"


@dataclass(frozen=True)
class Inventory:
    """All items by id and all wrong ideas by slug, in the order of the file."""

    items: Mapping[str, Item]
    misconceptions: Mapping[str, Misconception]
