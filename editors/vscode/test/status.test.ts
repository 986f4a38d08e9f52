import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "../src/status";
import { themed } from "../src/theme";

const TOLD = { model: "demo", message: "as told" };

test("loading shows how far it is", () => {
  assert.equal(look({ ...TOLD, state: "loading", percent: 40 }, undefined).text, "$(loading~spin) Code Llama 40 %");
});
test("loading without a figure says so", () => {
  assert.match(look({ ...TOLD, state: "loading" }, undefined).text, /loading$/);
});
test("the tooltip has model and message", () => {
  assert.equal(look({ ...TOLD, state: "ready" }, undefined).tooltip, "Code Llama: ready\ndemo\nas told");
});
test("a pause is seen where the rest is well", () => {
  const shown = look({ ...TOLD, state: "ready" }, "file");
  assert.equal(shown.text, "$(debug-pause) Code Llama");
  assert.match(shown.tooltip, /Paused for this file/);
});
test("a pause hides no failure", () => {
  const shown = look({ ...TOLD, state: "down" }, "everywhere");
  assert.deepEqual([shown.text, shown.alarm], ["$(error) Code Llama down", "error"]);
});
test("no server is a warning", () => {
  assert.equal(look({ state: "missing", message: "" }, undefined).alarm, "warning");
});

test("a page takes the editor's theme, not the system's", () => {
  const page = "@media (prefers-color-scheme: dark) {}";
  assert.equal(themed(page, true), "@media all {}");
  assert.equal(themed(page, false), "@media not all {}");
});
