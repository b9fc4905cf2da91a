"""The form of a notebook: what every lesson must look like, read from the stored files."""

import ast
import html
import re
import statistics
from pathlib import Path

import nbformat
import pytest

from cnncourse import explore
from cnncourse.exercises import EXERCISES, get
from cnncourse.predictions import PREDICTIONS

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
# 00 and 08 frame the lessons: they ask what one knows before and after. 09 has all explorers.
LESSONS = [path for path in PATHS if not path.name.startswith(("00", "08", "09"))]
EXPLORER = re.compile(r"^explore\.\w+\(", re.MULTILINE)
PREDICT = re.compile(r'predict\("(P\d+\.\d+)"\)')
COMPARE = re.compile(r'^compare\("(P\d+\.\d+)", .+\)$', re.MULTILINE)

KINDS = ("Definition", "Theorem", "Measured here", "Rule of thumb", "Corrected")
BADGE = re.compile(rf"\*\*({'|'.join(KINDS[:-1])}|Corrected \([^*]+\))\.\*\*")

every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def markdown(path):
    return [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]


def tags(cell):
    return cell.metadata.get("tags", [])


def has_figure(cell):
    return any("image/png" in output.get("data", {}) for output in cell.outputs)


def imports(cell):
    tree = ast.parse(cell.source)
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_there_are_notebooks():
    assert [path.stem for path in PATHS][:2] == ["00_start_here", "01_spaceship_smoothing"]


@every_notebook
def test_valid_and_described(path):
    notebook = read(path)
    nbformat.validate(notebook)
    about = notebook.metadata["cnncourse"]
    assert about["lesson"] == path.name[:2]
    assert 5 <= about["minutes"] <= 180
    assert about["title"]
    assert isinstance(about["rows"], list)


@every_notebook
def test_begins_with_its_title_and_ends_with_reading(path):
    cells = read(path).cells
    assert cells[0].source.startswith("# ")
    assert f"{read(path).metadata['cnncourse']['minutes']} minutes" in cells[0].source
    assert cells[-1].source.startswith("## Further reading")


@every_notebook
def test_names_its_symbols_and_sums_up(path):
    text = "\n".join(markdown(path))
    assert "## Symbols" in text or "## The symbols" in text
    assert "## Summary" in text


@every_lesson
def test_each_claim_says_what_it_is(path):
    text = "\n".join(markdown(path))
    kinds = {badge.split(" (")[0] for badge in BADGE.findall(text)}
    assert len(kinds) >= 4, kinds
    # Nearly a badge is none: a reader looks for the same few.
    nearly = re.findall(rf"\*\*(?:{'|'.join(KINDS)})\b[^*]*\*\*", text)
    assert [words for words in nearly if not BADGE.fullmatch(words)] == []


@every_lesson
def test_asks_before_it_shows(path):
    predictions = [text for text in markdown(path) if "**Predict, then run.**" in text]
    sections = [text for text in markdown(path) if re.match(r"## \d", text)]
    assert 3 <= len(sections) <= 5
    assert len(predictions) >= len(sections)


def asked_places(path):
    """The code cells after each "Predict, then run", up to the next text."""
    places = []
    asked = False
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            asked = "**Predict, then run.**" in cell.source
            if asked:
                places.append([])
        elif asked:
            places[-1].append(cell)
    return places


@every_notebook
def test_a_prediction_is_asked_for_and_then_compared(path):
    for ask, *results in asked_places(path):
        asked = PREDICT.fullmatch(ask.source)
        assert asked, f"predict(...) must come first, got: {ask.source}"
        assert not ask.metadata.get("jupyter", {}).get("outputs_hidden", False)
        compared = [name for cell in results for name in COMPARE.findall(cell.source)]
        assert compared == [asked[1]], ask.source
        # Its value is what the cell shows.
        assert COMPARE.fullmatch(results[-1].source.rstrip().split("\n")[-1]), ask.source


def test_every_prediction_is_used_exactly_once_and_in_order():
    for pattern in (PREDICT, COMPARE):
        used = [
            name
            for path in PATHS
            for cell in code_cells(path)
            for name in pattern.findall(cell.source)
        ]
        assert used == list(PREDICTIONS)


@every_notebook
def test_the_question_stands_in_the_form_only(path):
    text = "\n".join(markdown(path))
    for ask, *_ in asked_places(path):
        question = PREDICTIONS[PREDICT.fullmatch(ask.source)[1]].question
        last = re.split(r"(?<=[.?!)]) ", question)[-1]
        assert last not in text
        output = ask.outputs[0]
        assert html.escape(question.split("`")[0]) in output.data["text/html"]


@every_notebook
def test_an_answer_is_folded_away_until_the_learner_runs_it(path):
    results = [cell.id for _, *after in asked_places(path) for cell in after]
    for cell in code_cells(path):
        if "exercise" not in tags(cell) and "check" not in tags(cell):
            hidden = cell.metadata.get("jupyter", {}).get("outputs_hidden", False)
            assert hidden == (cell.id in results), cell.source
            assert not (hidden and EXPLORER.search(cell.source)), "an explorer is to be seen"
            for output in cell.outputs if hidden else []:
                # JupyterLab shows the first line of a folded output.
                data = output.get("data", {})
                text = output.get("text") or data.get("text/html") or data["text/plain"]
                assert not re.search(r"\d", text.split("\n")[0]), cell.source


@every_notebook
def test_cells_are_short(path):
    lengths = [cell.source.count("\n") + 1 for cell in code_cells(path)]
    plain = [
        length
        for cell, length in zip(code_cells(path), lengths, strict=True)
        if "exercise" not in tags(cell)
    ]
    assert statistics.median(plain) <= 5
    assert max(plain) <= 15
    assert max(lengths) <= 25


@every_notebook
def test_imports_stand_in_the_first_code_cell(path):
    first, *rest = code_cells(path)
    assert imports(first)
    assert not any(imports(cell) for cell in rest)


@every_notebook
def test_only_exercises_define_functions(path):
    for cell in code_cells(path):
        nodes = ast.walk(ast.parse(cell.source))
        definitions = [n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        assert not definitions or "exercise" in tags(cell), definitions


@every_notebook
def test_no_magics_and_nothing_from_the_network(path):
    for cell in code_cells(path):
        assert not re.search(r"^\s*[%!]", cell.source, re.MULTILINE)
        assert not re.search(r"\b(urllib|requests|urlretrieve|https?://)", cell.source)


@every_notebook
def test_stored_as_run_in_order_without_errors(path):
    for number, cell in enumerate(code_cells(path), start=1):
        assert cell.execution_count == number
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"


@every_notebook
def test_outputs_hold_nothing_that_changes_from_run_to_run(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            data = output.get("data", {})
            assert "application/vnd.jupyter.widget-view+json" not in data
            text = output.get("text", "") + str(data.get("text/plain", ""))
            assert not re.search(r"\bat 0x[0-9a-f]+", text)


@every_notebook
def test_every_figure_has_alternative_text(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alternative = output.metadata.get("image/png", {}).get("alt", "")
                assert len(alternative.split()) >= 8, cell.source
                assert not alternative.startswith("<")
                if not EXPLORER.search(cell.source):  # alive, it speaks for itself
                    page = output.data["text/html"]
                    assert f'alt="{html.escape(alternative)}"' in page, cell.source


@every_notebook
def test_every_figure_is_followed_by_its_finding_in_numbers(path):
    cells = code_cells(path)
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if has_figure(cell) and not EXPLORER.search(cell.source):
            assert following is not None, cell.source
            printed = "".join(output.get("text", "") for output in following.outputs)
            assert re.search(r"\d", printed), f"no printed number after: {cell.source}"


@every_notebook
def test_pictures_are_small_enough_to_ship(path):
    assert path.stat().st_size < 3_000_000


def exercise_cells(path, tag):
    cells = [cell for cell in code_cells(path) if tag in tags(cell)]
    return {next(t for t in tags(cell) if t != tag): cell for cell in cells}


def test_every_exercise_is_used_exactly_once():
    used = [
        next(t for t in tags(cell) if t != "exercise")
        for path in PATHS
        for cell in code_cells(path)
        if "exercise" in tags(cell)
    ]
    assert sorted(used) == sorted(EXERCISES)


@every_notebook
def test_each_stub_is_the_registered_one_and_its_check_follows(path):
    stubs, checks = exercise_cells(path, "exercise"), exercise_cells(path, "check")
    assert list(stubs) == list(checks)
    cells = code_cells(path)
    for name, stub in stubs.items():
        exercise = get(name)
        assert stub.source.strip() == exercise.stub_source.strip()
        assert checks[name].source == f'check("{name}", {exercise.stub_name})'
        assert cells.index(checks[name]) == cells.index(stub) + 1


def test_the_last_notebook_has_every_explorer():
    text = "\n".join(cell.source for cell in code_cells(FOLDER / "09_explorers.ipynb"))
    assert set(re.findall(r"^explore\.(\w+)\(", text, re.MULTILINE)) == set(explore.EXPLORERS)


@every_notebook
def test_an_explorer_is_stored_as_a_picture_with_its_page_in_60_kilobytes(path):
    for cell in code_cells(path):
        if EXPLORER.search(cell.source):
            (output,) = cell.outputs
            assert set(output.data) == {"text/html", "text/plain"}
            assert "<img " in output.data["text/html"]
            assert "<iframe " in output.data["text/html"]
            assert len(output.data["text/html"]) <= 60_000, cell.source
