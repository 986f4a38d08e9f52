"""Other files' code as a model without a file separator can read it: commented out, under its path."""


def commented(path: str, text: str, comment: str) -> str:
    """Return the snippet as lines of comment, the path first, ending with a line end.

    ``comment`` is the language's sign of a line comment. A blank line stays a bare sign, so
    that the snippet is one block. Code Llama was not trained on a form of its own for this; the
    demo model is, on this one.
    """
    lines = [path, *text.strip("\n").split("\n")]
    return "".join(f"{comment} {line}".rstrip() + "\n" for line in lines)
