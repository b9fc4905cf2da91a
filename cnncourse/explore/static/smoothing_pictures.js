// The smoothing explorer's three pictures: the track, the kernel, and the sum taken apart.

import { axisY, bar, curve, line, scale, ticks, writer } from "./kit.js";
import { fixed, short } from "./numbers.js";

export const LEFT = 72;
export const TOTALS = 148;

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
  const words = fixed(weight);
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

const ERROR_TITLE = "error (smoothed − true), km";

/** Key to the marks, in one row that ends at `right`, if it fits; returns where it starts. */
function legend(pen, right, y, colours) {
  const say = writer(pen, colours);
  const entries = [
    ["measured", (at) => dot(pen, at + 10, y, 3, colours.data)],
    [
      "true",
      (at) => line(pen, at, y, at + 20, y, { colour: colours.true, width: 1.5, dash: [5, 3] }),
    ],
    ["smoothed", (at) => line(pen, at, y, at + 20, y, { colour: colours.estimate, width: 3 })],
  ];
  pen.font = `12px ${colours.font}`;
  const start =
    right + 16 - entries.reduce((sum, [name]) => sum + 41 + pen.measureText(name).width, 0);
  if (start < LEFT + 95) return right;
  let x = start;
  for (const [name, mark] of entries) {
    mark(x);
    say(name, x + 25, y);
    x += 41 + pen.measureText(name).width;
  }
  return start;
}

/** Draw within a box of the picture alone: what lies beyond it is cut off. */
function within(pen, [left, top, right, bottom], draw) {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, right - left, bottom - top);
  pen.clip();
  draw();
  pen.restore();
}

/** The longest heading that fits over the track; it tells how many measurements are cut off. */
function headingOf(pen, data, outside, room, colours) {
  const short = "position, km";
  const long = `${data.title}: ${short}`;
  const beyond = outside ? ` · ${outside} measured outside` : "";
  pen.font = `600 12px ${colours.font}`;
  const fits = (words) => pen.measureText(words).width < room;
  return [long + beyond, short + beyond, long].find(fits) ?? short;
}

/** The whole track above, the errors below, on one time axis. */
export function drawTrack({ pen, width, height }, data, state, now, colours) {
  const say = writer(pen, colours);
  const right = width - 10;
  const [top, middle, lower, bottom] = [26, 158, 193, height - 22];
  const x = scale(0, data.n - 1, LEFT, right);
  const [lowest, highest] = range(data.position, 0.1);
  const y = scale(lowest, highest + 0.25 * (highest - lowest), middle, top);
  const room = legend(pen, right, 10, colours) - LEFT - 12;
  // Below the names of the phases: a measurement over them would hide them.
  const box = [LEFT, top + 17, right + 4, middle + 4];
  const isOutside = (value) => y(value) < box[1] || y(value) > box[3];
  const outside = now.measured.filter(isOutside).length;
  say(headingOf(pen, data, outside, room, colours), LEFT, 10, { bold: true });
  axisY(pen, y, { left: LEFT, right, colours });
  drawPhases(pen, data, state, x, [top, bottom], colours);
  const cursor = x(state.t);
  drawSmallKernel(pen, x, middle, now.sum.terms, colours);
  within(pen, box, () => {
    for (let i = 0; i < data.n; i++) dot(pen, x(i), y(now.measured[i]), 2.2, colours.data);
    curve(pen, data.n, x, (i) => y(data.position[i]), {
      colour: colours.true,
      width: 1.5,
      dash: [5, 3],
    });
    curve(pen, data.n, x, (i) => y(now.estimate[i]), { colour: colours.estimate, width: 2.5 });
  });

  const errors = Array.from(now.estimate, (value, i) => value - data.position[i]);
  const [low, high] = range(errors, 0);
  // Room for most of the measurements; those beyond are cut off, the smoothed line never is.
  const reach = 1.1 * Math.max(Math.abs(low) || 0, Math.abs(high) || 0, 1.6 * state.sigma, 1e-3);
  const e = scale(-reach, reach, bottom, lower);
  say(ERROR_TITLE, LEFT, lower - 11, { bold: true });
  const { first, count } = now.samples;
  drawErrorBand(
    pen,
    now.summary,
    e,
    [x(first), x(first + count - 1)],
    [right, lower, bottom],
    colours,
  );
  axisY(pen, e, { left: LEFT, right, count: 4, colours });
  line(pen, LEFT, e(0), right, e(0), { colour: colours.true, width: 1.5, dash: [5, 3] });
  for (let i = 0; i < data.n; i++) {
    const error = now.measured[i] - data.position[i];
    if (Math.abs(error) < reach) dot(pen, x(i), e(error), 2, colours.data);
  }
  curve(pen, data.n, x, (i) => e(errors[i]), { colour: colours.estimate, width: 2.5 });

  line(pen, cursor, top, cursor, bottom, { colour: colours.ink, width: 1.5 });
  within(pen, [LEFT - 8, box[1] - 6, right + 8, middle + 8], () =>
    diamond(pen, cursor, y(now.estimate[state.t]), 6, colours.estimate, colours.paper),
  );
  diamond(pen, cursor, e(errors[state.t]), 6, colours.estimate, colours.paper);
  drawTimes(
    pen,
    scale(data.start, data.start + (data.n - 1) * data.dt, LEFT, right),
    bottom,
    colours,
  );
}

function drawPhases(pen, data, state, x, [top, bottom], colours) {
  const say = writer(pen, colours);
  data.phases.forEach(({ name, first, count }, k) => {
    const [from, to] = [x(first), x(Math.min(data.n - 1, first + count))];
    const chosen = name === state.phase;
    if (k % 2) {
      pen.fillStyle = colours.shade;
      pen.fillRect(from, top, to - from, bottom - top);
    }
    pen.font = `${chosen ? "600 " : ""}11px ${colours.font}`;
    if (pen.measureText(name).width < to - from - 4) {
      say(name, (from + to) / 2, top + 8, {
        colour: chosen ? colours.ink : colours.soft,
        bold: chosen,
        align: "center",
        size: 11,
      });
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
    bar(pen, x(index) - step * 0.42, step * 0.84, base, base - weight * size, {
      colour,
      alpha: 0.55,
    });
  }
}

function drawErrorBand(pen, { bias, sd }, e, [left, right], [end, top, bottom], colours) {
  const say = writer(pen, colours);
  const clamp = (pixel) => Math.min(bottom, Math.max(top, pixel));
  pen.save();
  pen.globalAlpha = 0.16;
  pen.fillStyle = colours.estimate;
  pen.fillRect(left, clamp(e(bias + sd)), right - left, clamp(e(bias - sd)) - clamp(e(bias + sd)));
  pen.restore();
  line(pen, left, clamp(e(bias)), right, clamp(e(bias)), {
    colour: colours.estimate,
    width: 1.2,
    dash: [2, 3],
  });
  const label = `bias ${fixed(bias)} ± SD ${fixed(sd)}`;
  pen.font = `600 12px ${colours.font}`;
  if (pen.measureText(ERROR_TITLE + label).width > end - LEFT - 16) return;
  say(label, end - 2, top - 11, { colour: colours.estimateInk, align: "end", bold: true });
}

function drawTimes(pen, x, bottom, colours) {
  const say = writer(pen, colours);
  const { at, digits } = ticks(x.low, x.high, 8);
  for (const time of at) {
    line(pen, x(time), bottom, x(time), bottom + 4, { colour: colours.soft });
    say(fixed(time, digits), x(time), bottom + 12, {
      colour: colours.soft,
      align: "center",
      size: 11,
    });
  }
  say("time, s", LEFT - 14, bottom + 12, { colour: colours.soft, align: "end", size: 11 });
}

/** The kernel by age: its bars are what the learner drags. */
export function drawKernel({ pen, width, height }, state, place, colours) {
  const say = writer(pen, colours);
  const { y, ahead } = place;
  axisY(pen, y, { left: place.left, right: width - 6, count: 4, colours });
  state.weights.forEach((weight, i) => {
    const { left, width: wide } = place.bar(i);
    if (i < ahead) {
      pen.fillStyle = colours.shade;
      pen.fillRect(left, y(y.high), wide, y(y.low) - y(y.high));
    }
    const colour = weight < 0 ? colours.minus : colours.plus;
    bar(pen, left + wide * 0.08, wide * 0.84, y(0), y(weight), { colour, negative: weight < 0 });
    line(pen, left + wide * 0.08, y(weight), left + wide * 0.92, y(weight), {
      colour: colours.ink,
      width: 2.5,
    });
    if ((i - ahead) % Math.ceil(24 / wide) === 0) {
      say(fixed(i - ahead, 0), left + wide / 2, height - 24, {
        colour: colours.soft,
        align: "center",
        size: 11,
      });
    }
  });
  line(pen, place.left, y(0), width - 6, y(0), { colour: colours.ink, width: 1.2 });
  say(
    ahead ? "← future   age, samples   past →" : "newest   age, samples   → oldest",
    (place.left + width) / 2,
    height - 8,
    { colour: colours.soft, align: "center" },
  );
}

/** Samples, flipped kernel and products in columns, one column a sample. */
export function drawSum({ pen, width, height }, data, state, now, view, colours) {
  const say = writer(pen, colours);
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
    say(words, LEFT, row[0] - 11, { bold: true });
    if (sign) say(sign, LEFT - 22, row[0] - 11, { bold: true, size: 16, align: "center" });
  };
  drawSamples(
    pen,
    data,
    state,
    now,
    { first, last, centre, wide, right, row: rows.samples, numbers },
    colours,
  );
  heading("samples x(a), km", rows.samples, "");
  heading("the kernel, flipped: w(t − a)", rows.kernel, "×");
  heading("products x(a) · w(t − a), km", rows.products, "=");
  const weights = terms.map((term) => ({
    ...term,
    value: term.weight,
    label: shortWeight(term.weight, wide),
  }));
  const products = terms.map((term) => ({
    ...term,
    value: term.product,
    label: short(term.product, wide),
  }));
  drawColumns(pen, weights, { centre, wide, right, row: rows.kernel, numbers }, colours);
  drawColumns(pen, products, { centre, wide, right, row: rows.products, numbers }, colours);
  for (const { index, age } of terms) {
    if (age % Math.ceil(24 / wide)) continue;
    say(fixed(age, 0), centre(index), rows.kernel[1] + 12, {
      colour: colours.soft,
      align: "center",
      size: 11,
    });
  }
  say("age", LEFT - 6, rows.kernel[1] + 12, { colour: colours.soft, align: "end", size: 11 });
  const every = Math.max(1, Math.ceil(40 / wide));
  for (let i = first; i <= last; i++) {
    if (i !== state.t && (i % every || Math.abs(i - state.t) < every)) continue;
    const here = i === state.t;
    say(here ? `t = ${data.clock(i)}` : data.clock(i), centre(i), height - 9, {
      colour: here ? colours.ink : colours.soft,
      bold: here,
      align: "center",
      size: here ? 12 : 11,
    });
  }
  say("a, s", LEFT - 6, height - 9, { colour: colours.soft, align: "end", size: 11 });
  drawTotals(pen, data, state, now, { x: right + 14, rows }, colours);
}

function drawSamples(
  pen,
  data,
  state,
  now,
  { first, last, centre, wide, right, row, numbers },
  colours,
) {
  const say = writer(pen, colours);
  const [top, bottom] = row;
  const seen = [];
  for (let i = first; i <= last; i++) seen.push(data.position[i], now.measured[i], now.estimate[i]);
  const y = scale(
    ...range(
      seen.filter((v) => !Number.isNaN(v)),
      0.08,
    ),
    bottom,
    top + 4,
  );
  axisY(pen, y, { left: LEFT, right, count: 4, colours });
  const span = last - first + 1;
  curve(
    pen,
    span,
    (i) => centre(first + i),
    (i) => y(data.position[first + i]),
    { colour: colours.true, width: 1.5, dash: [5, 3] },
  );
  pen.globalAlpha = 0.55;
  curve(
    pen,
    span,
    (i) => centre(first + i),
    (i) => y(now.estimate[first + i]),
    { colour: colours.estimate, width: 2.5 },
  );
  pen.globalAlpha = 1;
  const under = new Set(now.sum.terms.map((term) => term.index));
  for (let i = first; i <= last; i++) {
    const value = now.measured[i];
    if (Number.isNaN(value)) {
      say("×", centre(i), bottom - 8, { colour: colours.data, align: "center", size: 15 });
    } else
      dot(
        pen,
        centre(i),
        y(value),
        under.has(i) ? 4 : 3,
        under.has(i) ? colours.ink : colours.data,
      );
    if (under.has(i) && numbers) {
      say(Number.isNaN(value) ? "none" : short(value, wide), centre(i), bottom + 11, {
        align: "center",
        size: numbers,
      });
    }
  }
  const [estimate, truth] = [now.estimate[state.t], data.position[state.t]];
  line(pen, centre(state.t), y(estimate), centre(state.t), y(truth), {
    colour: colours.estimate,
    width: 2,
  });
  diamond(pen, centre(state.t), y(estimate), 6.5, colours.estimate, colours.paper);
}

/** One row of bars around zero, each with its number; a missing sample's column is marked. */
function drawColumns(pen, terms, { centre, wide, right, row, numbers }, colours) {
  const say = writer(pen, colours);
  const [top, bottom] = row;
  const low = Math.min(0, ...terms.map((term) => term.value));
  const high = Math.max(0, ...terms.map((term) => term.value));
  const room = numbers ? 13 : 2;
  const y = scale(
    low,
    high || (low ? 0 : 1),
    bottom - (low < 0 ? room : 0),
    top + (high > 0 ? room : 0),
  );
  line(pen, LEFT, y(0), right, y(0), { colour: colours.ink });
  for (const { index, value, there, label } of terms) {
    const middle = centre(index);
    if (!there) {
      say("×", middle, y(0) - 8, { colour: colours.data, align: "center", size: 15 });
      continue;
    }
    const colour = value < 0 ? colours.minus : colours.plus;
    bar(pen, middle - wide * 0.42, wide * 0.84, y(0), y(value), { colour, negative: value < 0 });
    if (numbers)
      say(label, middle, y(value) + (value < 0 ? 8 : -7), { align: "center", size: numbers });
  }
}

/** Right of the columns: what they come to. */
function drawTotals(pen, data, state, now, { x, rows }, colours) {
  const put = writer(pen, colours);
  const say = (words, y, options) => put(words, x, y, options);
  const [estimate, truth] = [now.estimate[state.t], data.position[state.t]];
  say("estimate s(t)", 34, { colour: colours.estimateInk, bold: true });
  say(`${fixed(estimate)} km`, 56, { colour: colours.estimateInk, bold: true, size: 20 });
  say(`true  ${fixed(truth)} km`, 82);
  say(`error  ${fixed(estimate - truth)} km`, 100, { bold: true });
  const used = now.sum.terms.reduce((sum, term) => sum + term.weight, 0);
  say(`sum of weights ${fixed(used)}`, rows.kernel[0] + 22);
  if (now.sum.missing) {
    say(`${now.sum.missing} missing: others`, rows.kernel[0] + 42, {
      size: 11,
      colour: colours.soft,
    });
    say(`× ${fixed(now.sum.factor)}`, rows.kernel[0] + 56, { size: 11, colour: colours.soft });
  }
  say("sum of products", rows.products[0] + 16);
  say(`${fixed(estimate)} km`, rows.products[0] + 38, {
    colour: colours.estimateInk,
    bold: true,
    size: 20,
  });
}
