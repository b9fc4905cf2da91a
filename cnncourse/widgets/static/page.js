// A widget in a page without a kernel: what stands in for its model, and its place in a frame.

/** The state that Python wrote into the page; binary data as they reach a module in a notebook. */
export function offlineModel(text) {
  const state = JSON.parse(text, (name, value) =>
    value?.$bytes === undefined
      ? value
      : new DataView(Uint8Array.from(atob(value.$bytes), (letter) => letter.charCodeAt(0)).buffer),
  );
  const listeners = {};
  const put = (name, value) => {
    state[name] = value;
    [...(listeners[`change:${name}`] ?? [])].forEach((listener) => listener());
  };
  const page = { sent: {}, saves: 0, put };
  page.model = {
    get: (name) => state[name],
    set: (name, value) => {
      page.sent[name] = value;
      put(name, value);
    },
    save_changes: () => {
      page.saves += 1;
    },
    on: (event, listener) => {
      (listeners[event] ??= []).push(listener);
    },
    off: (event, listener) => {
      listeners[event] = (listeners[event] ?? []).filter((one) => one !== listener);
    },
    send: () => {},
  };
  return page;
}

/** The first colour behind an element that is not transparent. */
function backgroundOf(start) {
  for (let place = start; place; place = place.parentElement) {
    const colour = getComputedStyle(place).backgroundColor;
    if (colour && !/^rgba\(.*, 0\)$|^transparent$/.test(colour)) return colour;
  }
  return "Canvas";
}

/** In a frame of the course: take the picture's place, its colours, and the height that is needed. */
export function moveIntoFrame() {
  let frame = null;
  try {
    frame = window.frameElement;
  } catch {
    // A frame of another origin: nothing outside can be touched.
  }
  if (!frame) return;
  frame.style.display = "block";
  const picture = frame.previousElementSibling;
  if (picture) picture.hidden = true;
  const adopt = () => {
    const around = frame.parentElement;
    const style = document.documentElement.style;
    style.setProperty("--jp-layout-color0", backgroundOf(around));
    style.setProperty("--jp-content-font-color1", getComputedStyle(around).color);
    document.body.style.background = "var(--jp-layout-color0)";
    document.body.className = `theme-${backgroundOf(around).replace(/\W+/g, "-")}`;
  };
  adopt();
  new MutationObserver(adopt).observe(frame.ownerDocument.body, { attributes: true });
  document.body.style.margin = "0";
  const fit = () => {
    frame.style.height = `${Math.ceil(document.body.getBoundingClientRect().height)}px`;
  };
  new ResizeObserver(fit).observe(document.body);
}
