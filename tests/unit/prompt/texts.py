"""Text that tokenizers stumble on, for hypothesis."""

from hypothesis import strategies as st

from retrieval.source import Cursor, Document, split_lines

FRAGMENTS = (
    *("\n", "\n\n", "\r\n", "\r", "\t", " ", "  ", "        ", "\x00", "\x0c", "\x85"),
    *("def f(x):\n    return x\n", "\r\n\tif (a) {\r\n", "x = 1", "self", "_", "--"),
    *("\u2028", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2581", "\u2581\u2581"),
    *(
        "☺",
        "😀",
        "👩‍👩‍👧",
        "é",
        "e\u0301",
        "שלום",
        "\u202eabc\u202c",
        "日本語",
        "\ufffd",
    ),
    *("\ud800", "\udfff", "\udc00\ud83d"),
    *("<s>", "</s>", "<unk>", "<0x0A>", "▁<PRE>", " <PRE>", "▁<EOT>", "<EOT>", "<SUF>"),
    *("<|fim_prefix|>", "<|endoftext|>", "<fim_middle>", "<｜fim▁hole｜>", "<FILL_ME>"),  # noqa: RUF001
)

awkward = st.lists(
    st.sampled_from(FRAGMENTS) | st.text(max_size=5) | st.text("ab .(\n", max_size=9),
    max_size=30,
).map("".join)


def cursor(text: str, line: int, column: int) -> Cursor:
    """Return a cursor; like ours on the wire, it is clamped."""
    lines = split_lines(text)
    line = min(line, len(lines) - 1)
    column = min(column, len(lines[line].rstrip("\r\n")))
    document = Document(uri="file:///a.py", language="python", version=1, lines=lines)
    return Cursor(document, line, column)


cursors = st.builds(cursor, awkward, st.integers(0, 40), st.integers(0, 60))
