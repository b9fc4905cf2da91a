// A pen and a rubber for images to draw on; the pen's ink as in cnncourse/data/strokes.py.

/** How much of full ink a pen leaves on a pixel that is `distance` away from its middle line. */
const inkAt = (distance, radius) => Math.max(0, Math.min(1, radius + 0.5 - distance));

/** Distance of a point from the straight line between two others. */
function distanceTo([x, y], [x0, y0], [x1, y1]) {
  const [right, down] = [x1 - x0, y1 - y0];
  const length = Math.max(right * right + down * down, 1e-12);
  const share = Math.max(0, Math.min(1, ((x - x0) * right + (y - y0) * down) / length));
  return Math.hypot(x - x0 - share * right, y - y0 - share * down);
}

/** A copy of the image { shape: [.., rows, columns], values }, changed near a straight stroke.
 *
 * Places are (x, y) in pixels from the left and the top edge. `ink` is that of bare paper and of a
 * full pixel, 255 levels apart; with `rub` the stroke takes ink away.
 */
export function stroked({ shape, values }, from, to, { radius, ink = [0, 255], rub = false }) {
  const [low, high] = ink;
  const [rows, columns] = shape.slice(-2);
  const changed = values.slice();
  const span = (a, b, most) => [
    Math.max(0, Math.floor(Math.min(a, b) - radius - 1)),
    Math.min(most - 1, Math.ceil(Math.max(a, b) + radius + 1)),
  ];
  const [left, right] = span(from[0], to[0], columns);
  const [top, bottom] = span(from[1], to[1], rows);
  for (let r = top; r <= bottom; r++)
    for (let c = left; c <= right; c++) {
      const share = inkAt(distanceTo([c + 0.5, r + 0.5], from, to), radius);
      const i = r * columns + c;
      const steps = Math.floor(255 * (rub ? 1 - share : share) + 0.5);
      const level = low + (steps * (high - low)) / 255;
      changed[i] = rub ? Math.min(changed[i], level) : Math.max(changed[i], level);
    }
  return { shape, values: changed };
}

/** Follow a pointer over a grid of [rows, columns] cells, from where it is pressed to its release.
 *
 * `press(place)` gets (x, y) in cells from the left and the top edge, `to(place)` each place that
 * it comes by: before the grid's own listeners, which go by whole cells. `stop` keeps its moves
 * from them, `release()` may follow.
 */
export function followPointer(grid, [rows, columns], { press, to, stop, release = () => {} }) {
  let held = false;
  const under = ({ clientX, clientY }) => {
    // The grid's own border is one pixel wide.
    const box = grid.getBoundingClientRect();
    const x = ((clientX - box.left - 1) / (box.width - 2)) * columns;
    return [x, ((clientY - box.top - 1) / (box.height - 2)) * rows];
  };
  const pressed = (event) => {
    if (event.button !== 0 || event.target.tagName === "INPUT") return;
    held = true;
    press(under(event));
  };
  const moved = (event) => {
    if (!held) return;
    if (stop) event.stopImmediatePropagation();
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) to(under(part));
  };
  const released = () => {
    held = false;
    release();
  };
  grid.addEventListener("pointerdown", pressed, true);
  grid.addEventListener("pointermove", moved, true);
  for (const end of ["pointerup", "pointercancel"]) grid.addEventListener(end, released, true);
}
