"""An explanation as a small table, for a notebook; it takes the colours of its page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnncourse.frameworks.explaining_words import HEADS, cells, labelled, program
from cnncourse.frameworks.input_sizes import axes_in_words, crossed
from cnncourse.frameworks.layers import Sizes
from cnncourse.frameworks.signatures import FRAMEWORKS
from cnncourse.frameworks.steps import Step

_INHERITED = "background:none;color:inherit;border:none"
_CODE = "font-family:var(--jp-code-font-family,ui-monospace,monospace)"
_RULE = "border-bottom:1px solid rgba(128,128,128,.5)"


def page(framework: str, sizes: Sizes, steps: Sequence[Step], remarks: Sequence[str]) -> str:
    """All that was found, as HTML."""
    order = f"{crossed(sizes)} ({axes_in_words(len(sizes), framework)})"
    name = FRAMEWORKS[framework]
    if len(steps) == 1:
        heading = f"<code style='{_INHERITED};{_CODE}'>{escape(steps[0].source)}</code> ({name})"
        body = _table([_row(pair, "th", "td") for pair in labelled(order, steps[0])])
    else:
        heading = f"{name}, input {escape(order)}"
        head = [_row(HEADS, *["th"] * len(HEADS), style=_RULE, scope="col")]
        body = _table(head + [_row(row, "th", *["td"] * (len(row) - 1)) for row in cells(steps)])
    other = "torch" if framework == "keras" else "keras"
    lines = escape("\n".join(program(steps, other)))
    same = (
        f"<p style='margin:6px 0 0'>The same in {FRAMEWORKS[other]}, exact for this input:</p>"
        f"<pre style='margin:2px 0 0;padding:0;{_INHERITED};{_CODE}'>{lines}</pre>"
    )
    minded = "".join(f"<li>{escape(remark)}</li>" for remark in remarks)
    listed = f"<ul style='margin:6px 0 0;padding-left:1.2em'>{minded}</ul>" if minded else ""
    outer = "color:var(--jp-content-font-color1,inherit);max-width:60rem;line-height:1.45"
    return f"<div style='{outer}'><div>{heading}</div>{body}{same}{listed}</div>"


def _table(rows: Sequence[str]) -> str:
    style = f"margin:6px 0 0;border-collapse:collapse;{_INHERITED};font-size:inherit"
    return f"<table style='{style}'>{''.join(rows)}</table>"


def _row(row: Sequence[str], *tags: str, style: str = "", scope: str = "row") -> str:
    found = []
    for place, (cell, tag) in enumerate(zip(row, tags, strict=True)):
        side = "left" if place == 0 or len(row) == 2 else "right"
        attributes = f" scope='{scope}'" if tag == "th" else ""
        found.append(
            f"<{tag}{attributes} style='text-align:{side};padding:1px 14px 1px 0;"
            f"vertical-align:top;{style}'>{escape(cell)}</{tag}>"
        )
    return f"<tr style='background:none'>{''.join(found)}</tr>"
