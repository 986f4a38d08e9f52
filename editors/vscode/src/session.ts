/** One window's server: found, started, watched, and started anew when that is wanted. */
import * as vscode from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";
import { languageClient } from "./client";
import type { Found } from "./find";
import type { Pause } from "./pause";
import type { Properties } from "./settings";
import type { Status } from "./status";

const READY_CONTEXT = "codellama.running";

export class Session {
  private client: LanguageClient | undefined;
  private waiting: NodeJS.Timeout | undefined;
  /** One start or stop after the other. */
  private turn: Promise<void> = Promise.resolve();
  command: string | undefined;
  status: Status = { state: "starting", message: "" };

  /** `show` is called whenever `status` has changed. */
  constructor(
    private readonly properties: Properties,
    private readonly log: vscode.LogOutputChannel,
    private readonly pause: Pause,
    private readonly find: () => Found,
    private readonly show: () => void,
  ) {}

  /** Start the server; where there is none, wait until one is installed. */
  start(): Promise<void> {
    return this.queue(() => this.begin());
  }

  restart(): Promise<void> {
    return this.queue(async () => {
      await this.end();
      await this.begin();
    });
  }

  stop(): Promise<void> {
    return this.queue(() => this.end());
  }

  /** Run a command of the server; undefined where that is not possible. */
  async run(command: string, ...args: readonly unknown[]): Promise<unknown> {
    if (this.client?.state !== State.Running) {
      void vscode.window.showWarningMessage("Code Llama: the server is not running.");
      return undefined;
    }
    try {
      return await this.client.sendRequest("workspace/executeCommand", { command, arguments: args });
    } catch (error) {
      this.log.error(`${command}: ${String(error)}`);
      void vscode.window.showErrorMessage(`Code Llama: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  /** Send a notification, if there is anybody to hear it. */
  tell(method: string, parameters: unknown): void {
    if (this.client?.state === State.Running) {
      void this.client.sendNotification(method, parameters);
    }
  }

  position(editor: vscode.TextEditor): { textDocument: { uri: string }; position: vscode.Position } | undefined {
    const converter = this.client?.code2ProtocolConverter;
    return converter && {
      textDocument: converter.asTextDocumentIdentifier(editor.document),
      position: editor.selection.active,
    };
  }

  private queue(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work, work);
    return this.turn;
  }

  private async begin(): Promise<void> {
    const found = this.find();
    if ("problem" in found) {
      this.command = undefined;
      this.set({ state: "missing", message: found.problem });
      this.lookAgain();
      return;
    }
    this.command = found.command;
    this.log.info(`The server is ${found.command} (${found.from})`);
    this.set({ state: "starting", message: "" });
    const client = languageClient({
      command: found.command,
      properties: this.properties,
      log: this.log,
      pause: this.pause,
      told: (status) => this.set(status),
    });
    this.client = client;
    client.onDidChangeState(({ newState }) => this.changed(client, newState));
    try {
      await client.start();
      await vscode.commands.executeCommand("setContext", READY_CONTEXT, true);
    } catch (error) {
      this.log.error(`The server was not started: ${String(error)}`);
      this.set({ state: "stopped", message: `The server was not started: ${String(error)}` });
    }
  }

  private async end(): Promise<void> {
    clearTimeout(this.waiting);
    const client = this.client;
    this.client = undefined;
    await vscode.commands.executeCommand("setContext", READY_CONTEXT, false);
    try {
      await client?.dispose();
    } catch (error) {
      this.log.warn(`The server did not end as it should: ${String(error)}`);
    }
  }

  private changed(client: LanguageClient, state: State): void {
    if (client !== this.client) {
      return;
    }
    if (state === State.Stopped) {
      this.set({ state: "stopped", message: "The server has ended: see the log." });
    } else if (state === State.Starting) {
      this.set({ state: "starting", message: "" });
    }
  }

  private set(status: Status): void {
    this.status = status;
    this.show();
  }

  /** Somebody may be installing it right now. */
  private lookAgain(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if ("problem" in this.find()) {
        this.lookAgain();
      } else {
        void this.start();
      }
    }, 3000);
  }
}
