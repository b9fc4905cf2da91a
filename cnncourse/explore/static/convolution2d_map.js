// A picture of many numbers for the explorer of 2-D convolution, and the key to its colours.

import { element } from "../../widgets/static/elements.js";
import { greyColour, signedColour } from "./grid.js";
import { plain } from "./numbers.js";

/** Colours as a canvas keeps them, one number each, so that a map of many pixels is quick. */
const packedColours = (colours) =>
  Uint32Array.from(colours, ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r);
const STEPS = 511;
const SIGNED_TABLE = packedColours(
  Array.from({ length: STEPS }, (_, i) => signedColour(i - 255, 255)),
);
const GREY_TABLE = packedColours(
  Array.from({ length: STEPS }, (_, i) => greyColour(i / (STEPS - 1))),
);

/** Paint numbers into a canvas of as many pixels: `low` gets the first colour, `high` the last. */
function paintNumbers(canvas, { shape, values }, { low, high, grey }) {
  const [rows, columns] = shape;
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(columns, rows);
  const pixels = new Uint32Array(picture.data.buffer);
  const table = grey ? GREY_TABLE : SIGNED_TABLE;
  const slope = (STEPS - 1) / (high - low || 1);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[((values[i] - low) * slope + 0.5) | 0];
  pen.putImageData(picture, 0, 0);
}

/** A frame around some pixels, seen on any colour, and large enough to be found. */
function drawFrame(pen, [x, y, width, height], colour) {
  const more = Math.max(1, (9 - Math.min(width, height)) / 2);
  for (const [paint, thick] of [
    ["#fff", 4.5],
    [colour, 2.5],
  ]) {
    pen.strokeStyle = paint;
    pen.lineWidth = thick;
    pen.strokeRect(x - more, y - more, width + 2 * more, height + 2 * more);
  }
}

/** Where a key leads from a place: one pixel, ten with Shift, or to an end. */
function steppedPlace({ key, shiftKey }, row, column) {
  const by = shiftKey ? 10 : 1;
  return {
    ArrowUp: [row - by, column],
    ArrowDown: [row + by, column],
    ArrowLeft: [row, column - by],
    ArrowRight: [row, column + by],
    Home: [row, 0],
    End: [row, Infinity],
    PageUp: [0, column],
    PageDown: [Infinity, column],
  }[key];
}

/** A map of numbers under a pointer. `hover`, `press` get the pixel there, `step` the output's next
 * place, `done` is called when a move has ended. */
export function numberMap({ label, hover, press, step, done }) {
  const canvas = element("canvas", {
    class: "cv-map",
    role: "application",
    tabindex: 0,
    "aria-label": label,
    "data-lm-suppress-shortcuts": "true",
  });
  const unscaled = element("canvas");
  let view = { scale: 1, margins: [0, 0] };
  let painted = [];
  let place = [0, 0];
  const under = ({ offsetX, offsetY }) => [
    Math.floor(offsetY / view.scale) - view.margins[0],
    Math.floor(offsetX / view.scale) - view.margins[1],
  ];
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) press(...under(event), true);
    else if (!event.buttons) hover(...under(event));
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    press(...under(event), false);
  });
  canvas.addEventListener("pointerup", done);
  canvas.addEventListener("pointercancel", done);
  canvas.addEventListener("pointerleave", done);
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return canvas.blur();
    const to = steppedPlace(event, ...place);
    if (!to) return;
    event.preventDefault();
    // The next key may come before this one's step is shown.
    const { row = place[0], column = place[1] } = step(...to);
    place = [row, column];
    done();
  });
  /** `array` with its `low`, `high` and `grey`; `frame` [top, left, rows, columns] in pixels of the
   * array, `margins` how many of them lie before the picture proper, `size` of that. */
  const show = ({ array, low, high, grey, frame, margins, size, room, tallest, at, colour }) => {
    place = at;
    const [rows, columns] = array.shape;
    const scale = Math.min(room / columns, tallest / rows);
    view = { scale, margins };
    if (painted[0] !== array.values || painted[1] !== `${low} ${high} ${grey}`) {
      paintNumbers(unscaled, array, { low, high, grey });
      painted = [array.values, `${low} ${high} ${grey}`];
    }
    const density = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(columns * scale), Math.round(rows * scale)];
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    if (canvas.width !== Math.round(width * density)) canvas.width = Math.round(width * density);
    if (canvas.height !== Math.round(height * density))
      canvas.height = Math.round(height * density);
    const pen = canvas.getContext("2d");
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(unscaled, 0, 0, width, height);
    if (size) veil(pen, [margins[1], margins[0], size[1], size[0]], scale, width, height);
    if (frame) {
      const [top, left, tall, wide] = frame;
      drawFrame(pen, [left * scale, top * scale, wide * scale, tall * scale], colour);
    }
  };
  return { element: canvas, show };
}

/** Lay a veil over what lies beyond the picture: it is no part of it. */
function veil(pen, [left, top, wide, tall], scale, width, height) {
  if (wide * scale >= width - 0.5 && tall * scale >= height - 0.5) return;
  pen.beginPath();
  pen.rect(0, 0, width, height);
  pen.rect(left * scale, top * scale, wide * scale, tall * scale);
  pen.fillStyle = "rgb(128 128 128 / 55%)";
  pen.fill("evenodd");
}

/** The key to a map's colours: a band with its lowest and highest number, and zero if inside. */
export function colourKey(label) {
  const band = element("div", { class: "cv-band", role: "img" });
  const ends = [0, 1, 2].map(() => element("span", {}));
  const numbers = element("div", { class: "cv-ends" }, ...ends);
  const root = element("div", { class: "cv-key" }, band, numbers);
  const show = ({ low, high, grey }) => {
    const stops = grey
      ? [0, 1].map((share) => greyColour(share))
      : [-1, 0, 1].map((share) => signedColour(share, 1));
    const colours = stops.map((rgb) => `rgb(${rgb.map(Math.round).join(" ")})`);
    band.style.background = `linear-gradient(to right, ${colours.join(", ")})`;
    const words = [plain(low), grey ? "" : "0", plain(high)];
    ends.forEach((end, i) => (end.textContent = words[i]));
    band.setAttribute(
      "aria-label",
      `${label}: ${grey ? "black" : "orange"} ${words[0]}, ` +
        `${grey ? "" : "white 0, "}${grey ? "white" : "blue"} ${words[2]}`,
    );
  };
  return { element: root, show };
}
