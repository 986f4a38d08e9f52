/** This machine and this window, as `find` wants to know them. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import type { Machine, Window } from "./find";

export const CHOSEN = "chosenPrograms";

export function machine(): Machine {
  return {
    platform: process.platform,
    home: os.homedir(),
    searched: process.env["PATH"] ?? "",
    data: process.env["XDG_DATA_HOME"] ?? "",
    executable,
  };
}

export function thisWindow(memory: vscode.Memento): Window {
  return {
    trusted: vscode.workspace.isTrusted,
    folders: (vscode.workspace.workspaceFolders ?? [])
      .filter((folder) => folder.uri.scheme === "file")
      .map((folder) => folder.uri.fsPath),
    chosen: memory.get<string[]>(CHOSEN, []),
  };
}

function executable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
