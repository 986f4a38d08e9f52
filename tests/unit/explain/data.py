"""One suggestion of which all is known."""

from lsp_server.explain import Answered, Kind, Section, Step, Timeline, Trace

TRACE = Trace(
    path="src/a.py",
    line=11,
    column=4,
    model="CodeLlama-7B",
    layout="psm",
    why="lines 1 to 20 of 20",
    sections=(
        Section(kind=Kind.MARKS, text="<s>▁<PRE>", tokens=2, cached=9),
        Section(
            kind=Kind.SIMILAR,
            path="src/b|c.py",
            text="# src/b.py\ndef b(): ...\n",
            tokens=8,
            why="like the lines at the cursor: b",
            also=(Kind.DEFINITION,),
            lines=(2, 6),
            cached=24,
        ),
        Section(
            kind=Kind.BEFORE,
            text="x = `a`\n\ty",
            tokens=1000,
            lines=(0, 11),
            cached=5,
        ),
        Section(kind=Kind.MARKS, text="▁<SUF>", tokens=1, cached=0),
        Section(kind=Kind.AFTER, text="", tokens=1, cached=0),
    ),
    cached_tokens=500,
    begin="\ty",
    timelines=(
        Timeline(
            "this request",
            (
                Step("waiting for context", 0.0, 0.31),
                Step("to the first piece", 1.0, 1079.0),
                Step("whole request", 0.0, 1200.0),
            ),
        ),
    ),
    answer=Answered(
        raw="ield\n\n\n",
        text="ield",
        tokens=6,
        source="engine",
        finish="decided",
        before="def f():\n    y",
        after=" # why\n",
    ),
)
