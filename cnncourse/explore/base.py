"""What all explorers have in common: their module, their state, their forms outside a notebook."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import anywidget
import numpy as np
import traitlets

from cnncourse.plots.picture import Picture
from cnncourse.widgets import compact, framed, joined_module, page_of, style_sheet

STATIC = Path(__file__).resolve().parent / "static"

State = TypeVar("State")

# For the still picture in a notebook: sharp enough beside text, and small.
SHARPNESS, COLOURS = 1.25, 48

LARGEST = 59_900
"""Most characters of picture and live page together: a notebook may hold many of them."""

TOO_LARGE = (
    "A picture: live, this explorer would add {size} to the notebook. Run its cell to move it; "
    "<code>save_html(path)</code> writes it as a page of its own."
)


@functools.cache
def _module(name: str) -> str:
    return compact(joined_module(name, STATIC)) if name else ""


@functools.cache
def _style() -> str:
    return compact(style_sheet(STATIC / "explorer.css"))


class _WhenNeeded:
    """An attribute of a kind of explorer, made at its first use: that takes a moment each."""

    def __init__(self, make: Callable[[type[Explorer]], str]) -> None:
        self._make = make

    def __get__(self, explorer: Explorer | None, kind: type[Explorer]) -> str:
        return self._make(kind)


class Explorer(anywidget.AnyWidget):
    """A figure of the lecture that the learner moves; it computes and draws in the browser.

    A subclass names its module and its title, has its state as synced traits (what Python sends
    only once begins with an underscore), and says and draws what it shows::

        class ToeplitzExplorer(Explorer, module="toeplitz", title="Toeplitz explorer"): ...
    """

    title: ClassVar[str]
    _module_name: ClassVar[str] = ""
    _sent: frozenset[str] = frozenset()
    _esm = _WhenNeeded(lambda kind: _module(kind._module_name))
    _css = _WhenNeeded(lambda kind: _style())

    def __init_subclass__(cls, *, module: str = "", title: str = "", **kwargs: Any) -> None:
        # anywidget makes a class of its own of each instance: that one changes nothing.
        if module:
            cls.title = title
            cls._module_name = module
        super().__init_subclass__(**kwargs)

    def __init__(self, **state: Any) -> None:
        unknown = [name for name in state if not self.has_trait(name)]
        if unknown:
            known = ", ".join(self.state_names())
            raise TypeError(f"{type(self).__name__} takes no {unknown[0]!r}; its state is {known}")
        super().__init__(**state)

    def describe(self) -> str:
        """What the explorer shows, in words and numbers."""
        raise NotImplementedError

    def picture(self) -> Picture:
        """What the explorer shows, as a still picture."""
        raise NotImplementedError

    def state_names(self) -> list[str]:
        """Names of what the learner can change, sorted."""
        return [name for name in self._own_traits() if not name.startswith("_")]

    def _chosen(self, kind: type[State]) -> State:
        """What the learner has chosen so far, as a `kind`, whose fields have the traits' names."""
        chosen = {}
        for field in dataclasses.fields(kind):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if str(field.type).startswith("tuple"):
                value = tuple(value.tolist() if hasattr(value, "tolist") else value)
            chosen[field.name] = value
        return kind(**chosen)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser sends.

        While it was on its way, Python may have made the range of a position smaller: that is no
        error, the position becomes the nearest one that is left.
        """
        self._sent = frozenset(sync_data)
        try:
            super().set_state(sync_data)
        finally:
            self._sent = frozenset()

    def _within(self, name: str, value: int, low: int, high: int) -> int:
        """`value`, if the trait called `name` may take it; ranges that hold nothing hold `low`.

        Raises
        ------
        traitlets.TraitError
            If it lies outside `low` to `high`.
        """
        inside = nearest(value, low, high)
        if inside != value and name not in self._sent:
            wanted = f"{low} to {high}" if high > low else str(low)
            raise traitlets.TraitError(f"{name} must be {wanted}, got {value}")
        return inside

    def _own_traits(self) -> list[str]:
        """Names of the synced traits that this kind of explorer has beyond those of any widget."""
        everyones = set(anywidget.AnyWidget.class_trait_names()) | {"_esm", "_css", "_anywidget_id"}
        return [name for name in self.trait_names(sync=True) if name not in everyones]

    def __repr__(self) -> str:
        shown = (f"{name}={_short(getattr(self, name))}" for name in self.state_names())
        return f"{type(self).__name__}({', '.join(shown)})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        """The live view; for places without one, a picture that a live page replaces if it can."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        figure = f'<figure style="margin:0">{self._still_and_live()}</figure>'
        return {**data, "text/html": figure, "text/plain": repr(self)}, metadata

    def _still_and_live(self) -> str:
        """The picture, and the live page packed; where that is too large, how to have it."""
        image = self.picture().html_image(sharpness=SHARPNESS, colours=COLOURS)
        live = framed(self.to_html(), self.title)
        if len(image) + len(live) <= LARGEST:
            return image + live
        size = f"{(len(image) + len(live)) / 1000:.0f} KB"
        return f"{image}<figcaption>{TOO_LARGE.format(size=size)}</figcaption>"

    def to_html(self) -> str:
        """A page of its own that is as alive as the widget, without Python and offline."""
        state = {name: self._for_page(name) for name in self._own_traits()}
        return page_of(str(self._esm), str(self._css), self.title, state, place="explorer")

    def save_html(self, path: str | Path) -> Path:
        """Write `to_html` into a new file.

        Raises
        ------
        FileExistsError
            If there is such a file: nothing is overwritten.
        """
        target = Path(path)
        with target.open("x", encoding="utf-8") as file:
            file.write(self.to_html())
        return target

    def _for_page(self, name: str) -> Any:
        value = getattr(self, name)
        to_json = self.trait_metadata(name, "to_json")
        return to_json(value, self) if to_json else value


def nearest(value: int, low: int, high: int) -> int:
    """The number from `low` to `high` that is nearest to `value`; `low` if there is none.

    Examples
    --------
    >>> nearest(9, 0, 4), nearest(-9, 0, 4), nearest(3, 0, -1)
    (4, 0, 0)
    """
    return max(low, min(value, high))


def _short(value: Any) -> str:
    """A value of the state as it stands in a repr: a large array by its shape."""
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size <= 9:
        return repr((value + 0.0).tolist())
    return "<" + " x ".join(map(str, value.shape)) + " array>"
