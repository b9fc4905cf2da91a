// The layers explorer: an image goes through a network; every map, and what makes one number of it.
import { choice, drag, explorer, notice, select, slider, surface } from "./kit.js";
import { fixed } from "./numbers.js";
import { element } from "../../widgets/static/elements.js";
import { cellGrid } from "./grid.js";
import { compute, preparedLayers } from "./layers_math.js";
import { describe, reckoning, sightWords, whereabouts } from "./layers_words.js";
import { makeExamples, makeImage, makeScores } from "./layers_input.js";
import {
  colouring,
  drawChannel,
  drawIncoming,
  drawMaps,
  drawProducts,
  incomingHeight,
  incomingPlaces,
  mapPlaces,
  productsHeight,
} from "./layers_pictures.js";
import { LAYERS_STYLE } from "./layers_style.js";

const STATE = ["image", "sample", "epoch", "layer", "channel", "row", "column", "incoming"];
const MOST_TABS = 8;
const MOST_MAP_CELLS = 14;

/** A slider for a position in the state, whose end may move. */
function positionSlider(shared, name, label, format = (n) => String(n)) {
  const made = slider({
    label,
    min: 0,
    max: 1,
    step: 1,
    format,
    input: (n) => shared.set({ [name]: n }),
    change: shared.sendSoon,
  });
  const show = (value, count) => {
    made.range.max = count - 1;
    made.element.hidden = count < 2;
    made.show(value);
  };
  return { element: made.element, range: made.range, show };
}

/** Which layer, and how long the network was trained. */
function makeControls(data, shared) {
  const { state } = shared;
  const options = data.layers.slice(1).map(({ name }, i) => ({ value: i + 1, label: name }));
  const choose = (value) => (shared.set({ layer: Number(value) }), shared.send());
  const layer =
    options.length <= MOST_TABS
      ? choice({ legend: "Layer", options, choose })
      : select({ label: "Layer", options, choose });
  const root = element("div", { class: "cx-controls" }, layer.element);
  const epoch = slider({
    label: "Trained for",
    min: 0,
    max: data.epochs.length - 1,
    step: 1,
    format: (i) => `${data.epochs[i]} epoch${data.epochs[i] === 1 ? "" : "s"}`,
    input: (i) => shared.set({ epoch: data.epochs[i] }),
    change: shared.sendSoon,
  });
  const rate = element("span", { class: "cx-value", "data-cx": "accuracy" });
  if (data.epochs.length > 1) root.append(epoch.element, rate);
  const show = (now) => {
    layer.show(now.number);
    const i = data.epochs.indexOf(state.epoch);
    epoch.show(i);
    if (!data.accuracy.length) return;
    const [learned, fresh] = data.accuracy[i].map((share) => fixed(100 * share, 1));
    rate.textContent = `${learned} % of its training digits right, ${fresh} % of new ones`;
  };
  return { element: root, show };
}

/** All maps of the layer, in small. */
function makeMaps(data, shared, latest) {
  const title = element("h4", { "data-cx": "maps" });
  const picture = surface({ height: 90, label: "Feature maps", className: "ly-pick" });
  const channel = positionSlider(shared, "channel", "Channel");
  drag(picture.canvas, {
    move: ({ x, y }) => {
      const { shape } = latest().layer;
      const places = mapPlaces(shape, picture.canvas.clientWidth);
      for (let i = 0; i < shape[0]; i++) {
        const box = places.box(i);
        const across = x >= box.x - 5 && x < box.x + box.width + 5;
        if (across && y >= box.y - 4 && y < box.y + box.height + 18) shared.set({ channel: i });
      }
    },
    end: () => (shared.send(), channel.range.focus({ preventScroll: true })),
  });
  const root = element("section", {}, title, picture.canvas, channel.element);
  const show = (now, { colour, words }, colours) => {
    const [channels, rows, columns] = now.layer.shape;
    const counted = `${channels} channel${channels === 1 ? "" : "s"} of ${rows} × ${columns}`;
    const row = `${rows * columns} numbers in a row, here a line for each channel`;
    title.textContent = `${now.layer.name}: ${now.layer.kind === "flatten" ? row : counted}`;
    title.append(element("small", {}, `  one scale for all: ${words}`));
    channel.show(now.channel, channels);
    const { height } = mapPlaces(now.layer.shape, Math.max(200, picture.canvas.clientWidth));
    drawMaps(picture.begin(Math.ceil(height)), now, colour, colours);
  };
  return { element: root, show, canvases: [picture.canvas] };
}

/** The chosen channel, large: cells with numbers, or a map of many pixels. */
function makeChannel(data, shared, latest) {
  const title = element("h4", { "data-cx": "channel" });
  const value = (r, c) => {
    const { outputs, number, channel, layer } = latest();
    const [, rows, columns] = layer.shape;
    return outputs[number].values[(channel * rows + r) * columns + c];
  };
  const grid = cellGrid({
    label: "Chosen channel: each cell is a unit",
    name: (r, c) => `unit row ${r}, column ${c}, ${fixed(value(r, c))}`,
    pick: (r, c) => shared.set({ row: r, column: c }),
    done: shared.sendSoon,
    size: 39,
  });
  const picture = surface({ height: 288, label: "Chosen channel", className: "ly-pick" });
  picture.canvas.style.width = "288px";
  const row = positionSlider(shared, "row", "Row");
  const column = positionSlider(shared, "column", "Column");
  drag(picture.canvas, {
    move: ({ x, y }) => {
      const [, rows, columns] = latest().layer.shape;
      const size = 288 / Math.max(rows, columns);
      const at = (pixels, most) => Math.max(0, Math.min(most - 1, Math.floor(pixels / size)));
      shared.set({ row: at(y, rows), column: at(x, columns) });
    },
    end: () => (shared.send(), row.range.focus({ preventScroll: true })),
  });
  const many = element("div", {}, picture.canvas, row.element, column.element);
  const root = element("div", { class: "ly-map" }, title, grid.element, many);
  const show = (now, { colour }) => {
    const [, rows, cols] = now.layer.shape;
    const cells = Math.max(rows, cols) <= MOST_MAP_CELLS;
    title.textContent = `Channel ${now.channel}`;
    const first = now.channel * rows * cols;
    const all = now.outputs[now.number].values.subarray(first, first + rows * cols);
    const hint = rows * cols > 1 ? "  choose a unit" : "  its one unit";
    title.append(element("small", {}, all.some((v) => v !== 0) ? hint : "  0 everywhere"));
    grid.element.hidden = !cells;
    many.hidden = cells;
    if (!cells) {
      row.show(now.row, rows);
      column.show(now.column, cols);
      drawChannel(picture.begin(288), now, colour);
      return;
    }
    grid.show({
      rows,
      cols,
      text: (r, c) => fixed(value(r, c)),
      fill: (r, c) => colour(value(r, c)),
      mark: (r, c) => (r === now.row && c === now.column ? "at" : ""),
      at: [now.row, now.column],
    });
  };
  return { element: root, show };
}

/** How the chosen number is made. */
function makeTerms(data, shared, latest) {
  const title = element("h4", {});
  const incoming = positionSlider(shared, "incoming", "Input channel");
  const overview = surface({ height: 120, label: "Input channels", className: "ly-pick" });
  const products = surface({ height: 150, label: "Products" });
  const sum = element("p", { class: "ly-sum", "data-cx": "sum" });
  const sight = element("p", { "data-cx": "sight" });
  drag(overview.canvas, {
    move: ({ x }) => {
      const { list, step, left } = incomingPlaces(latest(), overview.canvas.clientWidth);
      const i = Math.max(0, Math.min(list.length - 1, Math.floor((x - left) / step)));
      shared.set({ incoming: list[i] });
    },
    end: () => (shared.send(), incoming.range.focus({ preventScroll: true })),
  });
  const chosen = element("h4", {});
  const root = element("div", { class: "ly-terms" });
  root.append(title, sum, overview.canvas, incoming.element, chosen, products.canvas, sight);
  const show = (now, colours) => {
    const { made, layer } = now;
    title.textContent = `Where ${fixed(now.value)} comes from`;
    title.append(element("small", {}, `  ${whereabouts(now).replace(/^channel.*?, /, "")}`));
    // No line ends between a sign and its number.
    sum.textContent = reckoning(now).replaceAll(/([+−]) /g, "$1\u00a0");
    sight.textContent = sightWords(now);
    const several = made !== null && made.weights !== null && made.sums.length > 1;
    overview.canvas.hidden = !several;
    chosen.hidden = !several;
    products.canvas.hidden = made === null;
    incoming.show(now.incoming, several ? made.sums.length : 1);
    if (!made) return;
    const { colour } = colouring(data, now.outputs[layer.source], layer.source);
    if (several) {
      const tall = incomingHeight(now, overview.canvas.clientWidth);
      drawIncoming(overview.begin(Math.ceil(tall)), now, colour, colours);
      chosen.textContent = `Input channel ${(made.first ?? 0) + now.incoming}, product by product`;
      const drawn = incomingPlaces(now, overview.canvas.clientWidth).list.length;
      const all = made.sums.length;
      const some = `  above: ${drawn} of ${all}, the largest sums and this`;
      if (drawn < all) chosen.append(element("small", {}, some));
    }
    products.canvas.setAttribute("aria-label", sum.textContent);
    const width = Math.max(200, products.canvas.clientWidth);
    drawProducts(products.begin(productsHeight(now, width)), now, colour, colours);
  };
  return { element: root, show };
}

/** What the pictures of weights do not tell. */
function makeWarning() {
  const words =
    "The weights are not a picture of what the unit likes best: beyond the first layer their input " +
    "is other maps, and padding, ReLU and pooling have a say. What it responds to is in its maps.";
  return element("p", { class: "cx-note ly-warn" }, words);
}

/** Fill the explorer. */
function build({ root, data, shared, state }) {
  let now = null;
  const latest = () => now;
  const controls = makeControls(data, shared);
  const told = notice();
  const image = makeImage(data, shared);
  const examples = makeExamples(data, shared);
  const scores = makeScores();
  const maps = makeMaps(data, shared, latest);
  const channel = makeChannel(data, shared, latest);
  const terms = makeTerms(data, shared, latest);
  const side = element("div", { class: "ly-side" });
  const drawn = element("div", { class: "ly-drawn" }, image.element, examples.element);
  side.append(drawn, scores.element);
  const unit = element("div", { class: "ly-unit" }, channel.element, terms.element);
  const main = element("div", { class: "ly-main" }, maps.element, unit, makeWarning());
  const body = element("div", { class: "ly-body" }, side, main);
  root.append(element("style", {}, LAYERS_STYLE), controls.element, told.element, body);
  const show = (computed, colours) => {
    now = computed;
    const problem = state._computed?.problem;
    const late =
      "These maps are of the image before: Python computes them, and has not answered yet. " +
      "Without a running kernel they stay as they are.";
    told.say(problem ? `Python: ${problem}` : now.stale ? late : "");
    body.classList.toggle("ly-stale", now.stale);
    const scale = colouring(data, now.outputs[now.number], now.number);
    controls.show(now);
    image.show(now);
    examples.show();
    scores.show(now, colours);
    maps.show(now, scale, colours);
    channel.show(now, scale);
    terms.show(now, colours);
  };
  return { show, canvases: maps.canvases };
}

const { render } = explorer({
  title: "Layers explorer",
  names: [...STATE, "_computed"],
  positions: ["channel", "row", "column", "incoming"],
  unpack: (model) =>
    preparedLayers(model.get("_about"), model.get("_weights"), model.get("_samples")),
  compute,
  describe,
  build,
});
export default { render };
