// The smoothing explorer: a kernel slides, flipped, over a noisy track. Python sends the track, the
// noise and the kernels; only the convolution is computed here (tests hold it to Python's numbers).

import { axisY, bar, barSliders, button, choice, curve, drag, float64, line, niceCeil, node, palette, scale, select, sharedState, short, shown, slider, surface, text, ticks } from "./kit.js";

// ---------------------------------------------------------------- mathematics

/** The smoothed track, as cnncourse.smoothing.smooth(x, w, start="renormalise", centred=centred). */
export function smooth(x, w, centred) {
  const ahead = centred ? Math.floor(w.length / 2) : 0;
  const total = w.reduce((sum, weight) => sum + weight, 0);
  const size = w.reduce((sum, weight) => sum + Math.abs(weight), 0);
  const estimate = new Float64Array(x.length).fill(NaN);
  if (Math.abs(total) <= 1e-12 * size) return estimate;
  for (let t = 0; t < x.length; t++) {
    let sum = 0;
    let inUse = 0;
    for (let i = 0; i < w.length; i++) {
      const sample = x[t + ahead - i];
      if (sample === undefined || Number.isNaN(sample)) continue;
      sum += w[i] * sample;
      inUse += w[i];
    }
    if (Math.abs(inUse) > 1e-12 * size) estimate[t] = (sum * total) / inUse;
  }
  return estimate;
}

/** Root mean square error, bias and standard deviation of some samples, NaN left out. */
export function errorSummary(estimate, truth, { first, count }) {
  const errors = Array.from(estimate, (value, i) => value - truth[i])
    .slice(first, first + count)
    .filter((e) => !Number.isNaN(e));
  const bias = errors.reduce((sum, e) => sum + e, 0) / errors.length;
  const variance = errors.reduce((sum, e) => sum + (e - bias) ** 2, 0) / errors.length;
  return { rmse: Math.sqrt(bias ** 2 + variance), bias, sd: Math.sqrt(variance) };
}

/** The terms of the sum at t, one for each weight; `weight` is the one in use after renormalising. */
export function slidingSum(x, w, centred, t) {
  const ahead = centred ? Math.floor(w.length / 2) : 0;
  const total = w.reduce((sum, weight) => sum + weight, 0);
  const terms = Array.from(w, (nominal, i) => {
    const index = t + ahead - i;
    const sample = x[index] ?? NaN;
    return { index, age: i - ahead, nominal, sample, there: !Number.isNaN(sample) };
  });
  const inUse = terms.reduce((sum, term) => sum + (term.there ? term.nominal : 0), 0);
  const size = terms.reduce((sum, term) => sum + Math.abs(term.nominal), 0);
  const factor = Math.abs(inUse) <= 1e-12 * size ? NaN : total / inUse;
  for (const term of terms) {
    term.weight = term.there ? term.nominal * factor : 0;
    term.product = term.there ? term.weight * term.sample : 0;
  }
  return { terms, factor, missing: terms.filter((term) => !term.there).length };
}

/** What Python sent once, unpacked. */
export function unpack(model) {
  const { names, max_length: longest, ...track } = model.get("_track");
  const position = float64(model.get("_position"));
  const present = new Uint8Array(model.get("_present").buffer, model.get("_present").byteOffset, position.length);
  const noise = float64(model.get("_unit_noise"));
  const table = float64(model.get("_kernels"));
  const block = (longest * (longest + 1)) / 2;
  const kernel = (name, length, centred) => {
    const first = ((centred ? names.length : 0) + names.indexOf(name)) * block + (length * (length - 1)) / 2;
    return Array.from(table.subarray(first, first + length));
  };
  const measured = (sigma, seed) =>
    position.map((p, i) => (present[i] ? p + sigma * noise[seed * position.length + i] : NaN));
  const whole = { name: "", first: 0, count: position.length };
  const samplesOf = (phase) => track.phases.find(({ name }) => name === phase) ?? whole;
  const clock = (i) => shown(track.start + i * track.dt, track.time_digits);
  return { ...track, samplesOf, clock, names, longest, n: position.length, position, kernel, measured };
}

/** The picture in words; the same sentences as SmoothingModel.describe in Python. */
export function describe(data, state, now) {
  const kind = `${state.centred ? "centred" : "causal"} ${state.kernel_name.replace("_", " ")}`;
  const here = `A ${kind} kernel of ${state.weights.length} lies at t = ${data.clock(state.t)} s. `;
  const estimate = now.estimate[state.t];
  if (Number.isNaN(estimate)) {
    return `${here}Its weights on the samples at hand sum to 0, so there is no estimate.`;
  }
  const true_ = data.position[state.t];
  const span = state.phase ? `the phase ${state.phase}` : "the whole track";
  const { rmse, bias, sd } = now.summary;
  return (
    `${here}The products sum to ${shown(estimate)} km, the true position is ${shown(true_)} km, ` +
    `error ${shown(estimate - true_)} km. Over ${span}: RMSE ${shown(rmse)} km, ` +
    `bias ${shown(bias)} km, standard deviation ${shown(sd)} km.`
  );
}

/** All numbers that the picture needs, from the state. */
export function compute(data, state) {
  const measured = data.measured(state.sigma, state.seed);
  const estimate = smooth(measured, state.weights, state.centred);
  const samples = data.samplesOf(state.phase);
  return {
    measured,
    estimate,
    samples,
    summary: errorSummary(estimate, data.position, samples),
    raw: errorSummary(measured, data.position, samples),
    sum: slidingSum(measured, state.weights, state.centred, state.t),
  };
}

// ---------------------------------------------------------------- pictures

const LEFT = 72;
const TOTALS = 148;

/** Lowest and highest of some numbers (NaN left out), widened by a share of their distance. */
function range(values, share) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const margin = (high - low || 1) * share;
  return [low - margin, high + margin];
}

/** A weight with two decimals; where there is no room for it, its leading zero goes. */
function shortWeight(weight, width) {
  const words = shown(weight);
  return words.length * 6.6 > width ? words.replace("0.", ".") : words;
}

/** A dot for a measurement: open, so that it differs from the estimate by shape too. */
function dot(pen, x, y, radius, colour) {
  if (Number.isNaN(y)) return;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.3;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}

function diamond(pen, x, y, radius, colour, rim) {
  pen.beginPath();
  pen.moveTo(x, y - radius);
  pen.lineTo(x + radius, y);
  pen.lineTo(x, y + radius);
  pen.lineTo(x - radius, y);
  pen.closePath();
  pen.fillStyle = colour;
  pen.strokeStyle = rim;
  pen.lineWidth = 2;
  pen.stroke();
  pen.fill();
}

/** Key to the marks, in one row that ends at `right`; returns where it starts. */
function legend(pen, right, y, colours) {
  const entries = [
    ["measured", (at) => dot(pen, at + 10, y, 3, colours.data)],
    ["true", (at) => line(pen, at, y, at + 20, y, { colour: colours.true, width: 1.5, dash: [5, 3] })],
    ["smoothed", (at) => line(pen, at, y, at + 20, y, { colour: colours.estimate, width: 3 })],
  ];
  pen.font = `12px ${colours.font}`;
  const start = right + 16 - entries.reduce((sum, [name]) => sum + 41 + pen.measureText(name).width, 0);
  let x = start;
  for (const [name, mark] of entries) {
    mark(x);
    text(pen, name, x + 25, y, { colour: colours.ink, font: colours.font });
    x += 41 + pen.measureText(name).width;
  }
  return start;
}

/** The whole track above, the errors below, on one time axis. */
function drawTrack({ pen, width, height }, data, state, now, colours) {
  const right = width - 10;
  const [top, middle, lower, bottom] = [26, 158, 193, height - 22];
  const x = scale(0, data.n - 1, LEFT, right);
  const [lowest, highest] = range(data.position, 0.1);
  const y = scale(lowest, highest + 0.15 * (highest - lowest), middle, top);
  const font = { font: colours.font };
  const room = legend(pen, right, 10, colours) - LEFT - 12;
  const title = `${data.title}: position, km`;
  pen.font = `600 12px ${colours.font}`;
  const fits = pen.measureText(title).width < room;
  text(pen, fits ? title : "position, km", LEFT, 10, { colour: colours.ink, bold: true, ...font });
  axisY(pen, y, { left: LEFT, right, colours });
  drawPhases(pen, data, state, x, [top, bottom], colours);
  const cursor = x(state.t);
  drawSmallKernel(pen, x, middle, now.sum.terms, colours);
  for (let i = 0; i < data.n; i++) dot(pen, x(i), y(now.measured[i]), 2.2, colours.data);
  curve(pen, data.n, x, (i) => y(data.position[i]), { colour: colours.true, width: 1.5, dash: [5, 3] });
  curve(pen, data.n, x, (i) => y(now.estimate[i]), { colour: colours.estimate, width: 2.5 });

  const errors = Array.from(now.estimate, (value, i) => value - data.position[i]);
  const [low, high] = range(errors, 0);
  // Room for most of the measurements; those beyond are cut off, the smoothed line never is.
  const reach = 1.1 * Math.max(Math.abs(low) || 0, Math.abs(high) || 0, 1.6 * state.sigma, 1e-3);
  const e = scale(-reach, reach, bottom, lower);
  text(pen, "error (smoothed − true), km", LEFT, lower - 11, { colour: colours.ink, bold: true, ...font });
  const { first, count } = now.samples;
  drawErrorBand(pen, now.summary, e, [x(first), x(first + count - 1)], [right, lower, bottom], colours);
  axisY(pen, e, { left: LEFT, right, count: 4, colours });
  line(pen, LEFT, e(0), right, e(0), { colour: colours.true, width: 1.5, dash: [5, 3] });
  for (let i = 0; i < data.n; i++) {
    const error = now.measured[i] - data.position[i];
    if (Math.abs(error) < reach) dot(pen, x(i), e(error), 2, colours.data);
  }
  curve(pen, data.n, x, (i) => e(errors[i]), { colour: colours.estimate, width: 2.5 });

  line(pen, cursor, top, cursor, bottom, { colour: colours.ink, width: 1.5 });
  diamond(pen, cursor, y(now.estimate[state.t]), 6, colours.estimate, colours.paper);
  diamond(pen, cursor, e(errors[state.t]), 6, colours.estimate, colours.paper);
  drawTimes(pen, data, scale(data.start, data.start + (data.n - 1) * data.dt, LEFT, right), bottom, colours);
}

function drawPhases(pen, data, state, x, [top, bottom], colours) {
  data.phases.forEach(({ name, first, count }, k) => {
    const [from, to] = [x(first), x(Math.min(data.n - 1, first + count))];
    const chosen = name === state.phase;
    if (k % 2) {
      pen.fillStyle = colours.shade;
      pen.fillRect(from, top, to - from, bottom - top);
    }
    pen.font = `${chosen ? "600 " : ""}11px ${colours.font}`;
    if (pen.measureText(name).width < to - from - 4) {
      text(pen, name, (from + to) / 2, top + 8, { colour: chosen ? colours.ink : colours.soft, bold: chosen, align: "center", size: 11, font: colours.font });
    }
  });
}

/** The flipped kernel, small, where it lies on the track. */
function drawSmallKernel(pen, x, floor, terms, colours) {
  const largest = Math.max(...terms.map((term) => Math.abs(term.weight))) || 1;
  const lowest = Math.min(0, ...terms.map((term) => term.weight));
  const size = 46 / (largest - lowest);
  const base = floor + lowest * size;
  const step = x(1) - x(0);
  for (const { index, weight } of terms) {
    const colour = weight < 0 ? colours.minus : colours.plus;
    bar(pen, x(index) - step * 0.42, step * 0.84, base, base - weight * size, { colour, alpha: 0.55 });
  }
}

function drawErrorBand(pen, { bias, sd }, e, [left, right], [end, top, bottom], colours) {
  const clamp = (pixel) => Math.min(bottom, Math.max(top, pixel));
  pen.save();
  pen.globalAlpha = 0.16;
  pen.fillStyle = colours.estimate;
  pen.fillRect(left, clamp(e(bias + sd)), right - left, clamp(e(bias - sd)) - clamp(e(bias + sd)));
  pen.restore();
  line(pen, left, clamp(e(bias)), right, clamp(e(bias)), { colour: colours.estimate, width: 1.2, dash: [2, 3] });
  const label = `bias ${shown(bias)} ± SD ${shown(sd)}`;
  text(pen, label, end - 2, top - 11, { colour: colours.estimateInk, align: "end", font: colours.font, bold: true });
}

function drawTimes(pen, data, x, bottom, colours) {
  const { at, digits } = ticks(x.low, x.high, 8);
  for (const time of at) {
    line(pen, x(time), bottom, x(time), bottom + 4, { colour: colours.soft });
    text(pen, shown(time, digits), x(time), bottom + 12, { colour: colours.soft, align: "center", size: 11, font: colours.font });
  }
  text(pen, "time, s", LEFT - 14, bottom + 12, { colour: colours.soft, align: "end", size: 11, font: colours.font });
}

/** The kernel by age: its bars are what the learner drags. */
function drawKernel({ pen, width, height }, data, state, place, colours) {
  const { y, ahead } = place;
  const font = { font: colours.font };
  axisY(pen, y, { left: place.left, right: width - 6, count: 4, colours });
  state.weights.forEach((weight, i) => {
    const { left, width: wide } = place.bar(i);
    if (i < ahead) {
      pen.fillStyle = colours.shade;
      pen.fillRect(left, y(y.high), wide, y(y.low) - y(y.high));
    }
    const colour = weight < 0 ? colours.minus : colours.plus;
    bar(pen, left + wide * 0.08, wide * 0.84, y(0), y(weight), { colour, negative: weight < 0 });
    line(pen, left + wide * 0.08, y(weight), left + wide * 0.92, y(weight), { colour: colours.ink, width: 2.5 });
    if ((i - ahead) % Math.ceil(24 / wide) === 0) {
      text(pen, shown(i - ahead, 0), left + wide / 2, height - 24, { colour: colours.soft, align: "center", size: 11, ...font });
    }
  });
  line(pen, place.left, y(0), width - 6, y(0), { colour: colours.ink, width: 1.2 });
  text(pen, ahead ? "← future   age, samples   past →" : "newest   age, samples   → oldest", (place.left + width) / 2, height - 8, { colour: colours.soft, align: "center", ...font });
}

/** Samples, flipped kernel and products in columns, one column a sample. */
function drawSum({ pen, width, height }, data, state, now, view, colours) {
  const font = { font: colours.font };
  const right = width - TOTALS;
  const columns = view.columns;
  const wide = (right - LEFT) / columns;
  const centre = (index) => LEFT + (index - view.first + 0.5) * wide;
  const rows = { samples: [22, 108], kernel: [146, 202], products: [241, 297] };
  const last = Math.min(data.n - 1, view.first + columns - 1);
  const first = Math.max(0, view.first);
  const { terms } = now.sum;
  const numbers = wide >= 29 ? 11 : wide >= 24 ? 10 : 0;
  const shadeFrom = centre(terms.at(-1).index) - wide / 2;
  pen.fillStyle = colours.shade;
  pen.fillRect(shadeFrom, rows.samples[0], terms.length * wide, rows.products[1] - rows.samples[0]);
  const heading = (words, row, sign) => {
    text(pen, words, LEFT, row[0] - 11, { colour: colours.ink, bold: true, ...font });
    if (sign) text(pen, sign, LEFT - 22, row[0] - 11, { colour: colours.ink, bold: true, size: 16, align: "center", ...font });
  };
  drawSamples(pen, data, state, now, { first, last, centre, wide, right, row: rows.samples, numbers }, colours);
  heading("samples x(a), km", rows.samples, "");
  heading("the kernel, flipped: w(t − a)", rows.kernel, "×");
  heading("products x(a) · w(t − a), km", rows.products, "=");
  const weights = terms.map((term) => ({ ...term, value: term.weight, label: shortWeight(term.weight, wide) }));
  const products = terms.map((term) => ({ ...term, value: term.product, label: short(term.product, wide) }));
  drawColumns(pen, weights, { centre, wide, right, row: rows.kernel, numbers }, colours);
  drawColumns(pen, products, { centre, wide, right, row: rows.products, numbers }, colours);
  for (const { index, age } of terms) {
    if (age % Math.ceil(24 / wide)) continue;
    text(pen, shown(age, 0), centre(index), rows.kernel[1] + 12, { colour: colours.soft, align: "center", size: 11, ...font });
  }
  text(pen, "age", LEFT - 6, rows.kernel[1] + 12, { colour: colours.soft, align: "end", size: 11, ...font });
  const every = Math.max(1, Math.ceil(40 / wide));
  for (let i = first; i <= last; i++) {
    if (i !== state.t && (i % every || Math.abs(i - state.t) < every)) continue;
    const now_ = i === state.t;
    text(pen, now_ ? `t = ${data.clock(i)}` : data.clock(i), centre(i), height - 9, { colour: now_ ? colours.ink : colours.soft, bold: now_, align: "center", size: now_ ? 12 : 11, ...font });
  }
  text(pen, "a, s", LEFT - 6, height - 9, { colour: colours.soft, align: "end", size: 11, ...font });
  drawTotals(pen, data, state, now, { x: right + 14, rows }, colours);
}

function drawSamples(pen, data, state, now, { first, last, centre, wide, right, row, numbers }, colours) {
  const [top, bottom] = row;
  const seen = [];
  for (let i = first; i <= last; i++) seen.push(data.position[i], now.measured[i], now.estimate[i]);
  const y = scale(...range(seen.filter((v) => !Number.isNaN(v)), 0.08), bottom, top + 4);
  axisY(pen, y, { left: LEFT, right, count: 4, colours });
  const span = last - first + 1;
  curve(pen, span, (i) => centre(first + i), (i) => y(data.position[first + i]), { colour: colours.true, width: 1.5, dash: [5, 3] });
  pen.globalAlpha = 0.55;
  curve(pen, span, (i) => centre(first + i), (i) => y(now.estimate[first + i]), { colour: colours.estimate, width: 2.5 });
  pen.globalAlpha = 1;
  const under = new Set(now.sum.terms.map((term) => term.index));
  for (let i = first; i <= last; i++) {
    const value = now.measured[i];
    if (Number.isNaN(value)) {
      text(pen, "×", centre(i), bottom - 8, { colour: colours.data, align: "center", size: 15, font: colours.font });
    } else dot(pen, centre(i), y(value), under.has(i) ? 4 : 3, under.has(i) ? colours.ink : colours.data);
    if (under.has(i) && numbers) {
      text(pen, Number.isNaN(value) ? "none" : short(value, wide), centre(i), bottom + 11, { colour: colours.ink, align: "center", size: numbers, font: colours.font });
    }
  }
  const [estimate, true_] = [now.estimate[state.t], data.position[state.t]];
  line(pen, centre(state.t), y(estimate), centre(state.t), y(true_), { colour: colours.estimate, width: 2 });
  diamond(pen, centre(state.t), y(estimate), 6.5, colours.estimate, colours.paper);
}

/** One row of bars around zero, each with its number; a missing sample's column is marked. */
function drawColumns(pen, terms, { centre, wide, right, row, numbers }, colours) {
  const [top, bottom] = row;
  const low = Math.min(0, ...terms.map((term) => term.value));
  const high = Math.max(0, ...terms.map((term) => term.value));
  const room = numbers ? 13 : 2;
  const y = scale(low, high || (low ? 0 : 1), bottom - (low < 0 ? room : 0), top + (high > 0 ? room : 0));
  line(pen, LEFT, y(0), right, y(0), { colour: colours.ink });
  for (const { index, value, there, label } of terms) {
    const middle = centre(index);
    if (!there) {
      text(pen, "×", middle, y(0) - 8, { colour: colours.data, align: "center", size: 15, font: colours.font });
      continue;
    }
    const colour = value < 0 ? colours.minus : colours.plus;
    bar(pen, middle - wide * 0.42, wide * 0.84, y(0), y(value), { colour, negative: value < 0 });
    if (numbers) text(pen, label, middle, y(value) + (value < 0 ? 8 : -7), { colour: colours.ink, align: "center", size: numbers, font: colours.font });
  }
}

/** Right of the columns: what they come to. */
function drawTotals(pen, data, state, now, { x, rows }, colours) {
  const say = (words, y, options = {}) => text(pen, words, x, y, { colour: colours.ink, font: colours.font, ...options });
  const [estimate, true_] = [now.estimate[state.t], data.position[state.t]];
  say("estimate s(t)", 34, { colour: colours.estimateInk, bold: true });
  say(`${shown(estimate)} km`, 56, { colour: colours.estimateInk, bold: true, size: 20 });
  say(`true  ${shown(true_)} km`, 82);
  say(`error  ${shown(estimate - true_)} km`, 100, { bold: true });
  const used = now.sum.terms.reduce((sum, term) => sum + term.weight, 0);
  say(`sum of weights ${shown(used)}`, rows.kernel[0] + 22);
  if (now.sum.missing) {
    say(`${now.sum.missing} missing: others`, rows.kernel[0] + 42, { size: 11, colour: colours.soft });
    say(`× ${shown(now.sum.factor)}`, rows.kernel[0] + 56, { size: 11, colour: colours.soft });
  }
  say("sum of products", rows.products[0] + 16);
  say(`${shown(estimate)} km`, rows.products[0] + 38, { colour: colours.estimateInk, bold: true, size: 20 });
}

// ---------------------------------------------------------------- the page

const NAMES = ["kernel_name", "length", "centred", "sigma", "seed", "t", "phase", "weights"];

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
    options: [{ value: false, label: "causal" }, { value: true, label: "centred" }],
    choose: (centred) => act.kernel({ centred }),
  });
  const length = slider({
    label: "Length", min: 1, max: data.longest, step: 1,
    format: (now) => `${now} sample${now === 1 ? "" : "s"}`,
    input: (now) => act.kernel({ length: now }, false), change: shared.sendSoon,
  });
  const sigma = slider({
    label: "Noise σ", min: 0, max: data.sigma_max, step: data.sigma_step,
    format: (now) => `${shown(now, data.sigma_digits)} km`,
    input: (now) => shared.set({ sigma: now }), change: shared.sendSoon,
  });
  const seed = slider({
    label: "Noise draw", min: 0, max: data.seeds - 1, step: 1, format: (now) => `no. ${now}`,
    input: (now) => shared.set({ seed: now }), change: shared.sendSoon,
  });
  const element = node("div", { class: "cx-controls" }, kernel.element, timing.element, length.element, sigma.element, seed.element);
  const show = () => {
    kernel.show(state.kernel_name);
    timing.show(state.centred);
    length.show(state.length);
    if (state.sigma > Number(sigma.range.max)) sigma.range.max = state.sigma;
    sigma.show(state.sigma);
    seed.show(state.seed);
  };
  return { element, show };
}

/** The errors in numbers, smoothed beside measured, and the share of bias and variance. */
function makeNumbers(data, shared) {
  const cells = {};
  const row = (name, key, unit) => {
    cells[key] = node("td", { class: "cx-strong", "data-cx": key });
    cells[`raw-${key}`] = node("td", { "data-cx": `raw-${key}` });
    return node("tr", {}, node("th", { scope: "row" }, name), cells[key], cells[`raw-${key}`], node("td", { class: "cx-unit" }, unit));
  };
  const head = node("tr", {}, node("td"), node("th", { scope: "col" }, "smoothed"), node("th", { scope: "col" }, "measured"), node("td"));
  const table = node("table", { class: "cx-table" }, node("thead", {}, head), node("tbody", {}, row("RMSE", "rmse", "km"), row("bias", "bias", "km"), row("standard dev.", "sd", "km"), row("variance", "variance", "km²")));
  const biasPart = node("span", { class: "cx-part cx-part-bias" }, "bias²");
  const variancePart = node("span", { class: "cx-part cx-part-variance" }, "variance");
  const phase = select({
    label: "Errors over",
    options: [{ value: "", label: "the whole track" }, ...data.phases.map(({ name }) => ({ value: name, label: name }))],
    choose: (name) => {
      shared.set({ phase: name });
      shared.send();
    },
  });
  const share = node("div", { class: "cx-share", "aria-hidden": "true" }, biasPart, variancePart);
  const note = node("p", { class: "cx-note", "data-cx": "kernel-note" });
  const show = (now, { weights, centred, phase: chosen }) => {
    phase.show(chosen);
    const write = (prefix, { rmse, bias, sd }) => {
      for (const [key, value] of Object.entries({ rmse, bias, sd, variance: sd ** 2 })) {
        cells[prefix + key].textContent = shown(value, Math.abs(value) < 100 ? 3 : 1);
      }
    };
    write("", now.summary);
    write("raw-", now.raw);
    const whole = now.summary.rmse ** 2;
    const part = whole > 0 ? now.summary.bias ** 2 / whole : 0;
    biasPart.style.flexBasis = `${100 * part}%`;
    variancePart.style.flexBasis = `${100 * (1 - part)}%`;
    biasPart.textContent = part > 0.12 ? `bias² ${shown(100 * part, 0)} %` : "";
    variancePart.textContent = part < 0.85 ? `variance ${shown(100 * (1 - part), 0)} %` : "";
    const total = weights.reduce((sum, w) => sum + w, 0);
    const ahead = centred ? Math.floor(weights.length / 2) : 0;
    const lag = weights.reduce((sum, w, i) => sum + w * (i - ahead), 0) / total;
    const gain = weights.reduce((sum, w) => sum + w * w, 0);
    const average = Math.abs(total - 1) < 1e-9 ? "" : " (not an average)";
    note.textContent = `sum ${shown(total)}${average} · lag ${shown(lag)} samples · noise gain ${shown(gain, 3)}`;
  };
  return { element: node("div", { class: "cx-numbers" }, phase.element, table, share, note), show };
}

const TALL = 124;

/** The kernel's bars, to drag or to move by keys. */
function makeEditor(data, shared, act) {
  const { state } = shared;
  const picture = surface({ height: TALL, label: "Kernel weights by age" });
  let frozen = null;
  const limits = () => {
    if (frozen) return frozen;
    const high = niceCeil(Math.max(0.1, ...state.weights) * 1.1);
    return [Math.min(-0.25 * high, -niceCeil(-Math.min(0, ...state.weights) * 1.1 || 1e-9)), high];
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
  const title = node("div", { class: "cx-title" }, "Kernel by age: drag its bars");
  const stage = node("div", { class: "cx-stage" }, picture.canvas, bars.element);
  const element = node("div", { class: "cx-editor" }, node("div", { class: "cx-head" }, title, normalise), stage);
  const show = (colours) => {
    const drawing = picture.begin();
    const now = place(drawing.width);
    drawKernel(drawing, data, state, now, colours);
    bars.show(state.weights.length, (i) => ({ ...now.bar(i), low: now.y.low, high: now.y.high }));
    const total = state.weights.reduce((sum, w) => sum + w, 0);
    const size = state.weights.reduce((sum, w) => sum + Math.abs(w), 0);
    normalise.disabled = Math.abs(total - 1) < 1e-9 || Math.abs(total) <= 1e-6 * size;
  };
  return { element, show };
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
  const view = { first: 0, columns: 24 };
  view.follow = (n, length, ahead, t) => {
    view.columns = Math.min(Math.max(24, length + 11), Math.max(length + 4, n + length));
    const [oldest, newest] = [t + ahead - length + 1, t + ahead];
    view.first = Math.min(oldest - 1, Math.max(view.first, newest + 3 - view.columns));
  };
  return view;
}

/** Draw the explorer into `el` and keep it in step with `model`; returns what takes it away again. */
function render({ model, el }) {
  const data = unpack(model);
  const root = node("div", { class: "cx", role: "group", "aria-label": "Smoothing explorer" });
  const shared = sharedState(model, NAMES, () => show());
  const { state } = shared;
  const act = makeActions(data, shared);
  const controls = makeControls(data, shared, act);
  const numbers = makeNumbers(data, shared);
  const editor = makeEditor(data, shared, act);
  const track = surface({ height: 302, label: "Track", className: "cx-drag" });
  const columns = surface({ height: 320, label: "Samples, flipped kernel and products", className: "cx-drag" });
  const view = makeView();
  const time = slider({
    label: "Time t", hideLabel: true, min: 0, max: data.n - 1, step: 1, format: (t) => `t = ${data.clock(t)} s`,
    input: act.time, change: shared.sendSoon,
  });
  time.element.classList.add("cx-time");
  const spoken = node("p", { class: "cx-hidden", "aria-live": "polite", "data-cx": "spoken" });
  const left = node("div", { class: "cx-left" }, track.canvas, time.element);
  const side = node("div", { class: "cx-right" }, numbers.element, editor.element);
  root.append(controls.element, node("div", { class: "cx-top" }, left, side), columns.canvas, spoken);
  el.append(root);

  drag(track.canvas, {
    move: ({ x }) => act.time(((x - LEFT) / (track.canvas.clientWidth - 10 - LEFT)) * (data.n - 1)),
    end: shared.send,
  });
  let grip = null;
  drag(columns.canvas, {
    start: ({ x }) => {
      const wide = (columns.canvas.clientWidth - TOTALS - LEFT) / view.columns;
      grip = { x: LEFT + wide / 2 - view.first * wide, wide };
      return x > LEFT && x < columns.canvas.clientWidth - TOTALS;
    },
    move: ({ x }) => act.time((x - grip.x) / grip.wide),
    end: shared.send,
  });

  let colours = palette(root);
  let speech = 0;
  const show = () => {
    const now = compute(data, state);
    controls.show();
    time.show(state.t);
    numbers.show(now, state);
    view.follow(data.n, state.weights.length, state.centred ? Math.floor(state.weights.length / 2) : 0, state.t);
    drawTrack(track.begin(), data, state, now, colours);
    drawSum(columns.begin(), data, state, now, view, colours);
    editor.show(colours);
    clearTimeout(speech);
    speech = setTimeout(() => {
      spoken.textContent = describe(data, state, now);
      track.canvas.setAttribute("aria-label", spoken.textContent);
    }, 400);
  };
  const recolour = () => ((colours = palette(root)), shared.soon());
  const themes = new MutationObserver(recolour);
  for (const place of [document.documentElement, document.body]) {
    themes.observe(place, { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-jp-theme-name", "style"] });
  }
  const sizes = new ResizeObserver(recolour);
  sizes.observe(root);
  show();
  return () => {
    shared.close();
    themes.disconnect();
    sizes.disconnect();
    clearTimeout(speech);
    root.remove();
  };
}

export default { render };
