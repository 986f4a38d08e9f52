/** Tells the server where the cursor rests, which LSP has no message for. */
import * as vscode from "vscode";
import type { Session } from "./session";

const REST_MS = 150;

export function followCursor(session: Session): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  let edited = 0;
  const edits = vscode.workspace.onDidChangeTextDocument(() => {
    edited = Date.now();
  });
  const moves = vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Typing moves the cursor, too; that the server sees by itself.
      const place = Date.now() - edited > REST_MS ? session.position(textEditor) : undefined;
      if (place !== undefined && textEditor.document.uri.scheme !== "output") {
        session.tell("codellama/cursorMoved", place);
      }
    }, REST_MS);
  });
  return vscode.Disposable.from(edits, moves, { dispose: () => clearTimeout(timer) });
}
