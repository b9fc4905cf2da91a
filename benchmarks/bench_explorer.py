"""From key press to new pixels in JupyterLab: the smoothing explorer against interact + matplotlib.

Both show the same content in one headless Chromium, with a real kernel, one after the other.
Needs a Chromium (see tests/browser). Run: python benchmarks/bench_explorer.py [--presses 40]
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from notebook_page import NotebookPage
from playwright.sync_api import sync_playwright

from conftest import FLAGS, Lab, chromium

EXPLORER = "from cnncourse.explore import SmoothingExplorer\nSmoothingExplorer(t=60)"
INTERACT = """import dataclasses
from ipywidgets import IntSlider, interact
from cnncourse.data import spaceship_track
from cnncourse.explore.smoothing_model import SmoothingModel
from cnncourse.explore.smoothing_picture import picture

model = SmoothingModel(spaceship_track())

def show(t):
    display(picture(model, dataclasses.replace(model.default_state(), t=t)))

interact(show, t=IntSlider(60, 0, 180));"""

# What a rival shows now, as a value that changes with its pixels; null while it is loading.
WATCH = {
    "explorer": (
        """() => {
          const canvas = document.querySelector('.cx-left canvas');
          const row = canvas.getContext('2d').getImageData(0, 60, canvas.width, 1).data;
          return row.reduce((sum, value, i) => (sum * 31 + value + i) % 1000003, 7);
        }""",
        ".cx-time input",
    ),
    "interact": (
        """() => {
          const image = document.querySelector('.jp-OutputArea .widget-interact img');
          return image?.complete ? image.src : null;
        }""",
        ".widget-interact .noUi-handle",
    ),
}
PROBE = """(read) => {
  const probe = (window.probe = { pressed: 0, seen: read(), took: null });
  addEventListener('keydown', (event) => { probe.pressed = event.timeStamp; }, true);
  const look = () => {
    const now = read();
    if (now !== null && now !== probe.seen) {
      probe.seen = now;
      if (probe.pressed) probe.took = performance.now() - probe.pressed;
      probe.pressed = 0;
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def measure(page, lab, name, presses):
    """Milliseconds from each key press to the first frame with other pixels."""
    notebook = NotebookPage(page, lab, f"{name}.ipynb")
    notebook.run_all()
    read, control = WATCH[name]
    page.locator(control).first.wait_for()
    page.wait_for_function(read)
    page.evaluate(f"({PROBE})({read})")
    page.locator(control).first.focus()
    times = []
    for _ in range(presses + 3):
        page.evaluate("probe.took = null")
        page.keyboard.press("ArrowRight")
        times.append(page.wait_for_function("probe.took").json_value())
        notebook.wait_until_idle()
    return times[3:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=40, help="key presses for each rival")
    parser.add_argument("--quick", action="store_true", help="ten key presses for each rival")
    parser.add_argument("--cpu", action="store_true", help="no meaning here: pixels take wall time")
    options = parser.parse_args()
    presses = 10 if options.quick else options.presses
    path = chromium()
    if path is None:
        parser.exit(0, "bench_explorer: left out, there is no Chromium on this machine\n")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        work, state = Path(folder, "work"), Path(folder, "state")
        work.mkdir()
        state.mkdir()
        for name, source in (("explorer", EXPLORER), ("interact", INTERACT)):
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
            notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
            nbformat.write(notebook, work / f"{name}.ipynb")
        lab = Lab(work, state)
        try:
            lab.wait()
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            medians = {}
            for name in WATCH:
                times = sorted(measure(browser.new_page(), lab, name, presses))
                medians[name] = statistics.median(times)
                late = times[int(0.95 * (len(times) - 1))]
                print(f"{name:10} median {medians[name]:7.1f} ms   95 % {late:7.1f} ms", flush=True)
            print(f"ratio of medians {medians['interact'] / medians['explorer']:.0f}")
            browser.close()
        finally:
            lab.stop()


if __name__ == "__main__":
    main()
