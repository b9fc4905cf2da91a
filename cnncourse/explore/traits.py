"""State that several explorers have: a picture of any size, a kernel that may have a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse.explore.arrays import Array, fitted_picture
from cnncourse.explore.base import Explorer


class Image(Array):
    """A trait of a `PictureExplorer` that holds a picture: too large a one is reduced.

    Colours become grey; see `fitted_picture`, whose sentence the explorer shows.
    """

    def validate(self, obj: Any, value: Any) -> FloatArray:
        """Return `value` as the trait keeps it, or raise TraitError."""
        known: FloatArray | None = obj._fitted[0]
        if known is not None and value is known:
            return known  # traitlets asks twice where it held changes back
        try:
            small, words = self.fitted(value)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from error
        array = super().validate(obj, small)
        obj._fitted = (array, words)
        return array

    def fitted(self, value: ArrayLike) -> tuple[FloatArray, str]:
        """`value` small enough to be drawn, and what was done to it, "" if nothing was."""
        rows, columns = self.largest
        return fitted_picture(str(self.name), value, (rows, columns))


class Kernel(Array):
    """A trait that holds a kernel, which can be given by its name.

    Parameters
    ----------
    known : mapping of str to (kH, kW) ndarray
        "_" and a space in a name are the same.
    largest : (int, int)
        Most rows and columns.
    """

    def __init__(self, known: Mapping[str, FloatArray], largest: tuple[int, int]) -> None:
        self.known = {name.replace("_", " "): kernel for name, kernel in known.items()}
        super().__init__(2, largest)

    def validate(self, obj: Any, value: Any) -> FloatArray:
        """Return `value` as the trait keeps it, or raise TraitError."""
        if isinstance(value, str):
            name = value.replace("_", " ")
            if name not in self.known:
                raise traitlets.TraitError(
                    f"{self.name} must be an array or one of {', '.join(self.known)}, got {value!r}"
                )
            value = self.known[name]
        return super().validate(obj, value)


class PictureExplorer(Explorer):
    """An explorer with an `Image`, which says what was done to it as long as it is the one shown.

    A subclass names that trait: ``class ...(PictureExplorer, ..., image="x")``.
    """

    _notice = traitlets.Unicode("").tag(sync=True)
    _image = "image"
    _fitted: tuple[Any, str] = (None, "")

    def __init_subclass__(cls, *, image: str = "", **kwargs: Any) -> None:
        if image:
            cls._image = image
        super().__init_subclass__(**kwargs)

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        self._say_what_was_done()
        self.observe(self._say_what_was_done, self._image)

    def _say_what_was_done(self, change: Any = None) -> None:
        # The browser knows of its own pictures, and sends the sentence along.
        if self._image not in self._sent:
            array, words = self._fitted
            self._notice = words if array is getattr(self, self._image) else ""
