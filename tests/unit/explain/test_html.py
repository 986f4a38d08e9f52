"""The page: what it says, and that no text of the user's is more than text in it."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.explain import Answered, Kind, Section, Trace, page
from lsp_server.explain.escape import code, text
from tests.unit.explain.data import TRACE

TAGS = """
    html head meta title style body header p h1 h2 span dl div dt dd b code main section
    pre ins details summary table caption tr th td nav a i ul li mark
"""
ATTRIBUTES = """
    lang charset http-equiv content name class aria-labelledby aria-label id tabindex
    scope style href title open
"""
NAMED = "⟨U+{:04X}⟩".format
HOSTILE = (
    "</pre></style></title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<!-- &lt; &amp; ]]> --!>",
    "\x00\x1b[31m\x7f\x85 bell \u200b\u202eevil\u202c\u2028\ufeff",
    "javascript:alert(1)",
    "\n\n leading line ends",
)


@dataclass(slots=True)
class Read(HTMLParser):
    """A page as a browser reads it: elements in their order, with the text within."""

    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    texts: dict[str, list[str]] = field(default_factory=dict)
    styles: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    @classmethod
    def of(cls, source: str) -> Self:
        read = cls()
        read.feed(source)
        read.close()
        assert read.stack == []
        return read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.styles += [value for name, value in attrs if name == "style" and value]
        self.links += [value for name, value in attrs if name == "href" and value]
        if tag != "meta":
            self.stack.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in {*self.stack}:
            self.texts[tag][-1] += data


def with_text(told: str) -> Trace:
    """Say it everywhere."""
    section = Section(
        kind=Kind.EDIT, text=told, tokens=3, path=told, why=told, cached=len(told) // 2
    )
    before = Section(kind=Kind.BEFORE, text=f"{told}\n" * 99, tokens=9)
    marks = Section(kind=Kind.MARKS, text=told, tokens=1)
    answer = Answered(
        raw=told * 2,
        text=told,
        tokens=1,
        source=told,
        finish=told,
        before=told,
        after=told,
    )
    return replace(
        TRACE,
        path=told,
        model=told,
        layout=told,
        why=told,
        begin=told,
        sections=(section, marks, before),
        answer=answer,
    )


@pytest.mark.parametrize("told", HOSTILE)
def test_hostile_text_is_text(told: str) -> None:
    read = Read.of(page(with_text(told)))
    plain = Read.of(page(with_text("plain")))
    assert read.tags == plain.tags <= {*TAGS.split()}
    assert read.attributes == plain.attributes <= {*ATTRIBUTES.split()}
    assert read.texts["style"] == plain.texts["style"]
    assert read.links == plain.links == ["#s1", "#s3"]
    assert read.styles == plain.styles


@given(st.text(st.characters(exclude_categories=())))
def test_what_stands_in_the_page_is_the_text_with_what_hides_named(told: str) -> None:
    for escape in (code, text):
        read = Read.of(f"<p>{escape(told)}</p>").texts["p"][0]
        assert read.isprintable() or set("\n\t") & set(read) or not read.isascii()
        for hidden in "\x00\x1b\r\u202e\u200b\u2028\ud800":
            assert hidden not in read
    if told.isprintable():
        assert Read.of(f"<p>{code(told)}</p>").texts["p"][0] == told


@pytest.mark.parametrize(
    "hidden", ["\x00", "\r", "\u202e", "\u200b", "\ufeff", "\ud800"]
)
def test_what_hides_is_named(hidden: str) -> None:
    assert code(f"a{hidden}b") == f"a{NAMED(ord(hidden))}b"


def test_the_page_loads_and_runs_nothing() -> None:
    source = page(TRACE)
    assert "default-src &#x27;none&#x27;" in source or "default-src 'none'" in source
    assert "url(" not in source
    assert "http:" not in source
    assert "https:" not in source
    assert "<script" not in source


def test_each_section_says_what_it_is_and_why() -> None:
    read = Read.of(page(TRACE))
    summaries = [" ".join(one.split()) for one in read.texts["summary"]]
    assert [one for one in summaries if "cached" in one] == [
        "similar code and definition src/b|c.py lines 3 to 7 8 tokens, cached: all",
        "this file, before the cursor lines 1 to 12 1,000 tokens, cached: the first 490",
        "this file, after the cursor 1 token, cached: none",
    ]
    assert "like the lines at the cursor: b" in read.texts["p"]


def test_the_place_where_the_cache_ends_is_marked() -> None:
    read = Read.of(page(TRACE))
    assert "\nx = `cached up to herea`\n\ty" in read.texts["pre"]


def test_the_suggestion_stands_in_its_lines() -> None:
    read = Read.of(page(TRACE))
    assert read.texts["pre"][0] == "\ndef f():\n    yield # why\n"
    assert read.texts["ins"] == ["ield"]


def test_what_was_generated_and_not_shown_is_there() -> None:
    read = Read.of(page(replace(TRACE, answer=replace(TRACE.answer, text=""))))
    assert read.texts["h2"][0] == "Nothing was shown"
    assert read.texts["pre"][0] == "\nield\n\n\n"


def test_times_are_drawn_to_one_scale() -> None:
    styles = Read.of(page(TRACE)).styles
    assert "margin-left:0.08%;width:89.92%" in styles
    assert "margin-left:0.00%;width:100.00%" in styles


@pytest.mark.parametrize(
    ("kind", "shown", "folded"),
    [
        (Kind.BEFORE, "line 99\n", "line 0\n"),
        (Kind.AFTER, "line 0\n", "line 99\n"),
        (Kind.FILE, "line 0\n", "line 99\n"),
    ],
)
def test_of_a_long_section_what_is_far_from_the_cursor_is_folded(
    kind: Kind, shown: str, folded: str
) -> None:
    told = "".join(f"line {number}\n" for number in range(100))
    section = Section(kind=kind, text=told, tokens=9, path="x" * (kind is Kind.FILE))
    read = Read.of(page(replace(TRACE, sections=(section,))))
    hidden = next(one for one in read.texts["details"] if "76 lines" in one)
    assert folded in hidden.split("76 lines")[1]
    parts = [one.removeprefix("\n") for one in read.texts["pre"] if "line 5" in one]
    both = [one for one in read.texts["pre"] if "line" in one and "def" not in one]
    assert any(shown in one and folded not in one for one in both)
    assert parts
    assert "".join(one.removeprefix("\n") for one in both) == told


def test_a_hundred_thousand_tokens_are_a_page() -> None:
    told = "x = some_function(of, several, arguments)\n" * 9_000
    section = Section(kind=Kind.BEFORE, text=told, tokens=100_000)
    source = page(replace(TRACE, sections=(section,)))
    assert len(source) < len(told) + 100_000


def test_an_engine_that_does_not_tell_of_its_cache() -> None:
    sections = tuple(replace(one, cached=None) for one in TRACE.sections)
    source = page(replace(TRACE, cached_tokens=None, sections=sections))
    assert "the engine does not tell how many were cached" in source
    assert "cached: not known" in source
    assert "<mark>" not in source


@pytest.mark.parametrize(
    ("cached", "share"),
    [(0, "0 % cached"), (1, "&lt;1 % cached"), (1011, "99 % cached"), (1012, "100 % ")],
)
def test_shares_are_not_rounded_to_all_or_nothing(cached: int, share: str) -> None:
    assert share in page(replace(TRACE, cached_tokens=cached))
