// Arrays in editable cells for the explorer of 2-D convolution, and the sum in numbers.

import { element } from "../../widgets/static/elements.js";
import { sumTerms } from "./convolution2d_words.js";
import { inCell, plain } from "./numbers.js";
import { cellGrid, largestOf, signedColour } from "./grid.js";

/** A number in a cell of `size` pixels, in letters as its style sheet writes them. */
export function cellNumber(value, size) {
  return inCell(value, size - 2, size < 28 ? 7 : 7.7);
}

/** Let a grid's cells be so many pixels wide, with numbers to match; see `cellNumber`. */
export function sizeCells(grid, size) {
  grid.style.setProperty("--cx-cell", `${size}px`);
  grid.classList.toggle("cv-tiny", size < 28);
}

/** The colours of an array: signed around zero. */
export function signedFill({ values }) {
  const largest = largestOf(values);
  return (i) => signedColour(values[i], largest);
}

/** A heading with the array's size. */
export function titled(title, words, shape, more = "") {
  const text = `${words} ${shape.join(" × ")}${more}`;
  if (title.textContent === text) return;
  title.replaceChildren(`${words} `, element("small", {}, `${shape.join(" × ")}${more}`));
}

/** An array in editable cells, one of them chosen: the kernel, or a part of the sum. */
export function makeCells({ label, letter, pick, write, done, step }) {
  let array = { shape: [1, 1], values: [0] };
  const value = (r, c) => array.values[r * array.shape[1] + c];
  const grid = cellGrid({
    label,
    name: (r, c) => `${letter()}[${r}, ${c}] is ${plain(value(r, c))}`,
    pick,
    read: value,
    write,
    done,
    step,
  });
  const show = (shown, chosen, size, fill = signedFill(shown)) => {
    array = shown;
    const [rows, cols] = shown.shape;
    sizeCells(grid.element, size);
    grid.show({
      rows,
      cols,
      text: (r, c) => cellNumber(value(r, c), size),
      fill: (r, c) => fill(r * cols + c),
      mark: (r, c) => (r === chosen[0] && c === chosen[1] ? "at" : ""),
      at: chosen,
    });
  };
  return { element: grid.element, show };
}

/** The sum in numbers, the chosen term framed. */
export function makeSum() {
  const sum = element("p", { class: "cv-sum", "data-cx": "sum" });
  const after = element("p", { class: "cv-sum", "data-cx": "after" });
  const root = element("div", {}, sum, after);
  let shown = "";
  const show = (now, state, chosen) => {
    after.textContent = now.after_text;
    if (!now.window) return void (sum.textContent = shown = "");
    const terms = sumTerms(state, now.window);
    const place = terms.findIndex(({ index }) => index === chosen);
    if (shown === `${now.sum_text} ${place}`) return;
    shown = `${now.sum_text} ${place}`;
    if (place < 0) return void (sum.textContent = now.sum_text);
    const head = `S[${now.window.row}, ${now.window.column}] = `;
    const join = (some) => some.map(({ text }) => text).join(" + ");
    const before = join(terms.slice(0, place));
    const behind = join(terms.slice(place + 1));
    sum.replaceChildren(
      `${head}${before}${before ? " + " : ""}`,
      element("b", {}, terms[place].text),
      `${behind ? " + " : ""}${behind} = ${plain(now.window.total)}`,
    );
  };
  return { element: root, show };
}

