// Run by tests/parity.py: each case is a call of the module, compared with what Python expects.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as module from "./module.mjs";

const decoded = (name, value) => {
  if (value?.$number !== undefined) return { nan: NaN, inf: Infinity, "-inf": -Infinity }[value.$number];
  if (value?.$values) return { shape: value.shape, values: Float64Array.from(value.$values) };
  return value;
};
const text = readFileSync(new URL("cases.json", import.meta.url), "utf8");
const { tolerance, cases } = JSON.parse(text, decoded);

function compare(found, expected, path) {
  if (typeof expected === "number") {
    assert.equal(typeof found, "number", `${path}: ${found} in place of ${expected}`);
    if (Object.is(found, expected) || found === expected) return;
    const error = Math.abs(found - expected) / Math.max(1, Math.abs(expected));
    assert.ok(error <= tolerance, `${path}: ${found}, expected ${expected}`);
  } else if (expected === null || typeof expected !== "object") {
    assert.equal(found, expected, path);
  } else if (Array.isArray(expected) || ArrayBuffer.isView(expected)) {
    assert.equal(found?.length, expected.length, `length of ${path}`);
    for (let i = 0; i < expected.length; i++) compare(found[i], expected[i], `${path}[${i}]`);
  } else {
    for (const key of Object.keys(expected)) compare(found?.[key], expected[key], `${path}.${key}`);
  }
}

cases.forEach(({ call, arguments: given, expected }, i) =>
  test(`${call}, case ${i}`, () => {
    assert.equal(typeof module[call], "function", `${call} is not exported`);
    compare(module[call](...given), expected, call);
  }),
);
