"""A form in a notebook cell: fields below each other, and a button.

Why not ipywidgets' own controls? Measured with JupyterLab 4.6.6 and ipywidgets 8.1.9 in Chromium:
an arrow key pressed in ipywidgets' RadioButtons goes to JupyterLab, which selects the next cell;
the choice stays as it was, and the keyboard has left the form. The letter b inserts a cell. So the
fields here are native inputs, in a small module that keeps its keys to itself (static/fields.js).

The browser sends what stands in the fields as it is written, so that nothing typed is lost when a
view is made again, and counts presses of the button; Python reads the values and answers with a
`Reply`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import traitlets

from cnncourse.cards import DEEP_BLUE, FAINT, card, plain, prose
from cnncourse.forms.fields import Field
from cnncourse.forms.values import CellError
from cnncourse.forms.view import FormView
from cnncourse.widgets import joined_module, style_sheet

STATIC = Path(__file__).resolve().parent / "static"


@dataclass(frozen=True)
class Reply:
    """What a form says after its button was pressed.

    Parameters
    ----------
    note : str
        Said beside the button, and spoken.
    kind : {"done", "wrong", ""}
        "wrong" makes the note stand out.
    """

    note: str
    kind: str = "done"


class Form(FormView):
    """Ask, and hand over the answers once they can be read.

    Parameters
    ----------
    title : str
        A few words above the fields.
    asked : sequence of Field
    receive : callable
        ``receive(answers)`` gets a dict of field name -> answer once every field has been read, and
        gives the `Reply`.
    button : str
    values : mapping, optional
        What stands in the fields at the start: field name -> option key, text, or list of texts.
    note : Reply, optional
        What to say at the start.
    call : str
        How to answer without the form, for places where no widget can live.

    Attributes
    ----------
    values : dict
        What stands in the fields now, unread.
    pressed : int
        Number of times that the button was pressed.
    reply : dict
        What the form says now: note, kind, messages beside fields.

    Examples
    --------
    >>> from cnncourse.forms import Number
    >>> form = Form(
    ...     "Lag", [Number("lag", "How far behind?", "km")], lambda a: Reply(f"{a['lag']} km")
    ... )
    >>> form.set_state({"values": {"lag": "1,2"}, "pressed": 1})
    >>> form.reply["note"]
    '1.2 km'
    """

    _esm = joined_module("form", STATIC)
    _css = style_sheet(STATIC / "form.css")

    title = traitlets.Unicode().tag(sync=True)
    fields = traitlets.List(traitlets.Dict()).tag(sync=True)
    button = traitlets.Unicode("Record").tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    pressed = traitlets.Int(0).tag(sync=True)
    reply = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        title: str,
        asked: Sequence[Field],
        receive: Callable[[dict[str, Any]], Reply],
        *,
        button: str = "Record",
        values: Mapping[str, Any] | None = None,
        note: Reply | None = None,
        call: str = "",
    ) -> None:
        self._asked, self._receive, self._call = tuple(asked), receive, call
        super().__init__(
            title=title,
            fields=[one.spec() for one in asked],
            button=button,
            values=dict(values or {}),
            reply={} if note is None else _sent(note),
        )

    def __repr__(self) -> str:
        lines = [self.title]
        for one in self._asked:
            lines.append(plain(f"  {one.label}"))
            lines += [plain(f"    {line}") for line in one.lines()]
        return "\n".join([*lines, *([f"  {self._how()}"] if self._how() else [])])

    def still(self) -> str:
        """What the form asks, as HTML without inputs and scripts."""
        heading = f"<span style='font-size:85%;font-weight:600;{FAINT}'>{prose(self.title)}</span>"
        parts = []
        for one in self._asked:
            parts.append(f"<p style='margin:4px 0 2px;font-weight:600'>{prose(one.label)}</p>")
            items = "".join(f"<li>{prose(line)}</li>" for line in one.lines())
            style = "margin:0 0 6px;padding-left:1em;list-style-type:none"
            parts.append(f"<ul style='{style}'>{items}</ul>")
        if self._how():
            parts.append(f"<p style='margin:0;font-size:85%;{FAINT}'>{prose(self._how())}</p>")
        return card(DEEP_BLUE, heading, "".join(parts))

    def _how(self) -> str:
        other = f" Elsewhere: `{self._call}`." if self._call else ""
        return f"Run this cell to answer here, or to see what you have answered.{other}"

    def read(self) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Read the fields: answers by name, and messages by name for those that cannot be read."""
        answers, messages = {}, {}
        for one in self._asked:
            try:
                answers[one.name] = one.read(self.values.get(one.name))
            except CellError as error:
                messages[one.name] = {"text": str(error), "cells": error.cells}
            except ValueError as error:
                messages[one.name] = {"text": str(error)}
        return answers, messages

    @traitlets.observe("pressed")
    def _press(self, change: object) -> None:
        # The values that came with the press are set by now, whatever their order in the message.
        answers, messages = self.read()
        said = {"messages": messages} if messages else _sent(self._receive(answers))
        self.reply = {**said, "pressed": self.pressed}


def _sent(reply: Reply) -> dict[str, Any]:
    """A reply as JSON."""
    return {"note": reply.note, "kind": reply.kind}
