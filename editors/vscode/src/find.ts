/**
 * Where the server's program is.
 *
 * A workspace never decides what is run: its settings have no say, relative places are not
 * looked at, and what lies inside the workspace is run only where the user trusts the
 * workspace and has chosen that very program.
 */
import * as path from "node:path";

export const PROGRAM = "codellama-lsp";

/** What is known of this machine and window. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The environment's PATH. */
  readonly searched: string;
  /** The environment's XDG_DATA_HOME, or "". */
  readonly data: string;
  readonly executable: (file: string) => boolean;
}

export interface Window {
  readonly trusted: boolean;
  /** Folders of the workspace, absolute. */
  readonly folders: readonly string[];
  /** Programs inside the workspace that the user has chosen for it. */
  readonly chosen: readonly string[];
}

export type Found =
  | { readonly command: string; readonly from: "setting" | "workspace" | "path" | "installed" }
  | { readonly problem: string };

/** Return the program to run: as set, as chosen for this workspace, on PATH, or as installed. */
export function find(setting: string, machine: Machine, window: Window): Found {
  if (setting.trim() !== "") {
    return asSet(setting.trim(), machine, window);
  }
  const inWorkspace = environments(machine, window).find((file) => window.chosen.includes(file));
  if (inWorkspace !== undefined) {
    return { command: inWorkspace, from: "workspace" };
  }
  const onPath = search(PROGRAM, machine, window);
  if (onPath !== undefined) {
    return { command: onPath, from: "path" };
  }
  const installed = usual(machine).find((file) => machine.executable(file));
  if (installed !== undefined) {
    return { command: installed, from: "installed" };
  }
  return { problem: `${PROGRAM} is not installed, or not where it is looked for.` };
}

/** Return the programs in virtual environments of the workspace, none where it is not trusted. */
export function environments(machine: Machine, window: Window): string[] {
  if (!window.trusted) {
    return [];
  }
  return window.folders
    .flatMap((folder) => [".venv", "venv"].map((name) => inEnvironment(join(machine, folder, name), machine)))
    .filter((file) => machine.executable(file));
}

/** Return where the program goes that the extension installs: an environment of its own. */
export function ownEnvironment(machine: Machine): string {
  if (machine.platform === "win32") {
    return join(machine, machine.home, "AppData", "Local", PROGRAM, "server");
  }
  const data = machine.data !== "" ? machine.data : join(machine, machine.home, ".local", "share");
  return join(machine, data, PROGRAM, "server");
}

/** Return a program of a virtual environment. */
export function inEnvironment(environment: string, machine: Machine, program = PROGRAM): string {
  return machine.platform === "win32"
    ? join(machine, environment, "Scripts", `${program}.exe`)
    : join(machine, environment, "bin", program);
}

function asSet(setting: string, machine: Machine, window: Window): Found {
  const command = setting.startsWith("~/") ? join(machine, machine.home, setting.slice(2)) : setting;
  const { isAbsolute, basename } = paths(machine);
  if (isAbsolute(command)) {
    if (!window.trusted && inside(command, machine, window)) {
      return { problem: `codellama.server.command lies inside this workspace, which is not trusted: ${command}` };
    }
    return machine.executable(command)
      ? { command, from: "setting" }
      : { problem: `codellama.server.command names no program that can be run: ${command}` };
  }
  if (basename(command) !== command) {
    return { problem: `codellama.server.command must be an absolute path, ~/... or a name on PATH, not ${command}` };
  }
  const found = search(command, machine, window);
  return found === undefined
    ? { problem: `codellama.server.command names a program that is not on PATH: ${command}` }
    : { command: found, from: "setting" };
}

/** Look for a program on PATH; in a workspace that is not trusted, not inside of it. */
function search(program: string, machine: Machine, window: Window): string | undefined {
  const { isAbsolute, delimiter } = paths(machine);
  const file = machine.platform === "win32" && !program.endsWith(".exe") ? `${program}.exe` : program;
  return machine.searched
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(machine, folder, file))
    .filter((found) => window.trusted || !inside(found, machine, window))
    .find((found) => machine.executable(found));
}

/** Editors started from a desktop often have a shorter PATH than a shell has. */
function usual(machine: Machine): string[] {
  const own = inEnvironment(ownEnvironment(machine), machine);
  return machine.platform === "win32" ? [own] : [join(machine, machine.home, ".local", "bin", PROGRAM), own];
}

function inside(file: string, machine: Machine, window: Window): boolean {
  const { relative, isAbsolute } = paths(machine);
  return window.folders.some((folder) => {
    const way = relative(folder, file);
    return !way.startsWith("..") && !isAbsolute(way);
  });
}

function join(machine: Machine, ...parts: string[]): string {
  return paths(machine).join(...parts);
}

function paths(machine: Machine): path.PlatformPath {
  return machine.platform === "win32" ? path.win32 : path.posix;
}
