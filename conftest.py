"""Makes `pytest --nbval` stricter: figures are compared, and every code cell must have been run.

nbval compares all stored outputs but images, and passes a cell that was never executed. Both gaps
are closed by subclasses of its collector and its item.

A cell tagged `tensorflow` prints something else where TensorFlow is missing: there it is run, and
must not fail, but what it prints is not compared.
"""

import base64
import html
import io
import os
import re
import zlib

import matplotlib.image
import numpy as np
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from cnncourse import records
from cnncourse.frameworks.present import has_tensorflow

# What a test or a notebook run by one does is nobody's progress: it stays in memory.
os.environ["CNNCOURSE_DATA"] = "off"

# Keras's own classes: the one module of the package that cannot be imported without Keras.
collect_ignore = [] if has_tensorflow() else ["cnncourse/frameworks/keras_layers.py"]


@pytest.fixture(autouse=True)
def another_learner(request):
    """Give each example in a docstring to a learner of whom nothing is recorded yet."""
    if isinstance(request.node, pytest.DoctestItem):
        records.record("reset", "")


LARGEST_RMS = 3.0
"""Largest root mean square difference of two figures, in grey levels of 255.

Another build of the font renderer shifts the edges of letters (below 2, as measured); a changed
line or number gives 4 and more.
"""


ADDRESS = r"data:image/png;base64,([^\"]*)"


def images(outputs):
    """The PNG pictures among a cell's outputs, as arrays with values 0 to 255.

    A figure is there twice, as PNG and in HTML; an explorer's picture is in its HTML only.
    """
    encoded = []
    for output in outputs:
        data = output.get("data", {})
        in_html = re.findall(ADDRESS, "".join(data.get("text/html", "")))
        encoded += [data["image/png"]] if "image/png" in data else in_html
    return [255 * matplotlib.image.imread(io.BytesIO(base64.b64decode(e))) for e in encoded]


def unpacked(srcdoc):
    """The page that an explorer's frame holds (a match of its attribute), in place of its bytes."""
    packed = re.search(r"atob\(&quot;([^&]*)&quot;\)", srcdoc[0])
    if not packed:
        return srcdoc[0]
    return html.escape(zlib.decompress(base64.b64decode(packed[1])).decode())


def picture_differences(stored, now):
    """One sentence for each way in which the pictures of a cell differ from the stored ones."""
    if len(stored) != len(now):
        return [f"{len(stored)} figures are stored, {len(now)} were drawn"]
    sentences = []
    for number, (old, new) in enumerate(zip(stored, now, strict=True), start=1):
        if old.shape != new.shape:
            sentences.append(f"figure {number}: stored size {old.shape}, drawn {new.shape}")
        elif (rms := float(np.sqrt(np.mean((old - new) ** 2)))) > LARGEST_RMS:
            sentences.append(
                f"figure {number}: differs by {rms:.1f} of 255 (RMS), allowed {LARGEST_RMS}"
            )
    return sentences


class StrictCell(IPyNbCell):
    """A code cell: it must be stored as run in order, and draw the stored figures again."""

    def runtest(self):
        """Refuse a cell that was not run in order, then run and compare it."""
        expected = self.cell_num + 1
        if self.cell.execution_count != expected:
            self.raise_cell_error(
                f"stored as execution {self.cell.execution_count}, expected {expected}: "
                "run `python3 course.py notebooks` to store the outputs of all cells in order"
            )
        super().runtest()

    def compare_outputs(self, test, ref, skip_compare=None):
        """Compare as nbval does, and then the figures."""
        same_text = super().compare_outputs(test, ref, skip_compare)
        differences = picture_differences(images(ref), images(test))
        self.comparison_traceback.extend(differences)
        return same_text and not differences


class StrictNotebook(IPyNbFile):
    """A notebook of strict cells."""

    def setup(self):
        """Keep bytes out of the text: pictures are compared as such, live pages by what is in them.

        Another build of zlib packs the same page in other bytes.
        """
        super().setup()
        self.sanitize_patterns[ADDRESS] = "data:image/png"
        self.sanitize_patterns[r"(?<=srcdoc=\")[^\"]*"] = unpacked

    def collect(self):
        """Give nbval's items in their strict form."""
        for cell in super().collect():
            if "tensorflow" in cell.cell.metadata.get("tags", ()) and not has_tensorflow():
                cell.options["check"] = False
            yield StrictCell.from_parent(
                self,
                name=cell.name,
                cell_num=cell.cell_num,
                cell=cell.cell,
                options=cell.options,
            )


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    """Put the strict collector in the place of nbval's."""
    collectors = yield
    return [
        StrictNotebook.from_parent(parent, path=c.path) if isinstance(c, IPyNbFile) else c
        for c in collectors
    ]
