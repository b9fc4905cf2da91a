"""The notebooks at work: with solutions in them every check passes; storing them is repeatable."""

import ast
import copy
import linecache
import shutil
import tempfile
import types
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from cnncourse.exercises import get
from cnncourse.frameworks.present import HOW_TO_INSTALL
from tools import notebooks as tool

ROOT = Path(__file__).resolve().parent.parent
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def execute(notebook, folder):
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()


def exercise_of(cell, tag):
    tags = cell.metadata.get("tags", [])
    return next((t for t in tags if t != tag), None) if tag in tags else None


def shown(cell):
    return "\n".join(str(o.get("data", {}).get("text/plain", "")) for o in cell.outputs)


def names(source, context):
    """What the source reads (ast.Load) or makes (ast.Store, definitions and imports included)."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, context):
            found.add(node.id)
        elif context is ast.Store and isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif context is ast.Store and isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return found


def what_exercises_need(cells):
    """The exercises, their checks, and before them all that makes a name that these read."""
    kept, wanted = [], set()
    for cell in reversed([cell for cell in cells if cell.cell_type == "code"]):
        is_one = exercise_of(cell, "exercise") or exercise_of(cell, "check")
        if is_one or wanted & names(cell.source, ast.Store):
            kept.append(cell)
            wanted |= names(cell.source, ast.Load)
    return kept[::-1]


def with_solutions(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if name := exercise_of(cell, "exercise"):
            cell.source = get(name).solution_source
    return notebook


def results(cells):
    """Run cells one after the other, without a kernel; a check's result as text, by exercise."""
    module, found = types.ModuleType("__main__"), {}
    for number, cell in enumerate(cells):
        *statements, last = ast.parse(cell.source).body
        check = exercise_of(cell, "check")
        if not check:
            statements.append(last)
        name = f"<cell {number}>"
        # As in a kernel, so that a check finds the source of what it checks.
        linecache.cache[name] = len(cell.source), None, cell.source.splitlines(True), name
        exec(compile(ast.Module(statements, []), name, "exec"), module.__dict__)
        if check:
            expression = compile(ast.Expression(last.value), name, "eval")
            found[check] = repr(eval(expression, module.__dict__))
    for made in vars(module).values():
        if isinstance(made, tempfile.TemporaryDirectory):
            made.cleanup()  # as when a kernel ends
    return found


@every_notebook
def test_with_solutions_every_check_passes(path, tmp_path):
    notebook = with_solutions(path)
    if path.name.startswith(("00", "01")):  # these are run whole; strict nbval runs the others
        execute(notebook, tmp_path)
        checks = {name: shown(c) for c in notebook.cells if (name := exercise_of(c, "check"))}
    else:
        checks = results(what_exercises_need(notebook.cells))
    assert {name: get(name).max_points for name in checks} == {
        name: get(name).max_points for name, text in checks.items() if "passed" in text
    }, checks


def test_what_exercises_need_is_found():
    new = nbformat.v4.new_code_cell
    check = new("check('E1.1', answer)", metadata={"tags": ["check", "E1.1"]})
    stub = new("answer = start + 1", metadata={"tags": ["exercise", "E1.1"]})
    cells = [new("from a import check"), new("start = 3"), new("other = 4"), stub, check]
    assert what_exercises_need(cells) == [cells[0], cells[1], stub, check]


@every_notebook
def test_untouched_exercises_are_not_attempted(path):
    notebook = nbformat.read(path, as_version=4)
    checks = [shown(cell) for cell in notebook.cells if exercise_of(cell, "check")]
    assert all("not attempted" in text for text in checks)


@pytest.mark.slow
def test_storing_again_changes_nothing(tmp_path):
    # It has everything: figures, predictions, explorers, exercises. Strict nbval runs the others.
    path = next(path for path in PATHS if path.name.startswith("01"))
    shutil.copy(path, tmp_path)
    assert tool.main(["--folder", str(tmp_path), "--check"]) == 0
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_check_reports_a_changed_output_and_stores_nothing(tmp_path, capsys):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1 + 1)")])
    target = tmp_path / "90_example.ipynb"
    nbformat.write(notebook, target)
    before = target.read_bytes()
    assert tool.main(["--folder", str(tmp_path), "--check"]) == 1
    assert "90_example.ipynb: would change" in capsys.readouterr().out
    assert target.read_bytes() == before
    assert tool.main(["--folder", str(tmp_path), "90"]) == 0
    stored = nbformat.read(target, as_version=4)
    assert stored.cells[0].execution_count == 1
    assert stored.cells[0].outputs[0].text == "2\n"


def test_what_needs_tensorflow_is_not_stored_without_it(tmp_path, capsys, monkeypatch):
    cells = [nbformat.v4.new_code_cell("print(1 + 1)", metadata={"tags": ["tensorflow"]})]
    target = tmp_path / "90_example.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), target)
    before = target.read_bytes()
    monkeypatch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
    assert tool.main(["--folder", str(tmp_path)]) == 0
    assert "course.py notebooks --with tensorflow" in capsys.readouterr().out
    assert target.read_bytes() == before


def test_unknown_name_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        tool.main(["--folder", str(tmp_path), "77"])
    assert "starts with 77" in capsys.readouterr().err


def printed(cell):
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


@pytest.mark.slow
def test_lesson_06_runs_to_its_end_without_tensorflow(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
    monkeypatch.setenv("CNNCOURSE_DATA", "off")
    stored = nbformat.read(next(p for p in PATHS if p.name.startswith("06")), as_version=4)
    asking = "import sys\nprint({'tensorflow', 'keras'} & set(sys.modules))"
    notebook = copy.deepcopy(stored)
    notebook.cells.append(nbformat.v4.new_code_cell(asking))
    execute(notebook, tmp_path)  # a cell that fails raises here
    tool.normalise(notebook)
    assert printed(notebook.cells.pop()) == "set()\n"
    needing = [c for c in notebook.cells if "tensorflow" in c.metadata.get("tags", [])]
    assert any(HOW_TO_INSTALL in printed(cell) for cell in needing)
    # Outputs of cells without the tag are compared everywhere, so they must not depend on it.
    for before, now in zip(stored.cells, notebook.cells, strict=True):
        if before.cell_type == "code" and now not in needing:
            assert (printed(now), shown(now)) == (printed(before), shown(before)), before.source
