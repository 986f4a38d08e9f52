/**
 * Where the user wants no ghost text for now.
 *
 * Everywhere and a language are the user's own settings, so all windows follow. A file is
 * remembered for this workspace, and is sent among the setting `inline.disabledFiles`: that it
 * is off, the server decides as ever.
 */
import * as vscode from "vscode";
import type { Paused } from "./status";

const FILES = "pausedFiles";

export class Pause {
  /** `changed` is called when the server is to be told anew. */
  constructor(
    private readonly memory: vscode.Memento,
    private readonly changed: () => void,
  ) {}

  /** Tell what is paused at a document: the widest, where it is several. */
  at(document: vscode.TextDocument | undefined): Paused {
    const settings = vscode.workspace.getConfiguration("codellama.inline");
    if (!settings.get<boolean>("enabled", true)) {
      return "everywhere";
    }
    if (document === undefined) {
      return undefined;
    }
    if (settings.get<string[]>("disabledLanguages", []).includes(document.languageId)) {
      return "language";
    }
    return this.files().includes(document.uri.path) ? "file" : undefined;
  }

  async file(document: vscode.TextDocument): Promise<void> {
    await this.memory.update(FILES, toggled(this.files(), document.uri.path));
    this.changed();
  }

  async language(document: vscode.TextDocument): Promise<void> {
    const settings = vscode.workspace.getConfiguration("codellama.inline");
    const languages = toggled(settings.get<string[]>("disabledLanguages", []), document.languageId);
    await settings.update("disabledLanguages", languages, vscode.ConfigurationTarget.Global);
  }

  async everywhere(): Promise<void> {
    const settings = vscode.workspace.getConfiguration("codellama.inline");
    const enabled = settings.get<boolean>("enabled", true);
    await settings.update("enabled", !enabled, vscode.ConfigurationTarget.Global);
  }

  /** Return the paused files as the patterns of a .gitignore at the root of the drive. */
  patterns(): string[] {
    return this.files().map(pattern);
  }

  private files(): string[] {
    return this.memory.get<string[]>(FILES, []);
  }
}

function toggled(list: readonly string[], one: string): string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

function pattern(path: string): string {
  const rooted = path.startsWith("/") ? path : `/${path}`;
  return rooted.replaceAll(/[\\*?[\]!# ]/g, "\\$&");
}
