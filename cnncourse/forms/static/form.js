// A form: fields below each other, a button, and what Python answers to it.
import { WAITING, cellGrid, keepKeys, liveRegion, numberField, prose, pushButton, radioGroup } from "./fields.js";
import { element, uniqueId } from "../../widgets/static/elements.js";

const MAKERS = { choice: radioGroup, number: numberField, cells: cellGrid };

/** The form's widget; see cnncourse/forms/base.py for what its state means. */
export function render({ model, el }) {
  const specs = model.get("fields");
  const note = liveRegion();
  const fields = new Map();
  let timer = 0;
  let waiting = 0;
  let asked = null;

  const values = () => Object.fromEntries([...fields].map(([name, f]) => [name, f.read()]));
  const send = () => {
    clearTimeout(timer);
    if (!timer) return;
    timer = 0;
    model.set("values", values());
    model.save_changes();
  };
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(send, 250);
  };
  const press = () => {
    clearTimeout(timer);
    timer = 0;
    asked = model.get("pressed") + 1;
    // Together, so that Python never hears of the press before the values.
    model.set("values", values());
    model.set("pressed", asked);
    model.save_changes();
    clearTimeout(waiting);
    waiting = setTimeout(() => note.say(WAITING), 700);
  };

  specs.forEach((spec, i) => {
    const next = () => {
      const following = specs[i + 1];
      if (following) fields.get(following.name).focus();
      else press();
    };
    fields.set(spec.name, MAKERS[spec.kind](spec, { changed, next }));
  });

  const titleId = uniqueId("title");
  const title = element("p", { class: "cf-title", id: titleId }, ...prose(model.get("title")));
  const button = pushButton(model.get("button"), press);
  const foot = element("div", { class: "cf-foot" }, button, note.element);
  const parts = [...fields.values()].map((field) => field.element);
  const root = element("section", { class: "cf", "aria-labelledby": titleId });
  root.append(title, ...parts, foot);
  keepKeys(root);
  // Before the cell can be run again, by a key or by a click elsewhere, Python has what is typed.
  root.addEventListener("focusout", send);
  root.addEventListener("keydown", (event) => event.key === "Enter" && send(), true);
  el.append(root);

  const showValues = () => {
    if (timer) return; // what is being typed here is newer
    const now = model.get("values");
    fields.forEach((field, name) => field.write(now[name]));
  };
  const showReply = () => {
    const reply = model.get("reply");
    const messages = reply.messages ?? {};
    clearTimeout(waiting);
    fields.forEach((field, name) => {
      field.say(messages[name]?.text ?? "", messages[name]?.cells ?? undefined);
    });
    note.say(reply.note ?? "", reply.kind ?? "");
    const first = specs.find(({ name }) => messages[name]);
    if (first && asked === reply.pressed)
      fields.get(first.name).focus(messages[first.name].cells?.[0]);
    asked = null;
  };
  const heard = { "change:values": showValues, "change:reply": showReply };
  for (const [event, listener] of Object.entries(heard)) model.on(event, listener);
  showValues();
  showReply();
  return () => {
    send();
    clearTimeout(waiting);
    for (const [event, listener] of Object.entries(heard)) model.off(event, listener);
    root.remove();
  };
}

export default { render };
