import assert from "node:assert/strict";
import { test } from "node:test";
import { environment, type Properties, properties, sent } from "../src/settings";

const ALL: Properties = {
  "codellama.inline.maxLines": { scope: "window" },
  "codellama.inline.enabled": { scope: "window" },
  "codellama.stats.enabled": { scope: "window" },
  "codellama.model": { scope: "machine" },
  "codellama.check": { scope: "machine" },
  "codellama.onDemand.windowTokens": { scope: "machine" },
  "codellama.server.command": { scope: "machine" },
  "codellama.trace.server": { scope: "machine" },
};

const reading =
  (set: Record<string, unknown>) =>
  (name: string): unknown =>
    set[name];

test("only what is set is sent, nested", () => {
  const read = reading({ "codellama.inline.maxLines": 3, "codellama.inline.enabled": false });
  assert.deepEqual(sent(ALL, read), { inline: { maxLines: 3, enabled: false } });
});

test("what decides what runs is never sent", () => {
  const read = reading(Object.fromEntries(Object.keys(ALL).map((name) => [name, "x"])));
  assert.deepEqual(Object.keys(sent(ALL, read)).sort(), ["inline", "stats"]);
});

test("it stands in the environment instead", () => {
  const read = reading({
    "codellama.model": "demo",
    "codellama.check": ["mypy", "{file}"],
    "codellama.onDemand.windowTokens": 4096,
    "codellama.server.command": "/bin/c",
  });
  assert.deepEqual(environment(ALL, read), {
    CODELLAMA_MODEL: "demo",
    CODELLAMA_CHECK: '["mypy","{file}"]',
    CODELLAMA_ON_DEMAND_WINDOW_TOKENS: "4096",
  });
});

test("null and an empty text leave it to config.toml", () => {
  const read = reading({ "codellama.model": "", "codellama.onDemand.windowTokens": null });
  assert.deepEqual(environment(ALL, read), {});
});

test("the groups of a manifest are one list", () => {
  const groups = [{ properties: { a: { scope: "window" } } }, { properties: { b: {} } }];
  assert.deepEqual(Object.keys(properties({ contributes: { configuration: groups } })), ["a", "b"]);
});
