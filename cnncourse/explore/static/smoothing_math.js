// The smoothing explorer's numbers: the convolution and what comes of it. Python is the reference
// (cnncourse/explore/smoothing_model.py); tests hold this file to its numbers and its words.

import { float64 } from "./kit.js";
import { fixed } from "./numbers.js";

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

/** Weights that sum to 1, in proportion to `row`. */
function normalised(row) {
  const total = row.reduce((sum, part) => sum + part, 0);
  return row.map((part) => part / total);
}

/** A named kernel, out of what cnncourse.explore.smoothing_model.kernel_table sent. */
export function namedKernel(table, name, length, centred) {
  if (!centred || length === 1) return normalised(table[name][length - 1]);
  if (name === "local_linear") return normalised(table["centred line"][length - 1]);
  const middle = Math.floor(length / 2);
  const falling = table[name][middle];
  return normalised(Array.from({ length }, (_, i) => falling[Math.abs(i - middle)]));
}

/** The noise of each draw, in standard deviations: the track's own, then draws in 256ths. */
function noiseFrom(own, view) {
  const fresh = new Int16Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  return (seed, i) => (seed ? fresh[(seed - 1) * own.length + i] / 256 : own[i]);
}

/** What Python sent once, unpacked. */
export function unpack(model) {
  const { names, max_length: longest, ...track } = model.get("_track");
  const position = float64(model.get("_position"));
  const present = model.get("_present");
  const noise = noiseFrom(float64(model.get("_own_noise")), model.get("_fresh_noise"));
  const table = model.get("_kernels");
  const kernel = (...wanted) => namedKernel(table, ...wanted);
  const measured = (sigma, seed) =>
    position.map((p, i) => (present.getUint8(i) ? p + sigma * noise(seed, i) : NaN));
  const whole = { name: "", first: 0, count: position.length };
  const samplesOf = (phase) => track.phases.find(({ name }) => name === phase) ?? whole;
  const clock = (i) => fixed(track.start + i * track.dt, track.time_digits);
  return {
    ...track,
    samplesOf,
    clock,
    names,
    longest,
    n: position.length,
    position,
    kernel,
    measured,
  };
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
    `${here}The products sum to ${fixed(estimate)} km, the true position is ${fixed(true_)} km, ` +
    `error ${fixed(estimate - true_)} km. Over ${span}: RMSE ${fixed(rmse)} km, ` +
    `bias ${fixed(bias)} km, standard deviation ${fixed(sd)} km.`
  );
}

/** Bias of the track smoothed without its noise, drop-outs as they are: what the kernel does. */
export function kernelBias(truth, measured, { weights, centred }, samples) {
  const clean = truth.map((p, i) => (Number.isNaN(measured[i]) ? NaN : p));
  return errorSummary(smooth(clean, weights, centred), truth, samples).bias;
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
    kernelBias: kernelBias(data.position, measured, state, samples),
    sum: slidingSum(measured, state.weights, state.centred, state.t),
  };
}
