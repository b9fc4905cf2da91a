// Drawing and input for the explorers: no dependency, no bundler. An explorer's module imports what
// it needs; for the widget all are joined into one module (see cnncourse/widgets/__init__.py).
import { element, uniqueId } from "../../widgets/static/elements.js";

// ---------------------------------------------------------------- numbers

/** Binary data from Python (float64, little-endian) as numbers. */
export function float64(view) {
  const copy = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return new Float64Array(copy);
}

/** Fixed decimals, a true minus sign, no negative zero, a dash for what is not a number. */
export function shown(value, digits = 2) {
  if (!Number.isFinite(value)) return "–";
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** As many decimals, two at most, as fit into a column `width` pixels wide. */
export function short(value, width) {
  const room = Math.floor((width - 1) / 6.3) - (value < 0 ? 1 : 0);
  const whole = Math.max(1, Math.floor(Math.log10(Math.abs(value) || 1)) + 1);
  return shown(value, Math.max(0, Math.min(2, room - whole - 1)));
}

/** A linear scale from data to pixels, with its inverse. */
export function scale(low, high, from, to) {
  const slope = (to - from) / (high - low || 1);
  const map = (value) => from + (value - low) * slope;
  map.invert = (pixel) => low + (pixel - from) / slope;
  map.low = low;
  map.high = high;
  return map;
}

/** The smallest of `steps` times a power of ten that is at least `value`. */
export function niceCeil(value, steps = [1, 2, 2.5, 5, 10]) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return steps.find((step) => step * power >= value * (1 - 1e-9)) * power;
}

/** Round numbers from `low` to `high`, about `count` of them. */
export function ticks(low, high, count) {
  const step = niceCeil((high - low) / count);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    found.push(i * step);
  // 2.5 and the like need one decimal more than their size tells.
  const size = 10 ** Math.floor(Math.log10(step) + 1e-9);
  const broken = Math.abs(step / size - Math.round(step / size)) > 1e-6 ? 1 : 0;
  return { at: found, digits: Math.max(0, broken - Math.round(Math.log10(size))) };
}

// ---------------------------------------------------------------- page elements

/** JupyterLab takes arrow keys for itself unless the focused element says otherwise. */
const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

/** A native slider with a visible label and its value; `input` while it moves, `change` at its end. */
export function slider({ label, min, max, step, format, input, change, hideLabel = false }) {
  const id = uniqueId("slider");
  const range = element("input", {
    ...OWN_KEYS,
    type: "range",
    id,
    min,
    max,
    step,
    class: "cx-range",
  });
  const value = element("output", { for: id, class: "cx-value" });
  const name = element("label", { for: id, class: hideLabel ? "cx-hidden" : "cx-label" }, label);
  range.addEventListener("input", () => input(Number(range.value)));
  range.addEventListener("change", () => change(Number(range.value)));
  const show = (now) => {
    if (Number(range.value) !== now) range.value = now;
    value.textContent = format(now);
    range.setAttribute("aria-valuetext", format(now));
  };
  return { element: element("div", { class: "cx-slider" }, name, range, value), range, show };
}

/** One choice out of a few, as a row of native radio buttons: arrows move, one tab stop. */
export function choice({ legend, options, choose }) {
  const group = uniqueId("choice");
  const buttons = new Map();
  const row = element("div", { class: "cx-row" });
  for (const { value, label, icon } of options) {
    const radio = element("input", { ...OWN_KEYS, type: "radio", name: group, value });
    radio.addEventListener("change", () => choose(value));
    const text = element("span", { class: "cx-option" }, ...(icon ? [icon] : []), label);
    row.append(element("label", { class: "cx-radio" }, radio, text));
    buttons.set(value, radio);
  }
  const root = element("fieldset", { class: "cx-choice" }, element("legend", {}, legend), row);
  return { element: root, show: (value) => buttons.forEach((b, v) => (b.checked = v === value)) };
}

/** One choice out of names, as a native drop-down list with a visible label. */
export function select({ label, options, choose }) {
  const id = uniqueId("select");
  const list = element("select", { ...OWN_KEYS, id, class: "cx-select" });
  for (const { value, label: name } of options) list.append(element("option", { value }, name));
  list.addEventListener("change", () => choose(list.value));
  const root = element(
    "div",
    { class: "cx-slider" },
    element("label", { for: id, class: "cx-label" }, label),
    list,
  );
  return { element: root, show: (value) => (list.value = value) };
}

/** A push button. */
export function button(label, press) {
  const made = element("button", { ...OWN_KEYS, type: "button", class: "cx-button" }, label);
  made.addEventListener("click", press);
  return made;
}

/** A row of bars that are dragged, or moved by keys: one tab stop, arrows walk and change. */
export function barSliders({ name, step, read, write, done }) {
  const row = element("div", { class: "cx-bars", role: "group" });
  const move = (from, to) => {
    const target = row.children[Math.max(0, Math.min(row.children.length - 1, to))];
    row.children[from].tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  };
  const keys = (event, i) => {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    const walk = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: row.children.length - 1 };
    if (by) write(i, Math.round((read(i) + by * step * (event.shiftKey ? 10 : 1)) / step) * step);
    else if (event.key in walk) return (event.preventDefault(), move(i, walk[event.key]));
    else if (event.key === "Delete" || event.key === "0") write(i, 0);
    else if (event.key === "Escape") return row.children[i].blur();
    else return;
    event.preventDefault();
    done();
  };
  const show = (count, place) => {
    while (row.children.length > count) row.lastChild.remove();
    while (row.children.length < count) {
      const i = row.children.length;
      const bar = element("div", {
        ...OWN_KEYS,
        class: "cx-bar",
        role: "slider",
        tabindex: i ? -1 : 0,
      });
      bar.setAttribute("aria-orientation", "vertical");
      bar.addEventListener("keydown", (event) => keys(event, i));
      row.append(bar);
    }
    if (![...row.children].some((bar) => bar.tabIndex === 0)) row.children[0].tabIndex = 0;
    [...row.children].forEach((bar, i) => {
      const { left, width, low, high } = place(i);
      bar.style.left = `${left}px`;
      bar.style.width = `${width}px`;
      bar.setAttribute("aria-label", name(i));
      bar.setAttribute("aria-valuemin", low.toFixed(3));
      bar.setAttribute("aria-valuemax", high.toFixed(3));
      bar.setAttribute("aria-valuenow", read(i).toFixed(3));
    });
  };
  return { element: row, show };
}

/** Follow a pointer (mouse, pen, finger) from press to release, in pixels of `element`. */
export function drag(element, { start = () => true, move, end }) {
  const at = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, event };
  };
  let held = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !start(at(event))) return;
    held = event.pointerId;
    element.setPointerCapture(held);
    move(at(event));
  });
  element.addEventListener("pointermove", (event) => event.pointerId === held && move(at(event)));
  const release = (event) => {
    if (event.pointerId !== held) return;
    held = null;
    end();
  };
  element.addEventListener("pointerup", release);
  element.addEventListener("pointercancel", release);
}

// ---------------------------------------------------------------- drawing

/** A canvas as wide as its place and `height` pixels high, sharp on every screen. */
export function surface({ height, label, className = "" }) {
  const canvas = element("canvas", {
    class: `cx-canvas ${className}`,
    role: "img",
    "aria-label": label,
  });
  canvas.style.height = `${height}px`;
  const begin = () => {
    const density = window.devicePixelRatio || 1;
    const width = Math.max(200, Math.round(canvas.clientWidth));
    if (canvas.width !== Math.round(width * density)) canvas.width = Math.round(width * density);
    if (canvas.height !== Math.round(height * density))
      canvas.height = Math.round(height * density);
    const pen = canvas.getContext("2d");
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    return { pen, width, height };
  };
  return { canvas, begin };
}

/** The colours and the font of the page, as the style sheet sets them for light or dark. */
export function palette(root) {
  const background = getComputedStyle(root)
    .backgroundColor.match(/[\d.]+/g)
    ?.map(Number) ?? [255, 255, 255];
  const [red, green, blue] = background;
  const dark = 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  root.dataset.theme = dark ? "dark" : "light";
  const style = getComputedStyle(root);
  const names = [
    "ink",
    "soft",
    "grid",
    "shade",
    "true",
    "data",
    "estimate",
    "estimateInk",
    "plus",
    "minus",
    "paper",
  ];
  const colours = Object.fromEntries(
    names.map((n) => [n, style.getPropertyValue(`--cx-${n}`).trim()]),
  );
  return { ...colours, dark, font: style.fontFamily };
}

/** A function that writes words at a place: `align` start, center or end, `base` top or middle. */
export function writer(pen, colours) {
  return (words, x, y, options = {}) => {
    const {
      colour = colours.ink,
      size = 12,
      align = "start",
      base = "middle",
      bold = false,
    } = options;
    pen.font = `${bold ? "600 " : ""}${size}px ${colours.font}`;
    pen.textAlign = align;
    pen.textBaseline = base;
    pen.fillStyle = colour;
    pen.fillText(words, x, y);
  };
}

/** A straight line. */
export function line(pen, x0, y0, x1, y1, { colour, width = 1, dash = [] }) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
  pen.setLineDash([]);
}

/** A line through points, broken where one is NaN. */
export function curve(pen, n, x, y, { colour, width = 2, dash = [] }) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineJoin = "round";
  pen.setLineDash(dash);
  pen.beginPath();
  let down = false;
  for (let i = 0; i < n; i++) {
    const height = y(i);
    if (Number.isNaN(height)) down = false;
    else if (down) pen.lineTo(x(i), height);
    else (pen.moveTo(x(i), height), (down = true));
  }
  pen.stroke();
  pen.setLineDash([]);
}

/** A bar from `base` to `top`; a negative one is hatched, so that colour is not needed to tell. */
export function bar(pen, x, width, base, top, { colour, negative = false, alpha = 1 }) {
  const y = Math.min(base, top);
  const height = Math.abs(top - base);
  pen.save();
  pen.globalAlpha = alpha;
  pen.fillStyle = colour;
  if (negative) {
    pen.globalAlpha = alpha * 0.35;
    pen.fillRect(x, y, width, height);
    pen.globalAlpha = alpha;
    pen.beginPath();
    pen.rect(x, y, width, height);
    pen.clip();
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (let d = -height; d < width; d += 5) {
      pen.moveTo(x + d, y + height);
      pen.lineTo(x + d + height, y);
    }
    pen.stroke();
    pen.strokeRect(x + 0.5, y + 0.5, width - 1, Math.max(0, height - 1));
  } else pen.fillRect(x, y, width, height);
  pen.restore();
}

/** A vertical axis: light lines and their numbers left of `left`. */
export function axisY(pen, scaleY, { left, right, count = 4, colours }) {
  const say = writer(pen, colours);
  const { at, digits } = ticks(scaleY.low, scaleY.high, count);
  for (const value of at) {
    const y = Math.round(scaleY(value)) + 0.5;
    line(pen, left, y, right, y, { colour: colours.grid });
    say(shown(value, digits), left - 6, y, { colour: colours.soft, align: "end", size: 11 });
  }
}

// ---------------------------------------------------------------- state

/** The widget's state here and in Python: changed at once here, sent when a change has ended.
 *
 * `changed()` runs before the next frame, once however many changes there were.
 */
export function sharedState(model, names, changed) {
  const state = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const unsent = new Set();
  let frame = 0;
  let timer = 0;
  const soon = () => {
    if (!frame) frame = requestAnimationFrame(() => ((frame = 0), changed()));
  };
  const set = (patch) => {
    for (const [name, value] of Object.entries(patch)) {
      state[name] = value;
      unsent.add(name);
    }
    soon();
  };
  const send = () => {
    clearTimeout(timer);
    timer = 0;
    if (!unsent.size) return;
    for (const name of unsent) model.set(name, state[name]);
    unsent.clear();
    model.save_changes();
  };
  // A held key ends many changes a second; Python hears of the last one.
  const sendSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(send, 120);
  };
  const heard = names.map((name) => {
    const listener = () => {
      if (unsent.has(name)) return;
      state[name] = model.get(name);
      soon();
    };
    model.on(`change:${name}`, listener);
    return [`change:${name}`, listener];
  });
  const close = () => {
    send();
    cancelAnimationFrame(frame);
    heard.forEach(([event, listener]) => model.off(event, listener));
  };
  return { state, set, send, sendSoon, soon, close };
}
