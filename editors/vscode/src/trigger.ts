/** Ghost text by hand, also where the model is still on its way. */
import * as vscode from "vscode";
import { answers, type Status } from "./status";

/** A place in a text as it was. */
interface Place {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly position: vscode.Position;
}

export class Trigger {
  /** Where it was asked for in vain: VS Code does not ask again before something is typed. */
  private open: Place | undefined;

  async ask(status: Status): Promise<void> {
    this.open = answers(status) ? undefined : place();
    await show();
  }

  /** Ask once more when there is somebody to answer, and the user is still there. */
  follow(status: Status): void {
    if (this.open === undefined || !answers(status)) {
      return;
    }
    const asked = this.open;
    this.open = undefined;
    if (same(asked, place())) {
      void show();
    }
  }
}

function show(): Thenable<unknown> {
  return vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
}

function place(): Place | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && { document: editor.document, version: editor.document.version, position: editor.selection.active };
}

function same(one: Place, other: Place | undefined): boolean {
  return (
    other !== undefined &&
    one.document === other.document &&
    one.version === other.version &&
    one.position.isEqual(other.position)
  );
}
