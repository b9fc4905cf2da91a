"""The stricter `pytest --nbval` of the root conftest.py, on notebooks made for the purpose."""

import base64
import io
import re
import subprocess
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.image
import nbformat
import numpy as np
import pytest

from cnncourse.frameworks.present import has_tensorflow
from cnncourse.widgets import framed

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


DRAWN = slice(5, 9)
TEXT_HTML = "<IPython.core.display.HTML object>"
SHOWS = """\
from IPython.display import HTML
HTML({!r})
"""


def figure(picture):
    return result({"image/png": picture, "text/plain": IMAGE_TEXT})


def printed(text, *, tags=()):
    return cell("print(7)", [{"output_type": "stream", "text": text}], tags=tags)


def live(picture, page):
    """What an explorer leaves in a notebook: its picture, and its page packed in a frame."""
    image = f'<img alt="a" src="data:image/png;base64,{picture}">'
    return f"<figure>{image}{framed(page, 'Explorer')}</figure>"


def explorer(stored_page, stored_rows):
    """A cell that shows page "one" and a picture, and has these two stored."""
    now = live(drawn(DRAWN), "<p>one</p>")
    # Other packing of the same page, as another build of zlib may give it, is no difference.
    stored = live(drawn(stored_rows), f"<p>{stored_page}</p>").replace(
        base64.b64encode(zlib.compress(b"<p>one</p>", 9)).decode(),
        base64.b64encode(zlib.compress(b"<p>one</p>", 1)).decode(),
    )
    return cell(SHOWS.format(now), [result({"text/html": stored, "text/plain": TEXT_HTML})])


# One cell a case, all in one notebook, since each notebook takes a kernel that takes seconds.
CASES = {
    "same picture": cell(DRAWING, [figure(drawn(DRAWN))]),
    "same text": printed("7\n"),
    "other picture": cell(DRAWING, [figure(drawn(slice(9, 13)))]),
    "other size": cell(DRAWING, [figure(drawn(DRAWN, (20, 31)))]),
    "no picture": cell(DRAWING, [result({"text/plain": IMAGE_TEXT})]),
    "other text": printed("8\n"),
    "never run": cell("one = 1", count=None),
    "run later": cell("one = 1", count=99),
    "same page": explorer("one", DRAWN),
    "other page": explorer("two", DRAWN),
    "page's other picture": explorer("one", slice(4, 9)),
    "other text, tensorflow": printed("8\n", tags=["tensorflow"]),
    "same text, tensorflow": printed("7\n", tags=["tensorflow"]),
    "no figure, tensorflow": cell("'none'", [figure(drawn(DRAWN))], tags=["tensorflow"]),
    "other text, another tag": printed("8\n", tags=["another"]),
    "error, tensorflow": cell("1 / 0", tags=["tensorflow"]),
    "never run, tensorflow": cell("print(7)", count=None, tags=["tensorflow"]),
}


def validated(folder):
    """What strict nbval says of each case: "" where it passes, else why not."""
    cells = list(CASES.values())
    for count, one in enumerate(cells, start=1):
        if one.execution_count == 1:
            one.execution_count = count
        for output in one.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    (folder / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "a.ipynb")
    options = ["--nbval", "--nbval-current-env", "-p", "no:xdist", "--junitxml=found.xml"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "a.ipynb"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    tests = ElementTree.parse(folder / "found.xml").iter("testcase")
    found = ["".join(failure.text or "" for failure in test.iter("failure")) for test in tests]
    return dict(zip(CASES, found, strict=True))


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return validated(tmp_path_factory.mktemp("strict"))


@pytest.fixture(scope="module")
def found_without_tensorflow(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNCOURSE_WITHOUT_TENSORFLOW", "1")
        return validated(tmp_path_factory.mktemp("without"))


@pytest.mark.parametrize("case", ["same picture", "same text", "same page"])
def test_what_is_the_same_passes(found, case):
    assert found[case] == ""


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("other picture", "figure 1: differs by * of 255"),
        ("other size", "figure 1: stored size (20, 31, 4), drawn (20, 30, 4)"),
        ("no picture", ""),
        ("other text", "8"),
        ("never run", "stored as execution None, expected 7"),
        ("run later", "stored as execution 99, expected 8"),
        ("other page", ""),
        ("page's other picture", ""),
    ],
)
def test_what_is_not_the_same_fails_and_says_why(found, case, why):
    pattern = "*".join(re.escape(part) for part in why.split("*")).replace("*", ".*")
    assert found[case] and re.search(pattern, found[case]), found[case]


def test_without_tensorflow_cells_that_need_it_are_run_but_not_compared(found_without_tensorflow):
    found = found_without_tensorflow
    tagged = [case for case in found if case.endswith("tensorflow")]
    passed = ["other text, tensorflow", "same text, tensorflow", "no figure, tensorflow"]
    assert [case for case in tagged if not found[case]] == passed
    assert found["other text, another tag"]


def test_with_tensorflow_they_are_compared(found):
    if not has_tensorflow():
        pytest.skip("TensorFlow is not installed")
    tagged = [case for case in found if case.endswith("tensorflow")]
    assert [case for case in tagged if not found[case]] == ["same text, tensorflow"]
