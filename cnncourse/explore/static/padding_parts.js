// The words beside the padding explorer's pictures: key, formula, what follows, lines of code.
import { element } from "../../widgets/static/elements.js";
import { percent, plural } from "./numbers.js";

const LINE_NAMES = ["rows", "columns"];

/** The key to the marks, as small drawings with words. */
export function makeKey() {
  const root = element("div", { class: "pd-key" });
  const entry = (words, inside) => {
    const made = element("span", {});
    made.innerHTML = `<svg viewBox="0 0 15 15" aria-hidden="true">${inside}</svg>`;
    made.append(words);
    return made;
  };
  const box = (attributes) => `<rect x="1" y="1" width="13" height="13" ${attributes}/>`;
  const dashed = 'fill="var(--cx-grid)" stroke="var(--cx-data)" stroke-dasharray="2 2"';
  const strokes = '<path d="M1 9 9 1M1 14 14 1M7 14 14 7" stroke="var(--cx-data)"/>';
  const hatch = box('fill="none" stroke="var(--cx-data)"') + strokes;
  const dot = '<rect x="4.5" y="4.5" width="6" height="6" fill="var(--cx-estimate)"/>';
  const tap = box('fill="none" stroke="var(--cx-estimate)" stroke-width="2"') + dot;
  const centre = '<circle cx="7.5" cy="7.5" r="2.5" fill="var(--cx-plus)"/>';
  const entries = {
    padding: entry("padding (zeros)", box(dashed)),
    tap: entry("the window and its taps, and the output they make", tap),
    centre: entry("centres of all windows", centre),
    counts: entry("number of windows that use the pixel", box('fill="rgb(31 158 137)"')),
    lost: entry("no window reaches it", hatch),
    touched: entry(
      "output that reads padding",
      box('fill="none" stroke="var(--cx-plus)" stroke-width="1.5" stroke-dasharray="2 2"'),
    ),
  };
  root.append(...Object.values(entries));
  const show = ({ axes, problem, taps_on_padding }, counts) => {
    const seen = {
      padding: axes.some(({ n, padded }) => n < padded),
      tap: !problem,
      centre: !problem && !counts,
      counts: !problem && counts,
      lost: !problem && axes.some(({ remainder }) => remainder),
      touched: taps_on_padding,
    };
    for (const [name, one] of Object.entries(entries)) one.style.display = seen[name] ? "" : "none";
  };
  return { element: root, show };
}

/** The formula with its numbers, for rows and for columns. */
export function makeSums() {
  const lines = LINE_NAMES.map((name) => element("dd", { "data-cx": `sum-${name}` }));
  const names = LINE_NAMES.map((name) => element("dt", {}, name));
  const formula = element("p", { class: "pd-formula" });
  formula.innerHTML =
    "output = ⌊(<i>n</i> + <i>p₀</i> + <i>p₁</i> − <i>d</i> (<i>k</i> − 1) − 1) / <i>s</i>⌋ + 1";
  const list = element("dl", {}, names[0], lines[0], names[1], lines[1]);
  const root = element("div", { class: "pd-sums" }, formula, list);
  const show = (now) => {
    const refused = now.problem && now.axes.every(({ room }) => room >= 0);
    const instead = refused ? "refused by PyTorch" : "no use: the other axis has no output";
    now.axes.forEach((axis, a) => lines[a].replaceChildren(...sumOf(axis, now.size[a], instead)));
  };
  return { element: root, show };
}

/** One axis' formula with its numbers, the result bold on a line of its own. */
function sumOf({ n, before, after, dilation, kernel, stride, room, remainder }, output, instead) {
  const inner = `(${n} + ${before} + ${after} − ${dilation}·(${kernel} − 1) − 1)`;
  const line = (...parts) => element("div", {}, ...parts);
  if (room < 0) return [line(`${inner} = −${-room}`), line("below 0: no window fits")];
  const start = line(`⌊${inner} / ${stride}⌋ + 1`);
  if (!output) return [start, line(instead)];
  const rest = remainder ? `, remainder ${remainder}` : "";
  const result = element("b", {}, String(output));
  return [start, line(`= ⌊${room} / ${stride}⌋ + 1 = `, result, rest)];
}

/** What follows: visits, the same layer again and again, notes. */
export function makeFacts() {
  const items = ["visits", "chain"].map((name) => element("li", { "data-cx": name }));
  const list = element("ul", { class: "pd-notes", "data-cx": "notes" });
  const show = (now, state) => {
    items[0].textContent = visitsOf(now, state);
    items[1].textContent = `Layer after layer: ${chainOfWords(now.chain)}`;
    const notes = now.notes.map((words) => element("li", {}, words));
    list.replaceChildren(...notes, ...items.slice(0, now.chain.length));
  };
  return { element: list, show };
}

/** The sizes of one layer after another; of ever larger ones the first few. */
function chainOfWords(chain) {
  const last = chain.at(-1);
  const grows = last[0] > chain[0][0] || last[1] > chain[0][1];
  const shown = grows ? chain.slice(0, 5) : chain;
  const sizes = shown.map(([r, c]) => (r ? `${r}\u00a0×\u00a0${c}` : "nothing left"));
  const stays = chain.slice(0, -1).some(([r, c]) => r === last[0] && c === last[1]);
  if (stays) return `${sizes.join(" → ")}, and so on.`;
  return sizes.join(" → ") + (last[0] ? " → …" : ".");
}

/** How often pixels are used, and how much of the work meets padding. */
function visitsOf({ used, unused, taps, taps_on_padding, problem }, { n }) {
  if (problem) return "No pixel is used.";
  const share = percent(taps_on_padding / taps);
  const [least, most] = used;
  const zeros = `; ${taps_on_padding} of ${taps} products (${share}) are with padding`;
  const range = least < most ? `${least} to ${plural(most, "window")}` : plural(most, "window");
  let words = `Each input pixel is used by ${range}`;
  if (!most) words = "No input pixel is used";
  else if (unused) {
    const never = `${unused} of ${n[0] * n[1]} never`;
    words = `Input pixels are used by at most ${plural(most, "window")}, ${never}`;
  }
  return `${words}${taps_on_padding ? zeros : ""}.`;
}

/** The lines of code of each library. */
export function makeCode() {
  const places = ["torch", "keras", "course"].map((name) => {
    const line = element("code", { "data-cx": name });
    const remark = element("span", { class: "pd-remark", "data-cx": `${name}-remark` });
    const error = element("span", { class: "pd-error", "data-cx": `${name}-error` });
    return [name, line, error, remark];
  });
  const title = element("div", { class: "pd-head" });
  const names = { torch: "PyTorch", keras: "Keras", course: "this course" };
  const root = element(
    "div",
    { class: "pd-code" },
    ...places.flatMap(([name, line, error, remark]) => [
      element("div", {}, names[name]),
      element("div", {}, line, error, remark),
    ]),
  );
  const show = ({ code }) => {
    // Remarks stand where the lines do not make one and the same layer.
    title.textContent = code.course_remark ? "In code" : "The same layer in code";
    for (const [name, line, error, remark] of places) {
      line.textContent = code[name];
      remark.textContent = code[`${name}_remark`] ?? "";
      const words = code[`${name}_error`] ?? "";
      error.textContent = words ? `✗ ${words}` : "";
    }
  };
  return { elements: [title, root], show };
}
