// The concept test: one question at a time, marked by Python when an answer is confirmed.
import { WAITING, keepKeys, liveRegion, prose, pushButton, radioGroup } from "../../forms/static/fields.js";
import { element, uniqueId } from "../../widgets/static/elements.js";

const LONGEST_UNBROKEN = 24;

/** One span: plain text, code or emphasis. */
function piece([how, text]) {
  if (how === "em") return element("em", {}, text);
  if (how !== "code") return text;
  const short = text.length <= LONGEST_UNBROKEN ? " ci-short" : "";
  return element("code", { class: `cf-code${short}` }, text);
}

/** Blocks of spans, as Python sends them, as elements. */
function written(blocks) {
  return blocks.map(({ kind, spans }) => {
    if (kind === "code") return element("pre", { class: "ci-block" }, spans[0][1]);
    return element("p", { class: "ci-text" }, ...spans.map(piece));
  });
}

const sign = (right) => (right ? "✓" : "✗");
const inWords = (right) => (right ? "right" : "not right");

const answered = (other) =>
  element(
    "div",
    { class: "ci-other" },
    element(
      "p",
      { class: "ci-text" },
      element("b", {}, `${sign(other.right)} `, ...prose(other.text)),
      `: ${inWords(other.right)}.`,
    ),
    ...written(other.reason),
  );

/** Why the chosen answer is right or not, which one is right, and, folded, about the others. */
function feedback(mark) {
  const { right, reason, others, concept, where } = mark;
  const verdict = element(
    "p",
    { class: `ci-verdict ${right ? "ci-right" : "ci-not"}`, tabindex: "-1" },
    element("b", {}, `${sign(right)} ${right ? "Right" : "Not right"}.`),
  );
  const wrong = others.filter((other) => !other.right);
  const summary = element("summary", {}, "The other answers, and why");
  const parts = [
    verdict,
    ...written(reason),
    ...others.filter((other) => other.right).map(answered),
    element("details", {}, summary, ...wrong.map(answered)),
    element("p", { class: "cf-hint" }, `The idea: ${concept}.${where ? ` ${where}` : ""}`),
  ];
  return { parts, verdict };
}

/** Ten buttons that say which questions are answered, and lead to them. */
function overview(questions, go) {
  const marks = questions.map(() => element("span", { class: "ci-sign", "aria-hidden": "true" }));
  const buttons = questions.map((_, i) => {
    const made = element("button", { type: "button", class: "ci-step" }, String(i + 1), marks[i]);
    made.addEventListener("click", () => go(i));
    return made;
  });
  const items = buttons.map((button) => element("li", {}, button));
  const list = element("ol", { class: "ci-steps" }, ...items);
  const show = (at, given) =>
    questions.forEach(({ id }, i) => {
      const mark = given[id];
      const state = mark ? inWords(mark.right) : "open";
      marks[i].textContent = mark ? sign(mark.right) : "·";
      buttons[i].setAttribute("aria-label", `Question ${i + 1}: ${state}`);
      buttons[i].title = state;
      if (i === at) buttons[i].setAttribute("aria-current", "step");
      else buttons[i].removeAttribute("aria-current");
    });
  const root = element("nav", { "aria-label": "Questions of this test" }, list);
  return { element: root, show };
}

/** The widget; see cnncourse/inventory/view.py for what its state means. */
export function render({ model, el }) {
  const questions = model.get("questions");
  const name = model.get("title");
  let shown = -1;
  let field = null;
  let waiting = 0;
  let asked = "";

  const titleId = uniqueId("title");
  const title = element("p", { class: "cf-title", id: titleId, tabindex: "-1" });
  const place = element("div", { class: "ci-question" });
  const told = element("div", { class: "ci-told", role: "status", "aria-live": "polite" });
  const wait = liveRegion();
  const note = liveRegion();

  const step = (by) => go(shown + by);
  const confirm = pushButton("Confirm answer", () => send());
  const back = pushButton("Back", () => step(-1));
  const next = pushButton("Next", () => step(1));
  back.classList.add("ci-quiet");
  const steps = overview(questions, (i) => go(i));
  const foot = element("div", { class: "cf-foot" }, confirm, back, next, wait.element);
  const root = element("section", { class: "cf", "aria-labelledby": titleId });
  root.append(title, place, told, foot, steps.element, note.element);
  keepKeys(root);
  el.append(root);

  const markOf = (i) => model.get("marks")[questions[i].id];

  function go(i) {
    if (i < 0 || i >= questions.length) return;
    model.set("at", i);
    model.save_changes();
    draw();
    title.focus();
  }

  function send() {
    const { id } = questions[shown];
    const key = field.read();
    if (!key) {
      field.say("Choose one of these.");
      field.focus();
      return;
    }
    asked = id;
    const { count = 0 } = model.get("confirmed");
    model.set("confirmed", { item: id, key, count: count + 1 });
    model.save_changes();
    clearTimeout(waiting);
    waiting = setTimeout(() => wait.say(WAITING), 1500);
  }

  function ask(i) {
    const { id, given, asks, options } = questions[i];
    const changed = () => {
      model.set("chosen", { ...model.get("chosen"), [id]: field.read() });
      model.save_changes();
    };
    field = radioGroup({ label: asks, options }, { changed, next: () => !markOf(i) && send() });
    // Said to those who enter the options by keyboard and do not see what stands above them.
    const setting = element("div", { id: uniqueId("given") }, ...written(given));
    field.element.setAttribute("aria-describedby", setting.id);
    place.replaceChildren(setting, field.element);
    field.write(model.get("chosen")[id] ?? "");
    wait.say("");
  }

  function draw() {
    const at = model.get("at");
    const moved = at !== shown;
    shown = at;
    title.textContent = `${name} · question ${at + 1} of ${questions.length}`;
    if (moved) ask(at);
    const mark = markOf(at);
    const already = told.dataset.of === `${at}`;
    if (!mark) {
      told.replaceChildren();
      delete told.dataset.of;
      field.enable(true);
    } else if (moved || !already) {
      const { parts, verdict } = feedback(mark);
      told.replaceChildren(...parts);
      told.dataset.of = at;
      field.write(mark.key);
      field.say("");
      field.enable(false);
      clearTimeout(waiting);
      wait.say("");
      if (asked === questions[at].id) (at + 1 < questions.length ? next : verdict).focus();
      asked = "";
    }
    confirm.hidden = Boolean(mark);
    back.disabled = at === 0;
    next.disabled = at + 1 === questions.length;
    next.classList.toggle("ci-quiet", !mark);
    steps.show(at, model.get("marks"));
    note.say(model.get("note"));
  }

  const heard = ["change:at", "change:marks", "change:note"];
  heard.forEach((event) => model.on(event, draw));
  draw();
  return () => {
    clearTimeout(waiting);
    heard.forEach((event) => model.off(event, draw));
    root.remove();
  };
}

export default { render };
