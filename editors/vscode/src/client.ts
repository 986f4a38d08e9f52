/** The language client: what it announces, and where it does other than the library would. */
import * as os from "node:os";
import * as vscode from "vscode";
import {
  type ClientCapabilities,
  type ConfigurationParams,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
  type StaticFeature,
} from "vscode-languageclient/node";
import type { Pause } from "./pause";
import { environment, type Properties, sent } from "./settings";
import type { Told } from "./status";

/** What a client is made of. */
export interface Parts {
  readonly command: string;
  readonly properties: Properties;
  readonly log: vscode.LogOutputChannel;
  readonly pause: Pause;
  readonly told: (status: Told) => void;
}

/** Within three minutes; then somebody has to look at the log. */
const MOST_RESTARTS = 4;

/** What a person writes in; diffs, output and the like have other schemes. */
const SCHEMES = ["file", "untitled", "vscode-notebook-cell", "vscode-interactive-input", "vscode-vfs", "vsls"];

export function languageClient(parts: Parts): LanguageClient {
  const client: LanguageClient = new LanguageClient("codellama", "Code Llama", server(parts), {
    ...options(parts),
    errorHandler: {
      // A server that died with messages on their way is an error for each of them: it is
      // not to be given up for that, its end is what counts.
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => usual.closed(),
    },
  });
  const usual = client.createDefaultErrorHandler(MOST_RESTARTS);
  client.registerFeature(ANNOUNCED);
  client.onNotification("codellama/status", parts.told);
  client.onRequest("codellama/input", (asked: { title: string; placeholder?: string }) =>
    input(asked.title, asked.placeholder),
  );
  return client;
}

/** Return the environment for any command of the program: what the user has set stands in it. */
export function serverEnvironment(all: Properties): NodeJS.ProcessEnv {
  const read = (name: string): unknown => vscode.workspace.getConfiguration().get(name);
  return { ...process.env, ...environment(all, read) };
}

function server(parts: Parts): ServerOptions {
  const settings = vscode.workspace.getConfiguration("codellama.server");
  return {
    command: parts.command,
    args: settings.get<string[]>("arguments", []),
    // Not the workspace: what lies there is not to be found by accident.
    options: { cwd: os.homedir(), env: serverEnvironment(parts.properties) },
  };
}

function options(parts: Parts): LanguageClientOptions {
  return {
    documentSelector: SCHEMES.map((scheme) => ({ scheme })),
    outputChannel: parts.log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: {
      workspace: {
        configuration: (asked: ConfigurationParams) =>
          asked.items.map((item) => (item.section === "codellama" ? section(parts) : null)),
      },
    },
  };
}

/** Return what is set of the section; with the files that are paused in this workspace. */
function section(parts: Parts): Record<string, unknown> {
  const settings = sent(parts.properties, explicit);
  const paused = parts.pause.patterns();
  if (paused.length > 0) {
    const inline = (settings["inline"] ??= {}) as { disabledFiles?: string[] };
    inline.disabledFiles = [...(inline.disabledFiles ?? []), ...paused];
  }
  return settings;
}

/** Return what somebody has set, undefined where the manifest's default would count. */
function explicit(name: string): unknown {
  const values = vscode.workspace.getConfiguration().inspect(name);
  return values?.workspaceValue ?? values?.globalValue;
}

const ANNOUNCED: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = {
      ...(capabilities.experimental as object | undefined),
      "codellama/status": true,
      "codellama/input": true,
    };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

async function input(title: string, placeHolder: string | undefined): Promise<string | null> {
  const typed = await vscode.window.showInputBox({
    title,
    ignoreFocusOut: true,
    ...(placeHolder === undefined ? {} : { placeHolder }),
  });
  return typed ?? null;
}
