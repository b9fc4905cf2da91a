"""What tests and benchmarks do with any explorer, whatever it shows.

`where` is a page, or a frame in one; `root` selects the explorers meant.
"""

import base64

FOCUSABLE = (
    "a[href], button, input, select, summary, textarea, [contenteditable]:not([contenteditable="
    "false]), [tabindex]:not([tabindex='-1'])"
)
# Not Space: what it switches may be a choice of one view alone, such as which axes are shown.
KEYS = ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp")
# What a mouse drags; sliders come last, pictures and grids are closer at hand.
DRAGGED = ("canvas", "[role=grid]", ".cx-bars", "input[type=range]")
SPOKEN = "document.querySelector('[data-cx=spoken]').textContent"
# Once three frames in a row have left an expression's value alone.
AT_REST = """async (expression) => {
  const value = () => JSON.stringify(eval(expression));
  const frame = window.uncounted ?? requestAnimationFrame;
  let [last, same] = [value(), 0];
  for (let frames = 0; same < 3; frames++) {
    if (frames > 600) throw new Error(`${expression} does not come to rest`);
    await new Promise((resolve) => frame(() => setTimeout(resolve)));
    const now = value();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return JSON.parse(last);
}"""


def at_rest(where, expression):
    """Value of a JavaScript expression, once it changes no more."""
    return where.evaluate(AT_REST, expression)


def views_of(root):
    """An expression for all that each view shows: words, settings of controls, and pictures."""
    return f"""[...document.querySelectorAll({root!r})].map((root) => JSON.stringify([
      root.innerText,
      [...root.querySelectorAll('input, select')].map((e) => [e.type, e.checked ?? null, e.value]),
      [...root.querySelectorAll('canvas')].map((e) => e.toDataURL()),
    ]))"""


def views(where, root=".cx"):
    """All that each view shows, one text a view, once it changes no more."""
    return at_rest(where, views_of(root))


def keyboard(where):
    """The keyboard of the page that `where` is or belongs to."""
    return getattr(where, "page", where).keyboard


def tab_from_the_top(where):
    """Press Tab as on a page that was just opened, wherever the focus was."""
    where.evaluate(
        """() => {
          document.body.tabIndex = -1;
          document.body.focus();
          document.body.removeAttribute('tabindex');
        }"""
    )
    keyboard(where).press("Tab")


def focused_in(where, root=".cx"):
    """Whether the focus is inside the first element that `root` selects."""
    return where.evaluate(
        "root => document.querySelector(root).contains(document.activeElement)", root
    )


def change_by_keys(where, changed, root=".cx", *, most=40):
    """From the focused control on, press arrows and Tab until `changed()`; returns the key."""
    for _ in range(most):
        for key in KEYS:
            keyboard(where).press(key)
            if changed():
                return key
        keyboard(where).press("Tab")
        if not focused_in(where, root):
            break
    raise AssertionError("no arrow key on any control that Tab reaches changes the state")


def change_page(where):
    """Change the first view by the keyboard until Python would have heard of it; returns it before.

    `where` is an explorer's own page, or a frame that holds one.
    """
    where.evaluate("explorer.sent = {}")
    before, saves = views(where)[0], where.evaluate("explorer.saves")
    tab_from_the_top(where)

    def heard():
        if views(where)[0] == before:
            return False
        # A held key is heard of a little later; a mark that only moved in the view, never.
        held_back_is_sent(where)
        return where.evaluate("explorer.saves") > saves

    change_by_keys(where, heard)
    return before


def change_by_mouse(page, changed, root=".cx"):
    """Drag across pictures, grids and sliders until `changed()`; returns which one it was."""
    for kind in DRAGGED:
        places = page.locator(f"{root} {kind}")
        for number in range(places.count()):
            place = places.nth(number)
            if not place.is_visible():
                continue
            place.scroll_into_view_if_needed()
            box = place.bounding_box()
            x, y = box["x"] + 0.3 * box["width"], box["y"] + 0.35 * box["height"]
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + 0.35 * box["width"], y + 0.3 * box["height"], steps=5)
            page.mouse.up()
            if changed():
                return f"{kind} {number}"
    raise AssertionError("the mouse changes nothing")


def says(page, explorer):
    """Wait until the page says what Python says of the same state."""
    page.wait_for_function(f"words => {SPOKEN} === words", arg=explorer.describe())


def text(page, key):
    """The text of a part of the page that has a name."""
    return page.locator(f"[data-cx={key}]").inner_text()


def held_back_is_sent(where):
    """Wait until what a view holds back for 120 ms has gone to Python, however busy the page is.

    By a timer of the page itself: timers end in the order in which they were due to.
    """
    where.evaluate("() => new Promise((resolve) => setTimeout(resolve, 200))")


def told(page, name):
    """Value of a trait as it would have gone to Python at the end of the changes, waited for."""
    page.wait_for_function("name => name in explorer.sent && explorer.saves > 0", arg=name)
    held_back_is_sent(page)
    return page.evaluate("name => explorer.sent[name]", name)


def told_value(page, name, value):
    """Wait until Python would have heard that a trait has this value."""
    page.wait_for_function(
        """([name, value]) => explorer.saves > 0
          && JSON.stringify(explorer.sent[name]) === JSON.stringify(value)""",
        arg=[name, value],
    )


def clean(page):
    """Nothing went wrong in it, and it asked for nothing."""
    assert page.errors == []
    assert page.requests == []


def sent(where):
    """What would have gone to Python by now, by trait name, as it arrives there."""
    found = where.evaluate(
        """() => Object.entries(explorer.sent).map(([name, value]) => {
          if (!(value?.data instanceof DataView)) return [name, value, null];
          const { buffer, byteOffset, byteLength } = value.data;
          const letters = Array.from(new Uint8Array(buffer, byteOffset, byteLength), (byte) =>
            String.fromCharCode(byte));
          return [name, { shape: value.shape, dtype: value.dtype }, btoa(letters.join(''))];
        })"""
    )
    return {
        name: value if data is None else {**value, "data": memoryview(base64.b64decode(data))}
        for name, value, data in found
    }
