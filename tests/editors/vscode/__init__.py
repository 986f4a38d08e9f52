"""The extension of ``editors/vscode`` in a real VS Code, with the real server."""
