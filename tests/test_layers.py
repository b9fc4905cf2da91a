"""The order of the layers, read from the imports; and what importing the package must not load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "cnncourse"
# Each imports only from those before it; a leading underscore marks the engine of what follows.
LAYERS = """
_arrays _folder _words shapes definitions _blocks _overlap _windows conv pooling gradients kernels
continuous smoothing data networks inside frameworks _sums _intervals experiments plots _tables
widgets explore cards records forms exercises predictions inventory progress grading installation
cli __main__
""".split()
# Libraries that take long to load or may be missing, and the layers that may import each.
HEAVY = {
    "torch": {"frameworks", "experiments"},
    "tensorflow": {"frameworks", "experiments"},
    "keras": {"frameworks", "experiments"},
    "matplotlib": {"plots", "explore"},
    "anywidget": {"explore", "forms"},
    "ipywidgets": {"explore", "forms"},
    "skimage": set(),
    "sympy": set(),
}
# Whole modules of one framework's classes, which are themselves only imported inside functions.
OF_A_FRAMEWORK = {
    "frameworks.keras_layers": "keras",
    "frameworks.torch_batches": "torch",
    "frameworks.torch_copying": "torch",
    "frameworks.torch_activations": "torch",
    "frameworks.torch_modules": "torch",
    "frameworks.torch_parts": "torch",
    "frameworks.torch_plain_parts": "torch",
    "frameworks.torch_reading": "torch",
    "frameworks.torch_reading_activations": "torch",
    "frameworks.torch_reading_layers": "torch",
    "frameworks.torch_reading_modules": "torch",
    "frameworks.torch_reading_own": "torch",
    "frameworks.torch_reading_pooling": "torch",
    "frameworks.torch_reading_shapes": "torch",
    "frameworks.torch_running": "torch",
    "frameworks.torch_signals": "torch",
    "frameworks.torch_tracing": "torch",
}
MODULES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
           for path in sorted(PACKAGE.rglob("*.py"))}  # fmt: skip


def layer(module):
    return module.split(".")[0]


def _for_type_checkers(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(source, module):
    """Yield (dotted name, whether it is not loaded with the module) of all that `source` imports.

    That is what is imported inside a function, or for type checkers alone.
    """
    tree = ast.parse(source)
    inside = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _for_type_checkers(node)
        for child in ast.walk(node)
    }
    home = ["cnncourse", *module.removesuffix(".__init__").split(".")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            depth = node.level - module.endswith("__init__")
            base = home[: len(home) - depth] if node.level else []
            prefix = ".".join([*base, *filter(None, [node.module])])
            names = [f"{prefix}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield name, node in inside


def breaches(source, module):
    """Say which imports of `source`, were it cnncourse/`module`, break the order of the layers."""
    here = layer(module)
    found = []
    for name, inside in imports(source, module):
        top, *rest = name.split(".")
        if top == "cnncourse" and rest and rest[0] in LAYERS:
            if LAYERS.index(rest[0]) > LAYERS.index(here):
                found.append(f"{module} imports {name}, of a later layer")
        elif top in HEAVY and here not in HEAVY[top]:
            found.append(f"{module} imports {name}")
        elif top in ("torch", "tensorflow", "keras") and not (
            inside or OF_A_FRAMEWORK.get(module) == top
        ):
            found.append(f"{module} imports {name} outside a function")
        elif "pyplot" in name:
            found.append(f"{module} imports pyplot, which keeps figures open")
        framework = OF_A_FRAMEWORK.get(".".join(rest[:2])) if top == "cnncourse" else None
        if framework and not inside and OF_A_FRAMEWORK.get(module) != framework:
            found.append(f"{module} imports {name} outside a function")
        if rest and rest[-1] == "*":
            found.append(f"{module} imports everything from {name}")
        if module.endswith("_model") and top in ("matplotlib", "anywidget", "ipywidgets"):
            found.append(f"{module}, a model, imports the view's {top}")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_from_layers_before_its_own(module):
    if module != "__init__":
        assert layer(module) in LAYERS, f"say in LAYERS where {module} belongs"
        assert breaches(MODULES[module].read_text(encoding="utf-8"), module) == []


def test_the_package_itself_imports_nothing():
    assert list(imports(MODULES["__init__"].read_text(encoding="utf-8"), "__init__")) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("shapes", "from cnncourse.conv import conv2d"),
        ("shapes", "from cnncourse import conv"),
        ("shapes", "from . import conv"),
        ("shapes", "import cnncourse.conv"),
        ("data.track", "from ..plots import tracks"),
        ("data.__init__", "from ..plots import tracks"),
        ("conv", "def f():\n    import torch"),
        ("frameworks.layouts", "import torch"),
        ("frameworks.layouts", "from cnncourse.frameworks import torch_modules"),
        ("frameworks.layouts", "from cnncourse.frameworks.torch_modules import Permute"),
        ("frameworks.keras_layers", "import torch"),
        ("plots.sums", "from matplotlib import pyplot"),
        ("plots.sums", "import matplotlib.pyplot as plt"),
        ("exercises.e1_1", "from cnncourse.conv import *"),
        ("explore.smoothing_model", "import anywidget"),
    ],
)
def test_breaches_are_found(module, line):
    assert len(breaches(line, module)) == 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("data.__init__", "from .track import Track"),
        ("data.track", "from . import iss"),
        ("exercises.e1_1", "from ..conv import convolve1d"),
        ("frameworks.layouts", "def f():\n    import torch"),
        ("frameworks.layouts", "def f():\n    from cnncourse.frameworks import torch_modules"),
        ("frameworks.torch_parts", "import torch"),
        ("frameworks.torch_parts", "from cnncourse.frameworks import torch_modules"),
    ],
)
def test_allowed_imports_are_allowed(module, line):
    assert breaches(line, module) == []


def test_every_layer_is_named_once():
    assert len(set(LAYERS)) == len(LAYERS)


def loaded_by(statement):
    """Names of the libraries in HEAVY that a fresh Python has loaded after `statement`."""
    program = f"{statement}\nimport sys\nprint(*(set(sys.modules) & {set(HEAVY)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PACKAGE.parent, check=True, capture_output=True
    )
    return set(done.stdout.decode().split())


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by("import cnncourse") == set()


def test_importing_the_mathematics_loads_nothing_heavy():
    names = LAYERS[: LAYERS.index("data") + 1]
    present = [name for name in names if name in {layer(module) for module in MODULES}]
    assert {"conv", "data"} <= set(present)
    assert loaded_by("\n".join(f"import cnncourse.{name}" for name in present)) == set()


def test_what_is_heavy_is_recognised():
    assert loaded_by("import matplotlib") == {"matplotlib"}
