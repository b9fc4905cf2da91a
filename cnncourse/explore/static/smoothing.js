// The smoothing explorer: a kernel slides, flipped, over a noisy track. Python sends the track, the
// noise and the kernels, and hears what the learner chose when a change has ended.

import {
  barSliders,
  button,
  choice,
  drag,
  enable,
  explorer,
  niceCeil,
  scale,
  select,
  slider,
  surface,
} from "./kit.js";
import { fixed } from "./numbers.js";
import { element } from "../../widgets/static/elements.js";
import { compute, describe, unpack } from "./smoothing_math.js";
import { LEFT, TOTALS, drawKernel, drawSum, drawTrack } from "./smoothing_pictures.js";

const NAMES = ["kernel_name", "length", "centred", "sigma", "seed", "t", "phase", "weights"];

const TALL = 124;

/** A tiny picture of a kernel, for its button. */
function icon(weights) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const low = Math.min(0, ...weights);
  const size = 12 / (Math.max(...weights) - low);
  const bars = weights.map((w, i) => {
    const height = Math.max(1, Math.abs(w) * size);
    return `<rect x="${i * 4}" y="${w < 0 ? 12 + low * size : 12 + low * size - height}" width="3" height="${height}"/>`;
  });
  picture.setAttribute("viewBox", `0 0 ${weights.length * 4} 12`);
  picture.setAttribute("aria-hidden", "true");
  picture.innerHTML = bars.join("");
  return picture;
}

/** The controls above the pictures. */
function makeControls(data, shared, act) {
  const { state } = shared;
  const kernels = data.names.map((value) => ({
    value,
    label: value.replace("_", " "),
    icon: icon(data.kernel(value, 6, false)),
  }));
  const kernel = choice({
    legend: "Kernel",
    options: [...kernels, { value: "own", label: "own" }],
    choose: (kernel_name) => act.kernel({ kernel_name }),
  });
  const timing = choice({
    legend: "Placed",
    options: [
      { value: false, label: "causal" },
      { value: true, label: "centred" },
    ],
    choose: (centred) => act.kernel({ centred }),
  });
  const length = slider({
    label: "Length",
    min: 1,
    max: data.longest,
    step: 1,
    format: (now) => `${now} sample${now === 1 ? "" : "s"}`,
    input: (now) => act.kernel({ length: now }, false),
    change: shared.sendSoon,
  });
  const sigma = slider({
    label: "Noise σ",
    min: 0,
    max: data.sigma_max,
    step: data.sigma_step,
    format: (now) => `${fixed(now, data.sigma_digits)} km`,
    input: (now) => shared.set({ sigma: now }),
    change: shared.sendSoon,
  });
  const seed = slider({
    label: "Noise draw",
    min: 0,
    max: data.seeds - 1,
    step: 1,
    format: (now) => `no. ${now}`,
    input: (now) => shared.set({ seed: now }),
    change: shared.sendSoon,
  });
  const root = element(
    "div",
    { class: "cx-controls" },
    kernel.element,
    timing.element,
    length.element,
    sigma.element,
    seed.element,
  );
  const show = () => {
    kernel.show(state.kernel_name);
    timing.show(state.centred);
    length.show(state.length);
    if (state.sigma > Number(sigma.range.max)) sigma.range.max = state.sigma;
    sigma.show(state.sigma);
    seed.show(state.seed);
  };
  return { element: root, show };
}

/** A bar of two parts: which share of the squared error is bias, and which is variance. */
function makeShare() {
  const parts = ["bias²", "variance"].map((name, i) => {
    const part = element("span", { class: `cx-part cx-part-${i ? "variance" : "bias"}` });
    return { name, part };
  });
  const nothing = element("span", { style: "flex:1;color:var(--cx-soft)" });
  const root = element("div", { class: "cx-share", "aria-hidden": "true" }, nothing);
  root.append(...parts.map(({ part }) => part));
  const show = ({ rmse, bias }) => {
    const some = rmse > 1e-9;
    nothing.hidden = some;
    nothing.textContent = Number.isNaN(rmse) ? "no estimate" : "no error";
    const share = some ? bias ** 2 / rmse ** 2 : 0;
    parts.forEach(({ name, part }, i) => {
      const percent = 100 * (i ? 1 - share : share);
      part.hidden = !some;
      part.style.flexBasis = `${percent}%`;
      // Only what fits whole: a number cut short would read as another one.
      for (const words of [`${name} ${fixed(percent, 0)} %`, `${fixed(percent, 0)} %`, ""]) {
        part.textContent = words;
        if (part.scrollWidth <= part.clientWidth) break;
      }
    });
  };
  return { element: root, show };
}

/** Where the bias comes from: "" if there is none to take apart. */
function biasInWords({ summary, kernelBias }) {
  if (Number.isNaN(summary.bias)) return "";
  const noise = summary.bias - kernelBias;
  return `bias: ${fixed(kernelBias, 3)} by the kernel, ${fixed(noise, 3)} by this noise`;
}

/** The errors in numbers, smoothed beside measured, and the share of bias and variance. */
function makeNumbers(data, shared) {
  const cells = {};
  const row = (name, key, unit) => {
    cells[key] = element("td", { class: "cx-strong", "data-cx": key });
    cells[`raw-${key}`] = element("td", { "data-cx": `raw-${key}` });
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      cells[key],
      cells[`raw-${key}`],
      element("td", { class: "cx-unit" }, unit),
    );
  };
  const head = element(
    "tr",
    {},
    element("td"),
    element("th", { scope: "col" }, "smoothed"),
    element("th", { scope: "col" }, "measured"),
    element("td"),
  );
  const table = element(
    "table",
    { class: "cx-table" },
    element("thead", {}, head),
    element(
      "tbody",
      {},
      row("RMSE", "rmse", "km"),
      row("bias", "bias", "km"),
      row("standard dev.", "sd", "km"),
      row("variance", "variance", "km²"),
    ),
  );
  const phase = select({
    label: "Errors over",
    options: [
      { value: "", label: "the whole track" },
      ...data.phases.map(({ name }) => ({ value: name, label: name })),
    ],
    choose: (name) => {
      shared.set({ phase: name });
      shared.send();
    },
  });
  const share = makeShare();
  const origin = element("p", { class: "cx-note", "data-cx": "bias-note" });
  const note = element("p", { class: "cx-note", "data-cx": "kernel-note" });
  const show = (now, { weights, centred, phase: chosen }) => {
    phase.show(chosen);
    const write = (prefix, { rmse, bias, sd }) => {
      for (const [key, value] of Object.entries({ rmse, bias, sd, variance: sd ** 2 })) {
        cells[prefix + key].textContent = fixed(value, Math.abs(value) < 100 ? 3 : 1);
      }
    };
    write("", now.summary);
    write("raw-", now.raw);
    share.show(now.summary);
    origin.textContent = biasInWords(now);
    const total = weights.reduce((sum, w) => sum + w, 0);
    const ahead = centred ? Math.floor(weights.length / 2) : 0;
    const lag = weights.reduce((sum, w, i) => sum + w * (i - ahead), 0) / total;
    const gain = weights.reduce((sum, w) => sum + w * w, 0);
    const average = Math.abs(total - 1) < 1e-9 ? "" : " (not an average)";
    note.textContent = `sum ${fixed(total)}${average} · lag ${fixed(lag)} samples · noise gain ${fixed(gain, 3)}`;
  };
  const root = element("div", { class: "cx-numbers" }, phase.element, table, share.element);
  root.append(origin, note);
  return { element: root, show };
}

/** The kernel's bars, to drag or to move by keys. */
function makeEditor(data, shared, act) {
  const { state } = shared;
  const picture = surface({ height: TALL, label: "Kernel weights by age" });
  let frozen = null;
  const limits = () => {
    if (frozen) return frozen;
    const steps = [1, 1.5, 2, 3, 4, 6, 8, 10];
    const high = niceCeil(1.1 * Math.max(0.1, ...state.weights), steps);
    const deepest = -Math.min(0, ...state.weights);
    return [-Math.max(0.25 * high, deepest && niceCeil(1.1 * deepest, steps)), high];
  };
  const place = (width = picture.canvas.clientWidth) => {
    const left = 40;
    const [low, high] = limits();
    const wide = (width - 6 - left) / state.weights.length;
    return {
      left,
      y: scale(low, high, TALL - 34, 6),
      ahead: state.centred ? Math.floor(state.weights.length / 2) : 0,
      bar: (i) => ({ left: left + i * wide, width: wide }),
      index: (x) => Math.max(0, Math.min(state.weights.length - 1, Math.floor((x - left) / wide))),
    };
  };
  const bars = barSliders({
    name: (i) => `weight of age ${i - place().ahead}`,
    step: 0.01,
    read: (i) => state.weights[i],
    write: act.weight,
    done: shared.sendSoon,
  });
  drag(bars.element, {
    start: ({ x }) => {
      frozen = limits();
      bars.element.children[place().index(x)].focus({ preventScroll: true });
      return true;
    },
    move: ({ x, y }) => {
      const now = place();
      const wanted = Math.round(now.y.invert(y) * 100) / 100;
      act.weight(now.index(x), Math.min(frozen[1], Math.max(frozen[0], wanted)));
    },
    end: () => {
      frozen = null;
      shared.soon();
      shared.send();
    },
  });
  const normalise = button("Normalise", act.normalise);
  const title = element("div", { class: "cx-title" }, "Kernel by age: drag its bars");
  const stage = element("div", { class: "cx-stage" }, picture.canvas, bars.element);
  const root = element(
    "div",
    { class: "cx-editor" },
    element("div", { class: "cx-head" }, title, normalise),
    stage,
  );
  const show = (colours) => {
    const drawing = picture.begin();
    const now = place(drawing.width);
    drawKernel(drawing, state, now, colours);
    bars.show(state.weights.length, (i) => ({ ...now.bar(i), low: now.y.low, high: now.y.high }));
    const total = state.weights.reduce((sum, w) => sum + w, 0);
    const size = state.weights.reduce((sum, w) => sum + Math.abs(w), 0);
    enable(normalise, Math.abs(total - 1) >= 1e-9 && Math.abs(total) > 1e-6 * size);
  };
  return { element: root, show };
}

/** What the controls do to the state. */
function makeActions(data, shared) {
  const { state } = shared;
  const kernel = (patch, finished = true) => {
    const { kernel_name: name, length, centred } = { ...state, ...patch };
    const padded = [...state.weights, ...new Array(data.longest).fill(0)].slice(0, length);
    shared.set({ ...patch, weights: name === "own" ? padded : data.kernel(name, length, centred) });
    if (finished) shared.sendSoon();
  };
  const weight = (i, value) => {
    const weights = state.weights.map((old, k) => (k === i ? value : old));
    shared.set({ kernel_name: "own", weights });
  };
  const normalise = () => {
    const total = state.weights.reduce((sum, w) => sum + w, 0);
    shared.set({ kernel_name: "own", weights: state.weights.map((w) => w / total) });
    shared.send();
  };
  const time = (t) => shared.set({ t: Math.max(0, Math.min(data.n - 1, Math.round(t))) });
  return { kernel, weight, normalise, time };
}

/** Which samples the columns show: it moves only when the kernel would leave it. */
function makeView() {
  const view = { first: 0, columns: 18 };
  view.follow = (n, length, ahead, t) => {
    view.columns = Math.min(Math.max(18, length + 11), n + length + 4);
    const [oldest, newest] = [t + ahead - length + 1, t + ahead];
    view.first = Math.min(oldest - 1, Math.max(view.first, newest + 3 - view.columns));
  };
  return view;
}

/** The three pictures, the slider of time, and what the pointer does in them. */
function makePictures(data, shared, act, view) {
  const { state } = shared;
  const track = surface({ height: 302, label: "Track", className: "cx-drag" });
  const columns = surface({
    height: 320,
    label: "Samples, flipped kernel and products",
    className: "cx-drag",
  });
  const time = slider({
    label: "Time t",
    hideLabel: true,
    min: 0,
    max: data.n - 1,
    step: 1,
    format: (t) => `t = ${data.clock(t)} s`,
    input: act.time,
    change: shared.sendSoon,
  });
  time.element.classList.add("cx-time");
  // The arrow keys go on from where the pointer let go, a key in the same frame too.
  const dropped = () => {
    shared.send();
    time.show(state.t);
    time.range.focus({ preventScroll: true });
  };
  drag(track.canvas, {
    move: ({ x }) => act.time(((x - LEFT) / (track.canvas.clientWidth - 10 - LEFT)) * (data.n - 1)),
    end: dropped,
  });
  let grip = null;
  drag(columns.canvas, {
    start: ({ x }) => {
      const wide = (columns.canvas.clientWidth - TOTALS - LEFT) / view.columns;
      grip = { x: LEFT + wide / 2 - view.first * wide, wide };
      return x > LEFT && x < columns.canvas.clientWidth - TOTALS;
    },
    move: ({ x }) => act.time((x - grip.x) / grip.wide),
    end: dropped,
  });
  return { track, columns, time };
}

/** Put the parts into `root`; returns what draws them. */
function build({ root, data, shared, state }) {
  const act = makeActions(data, shared);
  const controls = makeControls(data, shared, act);
  const numbers = makeNumbers(data, shared);
  const editor = makeEditor(data, shared, act);
  const view = makeView();
  const { track, columns, time } = makePictures(data, shared, act, view);
  const left = element("div", { class: "cx-left" }, track.canvas, time.element);
  const side = element("div", { class: "cx-right" }, numbers.element, editor.element);
  root.append(
    controls.element,
    element("div", { class: "cx-top" }, left, side),
    columns.canvas,
  );
  const show = (now, colours) => {
    controls.show();
    time.show(state.t);
    numbers.show(now, state);
    const ahead = state.centred ? Math.floor(state.weights.length / 2) : 0;
    view.follow(data.n, state.weights.length, ahead, state.t);
    drawTrack(track.begin(), data, state, now, colours);
    drawSum(columns.begin(), data, state, now, view, colours);
    editor.show(colours);
  };
  return { show, canvases: [track.canvas] };
}

const { render } = explorer({
  title: "Smoothing explorer",
  names: NAMES,
  unpack,
  compute,
  describe,
  build,
});
export default { render };
