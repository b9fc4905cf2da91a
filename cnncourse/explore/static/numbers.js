// Numbers in words, as in cnncourse/explore/numbers.py: rounded exactly, halves away from zero,
// with a true minus sign, and no sign before a zero.

/** Largest size of a number of the state, as in base.py. */
export const LARGEST_NUMBER = 1e6;

/** Below it, `plain` writes 0: sums of numbers of usual size leave so much in place of 0. */
const NO_MORE_THAN_NOISE = 5e-10;

/** `size` with the sign of `value`, none if it says 0. */
const signedText = (value, size) => (value < 0 && /[1-9]/.test(size) ? `−${size}` : size);

const stripped = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** So many digits after the first, at most, and a power of ten. */
function powerOfTen(size, digits = 2) {
  const [front, power] = size.toExponential(digits).split("e");
  return `${stripped(front)}e${power.replace("+", "").replace("-", "−")}`;
}

/** So many decimals, a power of ten from 1e15 on, a dash for what is not a finite number. */
export function fixed(value, digits = 2) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return signedText(value, size >= 1e15 ? powerOfTen(size) : size.toFixed(digits));
}

/** As many decimals as it needs, `digits` at most; a power of ten where that would make it 0. */
export function plain(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size < NO_MORE_THAN_NOISE) return "0";
  const text = size.toFixed(digits);
  return signedText(value, size >= 1e7 || !Number(text) ? powerOfTen(size) : stripped(text));
}

/** A whole number with a true minus sign. */
export function signed(whole) {
  return String(whole).replace("-", "−");
}

/** A share as so many hundredths. */
export function percent(share, digits = 0) {
  return Number.isFinite(share) ? `${fixed(100 * share, digits)} %` : "–";
}

/** A number in words as it can follow a sign: a negative one in brackets. */
export function bracketed(text) {
  return text.startsWith("−") ? `(${text})` : text;
}

/** Terms in words as a sum: a negative one is taken off. */
export function added(texts) {
  return texts.join(" + ").replaceAll("+ −", "− ");
}

/** A count and its noun; `more` where the plural is more than an added "s". */
export function plural(count, one, more = `${one}s`) {
  return `${count} ${count === 1 ? one : more}`;
}

/** As many decimals, two at most, as fit into a column `width` pixels wide. */
export function short(value, width) {
  const room = Math.floor((width - 1) / 6.3) - (value < 0 ? 1 : 0);
  const whole = Math.max(1, Math.floor(Math.log10(Math.abs(value) || 1)) + 1);
  return fixed(value, Math.max(0, Math.min(2, room - whole - 1)));
}

/** As many digits as fit into `width` pixels, if need be without a leading 0, at least one;
 * `letter` is the width of a digit. A power of ten where the whole number does not fit. */
export function inCell(value, width, letter) {
  const points = (text) => (text.includes(".") ? 1 : 0);
  const fits = (text, room) => (text.length - points(text)) * letter + 4 * points(text) <= room;
  for (const digits of [3, 2, 1, 0]) {
    const text = plain(value, digits);
    if (text.includes("e")) continue;
    if (fits(text, width)) return text;
    const shorter = text.replace(/^(−?)0\./, "$1.");
    if (fits(shorter, width)) return shorter;
  }
  if (Math.abs(value) < 0.5) return "≈0";
  const whole = plain(value, 0);
  return fits(whole, width + 6) ? whole : signedText(value, powerOfTen(Math.abs(value), 0));
}
