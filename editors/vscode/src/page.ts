/** The page that shows what was sent, as a tab: the server makes it, nothing in it runs. */
import * as vscode from "vscode";
import type { Session } from "./session";
import { themed } from "./theme";

export async function showPage(session: Session): Promise<void> {
  const html = await session.run("codellama.showPrompt", { format: "html", show: false });
  if (typeof html !== "string") {
    return; // there was no suggestion yet, and the server has said so
  }
  const panel = vscode.window.createWebviewPanel(
    "codellama.prompt",
    "What Was Sent",
    { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
    { enableScripts: false, localResourceRoots: [] },
  );
  panel.webview.html = themed(html, dark(vscode.window.activeColorTheme.kind));
}

function dark(kind: vscode.ColorThemeKind): boolean {
  return kind === vscode.ColorThemeKind.Dark || kind === vscode.ColorThemeKind.HighContrast;
}
