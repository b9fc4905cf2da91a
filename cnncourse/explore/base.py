"""What all explorers have in common: their module, their forms outside a notebook, array state."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse.explore.inputs import numbers
from cnncourse.plots.picture import Picture
from cnncourse.widgets import compact, framed, joined_module, page_of, style_sheet

STATIC = Path(__file__).resolve().parent / "static"


# For the still picture in a notebook: sharp enough beside text, and small.
SHARPNESS, COLOURS = 1.25, 48

LARGEST = 59_900
"""Most characters of picture and live page together: a notebook may hold many of them."""

TOO_LARGE = (
    "A picture: live, this explorer would add {size} to the notebook. Run its cell to move it; "
    "<code>save_html(path)</code> writes it as a page of its own."
)

LARGEST_NUMBER = 1e6
"""Numbers of a state lie between this and its negative, so that they fit into cells and words."""

GREY_WEIGHTS = (0.299, 0.587, 0.114)
"""Share of red, green and blue in the luma of ITU-R BT.601."""


class Explorer(anywidget.AnyWidget):
    """A figure of the lecture that the learner moves; it computes and draws in the browser.

    A subclass names its module and its title, has its state as synced traits (what Python sends
    only once begins with an underscore), and says and draws what it shows::

        class ToeplitzExplorer(Explorer, module="toeplitz", title="Toeplitz explorer"): ...
    """

    title: ClassVar[str]
    _sent: frozenset[str] = frozenset()

    def __init_subclass__(cls, *, module: str = "", title: str = "", **kwargs: Any) -> None:
        # anywidget makes a class of its own of each instance: that one changes nothing.
        if module:
            cls.title = title
            cls._esm = compact(joined_module(module, STATIC))
            cls._css = compact(style_sheet(STATIC / "explorer.css"))
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


class Array(traitlets.TraitType):
    """A trait that holds finite numbers in a read-only float64 array.

    It reaches the browser in binary: ``{"shape": [..], "dtype": "u1" or "f8", "data": bytes}``.

    Parameters
    ----------
    ndim : int
        Number of axes.
    largest : tuple of int
        Most entries along each axis; the least is one.
    most : float
        Largest size of an entry.
    **kwargs
        As for any trait; ``allow_none=True`` lets it be None.
    """

    info_text = "an array of finite numbers"

    def __init__(
        self, ndim: int, largest: tuple[int, ...], most: float = LARGEST_NUMBER, **kwargs: Any
    ) -> None:
        if len(largest) != ndim:
            raise ValueError(f"largest must hold {ndim} numbers, got {largest}")
        self.largest, self.most = largest, most
        default = None if kwargs.get("allow_none") else np.zeros((1,) * ndim)
        if default is not None:
            default.setflags(write=False)
        super().__init__(default_value=kwargs.pop("default_value", default), **kwargs)
        self.tag(to_json=_packed_or_none, from_json=_unpacked)

    def validate(self, obj: Any, value: Any) -> FloatArray:
        """Return `value` as the trait keeps it, or raise TraitError."""
        array = self._numbers(value)
        fits = array.ndim == len(self.largest) and all(
            1 <= size <= most for size, most in zip(array.shape, self.largest, strict=True)
        )
        if not fits:
            wanted = " x ".join(f"1 to {most}" for most in self.largest)
            raise traitlets.TraitError(f"{self.name} must be {wanted}, got shape {array.shape}")
        try:
            check_numbers(str(self.name), array, self.most)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error
        array.setflags(write=False)
        return array

    def _numbers(self, value: Any) -> FloatArray:
        try:
            return np.array(numbers(str(self.name), value), dtype=np.float64)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error


def check_numbers(name: str, value: ArrayLike, most: float = LARGEST_NUMBER) -> None:
    """Refuse numbers that an explorer cannot show.

    Raises
    ------
    ValueError
        If one is not finite, or larger than `most` in size.

    Examples
    --------
    >>> check_numbers("bias", 1e7)
    Traceback (most recent call last):
    ...
    ValueError: bias must lie between -1000000 and 1000000, got 10000000.0
    """
    array = np.asarray(value)
    for bad, wanted in (
        (~np.isfinite(array), "be finite"),
        ((array < -most) | (array > most), f"lie between -{most:.0f} and {most:.0f}"),
    ):
        if bad.any():
            at = tuple(int(i) for i in np.argwhere(bad)[0])
            raise ValueError(f"{name} must {wanted}, got {array[at]}{f' at {at}' if at else ''}")


def packed(value: ArrayLike) -> dict[str, Any]:
    r"""An array as the browser gets it: bytes if all its numbers fit into bytes, else float64.

    Examples
    --------
    >>> packed([[1, 255]])
    {'shape': [1, 2], 'dtype': 'u1', 'data': b'\x01\xff'}
    """
    array = np.ascontiguousarray(value, dtype="<f8")
    whole = (
        array.size and (array == np.round(array)).all() and 0 <= array.min() <= array.max() <= 255
    )
    # A negative zero is no byte.
    kind = "u1" if whole and not np.signbit(array).any() else "f8"
    data = array.astype(f"<{kind}").tobytes()
    return {"shape": list(np.shape(value)), "dtype": kind, "data": data}


def _packed_or_none(value: ArrayLike | None, widget: Any) -> dict[str, Any] | None:
    return None if value is None else packed(value)


def _unpacked(value: Any, widget: Any) -> Any:
    """What came from the browser as an array; what is none as it came, for the trait to refuse."""
    try:
        if value["dtype"] in ("u1", "f8"):
            return np.frombuffer(value["data"], f"<{value['dtype']}").reshape(value["shape"])
    except (KeyError, TypeError, ValueError):
        pass
    return value


def fitted_picture(
    name: str, value: ArrayLike, largest: tuple[int, int], most: float = LARGEST_NUMBER
) -> tuple[FloatArray, str]:
    """A picture small enough to be drawn, and what was done to it.

    Parameters
    ----------
    name : str
        Of the argument, for errors.
    value : (H, W) or (H, W, 3) array_like
        Colours are mixed to grey with `GREY_WEIGHTS`.
    largest : (int, int)
        Most rows and columns. A larger picture is replaced by averages of square blocks, rounded
        if it held whole numbers.
    most : float
        Largest size of a value.

    Returns
    -------
    picture : (rows, columns) ndarray
    notice : str
        A sentence, or "" if the picture was small enough.

    Raises
    ------
    ValueError
        If it is no such array, is empty, or holds a value that is not finite or too large.

    Examples
    --------
    >>> fitted_picture("image", [[0, 2, 4, 6]], (1, 2))
    (array([[1., 5.]]), 'The image of 1 x 4 pixels is shown as 1 x 2: averages of 2 x 2 pixels.')
    """
    array = numbers(name, value)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or not array.size:
        raise ValueError(f"{name} must be (rows, columns) or (rows, columns, 3), got {array.shape}")
    check_numbers(name, array, most)
    whole = array.dtype.kind in "biu"
    grey = array.astype(np.float64) if array.ndim == 2 else array @ np.asarray(GREY_WEIGHTS)
    factor = max(-(-size // room) for size, room in zip(grey.shape, largest, strict=True))
    if factor == 1:
        return (np.round(grey) if whole else grey), ""
    small = _block_averages(grey, factor)
    notice = (
        f"The {name} of {grey.shape[0]} x {grey.shape[1]} pixels is shown as {small.shape[0]} x "
        f"{small.shape[1]}: averages of {factor} x {factor} pixels."
    )
    return (np.round(small) if whole else small), notice


def _block_averages(grey: FloatArray, factor: int) -> FloatArray:
    """Averages of blocks of `factor` x `factor` pixels, smaller ones at the far edges."""
    for axis in (0, 1):
        starts = np.arange(0, grey.shape[axis], factor)
        counts = np.diff([*starts, grey.shape[axis]])
        sums = np.add.reduceat(grey, starts, axis=axis)
        grey = sums / np.expand_dims(counts, 1 - axis)
    return grey


def _short(value: Any) -> str:
    """A value of the state as it stands in a repr: a large array by its shape."""
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size <= 9:
        return repr((value + 0.0).tolist())
    return "<" + " x ".join(map(str, value.shape)) + " array>"
