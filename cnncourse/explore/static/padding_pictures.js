// The padding explorer's pictures: the padded input, the output, and the window between them.
import { line, writer } from "./kit.js";
import { css, inkOn, magnitudeColour } from "./grid.js";

const HEAD = 54;
const FOOT = 14;
const TALLEST = 420;
const SIDE = 24;
const BETWEEN = 72;
const LARGEST_CELL = 46;
/** Cells below this size have no room for dashes. */
const SMALL = 13;

/** Rows and columns of both grids, with room for a title over a small output. */
function gridSizes(now) {
  const [rows, columns] = now.axes.map(({ padded }) => padded);
  return { rows, columns, size: [Math.max(now.size[0], 2), Math.max(now.size[1], 3)] };
}

/** Side of a cell, of which so many must fit into the canvas. */
function cellFor(now, width, height) {
  const { rows, columns, size } = gridSizes(now);
  const across = (width - 2 * SIDE - BETWEEN) / (columns + size[1]);
  const down = (height - HEAD - FOOT) / Math.max(rows, size[0]);
  return Math.max(2, Math.floor(Math.min(LARGEST_CELL, across, down)));
}

/** Height that the pictures need, in coarse steps, so that the page does not tremble. */
export function tallFor(now, width) {
  const { rows, size } = gridSizes(now);
  const need = HEAD + FOOT + Math.max(rows, size[0]) * cellFor(now, width, TALLEST);
  return Math.min(TALLEST, 60 * Math.ceil(need / 60));
}

/** Where both grids lie in the canvas; cells of both are as large. */
export function planOf(now, { width, height }) {
  const { rows, columns, size } = gridSizes(now);
  const cell = cellFor(now, width, height);
  const used = SIDE + (columns + size[1]) * cell + BETWEEN;
  const left = Math.max(SIDE, Math.round((width - used) / 2) + SIDE);
  const output = left + columns * cell + BETWEEN;
  const tall = Math.max(rows, size[0]) * cell;
  const top = HEAD + Math.max(0, Math.min(40, (height - HEAD - FOOT - tall) / 2));
  const low = top + Math.max(0, ((rows - now.size[0]) * cell) / 2);
  return {
    cell,
    input: { x: left, y: top, rows, columns },
    output: { x: output, y: low, rows: now.size[0], columns: now.size[1] },
  };
}

/** The window that a point of a grid asks for, or null; `strict`: only inside the grid. */
export function targetAt(plan, now, x, y, grid, strict = false) {
  const box = plan[grid];
  const at = [(y - box.y) / plan.cell, (x - box.x) / plan.cell];
  const outside = at[0] < 0 || at[1] < 0 || at[0] >= box.rows || at[1] >= box.columns;
  if (now.problem || (strict && outside)) return null;
  return at.map((place, a) => {
    const { stride, extent } = now.axes[a];
    const index = grid === "output" ? Math.floor(place) : Math.round((place - extent / 2) / stride);
    return Math.max(0, Math.min(now.size[a] - 1, index));
  });
}

/** Colours of cells, for light and dark pages. */
function cellColours(colours) {
  const [input, output] = colours.dark ? ["#1d4460", "#22513f"] : ["#d3e6f4", "#d2ecdf"];
  return { input, output, rim: colours.dark ? "#6d8ca3" : "#8fb3cc" };
}

/** Everything in the canvas. */
export function drawPadding({ pen }, plan, now, state, colours) {
  const paints = cellColours(colours);
  drawInput(pen, plan, now, state, colours, paints);
  if (now.problem) {
    const say = writer(pen, colours);
    const loud = { bold: true, size: 16, colour: colours.estimateInk };
    say("no output", plan.output.x, plan.input.y + 16, loud);
    return;
  }
  drawOutput(pen, plan, now, colours, paints);
  drawWindow(pen, plan, now, state, colours);
}

/** The padded input with its sizes, and how often each pixel is used if asked for. */
function drawInput(pen, plan, now, state, colours, paints) {
  const say = writer(pen, colours);
  const { cell } = plan;
  const { x, y, rows, columns } = plan.input;
  const [down, across] = now.axes;
  const padded = rows > down.n || columns > across.n;
  say(`Input ${down.n} × ${across.n}`, x, y - 40, { bold: true, size: 13 });
  const soft = { colour: colours.soft, size: 12 };
  if (padded) say(`with padding ${rows} × ${columns}`, x, y - 23, soft);
  const most = Math.max(1, ...down.counts) * Math.max(1, ...across.counts);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const inside = within(down, r) && within(across, c);
      const count = down.counts[r] * across.counts[c];
      const paint = state.counts && !now.problem ? magnitudeColour(count / most) : null;
      const place = { x: x + c * cell, y: y + r * cell };
      drawPixel(pen, place, cell, { inside, paint, colours, paints });
      if (paint && cell >= 15) {
        const size = cell < 20 || count > 99 ? 11 : 12;
        const ink = { colour: inkOn(paint), align: "center", size };
        say(String(count), place.x + cell / 2, place.y + cell / 2, ink);
      } else if (!inside && !state.counts && cell >= 18) {
        const zero = { colour: colours.soft, align: "center", size: 11 };
        say("0", place.x + cell / 2, place.y + cell / 2, zero);
      }
    }
  }
  drawRemainder(pen, plan, now, state.counts, colours);
  const [left, top] = [x + across.before * cell - 0.5, y + down.before * cell - 0.5];
  const rim = [left, top, across.n * cell, down.n * cell];
  if (state.counts) strokeBox(pen, rim, { colour: colours.paper, width: 4 });
  strokeBox(pen, rim, { colour: colours.plus, width: 2 });
  drawIndices(pen, plan, now, colours);
}

/** The outline of a box [x, y, width, height]. */
function strokeBox(pen, box, { colour, width }) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.strokeRect(...box);
}

/** One pixel: of the input, or of the padding, with a dashed rim. */
function drawPixel(pen, { x, y }, cell, { inside, paint, colours, paints }) {
  const gap = cell > 8 ? 1 : 0;
  const room = cell - gap;
  if (paint || inside) {
    pen.fillStyle = paint ? css(paint) : paints.input;
    pen.fillRect(x, y, room, room);
  }
  if (inside || (paint && cell < SMALL)) return;
  if (cell < SMALL) return fillCell(pen, x, y, room, { colour: colours.grid, alpha: 1 });
  pen.strokeStyle = colours.data;
  pen.lineWidth = 1;
  pen.setLineDash([2, 2]);
  pen.strokeRect(x + 1.5, y + 1.5, room - 3, room - 3);
  pen.setLineDash([]);
}

/** A cell filled with a colour. */
function fillCell(pen, x, y, size, { colour, alpha }) {
  pen.globalAlpha = alpha;
  pen.fillStyle = colour;
  pen.fillRect(x, y, size, size);
  pen.globalAlpha = 1;
}

const within = ({ before, n }, at) => at >= before && at < before + n;

/** Hatch what lies beyond the last window, and say how much it is. */
function drawRemainder(pen, plan, now, thin, colours) {
  const { cell } = plan;
  const { x, y, rows, columns } = plan.input;
  const [down, across] = now.axes.map(({ remainder }) => (now.problem ? 0 : remainder));
  if (!down && !across) return;
  const [right, bottom] = [x + columns * cell, y + rows * cell];
  pen.save();
  pen.beginPath();
  if (down) pen.rect(x, bottom - down * cell, columns * cell, down * cell);
  if (across) pen.rect(right - across * cell, y, across * cell, rows * cell);
  pen.clip();
  pen.globalAlpha = thin ? 0.2 : 0.55;
  pen.fillStyle = colours.paper;
  pen.fillRect(x, y, columns * cell, rows * cell);
  pen.globalAlpha = thin ? 0.5 : 1;
  pen.strokeStyle = colours.data;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (let d = -rows * cell; d < columns * cell; d += 7) {
    pen.moveTo(x + d, bottom);
    pen.lineTo(x + d + rows * cell, y);
  }
  pen.stroke();
  pen.restore();
}

/** Numbers of rows and columns of the input, counted from 0. */
function drawIndices(pen, plan, now, colours) {
  const say = writer(pen, colours);
  const { cell } = plan;
  const { x, y } = plan.input;
  const every = Math.ceil(17 / cell);
  const [down, across] = now.axes;
  const [r, c] = now.window.map((at, a) => at * now.axes[a].stride);
  const mark = (inside) => ({
    colour: inside && !now.problem ? colours.estimateInk : colours.soft,
    bold: inside && !now.problem,
    size: 11,
  });
  for (let j = 0; j < across.n; j += every) {
    const at = j + across.before;
    const style = mark(at >= c && at < c + across.extent);
    say(String(j), x + (at + 0.5) * cell, y - 7, { ...style, align: "center" });
  }
  for (let i = 0; i < down.n; i += every) {
    const at = i + down.before;
    const style = mark(at >= r && at < r + down.extent);
    say(String(i), x - 6, y + (at + 0.5) * cell, { ...style, align: "end" });
  }
}

/** The output; cells whose window touches padding have a dashed rim. */
function drawOutput(pen, plan, now, colours, paints) {
  const say = writer(pen, colours);
  const { cell } = plan;
  const { x, y, rows, columns } = plan.output;
  say(`Output ${rows} × ${columns}`, x, y - 18, { bold: true, size: 13 });
  const gap = cell > 8 ? 1 : 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const here = r === now.window[0] && c === now.window[1];
      const [left, top] = [x + c * cell, y + r * cell];
      const touched = !here && (touches(now.axes[0], r) || touches(now.axes[1], c));
      const alpha = touched && cell < SMALL ? 0.5 : 1;
      const colour = here ? colours.estimate : paints.output;
      fillCell(pen, left, top, cell - gap, { colour, alpha });
      if (!touched || cell < SMALL) continue;
      pen.strokeStyle = colours.plus;
      pen.lineWidth = 1.2;
      pen.setLineDash([2, 2]);
      pen.strokeRect(left + 2, top + 2, cell - gap - 4, cell - gap - 4);
      pen.setLineDash([]);
    }
  }
  if (cell < 24) return;
  const ink = { colour: "#1a1a1a", align: "center", size: 11, bold: true };
  const [r, c] = now.window;
  say(now.window.join(","), x + (c + 0.5) * cell, y + (r + 0.5) * cell, ink);
}

/** Whether a tap of a window lies on padding. */
function touches({ n, before, stride, kernel, dilation }, window) {
  const first = window * stride - before;
  return first < 0 || first + (kernel - 1) * dilation >= n;
}

/** The window on the input, its taps, the centres of all, and lines to the output cell. */
function drawWindow(pen, plan, now, state, colours) {
  const { cell } = plan;
  const { x, y } = plan.input;
  const [down, across] = now.axes;
  const left = x + now.window[1] * across.stride * cell;
  const top = y + now.window[0] * down.stride * cell;
  const [wide, high] = [across.extent * cell, down.extent * cell];
  drawRays(pen, plan, now, { left, top, wide, high }, colours);
  if (!state.counts) drawCentres(pen, plan, now, colours);
  const inset = cell > 14 ? Math.round(cell * 0.24) : Math.max(1, Math.floor(cell / 5));
  for (let m = 0; m < down.kernel; m++) {
    for (let n = 0; n < across.kernel; n++) {
      const at = [left + n * across.dilation * cell, top + m * down.dilation * cell];
      drawTap(pen, at, cell, inset, state.counts, colours);
    }
  }
  const rim = [left - 0.5, top - 0.5, wide, high];
  strokeBox(pen, rim, { colour: colours.paper, width: 5 });
  strokeBox(pen, rim, { colour: colours.estimate, width: 3 });
}

/** One tap: filled, or a rim alone where a number stands in the cell. */
function drawTap(pen, [x, y], cell, inset, hollow, colours) {
  const size = cell - 1 - 2 * inset;
  if (!hollow) {
    pen.fillStyle = colours.estimate;
    pen.fillRect(x + inset, y + inset, size, size);
    return;
  }
  pen.strokeStyle = colours.estimate;
  pen.lineWidth = 2;
  pen.strokeRect(x + 2, y + 2, cell - 5, cell - 5);
}

/** Lines from the window's corners to those of the cell that it makes. */
function drawRays(pen, plan, now, { left, top, wide, high }, colours) {
  const { cell } = plan;
  const toX = plan.output.x + now.window[1] * cell;
  const toY = plan.output.y + now.window[0] * cell;
  pen.save();
  pen.globalAlpha = 0.7;
  const style = { colour: colours.estimate, width: 1.2 };
  line(pen, left + wide, top, toX, toY, style);
  line(pen, left + wide, top + high, toX, toY + cell - 1, style);
  pen.restore();
}

/** A dot at the centre of each window. */
function drawCentres(pen, plan, now, colours) {
  const { cell } = plan;
  const { x, y } = plan.input;
  const [down, across] = now.axes;
  const radius = Math.max(1, Math.min(3.2, cell / 8));
  pen.fillStyle = colours.plus;
  for (let r = 0; r < now.size[0]; r++) {
    for (let c = 0; c < now.size[1]; c++) {
      const [i, j] = [r * down.stride + down.extent / 2, c * across.stride + across.extent / 2];
      pen.beginPath();
      pen.arc(x + j * cell - 0.5, y + i * cell - 0.5, radius, 0, 2 * Math.PI);
      pen.fill();
    }
  }
}
