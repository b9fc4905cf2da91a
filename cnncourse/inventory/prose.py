"""The little markup of the items' texts: paragraphs, indented blocks, `code` and *emphasis*."""

from __future__ import annotations

import re
from html import escape
from textwrap import dedent, fill, indent

_PIECE = re.compile(r"`([^`]+)`|\*([^*]+)\*")


def blocks(text: str) -> list[tuple[str, str]]:
    r"""Split a text into its blocks.

    Parameters
    ----------
    text : str
        Blocks stand between empty lines; one whose lines are all indented by four spaces is code.

    Returns
    -------
    list of (kind, content)
        kind is "code" or "prose"; a paragraph of prose is one line.

    Examples
    --------
    >>> blocks("Given\nis\n\n    x = [1, 2]")
    [('prose', 'Given is'), ('code', 'x = [1, 2]')]
    """
    found = []
    for block in re.split(r"\n[ \t]*\n", text.strip("\n")):
        if all(line.startswith("    ") for line in block.split("\n")):
            found.append(("code", dedent(block)))
        else:
            found.append(("prose", " ".join(block.split())))
    return found


def spans(line: str) -> list[tuple[str, str]]:
    """Split a line of prose into ("plain" | "code" | "em", text).

    Examples
    --------
    >>> spans("Is `2 * 3` *really* 6?")
    [('plain', 'Is '), ('code', '2 * 3'), ('plain', ' '), ('em', 'really'), ('plain', ' 6?')]
    """
    found, end = [], 0
    for match in _PIECE.finditer(line):
        if match.start() > end:
            found.append(("plain", line[end : match.start()]))
        found.append(("code", match[1]) if match[1] else ("em", match[2]))
        end = match.end()
    if end < len(line):
        found.append(("plain", line[end:]))
    return found


def inline_html(line: str) -> str:
    """Write a line of prose as HTML.

    Examples
    --------
    >>> inline_html("`a < b` is *so*")
    '<code>a &lt; b</code> is <em>so</em>'
    """
    tags = {"plain": "{}", "code": "<code>{}</code>", "em": "<em>{}</em>"}
    return "".join(tags[kind].format(escape(piece)) for kind, piece in spans(line))


def block_html(text: str) -> str:
    r"""Write a text as HTML: paragraphs, and blocks of code.

    Examples
    --------
    >>> block_html("Given is\n\n    x = [1, 2]")
    "<p style='margin:6px 0'>Given is</p><pre style='margin:6px 0'>x = [1, 2]</pre>"
    """
    return "".join(
        f"<pre style='margin:6px 0'>{escape(content)}</pre>"
        if kind == "code"
        else f"<p style='margin:6px 0'>{inline_html(content)}</p>"
        for kind, content in blocks(text)
    )


def plain(line: str) -> str:
    """Write a line of prose without its markup.

    Examples
    --------
    >>> plain("`[1, 2]`, *roughly*")
    '[1, 2], roughly'
    """
    return "".join(piece for _, piece in spans(line))


def block_plain(text: str, margin: str = "  ") -> str:
    r"""Write a text for a terminal, wrapped and indented.

    Examples
    --------
    >>> print(block_plain("Given is\n\n    x = [1, 2]"))
      Given is
        x = [1, 2]
    """
    return "\n".join(
        indent(content, margin + "  ")
        if kind == "code"
        else fill(plain(content), 96, initial_indent=margin, subsequent_indent=margin)
        for kind, content in blocks(text)
    )
