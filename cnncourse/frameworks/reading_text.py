"""A layer as Python writes it, read without running it: names and literals, nothing else."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cnncourse.frameworks.signatures import (
    FRAMEWORKS,
    LayerTextError,
    Signature,
    close_names,
    signature,
)

LONGEST = 10_000
"""Characters in a text."""

MOST_LAYERS = 300
"""In a chain."""

LARGEST = 10**9
"""A number in a layer: what is larger is no size and no rate of one."""

_PREFIXES = {
    "tf.keras.layers": "keras",
    "tensorflow.keras.layers": "keras",
    "keras.layers": "keras",
    "layers": "keras",
    "torch.nn": "torch",
    "nn": "torch",
}
_ONLY_INPUT = ("tf.keras", "tensorflow.keras", "keras")
_SEQUENTIAL = {*_PREFIXES, *_ONLY_INPUT, "tf.keras.models", "keras.models", "models", ""}


@dataclass(frozen=True)
class Call:
    """A layer as it was written.

    Attributes
    ----------
    signature : Signature
        Of its class.
    values : dict
        Every argument's value, defaults included.
    source : str
        The text itself.
    given : frozenset of str
        The arguments that stand in the text.
    """

    signature: Signature
    values: dict[str, Any]
    source: str
    given: frozenset[str] = frozenset()

    @property
    def framework(self) -> str:
        """Either "keras" or "torch"."""
        return self.signature.framework

    @property
    def name(self) -> str:
        """The class's name."""
        return self.signature.name


@dataclass(frozen=True)
class Reading:
    """The layers of a text, and whether its framework was guessed, since both write it alike."""

    calls: tuple[Call, ...]
    framework: str
    guessed: bool = False


@dataclass(frozen=True)
class _Written:
    """A call before its framework is known."""

    name: str
    frameworks: list[str]
    positional: tuple[Any, ...]
    named: dict[str, Any]
    source: str


def read_layers(text: str) -> Reading:
    """Read one layer or a chain of layers.

    Parameters
    ----------
    text : str
        As in a program of either framework: ``"Conv2D(32, 3, strides=2)"``, with or without
        ``keras.layers.`` or ``nn.``; several are joined by ``->``, a comma or a new line, or stand
        in a ``Sequential``.

    Returns
    -------
    Reading

    Raises
    ------
    TypeError
        If it is no text.
    LayerTextError
        If it is no layer, an argument is none of its own, or the frameworks are mixed.

    Examples
    --------
    >>> reading = read_layers("Conv2D(8, 3) -> keras.layers.MaxPool2D()")
    >>> reading.framework, [call.values["padding"] for call in reading.calls]
    ('keras', ['valid', 'valid'])
    >>> read_layers("Conv2D(filters=8)")
    Traceback (most recent call last):
    ...
    cnncourse.frameworks.signatures.LayerTextError: Conv2D needs ...
    """
    if not isinstance(text, str):
        raise TypeError(f"a layer must be given as a text, got {type(text).__name__}")
    if len(text) > LONGEST:
        raise LayerTextError(
            f"a text of at most {LONGEST} characters was expected, got {len(text)}"
        )
    written = [w for piece in _pieces(text) for w in _calls(_parsed(piece))]
    if not written:
        raise LayerTextError("a layer was expected, such as Conv2D(32, 3), got an empty text")
    if len(written) > MOST_LAYERS:
        raise LayerTextError(f"at most {MOST_LAYERS} layers were expected, got {len(written)}")
    framework, guessed = _framework(written)
    calls = tuple(_bound(w, framework) for w in written)
    return Reading(calls, framework, guessed)


def _pieces(text: str) -> Iterator[str]:
    """The parts between arrows, and between lines where a line is closed in itself."""
    for part in re.split(r"->|→|=>", text):
        part = part.strip().strip(",;").strip()
        if part:
            yield part
        elif text.strip():
            raise LayerTextError(f"a layer is missing beside an arrow in {_short(text)}")


def _parsed(piece: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of signs in texts that Python would write otherwise
            # Within brackets a line may end anywhere.
            return ast.parse(f"(\n{piece}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    lines = "\n".join(line.strip() for line in piece.splitlines())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = ast.parse(lines).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = f": {error.msg.split(';')[0]}" if isinstance(error, SyntaxError) else ""
        text = f"{_short(piece)!r} is not a layer as Python writes it{reason}"
        raise LayerTextError(text) from None
    if all(isinstance(line, ast.Expr) for line in found):
        return ast.Tuple([line.value for line in found], ast.Load())  # type: ignore[attr-defined]
    raise LayerTextError(f"only layers were expected, such as Conv2D(32, 3), got {_short(piece)}")


def _calls(node: ast.expr) -> Iterator[_Written]:
    """The layers in an expression: one, several in a row, or those of a Sequential."""
    if isinstance(node, ast.Tuple | ast.List):
        for item in node.elts:
            yield from _calls(item)
        return
    source = _short(ast.unparse(node))
    if not isinstance(node, ast.Call):
        if any(signature(f, _dotted(node).split(".")[-1]) for f in FRAMEWORKS):
            raise LayerTextError(f"{source} is the class; the layer is {source}(...)")
        raise LayerTextError(f"a layer was expected, such as Conv2D(32, 3), got {source}")
    if isinstance(node.func, ast.Call):
        raise LayerTextError(
            f"only the layer was expected, {_short(ast.unparse(node.func))}, got {source}"
        )
    prefix, _, name = _dotted(node.func).rpartition(".")
    if name == "Sequential" and prefix in _SEQUENTIAL:
        for item in node.args:
            yield from _calls(item)
        return
    if not name:
        raise LayerTextError(f"a layer was expected, such as Conv2D(32, 3), got {source}")
    frameworks = _possible(name, prefix)
    named: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise LayerTextError(f"{name}: arguments must be written out, got **")
        if keyword.arg in named:
            raise LayerTextError(f"{name}: {keyword.arg} is given twice")
        named[keyword.arg] = _literal(keyword.value, f"{name}: {keyword.arg}")
    positional = tuple(_literal(a, f"{name}: argument {i}") for i, a in enumerate(node.args, 1))
    yield _Written(name, frameworks, positional, named, ast.unparse(node))


def _dotted(node: ast.expr) -> str:
    """A name with its dots; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def _literal(node: ast.expr, where: str, depth: int = 0) -> Any:
    """The value of a literal; `where` is for the message."""
    if isinstance(node, ast.Tuple | ast.List) and depth < 3:
        return tuple(_literal(item, where, depth + 1) for item in node.elts)
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1
        if not (isinstance(node, ast.Constant) and _is_number(node.value)):
            node = ast.Name("-")
    if isinstance(node, ast.Constant):
        value: Any = node.value
        if _is_number(value):
            if not abs(value) <= LARGEST:
                got = "more digits" if isinstance(value, int) else value
                raise LayerTextError(f"{where} must be at most 10**9, got {got}")
            return sign * value
        if value is None or isinstance(value, bool | str):
            return value
    hint = "a plain value (a number, a text, None, True, False or a tuple of these)"
    if where.endswith(": activation"):
        hint = "a name in quotes, such as 'relu'"
    raise LayerTextError(f"{where} must be {hint}, got {_short(ast.unparse(node))}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _framework(written: list[_Written]) -> tuple[str, bool]:
    """The framework of a chain, and whether its layers are written alike in both."""
    sure = {w.frameworks[0]: w.source for w in reversed(written) if len(w.frameworks) == 1}
    if len(sure) == 2:
        raise LayerTextError(
            f"{_short(sure['keras'])} is a layer of Keras and {_short(sure['torch'])} one of "
            "PyTorch: please write all layers for one of them"
        )
    if sure:
        return next(iter(sure)), False
    fits = [f for f in FRAMEWORKS if all(_takes(f, w) for w in written)]
    return (fits or ["keras"])[0], len(fits) != 1


def _takes(framework: str, written: _Written) -> bool:
    found = signature(framework, written.name)
    return found is not None and set(written.named) <= set(found.names())


def _possible(name: str, prefix: str) -> list[str]:
    """The frameworks that have this layer under this prefix."""
    near = close_names(name)
    did_you = f": did you mean {' or '.join(near)}?" if near else ""
    if not prefix:
        found = [f for f in FRAMEWORKS if signature(f, name)]
        if not found:
            raise LayerTextError(f"no layer {name} is known{did_you}")
        return found
    if prefix in _ONLY_INPUT and name == "Input":
        return ["keras"]
    if prefix not in _PREFIXES:
        expected = "before a layer's name stands nothing, keras.layers or nn"
        raise LayerTextError(f"{expected}, got {_short(prefix)}{did_you}")
    framework = _PREFIXES[prefix]
    if signature(framework, name) is None:
        raise LayerTextError(f"no layer {name} is known in {prefix}{did_you}")
    return [framework]


def _bound(written: _Written, framework: str) -> Call:
    found = signature(framework, written.name)
    assert found is not None  # _possible has looked
    values = found.bind(written.positional, written.named)
    places = found.names()[: len(written.positional)]
    return Call(found, values, written.source, frozenset([*places, *written.named]))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 70 else f"{text[:67]}..."
