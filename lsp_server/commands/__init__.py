"""What ``codellama-lsp`` does at a prompt: one file for each command."""
