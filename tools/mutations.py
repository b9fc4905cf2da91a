"""Programs one small change away from a given one, by edits of its syntax tree."""

import ast
import copy
from collections.abc import Iterator

SWAPS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
PAIRS = ("min max", "minimum maximum", "floor ceil", "argmin argmax", "zeros ones", "sum cumsum",
         "any all", "rfft fft", "sorted reversed", "abs sqrt", "inf nan")  # fmt: skip
OTHER_NAMES = {a: b for pair in PAIRS for a, b in (pair.split(), pair.split()[::-1])}
MODES = ("full", "same", "valid")


def mutants(source: str) -> Iterator[tuple[str, str]]:
    r"""Give (what was changed, program) of every program one edit away from a function's source.

    Decorators, docstring and annotations are left out, and no program comes twice.

    Examples
    --------
    >>> [what for what, _ in mutants("def f(x):\n    return -x")]
    ['line 2: statement deleted', 'line 2: USub dropped']
    """
    tree = _bare(source)
    seen = {ast.unparse(tree)}
    for number, (above, *_, node) in enumerate(_places(tree)):
        line = getattr(node, "lineno", getattr(above, "lineno", 0))  # operators have none
        for edit, (what, _) in enumerate(_edits(node, tree)):
            changed = copy.deepcopy(tree)
            parent, field, index, target = list(_places(changed))[number]
            _, new = list(_edits(target, changed))[edit]
            if index is None:
                setattr(parent, field, new())
            else:
                getattr(parent, field)[index] = new()
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in seen:
                seen.add(text)
                yield f"line {line}: {what}", text


def _bare(source):
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list, node.returns = [], None
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
        elif isinstance(node, ast.arg):
            node.annotation = None
    return tree


def _places(tree):
    """Give (parent, field, index or None, node) of every node but the root, in a fixed order."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield parent, field, None, value
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        yield parent, field, index, item


def _edits(node, tree):
    """Give (what, function that returns the node to put in place) of each edit of a node."""
    for kind, make in ((ast.stmt, _of_statements), (ast.expr, _of_expressions)):
        if isinstance(node, kind):
            yield from make(node, tree)
    if isinstance(node, ast.operator | ast.cmpop | ast.boolop):
        for new in SWAPS.get(type(node), ()):
            yield f"{type(node).__name__} to {new.__name__}", new
    if isinstance(node, ast.Slice):
        yield from _of_slices(node)
    if isinstance(node, ast.comprehension):
        for k in range(len(node.ifs)):
            yield "condition negated", lambda k=k: _with_item(node, "ifs", k, _negated(node.ifs[k]))


def _of_statements(node, tree):
    if isinstance(node, ast.FunctionDef | ast.Pass):
        return
    yield "statement deleted", ast.Pass
    if isinstance(node, ast.AugAssign):
        yield (
            "accumulation replaced by assignment",
            lambda: ast.Assign([node.target], node.value, lineno=node.lineno),
        )
    if isinstance(node, ast.If | ast.While):
        yield "condition negated", lambda: _with(node, "test", _negated(node.test))
    if isinstance(node, ast.For):
        yield "first iteration only", lambda: _with(node, "body", [*node.body, ast.Break()])
        yield "loop left before its body", lambda: _with(node, "body", [ast.Break(), *node.body])


def _of_expressions(node, tree):
    if isinstance(node, ast.Constant):
        yield from _of_constants(node)
    elif isinstance(node, ast.Call):
        yield from _of_calls(node)
    elif isinstance(node, ast.IfExp):
        yield "condition negated", lambda: _with(node, "test", _negated(node.test))
    elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Tuple):
        for step in (1, -1):
            yield f"index {step:+d}", lambda s=step: _with(node, "slice", _plus(node.slice, s))
    elif isinstance(node, ast.UnaryOp):
        yield f"{type(node.op).__name__} dropped", lambda: node.operand
    elif isinstance(node, ast.Name):
        yield from _of_names(node, tree)
    elif isinstance(node, ast.Attribute) and node.attr in OTHER_NAMES:
        new = OTHER_NAMES[node.attr]
        yield f"{node.attr} to {new}", lambda: _with(node, "attr", new)


def _of_constants(node):
    if isinstance(node.value, bool):
        yield f"{node.value} turned", lambda: ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        for value in dict.fromkeys((node.value + 1, node.value - 1, 0, -node.value)):
            if value != node.value:
                yield f"{node.value} to {value}", lambda v=value: ast.Constant(v)
    elif node.value in MODES:
        for mode in MODES:
            if mode != node.value:
                yield f"{node.value} to {mode}", lambda m=mode: ast.Constant(m)


def _of_calls(node):
    if len(node.args) >= 2:
        swapped = [node.args[1], node.args[0], *node.args[2:]]
        yield "arguments swapped", lambda: _with(node, "args", swapped)
        yield "last argument dropped", lambda: _with(node, "args", node.args[:-1])
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield "call dropped", lambda: node.args[0]
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        yield "call of a method dropped", lambda: node.func.value
    for k in range(len(node.keywords)):
        yield "keyword dropped", lambda k=k: _without(node, "keywords", k)
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        for k, bound in enumerate(node.args[:2]):
            for step in (1, -1):
                yield (
                    f"bound {step:+d}",
                    lambda k=k, b=bound, s=step: _with_item(node, "args", k, _plus(b, s)),
                )
        if len(node.args) == 1:
            yield "first left out", lambda: _with(node, "args", [ast.Constant(1), *node.args])


def _of_names(node, tree):
    if node.id in OTHER_NAMES:
        new = OTHER_NAMES[node.id]
        yield f"{node.id} to {new}", lambda: ast.Name(new, node.ctx)
    if isinstance(node.ctx, ast.Load):
        arguments = [argument.arg for argument in tree.body[0].args.args]
        for other in arguments if node.id in arguments else ():
            if other != node.id:
                yield f"{node.id} to {other}", lambda o=other: ast.Name(o, node.ctx)


def _of_slices(node):
    for bound in ("lower", "upper", "step"):
        value = getattr(node, bound)
        if value is None:
            continue
        yield f"{bound} bound dropped", lambda b=bound: _with(node, b, None)
        for step in (1, -1) if bound != "step" else ():
            yield (
                f"{bound} bound {step:+d}",
                lambda b=bound, v=value, s=step: _with(node, b, _plus(v, s)),
            )


def _is_module(node):
    return isinstance(node, ast.Name) and node.id == "np" or isinstance(node, ast.Attribute)


def _with(node, field, value):
    setattr(node, field, value)
    return node


def _with_item(node, field, index, value):
    getattr(node, field)[index] = value
    return node


def _without(node, field, index):
    del getattr(node, field)[index]
    return node


def _plus(node, step):
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))


def _negated(node):
    return ast.UnaryOp(ast.Not(), node)
