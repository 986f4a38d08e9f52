/** Offers to install the server: says what will be run, and runs it where everybody can see. */
import * as path from "node:path";
import * as vscode from "vscode";
import { PROGRAM } from "./find";
import { machine } from "./machine";
import { type Brought, type Engine, recipe } from "./recipe";

const INSTALL = "Install...";
const CHOOSE = "Choose...";

/** Say that there is no server; once for each window. */
export async function tellMissing(problem: string): Promise<void> {
  const answer = await vscode.window.showWarningMessage(`Code Llama: ${problem}`, INSTALL, CHOOSE);
  if (answer === INSTALL) {
    await vscode.commands.executeCommand("codellama.installServer");
  } else if (answer === CHOOSE) {
    await vscode.commands.executeCommand("codellama.chooseServer");
  }
}

/** Ask where the model is to run, show the commands, and run them in a terminal. */
export async function installServer(context: vscode.ExtensionContext): Promise<void> {
  const brought = await whatIsBrought(context);
  if (brought === undefined) {
    const guide = "This extension was built without the server: install it from its repository, see its README.";
    void vscode.window.showWarningMessage(`Code Llama: ${guide}`);
    return;
  }
  const engine = await askEngine();
  if (engine === undefined) {
    return;
  }
  const commands = recipe(engine, brought, machine());
  const runIt = "Run in a Terminal";
  const copy = "Copy";
  const answer = await vscode.window.showInformationMessage(
    `These commands install ${PROGRAM} for you alone; ghost text begins by itself afterwards.`,
    { modal: true, detail: commands.join("\n\n") },
    runIt,
    copy,
  );
  if (answer === copy) {
    await vscode.env.clipboard.writeText(commands.join("\n"));
  } else if (answer === runIt) {
    const terminal = vscode.window.createTerminal({ name: `Install ${PROGRAM}` });
    terminal.show();
    // Windows' own PowerShell knows no &&.
    terminal.sendText(commands.join(process.platform === "win32" ? "; " : " && "));
  }
}

async function askEngine(): Promise<Engine | undefined> {
  const windows = process.platform === "win32";
  const choices: (vscode.QuickPickItem & { engine: Engine })[] = [
    {
      engine: "cuda",
      label: "On an NVIDIA GPU of this machine",
      detail: "With vLLM for CUDA: about 8 GB",
    },
    {
      engine: "cpu",
      label: "On this machine's processor",
      detail: "With vLLM for processors, about 3 GB: enough for the demo model",
    },
    {
      engine: "endpoint",
      label: "Somewhere else: vLLM on another machine",
      detail: "About 150 MB; then set codellama.endpoint",
    },
  ];
  const picked = await vscode.window.showQuickPick(
    choices.filter(({ engine }) => engine === "endpoint" || !windows),
    { title: "Code Llama: where does the model run?" },
  );
  return picked?.engine;
}

async function whatIsBrought(context: vscode.ExtensionContext): Promise<Brought | undefined> {
  const folder = vscode.Uri.joinPath(context.extensionUri, "server");
  try {
    const files = await vscode.workspace.fs.readDirectory(folder);
    const wheel = files.map(([name]) => name).find((name) => name.endsWith(".whl"));
    return wheel === undefined
      ? undefined
      : {
          wheel: path.join(folder.fsPath, wheel),
          cpuList: path.join(folder.fsPath, "engine-cpu.txt"),
          constraints: path.join(folder.fsPath, "constraints.txt"),
        };
  } catch {
    return undefined;
  }
}
