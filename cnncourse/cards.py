"""Cards: what the course says in a notebook, framed, in the theme's own colours."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from textwrap import fill

# Middle tones: they stand out from a light and from a dark page. The words carry the meaning.
GREEN, ORANGE, RED, GREY = "#2f9e63", "#d9822b", "#d64f4f", "#8a8f98"
# Of cards that judge nothing: what is read, numbers given, what is to be answered, what changed.
BLUE, VIOLET, DEEP_BLUE, STEEL = "#4c8dd6", "#8f6fc9", "#0b65a0", "#5b7fb4"
FAINT = "opacity:.8"
SMALL = f"margin:8px 0 0;font-size:90%;{FAINT}"
MONO = "font-family:var(--jp-code-font-family,ui-monospace,monospace);font-size:95%"
CELL = "text-align:left;padding:1px 14px 1px 0"


def card(colour: str, heading: str, body: str) -> str:
    """Frame a heading and a body, both HTML.

    Examples
    --------
    >>> card(GREEN, "Passed", "").endswith("<div style='display:flow-root'>Passed</div></div>")
    True
    """
    style = (
        f"border:1px solid var(--jp-border-color2,rgba(128,128,128,.35));border-left:5px solid "
        f"{colour};border-radius:4px;padding:10px 14px;margin:4px 0;max-width:50rem;"
        "color:var(--jp-content-font-color1,inherit);"
        "font-family:var(--jp-content-font-family,system-ui,sans-serif);"
        "font-size:var(--jp-content-font-size1,14px);line-height:1.45"
    )
    # The heading keeps its points to itself where the card is narrow.
    return f"<div style='{style}'><div style='display:flow-root'>{heading}</div>{body}</div>"


def prose(text: str) -> str:
    """Escape `text`; what stands between backquotes becomes code.

    Examples
    --------
    >>> prose("a < b"), prose("one ` alone")
    ('a &lt; b', 'one ` alone')
    """
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    code = f"<code style='{MONO};background:none;color:inherit;font-weight:600'>"
    return "".join(
        piece if i % 2 == 0 else f"{code}{piece}</code>" for i, piece in enumerate(pieces)
    )


def plain(text: str) -> str:
    """Leave the backquotes out, for a terminal.

    Examples
    --------
    >>> plain("`x[0]` and `x[1]`")
    'x[0] and x[1]'
    """
    return text.replace("`", "")


def paragraph(text: str, label: str = "") -> str:
    """Indent and wrap a text for a terminal, behind its label if it has one.

    Examples
    --------
    >>> paragraph("3.1", "Got:")
    '  Got:      3.1'
    """
    start = f"  {label:<10}" if label else "  "
    later = " " * len(start)
    first, *others = text.split("\n")  # a matrix keeps its rows
    lines = [fill(first, 96, initial_indent=start, subsequent_indent=later)]
    return "\n".join(lines + [later + line for line in others])


def table(rows: Iterable[str], style: str = "margin:8px 0 0") -> str:
    """Make a table of rows, HTML, without the lines and stripes of JupyterLab's own."""
    plainly = "border:none;border-collapse:collapse;font-size:inherit;color:inherit"
    return f"<table style='{style};{plainly}'>{''.join(rows)}</table>"


def table_row(*cells: str) -> str:
    """Make a row of cells, HTML."""
    return f"<tr style='background:none'>{''.join(cells)}</tr>"


def row_head(label: str) -> str:
    """Make the head of a row, in plain text.

    Examples
    --------
    >>> row_head("Got")[:15], row_head("Got")[-8:]
    ("<th scope='row'", 'Got</th>')
    """
    style = f"{CELL};font-weight:600;vertical-align:top;{FAINT}"
    return f"<th scope='row' style='{style}'>{escape(label)}</th>"


def labelled(rows: Iterable[tuple[str, str]]) -> str:
    """Set labels and texts, as they would stand in code, side by side."""
    style = f"text-align:left;padding:1px 0;white-space:pre-wrap;{MONO}"
    return table(table_row(row_head(k), f"<td style='{style}'>{escape(v)}</td>") for k, v in rows)
