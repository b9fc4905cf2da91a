// The equivariance explorer's drawing: both ways round the square, and what is left between them.
import { writer } from "./kit.js";
import { css, greyColour, inkOn, largestOf, paintMap, signedColour } from "./grid.js";
import { fixed, plain, short } from "./numbers.js";

const HEAD = 34;
const BETWEEN = 58;
const FOOT = 36;

/** Where the pictures stand in a drawing `width` wide: boxes by name, and the height it takes. */
export function placesOf(width) {
  const gap = Math.max(26, Math.min(58, 0.062 * width));
  const size = Math.floor((width - 3 * gap) / 4);
  const left = (column) => Math.round(column * (size + gap));
  const rows = [HEAD, HEAD + size + BETWEEN];
  const middle = (rows[0] + rows[1]) / 2;
  const box = (column, top) => ({ x: left(column), y: top, size });
  return {
    gap,
    height: rows[1] + size + FOOT,
    boxes: {
      x: box(0, middle),
      moved: box(1, rows[0]),
      mapped: box(1, rows[1]),
      there: box(2, rows[0]),
      back: box(2, rows[1]),
      residual: box(3, middle),
    },
  };
}

/** The part of a box that a picture takes: as large as fits, in the middle. */
export function inBox({ x, y, size }, [height, width]) {
  const cell = size / Math.max(height, width, 1);
  const [wide, tall] = [cell * width, cell * height];
  return { x: x + (size - wide) / 2, y: y + (size - tall) / 2, wide, tall, cell };
}

/** The row and the column of a picture under a place, or null. */
export function cellAt(box, shape, x, y) {
  const part = inBox(box, shape);
  const row = Math.floor((y - part.y) / part.cell);
  const column = Math.floor((x - part.x) / part.cell);
  const inside = row >= 0 && column >= 0 && row < shape[0] && column < shape[1];
  return inside ? [row, column] : null;
}

/** The whole square. */
export function drawSquare({ pen, width }, state, now, colours) {
  const places = placesOf(width);
  const { boxes } = places;
  const greatest = largestOf(state.image.values);
  const ofImage = state.image.values.some((value) => value < 0)
    ? (value) => signedColour(value, greatest)
    : (value) => greyColour(value / (greatest || 1));
  const maps = [now.mapped, now.there, now.back];
  const largest = Math.max(...maps.map((one) => largestOf(one.values)));
  const ofMap = (value) => signedColour(value, largest);
  const left = Number.isNaN(now.overall) ? 0 : now.overall;
  drawArrows(pen, places, colours);
  drawImage(pen, boxes.x, state.image, ofImage, "x", colours);
  drawImage(pen, boxes.moved, now.moved, ofImage, "g(x)", colours);
  drawImage(pen, boxes.mapped, now.mapped, ofMap, "f(x)", colours);
  drawImage(pen, boxes.there, now.there, ofMap, "f(g(x))", colours);
  drawImage(pen, boxes.back, now.back, ofMap, "g(f(x))", colours);
  drawImage(pen, boxes.residual, now.residual, (v) => signedColour(v, left), "residual", colours);
  drawBand(pen, boxes.residual, now);
  if (now.band.length)
    for (const name of ["there", "back", "residual"]) drawProbe(pen, boxes[name], now);
  drawScale(pen, boxes.back, largest, "f", colours);
  drawScale(pen, boxes.residual, left, "residual", colours);
  drawMotion(pen, boxes.x, state, colours);
}

/** A picture with its name, its size, and its numbers where they have room. */
function drawImage(pen, box, { shape, values }, colour, name, colours) {
  const say = writer(pen, colours);
  const part = inBox(box, shape);
  say(name, box.x, box.y - 11, { bold: true, size: 14 });
  if (!values.length) {
    say("no output", box.x + box.size / 2, box.y + box.size / 2, { align: "center" });
  } else {
    const [rows, cols] = shape;
    paintMap(pen, { rows, cols, values, colour }, part.x, part.y, part.wide, part.tall);
    if (part.cell >= 24) drawNumbers(part, { cols, values, colour }, say);
    const words = `${rows} × ${cols}`;
    const soft = { colour: colours.soft, size: 11, align: "end" };
    if (box.size >= 104) say(words, box.x + box.size, box.y - 11, soft);
  }
  pen.strokeStyle = colours.soft;
  pen.lineWidth = 1;
  pen.strokeRect(part.x - 0.5, part.y - 0.5, part.wide + 1, part.tall + 1);
}

/** Each cell's number. */
function drawNumbers({ x, y, cell }, { cols, values, colour }, say) {
  values.forEach((value, i) => {
    const [row, column] = [Math.floor(i / cols), i % cols];
    const ink = inkOn(colour(value));
    const words = Number.isInteger(value) ? fixed(value, 0) : short(value, cell - 2);
    const at = [x + (column + 0.5) * cell, y + (row + 0.5) * cell];
    say(words, ...at, { align: "center", size: 11, colour: ink });
  });
}

/** Which outputs depend on the border: hatched, with an outline. */
function drawBand(pen, box, { band, residual }) {
  const [rows, cols] = residual.shape;
  const { x, y, cell, wide, tall } = inBox(box, residual.shape);
  const inBand = (r, c) => band[r * cols + c] === 1;
  const edge = (x0, y0, right, down) => {
    pen.moveTo(x0, y0);
    pen.lineTo(x0 + right, y0 + down);
  };
  pen.save();
  pen.beginPath();
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < cols; c++)
      if (inBand(r, c)) pen.rect(x + c * cell, y + r * cell, cell, cell);
  pen.clip();
  pen.beginPath();
  for (let d = -tall; d < wide; d += 7) {
    pen.moveTo(x + d, y + tall);
    pen.lineTo(x + d + tall, y);
  }
  pen.strokeStyle = "rgba(0, 0, 0, 0.38)";
  pen.lineWidth = 1;
  pen.stroke();
  pen.restore();
  pen.beginPath();
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const [left, top] = [x + c * cell, y + r * cell];
      if (c && inBand(r, c) !== inBand(r, c - 1)) edge(left, top, 0, cell);
      if (r && inBand(r, c) !== inBand(r - 1, c)) edge(left, top, cell, 0);
    }
  }
  pen.strokeStyle = "#1a1a1a";
  pen.lineWidth = 1.4;
  pen.stroke();
}

/** A frame around the output that is looked at. */
function drawProbe(pen, box, { residual, row, column }) {
  const { x, y, cell } = inBox(box, residual.shape);
  const [left, top, size] = [x + column * cell, y + row * cell, Math.max(cell, 6)];
  for (const [colour, wide] of [["#fff", 4], ["#000", 2]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = wide;
    pen.strokeRect(left - 1, top - 1, size + 2, size + 2);
  }
}

/** A disc with a letter on an arrow. */
function drawLetter(pen, x, y, letter, colour, colours) {
  pen.beginPath();
  pen.arc(x, y, 11, 0, 2 * Math.PI);
  pen.fillStyle = colours.paper;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = colour;
  pen.stroke();
  writer(pen, colours)(letter, x, y, { align: "center", bold: true, size: 14 });
}

/** An arrow from a place to a place with a letter in its middle. */
function drawArrow(pen, [x0, y0], [x1, y1], letter, colour, colours) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(x1, y1);
  for (const turn of [2.7, -2.7])
    pen.lineTo(x1 + 9 * Math.cos(angle + turn), y1 + 9 * Math.sin(angle + turn));
  pen.fill();
  drawLetter(pen, (x0 + x1) / 2 - 2 * Math.cos(angle), (y0 + y1) / 2, letter, colour, colours);
}

/** The arrows g and f, and the difference at their end. */
function drawArrows(pen, { gap, boxes }, colours) {
  const [blue, orange] = [colours.plus, colours.estimate];
  const right = ({ x, y, size }, share = 0.5) => [x + size + 3, y + share * size];
  const left = ({ x, y, size }, share = 0.5) => [x - 4, y + share * size];
  const { x, moved, mapped, there, back, residual } = boxes;
  drawArrow(pen, right(x, 0.3), left(moved), "g", blue, colours);
  drawArrow(pen, right(x, 0.7), left(mapped), "f", orange, colours);
  drawArrow(pen, right(moved), left(there), "f", orange, colours);
  drawArrow(pen, right(mapped), left(back), "g", blue, colours);
  drawArrow(pen, right(there), left(residual, 0.3), "+", colours.soft, colours);
  drawArrow(pen, right(back), left(residual, 0.7), "−", colours.soft, colours);
}

/** The colours of signed numbers under a picture. */
function drawScale(pen, { x, y, size }, largest, name, colours) {
  const say = writer(pen, colours);
  const top = y + size + 7;
  for (let i = 0; i < size; i++) {
    pen.fillStyle = css(signedColour((2 * i) / size - 1, 1));
    pen.fillRect(x + i, top, 1.5, 8);
  }
  pen.strokeStyle = colours.soft;
  pen.lineWidth = 1;
  pen.strokeRect(x - 0.5, top - 0.5, size + 1, 9);
  const words = plain(largest);
  const soft = { colour: colours.soft, size: 11 };
  say(largest ? `−${words}` : "", x, top + 18, soft);
  say("0", x + size / 2, top + 18, { ...soft, align: "center" });
  say(largest ? words : "", x + size, top + 18, { ...soft, align: "end" });
}

/** What g does, under x. */
function drawMotion(pen, { x, y, size }, { move, down, right, angle, factor }, colours) {
  const signed = (n) => (n > 0 ? `+${n}` : String(n).replace("-", "−"));
  const words = {
    shift: `g: down ${signed(down)}, right ${signed(right)}`,
    rotate: `g: turn by ${angle}°`,
    scale: `g: scale by ${factor === 2 ? "2" : "½"}`,
  };
  const say = writer(pen, colours);
  const narrow = size < 150;
  const parts = narrow ? words[move].split(", ") : [words[move]];
  parts.forEach((part, i) => say(part, x, y + size + 14 + 15 * i, { size: 12 }));
}
