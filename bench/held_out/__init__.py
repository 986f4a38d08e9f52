"""Completion in packages that the model has not seen, language by language, with and without their other files.

Places are drawn by a seed from the held-out packages of the demo model's corpus. "line": the cursor is somewhere in a
line, and its rest is taken away. "block": the cursor is at the end of a line, and the deeper lines below it, up to ten,
are. Prompts, stop rules and filters are the server's, with the settings' defaults, but that of a "line" one line is asked
for. Of the file itself the model sees 100 lines before the cursor, with and without context.

Context is, with ``--context index``, what the server gives: the snippets of the repository's index, none where they are
not likely to help; with ``index-all`` as many as there is room for, and a second table tells what a threshold of their
score would have brought. With ``windows`` it is what a model without an index could be given: windows of twenty lines of
the package's other files in that language, the likest by identifiers to the twenty lines before the cursor (RG-1 of
RepoCoder, arXiv 2303.12570). All are commented out before the prefix.
"""
