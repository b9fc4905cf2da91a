"""A learner's way through the start notebook: predict, check, hint, and all after a restart."""

import shutil

import pytest
from notebook_page import NOTEBOOK, NotebookPage

WRONG = "def my_flip(w):\n    return w"


@pytest.fixture
def start(lab, open_page):
    """The start notebook, opened by somebody who has done nothing yet."""
    shutil.copy(lab.folder / "notebooks/00_start_here.ipynb", lab.folder / "learner.ipynb")
    notebook = NotebookPage(open_page(), lab, "learner.ipynb")
    notebook.record = lab.folder / "record of a learner"
    use_record(notebook)
    return notebook


def use_record(notebook):
    notebook.ask_kernel(f"__import__('os').environ.update(CNNCOURSE_DATA={str(notebook.record)!r})")


def cell_that_begins(notebook, words):
    sources = notebook.page.evaluate(
        f"[...{NOTEBOOK}.content.model.cells].map((cell) => cell.sharedModel.source)"
    )
    found = [index for index, source in enumerate(sources) if source.startswith(words)]
    assert len(found) == 1, f"cells that begin with {words}: {found}"
    return found[0]


def run(notebook, words):
    return notebook.run_cell(cell_that_begins(notebook, words))


def test_predict_check_hint_and_progress_across_a_restart(lab, start):
    page = start.page
    run(start, "import numpy")
    assert "Nothing is recorded yet" in run(start, "show_progress()")

    # A prediction, all numbers right but the ends, which are not halved.
    run(start, 'predict("P0.1")')
    form = page.locator(".jp-Cell.jp-mod-active .cf")
    for box, number in zip(form.locator("input[type=text]").all(), (2, 3, 6, 7, 6), strict=True):
        box.fill(str(number))
    form.get_by_role("radio", name="90 %").check()
    form.get_by_role("button", name="Record").click()
    form.locator(".cf-note", has_text="Recorded").wait_for()
    start.cell(cell_that_begins(start, "series ="))
    compared = run(start, "series =")
    assert "You left the missing neighbour out" in compared
    assert "90 %" in compared

    # A wrong answer, its hint, and no solution before the first attempt.
    stub, check = start.index("exercise", "E0.1"), start.index("check", "E0.1")
    start.type_over(stub, WRONG)
    start.run_cell(stub)
    assert "The kernel came back as it was" in start.run_cell(check)
    assert "hint 1 of 3" in run(start, 'hint("E0.1")')
    assert "hint 2 of 3" in run(start, 'hint("E0.1")')

    before = run(start, "show_progress()")
    for words in ("1 of 3 predictions made", "0 right", "in progress", "2 hints read"):
        assert words in before
    assert "Next. Lesson 00, E0.1 Read a kernel backwards: last time:" in before

    # The kernel is a new one; what was done is not forgotten.
    page.evaluate(f"async () => {{ await {NOTEBOOK}.sessionContext.session.kernel.restart(); }}")
    start.wait_until_idle()
    use_record(start)
    run(start, "import numpy")
    after = run(start, "show_progress()")
    for words in ("1 of 3 predictions made", "0 right", "in progress", "2 hints read"):
        assert words in after
    assert "You left the missing neighbour out" in run(start, "series =")
    assert "not yet" not in start.ask_kernel('repr(solution("E0.1"))')

    start.run_cell(stub)  # the learner's own code is still in its cell
    start.type_over(stub, "def my_flip(w):\n    return w[::-1]")
    start.run_cell(stub)
    assert "Passed" in start.run_cell(check)
    done = "done, counts for nothing, 2 attempts, 2 hints read, solution seen"
    assert done in run(start, "show_progress()")
    assert start.problems() == []
    assert page.errors == []
    assert [
        url for url in page.requests if not url.startswith((lab.address, "data:", "blob:"))
    ] == []
