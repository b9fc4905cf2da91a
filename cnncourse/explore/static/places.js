// What the explorers of channels and of padding share: a slider that walks the cells of an output,
// and a style of their own.
import { element, uniqueId } from "../../widgets/static/elements.js";

/** A style sheet for one explorer, inside its own element. */
export const ownStyle = (text) => element("style", {}, text);

/** One native slider over the cells of an output, in reading order; arrow up and down move a row.
 *
 * `input(place)` while it moves, `change()` when that has ended; a place is [row, column].
 */
export function placeSlider({ label, input, change }) {
  const id = uniqueId("place");
  const range = element("input", {
    type: "range",
    id,
    min: 0,
    step: 1,
    class: "cx-range",
    "data-lm-suppress-shortcuts": "true",
  });
  const value = element("output", { for: id, class: "cx-value" });
  let [rows, columns] = [1, 1];
  const go = (index) => input([Math.floor(index / columns), index % columns]);
  const keys = (event) => {
    const at = Number(range.value);
    const last = (rows - 1) * columns + (at % columns);
    const to = {
      ArrowUp: at - columns,
      ArrowDown: at + columns,
      PageUp: at % columns,
      PageDown: last,
    }[event.key];
    if (event.key === "Escape") return range.blur();
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0 || to >= rows * columns || to === at) return;
    // Now, not with the next frame: another key may come before that.
    range.value = to;
    go(to);
    change();
  };
  range.addEventListener("keydown", keys);
  range.addEventListener("input", () => go(Number(range.value)));
  range.addEventListener("change", () => change());
  const show = (size, [row, column], words) => {
    [rows, columns] = [Math.max(1, size[0]), Math.max(1, size[1])];
    range.max = rows * columns - 1;
    range.value = row * columns + column;
    range.disabled = !size[0];
    value.textContent = words;
    range.setAttribute("aria-valuetext", words);
  };
  const name = element("label", { for: id, class: "cx-label" }, label);
  const root = element("div", { class: "cx-slider cx-place" }, name, range, value);
  return { element: root, range, show };
}
