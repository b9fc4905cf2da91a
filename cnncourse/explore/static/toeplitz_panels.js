// The Toeplitz explorer's words and numbers beside the matrix.

import { element } from "../../widgets/static/elements.js";
import { fixed } from "./numbers.js";
import { entryName, letters } from "./toeplitz_math.js";
import { sumInWords } from "./toeplitz_pictures.js";

const FACTS = ["cells", "filled", "zeros", "parameters", "repeats"];

/** What the matrix costs and what a convolution stores: sums, numbers and bars. */
export function makeFacts() {
  const rows = {};
  const body = element("tbody");
  for (const key of FACTS) {
    const bar = element("span", { style: "display:block;height:9px;border-radius:2px" });
    bar.style.background = key === "zeros" ? "var(--cx-line)" : "var(--cx-accent)";
    const cell = element("td", { "aria-hidden": "true", style: "width:84px" }, bar);
    const name = element("th", { scope: "row" });
    const value = element("td", { "data-cx": key, style: "font-weight:700" });
    rows[key] = { texts: [name, element("td"), value], bar };
    body.append(element("tr", {}, ...rows[key].texts, cell));
  }
  const note = element("p", { class: "cx-note", style: "margin-top:8px" });
  const table = element("table", { class: "cx-table" }, body);
  const root = element("div", { style: "max-width:460px" }, table, note);
  const put = (key, share, ...texts) => {
    rows[key].bar.style.width = `${100 * share}%`;
    rows[key].texts.forEach((cell, i) => (cell.textContent = texts[i]));
  };
  const show = (now, state) => {
    const [m, n] = [now.kernel.values.length, now.columns];
    const share = (part) => (now.cells ? part / now.cells : 0);
    const percent = (part) => (now.cells ? ` (${fixed((100 * part) / now.cells, 1)} %)` : "");
    const zeros = now.cells - now.filled;
    const full = state.mode === "full";
    const sum = full ? `${m}·${n} =` : "";
    const cells = `${now.count}·${n} =`;
    put("cells", now.cells ? 1 : 0, "cells: a dense layer", cells, String(now.cells));
    put("filled", share(now.filled), "hold a weight", sum, now.filled + percent(now.filled));
    const left = `${now.cells} − ${now.filled} =`;
    put("zeros", share(zeros), "always zero", left, zeros + percent(zeros));
    const kernel = now.axes === 1 ? "m =" : `${now.kernel.shape.join("·")} =`;
    put("parameters", share(m), "weights to store", kernel, String(m));
    const [letter] = letters(now.axes);
    const name = entryName(letter, now.axes, now.weight, now.kernel.shape[1]);
    // In the full matrix every weight stands once in each column.
    const each = full ? timesOf(n) : "choose a weight";
    if (now.weight >= 0)
      put("repeats", share(now.repeats), `${name} stands`, "", timesOf(now.repeats));
    else put("repeats", full ? share(n) : 0, "each of them stands", "", each);
    note.textContent = now.axes === 1 ? READ_LINE : READ_BLOCKS;
  };
  return { element: root, show };
}

const READ_LINE =
  "Row t holds w[t − a] in column a (eq. 2): each row is the kernel, flipped, one step further, " +
  "and each diagonal holds one weight.";
const READ_BLOCKS =
  "Each block is the Toeplitz matrix of one row of the kernel (eq. 3), the same along each " +
  "diagonal of blocks.";

/** "once", "5 times". */
const timesOf = (count) => (count === 1 ? "once" : `${count} times`);

/** The line over the matrix: which output the row makes, by names and in numbers. */
export function makeSum() {
  const [made, names, numbers, total] = ["made", "names", "numbers", "total"].map((key) =>
    element("span", { "data-cx": key }),
  );
  total.style.cssText = "font-weight:700;font-size:17px";
  made.style.fontWeight = "700";
  const byNames = element("span", {}, " = ", names);
  const dropped = element("span", { style: "color:var(--cx-soft)" });
  const root = element(
    "p",
    { style: "margin:2px 0 6px;font-size:14px;min-height:42px;font-variant-numeric:tabular-nums" },
    made,
    byNames,
    " = ",
    numbers,
    " = ",
    total,
    " ",
    dropped,
  );
  const show = (now, mode) => {
    const words = sumInWords(now);
    dropped.textContent = now.kept[now.row] ? "" : `dropped by ${mode}`;
    const few = now.terms.length * (now.axes === 1 ? 9 : 15) < 64;
    byNames.hidden = !few;
    [made, names, numbers, total].forEach((place, i) => {
      place.textContent = [words.made, words.names, words.numbers, words.total][i];
    });
  };
  return { element: root, show };
}
