"""What explorers and forms in a page share: a widget's module, its style, a page of its own.

``static/elements.js`` makes the elements of both.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from html import escape
from pathlib import Path

_STATIC = Path(__file__).resolve().parent / "static"

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.{1,2}/[\w./]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function |const )", re.MULTILINE)

# A comment that has its lines to itself: one with code behind it stays.
_COMMENT = re.compile(r"^\s*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_FUNCTION = re.compile(r"^(?:async )?function (\w+)\(.*?^}\n", re.MULTILINE | re.DOTALL)

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
{shim}
const page = offlineModel(document.getElementById("state").textContent);
page.view = () => render({{ model: page.model, el: document.getElementById("{place}") }});
window.{place} = page;
moveIntoFrame();
page.view();
</script>
</body>
</html>
"""

# A page as an element of another one: unpacked and run where scripts may run, nothing otherwise.
_FRAMED = """<!doctype html><meta charset="utf-8"><title>{title}</title><script type="module">
const bytes = Uint8Array.from(atob("{packed}"), (letter) => letter.charCodeAt(0));
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
const page = await new Response(stream).text();
document.open();
document.write(page);
document.close();
</script>"""


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
    # "<" is written as an escape, so that no text in the state can end the script element.
    text = json.dumps(state, default=_binary).replace("<", "\\u003c")
    return _PAGE.format(
        title=escape(title),
        style=style,
        state=text,
        module=_without_default(module),
        shim=_without_default(joined_module("page", _STATIC)),
        place=place,
    )


def framed(page: str, title: str) -> str:
    """A page from `page_of` as an element of another page, packed.

    It stays out of sight until its script has run; then it hides the element before it, a still
    picture, and takes its place, as high as it needs to be. Where scripts are stripped or off, the
    picture stays.

    Parameters
    ----------
    page : str
        A whole HTML page.
    title : str
        Name of the frame for those who listen.

    Returns
    -------
    html : str
        An ``<iframe>`` of about a third of the page's size.
    """
    packed = base64.b64encode(zlib.compress(page.encode(), 9)).decode()
    inside = escape(_FRAMED.format(title=escape(title), packed=packed))
    style = "display:none;width:100%;border:0"
    return f'<iframe title="{escape(title)}" style="{style}" srcdoc="{inside}"></iframe>'


def compact(module: str) -> str:
    r"""A module or style sheet of the course without comments, indentation and unused functions.

    It relies on the form of the course's modules: a function at the top level ends with a brace at
    the start of a line. What is exported stays.

    Examples
    --------
    >>> compact("// Why.\nconst a = 1; // stays\n  /** What. */\n  a + 1;\n")
    'const a = 1; // stays\na + 1;\n'
    >>> compact("function a() {\n  b();\n}\nfunction b() {\n}\nexport function c() {\n}\n")
    'export function c() {\n}\n'
    """
    without = _COMMENT.sub("", module)
    without = _without_unused(re.sub(r"^\s*//.*\n", "", without, flags=re.MULTILINE))
    return re.sub(r"^\s+", "", without, flags=re.MULTILINE)


def _without_unused(module: str) -> str:
    """`module`, free of comments, without the functions that nothing else in it names."""
    found = _FUNCTION.findall(module)
    unused = {name for name in found if len(re.findall(rf"\b{name}\b", module)) == 1}
    if not unused:
        return module
    return _without_unused(_FUNCTION.sub(lambda f: "" if f[1] in unused else f[0], module))


def _without_default(module: str) -> str:
    """`module` to stand in a page's own script: with its names, without an export."""
    return re.sub(r"^export (default .*;$)?", "", module, flags=re.MULTILINE)


def _binary(value: object) -> object:
    """Bytes in JSON; the page's script makes a DataView of them, as a notebook does."""
    if isinstance(value, bytes | memoryview):
        return {"$bytes": base64.b64encode(value).decode()}
    raise TypeError(f"state must hold JSON values and bytes, got {type(value).__name__}")
