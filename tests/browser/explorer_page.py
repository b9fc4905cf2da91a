"""What tests and benchmarks do with any explorer, whatever it shows."""

FOCUSABLE = (
    "a[href], button, input, select, summary, textarea, [contenteditable]:not([contenteditable="
    "false]), [tabindex]:not([tabindex='-1'])"
)
# Everything that a view shows: words, what its controls are set to, and pictures.
VIEWS = """() => [...document.querySelectorAll('.cx')].map((root) => JSON.stringify([
  root.innerText,
  [...root.querySelectorAll('input, select')].map((e) => [e.type, e.checked ?? null, e.value]),
  [...root.querySelectorAll('canvas')].map((e) => e.toDataURL()),
]))"""
KEYS = ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Space")


def view(page, index=0):
    """All that the view shows, as one text."""
    return page.evaluate(VIEWS)[index]


def settled(page, expression):
    """Value of a JavaScript expression once three frames in a row have left it alone."""
    return page.evaluate(
        """async (expression) => {
          const value = () => JSON.stringify(eval(expression));
          const frame = window.uncounted ?? requestAnimationFrame;
          let [last, same] = [value(), 0];
          for (let frames = 0; same < 3; frames++) {
            if (frames > 600) throw new Error(`${expression} does not come to rest: ${last}`);
            await new Promise((resolve) => frame(() => setTimeout(resolve)));
            const now = value();
            same = now === last ? same + 1 : 0;
            last = now;
          }
          return JSON.parse(last);
        }""",
        expression,
    )


def tab_from_the_top(page):
    """Press Tab as on a page that was just opened, wherever the focus was."""
    page.evaluate(
        """() => {
          document.body.tabIndex = -1;
          document.body.focus();
          document.body.removeAttribute('tabindex');
        }"""
    )
    page.keyboard.press("Tab")


def focused_in(page, root=".cx"):
    """Whether the focus is inside the first element that `root` selects."""
    return page.evaluate(
        "root => document.querySelector(root).contains(document.activeElement)", root
    )


def change_by_keys(page, changed, *, most=40):
    """From the focused control on, press arrows and Tab until `changed()`; returns (control, key).

    Fails if no control that Tab reaches changes anything.
    """
    for _ in range(most):
        for key in KEYS:
            page.keyboard.press(key)
            if changed():
                return page.evaluate("document.activeElement.outerHTML.slice(0, 200)"), key
        page.keyboard.press("Tab")
        if not focused_in(page):
            break
    raise AssertionError("no arrow key on any control that Tab reaches changes the state")
