/** What happens when the extension begins and ends, and which command does what. */
import * as vscode from "vscode";
import { chooseServer } from "./choose";
import { serverEnvironment } from "./client";
import { followCursor } from "./cursor";
import { find } from "./find";
import { installServer, tellMissing } from "./install";
import { machine, thisWindow } from "./machine";
import { openMenu } from "./menu";
import { showPage } from "./page";
import { Pause } from "./pause";
import { Reports } from "./report";
import { Session } from "./session";
import { properties } from "./settings";
import { statusBar } from "./statusBar";
import { Trigger } from "./trigger";

let session: Session | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Code Llama", { log: true });
  const all = properties(context.extension.packageJSON);
  const bar = statusBar(context);
  const pause = new Pause(context.workspaceState, settingsChanged);
  const reports = new Reports(context, () => serverEnvironment(all));
  const trigger = new Trigger();
  let told = false;
  const ours = (session = new Session(all, log, pause, where, show));

  function where(): ReturnType<typeof find> {
    const setting = vscode.workspace.getConfiguration("codellama.server").get<string>("command", "");
    return find(setting, machine(), thisWindow(context.workspaceState));
  }

  function show(): void {
    bar(ours.status, pause.at(document()));
    trigger.follow(ours.status);
    if (ours.status.state === "missing" && !told) {
      told = true;
      void tellMissing(ours.status.message);
    }
  }

  function settingsChanged(): void {
    // Without a value: the server asks for what it wants to know.
    ours.tell("workspace/didChangeConfiguration", { settings: null });
    void vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
    show();
  }

  async function report(argument: string, title: string): Promise<void> {
    if (ours.command !== undefined) {
      await reports.show(ours.command, argument, title);
    }
  }

  const commands: Record<string, () => unknown> = {
    "codellama.openMenu": () => openMenu(ours.status, pause.at(document()), document()),
    "codellama.trigger": () => trigger.ask(ours.status),
    "codellama.pauseFile": () => withDocument((open) => pause.file(open)),
    "codellama.pauseLanguage": () => withDocument((open) => pause.language(open)),
    "codellama.pauseEverywhere": () => pause.everywhere(),
    "codellama.openPrompt": () => showPage(ours),
    "codellama.openStatistics": () => report("stats", "Code Llama statistics"),
    "codellama.openDoctor": () => report("doctor", "Code Llama doctor"),
    "codellama.restartEngine": () => ours.run("codellama.restart"),
    "codellama.restartServer": () => ours.restart(),
    "codellama.emptyGpu": () => ours.run("codellama.freeGpu"),
    "codellama.openLog": () => log.show(),
    "codellama.chooseServer": async () => {
      await chooseServer(context.workspaceState);
      await ours.restart();
    },
    "codellama.installServer": () => installServer(context),
  };

  context.subscriptions.push(
    log,
    followCursor(ours),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
    vscode.window.onDidChangeActiveTextEditor(show),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      if (ours.command === undefined) {
        void ours.start();
      }
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (Object.entries(all).some(([name, { scope }]) => scope === "machine" && change.affectsConfiguration(name))) {
        void ours.restart();
      } else if (change.affectsConfiguration("codellama.inline")) {
        show();
      }
    }),
  );
  show();
  void ours.start();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}

function document(): vscode.TextDocument | undefined {
  return vscode.window.activeTextEditor?.document;
}

async function withDocument(work: (open: vscode.TextDocument) => Promise<void>): Promise<void> {
  const open = document();
  if (open !== undefined) {
    await work(open);
  }
}
