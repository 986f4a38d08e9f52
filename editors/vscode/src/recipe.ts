/** The commands that install the server, exactly as a person would type them. */
import { inEnvironment, type Machine, ownEnvironment } from "./find";

/** Where the model runs: decides how much is installed. */
export type Engine = "cuda" | "cpu" | "endpoint";

/** What the extension brings along, absolute. */
export interface Brought {
  readonly wheel: string;
  readonly cpuList: string;
  readonly constraints: string;
}

/** Return the commands, one for each line; an environment of its own is made for them. */
export function recipe(engine: Engine, brought: Brought, machine: Machine): string[] {
  const own = ownEnvironment(machine);
  const python = machine.platform === "win32" ? "py -3" : "python3";
  const pip = run(inEnvironment(own, machine, "pip"), machine);
  const wheel = (extra: string): string => quoted(`${brought.wheel}${extra}`, machine);
  const constraints = quoted(brought.constraints, machine);
  const make = `${python} -m venv ${quoted(own, machine)}`;
  switch (engine) {
    case "cuda":
      return [make, `${pip} install ${wheel("[cuda]")}`];
    case "cpu":
      // As the Makefile does: torch with what it needs, then vLLM's list as it stands. The
      // program is last: it is started as soon as it is there.
      return [
        make,
        `${pip} install --constraint ${constraints} torch`,
        `${pip} install --no-deps --requirement ${quoted(brought.cpuList, machine)}`,
        `${pip} install --constraint ${constraints} ${wheel("")}`,
      ];
    case "endpoint":
      return [make, `${pip} install ${wheel("")}`];
  }
}

function run(program: string, machine: Machine): string {
  return machine.platform === "win32" ? `& ${quoted(program, machine)}` : quoted(program, machine);
}

function quoted(text: string, machine: Machine): string {
  if (/^[\w./:~\\-]+$/.test(text) && machine.platform !== "win32") {
    return text;
  }
  return machine.platform === "win32" ? `'${text.replaceAll("'", "''")}'` : `'${text.replaceAll("'", "'\\''")}'`;
}
