/** The menu behind the status bar's item. */
import * as vscode from "vscode";
import type { Paused, Status } from "./status";

interface Entry extends vscode.QuickPickItem {
  readonly command?: string;
}

/** Show the menu, and run what is picked. */
export async function openMenu(
  status: Status,
  paused: Paused,
  document: vscode.TextDocument | undefined,
): Promise<void> {
  const entries = status.state === "missing" ? whereMissing() : whereFound(status, paused, document);
  const picked = await vscode.window.showQuickPick(entries, {
    title: "Code Llama",
    placeHolder: [("model" in status && status.model) || "", status.message].filter(Boolean).join(": "),
  });
  if (picked?.command !== undefined) {
    // The status bar had the focus; whoever pauses goes on typing.
    await vscode.commands.executeCommand("workbench.action.focusActiveEditorGroup");
    await vscode.commands.executeCommand(picked.command);
  }
}

function whereMissing(): Entry[] {
  return [
    { label: "$(cloud-download) Install the Server", command: "codellama.installServer" },
    { label: "$(file-binary) Choose the Server Program", command: "codellama.chooseServer" },
    { label: "$(output) Log", command: "codellama.openLog" },
  ];
}

function whereFound(status: Status, paused: Paused, document: vscode.TextDocument | undefined): Entry[] {
  const running = "model" in status;
  return [
    ...pauses(paused, document),
    separator("Look"),
    { label: "$(eye) Show What Was Sent", command: "codellama.openPrompt" },
    { label: "$(graph) Statistics", command: "codellama.openStatistics" },
    { label: "$(pulse) Doctor", command: "codellama.openDoctor" },
    { label: "$(output) Log", command: "codellama.openLog" },
    separator("Engine"),
    ...(running
      ? [
          { label: "$(debug-restart) Restart the Engine", command: "codellama.restartEngine" },
          { label: "$(trash) Free the GPU", command: "codellama.emptyGpu" },
        ]
      : []),
    { label: "$(refresh) Restart the Server", command: "codellama.restartServer" },
    { label: "$(file-binary) Choose the Server Program", command: "codellama.chooseServer" },
  ];
}

function pauses(paused: Paused, document: vscode.TextDocument | undefined): Entry[] {
  const everywhere = {
    label: paused === "everywhere" ? "$(play) Resume Everywhere" : "$(debug-pause) Pause Everywhere",
    command: "codellama.pauseEverywhere",
  };
  if (document === undefined || paused === "everywhere") {
    return [everywhere];
  }
  const language = {
    label: `${paused === "language" ? "$(play) Resume" : "$(debug-pause) Pause"} for ${document.languageId}`,
    command: "codellama.pauseLanguage",
  };
  if (paused === "language") {
    return [language, everywhere];
  }
  const file = {
    label: `${paused === "file" ? "$(play) Resume" : "$(debug-pause) Pause"} for This File`,
    command: "codellama.pauseFile",
  };
  return [file, language, everywhere];
}

function separator(label: string): Entry {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
