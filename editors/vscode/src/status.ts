/** How the server is: what it tells, and what the client knows of it by itself. */

/** The parameters of the notification `codellama/status`. */
export interface Told {
  readonly state: "loading" | "ready" | "busy" | "sleeping" | "down";
  readonly model: string;
  readonly message: string;
  readonly percent?: number;
}

/** `missing`: there is no program to run. `stopped`: it has ended, and is not started again. */
export interface Known {
  readonly state: "missing" | "starting" | "stopped";
  readonly message: string;
}

export type Status = Told | Known;

/** Whether a request now gets an answer. */
export function answers(status: Status): boolean {
  return status.state === "ready" || status.state === "busy";
}

/** Where ghost text is paused, of the places that the user is at; undefined: nowhere. */
export type Paused = "file" | "language" | "everywhere" | undefined;

/** What the status bar shows of it. */
export interface Look {
  readonly text: string;
  readonly tooltip: string;
  readonly alarm: "none" | "warning" | "error";
}

const ICONS: Record<Status["state"], string> = {
  busy: "$(loading~spin)",
  down: "$(error)",
  loading: "$(loading~spin)",
  missing: "$(warning)",
  ready: "$(sparkle)",
  sleeping: "$(coffee)",
  starting: "$(loading~spin)",
  stopped: "$(error)",
};

const WORDS: Record<Status["state"], string> = {
  busy: "thinking",
  down: "down",
  loading: "loading",
  missing: "not installed",
  ready: "ready",
  sleeping: "sleeping",
  starting: "starting",
  stopped: "stopped",
};

const PAUSED: Record<Exclude<Paused, undefined>, string> = {
  everywhere: "Paused everywhere.",
  file: "Paused for this file.",
  language: "Paused for this language.",
};

export function look(status: Status, paused: Paused): Look {
  const lines = [`Code Llama: ${WORDS[status.state]}`];
  if ("model" in status && status.model) {
    lines.push(status.model);
  }
  if (status.message) {
    lines.push(status.message);
  }
  if (paused !== undefined) {
    lines.push(PAUSED[paused]);
  }
  return { text: text(status, paused), tooltip: lines.join("\n"), alarm: alarm(status) };
}

function text(status: Status, paused: Paused): string {
  switch (status.state) {
    case "loading":
      return `${ICONS.loading} Code Llama ${status.percent === undefined ? "loading" : `${status.percent} %`}`;
    case "missing":
    case "down":
    case "stopped":
    case "starting":
      return `${ICONS[status.state]} Code Llama ${WORDS[status.state]}`;
    default:
      return `${paused === undefined ? ICONS[status.state] : "$(debug-pause)"} Code Llama`;
  }
}

function alarm(status: Status): Look["alarm"] {
  switch (status.state) {
    case "down":
    case "stopped":
      return "error";
    case "missing":
      return "warning";
    default:
      return "none";
  }
}
