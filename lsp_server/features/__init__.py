"""One file for each thing an editor asks for; none knows LSP's types."""
