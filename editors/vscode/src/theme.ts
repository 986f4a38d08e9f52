/** A page for a browser asks the system for its theme; in the editor, the editor's counts. */
export function themed(html: string, dark: boolean): string {
  return html
    .replaceAll("(prefers-color-scheme: dark)", dark ? "all" : "not all")
    .replaceAll("(prefers-color-scheme: light)", dark ? "not all" : "all");
}
