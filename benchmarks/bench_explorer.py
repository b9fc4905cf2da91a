"""From key press to new pixels in JupyterLab: the explorers against interact + matplotlib.

Each explorer and its rival stand in one notebook with a real kernel, in a headless Chromium (see
tests/browser), and are measured in turn. For smoothing and convolution the rival draws the same
content (`_rivals.py`), for the others the explorer's still picture, which holds less. Floors: 30
times faster where the content is the same; on a loaded machine a median of 33 ms and a 95th
percentile of 60 ms; 50 frames a second up to 256 x 256 pixels and a 5 x 5 kernel.

    python benchmarks/bench_explorer.py [names] [--load] [--presses 40] [--quick]
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from explorer_page import KEYS
from notebook_page import NOTEBOOK, NotebookPage
from playwright.sync_api import sync_playwright

from conftest import FLAGS, Lab, chromium

TIMES, MEDIAN, LATE, FRAMES = 30, 33.0, 60.0, 50
BACK = {"ArrowRight": "ArrowLeft", "ArrowLeft": "ArrowRight", "ArrowUp": "ArrowDown",
        "ArrowDown": "ArrowUp", "Space": "Space"}  # fmt: skip
BUSY = [sys.executable, "-c", "while True: pass"]


@dataclass(frozen=True)
class Case:
    """An explorer, its control that is pressed, and the same state as the rival's slider sets it.

    That is `change` of a whole `value`.
    """

    make: str
    control: str  # its label; "" for the grid's one tab stop
    change: str
    values: tuple[int, int]  # smallest, largest
    figure: str = "rival.picture().figure"


LARGE = (
    "explore.convolution2d(np.random.default_rng(0).integers(0, 256, (256, 256)), "
    "np.arange(25.0).reshape(5, 5) - 12)"
)
SAME = "_rivals.convolution2d(rival)"
CASES = {
    "smoothing": Case(
        "explore.smoothing()", "Time t", "t=value", (0, 180), "_rivals.smoothing(rival)"
    ),
    "toeplitz": Case("explore.toeplitz()", "Row of T", "row=value", (0, 9)),
    "convolution2d": Case("explore.convolution2d()", "Window", "column=value", (0, 7), SAME),
    "convolution2d, 256²": Case(LARGE, "Window", "column=value", (0, 255), SAME),
    "connections": Case("explore.connections()", "", "unit=value", (0, 8)),
    "equivariance": Case("explore.equivariance()", "Down", "down=value", (0, 8)),
    "pooling": Case("explore.pooling()", "Shift d", "shift=value", (0, 8)),
    "channels": Case("explore.channels()", "Place", "output=value", (0, 3)),
    "padding": Case("explore.padding()", "Step", "window=(0, value)", (0, 6)),
    "side by side": Case("explore.side_by_side()", "Width n", "row=value", (2, 16)),
    "layers": Case("explore.layers()", "Channel", "channel=value", (0, 5)),
    "layers, 28²": Case("explore.layers(mnist_networks())", "Channel", "channel=value", (0, 7)),
}
OURS = """import numpy as np
from cnncourse import explore
from cnncourse.networks import mnist_networks
{make}"""
RIVAL = """%matplotlib inline
import sys
from ipywidgets import IntSlider, interact
sys.path.append({here!r})
import _rivals
rival = {make}

def show(value):
    rival.set_trait(*next(iter(dict({change}).items())))
    display({figure})

interact(show, value=IntSlider({low}, {low}, {high}));"""

# What each shows now, as a value that changes with its pixels; null while it is loading.
READ = {
    "ours": """() => {
      const root = document.querySelector('.cx');
      let sum = 7;
      for (const canvas of root.querySelectorAll('canvas')) {
        if (!canvas.width || !canvas.height) continue;
        const pen = canvas.getContext('2d');
        for (let k = 0; k < 16; k++) {
          const y = Math.floor(((k + 0.5) * canvas.height) / 16);
          const row = pen.getImageData(0, y, canvas.width, 1).data;
          for (let i = 0; i < row.length; i += 4)
            sum = (sum * 31 + row[i] + 3 * row[i + 1] + 7 * row[i + 2]) % 1000003;
        }
      }
      const words = [...root.children].filter((e) => e.dataset.cx !== 'spoken');
      return sum + words.map((e) => e.textContent).join('');
    }""",
    "interact": """() => {
      const image = document.querySelector('.widget-interact img');
      return image?.complete ? image.src : null;
    }""",
}
# Looks after each frame's drawing, so that what a frame has drawn is seen in that frame.
PROBE = """(read) => {
  window.probe?.end();
  const probe = (window.probe = { pressed: 0, seen: read(), took: null, frames: 0, on: true });
  const press = (event) => { probe.pressed = event.timeStamp; };
  addEventListener('keydown', press, true);
  const after = new MessageChannel();
  after.port1.onmessage = () => {
    const now = read();
    if (now !== null && now !== probe.seen) {
      probe.seen = now;
      probe.frames += 1;
      if (probe.pressed) probe.took = performance.now() - probe.pressed;
      probe.pressed = 0;
    }
  };
  const look = () => {
    if (!probe.on) return;
    after.port2.postMessage(0);
    requestAnimationFrame(look);
  };
  probe.end = () => ((probe.on = false), removeEventListener('keydown', press, true));
  look();
}"""

DRIVE = """async ([source, seconds]) => {
  const step = eval(source);
  const [start, before] = [performance.now(), probe.frames];
  for (let n = 0; performance.now() - start < 1000 * seconds; n++) {
    step(n);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return (1000 * (probe.frames - before)) / (performance.now() - start);
}"""


def write(case, path):
    """The notebook of a case: ours, and the rival."""
    low, high = case.values
    sources = [
        OURS.format(make=case.make),
        RIVAL.format(**vars(case), low=low, high=high, here=str(Path(__file__).parent)),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)


def press(notebook, key):
    """Milliseconds from the press of a key to the first frame with other pixels; None if none."""
    page = notebook.page
    page.evaluate("probe.took = null")
    page.keyboard.press(key)
    try:
        took = page.wait_for_function("probe.took", timeout=3_000).json_value()
    except Exception:  # the key changed nothing
        return None
    notebook.wait_until_idle()
    return took


def find_control(notebook, case):
    """Put the focus on the explorer's control; returns the arrow key that changes it."""
    explorer = notebook.page.locator(".cx")
    if case.control:
        control = explorer.get_by_label(case.control, exact=True).first
    else:
        control = explorer.locator("[role=gridcell][tabindex='0']").first
    control.focus()
    for key in KEYS:
        if press(notebook, key) is not None:
            return key
    raise RuntimeError(f"no key changes the explorer by {case.control or 'its grid'}")


def latencies(notebook, case, presses):
    """{who: milliseconds of each press}, ours and the rival's."""
    page, times = notebook.page, {}
    for who in READ:
        page.evaluate(f"({PROBE})({READ[who]})")
        if who == "ours":
            key = find_control(notebook, case)
        else:
            page.locator(".widget-interact .noUi-handle").first.focus()
            key = "ArrowRight"
        keys = [BACK[key], key] if who == "ours" else [key, BACK[key]]
        taken = [press(notebook, keys[n % 2]) for n in range(presses + 4)][4:]
        times[who] = sorted(took for took in taken if took is not None)
        if len(times[who]) < 0.8 * presses:
            raise RuntimeError(f"{who}: {presses - len(times[who])} key presses changed nothing")
    return times


def frames(notebook, who, step, seconds):
    """Frames with other pixels a second while `step(n)`, in JavaScript, is done in each frame.

    The steps are made in the page, so that a slow driver does not count as a slow explorer.
    """
    page = notebook.page
    page.evaluate(f"({PROBE})({READ[who]})")
    rate = page.evaluate(DRIVE, [step, seconds])
    page.mouse.up()
    notebook.wait_until_idle()
    return rate


def dragged(notebook, canvas):
    """A step of the pointer along a canvas, back and forth, its button held down."""
    page = notebook.page
    place = page.locator(f".cx {canvas}").first
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    return f"""(n) => {{
      const place = document.querySelector('.cx {canvas}');
      const {{ left, top, width, height }} = place.getBoundingClientRect();
      const share = 0.3 + 0.4 * Math.abs((n % 80) - 40) / 40;
      const at = {{ clientX: left + share * width, clientY: top + 0.5 * height }};
      const held = {{ pointerId: 1, pointerType: 'mouse', bubbles: true, buttons: 1 }};
      place.dispatchEvent(new PointerEvent('pointermove', {{ ...at, ...held }}));
    }}"""


def drawn(notebook):
    """A step of the pen over the image, from side to side and down; then on an empty one again."""
    notebook.page.locator(".cx .ly-input .cx-grid").first.scroll_into_view_if_needed()
    return """(n) => {
      const place = document.querySelector('.cx .ly-input .cx-grid');
      const { left, top, width, height } = place.getBoundingClientRect();
      const clear = [...document.querySelectorAll('.cx .ly-tools button')]
        .find((one) => one.textContent === 'Clear');
      const send = (name, share) => place.dispatchEvent(new PointerEvent(name, {
        clientX: left + (0.5 + 0.35 * Math.sin(n / 4)) * width, clientY: top + share * height,
        pointerId: 1, pointerType: 'mouse', button: 0, buttons: 1, bubbles: true }));
      place.setPointerCapture = () => {};
      const down = (n % 100) / 100;
      if (n % 100 === 0) {
        send('pointerup', 0.1);
        clear.click();
        send('pointerdown', 0.1);
      } else send('pointermove', 0.1 + 0.8 * down);
    }"""


def stepped(notebook):
    """A step of a weight of the kernel, up and down by turns of twenty."""
    grid = notebook.page.get_by_role("grid", name="Kernel: ").first
    grid.locator("[tabindex='0']").focus()
    return """(n) => {
      const key = Math.floor(n / 20) % 2 ? 'ArrowUp' : 'ArrowDown';
      const options = { key, shiftKey: true, bubbles: true, cancelable: true };
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', options));
    }"""


def held(notebook, high):
    """A step of the rival's slider, which turns back at its ends."""
    notebook.page.locator(".widget-interact .noUi-handle").first.focus()
    return f"""(n) => {{
      const key = Math.floor(n / {high}) % 2 ? 'ArrowLeft' : 'ArrowRight';
      const options = {{ key, bubbles: true, cancelable: true }};
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', options));
    }}"""


def frame_rates(notebook, name, seconds):
    """{what is done: (ours, the rival's)} frames a second."""
    if name == "layers, 28²":
        tasks = {"a digit drawn": lambda: drawn(notebook)}
    elif name == "smoothing":
        tasks = {"the kernel dragged": lambda: dragged(notebook, ".cx-left canvas")}
    elif name == "convolution2d, 256²":
        tasks = {
            "the window dragged": lambda: dragged(notebook, "canvas"),
            "a weight stepped": lambda: stepped(notebook),
        }
    else:
        return {}
    found = {task: frames(notebook, "ours", begin(), seconds) for task, begin in tasks.items()}
    rival = frames(notebook, "interact", held(notebook, CASES[name].values[1]), seconds)
    return {task: (rate, rival) for task, rate in found.items()}


@contextlib.contextmanager
def load(wanted):
    """A busy process for each processor, ended at the end."""
    busy = [subprocess.Popen(BUSY) for _ in range(os.cpu_count() or 1)] if wanted else []
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def late(times):
    """95th percentile."""
    return times[min(len(times) - 1, int(0.95 * len(times)))]


def measure(lab, browser, names, presses, seconds, loaded):
    """Print a line a case; returns {case: times}, {(case, task): frames a second}."""
    title = "loaded: a busy process for each processor" if loaded else "as the machine is"
    print(f"\n{title} (load average {os.getloadavg()[0]:.1f})")
    print(f"{'key press to pixels, ms':24}{'median':>8}{'95 %':>8}{'interact':>10}{'95 %':>8}"
          f"{'times faster':>14}", flush=True)  # fmt: skip
    times, rates = {}, {}
    for name in names:
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(120_000)
        with contextlib.closing(page):
            notebook = NotebookPage(page, lab, f"{list(CASES).index(name)}.ipynb")
            notebook.run_all()
            page.locator(".cx").wait_for()
            page.wait_for_function(READ["interact"])
            page.evaluate(f"() => {{ {NOTEBOOK}.content.mode = 'command'; }}")
            with load(loaded):
                times[name] = latencies(notebook, CASES[name], presses)
                for task, both in frame_rates(notebook, name, seconds).items():
                    rates[name, task] = both
        ours, rival = times[name]["ours"], times[name]["interact"]
        medians = statistics.median(ours), statistics.median(rival)
        print(f"{name:24}{medians[0]:8.1f}{late(ours):8.1f}{medians[1]:10.1f}{late(rival):8.1f}"
              f"{medians[1] / medians[0]:14.0f}", flush=True)  # fmt: skip
    for (name, task), (mine, theirs) in rates.items():
        print(f"{name}, {task}: {mine:.1f} frames a second; interact {theirs:.1f}")
    return times, rates


def verdicts(times, rates, loaded):
    """Print whether the floors hold."""

    def say(words, held, worst):
        print(f"=> {words}: {'held' if held else 'MISSED'} ({worst})", flush=True)

    ratio = {name: statistics.median(both["interact"]) / statistics.median(both["ours"])
             for name, both in times.items()}  # fmt: skip
    same = [name for name in ratio if "_rivals" in CASES[name].figure]
    least = min(same or ratio, key=ratio.get)
    say(f"{TIMES} times faster", ratio[least] >= TIMES, f"least {ratio[least]:.0f}, {least}")
    if loaded:
        slow = max(times, key=lambda name: statistics.median(times[name]["ours"]))
        median = statistics.median(times[slow]["ours"])
        say(f"median at most {MEDIAN:g} ms", median <= MEDIAN, f"most {median:.1f}, {slow}")
        slow = max(times, key=lambda name: late(times[name]["ours"]))
        most = late(times[slow]["ours"])
        say(f"95th percentile at most {LATE:g} ms", most <= LATE, f"most {most:.1f}, {slow}")
    if rates:
        slow = min(rates, key=lambda task: rates[task][0])
        say(f"{FRAMES} frames a second", rates[slow][0] >= FRAMES,
            f"least {rates[slow][0]:.1f}, {', '.join(slow)}")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="beginnings of explorers' names; all by default")
    parser.add_argument("--presses", type=int, default=40, help="key presses for each")
    parser.add_argument("--quick", action="store_true", help="ten key presses, a second of frames")
    parser.add_argument("--load", action="store_true", help="then again on a machine kept busy")
    parser.add_argument("--cpu", action="store_true", help="no meaning here: pixels take wall time")
    options = parser.parse_args()
    presses, seconds = (10, 1.0) if options.quick else (options.presses, 4.0)
    wanted = tuple(options.names) or ("",)
    names = [name for name in CASES if name.startswith(wanted)]
    path = chromium()
    if path is None:
        parser.exit(0, "bench_explorer: left out, there is no Chromium on this machine\n")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        work, state = Path(folder, "work"), Path(folder, "state")
        work.mkdir()
        state.mkdir()
        for number, case in enumerate(CASES.values()):
            write(case, work / f"{number}.ipynb")
        lab = Lab(work, state)
        try:
            lab.wait()
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            for loaded in (False, True) if options.load else (False,):
                times, rates = measure(lab, browser, names, presses, seconds, loaded)
                verdicts(times, rates, loaded)
            browser.close()
        finally:
            lab.stop()


if __name__ == "__main__":
    main()
