/** The item in the status bar; a click opens the menu. */
import * as vscode from "vscode";
import { look, type Paused, type Status } from "./status";

const BACKGROUND = {
  none: undefined,
  warning: new vscode.ThemeColor("statusBarItem.warningBackground"),
  error: new vscode.ThemeColor("statusBarItem.errorBackground"),
};

/** Return a function that shows how the server is, and whether it is paused here. */
export function statusBar(
  context: vscode.ExtensionContext,
): (status: Status, paused: Paused) => void {
  const item = vscode.window.createStatusBarItem(
    "codellama",
    vscode.StatusBarAlignment.Right,
    100,
  );
  item.name = "Code Llama";
  item.command = "codellama.openMenu";
  context.subscriptions.push(item);
  return (status, paused) => {
    const shown = look(status, paused);
    item.text = shown.text;
    item.tooltip = shown.tooltip;
    item.backgroundColor = BACKGROUND[shown.alarm];
    item.accessibilityInformation = { label: shown.tooltip.replaceAll("\n", ", ") };
    item.show();
  };
}
