// Arrays of numbers: their colours, a grid of cells to walk and edit, and maps of many pixels.
import { element } from "../../widgets/static/elements.js";
import { LARGEST_NUMBER } from "./numbers.js";

// ---------------------------------------------------------------- colours

const VIRIDIS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [109, 205, 89],
  [180, 222, 44],
  [253, 231, 37],
];
// Orange for negative, blue for positive: told apart with any colour vision.
const NEGATIVE = [190, 76, 0];
const POSITIVE = [0, 90, 160];

const blend = (from, to, share) => from.map((part, i) => part + (to[i] - part) * share);

// Tables, so that a map of many pixels makes no new array for each.
const SIGNED = Array.from({ length: 511 }, (_, i) =>
  blend([255, 255, 255], i < 255 ? NEGATIVE : POSITIVE, Math.abs(i - 255) / 255),
);
const MAGNITUDE = Array.from({ length: 256 }, (_, i) => {
  const place = (i / 255) * (VIRIDIS.length - 1);
  const from = Math.min(VIRIDIS.length - 2, Math.floor(place));
  return blend(VIRIDIS[from], VIRIDIS[from + 1], place - from);
});

/** Colour of a signed value: white at 0, blue above, orange below, full at `largest`. */
export function signedColour(value, largest) {
  const share = Math.max(-1, Math.min(1, value / (largest || 1)));
  return SIGNED[Math.round(255 * share) + 255];
}

/** Colour of a magnitude: viridis from 0 to 1. */
export function magnitudeColour(share) {
  return MAGNITUDE[Math.round(255 * Math.max(0, Math.min(1, share)))];
}

/** Grey from black at 0 to white at 1. */
export function greyColour(share) {
  const level = 255 * Math.max(0, Math.min(1, share));
  return [level, level, level];
}

/** A colour as style sheets write it. */
export const css = (rgb) => `rgb(${rgb.map(Math.round).join(" ")})`;

/** Black or white, whichever is read better on a colour (WCAG's relative luminance). */
export function inkOn(rgb) {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

/** The largest magnitude among numbers, 0 if there are none. */
export function largestOf(values) {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest) largest = Math.abs(value);
  return largest;
}

// ---------------------------------------------------------------- a grid of cells

/** Where an arrow key leads from a cell, or null for another key. */
function walked({ key, ctrlKey }, [r, c], [rows, columns]) {
  const to = {
    ArrowUp: [r - 1, c],
    ArrowDown: [r + 1, c],
    ArrowLeft: [r, c - 1],
    ArrowRight: [r, c + 1],
    Home: [ctrlKey ? 0 : r, 0],
    End: [ctrlKey ? rows - 1 : r, columns - 1],
    PageUp: [0, c],
    PageDown: [rows - 1, c],
  }[key];
  if (!to) return null;
  return [Math.max(0, Math.min(rows - 1, to[0])), Math.max(0, Math.min(columns - 1, to[1]))];
}

/** The number that a text stands for, with a comma or a true minus too; NaN for another text. */
function numberOf(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}

/** A field over a cell in which its number is typed: `take` gets it, `leave` follows on a key that
 * ends. Gives a function that drops what was typed. */
function cellEditor(cell, text, take, leave) {
  const field = element("input", {
    type: "text",
    inputmode: "decimal",
    class: "cx-cell-editor",
    "aria-label": cell.getAttribute("aria-label"),
    "data-lm-suppress-shortcuts": "true",
  });
  field.value = text;
  const wrong = element("span", { class: "cx-wrong cx-cell-wrong", role: "alert" });
  let ended = false;
  const end = (keep) => {
    if (ended) return;
    const value = numberOf(field.value);
    if (keep && !(Math.abs(value) <= LARGEST_NUMBER)) {
      field.setAttribute("aria-invalid", "true");
      wrong.textContent = `a number such as −0.5, from −${LARGEST_NUMBER} to ${LARGEST_NUMBER}`;
      return;
    }
    ended = true;
    field.remove();
    wrong.remove();
    if (keep) take(value);
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" || event.key === "Tab") end(true);
    else if (event.key === "Escape") end(false);
    else return;
    event.preventDefault();
    if (ended) leave();
  });
  // A click elsewhere keeps a number that has been typed, drops what is none, and keeps the focus.
  field.addEventListener("blur", () => (end(true), end(false)));
  cell.append(field, wrong);
  field.focus();
  if (text.length > 1) field.select();
  return () => end(false);
}

/** A grid of numbered cells: one tab stop, arrow keys walk, a pointer picks, numbers are typed.
 *
 * `pick(r, c)` for each cell that is walked to, clicked or dragged over, `done()` when that has
 * ended. `write(r, c, value)` and `read(r, c)` make it editable: digits, Enter or a double click
 * open a field, Shift with an arrow up or down changes by `step`, Delete sets 0.
 */
export function cellGrid({ label, name, pick, write, read, done = () => {}, size = 30, step = 1 }) {
  const root = element("div", { class: "cx-grid", role: "grid", "aria-label": label });
  root.style.setProperty("--cx-cell", `${size}px`);
  let [rows, columns] = [0, 0];
  let at = [0, 0];
  let drop = () => {};
  const cells = [];
  const looks = new WeakMap();
  const cell = (r, c) => cells[r * columns + c];
  const focus = (r, c) => cell(r, c).focus({ preventScroll: true });
  const go = (r, c) => {
    cell(...at).tabIndex = -1;
    at = [r, c];
    cell(r, c).tabIndex = 0;
    pick?.(r, c);
  };
  const edit = (r, c, text) => {
    const place = cell(r, c);
    const take = (value) => (write(r, c, value), done());
    drop = cellEditor(place, text, take, () => focus(r, c));
  };
  const keys = (event) => {
    const to = walked(event, at, [rows, columns]);
    const by = { ArrowUp: step, ArrowDown: -step }[event.key];
    if (event.shiftKey && by && write) {
      const value = Math.round((read(...at) + by) / step) * step;
      write(...at, Math.max(-LARGEST_NUMBER, Math.min(LARGEST_NUMBER, value)));
      done();
    } else if (to) {
      go(...to);
      focus(...to);
      done();
    } else if (event.key === "Escape") return void event.target.blur();
    else if (event.ctrlKey || event.metaKey || event.altKey || !write) return;
    else if (/^[-−\d.,]$/.test(event.key)) edit(...at, event.key);
    else if (event.key === "Enter" || event.key === "F2") edit(...at, String(read(...at)));
    else if (event.key === "Delete") (write(...at, 0), done());
    else return;
    event.preventDefault();
  };
  root.addEventListener("keydown", keys);
  const under = ({ clientX, clientY }) => {
    const box = root.getBoundingClientRect();
    const c = Math.floor(((clientX - box.left) / box.width) * columns);
    const r = Math.floor(((clientY - box.top) / box.height) * rows);
    return [Math.max(0, Math.min(rows - 1, r)), Math.max(0, Math.min(columns - 1, c))];
  };
  let held = null;
  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.tagName === "INPUT") return;
    held = event.pointerId;
    root.setPointerCapture(held);
    const to = under(event);
    go(...to);
    focus(...to);
    event.preventDefault();
  });
  root.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held) return;
    const to = under(event);
    if (to[0] !== at[0] || to[1] !== at[1]) (go(...to), focus(...to));
  });
  const release = (event) => {
    if (event.pointerId !== held) return;
    held = null;
    done();
  };
  root.addEventListener("pointerup", release);
  root.addEventListener("pointercancel", release);
  if (write) {
    root.addEventListener("dblclick", () => edit(...at, String(read(...at))));
  }
  const rebuild = (newRows, newColumns) => {
    const focused = root.contains(document.activeElement);
    // The cell in which somebody types may be gone in a moment.
    drop();
    [rows, columns] = [newRows, newColumns];
    cells.length = 0;
    const lines = Array.from({ length: rows }, () => {
      const line = element("div", { role: "row", class: "cx-grid-row" });
      for (let c = 0; c < columns; c++) {
        const made = element("div", {
          role: "gridcell",
          class: "cx-cell",
          tabindex: -1,
          "data-lm-suppress-shortcuts": "true",
        });
        // Its text has a place of its own, beside which an editor may stand.
        made.append(element("span", {}));
        cells.push(made);
        line.append(made);
      }
      return line;
    });
    root.replaceChildren(...lines);
    at = [Math.min(at[0], rows - 1), Math.min(at[1], columns - 1)];
    if (focused) focus(...at);
  };
  const show = ({ rows: newRows, cols, text, fill, mark = () => "", at: place }) => {
    if (newRows !== rows || cols !== columns) rebuild(newRows, cols);
    if (place) at = [Math.min(place[0], rows - 1), Math.min(place[1], columns - 1)];
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const made = cell(r, c);
        const words = text ? text(r, c) : "";
        const rgb = fill ? fill(r, c) : null;
        const marks = mark(r, c);
        const spoken = name ? name(r, c) : words;
        // Only what has changed is set: a page of many cells is drawn at each step of a drag.
        const look = `${words}|${rgb}|${marks}|${spoken}`;
        if (looks.get(made) !== look) {
          looks.set(made, look);
          made.firstChild.textContent = words;
          made.style.background = rgb ? css(rgb) : "";
          made.style.color = rgb ? inkOn(rgb) : "";
          made.className = `cx-cell ${marks ? marks.replace(/(\S+)/g, "cx-$1") : ""}`;
          made.setAttribute("aria-label", spoken);
        }
        const stop = r === at[0] && c === at[1] ? 0 : -1;
        if (made.tabIndex !== stop) made.tabIndex = stop;
      }
    }
  };
  return { element: root, show, focus };
}

// ---------------------------------------------------------------- maps

let unscaled = null;

/** Paint many numbers as a map into a box of the canvas, each pixel a sharp square. */
export function paintMap(pen, { rows, cols, values, colour }, x, y, width, height) {
  unscaled ??= document.createElement("canvas");
  unscaled.width = cols;
  unscaled.height = rows;
  const small = unscaled.getContext("2d", { willReadFrequently: true });
  const picture = small.createImageData(cols, rows);
  for (let i = 0; i < rows * cols; i++) {
    const [r, g, b] = colour(values[i]);
    picture.data[4 * i] = r;
    picture.data[4 * i + 1] = g;
    picture.data[4 * i + 2] = b;
    picture.data[4 * i + 3] = 255;
  }
  small.putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(unscaled, x, y, width, height);
}
