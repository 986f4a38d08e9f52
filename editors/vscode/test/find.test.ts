import assert from "node:assert/strict";
import { test } from "node:test";
import { find, type Machine, type Window } from "../src/find";

const WINDOW: Window = { trusted: true, folders: ["/project"], chosen: [] };

function machine(...files: string[]): Machine {
  return {
    platform: "linux",
    home: "/home/me",
    searched: "/usr/bin:bin:/project/.venv/bin",
    data: "",
    executable: (file) => files.includes(file),
  };
}

function check(files: string[], expected: string | RegExp, setting = "", window: Partial<Window> = {}): void {
  const found = find(setting, machine(...files), { ...WINDOW, ...window });
  if (typeof expected === "string") {
    assert.equal("command" in found ? found.command : found.problem, expected);
  } else {
    assert.match("problem" in found ? found.problem : found.command, expected);
  }
}

const ON_PATH = "/usr/bin/codellama-lsp";
const IN_WORKSPACE = "/project/.venv/bin/codellama-lsp";
const LOCAL = "/home/me/.local/bin/codellama-lsp";
const OWN = "/home/me/.local/share/codellama-lsp/server/bin/codellama-lsp";

test("PATH goes before what is installed", () => check([ON_PATH, LOCAL, OWN], ON_PATH));
test("~/.local/bin is looked at even if PATH lacks it", () => check([LOCAL, OWN], LOCAL));
test("what the extension installs is found", () => check([OWN], OWN));
test("nothing is a problem", () => check([], /not installed/));
test("a place on PATH that is relative is not looked at", () => check(["bin/codellama-lsp", "/bin/codellama-lsp"], /not installed/));
test("PATH may lead into a trusted workspace", () => check([IN_WORKSPACE], IN_WORKSPACE));
test("PATH may not lead into another one", () => check([IN_WORKSPACE], /not installed/, "", { trusted: false }));
test("what is chosen for a workspace goes first", () =>
  check([ON_PATH, "/project/venv/bin/codellama-lsp"], "/project/venv/bin/codellama-lsp", "", {
    chosen: ["/project/venv/bin/codellama-lsp"],
  }));
test("what is chosen is not run while the workspace is not trusted", () =>
  check([ON_PATH, IN_WORKSPACE], ON_PATH, "", { chosen: [IN_WORKSPACE], trusted: false }));
test("what was chosen elsewhere is not run here", () =>
  check([ON_PATH, "/other/.venv/bin/codellama-lsp"], ON_PATH, "", { chosen: ["/other/.venv/bin/codellama-lsp"] }));

test("the setting goes before all", () => check([ON_PATH, "/opt/c"], "/opt/c", "/opt/c"));
test("the setting may begin with the home folder", () => check(["/home/me/c"], "/home/me/c", "~/c"));
test("the setting may be a name on PATH", () => check(["/usr/bin/other"], "/usr/bin/other", "other"));
test("the setting is never relative", () => check(["./c", "c"], /absolute/, "./c"));
test("a setting that is wrong is told, not passed over", () => check([ON_PATH], /no program/, "/opt/c"));
test("the setting does not lead into a workspace that is not trusted", () =>
  check([IN_WORKSPACE], /not trusted/, IN_WORKSPACE, { trusted: false }));

test("Windows has its own names", () => {
  const found = find(
    "",
    {
      platform: "win32",
      home: "C:\\Users\\me",
      searched: "C:\\tools;tools",
      data: "",
      executable: (file) => file === "C:\\tools\\codellama-lsp.exe",
    },
    WINDOW,
  );
  assert.deepEqual(found, { command: "C:\\tools\\codellama-lsp.exe", from: "path" });
});
