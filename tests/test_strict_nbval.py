"""The stricter `pytest --nbval` of the root conftest.py, on notebooks made for the purpose."""

import base64
import io
import zlib
from pathlib import Path

import matplotlib.image
import nbformat
import numpy as np
import pytest

from cnncourse.frameworks.present import has_tensorflow
from cnncourse.widgets import framed

pytest_plugins = "pytester"
ROOT = Path(__file__).resolve().parent.parent

DRAWING = """\
import io
import zlib
import matplotlib.image
import numpy as np
from IPython.display import Image
picture = np.zeros((20, 30))
picture[5:9] = 1
buffer = io.BytesIO()
matplotlib.image.imsave(buffer, picture, format="png")
Image(buffer.getvalue())
"""


def png(picture):
    buffer = io.BytesIO()
    matplotlib.image.imsave(buffer, picture, format="png")
    return base64.b64encode(buffer.getvalue()).decode()


def drawn(rows, shape=(20, 30)):
    picture = np.zeros(shape)
    picture[rows] = 1
    return png(picture)


def cell(source, outputs=(), count=1, tags=()):
    made = nbformat.v4.new_code_cell(source, execution_count=count)
    if tags:
        made.metadata["tags"] = list(tags)
    made.outputs = [nbformat.v4.new_output(**output) for output in outputs]
    return made


def result(data, count=1):
    return {"output_type": "execute_result", "data": data, "execution_count": count}


IMAGE_TEXT = "<IPython.core.display.Image object>"


@pytest.fixture
def validate(pytester):
    def run(*cells):
        pytester.makeconftest((ROOT / "conftest.py").read_text())
        nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), pytester.path / "a.ipynb")
        return pytester.runpytest_subprocess("--nbval", "--nbval-current-env", "a.ipynb")

    return run


def test_same_picture_and_text_pass(validate):
    same = cell(DRAWING, [result({"image/png": drawn(slice(5, 9)), "text/plain": IMAGE_TEXT})])
    printed = cell("print(7)", [{"output_type": "stream", "text": "7\n"}], count=2)
    validate(same, printed).assert_outcomes(passed=2)


def test_changed_picture_fails(validate):
    other = cell(DRAWING, [result({"image/png": drawn(slice(9, 13)), "text/plain": IMAGE_TEXT})])
    outcome = validate(other)
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*figure 1: differs by * of 255*"])


def test_picture_of_another_size_fails(validate):
    data = {"image/png": drawn(slice(5, 9), (20, 31)), "text/plain": IMAGE_TEXT}
    outcome = validate(cell(DRAWING, [result(data)]))
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*figure 1: stored size (20, 31, 4), drawn (20, 30, 4)*"])


def test_missing_picture_fails(validate):
    outcome = validate(cell(DRAWING, [result({"text/plain": IMAGE_TEXT})]))
    outcome.assert_outcomes(failed=1)


@pytest.mark.parametrize("count", [None, 2])
def test_cell_that_was_not_run_in_order_fails(validate, count):
    outcome = validate(cell("one = 1", count=count))
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines([f"*stored as execution {count}, expected 1*"])


def test_changed_text_fails(validate):
    outcome = validate(cell("print(7)", [{"output_type": "stream", "text": "8\n"}]))
    outcome.assert_outcomes(failed=1)


def live(picture, page):
    """What an explorer leaves in a notebook: its picture, and its page packed in a frame."""
    image = f'<img alt="a" src="data:image/png;base64,{picture}">'
    return f"<figure>{image}{framed(page, 'Explorer')}</figure>"


SHOWS = """\
from IPython.display import HTML
HTML({!r})
"""
HTML_TEXT = "<IPython.core.display.HTML object>"


@pytest.mark.parametrize(
    ("stored_page", "stored_rows", "passes"),
    [("one", slice(5, 9), True), ("two", slice(5, 9), False), ("one", slice(4, 9), False)],
)
def test_an_explorer_s_page_and_picture_are_compared(validate, stored_page, stored_rows, passes):
    now = live(drawn(slice(5, 9)), "<p>one</p>")
    stored = live(drawn(stored_rows), f"<p>{stored_page}</p>")
    # Other packing of the same page, as another build of zlib may give it, is no difference.
    stored = stored.replace(
        base64.b64encode(zlib.compress(b"<p>one</p>", 9)).decode(),
        base64.b64encode(zlib.compress(b"<p>one</p>", 1)).decode(),
    )
    found = validate(
        cell(SHOWS.format(now), [result({"text/html": stored, "text/plain": HTML_TEXT})])
    )
    found.assert_outcomes(passed=int(passes), failed=int(not passes))


def printed(text, *, tags=(), count=1):
    return cell("print(7)", [{"output_type": "stream", "text": text}], count, tags)


def test_without_tensorflow_cells_that_need_it_are_run_but_not_compared(validate, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
    figure = [result({"image/png": drawn(slice(5, 9)), "text/plain": IMAGE_TEXT}, count=2)]
    found = validate(
        printed("8\n", tags=["tensorflow"]),
        cell("'no figure'", figure, count=2, tags=["tensorflow"]),
        printed("8\n", tags=["another"], count=3),
        cell("1 / 0", count=4, tags=["tensorflow"]),
        cell("print(7)", count=None, tags=["tensorflow"]),
    )
    found.assert_outcomes(passed=2, failed=3)
    found.stdout.fnmatch_lines(["*Cell 2*", "*Cell 3*", "*Cell 4*"])


def test_with_tensorflow_they_are_compared(validate):
    if not has_tensorflow():
        pytest.skip("TensorFlow is not installed")
    tags = ["tensorflow"]
    validate(printed("8\n", tags=tags), printed("7\n", tags=tags, count=2)).assert_outcomes(
        passed=1, failed=1
    )
