// The layers explorer's left side: the image to draw on, the examples, the scores.
import { button, choice, drag, notice, pictureField, slider, surface } from "./kit.js";
import { fixed } from "./numbers.js";
import { element } from "../../widgets/static/elements.js";
import { followPointer, stroked } from "./brush.js";
import { cellGrid, paintMap } from "./grid.js";
import {
  MARK,
  colouring,
  drawImage,
  drawScores,
  imageHeight,
  scoresHeight,
} from "./layers_pictures.js";

const MOST_CELLS = 28;
// With more cells than these, the pen leaves strokes as wide as MNIST's in place of whole pixels.
const MOST_COARSE = 16;

/** A copy of the image with one pixel changed. */
function withPixel({ shape, values }, r, c, value) {
  const changed = values.slice();
  changed[r * shape[2] + c] = value;
  return { shape, values: changed };
}

/** What a pen of about one pixel leaves: full ink in its pixel, a little around it. */
function penned({ shape, values }, r, c, [low, high]) {
  const changed = values.slice();
  const [, rows, columns] = shape;
  for (const [y, x, share] of [
    [r, c, 1],
    [r - 1, c, 0.25],
    [r + 1, c, 0.25],
    [r, c - 1, 0.25],
    [r, c + 1, 0.25],
  ]) {
    if (y < 0 || y >= rows || x < 0 || x >= columns) continue;
    const i = y * columns + x;
    changed[i] = Math.max(changed[i], low + share * (high - low));
  }
  return { shape, values: changed };
}

/** Is it a drawing on bright paper, whose dark ink counts? */
const onPaper = ({ values }, { paper }) =>
  paper && values.reduce((sum, v) => sum + v, 0) > 127.5 * values.length;

/** Mean of the pixels of a square of a picture, `outside` where there is none. */
function meanAround({ shape: [rows, columns], values }, top, left, side, outside) {
  let [sum, count] = [0, 0];
  const end = (start) => Math.max(Math.floor(start) + 1, Math.round(start + side));
  for (let y = Math.floor(top); y < end(top); y++)
    for (let x = Math.floor(left); x < end(left); x++) {
      const inside = y >= 0 && y < rows && x >= 0 && x < columns;
      sum += inside ? values[y * columns + x] : outside;
      count += 1;
    }
  return sum / count;
}

/** A picture's pixels as ink, as many as the network takes, the picture in their middle. */
function inked(picture, [, height, width], data) {
  const [low, high] = data.ink;
  const turned = onPaper(picture, data);
  const [rows, columns] = picture.shape;
  const side = Math.max(rows / height, columns / width);
  const [top, left] = [(rows - height * side) / 2, (columns - width * side) / 2];
  const found = new Float64Array(height * width);
  for (let r = 0; r < height; r++)
    for (let c = 0; c < width; c++) {
      const [y, x] = [top + r * side, left + c * side];
      const level = meanAround(picture, y, x, side, turned ? 255 : 0);
      const share = (turned ? 255 - level : level) / 255;
      found[r * width + c] = low + share * (high - low);
    }
  return { shape: [1, height, width], values: found };
}

/** Cells to draw on, by pointer or by keys. */
function makeDrawing(data, shared, say) {
  const { state } = shared;
  const [, rows, columns] = data.layers[0].shape;
  const [low, high] = data.ink;
  const size = Math.floor(276 / Math.max(rows, columns));
  let mode = "draw";
  let painting = false;
  const put = (image) => (say(""), shared.set({ image, sample: -1 }));
  const read = (r, c) => state.image.values[r * columns + c];
  const write = (r, c, value) => {
    if (value < low || value > high) say(`Ink goes from ${fixed(low)} to ${fixed(high)}.`);
    else put(withPixel(state.image, r, c, value));
  };
  const fine = Math.max(rows, columns) > MOST_COARSE;
  const strike = (from, to) => {
    const rub = mode === "erase";
    // The rubber is wider than the pen, so that one finds what to rub out.
    const radius = rub ? 2 * data.radius : data.radius;
    put(stroked(state.image, from, to, { radius, rub, ink: data.ink }));
  };
  const pick = (r, c) => {
    if (!painting || fine) return;
    put(mode === "draw" ? penned(state.image, r, c, data.ink) : withPixel(state.image, r, c, low));
  };
  const done = () => {
    painting = false;
    shared.sendSoon();
  };
  const grid = cellGrid({
    label: fine
      ? "Image: draw by pointer; Space sets the pen down, a number sets a pixel's ink"
      : "Image: draw by pointer; Space inks or clears a pixel, a number sets its ink",
    name: (r, c) => `row ${r}, column ${c}, ink ${fixed(read(r, c))}`,
    size,
    step: (high - low) / 4,
    pick,
    write,
    read,
    done,
  });
  let last = null;
  const to = (place) => {
    if (!fine) return;
    strike(last ?? place, place);
    last = place;
  };
  const press = (place) => {
    painting = true;
    last = null;
    to(place);
  };
  // With small cells the focus stays behind: to take it along would lay out the page at each step.
  followPointer(grid.element, [rows, columns], { press, to, stop: fine });
  grid.element.addEventListener("dblclick", (event) => event.stopPropagation(), true);
  let at = [0, 0];
  grid.element.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.tagName === "INPUT") return;
    event.preventDefault();
    const cells = [...grid.element.querySelectorAll("[role=gridcell]")];
    const i = cells.indexOf(event.target);
    at = [Math.floor(i / columns), i % columns];
    const middle = [at[1] + 0.5, at[0] + 0.5];
    if (fine) strike(middle, middle);
    else write(...at, read(...at) > (low + high) / 2 ? low : high);
    shared.sendSoon();
  });
  const tools = choice({
    legend: "Pen",
    options: [
      { value: "draw", label: "draw" },
      { value: "erase", label: "erase" },
    ],
    choose: (value) => (mode = value),
  });
  tools.show("draw");
  const clear = button("Clear", () => {
    const blank = new Float64Array(rows * columns).fill(low);
    put({ shape: [1, rows, columns], values: blank });
    shared.send();
  });
  const frame = element("div", { class: "ly-frame" });
  let shown = null;
  const show = (now) => {
    if (state.image !== shown) {
      const { colour } = colouring(data, state.image, 0);
      grid.show({ rows, cols: columns, fill: (r, c) => colour(read(r, c)) });
      shown = state.image;
    }
    frame.hidden = !now.seen;
    if (!now.seen) return;
    const [top, bottom, left, right] = now.seen;
    const places = { top, left, height: bottom - top + 1, width: right - left + 1 };
    // The grid's own border is one pixel wide.
    for (const [name, cells] of Object.entries(places))
      frame.style[name] = `${cells * size + (name === "top" || name === "left" ? 1 : 0)}px`;
  };
  const stage = element("div", { class: "ly-stage ly-input" }, grid.element, frame);
  return { elements: [stage], tools: [tools.element, clear], show };
}

/** An image too large, or of too many channels, to be drawn on. */
function makeStill(data, shared) {
  const picture = surface({ height: 240, label: "Image" });
  const show = (now) => {
    const { image } = shared.state;
    const height = imageHeight(image.shape, picture.canvas.clientWidth || 248);
    drawImage(picture.begin(Math.round(height)), data, image, now);
  };
  return { elements: [picture.canvas], tools: [], show };
}

/** The image, with what it takes to change it. */
export function makeImage(data, shared) {
  const [channels, rows, columns] = data.layers[0].shape;
  const told = notice();
  const small = channels === 1 && Math.max(rows, columns) <= MOST_CELLS;
  const drawing = small ? makeDrawing(data, shared, told.say) : makeStill(data, shared);
  const tools = [...drawing.tools];
  if (channels === 1) {
    const take = (picture, words) => {
      shared.set({ image: inked(picture, data.layers[0].shape, data), sample: -1 });
      shared.send();
      const paper = onPaper(picture, data) ? " Dark ink on bright paper: the ink counts." : "";
      told.say(`${words} Its averages over ${rows} × ${columns} squares are shown.${paper}`);
    };
    const own = { label: "Picture…", largest: [4 * rows, 4 * columns], take, refuse: told.say };
    tools.push(pictureField(own).element);
  }
  const title = small ? "Draw a digit" : "Image";
  const head = element("h4", {}, data.digits || !small ? title : "Draw");
  head.append(element("small", {}, "  framed: what the unit sees"));
  const root = element(
    "section",
    {},
    head,
    ...drawing.elements,
    element("div", { class: "ly-tools" }, ...tools),
    told.element,
  );
  return { element: root, show: drawing.show };
}

/** The examples, small, to choose from. */
export function makeExamples(data, shared) {
  const { state } = shared;
  const count = data.samples.length;
  const picture = surface({ height: 60, label: "Examples", className: "ly-pick" });
  const [channels, rows, cols] = data.layers[0].shape;
  const across = Math.min(12, count);
  const edge = () => picture.canvas.clientWidth / across;
  const choose = (i) => {
    const sample = Math.max(0, Math.min(count - 1, i));
    shared.set({ sample, image: data.samples[sample] });
  };
  const made = slider({
    label: "Example",
    min: 0,
    max: count - 1,
    step: 1,
    format: (i) => (i < 0 ? "own" : `no. ${i}`),
    input: choose,
    change: shared.sendSoon,
  });
  drag(picture.canvas, {
    move: ({ x, y }) => choose(Math.floor(y / edge()) * across + Math.floor(x / edge())),
    end: () => (shared.send(), made.range.focus({ preventScroll: true })),
  });
  let drawn = "";
  const show = () => {
    made.show(state.sample);
    const now = [state.sample, picture.canvas.clientWidth, window.devicePixelRatio].join();
    if (now === drawn) return;
    drawn = now;
    const side = Math.max(4, Math.min(40, (picture.canvas.clientWidth || 248) / across));
    const { pen } = picture.begin(Math.ceil(Math.ceil(count / across) * side) + 2);
    data.samples.forEach((sample, i) => {
      const { colour } = colouring(data, sample, 0);
      const [x, y] = [(i % across) * side, Math.floor(i / across) * side];
      const size = side - 4;
      const values = sample.values.subarray(0, rows * cols);
      paintMap(pen, { rows, cols, values, colour }, x + 2, y + 2, size, size);
      if (i !== state.sample) return;
      pen.strokeStyle = MARK;
      pen.lineWidth = 3;
      pen.strokeRect(x + 2, y + 2, size, size);
    });
  };
  const root = element("section", {}, made.element, picture.canvas);
  root.hidden = count < 2 && channels > 0;
  return { element: root, show };
}

/** Which class the network sees, and how sure it is. */
export function makeScores() {
  const picture = surface({ height: 240, label: "Scores" });
  const said = element("p", { class: "ly-said", "data-cx": "said" });
  const root = element("section", { class: "ly-scores" });
  root.append(element("h4", {}, "What the network says"), said, picture.canvas);
  const show = (now, colours) => {
    const { verdict, label } = now;
    picture.canvas.hidden = !verdict;
    if (!verdict) {
      said.textContent = "";
      said.append(element("small", {}, "Its last layer is no vector of 2 to 20 scores."));
      return;
    }
    const right = verdict.best === label ? "right ✓" : `it is a ${label} ✗`;
    said.textContent = String(verdict.best);
    const truth = label === null ? "" : `, ${right}`;
    const share = fixed(100 * verdict.shares[verdict.best], 1);
    said.append(element("small", {}, `  ${share} %${truth}`));
    const listed = verdict.scores.map((score, i) => `${i}: ${fixed(score)}`).join(", ");
    picture.canvas.setAttribute("aria-label", `Scores. ${listed}`);
    drawScores(picture.begin(scoresHeight(now)), now, colours);
  };
  return { element: root, show };
}
