"""What a form of one's own builds on: a live view, and its words for places without one."""

from __future__ import annotations

from typing import Any

import anywidget


class FormView(anywidget.AnyWidget):
    """A widget that shows itself as HTML and text where no widget can live.

    A subclass gives `still`, `__repr__`, traits, and an ECMAScript module that may build on
    ``forms/static/fields.js``.
    """

    def still(self) -> str:
        """What the form asks, as HTML without inputs and scripts."""
        raise NotImplementedError(f"{type(self).__name__} must say what it asks, as HTML")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/html": self.still(), "text/plain": repr(self)}, metadata
