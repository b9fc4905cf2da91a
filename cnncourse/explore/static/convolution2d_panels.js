// Input and output of the explorer of 2-D convolution, in cells or as pictures.

import { element } from "../../widgets/static/elements.js";
import { padded, pixel } from "./conv.js";
import { cellNumber, signedFill, sizeCells, titled } from "./convolution2d_cells.js";
import { colourKey, numberMap } from "./convolution2d_map.js";
import { SMALL, extent } from "./convolution2d_words.js";
import { plain } from "./numbers.js";
import { cellGrid, largestOf, signedColour } from "./grid.js";

/** Whether both sides of an array are small enough for cells. */
export const fitsCells = ({ shape }) => Math.max(...shape) <= SMALL;

/** The range of a map's colours: around zero, or from the lowest to the highest number. */
function colourRange(values, grey, around = values) {
  if (!grey) {
    const largest = largestOf(around) || 1;
    return { low: -largest, high: largest, grey };
  }
  const [low, high] = extent(values);
  return { low, high: high > low ? high : low + 1, grey };
}

/** Follow the pointer over a grid of cells without a button pressed. */
function watchHover(grid, shape, hover, done) {
  grid.addEventListener("pointermove", (event) => {
    if (event.buttons) return;
    const box = grid.getBoundingClientRect();
    const [rows, columns] = shape();
    hover(
      Math.min(rows - 1, Math.floor(((event.clientY - box.top) / box.height) * rows)),
      Math.min(columns - 1, Math.floor(((event.clientX - box.left) / box.width) * columns)),
    );
  });
  grid.addEventListener("pointerleave", done);
}

/** A box over cells: from row `r`, column `c`, so many rows and columns. */
function placeBox(box, [r, c, rows, columns], size) {
  Object.assign(box.style, {
    top: `${1 + r * size}px`,
    left: `${1 + c * size}px`,
    height: `${rows * size}px`,
    width: `${columns * size}px`,
  });
}

/** From this size on, a cell has room for its number and the tap that lies on it, pixels. */
const TAPS_FROM = 34;

const PEN = element("canvas").getContext("2d");

/** What stands at the taps that lie on the input's cells: nothing at all if one has no room. */
function tapTexts({ window: now }, size, root) {
  if (!now || size < TAPS_FROM) return [];
  const texts = Array.from(now.taps, (tap) => `×${plain(tap)}`);
  PEN.font = `600 11px ${getComputedStyle(root).fontFamily || "sans-serif"}`;
  const fits = texts.every((text) => PEN.measureText(text).width <= size - 6);
  return fits ? texts : [];
}

/** Whether the window lies on a cell of the input. */
function underWindow({ window: now, lying }, r, c) {
  if (!now) return false;
  const [m, n] = [r - now.top, c - now.left];
  return m >= 0 && n >= 0 && m < lying.shape[0] && n < lying.shape[1];
}

/** What lies over the input's cells: its border, the window, and the kernel's taps. */
function makeOverlay() {
  const border = element("div", { class: "cv-image" });
  const frame = element("div", { class: "cv-frame" });
  const term = element("div", { class: "cv-term" });
  const root = element("div", { class: "cv-over", "aria-hidden": "true" }, border, frame, term);
  const taps = [];
  const show = ({ over, pads, lying, window: now }, size, [a, b], texts) => {
    const [top, left] = [pads[0][0], pads[1][0]];
    const bordered = pads.flat().some((pad) => pad > 0);
    border.hidden = !bordered;
    placeBox(border, [top, left, ...over.shape], size);
    placeBox(frame, [now.top + top, now.left + left, ...lying.shape], size);
    placeBox(term, [now.top + top + a, now.left + left + b, 1, 1], size);
    while (taps.length > texts.length) taps.pop().remove();
    while (taps.length < texts.length) {
      taps.push(element("div", { class: "cv-tap" }, element("span", {})));
      root.append(taps.at(-1));
    }
    taps.forEach((tap, i) => {
      const [m, n] = [Math.floor(i / lying.shape[1]), i % lying.shape[1]];
      placeBox(tap, [now.top + top + m, now.left + left + n, 1, 1], size);
      if (tap.textContent !== texts[i]) tap.firstChild.textContent = texts[i];
    });
  };
  return { element: root, show };
}

/** The input, in cells with its border or as a picture. */
export function makeInput({ act }) {
  const title = element("h4", {});
  let last = null;
  const inImage = (r, c) => [r - last.pads[0][0], c - last.pads[1][0]];
  const at = (r, c, state) => pixel(last.over, ...inImage(r, c), state.boundary);
  const grid = cellGrid({
    label: "Input: arrow keys move the window, digits change a number",
    name: (r, c) => act.cellName(...inImage(r, c)),
    pick: (r, c) => act.overInput(...inImage(r, c)),
    read: (r, c) => at(r, c, act.state),
    write: (r, c, value) => act.writeOver(...inImage(r, c), value),
    done: act.done,
  });
  const shape = () =>
    last.over.shape.map((size, axis) => size + last.pads[axis][0] + last.pads[axis][1]);
  watchHover(grid.element, shape, (r, c) => act.hoverInput(...inImage(r, c)), act.done);
  grid.element.addEventListener("click", act.clicked);
  grid.element.addEventListener("dblclick", act.pin);
  const map = numberMap({
    label: "Input picture: arrow keys move the window",
    hover: act.hoverInput,
    press: (r, c, moving) => (act.overInput(r, c), moving || act.clicked()),
    step: act.moveTo,
    done: act.done,
  });
  const overlay = makeOverlay();
  const stage = element("div", { class: "cv-stage" });
  const root = element("div", { class: "cv-panel" }, title, stage);
  let around = null;
  let aroundOf = "";
  /** The input with its border; made anew only when either has changed. */
  const withBorder = ({ over, pads }, { boundary }) => {
    const key = `${pads} ${boundary}`;
    if (around?.of !== over.values || aroundOf !== key) {
      around = { of: over.values, array: padded(over, pads, boundary) };
      aroundOf = key;
    }
    return around.array;
  };
  const showCells = (now, state, size, term) => {
    const fill = signedFill(now.over);
    const texts = tapTexts(now, size, root);
    const whole = withBorder(now, state);
    const [rows, cols] = whole.shape;
    const inside = (r, c) => r >= 0 && c >= 0 && r < now.over.shape[0] && c < now.over.shape[1];
    sizeCells(grid.element, size);
    grid.show({
      rows,
      cols,
      text: (r, c) => cellNumber(whole.values[r * cols + c], size),
      fill: (r, c) => {
        const [i, j] = inImage(r, c);
        return inside(i, j) ? fill(i * now.over.shape[1] + j) : null;
      },
      mark: (r, c) => {
        const [i, j] = inImage(r, c);
        const lifted = texts.length && underWindow(now, i, j) ? "in" : "";
        return inside(i, j) ? lifted : `pad ${lifted}`.trim();
      },
    });
    overlay.element.hidden = !now.window;
    if (now.window) overlay.show(now, size, term, texts);
  };
  const showMap = (now, state, room, colour) => {
    const [top, left] = [now.pads[0][0], now.pads[1][0]];
    const { window: place, lying } = now;
    map.show({
      array: withBorder(now, state),
      ...inputRange(now.over),
      frame: place && [place.top + top, place.left + left, ...lying.shape],
      margins: [top, left],
      size: now.over.shape,
      room,
      tallest: 400,
      at: place ? [place.row, place.column] : [0, 0],
      colour,
    });
  };
  const show = (now, state, { size, room, colour, cells, term }) => {
    last = now;
    const letter = now.swapped ? "Kernel K, now slid over" : "Image I";
    titled(title, letter, now.over.shape, borderWords(now));
    const wanted = cells ? [grid.element, overlay.element] : [map.element];
    if (stage.firstChild !== wanted[0]) stage.replaceChildren(...wanted);
    if (cells) showCells(now, state, size, term);
    else showMap(now, state, room, colour);
  };
  return { element: root, show };
}

/** The greys of an input picture: from black at 0 to white at 255, or as far as its numbers go. */
export function inputRange({ values }) {
  const [low, high] = extent(values);
  const bytes = low >= 0 && high <= 255 && high > 1;
  if (bytes) return { low: 0, high: 255, grey: true };
  return { low, high: high > low ? high : low + 1, grey: true };
}

/** How much border there is, in words. */
function borderWords({ pads }) {
  const [[top, bottom], [left, right]] = pads;
  if (!(top || bottom || left || right)) return "";
  const even = top === bottom && left === right && top === left;
  return even ? `, border ${top}` : `, border ${top} + ${bottom} by ${left} + ${right}`;
}

/** The output, in cells or as a map of signed colours. */
export function makeOutput({ act }) {
  const title = element("h4", {});
  let last = null;
  const grid = cellGrid({
    label: "Output: arrow keys move the window",
    name: (r, c) => {
      const value = last.output.values[r * last.output.shape[1] + c];
      return `S[${r}, ${c}] is ${plain(value)}`;
    },
    pick: act.moveTo,
    done: act.done,
  });
  watchHover(grid.element, () => last.output.shape, act.hoverOutput, act.done);
  grid.element.addEventListener("click", act.clicked);
  const map = numberMap({
    label: "Output: arrow keys move the window",
    hover: act.hoverOutput,
    press: (r, c, moving) => (act.moveTo(r, c), moving || act.clicked()),
    step: act.moveTo,
    done: act.done,
  });
  const none = element("p", { class: "cv-none" });
  const key = colourKey("Colours of the output");
  const stage = element("div", { class: "cv-stage cv-out" });
  const root = element("div", { class: "cv-panel" }, title, stage, key.element);
  const show = (now, state, { size, room, colour, cells }) => {
    last = now;
    const { output, window: place } = now;
    titled(title, "Output S", output.shape);
    const wanted = !place ? none : cells ? grid.element : map.element;
    if (stage.firstChild !== wanted) stage.replaceChildren(wanted);
    key.element.hidden = !place;
    if (!place) {
      none.textContent = "No output: what slides is larger than what it slides over.";
      return;
    }
    const range = colourRange(output.values, !cells && state.colours === "grey", now.sums.values);
    key.show(range);
    key.element.style.maxWidth = cells ? "" : `${room}px`;
    if (!cells) {
      const at = [place.row, place.column];
      const frame = [...at, 1, 1];
      map.show({ array: output, ...range, frame, margins: [0, 0], room, tallest: 400, at, colour });
      return;
    }
    const [rows, cols] = output.shape;
    sizeCells(grid.element, size);
    grid.show({
      rows,
      cols,
      text: (r, c) => cellNumber(output.values[r * cols + c], size),
      fill: (r, c) => signedColour(output.values[r * cols + c], range.high),
      mark: (r, c) => (r === place.row && c === place.column ? "at" : ""),
      at: [place.row, place.column],
    });
  };
  return { element: root, show };
}
