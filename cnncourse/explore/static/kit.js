// Drawing and input for the explorers: no dependency, no bundler. An explorer's module imports what
// it needs; for the widget all are joined into one module (see cnncourse/widgets/__init__.py).
import { element, uniqueId } from "../../widgets/static/elements.js";
import { fixed } from "./numbers.js";

// ---------------------------------------------------------------- numbers

/** An array from Python, { shape, dtype, data }, as { shape, values }. */
function arrayFrom({ shape, dtype, data }) {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { shape, values: dtype === "u1" ? Float64Array.from(bytes) : float64(data) };
}

/** An array { shape, values } as Python takes it. */
function arrayTo({ shape, values }) {
  const copy = Float64Array.from(values);
  return { shape: [...shape], dtype: "f8", data: new DataView(copy.buffer) };
}

/** A value of the widget's model as the explorers use it: packed arrays unpacked. */
export function fromModel(value) {
  return value?.dtype && value.data ? arrayFrom(value) : value;
}

/** Binary data from Python (float64, little-endian) as numbers. */
export function float64(view) {
  const copy = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return new Float64Array(copy);
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

/** A native check box with a visible label. */
export function toggle({ label, change }) {
  const box = element("input", { ...OWN_KEYS, type: "checkbox", class: "cx-check" });
  box.addEventListener("change", () => change(box.checked));
  const root = element("label", { class: "cx-toggle" }, box, element("span", {}, label));
  return { element: root, input: box, show: (on) => (box.checked = on) };
}

/** A native field for one number; what is no such number is refused beside it, and not taken. */
export function numberField({ label, min = -Infinity, max = Infinity, step = 1, change }) {
  const id = uniqueId("number");
  const field = element("input", { ...OWN_KEYS, type: "number", id, step, class: "cx-number" });
  const wrong = element("span", { class: "cx-wrong", role: "alert" });
  let limits = { min, max };
  field.addEventListener("change", () => {
    const value = field.value === "" ? NaN : Number(field.value);
    const fits = value >= limits.min && value <= limits.max && (step % 1 || value % 1 === 0);
    wrong.textContent = fits ? "" : `a ${step % 1 ? "" : "whole "}number${between(limits)}`;
    field.setAttribute("aria-invalid", String(!fits));
    if (fits) change(value);
  });
  const show = (value, { min: low = limits.min, max: high = limits.max } = {}) => {
    limits = { min: low, max: high };
    if (Number.isFinite(low)) field.min = low;
    if (Number.isFinite(high)) field.max = high;
    if (document.activeElement !== field || Number(field.value) === value) {
      if (field.value === "" || Number(field.value) !== value) field.value = value;
      wrong.textContent = "";
      field.setAttribute("aria-invalid", "false");
    }
  };
  const name = element("label", { for: id, class: "cx-label" }, label);
  return { element: element("div", { class: "cx-slider" }, name, field, wrong), field, show };
}

function between({ min, max }) {
  if (!Number.isFinite(min) && !Number.isFinite(max)) return "";
  if (!Number.isFinite(max)) return `, ${min} at least`;
  return Number.isFinite(min) ? `, ${min} to ${max}` : `, ${max} at most`;
}

/** A field for an own picture file: grey, and reduced to `largest` [rows, columns] if it is larger. */
export function pictureField({ label, largest, take, refuse }) {
  const id = uniqueId("picture");
  const field = element("input", { ...OWN_KEYS, type: "file", id, accept: "image/*" });
  field.className = "cx-file";
  field.addEventListener("change", async () => {
    const [file] = field.files;
    if (!file) return;
    try {
      const { picture, words } = await readPicture(file, largest);
      take(picture, words);
    } catch {
      refuse(`${file.name} is not a picture that this browser can read: the old one stays.`);
    }
    field.value = "";
  });
  const name = element("label", { for: id, class: "cx-button cx-file-label" }, label);
  return { element: element("span", { class: "cx-file-field" }, field, name), field };
}

/** The pixels of a picture file as whole numbers 0 to 255, and what was done to it in words. */
async function readPicture(file, [rows, columns]) {
  const bitmap = await createImageBitmap(file);
  const factor = Math.max(1, bitmap.height / rows, bitmap.width / columns);
  const height = Math.max(1, Math.round(bitmap.height / factor));
  const width = Math.max(1, Math.round(bitmap.width / factor));
  const canvas = element("canvas", { width, height });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const values = new Float64Array(width * height);
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
  }
  const kept = factor === 1 ? "" : `, shown as ${height} × ${width}`;
  const words = `${file.name}: ${bitmap.height} × ${bitmap.width} pixels${kept}.`;
  return { picture: { shape: [height, width], values }, words };
}

/** A line for messages; it is spoken, too. */
export function notice() {
  const place = element("p", { class: "cx-notice", role: "status" });
  const say = (words) => {
    if (place.textContent !== words) place.textContent = words;
  };
  return { element: place, say };
}

/** A push button. */
export function button(label, press) {
  const made = element("button", { ...OWN_KEYS, type: "button", class: "cx-button" }, label);
  made.addEventListener("click", () => made.ariaDisabled !== "true" && press());
  return made;
}

/** Switch a button on or off; it keeps the focus, which `disabled` would throw away. */
export function enable(made, on) {
  made.ariaDisabled = String(!on);
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

/** A canvas as wide as its place and `height` pixels high, sharp on every screen.
 *
 * `begin(tall)` clears it for drawing, where its contents need another height. */
export function surface({ height, label, className = "" }) {
  const canvas = element("canvas", {
    class: `cx-canvas ${className}`,
    role: "img",
    "aria-label": label,
  });
  canvas.style.height = `${height}px`;
  const begin = (tall = height) => {
    const density = window.devicePixelRatio || 1;
    if (canvas.style.height !== `${tall}px`) canvas.style.height = `${tall}px`;
    const width = Math.max(200, Math.round(canvas.clientWidth));
    if (canvas.width !== Math.round(width * density)) canvas.width = Math.round(width * density);
    if (canvas.height !== Math.round(tall * density)) canvas.height = Math.round(tall * density);
    const pen = canvas.getContext("2d");
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, tall);
    return { pen, width, height: tall };
  };
  return { canvas, begin };
}

/** The colours and the font of the page, as the style sheet sets them for light or dark. */
function palette(root) {
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
  // A canvas takes a colour by name, such as CanvasText, for unchanged when only the theme changes.
  const page = { ink: style.color, paper: style.backgroundColor };
  return { ...colours, ...page, dark, font: style.fontFamily };
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
    say(fixed(value, digits), left - 6, y, { colour: colours.soft, align: "end", size: 11 });
  }
}

// ---------------------------------------------------------------- state

/** The widget's state here and in Python: changed at once here, sent when a change has ended.
 *
 * `changed()` runs before the next frame, once however many changes there were; but at once after a
 * change by hand, if nothing waits for that frame yet: so its work is done when the frame comes.
 */
function sharedState(model, names, changed) {
  const read = (name) => fromModel(model.get(name));
  const state = Object.fromEntries(names.map((name) => [name, read(name)]));
  const unsent = new Set();
  let own = false;
  let [frame, timer] = [0, 0];
  let waiting = false;
  const show = () => {
    if (!waiting) return;
    waiting = false;
    changed();
  };
  const soon = () => {
    waiting = true;
    frame ||= requestAnimationFrame(() => ((frame = 0), show()));
  };
  const set = (patch) => {
    for (const [name, value] of Object.entries(patch)) {
      state[name] = value;
      unsent.add(name);
    }
    own = true;
    if (!frame) queueMicrotask(show);
    soon();
  };
  const send = () => {
    clearTimeout(timer);
    timer = 0;
    if (!unsent.size) return;
    for (const name of unsent) {
      const value = state[name];
      model.set(name, value?.values && value.shape ? arrayTo(value) : value);
    }
    unsent.clear();
    model.save_changes();
  };
  // Positions that are left once something else has changed. Python finds the same ones, but it
  // does not hear of each step; of its own changes it needs no news.
  const settle = (left) => {
    const moved = Object.keys(left).filter((name) => String(left[name]) !== String(state[name]));
    for (const name of moved) state[name] = left[name];
    if (own && moved.length) {
      const held = unsent.size > 0;
      moved.forEach((name) => unsent.add(name));
      if (!held) send();
    }
    own = false;
  };
  // A held key ends many changes a second; Python hears of the last one.
  const sendSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(send, 120);
  };
  const heard = names.map((name) => {
    const listener = () => {
      if (unsent.has(name)) return;
      state[name] = read(name);
      soon();
    };
    model.on(`change:${name}`, listener);
    return [`change:${name}`, listener];
  });
  const close = () => {
    send();
    cancelAnimationFrame(frame);
    waiting = false;
    heard.forEach(([event, listener]) => model.off(event, listener));
  };
  return { state, set, send, sendSoon, soon, settle, close };
}

// ---------------------------------------------------------------- an explorer

/** Call `changed` when the page's theme or the element's size changes; returns what ends that. */
function watchPage(root, changed) {
  const themes = new MutationObserver(changed);
  for (const place of [document.documentElement, document.body]) {
    themes.observe(place, {
      attributes: true,
      attributeFilter: ["class", "data-jp-theme-light", "data-jp-theme-name", "style"],
    });
  }
  const sizes = new ResizeObserver(changed);
  sizes.observe(root);
  return () => {
    themes.disconnect();
    sizes.disconnect();
  };
}

/** What every explorer is made of: state, numbers from it, a view of them, and a sentence.
 *
 * `names`: of the state. `unpack(model)`: what Python sent once. `compute(data, state)`: all numbers
 * that are shown. `positions`: names of the state whose range depends on the rest of it; `now` holds
 * under the same name what is left of them. `describe(data, state, now)`: all in words.
 * `build({ root, data, shared, state })` fills `root` and returns `{ show(now, colours), canvases }`.
 */
export function explorer(parts) {
  const { title, names, positions = [], unpack = () => ({}), compute, describe, build } = parts;
  const render = ({ model, el }) => {
    const data = unpack(model);
    const root = element("div", { class: "cx", role: "group", "aria-label": title });
    const spoken = element("p", { class: "cx-hidden", "aria-live": "polite", "data-cx": "spoken" });
    const shared = sharedState(model, names, () => show());
    const { state } = shared;
    el.append(root);
    const { show: draw, canvases = [] } = build({ root, data, shared, state });
    root.append(spoken);
    let colours = palette(root);
    let [speech, restyled] = [0, false];
    let now;
    const say = () => {
      speech = 0;
      const words = describe(data, state, now);
      if (spoken.textContent === words) return;
      spoken.textContent = words;
      for (const canvas of canvases) canvas.setAttribute("aria-label", words);
    };
    // Not at each step of a drag: who listens hears where it ends. A new size or theme has no say in
    // when that is, or a page that keeps changing its layout would never come to speak.
    const sayLater = () => {
      if (speech && restyled) return;
      clearTimeout(speech);
      speech = setTimeout(say, 400);
    };
    const show = () => {
      now = compute(data, state);
      shared.settle(Object.fromEntries(positions.map((name) => [name, now[name]])));
      sayLater();
      draw(now, colours);
      restyled = false;
    };
    const unwatch = watchPage(root, () => {
      colours = palette(root);
      restyled = true;
      shared.soon();
    });
    show();
    return () => {
      shared.close();
      unwatch();
      clearTimeout(speech);
      root.remove();
    };
  };
  return { render };
}
