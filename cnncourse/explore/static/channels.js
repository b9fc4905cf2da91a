// The explorer of channels: lecture eq. (6) in the making, one row for each input channel.
import {
  button,
  choice,
  drag,
  enable,
  explorer,
  notice,
  numberField,
  surface,
  toggle,
} from "./kit.js";
import { cellGrid, largestOf, signedColour } from "./grid.js";
import { element } from "../../widgets/static/elements.js";
import { channelName, compute, describe } from "./channels_math.js";
import { LARGEST_NUMBER, added, inCell, plain } from "./numbers.js";
import { STYLE, makeCounts, makeFormulas, makeSlips } from "./channels_parts.js";
import {
  drawChannel,
  drawLast,
  drawOutputs,
  drawProducts,
  layoutOf,
  outputPlan,
  spanOf,
} from "./channels_pictures.js";
import { ownStyle, placeSlider } from "./places.js";

/** What the learner does to the state. */
function makeActions(shared) {
  const { state } = shared;
  const look = (channel, m, n) => shared.set({ channel, offset: [m, n] });
  const weight = (channel, m, n, value) => {
    const [, channels, rows, columns] = state.kernel.shape;
    const values = Float64Array.from(state.kernel.values);
    const { output } = compute(null, state);
    values[((output * channels + channel) * rows + m) * columns + n] = value;
    shared.set({ kernel: { shape: state.kernel.shape, values } });
  };
  const mute = (channel, on) => {
    const others = state.muted.filter((one) => one !== channel);
    shared.set({ muted: on ? [...others, channel].sort((a, b) => a - b) : others });
    shared.send();
  };
  const place = ([j, k]) => shared.set({ place: [j, k] });
  const bias = (value) => {
    const values = Float64Array.from(state.bias.values);
    values[compute(null, state).output] = value;
    shared.set({ bias: { shape: state.bias.shape, values } });
    shared.send();
  };
  return { look, weight, mute, place, bias };
}

/** One row: a channel's input, the window, the kernel's slice, the products and their sum. */
function makeRow(channel, shared, act) {
  const { state } = shared;
  const name = channelName(state, channel);
  const sound = toggle({
    label: state.names[channel] ? `${channel}: ${name}` : name,
    change: (on) => act.mute(channel, !on),
  });
  sound.input.title = "an unchecked channel is muted: it counts as zeros";
  const left = surface({ height: 100, label: `${name}: input and window` });
  const right = surface({ height: 100, label: `${name}: products and their sum` });
  const at = (m, n) => {
    const [, channels, rows, columns] = state.kernel.shape;
    return state.kernel.values[((view.now.output * channels + channel) * rows + m) * columns + n];
  };
  const view = { now: null, layout: null };
  const grid = cellGrid({
    label: `kernel of ${name}`,
    name: (m, n) => `weight ${m}, ${n} of ${name}: ${plain(at(m, n))}`,
    pick: (m, n) => act.look(channel, m, n),
    read: at,
    write: (m, n, value) => act.weight(channel, m, n, value),
    done: shared.sendSoon,
    size: layoutOf(state).tap,
  });
  const target = (point) => underPoint(view, state, point);
  drag(left.canvas, {
    start: (point) => Boolean(target(point)),
    move: (point) => pointed(act, view, channel, target(point)),
    end: shared.send,
  });
  left.canvas.style.cursor = "pointer";
  const sign = (text) => element("div", { class: "ch-sign", "aria-hidden": "true" }, text);
  const leftBox = element("div", { class: "ch-left" }, left.canvas);
  const root = element(
    "div",
    { class: "ch-row", "data-cx": `channel-${channel}` },
    ...[element("div", { class: "ch-name" }, sound.element), leftBox, sign("×"), grid.element],
    ...[sign("="), element("div", {}, right.canvas)],
  );
  const show = (now, layout, span, colours) => {
    Object.assign(view, { now, layout });
    root.classList.toggle("ch-chosen", channel === now.channel);
    sound.show(!state.muted.includes(channel));
    left.canvas.style.width = `${layout.left}px`;
    drawChannel(left.begin(layout.row), layout, state, now, channel, colours);
    drawProducts(right.begin(layout.row), layout, state, now, channel, span, colours);
    showKernel(grid, now, state, channel, { at, tap: layout.tap });
  };
  return { element: root, canvases: [left.canvas, right.canvas], show };
}

/** The slice K[i, l] in its grid. */
function showKernel(grid, now, state, channel, { at, tap }) {
  const most = largestOf(state.kernel.values);
  const [m, n] = now.offset;
  const chosen = channel === now.channel;
  grid.show({
    rows: state.kernel.shape[2],
    cols: state.kernel.shape[3],
    text: (r, c) => inCell(at(r, c), tap - 2, 6.1),
    fill: (r, c) => signedColour(at(r, c), most),
    mark: (r, c) => (chosen && r === m && c === n ? "at" : ""),
    at: [m, n],
  });
}

/** What lies under a point of a channel's picture: a pixel, or a tap of the window beside it. */
function underPoint({ layout, now }, state, { x, y }) {
  if (!layout) return null;
  const { map, tap, taps, gap, row } = layout;
  const pixel = [(y - (row - map.height) / 2) / map.cell, (x - 1) / map.cell].map(Math.floor);
  const [, height, width] = state.x.shape;
  if (pixel[0] >= 0 && pixel[0] < height && pixel[1] >= 0 && pixel[1] < width) return { pixel };
  const from = [(row - taps.height) / 2, 1 + map.width + gap];
  const [m, n] = [(y - from[0]) / tap, (x - from[1]) / tap].map(Math.floor);
  const [, rows, columns] = now.window.shape;
  return m >= 0 && m < rows && n >= 0 && n < columns ? { tap: [m, n] } : null;
}

/** Look at the tap under the pointer; a pixel that the window does not cover moves the window. */
function pointed(act, { now }, channel, target) {
  if (!target) return;
  if (target.tap) return act.look(channel, ...target.tap);
  const [, rows, columns] = now.window.shape;
  const [m, n] = target.pixel.map((at, a) => at - now.place[a]);
  if (m >= 0 && m < rows && n >= 0 && n < columns) return act.look(channel, m, n);
  act.look(channel, ...now.offset);
  const corner = target.pixel.map((at, a) => at - Math.floor([rows, columns][a] / 2));
  act.place(corner.map((at, a) => Math.max(0, Math.min(now.maps.shape[a + 1] - 1, at))));
}

/** The rows of bias and of the whole sum. */
function makeEnd(act) {
  const bias = numberField({
    label: "+ bias b[i]",
    min: -LARGEST_NUMBER,
    max: LARGEST_NUMBER,
    step: 0.5,
    change: act.bias,
  });
  const pictures = [surface({ height: 36, label: "bias" }), surface({ height: 44, label: "sum" })];
  const sum = element("div", { class: "ch-words", "data-cx": "total" });
  const words = [element("div", { class: "ch-words" }, bias.element), sum];
  const rows = words.map((one, i) => {
    const place = element("div", {}, pictures[i].canvas);
    return element("div", { class: i ? "ch-row ch-total" : "ch-row" }, one, place);
  });
  const show = (now, layout, span, colours) => {
    bias.show(now.bias);
    const terms = added([...now.shares, now.bias].map((value) => plain(value)));
    const name = `Z[${[now.output, ...now.place].join(", ")}]`;
    sum.textContent = `${name} = ${terms} = ${plain(now.total)}`;
    drawLast(pictures[0].begin(), layout, now, span, colours, false);
    drawLast(pictures[1].begin(), layout, now, span, colours, true);
  };
  return { elements: rows, canvases: pictures.map(({ canvas }) => canvas), show };
}

/** The output: its maps, and what moves the place. */
function makeOutput(shared, act) {
  const { state } = shared;
  const outputs = Array.from({ length: state.kernel.shape[0] }, (_, value) => ({
    value,
    label: String(value),
  }));
  const output = choice({
    legend: "Output channel i",
    options: outputs,
    choose: (value) => (shared.set({ output: value }), shared.send()),
  });
  const picture = surface({ height: 300, label: "Output" });
  const place = placeSlider({ label: "Place", input: act.place, change: shared.sendSoon });
  place.element.classList.add("ch-place");
  const view = { plan: null, now: null };
  drag(picture.canvas, {
    start: (point) => Boolean(outputTarget(view, point)),
    move: (point) => {
      const target = outputTarget(view, point);
      if (target) shared.set(target);
    },
    end: () => {
      shared.send();
      place.range.focus({ preventScroll: true });
    },
  });
  picture.canvas.style.cursor = "pointer";
  const title = element("div", { class: "cx-title" });
  const root = element("div", { class: "ch-output" }, title, picture.canvas, place.element);
  const show = (now, colours) => {
    output.show(now.output);
    title.textContent = `Output map Z[${now.output}], and all ${now.maps.shape[0]}`;
    const plan = outputPlan(now, Math.max(200, picture.canvas.clientWidth));
    Object.assign(view, { plan, now });
    drawOutputs(picture.begin(plan.height), plan, now, colours);
    const [j, k] = now.place;
    place.show(now.maps.shape.slice(1), now.place, `j = ${j}, k = ${k}`);
  };
  return { choice: output.element, element: root, canvas: picture.canvas, show };
}

/** What a point of the output's picture asks for: a place, or another map. */
function outputTarget({ plan, now }, { x, y }) {
  if (!plan) return null;
  const hit = (box) => {
    const at = [(y - box.y) / box.cell, (x - box.x) / box.cell].map(Math.floor);
    return at[0] >= 0 && at[1] >= 0 && at[0] < box.rows && at[1] < box.columns ? at : null;
  };
  const place = hit(plan.big);
  if (place) return { place };
  const output = plan.thumbs.findIndex((thumb) => hit(thumb));
  return output < 0 || output === now.output ? null : { output };
}

function build({ root, shared, state }) {
  const act = makeActions(shared);
  const parts = { formulas: makeFormulas(), slips: makeSlips(), counts: makeCounts() };
  const message = notice();
  const all = button("All channels on", () => (shared.set({ muted: [] }), shared.send()));
  const main = element("div", { class: "ch-main" });
  const heads = element("div", { class: "ch-row ch-heads" });
  let rows = [];
  let [output, end, sizes] = [null, null, ""];
  const controls = element("div", { class: "cx-controls" });
  const rebuild = () => {
    rows = Array.from({ length: state.x.shape[0] }, (_, l) => makeRow(l, shared, act));
    [output, end] = [makeOutput(shared, act), makeEnd(act)];
    controls.replaceChildren(output.choice, all);
    const lines = [heads, ...rows.map((row) => row.element), ...end.elements];
    const beside = [output.element, parts.slips.element, parts.counts.element];
    const side = element("div", { class: "ch-side" }, ...beside);
    main.replaceChildren(element("div", { class: "ch-rows" }, ...lines), side);
    heads.replaceChildren(...headings());
  };
  root.append(ownStyle(STYLE), controls, parts.formulas.element, message.element, main);
  const canvases = [];
  const show = (now, colours) => {
    const needed = [state.x.shape, state.kernel.shape, state.names].join(" ");
    if (needed !== sizes) {
      sizes = needed;
      rebuild();
      canvases.splice(0, canvases.length, output.canvas);
    }
    const layout = layoutOf(state);
    arrange(root, main, layout);
    const span = spanOf(now);
    enable(all, state.muted.length > 0);
    rows.forEach((row) => row.show(now, layout, span, colours));
    end.show(now, layout, span, colours);
    output.show(now, colours);
    message.say(state._notice);
    Object.values(parts).forEach((part) => part.show(now, state));
  };
  return { show, canvases };
}

/** Put the output beside the rows, and the channels' names before them, where there is room. */
function arrange(root, main, { left, map, taps }) {
  const lengths = { left, map: map.width, taps: taps.width };
  for (const [name, length] of Object.entries(lengths)) {
    root.style.setProperty(`--ch-${name}`, `${length}px`);
  }
  const room = root.clientWidth - 20;
  const row = left + taps.width + Math.max(200, taps.width + 150) + 76;
  main.dataset.side = room >= row + 92 + 286 ? "beside" : room >= 960 ? "under" : "below";
  main.dataset.rows = room >= row + 92 ? "named" : room >= row ? "above" : "wrapped";
}

/** What stands over the columns of the rows. */
function headings() {
  const over = (...words) => element("div", {}, ...words.map((one) => element("span", {}, one)));
  return [
    ...[over("channel on"), over("input V[l]", "window"), element("div")],
    ...[over("kernel K[i, l]"), element("div"), over("products", "sum by channel")],
  ];
}

const { render } = explorer({
  title: "Channels explorer",
  names: [
    ...["x", "kernel", "bias", "output", "channel", "offset", "place", "muted", "names"],
    "_notice",
  ],
  positions: ["output", "channel", "offset", "place"],
  compute,
  describe,
  build,
});
export default { render };
