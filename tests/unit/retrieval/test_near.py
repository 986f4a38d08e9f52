"""What is read around a cursor: names and their weights, and what the model sees anyway."""

from collections.abc import Iterable

import pytest

from retrieval.near import NOTHING, Near, code_names, enclosing, names, near
from tests.unit.retrieval.asked import query


def read(drawn: str, path: str = "a.py", **known: tuple[int, int]) -> Near:
    return near(query(path, drawn, shown=known.get("shown")))


def words(names: Iterable[str]) -> str:
    return " ".join(sorted(names))


def test_the_nearest_line_weighs_most() -> None:
    terms = read("far\n\nmiddle\nnear = ‸").terms
    assert terms == pytest.approx({"near": 1.0, "middle": 0.9, "far": 0.81})


def test_a_name_weighs_as_where_it_stands_nearest() -> None:
    assert read("again\nother\nagain(‸").terms["again"] == 1.0


def test_what_is_behind_the_cursor_is_no_term() -> None:
    terms = read("before(‸behind)\nbelow\n").terms
    assert list(terms) == ["before"]


def test_lines_far_above_are_no_terms_unless_the_cursor_is_in_them() -> None:
    body = "".join(f"        step{n}\n" for n in range(30))
    terms = read(
        f"beside = 1\nclass Here:\n    def method(self):\n{body}        ‸"
    ).terms
    assert {"Here", "method", "self", "step29", "step10"} <= terms.keys()
    assert terms.keys().isdisjoint({"beside", "step0"})
    assert terms["Here"] == terms["method"] == 0.5


def test_an_enclosing_line_that_is_near_keeps_its_weight() -> None:
    assert read("def method():\n    step‸").terms["method"] == 0.9


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["c", "  b", "a"], []),
        (["    c", "  b", "    x", "a"], ["  b", "a"]),
        (["  b", "  c", "a", "above"], ["a"]),
        ([], []),
    ],
)
def test_enclosing_lines_are_less_deep_than_all_below(
    written: list[str], expected: list[str]
) -> None:
    assert enclosing(written) == expected


@pytest.mark.parametrize(
    ("path", "drawn", "terms"),
    [
        ("a.py", "for each in while_‸", "each while_"),
        ("a.ts", "export const each = new Thing(‸", "Thing each"),
        ("a.java", "private static Thing each = null;‸", "Thing each"),
        ("a.txt", "for each in while‸", "each for in while"),
    ],
)
def test_keywords_are_no_terms(path: str, drawn: str, terms: str) -> None:
    assert words(frozenset(read(drawn, path).terms)) == terms


def test_names_of_other_alphabets_are_names() -> None:
    assert words(frozenset(read("größe = цена + 9lives‸").terms)) == "größe lives цена"


def test_lines_in_the_prompt_are_shown() -> None:
    drawn = "a0\na1\na2 ‸ b2\na3\na4\n"
    assert words(read(drawn, shown=(1, 3)).shown) == "a1 a2 a3 b2"
    assert words(read(drawn, shown=(0, 4)).shown) == "a0 a1 a2 a3 a4 b2"


def test_without_knowing_the_prompt_the_lines_before_are_shown() -> None:
    assert words(read("a0\na1 ‸ b1\na2\n").shown) == "a0 a1"


def test_without_knowing_the_prompt_a_long_file_is_shown_in_part() -> None:
    shown = read("far\n" + f"{'x' * 99}\n" * 140 + "near‸").shown
    assert "near" in shown
    assert "far" not in shown
    assert "far" in read("far\n" + f"{'x' * 99}\n" * 139 + "near‸").shown


def test_what_is_shown_and_keywords_bring_nothing() -> None:
    hidden = read("seen = ‸").hidden
    assert {"seen", "while"} <= hidden
    assert "unseen" not in hidden


def test_the_last_lines_are_those_that_are_not_blank() -> None:
    last = read("l5\nl4\n\nl3\nl2\n   \nl1 ‸ l0\n").last
    assert [words(one) for one in last] == ["l1", "l2", "l3", "l4"]
    assert words(read("for each in it:‸").last[0]) == "each for in it"
    assert read("‸").last == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain = value", "plain value"),
        ('call("said here", name)', "call name"),
        ("call('it\\'s said', name)", "call name"),
        ("name  # is said", "name"),
        ("name(); // is said", "name"),
        ("name(); /* is said", "name"),
        (" * said in a block", ""),
        ("-- said in SQL", ""),
        ("#include <thing>", "include thing"),
        ('größe = "цена"', "größe"),
        ("a / b", "a b"),
        ("", ""),
    ],
)
def test_strings_and_comments_are_no_names_of_code(line: str, expected: str) -> None:
    assert words(code_names(line)) == expected


def test_an_empty_document_says_nothing() -> None:
    here = read("‸")
    assert (here.terms, here.shown, here.last) == ({}, NOTHING, ())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("area = width * height", "area height width"),
        ("int * pointer;", "int pointer"),
        ("count--; other", "count other"),
        ("/* said */", ""),
        (" * said of it", ""),
        ("call(x) /* said", "call x"),
    ],
)
def test_arithmetic_is_no_comment(line: str, expected: str) -> None:
    assert words(code_names(line)) == expected


def test_a_line_of_quotes_takes_no_time() -> None:
    # The time itself is not asserted: without a bound this takes many seconds.
    assert code_names('\\"' * 100_000) == ()
    assert code_names("/" + "*" * 100_000) == ()


@pytest.mark.parametrize("line", ["a, b, a", "a = 'a' + b", "größe, a, größe"])
def test_a_line_says_each_name_once(line: str) -> None:
    for found in (names(line), code_names(line)):
        assert len(found) == len({*found}) == 2


def test_shown_lines_that_begin_below_the_cursor_are_none_before_it() -> None:
    assert words(read("a0\na1‸ b1\na2\n", shown=(2, 2)).shown) == "a2 b1"
