/** Runs a command of the program, and shows what it says in a document, as it comes. */
import { spawn } from "node:child_process";
import * as os from "node:os";
import * as vscode from "vscode";

const SCHEME = "codellama-report";

/** Shows reports; `environment` is that of the server. */
export class Reports implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;

  constructor(
    context: vscode.ExtensionContext,
    private readonly environment: () => NodeJS.ProcessEnv,
  ) {
    context.subscriptions.push(
      this.changes,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? "";
  }

  /** Run `command` with one argument, and show what it prints under `title`. */
  async show(command: string, argument: string, title: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}.txt` });
    this.texts.set(uri.path, "");
    this.changes.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Code Llama: ${argument}`, cancellable: true },
      (_, token) => this.fill(uri, command, argument, token),
    );
  }

  private fill(
    uri: vscode.Uri,
    command: string,
    argument: string,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const add = (text: string): void => {
      this.texts.set(uri.path, (this.texts.get(uri.path) ?? "") + text);
      this.changes.fire(uri);
    };
    return new Promise((resolve) => {
      const child = spawn(command, [argument], { cwd: os.homedir(), env: this.environment() });
      token.onCancellationRequested(() => child.kill());
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", add);
      }
      child.on("error", (error) => {
        add(`${error.message}\n`);
        resolve();
      });
      child.on("close", () => resolve());
    });
  }
}
