"""What explorers and forms in a page share: a widget's module, its style, a page of its own.

``static/elements.js`` makes the elements of both.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.{1,2}/[\w./]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function |const )", re.MULTILINE)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>body {{ margin: 12px; background: Canvas; color: CanvasText; }}
{style}</style>
</head>
<body>
<main id="{place}"></main>
<script type="application/json" id="state">{state}</script>
<script type="module">
{module}
const state = JSON.parse(document.getElementById("state").textContent);
for (const [name, text] of Object.entries(state.binary)) {{
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  state.plain[name] = new DataView(bytes.buffer);
}}
const page = {{ sent: {{}}, saves: 0, listeners: {{}} }};
const model = {{
  get: (name) => state.plain[name],
  set: (name, value) => {{ state.plain[name] = value; page.sent[name] = value; }},
  save_changes: () => {{ page.saves += 1; }},
  on: (event, listener) => {{ (page.listeners[event] ??= []).push(listener); }},
  off: (event, listener) => {{
    page.listeners[event] = (page.listeners[event] ?? []).filter((one) => one !== listener);
  }},
}};
page.put = (name, value) => {{
  state.plain[name] = value;
  (page.listeners[`change:${{name}}`] ?? []).forEach((listener) => listener());
}};
page.model = model;
page.view = () => render({{ model, el: document.getElementById("{place}") }});
window.{place} = page;
page.view();
</script>
</body>
</html>
"""


def style_sheet(*paths: Path) -> str:
    """Style sheets as one, those that come later on top."""
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def joined_module(name: str, folder: Path) -> str:
    """The module ``<name>.js`` behind those it imports, as one file that imports nothing.

    Parameters
    ----------
    name : str
        Name of a module, without its ending.
    folder : Path
        Where it lies. It may import from other folders.

    Returns
    -------
    source : str
        An ECMAScript module that exports what ``<name>.js`` exports; the others' names are shared,
        so no two files may define the same one.
    """
    parts: dict[Path, str] = {}
    _collect((folder / f"{name}.js").resolve(), parts)
    *others, own = parts.values()
    return "\n".join([*(_EXPORT.sub("", other) for other in others), own])


def _collect(path: Path, parts: dict[Path, str]) -> None:
    """Add to `parts` the module and, before it, those it imports, each once."""
    source = path.read_text(encoding="utf-8")
    for imported in _IMPORT.findall(source):
        other = (path.parent / imported).resolve()
        if other not in parts:
            _collect(other, parts)
    parts[path] = _IMPORT.sub("", source)


def page_of(module: str, style: str, title: str, state: Mapping[str, object], *, place: str) -> str:
    """A whole HTML page with a live widget: no kernel, no network.

    Parameters
    ----------
    module, style : str
        What `joined_module` and `style_sheet` give.
    title : str
        Title of the page.
    state : mapping
        The widget's state by trait name; bytes reach the module as they do in a notebook.
    place : str
        In the page, ``window.<place>.sent`` holds what would have gone to Python,
        ``put(name, value)`` sets what comes from it, and ``view()`` makes another view.

    Returns
    -------
    html : str
    """
    binary = {k: base64.b64encode(v).decode() for k, v in state.items() if isinstance(v, bytes)}
    plain = {k: v for k, v in state.items() if not isinstance(v, bytes)}
    # "<" is written as an escape, so that no text in the state can end the script element.
    text = json.dumps({"plain": plain, "binary": binary}).replace("<", "\\u003c")
    module = re.sub(r"^export default .*;$", "", module, flags=re.MULTILINE)
    return _PAGE.format(title=escape(title), style=style, state=text, module=module, place=place)
