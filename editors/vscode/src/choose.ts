/** The user chooses which program is the server. */
import * as vscode from "vscode";
import { environments, find, PROGRAM } from "./find";
import { CHOSEN, machine, thisWindow } from "./machine";

interface Choice extends vscode.QuickPickItem {
  readonly take: () => Thenable<void>;
}

/** Ask, and remember the answer: as the user's setting, or for this workspace alone. */
export async function chooseServer(memory: vscode.Memento): Promise<void> {
  const here = machine();
  const window = thisWindow(memory);
  const automatic = find("", here, { ...window, chosen: [] });
  const choices: Choice[] = [
    {
      label: "Where it is installed",
      description: "command" in automatic ? automatic.command : "not found",
      detail: `${PROGRAM} on PATH, in ~/.local/bin, or as this extension has installed it`,
      take: () => remember(memory, "", []),
    },
    ...environments(here, window).map((file) => ({
      label: "In this workspace's virtual environment",
      description: file,
      detail: "For this workspace only. It is run: choose it only if you trust what is in there",
      take: () => remember(memory, "", [file]),
    })),
    {
      label: "Another program...",
      detail: "Written into your own settings, for all workspaces",
      take: () => browse(memory),
    },
  ];
  const choice = await vscode.window.showQuickPick(choices, {
    title: "Code Llama: the server's program",
  });
  await choice?.take();
}

async function browse(memory: vscode.Memento): Promise<void> {
  const picked = await vscode.window.showOpenDialog({ title: `Where is ${PROGRAM}?`, openLabel: "Use It" });
  const file = picked?.[0];
  if (file !== undefined) {
    await remember(memory, file.fsPath, []);
  }
}

async function remember(memory: vscode.Memento, setting: string, chosen: string[]): Promise<void> {
  await memory.update(CHOSEN, chosen);
  await vscode.workspace
    .getConfiguration("codellama.server")
    .update("command", setting === "" ? undefined : setting, vscode.ConfigurationTarget.Global);
}
