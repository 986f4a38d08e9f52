import assert from "node:assert/strict";
import { test } from "node:test";
import type { Machine } from "../src/find";
import { recipe } from "../src/recipe";

const BROUGHT = { wheel: "/ext/codellama_lsp.whl", cpuList: "/ext/cpu.txt", constraints: "/ext/constraints.txt" };

function machine(platform: NodeJS.Platform, home: string): Machine {
  return { platform, home, searched: "", data: "", executable: () => false };
}

const PIP = "/home/me/.local/share/codellama-lsp/server/bin/pip install";
const MAKE = "python3 -m venv /home/me/.local/share/codellama-lsp/server";

test("for a GPU", () => {
  assert.deepEqual(recipe("cuda", BROUGHT, machine("linux", "/home/me")), [
    MAKE,
    `${PIP} '/ext/codellama_lsp.whl[cuda]'`,
  ]);
});
test("for an endpoint there is no engine", () => {
  assert.deepEqual(recipe("endpoint", BROUGHT, machine("linux", "/home/me")), [MAKE, `${PIP} /ext/codellama_lsp.whl`]);
});
test("for a processor, as the Makefile does, but the program last: it is started once it is there", () => {
  assert.deepEqual(recipe("cpu", BROUGHT, machine("linux", "/home/me")), [
    MAKE,
    `${PIP} --constraint /ext/constraints.txt torch`,
    `${PIP} --no-deps --requirement /ext/cpu.txt`,
    `${PIP} --constraint /ext/constraints.txt /ext/codellama_lsp.whl`,
  ]);
});
test("a home with a space and a quote is quoted", () => {
  assert.equal(
    recipe("endpoint", BROUGHT, machine("linux", "/home/o'me x"))[0],
    "python3 -m venv '/home/o'\\''me x/.local/share/codellama-lsp/server'",
  );
});
test("for PowerShell", () => {
  assert.deepEqual(recipe("endpoint", BROUGHT, machine("win32", "C:\\Users\\me"))[1],
    "& 'C:\\Users\\me\\AppData\\Local\\codellama-lsp\\server\\Scripts\\pip.exe' install '/ext/codellama_lsp.whl'");
});
