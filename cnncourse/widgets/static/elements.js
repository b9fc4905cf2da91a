// Elements of a page, for explorers and forms.

/** An element with attributes and children; `null` and `false` attributes are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

let serial = 0;
/** An id that no other view of the page has. */
export const uniqueId = (stem) =>
  `cnn-${stem}-${++serial}-${Math.random().toString(36).slice(2, 8)}`;
