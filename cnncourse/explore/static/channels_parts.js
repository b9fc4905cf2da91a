// The style of the explorer of channels, and its words: the equation, usual slips, parameters.
import { element } from "../../widgets/static/elements.js";
import { bracketed, plain } from "./numbers.js";

export const STYLE = `
.ch-main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px 24px; }
.ch-main[data-side="beside"] { grid-template-columns: minmax(0, 1fr) 262px; }
.ch-formulas { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 3px 14px; }
.ch-formulas { padding: 8px 0 10px; font-variant-numeric: tabular-nums; font-size: 14px; }
.ch-formulas > :nth-child(odd) { font-weight: 600; font-size: 13px; padding-top: 1px; }
.ch-formulas i { font-style: italic; }
.ch-formulas b { color: var(--cx-estimateInk); }
.ch-row { display: grid; align-items: center; gap: 0 8px; border-left: 4px solid transparent; }
.ch-row { padding: 0 4px 0 6px; border-radius: 6px; }
.ch-row { --ch-rest: 14px calc(var(--ch-taps) + 2px) 14px minmax(200px, 1fr); }
.ch-row { grid-template-columns: 84px var(--ch-left) var(--ch-rest); }
.ch-row.ch-chosen { background: var(--cx-shade); border-left-color: var(--cx-accent); }
.ch-name { font-weight: 600; }
.ch-sign { font-size: 17px; font-weight: 600; text-align: center; }
.ch-heads { color: var(--cx-soft); font-size: 12px; font-weight: 600; align-items: end; }
.ch-heads > div { display: grid; grid-template-columns: var(--ch-map) auto; gap: 34px; }
.ch-heads > :last-child { grid-template-columns: var(--ch-taps) auto; gap: 26px; }
.ch-total { border-top: 2px solid var(--cx-line); border-radius: 0; }
.ch-words { grid-column: 1 / -2; text-align: right; font-weight: 600; }
.ch-words .cx-slider { justify-content: flex-end; }
[data-rows="above"] .ch-row { grid-template-columns: var(--ch-left) var(--ch-rest); }
[data-rows="above"] .ch-name { grid-column: 1 / -1; padding-top: 4px; }
[data-rows="above"] .ch-heads > :first-child { display: none; }
[data-rows="wrapped"] .ch-row {
  grid-template-columns: calc(var(--ch-taps) + 2px) 14px minmax(200px, 1fr);
  padding-top: 4px;
}
[data-rows="wrapped"] .ch-name, [data-rows="wrapped"] .ch-left { grid-column: 1 / -1; }
[data-rows="wrapped"] .ch-heads, [data-rows="wrapped"] .ch-left + .ch-sign { display: none; }
[data-rows="wrapped"] .ch-words { grid-column: 1 / -1; }
[data-rows="wrapped"] .ch-words + div { grid-column: 3; }
.ch-side { display: grid; gap: 14px 30px; align-content: start; }
[data-side="below"] .ch-side { grid-template-columns: repeat(auto-fit, minmax(270px, 1fr)); }
[data-side="below"] .ch-output { grid-column: 1 / -1; max-width: 620px; }
[data-side="under"] .ch-side { grid-template-columns: minmax(0, 1.5fr) repeat(2, minmax(0, 1fr)); }
.ch-place .cx-range { flex: 1; min-width: 60px; }
.ch-place .cx-value { min-width: 74px; }
.ch-side .cx-title { margin-bottom: 3px; border-bottom: 1px solid var(--cx-line); }
.cx .ch-list {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 3px 14px;
  margin: 0;
}
.cx .ch-list dt { font-weight: 400; }
.cx .ch-list dd { margin: 0; text-align: right; font-weight: 600; }
.cx .ch-list dd { font-variant-numeric: tabular-nums; max-width: 120px; }
.cx .ch-list dt.ch-all { grid-column: 1 / 3; color: var(--cx-soft); font-size: 12px; }
.ch-all span { display: inline-block; white-space: pre; }`;

/** Eq. (6), the term that is looked at, and the same as the lecture counts. */
export function makeFormulas() {
  const term = element("div", { "data-cx": "term" });
  const lecture = element("div", { "data-cx": "lecture" });
  const general = element("div", {});
  general.innerHTML =
    "<i>Z</i>[<i>i</i>, <i>j</i>, <i>k</i>] = <i>b</i>[<i>i</i>] + Σ<sub><i>l, m, n</i></sub> " +
    "<i>V</i>[<i>l</i>, <i>j</i> + <i>m</i>, <i>k</i> + <i>n</i>] · " +
    "<i>K</i>[<i>i</i>, <i>l</i>, <i>m</i>, <i>n</i>]";
  const names = ["Eq. (6), counted from 0", "this term", "as the lecture, from 1"];
  const lines = [general, term, lecture];
  const root = element(
    "div",
    { class: "ch-formulas" },
    ...names.flatMap((name, i) => [element("div", {}, name), lines[i]]),
  );
  const show = ({ output: i, channel: l, offset: [m, n], place: [j, k], term: one }) => {
    const factor = (value) => bracketed(plain(value));
    const factors = `V[${l}, ${j} + ${m}, ${k} + ${n}] · K[${i}, ${l}, ${m}, ${n}]`;
    const product = element("b", {}, plain(one.product));
    term.replaceChildren(`${factors} = ${factor(one.pixel)} · ${factor(one.weight)} = `, product);
    const sub = (text) => element("sub", {}, text);
    lecture.replaceChildren(
      ...["Z", sub("i,j,k"), " = Σ", sub("l,m,n"), " V", sub("l, j+m−1, k+n−1")],
      ...[" K", sub("i,l,m,n"), ":  V", sub(`${l + 1}, ${j + 1}+${m + 1}−1, ${k + 1}+${n + 1}−1`)],
      ...[" K", sub([i, l, m, n].map((at) => at + 1).join(",")), " is the same term"],
    );
  };
  return { element: root, show };
}

/** What usual slips would give here. */
export function makeSlips() {
  const entries = {
    last: "only the last channel kept: each overwrites the sum",
    mean: "the mean over channels in place of their sum",
    one_based: "V[l, j + m − 1, k + n − 1], as counted from 1, with counts from 0",
    swapped: "the kernel’s channels swapped: K[l, i, m, n]",
  };
  const places = Object.keys(entries).map((name) => element("dd", { "data-cx": name }));
  const list = element("dl", { class: "ch-list" });
  Object.values(entries).forEach((words, i) => list.append(element("dt", {}, words), places[i]));
  const title = element("div", { class: "cx-title" }, "What slips would give here");
  const root = element("div", {}, title, list);
  const show = ({ slips, total, shares }, { muted }) => {
    // Why a slip changes nothing here.
    const reason = (name) => {
      if (shares.every((_, l) => muted.includes(l))) return "the same here: nothing is summed";
      const over = name === "last" || name === "mean";
      if (over && shares.length === 1) return "the same here: there is one channel";
      return "right by chance";
    };
    Object.keys(entries).forEach((name, i) => {
      const value = slips[name];
      const alike = Math.abs(value - total) < 5e-4 ? ` (${reason(name)})` : "";
      const words = Number.isFinite(value) ? plain(value) + alike : "an error: no such entry";
      places[i].textContent = words;
    });
  };
  return { element: root, show };
}

/** Parameters of the convolution and of a dense layer, as formulas with their numbers. */
export function makeCounts() {
  const [conv, dense, times] = ["convolution", "dense", "times"].map((name) =>
    element("dd", { "data-cx": name }),
  );
  const sums = [0, 1].map(() => element("dt", { class: "ch-all" }));
  const row = (words, value) => [element("dt", {}, words), value];
  const list = element(
    "dl",
    { class: "ch-list" },
    ...[...row("convolution", conv), sums[0], ...row("dense layer, same sizes", dense), sums[1]],
    ...row("dense over convolution", times),
  );
  const title = element("div", { class: "cx-title" }, "Parameters");
  const root = element("div", {}, title, list);
  const many = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const show = ({ parameters: p, maps }, { x, kernel }) => {
    conv.textContent = many(p.convolution);
    dense.textContent = many(p.dense);
    times.textContent = `${many(Math.round(p.dense / p.convolution))} times`;
    const by = (shape) => Array.from(shape).join(" · ");
    const whole = (one) => element("span", {}, one);
    const out = kernel.shape[0];
    const numbers = [`${by(kernel.shape)} + ${out}`];
    numbers.push(`(${by(x.shape)}) · (${by(maps.shape)}) + ${p.outputs}`);
    const names = ["C_out · C_in · k_H · k_W + C_out", "inputs · outputs + outputs"];
    sums.forEach((sum, i) => sum.replaceChildren(whole(names[i]), whole(` = ${numbers[i]}`)));
  };
  return { element: root, show };
}
