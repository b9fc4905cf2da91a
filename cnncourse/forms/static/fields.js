// Fields for forms: native inputs with labels, messages beside them, and keys that stay in the form.
// Each field has `element`, `read()`, `write(value)`, `say(message, cells)`, `focus(cell)` and
// a choice also `enable(on)`; it calls `changed()` at each change and `next()` when Enter goes on.
import { element, uniqueId } from "../../widgets/static/elements.js";

/** What to say while no answer comes. */
export const WAITING =
  "Waiting for the kernel. If it is busy, your answer arrives as soon as it is free. " +
  "If it was restarted, this answer was not recorded: run the cell again and answer once more; " +
  "what was recorded before is kept.";

/** A text in which `code` stands between backquotes, as elements. */
export function prose(text) {
  return text
    .split("`")
    .map((piece, i) => (i % 2 ? element("code", { class: "cf-code" }, piece) : piece));
}

/** JupyterLab takes keys for itself (arrows select cells, b inserts one): not those of a form.
 *
 * Keys with Ctrl or ⌘ that mean nothing in a text (save, run the cell) go on to JupyterLab, and
 * Escape gives the keyboard back to the cell around the form.
 */
export function keepKeys(root) {
  const texts = new Set(["a", "c", "v", "x", "y", "z", "ArrowLeft", "ArrowRight", "Home", "End"]);
  root.addEventListener("keydown", (event) => {
    if (event.isComposing) return event.stopPropagation();
    if (event.key === "Escape") {
      event.stopPropagation();
      const cell = root.closest(".jp-Cell");
      if (cell) cell.focus({ preventScroll: true });
      else document.activeElement?.blur?.();
    } else if (!(event.ctrlKey || event.metaKey) || texts.has(event.key)) {
      if (event.key === "Enter" && event.shiftKey) return;
      event.stopPropagation();
    }
  });
}

/** Add an id to those of the elements that describe `made`, or take it away. */
function describe(made, id, on) {
  const ids = new Set(made.getAttribute("aria-describedby")?.split(" "));
  if (on) ids.add(id);
  else ids.delete(id);
  if (ids.size) made.setAttribute("aria-describedby", [...ids].join(" "));
  else made.removeAttribute("aria-describedby");
}

/** The place beside a field where its message appears and is spoken, wherever the focus is.
 *
 * `judged` are the elements that a message may be about: inputs, or a group of them.
 */
function messagePlace(judged) {
  const attributes = { class: "cf-message", id: uniqueId("message"), role: "alert", hidden: true };
  const place = element("p", attributes);
  const say = (text, wrong = judged.map((_, i) => i)) => {
    place.textContent = text ? `! ${text}` : "";
    place.hidden = !text;
    judged.forEach((one, i) => {
      const faulty = Boolean(text) && wrong.includes(i);
      if (faulty) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
      describe(one, place.id, faulty);
    });
  };
  return { place, say };
}

/** One choice out of a few: native radio buttons in a fieldset; arrows choose, Enter goes on. */
export function radioGroup({ label, options, inline }, { changed, next }) {
  const group = uniqueId("group");
  const radios = options.map(({ key }) =>
    element("input", { type: "radio", name: group, value: key, class: "cf-radio" }),
  );
  const rows = options.map(({ label: name, note }, i) => {
    const words = element("span", { class: "cf-words" }, ...prose(name));
    if (note) words.append(element("span", { class: "cf-under" }, note));
    return element("label", { class: "cf-option" }, radios[i], words);
  });
  const legend = element("legend", { class: "cf-question" }, ...prose(label));
  const list = element("div", { class: inline ? "cf-row" : "cf-list" }, ...rows);
  list.style.setProperty("--cf-columns", rows.length);
  const root = element("fieldset", { class: "cf-field", role: "radiogroup" }, legend, list);
  const { place, say } = messagePlace([root]);
  root.append(place);
  root.addEventListener("change", () => (say(""), changed()));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) (event.preventDefault(), next());
  });
  return {
    element: root,
    say,
    read: () => radios.find((radio) => radio.checked)?.value ?? "",
    write: (value) => radios.forEach((radio) => (radio.checked = radio.value === value)),
    focus: () => (radios.find((radio) => radio.checked) ?? radios[0]).focus(),
    enable: (on) => radios.forEach((radio) => (radio.disabled = !on)),
  };
}

/** A field for one number, with its unit; Enter goes on. */
export function numberField({ label, unit }, { changed, next }) {
  const id = uniqueId("number");
  const input = element("input", {
    type: "text",
    id,
    class: "cf-input",
    inputmode: "text",
    autocomplete: "off",
    spellcheck: "false",
    size: 10,
  });
  const { place, say } = messagePlace([input]);
  const after = element("label", { class: "cf-unit", for: id }, unit ?? "");
  const line = element("div", { class: "cf-line" }, input, after);
  const root = element(
    "div",
    { class: "cf-field" },
    element("label", { class: "cf-question", for: id }, ...prose(label)),
    line,
    place,
  );
  input.addEventListener("input", () => (say(""), changed()));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) (event.preventDefault(), next());
  });
  return {
    element: root,
    say,
    read: () => input.value,
    write: (value) => input.value !== (value ?? "") && (input.value = value ?? ""),
    focus: () => (input.focus(), input.select()),
  };
}

/** What a cell's text is worth for the drawing beside it; Python reads it for good. */
function roughNumber(text) {
  const [above, below] = text.trim().replace("−", "-").replace(",", ".").split("/");
  const value = Number(above) / (below === undefined ? 1 : Number(below));
  return above.trim() === "" || !Number.isFinite(value) ? 0 : value;
}

/** A sketch of an array: one input a cell; arrows move between cells, Enter goes on. */
export function cellGrid(spec, { changed, next }) {
  const { label, rows, columns, flat, hint } = spec;
  const place = (i) =>
    flat ? `cell ${i}` : `row ${Math.floor(i / columns)}, column ${i % columns}`;
  const inputs = Array.from({ length: rows * columns }, (_, i) =>
    element("input", {
      type: "text",
      class: "cf-input cf-cell",
      "aria-label": place(i),
      inputmode: "text",
      autocomplete: "off",
      spellcheck: "false",
    }),
  );
  const { place: message, say } = messagePlace(inputs);
  const grid = element("div", { class: `cf-grid${flat ? " cf-flat" : ""}` });
  grid.style.setProperty("--cf-columns", columns);
  const boxes = inputs.map((input, i) => {
    const bar = element("span", { class: "cf-bar", "aria-hidden": "true" });
    const box = element("div", { class: "cf-box" }, bar, input);
    if (flat) box.append(element("span", { class: "cf-index", "aria-hidden": "true" }, String(i)));
    return box;
  });
  grid.append(...boxes);
  const draw = () => {
    const values = inputs.map((input) => roughNumber(input.value));
    const largest = Math.max(...values.map(Math.abs)) || 1;
    const lowest = Math.min(0, ...values) / largest;
    grid.classList.toggle("cf-signed", lowest < 0);
    values.forEach((value, i) => {
      boxes[i].style.setProperty("--cf-size", Math.abs(value / largest).toFixed(3));
      boxes[i].classList.toggle("cf-negative", value < 0);
    });
  };
  const go = (i) => {
    if (i >= inputs.length) return next();
    if (i >= 0) (inputs[i].focus(), inputs[i].select());
  };
  inputs.forEach((input, i) => {
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => (say(""), draw(), changed()));
    input.addEventListener("keydown", (event) => {
      if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
      const { selectionStart: from, selectionEnd: to, value } = input;
      const whole = from === 0 && to === value.length;
      const step = {
        Enter: 1,
        ArrowRight: whole || from === value.length ? 1 : 0,
        ArrowLeft: whole || to === 0 ? -1 : 0,
        ArrowDown: flat ? 0 : columns,
        ArrowUp: flat ? 0 : -columns,
      }[event.key];
      const target = i + (step || NaN);
      const stays = event.key !== "Enter" && (target < 0 || target >= inputs.length);
      if (!step || stays) return;
      event.preventDefault();
      go(target);
    });
  });
  const root = element(
    "fieldset",
    { class: "cf-field" },
    element("legend", { class: "cf-question" }, ...prose(label)),
    grid,
    element("p", { class: "cf-hint" }, hint),
    message,
  );
  return {
    element: root,
    say,
    read: () => inputs.map((input) => input.value),
    write: (values) => {
      inputs.forEach((input, i) => {
        const text = values?.[i] ?? "";
        if (input.value !== text) input.value = text;
      });
      draw();
    },
    focus: (cell = 0) => go(cell),
  };
}

/** A push button. */
export function pushButton(label, press) {
  const made = element("button", { type: "button", class: "cf-button" }, label);
  made.addEventListener("click", press);
  return made;
}

/** The place for what concerns the whole form; what appears in it is spoken. */
export function liveRegion() {
  const place = element("p", { class: "cf-note", role: "status", "aria-live": "polite" });
  const say = (text, kind = "") => {
    place.className = `cf-note${kind ? ` cf-${kind}` : ""}`;
    place.replaceChildren(...prose(text));
  };
  return { element: place, say };
}
